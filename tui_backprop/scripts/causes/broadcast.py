"""Shapes that grow: a prediction (n, 1) minus a target (n,) compares each answer with every target."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tui_backprop.scripts.answer import Answer, Cause
from tui_backprop.scripts.causes.places import named_line
from tui_backprop.scripts.wording import value_name

if TYPE_CHECKING:
    from tui_backprop.scripts.case import Case


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
