"""Where a prediction meets a target, and the losses that a pass may be descending."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from tui_backprop.scripts.replay.graph import Graph


@dataclass(frozen=True, slots=True)
class Residual:
    """An operation on a prediction P, which depends on the parameters, and a target T, which does not."""

    record: int
    prediction: int
    target: int
    """The target's record; −1 where the target is one-hot and only its index is there."""
    kind: str
    """"difference", "one hot", "ratio", or "negated" where one of the two is added with its sign turned round."""


def find_residuals(graph: Graph, cone: set[int], learned: set[int], *, every: bool = False) -> list[Residual]:
    """Return the residuals among the records of a cone; of those that follow from each other the first, unless `every`."""
    found: list[Residual] = []
    after: set[int] = set()
    for record in sorted(cone & learned):
        if not every and any(one in after for one in graph.args[record]):
            after.add(record)
            continue
        one = _residual(graph, record, learned)
        if one is not None:
            found.append(one)
            after.add(record)
    return found if every else _once(graph, _sources(graph, found, cone & learned))


def _sources(graph: Graph, found: list[Residual], records: set[int]) -> list[Residual]:
    """Drop those that are only a factor of what another one led to: `state - before` in a gate's slope."""
    if len(found) < 2:
        return found
    out = []
    order = sorted(records)
    for one in found:
        others = {r.record for r in found if r is not one}
        led = _led(graph, others, order)
        factor = any(
            graph.ops[user] in ("mul", "matmul", "dot", "truediv")
            and any(a in led for a in graph.args[user] if a != one.record)
            for user in graph.users[one.record]
            if user in records
        )
        if not factor and not _inner_slope(graph, one, found, led, order):
            out.append(one)
    return out or found


def _inner_slope(graph: Graph, one: Residual, found: list[Residual], led: set[int], order: list[int]) -> bool:
    """Return whether what a value inside the forward pass led to is multiplied by what a later one led to: `z - h`."""
    floor = min(order)
    if not any(one.prediction in graph.cone([r.prediction], floor) for r in found if r.prediction != one.prediction):
        return False
    own = _led(graph, {one.record}, order)
    return any(
        graph.ops[record] == "mul"
        and any(a in own for a in graph.args[record])
        and any(a in led and a not in own for a in graph.args[record])
        for record in order
    )


def _led(graph: Graph, starts: set[int], order: list[int]) -> set[int]:
    """Return what some records led to, themselves not included."""
    found = set(starts)
    for record in order:
        if any(one in found for one in graph.args[record]):
            found.add(record)
    return found - starts


def _once(graph: Graph, found: list[Residual]) -> list[Residual]:
    seen: set[tuple[int, Any]] = set()
    out = []
    for one in found:
        target = graph.values[one.target] if one.target >= 0 else None
        key = (one.prediction, target if not isinstance(target, np.ndarray) else target.tobytes())
        if key not in seen:
            seen.add(key)
            out.append(one)
    return out


def _residual(graph: Graph, record: int, learned: set[int]) -> Residual | None:
    op, args = graph.ops[record], graph.args[record]
    attr = graph.trace.attrs.get(record)
    if op in ("sub", "truediv") and len(args) == 2:
        a, b = args
        literal = attr.get("literal", 0) if isinstance(attr, dict) else 0
        if op == "sub" and (a in learned) != (b in learned):
            prediction, target, bit = (a, b, 2) if a in learned else (b, a, 1)
            if not literal & bit:
                return Residual(record, prediction, target, "difference")
        if op == "truediv" and b in learned and a not in learned and not literal & 1 and graph.ops[a] not in ("const",):
            return Residual(record, b, a, "ratio")
    if op == "add" and len(args) == 2 and (args[0] in learned) != (args[1] in learned):
        return _with_negated(graph, record, learned)
    if op in ("set", "put", "at:subtract", "at:add") and args[0] in learned:
        return _one_hot(graph, record, learned)
    return None


def _with_negated(graph: Graph, record: int, learned: set[int]) -> Residual | None:
    """Recognise `target + (-prediction)` and `prediction + (-target)`, as an engine of single values subtracts."""
    prediction, target = graph.args[record] if graph.args[record][0] in learned else graph.args[record][::-1]
    minus_prediction, minus_target = _negated(graph, prediction), _negated(graph, target)
    if minus_prediction is not None and minus_prediction in learned:
        return Residual(record, minus_prediction, target, "negated")
    return None if minus_target is None else Residual(record, prediction, minus_target, "negated")


def _negated(graph: Graph, record: int) -> int | None:
    """Return what a value is the negative of; None where it is not the negative of another."""
    op, args = graph.ops[record], graph.args[record]
    if op == "neg":
        return args[0]
    if op != "mul" or len(args) != 2:
        return None
    for one, other in (args, args[::-1]):
        value = graph.values[other]
        if graph.ops[other] in ("const", "leaf") and not isinstance(value, np.ndarray) and value == -1:
            return one
    return None


def _one_hot(graph: Graph, record: int, learned: set[int]) -> Residual | None:
    """Recognise `d = p.copy(); d[rows, labels] -= 1`, where a part that is a view of d is written through it."""
    base, value = graph.args[record][:2]
    if graph.ops[record] in ("set", "put"):
        op, args = graph.ops[value], graph.args[value]
        if op != "sub" or args[1] in learned or graph.ops[args[0]] not in ("item", "view"):
            return None
        if not _sources_of(graph, args[0]) & _sources_of(graph, base):
            return None
    prediction = base
    while graph.ops[prediction] == "copy" or (
        graph.ops[prediction] in ("item", "view")
        and np.prod(graph.shape(graph.args[prediction][0])) == np.prod(graph.shape(prediction))
    ):
        prediction = graph.args[prediction][0]
    return Residual(record, prediction, -1, "one hot")


def _sources_of(graph: Graph, record: int) -> set[int]:
    """Return a record and the arrays that it is a part of."""
    found = {record}
    while graph.ops[record] in ("item", "view"):
        record = graph.args[record][0]
        found.add(record)
    return found


def target_value(graph: Graph, residual: Residual, values: dict[int, Any]) -> Any:
    """Return a residual's target, in the shape that it has there."""
    if residual.target >= 0:
        return values[residual.target] if residual.target in values else graph.value(residual.target)
    prediction = values[residual.prediction] if residual.prediction in values else graph.value(residual.prediction)
    result = values[residual.record] if residual.record in values else graph.value(residual.record)
    return np.asarray(prediction) - np.asarray(result)
