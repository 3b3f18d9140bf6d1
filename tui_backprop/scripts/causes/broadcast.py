"""Shapes that grow: a prediction (n, 1) minus a target (n,) compares each answer with every target."""

from __future__ import annotations

import ast

import numpy as np

from tui_backprop.scripts.answering.answer import Answer, Cause
from tui_backprop.scripts.answering.wording import shown_name, statement_at, value_name
from tui_backprop.scripts.case import Case
from tui_backprop.scripts.causes.places import named_line
from tui_backprop.scripts.mending.edits import SourceEdit
from tui_backprop.scripts.mending.patches import node_edit
from tui_backprop.scripts.reading.links import roots

_SUMMED = ("axis=0, keepdims=True", "axis=0", "axis=1, keepdims=True")


def grown_parameters(case: Case, answer: Answer) -> list[Cause]:
    """Return the cause where an update makes a parameter larger: its gradient has a value for each sample."""
    if case.reading is None:
        return []
    graph = case.reading.graph
    for update in (one for each in case.reading.passes for one in each.updates):
        before, after = graph.shape(update.old), graph.shape(update.record)
        if graph.ops[update.record] not in ("add", "sub") or int(np.prod(after)) <= int(np.prod(before)) or not before:
            continue
        grown = (name for record, name in case.reading.names.items() if graph.shape(record) == after)
        name = shown_name(next(grown, None) or named_line(graph, update.record)[0] or "a parameter")
        labels = (graph.trace.labels.get(one, []) for one in sorted(roots(graph, update.step)))
        made = [graph.trace.places[at].line for found in labels for _, at in found]
        own = graph.trace.line(update.record)
        lines = sorted({line for line in (*made[-1:], own) if line is not None})
        sentence = (
            f"line {lines[0]}: the gradient of {name} has the shape {graph.shape(update.step)} and {name} {before}, so the "
            f"update broadcasts the parameter to {after}: it grows to a value for each sample. Sum the gradient over the "
            "samples (axis=0, keepdims=True)."
        )
        evidence = {"before": list(before), "after": list(after)}
        return [Cause("grown-parameter", "error", lines[0], lines, sentence, evidence)]
    return []


def grown_edits(case: Case, cause: Cause) -> list[list[SourceEdit]]:
    """Return edits that sum the gradient over the samples where it is made."""
    out = []
    for line in cause.lines:
        statement = statement_at(case.source.text, line)
        if isinstance(statement, ast.Assign):
            target, value = ast.unparse(statement.targets[0]), ast.unparse(statement.value)
            sums = (f"{target} = np.sum({value}, {axis})" for axis in _SUMMED)
            out += [[node_edit(statement, one, "sum")] for one in sums]
    return out


def broadcast_targets(case: Case, answer: Answer) -> list[Cause]:
    """Return the cause where the difference is larger than the prediction and the target."""
    if case.reading is None:
        return []
    graph = case.reading.graph
    for residual in case.reading.steps[-1].residuals:
        if residual.target < 0 or residual.kind != "difference":
            continue
        p, t, d = graph.shape(residual.prediction), graph.shape(residual.target), graph.shape(residual.record)
        largest = max(int(np.prod(p)), int(np.prod(t)))
        if int(np.prod(d)) <= largest or len(p) == len(t):
            continue
        name, line = named_line(graph, residual.target)
        own = graph.trace.line(residual.record)
        lines = sorted({one for one in (line, own) if one is not None})
        prediction = value_name(case, residual.prediction)
        sentence = (
            f"line {own}: {prediction} has the shape {p} and the target {name or 'beside it'} {t}, so their "
            f"difference is broadcast to "
            f"{d}: each prediction is compared with every target, and what is learned is the mean of the targets. "
            f"Give both the same shape, such as {name or 'target'}.reshape({', '.join(map(str, p))})."
        )
        del answer
        return [
            Cause(
                "broadcast",
                "error",
                own,
                lines,
                sentence,
                {"prediction": list(p), "target": list(t), "difference": list(d)},
            )
        ]
    return []
