"""The backward pass of a script, value by value: which derivative each one is, and where the first wrong ones are made."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from tui_backprop.scripts.aligned import aligned, carried_over
from tui_backprop.scripts.judgement import Draw
from tui_backprop.scripts.reading.reading import Reading, Step
from tui_backprop.scripts.reading.rule import change_of
from tui_backprop.scripts.replay.graph import Graph
from tui_backprop.scripts.replay.operations import CannotReplayError
from tui_backprop.scripts.verdict import Examination

Array = np.ndarray
_CLOSE = 1e-9
"""How far from 1 the cosine of two proportional values may be."""
_CONNECTED = 120  # parameters, each a number where they are in lists, up to which it is followed what acts through what
_DRAWS = 10
"""Draws, of this step and of others, that values are compared at."""
_SECONDS = 4.0  # that the search for one wrong place may take
_TRIED = 4000  # replays in one search


@dataclass(frozen=True, slots=True)
class Match:
    """A backward value that is a multiple of a derivative."""

    forward: int
    factor: float
    turned: bool = False


@dataclass(slots=True)
class WrongPlace:
    """A place whose values are wrong though what they are made from is right."""

    place: int
    """The number of the place in the trace."""
    records: list[int]
    targets: list[int]
    """For each record, the forward value whose derivative belongs there."""
    factor: float
    """The multiple of it that belongs there."""
    explains: list[str]
    """The parameters that come right with the right values there."""
    sources: list[int]
    """The right backward values that it is made from."""
    sign: bool = False
    """Whether nothing but its sign is wrong."""


@dataclass(slots=True)
class Backward:
    """The backward values of one step at several draws."""

    reading: Reading
    step: Step
    draws: list[Draw]
    gradients: list[dict[int, Any]]
    records: list[int] = field(default_factory=list)
    """Records that depend on a residual and that updates are made from, in order."""
    matches: dict[int, Match] = field(default_factory=dict)
    reach: dict[int, set[int]] = field(default_factory=dict)
    """For each record, the parameters whose updates it is used in."""
    through: dict[int, set[int]] = field(default_factory=dict)
    """For each parameter, the forward values that it acts through."""

    @property
    def graph(self) -> Graph:
        """Return the trace's graph."""
        return self.reading.graph


def backward_of(reading: Reading, examination: Examination) -> Backward | None:
    """Compare the backward values of the step with most draws with the derivatives of its forward values."""
    by_step: dict[int, list[int]] = defaultdict(list)
    for n, draw in enumerate(examination.draws):
        by_step[draw.step.number].append(n)
    if not by_step:
        return None
    chosen = max(by_step, key=lambda one: (len(by_step[one]), _liveliness(examination, by_step[one])))
    numbers = by_step[chosen]
    step = examination.draws[numbers[0]].step
    out = Backward(reading, step, [examination.draws[n] for n in numbers], [examination.gradients[n] for n in numbers])
    graph = reading.graph
    for number, others in by_step.items():
        other = examination.draws[others[0]].step
        pairs = aligned(graph, step, other) if number != chosen and len(out.draws) < _DRAWS else None
        for n in others[:2] if pairs is not None else []:
            assert pairs is not None  # noqa: S101  (asked just now)
            draw, gradients = carried_over(reading, examination.draws[n], examination.gradients[n], step, pairs)
            out.draws.append(draw)
            out.gradients.append(gradients)
    ends = graph.cone(
        [*(update.record for update in step.updates), *(feed for feed, _ in step.feeds.values())], step.start
    )
    led = {r.record for r in step.residuals}
    for record in range(step.start + 1, step.end + 1):
        if record in led or any(one in led for one in graph.args[record]):
            led.add(record)
    out.records = [one for one in sorted(led & ends) if one not in step.forward]
    _connect(out)
    out.matches = match(out, out.records, [draw.values for draw in out.draws])
    return out


def _connect(out: Backward) -> None:
    """Find which parameters each backward value is used for, and which forward values each parameter acts through."""
    graph, step = out.graph, out.step
    if len(step.parameters) > _CONNECTED:
        return
    inside = set(out.records)
    for old, new in step.parameters.items():
        for record in graph.cone([step.feeds[old][0] if old in step.feeds else new], step.start) & inside:
            out.reach.setdefault(record, set()).add(old)
        out.through[old] = {old} | (graph.affected([old], step.start + 1, step.end) & step.forward)


def _belongs(backward: Backward, record: int, forward: int) -> bool:
    """Return whether a backward value can be a forward value's derivative: a parameter it is used for acts through it."""
    reach = backward.reach.get(record)
    return not reach or any(forward in backward.through[old] for old in reach)


def _liveliness(examination: Examination, numbers: list[int]) -> float:
    """Prefer a step whose gradients are not zero: an input of 0 hides what its weights get."""
    return sum(float(np.count_nonzero(g)) for n in numbers for g in examination.gradients[n].values())


def match(backward: Backward, records: Iterable[int], values: list[dict[int, Any]]) -> dict[int, Match]:
    """Return for each record the forward value of whose derivative it is a multiple, over all draws."""
    table = _table(backward)
    out: dict[int, Match] = {}
    graph = backward.graph
    for record in records:
        parts = [np.asarray(v[record] if record in v else graph.value(record), dtype=float) for v in values]
        flat = np.concatenate([one.ravel() for one in parts])
        size = float(np.linalg.norm(flat))
        if not np.isfinite(size) or size == 0:
            continue
        found = _nearest(backward, record, table, flat / size, parts[0].size, turned=False)
        if found is None and parts[0].ndim == 2 and min(parts[0].shape) > 1:
            flat_t = np.concatenate([one.T.ravel() for one in parts])
            found = _nearest(backward, record, table, flat_t / size, parts[0].size, turned=True)
        if found is not None:
            forward, norm, sign, turned = found
            out[record] = Match(forward, sign * size / norm, turned)
    return out


@dataclass(slots=True)
class _Rows:
    forwards: list[int]
    norms: list[float]
    matrix: Array


def _table(backward: Backward) -> dict[int, _Rows]:
    graph, rows = backward.graph, defaultdict(list)
    wanted = [one for one in backward.gradients[0] if one in backward.step.forward or one in backward.step.parameters]
    for record in sorted(wanted, key=lambda one: (one not in backward.step.parameters, record_named(graph, one), one)):
        if any(record not in g for g in backward.gradients):
            continue
        parts = [np.asarray(g[record]) for g in backward.gradients]
        flat = np.concatenate([np.ravel(part) for part in parts])
        norm = float(np.linalg.norm(flat))
        if norm > 0 and np.isfinite(norm):
            rows[len(np.ravel(parts[0]))].append((record, norm, flat / norm))
    return {
        size: _Rows([a for a, _, _ in found], [b for _, b, _ in found], np.stack([c for _, _, c in found]))
        for size, found in rows.items()
    }


def record_named(graph: Graph, record: int) -> bool:
    """Return whether a record has no name of its own (so that those that have come first)."""
    return record not in graph.trace.labels


def _nearest(
    backward: Backward, record: int, table: dict[int, _Rows], flat: Array, size: int, *, turned: bool
) -> tuple[int, float, float, bool] | None:
    rows = table.get(size)
    if rows is None:
        return None
    cosines = rows.matrix @ flat
    good = [n for n in np.flatnonzero(abs(cosines) > 1 - _CLOSE) if _belongs(backward, record, rows.forwards[n])]
    if not good:
        return None
    best = good[0]
    return rows.forwards[best], rows.norms[best], float(np.sign(cosines[best])), turned


# where it goes wrong


def wrong_places(backward: Backward, examination: Examination) -> list[WrongPlace]:
    """Return the places where wrong values are made from right ones, each with the derivative that belongs there."""
    graph, step = backward.graph, backward.step
    given: list[dict[int, Any]] = [{} for _ in backward.draws]
    values = [dict(draw.values) for draw in backward.draws]
    left = [name for name in examination.wrong if any(backward.reading.names[old] == name for old in step.parameters)]
    matches = dict(backward.matches)
    out: list[WrongPlace] = []
    budget = [_TRIED]
    until = time.monotonic() + _SECONDS
    while left and len(out) < 8 and budget[0] > 0 and time.monotonic() < until:
        found = _first_wrong(backward, matches, values, left, budget, {one.place for one in out})
        if found is None:
            break
        place, replaced = found
        out.append(place)
        for n in range(len(given)):
            given[n].update(replaced[n])
            values[n] = _replayed(backward, n, given[n])
        left = [name for name in left if not _right(backward, values, name)]
        matches = match(backward, backward.records, values)
    out += [one for name in left for one in _turned_sign(backward, values, matches, name)]
    del graph
    return out


def _turned_sign(
    backward: Backward, values: list[dict[int, Any]], matches: dict[int, Match], name: str
) -> list[WrongPlace]:
    """Return the place where a parameter's change gets the wrong sign, where that is all that is wrong with it."""
    step, graph = backward.step, backward.graph
    olds = [old for old in step.parameters if backward.reading.names[old] == name]
    if not olds or _right(backward, values, name) or not _right(backward, values, name, sign=1):
        return []
    own = [
        r
        for r in backward.records
        if backward.reach.get(r) == set(olds[:1]) and r in matches and graph.trace.where[r] >= 0
    ]
    record = own[0] if own else step.parameters[olds[0]]
    return [
        WrongPlace(
            graph.trace.where[record],
            [record],
            [olds[0]],
            -matches[record].factor if own else 1.0,
            [name],
            [],
            sign=True,
        )
    ]


def _replayed(backward: Backward, n: int, given: dict[int, Any]) -> dict[int, Any]:
    graph, step = backward.graph, backward.step
    base = dict(backward.draws[n].values)
    affected = sorted(graph.affected(given, min(given) + 1, step.end))
    return {**base, **graph.replay({**base_without(base, affected), **given}, affected, check=False)}


def base_without(base: dict[int, Any], affected: list[int]) -> dict[int, Any]:
    """Return values without those that are to be computed again."""
    drop = set(affected)
    return {record: value for record, value in base.items() if record not in drop}


def _right(backward: Backward, values: list[dict[int, Any]], name: str, sign: int = -1) -> bool:
    """Return whether a parameter's changes are a negative multiple of its gradient (with `sign` 1, a positive one)."""
    changes, truths = [], []
    for n, draw in enumerate(backward.draws):
        for old, new in backward.step.parameters.items():
            if backward.reading.names[old] != name:
                continue
            change = np.asarray(change_of(backward.reading, backward.step, old, new, values[n])[0], dtype=float)
            truth = np.asarray(backward.gradients[n].get(old, np.zeros(backward.graph.shape(old))))
            if change.size != truth.size:
                try:
                    change = np.broadcast_to(change, truth.shape)
                except ValueError:
                    return False
            changes.append(change.ravel())
            truths.append(truth.ravel())
        del draw
    t, g = np.concatenate(changes), np.concatenate(truths)
    if not np.isfinite(t).all() or not np.any(g):
        return False
    scale = float(t @ g) / float(g @ g)
    return scale * sign > 0 and float(np.linalg.norm(t - scale * g)) <= 1e-6 * float(np.linalg.norm(t))


def _first_wrong(
    backward: Backward,
    matches: dict[int, Match],
    values: list[dict[int, Any]],
    left: list[str],
    budget: list[int],
    done: set[int],
) -> tuple[WrongPlace, list[dict[int, Any]]] | None:
    graph, step = backward.graph, backward.step
    inside = set(backward.records)
    paths = set()
    for old, new in step.parameters.items():
        if backward.reading.names[old] in left:
            paths |= graph.cone([step.feeds[old][0] if old in step.feeds else new], step.start)
    by_place: dict[int, list[int]] = defaultdict(list)
    for record in backward.records:
        if graph.trace.where[record] >= 0:
            by_place[graph.trace.where[record]].append(record)
    suspects = []
    for place, records in by_place.items():
        if place in done:
            continue
        open_ones = [
            r for r in records if r in paths and r not in matches and _made_from_right(graph, r, matches, inside, step)
        ]
        if open_ones:
            suspects.append((min(open_ones), place, records))
    best: tuple[tuple[int, int], WrongPlace, list[dict[int, Any]]] | None = None
    # A partial product is no derivative and may yet be right: what follows from it is tried too.
    for _, place, records in sorted(_with_followers(graph, suspects, by_place, matches, inside, paths, done)):
        found = _explained(backward, place, records, values, left, matches, budget)
        if found is not None and (best is None or found[0] > best[0]):
            best = found
            if found[0][0] == len(left):
                break
        if budget[0] <= 0:
            break
    return None if best is None else (best[1], best[2])


def _made_from_right(graph: Graph, record: int, matches: dict[int, Match], inside: set[int], step: Step) -> bool:
    starts = {r.record for r in step.residuals}
    return record in starts or all(one in matches or one not in inside for one in graph.args[record])


def _with_followers(
    graph: Graph,
    suspects: list[Any],
    by_place: dict[int, list[int]],
    matches: dict[int, Match],
    inside: set[int],
    paths: set[int],
    done: set[int],
) -> list[tuple[int, int, list[int]]]:
    out = {place: (first, place, records) for first, place, records in suspects}
    todo = [record for _, _, records in suspects for record in records]
    for _ in range(6):
        following = []
        for record in todo:
            for user in graph.users[record]:
                place = graph.trace.where[user]
                if (
                    user in inside
                    and user in paths
                    and user not in matches
                    and place >= 0
                    and place not in out
                    and place not in done
                ):
                    out[place] = (user, place, by_place[place])
                    following.append(user)
        todo = following
    return list(out.values())


def _explained(
    backward: Backward,
    place: int,
    records: list[int],
    values: list[dict[int, Any]],
    left: list[str],
    matches: dict[int, Match],
    budget: list[int],
) -> tuple[tuple[int, int], WrongPlace, list[dict[int, Any]]] | None:
    """Try the derivative of each forward place at a backward place, and return the one that makes most come right."""
    graph, step = backward.graph, backward.step
    began = time.monotonic()
    sources = [one for r in records for one in graph.args[r] if one in matches]
    factor = float(np.median([matches[one].factor for one in sources])) if sources else 1.0
    best: tuple[tuple[int, int], WrongPlace, list[dict[int, Any]]] | None = None
    for targets in _pairings(backward, records):
        budget[0] -= len(backward.draws)
        if budget[0] <= 0 or time.monotonic() - began > _SECONDS:
            break
        replaced: list[dict[int, Any]] = []
        try:
            new_values = []
            for n in range(len(backward.draws)):
                put = {
                    r: _like(graph, r, factor * np.asarray(backward.gradients[n][t]))
                    for r, t in zip(records, targets, strict=True)
                }
                replaced.append(put)
                base = values[n]
                affected = sorted(graph.affected(put, min(put) + 1, step.end))
                new_values.append(
                    {**base, **graph.replay({**base_without(base, affected), **put}, affected, check=False)}
                )
        except (CannotReplayError, KeyError, ValueError):
            continue
        mended = [name for name in left if _right(backward, new_values, name)]
        after = match(backward, [r for r in backward.records if r not in matches and r not in replaced[0]], new_values)
        score = (len(mended), len(after))
        if score > (0, 0) and (best is None or score > best[0]):
            best = (score, WrongPlace(place, records, list(targets), factor, mended, sources), replaced)
            if len(mended) == len(left):
                break
    return best


def _like(graph: Graph, record: int, value: Array) -> Any:
    shape = graph.shape(record)
    if value.shape != shape and value.size == int(np.prod(shape)):
        return value.T.reshape(shape) if value.ndim == 2 and value.T.shape == shape else value.reshape(shape)
    return value


def _pairings(backward: Backward, records: list[int]) -> Iterable[list[int]]:
    """Yield for the records of one backward place the forward records whose derivatives they may be."""
    graph, step = backward.graph, backward.step
    sizes = [int(np.prod(graph.shape(one))) for one in records]
    groups: dict[Any, list[int]] = defaultdict(list)
    for record in sorted(backward.gradients[0]):
        if record in step.parameters:
            groups["θ", backward.reading.names[record]].append(record)
            groups["θ", graph.trace.where[step.parameters[record]]].append(record)
        elif record in step.forward and graph.trace.where[record] >= 0:
            groups["f", graph.trace.where[record]].append(record)
    seen = set()
    for forwards in groups.values():
        for order in (forwards, forwards[::-1]):
            for offset in range(max(0, len(order) - len(records)) + 1):
                chosen = tuple(order[offset : offset + len(records)])
                if len(chosen) != len(records) or chosen in seen or offset > 3:
                    continue
                fits = all(int(np.prod(graph.shape(f))) == size for f, size in zip(chosen, sizes, strict=True))
                if fits or (len(records) <= 8 and all(f in step.parameters for f in chosen)):
                    seen.add(chosen)
                    yield list(chosen)
