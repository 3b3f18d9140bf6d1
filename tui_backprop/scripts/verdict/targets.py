"""What belongs at a backward value: the derivative of a forward value, or the part of it that comes from one use."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

import numpy as np

from tui_backprop.scripts.replay.derivatives import derivative
from tui_backprop.scripts.replay.operations import CannotReplayError, index_of
from tui_backprop.scripts.verdict.backward import Backward

_MANY = 400  # parts of derivatives, above which none are made


def add_parts(backward: Backward) -> None:
    """Add to the derivatives, for each parameter that is used several times, the part that comes from each use."""
    graph, step = backward.graph, backward.step
    uses = {old: [one for one in graph.users[old] if one in step.forward] for old in step.parameters}
    several = {old: found for old, found in uses.items() if len(found) > 1 and graph.shape(old)}
    if sum(map(len, several.values())) > _MANY:
        return
    for old, found in several.items():
        for use in found:
            try:
                parts = [
                    _part(backward, values.values, gradients, use, old)
                    for values, gradients in zip(backward.draws, backward.gradients, strict=True)
                ]
            except (CannotReplayError, KeyError, ValueError, IndexError):
                continue
            _add(backward, old, parts)


def _part(backward: Backward, values: dict[int, Any], gradients: dict[int, Any], use: int, old: int) -> Any:
    graph = backward.graph
    operands = [values[one] if one in values else graph.value(one) for one in graph.args[use]]
    result = values[use] if use in values else graph.value(use)
    wanted = [one == old for one in graph.args[use]]
    g = np.asarray(gradients[use], dtype=float)
    found = derivative(graph.ops[use], operands, result, graph.trace.attrs.get(use), wanted, g)
    return sum(np.asarray(one) for one in found if one is not None)


def _add(backward: Backward, whole: int, parts: list[Any]) -> int:
    number = len(backward.graph.ops) + len(backward.parts)
    backward.parts[number] = whole
    for gradients, part in zip(backward.gradients, parts, strict=True):
        gradients[number] = part
    return number


def _element(backward: Backward, whole: int, spec: Any) -> int | None:
    """Return the number of a part of a parameter's derivative: what an index gives."""
    key = (whole, repr(spec))
    if key not in backward.elements:
        try:
            parts = [np.asarray(np.asarray(one[whole])[index_of(spec, [])]) for one in backward.gradients]
        except (IndexError, KeyError):
            return None
        backward.elements[key] = _add(backward, whole, parts)
    return backward.elements[key]


def pairings(backward: Backward, records: list[int]) -> Iterable[list[int]]:
    """Yield for the records of one backward place the values whose derivatives they may be, the likely ones first."""
    graph, step = backward.graph, backward.step
    sizes = [int(np.prod(graph.shape(one))) for one in records]
    seen: set[tuple[int, ...]] = set()
    for chosen in (*_written(backward, records), *_own_parameters(backward, records, sizes)):
        if tuple(chosen) not in seen:
            seen.add(tuple(chosen))
            yield chosen
    groups: dict[Any, list[int]] = defaultdict(list)
    for record in sorted(backward.gradients[0]):
        if record in step.parameters:
            groups["θ", backward.reading.names[record]].append(record)
            groups["θ", graph.trace.where[step.parameters[record]]].append(record)
        elif record in backward.parts:
            groups["part", backward.parts[record]].append(record)
        elif record in step.forward and graph.trace.where[record] >= 0:
            groups["f", graph.trace.where[record]].append(record)
    for forwards in groups.values():
        for order in (forwards, forwards[::-1]):
            for offset in range(max(0, len(order) - len(records)) + 1):
                found = tuple(order[offset : offset + len(records)])
                if len(found) != len(records) or found in seen or offset > 3:
                    continue
                fits = all(backward.size(f) == size for f, size in zip(found, sizes, strict=True))
                if fits or (len(records) <= 8 and all(f in step.parameters for f in found)):
                    seen.add(found)
                    yield list(found)


def _own_parameters(backward: Backward, records: list[int], sizes: list[int]) -> list[list[int]]:
    """Return the parameters that records are used for, where each is used for one only."""
    found = []
    for record, size in zip(records, sizes, strict=True):
        reach = backward.reach.get(record, set())
        fitting = [old for old in reach if backward.size(old) == size]
        if len(reach) != 1 or not fitting or fitting[0] not in backward.gradients[0]:
            return []
        found.append(fitting[0])
    return [found]


def _written(backward: Backward, records: list[int]) -> list[list[int]]:
    """Return parts of parameters' derivatives: for numbers that are written into an array of a parameter's shape."""
    graph, step = backward.graph, backward.step
    specs = []
    for record in records:
        user = next(
            (one for one in graph.users[record] if graph.ops[one] == "set" and graph.args[one][1] == record), -1
        )
        if user < 0 or len(graph.args[user]) != 2:
            return []
        specs.append((graph.shape(user), graph.trace.attrs[user]))
    out = []
    for old in step.parameters:
        if old in backward.gradients[0] and all(graph.shape(old) == shape for shape, _ in specs):
            found = [_element(backward, old, spec) for _, spec in specs]
            if None not in found:
                out.append(found)
    return out  # type: ignore[return-value]
