"""Units that are 0 for every sample: their slope is 0 as well, so they get no gradient and stay as they are."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tui_backprop.scripts.answering.answer import Answer, Cause
from tui_backprop.scripts.answering.wording import shown_name
from tui_backprop.scripts.case import Case
from tui_backprop.scripts.causes.places import beginning_at, made_lines
from tui_backprop.scripts.reading.links import origin
from tui_backprop.scripts.reading.passes import Pass
from tui_backprop.scripts.reading.reading import Step
from tui_backprop.scripts.replay.graph import Graph
from tui_backprop.scripts.training.constants import rate_constant

_SHARE = 0.25  # of a layer's units, as the trainer's finding has it
_SEEN = 20  # samples
_LIMITED = ("np.maximum", "mul", "np.where", "np.clip", "method:clip")
_PRODUCTS = ("matmul", "dot")


def dead_units(case: Case, answer: Answer) -> list[Cause]:
    """Return the cause where many relu units of a layer give 0 for every sample of the second half of what was followed."""
    if case.reading is None or any(one.severity == "error" for one in answer.causes):
        return []  # what was found before may be what drives them there
    graph, step = case.reading.graph, case.reading.steps[-1]
    for record in sorted(step.forward):
        z = _limited(graph, record)
        axis = None if z is None else _unit_axis(graph, step, record)
        if z is None or axis is None:
            continue
        passes = case.reading.passes
        dead = _always_zero(case, record, axis, passes[len(passes) // 2 :])
        if dead is not None and dead.mean() > _SHARE:
            first = _always_zero(case, record, axis, passes[: max(1, len(passes) // 4)])
            return [_cause(case, record, z, dead, later=first is not None and not first[dead].all())]
    return []


def _limited(graph: Graph, record: int) -> int | None:
    """Return of what a record is the part above 0; None where it is no relu."""
    value = graph.value(record) if graph.ops[record] in _LIMITED else None
    if not isinstance(value, np.ndarray):
        return None
    for one in graph.args[record]:
        z = graph.value(one)
        floats = isinstance(z, np.ndarray) and z.shape == value.shape and z.dtype.kind == "f"
        if floats and (z < 0).any() and np.array_equal(value, np.maximum(z, 0)):
            return one
    return None


def _unit_axis(graph: Graph, step: Step, record: int) -> int | None:
    """Return the axis of the units: the one along which a layer's weights add them up."""
    for user in graph.users[record]:
        if user in step.forward and graph.ops[user] in _PRODUCTS:
            left, right = graph.args[user]
            other = right if left == record else left
            if origin(graph, other) in step.parameters:
                return 0 if len(graph.shape(record)) == 1 else len(graph.shape(record)) - (1 if left == record else 2)
    return None


def _always_zero(case: Case, record: int, axis: int, passes: Sequence[Pass]) -> np.ndarray | None:
    """Return for each unit whether it is 0 for all samples of some passes; None where too few were seen."""
    assert case.reading is not None  # noqa: S101  (there are units)
    graph = case.reading.graph
    place, width, seen = graph.trace.where[record], graph.shape(record)[axis], 0
    dead = np.ones(width, dtype=bool)
    for one in range(passes[0].start + 1, passes[-1].end + 1):
        shape = graph.shape(one) if graph.trace.where[one] == place and graph.ops[one] == graph.ops[record] else ()
        if len(shape) == len(graph.shape(record)) and shape[axis] == width:
            values = np.moveaxis(np.asarray(graph.value(one)), axis, -1).reshape(-1, width)
            dead &= (values == 0).all(axis=0)
            seen += len(values)
    return dead if seen >= _SEEN else None


def _layer(graph: Graph, step: Step, z: int) -> set[int]:
    """Return the records of the layer that ends in z: its sum and its product."""
    found = {z}
    for one in (z, *graph.args[z]):
        if graph.ops[one] in (*_PRODUCTS, "add") and one > step.start:
            found.add(one)
    return found


def _cause(case: Case, record: int, z: int, dead: np.ndarray, *, later: bool) -> Cause:
    assert case.reading is not None  # noqa: S101  (there are units)
    graph, reading = case.reading.graph, case.reading
    step, line = reading.steps[-1], case.trace.line(record)
    made = graph.cone([z], step.start)
    near = {origin(graph, a) for one in made & _layer(graph, step, z) for a in graph.args[one]} & set(step.parameters)
    names = sorted({reading.names[one] for one in near})
    lines = {n for name in names for n in made_lines(case, name)}
    constant = rate_constant(case)[0] if later else None
    lines |= {constant.line} if constant is not None else set()
    at = constant.line if constant is not None else min(lines) if lines else line
    shown = " and ".join(map(shown_name, names))
    sentence = (
        f"{beginning_at(at)}{int(dead.sum())} of {len(dead)} relu units (line {line}) are dead: they give 0 for "
        f"every sample, so their slope is 0, no gradient reaches them ({shown}) and they stay so. Start with biases of 0 "
        "and weights of about √(2 / number of inputs), or take a smaller rate."
    )
    every = sorted(lines | ({line} if line is not None else set()))
    severity = "error" if case.learns is False else "warning"
    return Cause("dead-units", severity, at, every, sentence, {"units": np.flatnonzero(dead).tolist(), "of": len(dead)})
