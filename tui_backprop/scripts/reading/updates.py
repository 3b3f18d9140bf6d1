"""Updates: sums whose result takes the place of one of their operands, made from something that this operand led to."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass

import numpy as np

from tui_backprop.scripts.reading.links import origin, roots
from tui_backprop.scripts.reading.residuals import find_residuals
from tui_backprop.scripts.replay.graph import Graph

_SAMPLED = 8
_SHORT = 3  # updates, one after the other, of parameters that do not last
_SHARE = 0.25  # of the sums of a place whose value before leads to what is added
_STALE = 3  # updates by which what is added may be late


@dataclass(frozen=True, slots=True)
class Update:
    """A sum that makes a new version of a value: `record` from `old` and `step`."""

    record: int
    old: int
    """The operand that is the value before."""
    step: int
    """The other operand: what is added or subtracted."""
    root: int
    """Where the value before comes from."""


def find_updates(graph: Graph) -> tuple[list[Update], bool]:
    """Return the updates in their order, and whether their results are used (else every one is dropped)."""
    by_place: dict[int, list[int]] = defaultdict(list)
    for record, op in enumerate(graph.ops):
        if (
            op in ("add", "sub", "at:add", "at:subtract")
            and graph.trace.where[record] >= 0
            and len(graph.args[record]) >= 2
        ):
            by_place[graph.trace.where[record]].append(record)
    candidates: list[Update] = []
    for records in by_place.values():
        side = _side(graph, records)
        if side is None:
            continue
        for record in records:
            old, step = graph.args[record][side], graph.args[record][1 - side]
            if graph.shape(old) == graph.shape(record) or graph.shape(record) != ():
                candidates.append(Update(record, old, step, origin(graph, old)))
    candidates.sort(key=lambda one: one.record)
    kept = _continued(graph, candidates)
    kept = _feeding_predictions(graph, kept) or kept
    if kept:
        return kept, True
    unused = [one for one in candidates if not graph.users[one.record]]
    return unused, False


def _side(graph: Graph, records: list[int]) -> int | None:
    """Return which operand of a place's sums is the value before; None where none leads to the other."""
    sample = records[:: max(1, len(records) // _SAMPLED)][:_SAMPLED] + records[-2:]
    for back in (0, _STALE):
        votes = [0, 0]
        for record in sample:
            for side in (0, 1) if graph.ops[record] == "add" else (0,):
                old, step = graph.args[record][side], graph.args[record][1 - side]
                if graph.ops[old] != "const" and reaches(graph, step, _versions(graph, record, side, back)):
                    votes[side] += 1
        if max(votes) >= _SHARE * len(sample):  # equal numbers may be one object at the start, and lead to each other
            return int(np.argmax(votes))
    return None


def _versions(graph: Graph, record: int, side: int, back: int) -> set[int]:
    """Return what carries the value before a sum, and with `back` that many values before it, made at the same place."""
    place, found = graph.trace.where[record], set()
    for _ in range(back + 1):
        old = graph.args[record][side]
        last = roots(graph, old) | {origin(graph, old)}
        found |= last
        sums = (one for one in last if graph.trace.where[one] == place and graph.ops[one] == graph.ops[record])
        record = max(sums, default=-1)
        if record < 0:
            break
    return found


def reaches(graph: Graph, start: int, goals: set[int]) -> bool:
    """Return whether a record is made from one of some others."""
    floor = min(goals)
    seen, todo = {start}, [start]
    while todo:
        at = todo.pop()
        if at in goals:
            return True
        for one in graph.args[at]:
            if one >= floor and one not in seen:
                seen.add(one)
                todo.append(one)
    return False


def _continued(graph: Graph, candidates: list[Update]) -> list[Update]:  # noqa: PLR0912  (read from top to bottom)
    """Keep the updates of places whose results are themselves updated later, in chains that last."""
    by_record = {one.record: one for one in candidates}
    before: dict[int, int] = {}
    for one in candidates:
        if one.root in by_record:
            before[one.record] = one.root
        else:
            found = next(
                (r for r in sorted(roots(graph, one.old), reverse=True) if r in by_record and r != one.record), None
            )
            if found is not None:
                before[one.record] = found
    after = {old: new for new, old in before.items()}
    if not candidates:
        return []
    span = candidates[-1].record - candidates[0].record
    good_places: dict[int, list[float]] = defaultdict(list)
    short: set[int] = set()
    for one in candidates:
        if one.record in before:
            continue
        last, length = one.record, 1
        while last in after:
            last = after[last]
            length += 1
        share = (last - one.record) / max(span, 1)
        good_places[graph.trace.where[one.record]].append(share if length >= 2 else 0.0)
        if length >= _SHORT:
            short.add(graph.trace.where[one.record])
    lasting: set[int] = set()
    for place, shares in good_places.items():
        if max(shares) >= 0.3:
            lasting.add(place)
    lasting = lasting or short  # parameters that are made again in a loop
    for _ in range(3):
        for one in candidates:
            if one.record in before and graph.trace.where[before[one.record]] in lasting:
                lasting.add(graph.trace.where[one.record])
    taken, made = (
        Counter(graph.trace.where[one] for one in before.values()),
        Counter(graph.trace.where[one.record] for one in candidates),
    )
    lasting = {place for place in lasting if taken[place] >= 0.3 * made[place]}
    chained = {*before, *before.values()}  # a helper that subtracts may do so with other things than parameters
    return [one for one in candidates if graph.trace.where[one.record] in lasting and one.record in chained]


def _feeding_predictions(graph: Graph, updates: list[Update]) -> list[Update]:
    """Keep the updates of values that a prediction is made from, not those that only other updates use."""
    barrier = {one.record for one in updates}
    learned = graph.affected(barrier, 0, len(graph.ops) - 1) | barrier
    by_place: dict[int, list[int]] = defaultdict(list)
    for one in updates:
        by_place[graph.trace.where[one.record]].append(one.record)
    kept = set()
    for place, records in by_place.items():
        middle = records[len(records) // 3 :: max(1, len(records) // 6)][:6]
        if any(_meets_target(graph, one, barrier, learned) for one in middle):
            kept.add(place)
    return [one for one in updates if graph.trace.where[one.record] in kept]


def _meets_target(graph: Graph, start: int, barrier: set[int], learned: set[int]) -> bool:
    """Return whether something made from a value is compared with what depends on no update."""
    seen, todo = {start}, [start]
    while todo:
        at = todo.pop()
        for user in graph.users[at]:
            if user in seen or user in barrier:
                continue
            seen.add(user)
            if find_residuals(graph, {user}, learned):
                return True
            todo.append(user)
        if len(seen) > 60_000:
            break
    return False
