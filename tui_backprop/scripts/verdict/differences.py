"""Derivatives that a script takes by differences: of its loss, or of an activation."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from tui_backprop.scripts.reading.reading import Reading, Step
from tui_backprop.scripts.verdict.verdict import Examination

_LARGEST_STEP = 0.05
_SHARE_OF_STEP = 100.0  # by how many of its steps a derivative by differences may be off, as a share of itself
_LARGEST_ERROR = 0.02


def loss_difference_line(reading: Reading) -> int | None:
    """Return the line where an update's gradient is a difference of two losses over a small step; None where none is."""
    step = reading.steps[-1]
    residuals = {one.record for one in step.residuals}
    led = reading.graph.affected(residuals, step.start + 1, step.end) | residuals
    for record, _ in _quotients(reading, step):
        above = reading.graph.args[record][0]
        if any(one in led for one in reading.graph.args[above]):
            return reading.trace.line(record)
    return None


def allow_differences(reading: Reading, examination: Examination) -> None:
    """Call right what is off by no more than the differences that the slope of an activation is taken by."""
    found = next(_quotients(reading, reading.steps[-1]), None) if examination.wrong else None
    if found is None:
        return
    record, size = found
    wrong = [examination.parameters[name] for name in examination.wrong]
    if any(one.error > min(_SHARE_OF_STEP * size, _LARGEST_ERROR) for one in wrong):
        return
    for one in wrong:
        one.verdict, one.scale = "right", 1.0
    examination.notes.append(
        f"Line {reading.trace.line(record)} takes a slope by differences: "
        f"its gradients are right up to their step, {size:.3g}."
    )


def _quotients(reading: Reading, step: Step) -> Iterator[tuple[int, float]]:
    """Yield the records of difference quotients that lead to a step's updates, with the small step of each."""
    graph = reading.graph
    inside = [record for record in range(step.start + 1, step.end + 1) if graph.ops[record] in ("add", "sub")]
    sizes = {
        abs(float(graph.value(one)))
        for record in inside
        for one in graph.args[record]
        if graph.ops[one] in ("leaf", "const") and graph.shape(one) == ()
    }
    for record in sorted(graph.cone([one.step for one in step.updates], step.start)):
        if graph.ops[record] != "truediv" or graph.trace.line(record) is None:
            continue
        above, below = graph.args[record]
        if graph.ops[above] != "sub" or graph.shape(below) != ():
            continue
        size = abs(float(np.asarray(graph.value(below))))
        for one in (size, size / 2):
            if 0 < one <= _LARGEST_STEP and any(np.isclose(one, other, rtol=1e-9, atol=0) for other in sizes):
                yield record, one
