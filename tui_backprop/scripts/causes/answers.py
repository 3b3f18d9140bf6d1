"""What a prediction depends on: a softmax over the samples, and inputs of zeros that only a bias could answer."""

from __future__ import annotations

import ast

import numpy as np

from tui_backprop.scripts.answering.answer import Answer, Cause
from tui_backprop.scripts.answering.wording import value_name
from tui_backprop.scripts.case import Case
from tui_backprop.scripts.causes.places import beginning_at
from tui_backprop.scripts.mending.edits import SourceEdit
from tui_backprop.scripts.mending.patches import node_edit
from tui_backprop.scripts.reading.residuals import Residual, target_value
from tui_backprop.text.syntax import parsed

Array = np.ndarray
_SURE = 1e-9


def softmax_over_samples(case: Case, answer: Answer) -> list[Cause]:
    """Return the cause where predictions add up to 1 over the samples, and the targets over the classes."""
    if case.reading is None:
        return []
    for step in case.reading.steps[:1]:
        for residual in step.residuals:
            axis = _wrong_axis(case, residual)
            if axis is not None:
                lines = _division_lines(case, step.forward, residual.prediction)
                return [_softmax_cause(case, residual, axis, lines)]
    return []


def _wrong_axis(case: Case, residual: Residual) -> int | None:
    """Return the axis of the classes, where the predictions add up to 1 over the other one (or over all)."""
    assert case.reading is not None  # noqa: S101  (asked before)
    p = np.asarray(case.reading.graph.value(residual.prediction), dtype=float)
    t = np.asarray(target_value(case.reading.graph, residual, {}), dtype=float)
    if p.ndim != 2 or p.shape != t.shape or min(p.shape) < 2 or (p < 0).any():
        return None
    for axis in (1, 0):
        if not _ones(t, axis) or _ones(t, 1 - axis) or _ones(p, axis):
            continue
        if _ones(p, 1 - axis) or abs(float(p.sum()) - 1) < _SURE:
            return axis
    return None


def _ones(values: Array, axis: int) -> bool:
    return bool(abs(values.sum(axis=axis) - 1).max() < 1e-6)


def _division_lines(case: Case, forward: set[int], prediction: int) -> list[int]:
    """Return the lines of the division that made a prediction and of the sum that it divides by."""
    assert case.reading is not None  # noqa: S101
    graph = case.reading.graph
    for record in sorted((one for one in forward | {prediction} if one <= prediction), reverse=True):
        if graph.ops[record] == "truediv" and graph.shape(record) == graph.shape(prediction):
            found = {graph.trace.line(record)}
            found |= {graph.trace.line(one) for one in graph.args[record]}
            return sorted(one for one in found if one is not None)
    line = graph.trace.line(prediction)
    return [line] if line is not None else []


def _softmax_cause(case: Case, residual: Residual, axis: int, lines: list[int]) -> Cause:
    graph = case.reading.graph  # type: ignore[union-attr]
    shape = graph.shape(residual.prediction)
    sentence = (
        f"line {lines[0] if lines else '?'}: the softmax goes over the wrong axis: {value_name(case, residual.prediction)} "
        f"{shape} adds up to 1 over the {shape[1 - axis]} samples and not over the {shape[axis]} classes of each sample, so "
        f"samples depend on each other. Sum (and take the maximum) over axis={axis}, with keepdims=True."
    )
    evidence = {"shape": list(shape), "axis": axis}
    return Cause("softmax-axis", "error", lines[0] if lines else None, lines, sentence, evidence)


def softmax_edits(case: Case, cause: Cause) -> list[list[SourceEdit]]:
    """Return the edits that give each sum and maximum in the softmax's lines the axis of the classes."""
    axis, edits = cause.evidence["axis"], []
    names = {"sum", "max", "amax"}
    lines = set(cause.lines) | {line - 1 for line in cause.lines}
    for node in ast.walk(parsed(case.source.text)):
        if not isinstance(node, ast.Call) or node.lineno not in lines or not isinstance(node.func, ast.Attribute):
            continue
        if node.func.attr not in names:
            continue
        module = isinstance(node.func.value, ast.Name) and node.func.value.id in ("np", "numpy")
        first = ast.unparse(node.args[0]) if module and node.args else ""
        new = f"{ast.unparse(node.func)}({f'{first}, ' if first else ''}axis={axis}, keepdims=True)"
        edits.append(node_edit(node, new, "axis", cost=1.0))
    return [edits] if edits else []


def bias_needed(case: Case, answer: Answer) -> list[Cause]:
    """Return the cause where the answer to an input of zeros is the same whatever the weights, and not the target."""
    if case.reading is None or case.examination is None:
        return []
    for step in case.reading.steps[:1]:
        values = [draw.values for draw in case.examination.draws if draw.step is step]
        for residual in step.residuals:
            found = _fixed_answers(case, residual, values)
            if found is None:
                continue
            answer_at, target = found
            lines = _layer_lines(case)
            sentence = (
                f"{beginning_at(*lines)}there is no bias: an input of zeros (0, 0, …) always gives "
                f"{answer_at:.3g}, whatever the weights, and its target is {target:.3g}. Add a bias to each layer."
            )
            evidence = {"answer": answer_at, "target": target}
            return [Cause("no-bias", "error", lines[0] if lines else None, lines, sentence, evidence)]
    return []


def _fixed_answers(case: Case, residual: Residual, values: list[dict[int, object]]) -> tuple[float, float] | None:
    """Return an answer that no weights change, and its target, where others do change."""
    assert case.reading is not None  # noqa: S101
    answers = [np.asarray(one[residual.prediction], dtype=float) for one in values if residual.prediction in one]
    if len(answers) < 3 or answers[0].size < 2:
        return None
    spread = np.ptp(np.stack(answers), axis=0)
    targets = np.asarray(target_value(case.reading.graph, residual, {}), dtype=float)
    if np.broadcast_shapes(targets.shape, spread.shape) != spread.shape:  # every answer meets several targets
        return None
    t = np.broadcast_to(targets, spread.shape)
    fixed = (spread < 1e-12) & (abs(answers[0] - t) > 0.25 * max(float(np.ptp(t)), 1e-12))
    if not fixed.any() or (spread < 1e-12).mean() > 0.5:
        return None
    at = tuple(np.argwhere(fixed)[0])
    return float(answers[0][at]), float(t[at])


def _layer_lines(case: Case) -> list[int]:
    """Return the lines in which parameters meet what goes forward."""
    assert case.reading is not None  # noqa: S101
    step, trace = case.reading.steps[0], case.trace
    found = {trace.line(one) for one in step.forward if set(case.reading.graph.args[one]) & set(step.parameters)}
    return sorted(one for one in found if one is not None)
