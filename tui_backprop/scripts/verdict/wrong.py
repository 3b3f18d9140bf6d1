"""Where a backward pass goes wrong: places whose values are wrong though what they are made from is right."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from tui_backprop.scripts.reading.reading import Step
from tui_backprop.scripts.reading.rule import change_of
from tui_backprop.scripts.replay.graph import Graph
from tui_backprop.scripts.replay.operations import CannotReplayError
from tui_backprop.scripts.verdict.backward import Backward, Match, match
from tui_backprop.scripts.verdict.verdict import Examination

Array = np.ndarray
_SECONDS = 4.0  # that the search for one wrong place may take
_TRIED = 4000  # replays in one search


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
            values[n] = replayed(backward, n, given[n])
        left = [name for name in left if not comes_right(backward, values, name)]
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
    if not olds or comes_right(backward, values, name) or not comes_right(backward, values, name, sign=1):
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


def replayed(backward: Backward, n: int, given: dict[int, Any]) -> dict[int, Any]:
    """Return the values of a draw with some put in by hand, and all that follows from them computed again."""
    graph, step = backward.graph, backward.step
    base = dict(backward.draws[n].values)
    affected = sorted(graph.affected(given, min(given) + 1, step.end))
    return {**base, **graph.replay({**base_without(base, affected), **given}, affected, check=False)}


def base_without(base: dict[int, Any], affected: list[int]) -> dict[int, Any]:
    """Return values without those that are to be computed again."""
    drop = set(affected)
    return {record: value for record, value in base.items() if record not in drop}


def comes_right(backward: Backward, values: list[dict[int, Any]], name: str, sign: int = -1) -> bool:
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
        mended = [name for name in left if comes_right(backward, new_values, name)]
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
