"""How training starts: equal units, whole-number weights, targets that the output cannot give, inputs far from 1."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tui_backprop.scripts.answer import Answer, Cause
from tui_backprop.scripts.causes.places import input_operands, named_line
from tui_backprop.scripts.reading.links import roots
from tui_backprop.scripts.reading.residuals import target_value
from tui_backprop.scripts.wording import shown_name

if TYPE_CHECKING:
    from tui_backprop.scripts.case import Case

_FAR = 20.0  # inputs beyond this saturate units whose weights are near 1
_SMALL_MATRIX = 2


def targets_out_of_range(case: Case, answer: Answer) -> list[Cause]:
    """Return the cause where a sigmoid or tanh output is to give numbers that it never reaches."""
    if case.reading is None:
        return []
    graph = case.reading.graph
    low, high, top, bottom, one = np.inf, -np.inf, -np.inf, np.inf, None
    for step in case.reading.steps:
        for residual in step.residuals:
            t = np.asarray(target_value(graph, residual, {}), dtype=float)
            low, high, one = min(low, float(t.min())), max(high, float(t.max())), residual
        kind = _output_range(case, step.residuals[0].prediction)
        if kind is None:
            return []
        bottom, top = kind
    if one is None or one.target < 0 or (low >= bottom - 1e-9 and high <= top + 1e-9):
        return []
    name, line = named_line(graph, one.target)
    own = graph.trace.line(one.record)
    lines = sorted({n for n in (line, own) if n is not None})
    sentence = (
        f"line {own}: the targets {name or ''} go from {low:.3g} to {high:.3g}, and the output's activation "
        f"gives only values between "
        f"{bottom:g} and {top:g}: it never reaches them. Scale the targets into that range, or use a linear output."
    )
    del answer
    return [
        Cause("target-range", "error", line or own, lines, sentence, {"targets": [low, high], "output": [bottom, top]})
    ]


def _output_range(case: Case, prediction: int) -> tuple[float, float] | None:
    """Return what an output's activation can give: (0, 1) for sigmoid and softmax, (−1, 1) for tanh."""
    assert case.reading is not None  # noqa: S101  (asked before)
    graph = case.reading.graph
    found = None
    for record in roots(graph, prediction):
        op = graph.ops[record]
        if op in ("np.tanh", "math.tanh"):
            found = (-1.0, 1.0)
        if op == "scipy.special.expit":
            found = (0.0, 1.0)
        if op == "truediv":
            below = graph.args[record][1]
            parts = {graph.ops[one] for one in graph.args[below]} | {graph.ops[below]}
            if graph.ops[below] == "add" and parts & {"np.exp", "math.exp"}:
                found = (0.0, 1.0)
    return found


def equal_units(case: Case, answer: Answer) -> list[Cause]:
    """Return the cause where all units of a hidden layer start equal: they get equal gradients and stay equal."""
    if case.reading is None:
        return []
    graph, reading = case.reading.graph, case.reading
    names, lines = [], set()
    first = reading.passes[0]
    for record in sorted({one for update in first.updates for one in (update.root, update.old)}):
        value = np.asarray(graph.value(record), dtype=float)
        if value.ndim == _SMALL_MATRIX and min(value.shape) >= _SMALL_MATRIX and np.ptp(value) == 0:
            name, line = named_line(graph, record)
            names.append(name or "a matrix of weights")
            if line is not None:
                lines.add(line)
    if not names:
        return []
    at = min(lines) if lines else None
    shown = ", ".join(shown_name(name) for name in names)
    sentence = (
        f"{f'line {at}: ' if at else ''}all weights of {shown} start with the same value (zeros or equal), so "
        f"the hidden units are all "
        "the same and stay so (symmetry): they learn as one unit. Start with small random numbers."
    )
    del answer
    return [Cause("equal-units", "error", at, sorted(lines), sentence, {"parameters": names})]


def far_inputs(case: Case, answer: Answer) -> list[Cause]:
    """Return the cause where inputs are so large that units saturate or steps explode."""
    if case.reading is None:
        return []
    graph = case.reading.graph
    largest, at = 0.0, -1
    for step in case.reading.steps:
        for record in input_operands(graph, step):
            size = float(np.max(np.abs(np.asarray(graph.value(record), dtype=float)), initial=0))
            if size > largest:
                largest, at = size, record
    if largest <= _FAR:
        return []
    name, line = named_line(graph, at)
    sentence = (
        f"{f'line {line}: ' if line else ''}the inputs {name or ''} go up to {largest:.4g}, far from unit scale "
        f"(unscaled): sigmoid and tanh units "
        "are saturated and their slopes vanish, or steps are far too large. Scale (normalise) them, by their "
        "mean and spread or their maximum."
    )
    del answer
    return [Cause("input-scale", "warning", line, [line] if line else [], sentence, {"largest": largest})]


def whole_numbers(case: Case, answer: Answer) -> list[Cause]:
    """Return the cause where parameters are arrays of whole numbers, which cut every change."""
    if case.reading is None:
        return []
    graph = case.reading.graph
    for step in case.reading.steps:
        for old in step.parameters:
            if np.asarray(graph.value(old)).dtype.kind in "iu" and np.ndim(graph.value(old)) > 0:
                name = case.reading.names[old]
                line = named_line(graph, old)[1]
                sentence = (
                    f"{f'line {line}: ' if line else ''}{shown_name(name)} is an array of whole numbers "
                    f"(integer dtype): each change is cut to a "
                    "whole number and lost. Make it an array of floats."
                )
                del answer
                return [Cause("whole-numbers", "error", line, [line] if line else [], sentence, {"parameter": name})]
    return []
