"""Where a backward pass goes wrong: places whose values are wrong though what they are made from is right."""

from __future__ import annotations

import time
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from tui_backprop.scripts.reading.reading import Step
from tui_backprop.scripts.replay.graph import Graph
from tui_backprop.scripts.replay.operations import CannotReplayError
from tui_backprop.scripts.verdict.backward import Backward, Match, match
from tui_backprop.scripts.verdict.moments import early_uses, late_updates
from tui_backprop.scripts.verdict.places import WrongPlace, comes_right, like, replayed
from tui_backprop.scripts.verdict.signs import Functions, merged_places, slope_at_fault, turned_error, turned_sign
from tui_backprop.scripts.verdict.targets import add_parts, pairings
from tui_backprop.scripts.verdict.verdict import Examination

_SECONDS = 4.0  # that the search for one wrong place may take
_TRIED = 4000  # replays in one search
_PLACES = 8
_MISUSED = 6  # places of right values, used for something else, that are tried


def wrong_places(backward: Backward, examination: Examination, functions: Functions) -> list[WrongPlace]:
    """Return the places where wrong values are made from right ones, each with the derivative that belongs there.

    `functions` has for each file the first and last lines of its functions.
    """
    step, names = backward.step, backward.reading.names
    left = [name for name in examination.wrong if any(names[old] == name for old in step.parameters)]
    out = late_updates(backward, left)
    left = [name for name in left if not any(name in place.explains for place in out)]
    add_parts(backward)
    search = _PlaceSearch(backward, [dict(draw.values) for draw in backward.draws], {}, left)
    search.compare()
    backward.matches = dict(search.matches)
    place = turned_error(backward, search.matches, search.left)
    if place is not None:
        out, search.left = [*out, place], []
    for name in list(search.left):
        place = turned_sign(backward, search.values, search.matches, name)
        out += [] if place is None else [place]
        search.left = [one for one in search.left if place is None or one != name]
    until = time.process_time() + _SECONDS
    while search.left and len(out) < _PLACES and search.budget > 0 and time.process_time() < until:
        found = search.next()
        if found is None:
            break
        out.append(found)
    backward.mended = search.matches
    for name in search.left:  # what was mended may have left a wrong sign
        place = turned_sign(backward, search.values, search.matches, name)
        out += [] if place is None else [place]
    out = merged_places(out)
    for place in out:
        place.slope = slope_at_fault(backward, place, functions) if place.slope is None else place.slope
    return out


@dataclass(slots=True)
class _PlaceSearch:
    """The search for wrong places: the values as they are with the right ones put where wrong ones were found."""

    backward: Backward
    values: list[dict[int, Any]]
    matches: dict[int, Match]
    left: list[str]
    """The parameters that are wrong with these values."""
    budget: int = _TRIED
    given: list[dict[int, Any]] = field(default_factory=list)
    done: set[int] = field(default_factory=set)

    def compare(self) -> None:
        """Find what each backward value is, and which parameters are still wrong."""
        self.left = [name for name in self.left if not comes_right(self.backward, self.values, name)]
        self.matches = match(self.backward, self.backward.records, self.values)

    def next(self) -> WrongPlace | None:
        """Find a wrong place and put the right values there; None where nothing explains what is left."""
        found = self._early() or self._made_wrong()
        if found is None:
            return None
        place, replaced = found
        self.given = self.given or [{} for _ in self.values]
        for n, put in enumerate(replaced):
            self.given[n].update(put)
            self.values[n] = replayed(self.backward, self.backward.draws[n].values, self.given[n])
        self.done.add(place.place)
        self.compare()
        return place

    def _tried(self, put: list[dict[int, Any]]) -> list[dict[int, Any]] | None:
        self.budget -= len(put)
        try:
            return [replayed(self.backward, base, one) for base, one in zip(self.values, put, strict=True)]
        except (CannotReplayError, KeyError, ValueError):
            return None

    def _mends_a_draw(self, put: dict[int, Any]) -> bool:
        """Return whether a parameter that is wrong comes right in the first draw."""
        self.budget -= 1
        backward = self.backward
        one = Backward(backward.reading, backward.step, backward.draws[:1], backward.gradients[:1])
        try:
            values = [replayed(backward, self.values[0], put)]
        except (CannotReplayError, KeyError, ValueError):
            return False
        return any(comes_right(one, values, name) for name in self.left)

    def _mended(self, values: list[dict[int, Any]]) -> list[str]:
        return [name for name in self.left if comes_right(self.backward, values, name)]

    def _breaks(self, values: list[dict[int, Any]]) -> bool:
        names = {self.backward.reading.names[old] for old in self.backward.step.parameters} - set(self.left)
        return any(
            comes_right(self.backward, self.values, name) and not comes_right(self.backward, values, name)
            for name in names
        )

    # parameters that were updated before they were used

    def _early(self) -> _Found | None:
        """Return the place that uses a parameter that is updated already, where its value before makes others right."""
        for use in early_uses(self.backward):
            if use.place in self.done:
                continue
            put = use.with_old_values(self.backward, self.values)
            values = None if put is None else self._tried(put)
            if put is None or values is None:
                continue
            mended = self._mended(values)
            if mended:
                first = use.users[0]
                found = match(self.backward, [first], values).get(first)
                target = use.old if found is None else found.forward
                place = WrongPlace(use.place, use.users, [target], 1.0, mended, [], early=(use.name, use.updated))
                return place, put
        return None

    # values that are made from right ones and are wrong

    def _made_wrong(self) -> _Found | None:
        suspects = self._suspects()
        until = time.process_time() + _SECONDS
        best = self._best(suspects, until, mending=True) or self._best(suspects, until, mending=False)
        least = max(best[0][0], 1) if best is not None else 1
        for place, records in self._misused([one for _, _, many in suspects for one in many]):
            if self.budget <= 0 or time.process_time() > until:
                break
            if best is not None and not set(records) & self.backward.graph.cone(
                best[1].records, self.backward.step.start
            ):
                continue  # what the wrong values are made from, not what is made from them
            found = self._explained(place, records, mending=True)
            if found is not None and found[0][0] >= least and self._other(found[1]) and not self._breaks(found[3]):
                best, least = found, found[0][0] + 1
        return None if best is None else (best[1], best[2])

    def _best(self, suspects: list[tuple[int, int, list[int]]], until: float, *, mending: bool) -> _Tried | None:
        """Return what explains most of some places; with `mending` only what makes a parameter come right."""
        best: _Tried | None = None
        ends = {one for update in self.backward.step.updates for one in (update.record, update.step)}
        for _, place, records in sorted(suspects, key=lambda one: one[2][0] in ends):
            if best is not None and len(self.left) > 1 and records[0] in ends and len(records) > 1:
                continue  # one place that updates them all: whatever is wrong before it, right gradients mend it there
            found = self._explained(place, records, mending=mending)
            if found is not None and (best is None or found[0] > best[0]):
                best = found
                if found[0][0] == len(self.left):
                    break
            if self.budget <= 0 or time.process_time() > until:
                break
        return best

    def _suspects(self) -> list[tuple[int, int, list[int]]]:
        """Return the places, with their records, whose values are no derivative though what they are made from is."""
        backward, graph, step = self.backward, self.backward.graph, self.backward.step
        inside, paths = set(backward.records), self._paths()
        by_place: dict[int, list[int]] = defaultdict(list)
        for record in backward.records:
            if graph.trace.where[record] >= 0:
                by_place[graph.trace.where[record]].append(record)
        suspects = []
        for place, records in by_place.items():
            starts = [
                r
                for r in records
                if r in paths and not self._fits(r) and _made_from_right(graph, r, self, inside, step)
            ]
            if starts and place not in self.done:
                suspects.append((min(starts), place, records))
        return sorted(self._with_followers(suspects, by_place, inside, paths))

    def _paths(self) -> set[int]:
        backward = self.backward
        step, paths = backward.step, set()
        for old, new in step.parameters.items():
            if backward.reading.names[old] in self.left:
                paths |= backward.graph.cone([step.feeds[old][0] if old in step.feeds else new], step.start)
        return paths

    def _fits(self, record: int) -> bool:
        """Return whether a value is a derivative, and where it is used for one parameter, that one's."""
        found = self.matches.get(record)
        if found is None:
            return False
        reach = self.backward.reach.get(record, set())
        if len(reach) != 1:
            return True
        (old,) = reach
        wrong = self.backward.reading.names[old] in self.left
        direct = any(user == self.backward.step.parameters[old] for user in self.backward.graph.users[record])
        own = self.backward.parts.get(found.forward, found.forward) == old
        return not (wrong and ((direct and not own) or (own and found.turned)))

    def _with_followers(
        self, suspects: list[Any], by_place: dict[int, list[int]], inside: set[int], paths: set[int]
    ) -> list[tuple[int, int, list[int]]]:
        """Add what follows from suspects: a partial product is no derivative and may yet be right."""
        graph = self.backward.graph
        out = {place: (first, place, records) for first, place, records in suspects}
        todo = [record for _, _, records in suspects for record in records]
        for _ in range(6):
            following = []
            for record in todo:
                for user in graph.users[record]:
                    place = graph.trace.where[user]
                    known = user in self.matches or place in out or place in self.done
                    if user in inside and user in paths and place >= 0 and not known:
                        out[place] = (user, place, by_place[place])
                        following.append(user)
            todo = following
        return list(out.values())

    def _misused(self, suspects: list[int]) -> list[tuple[int, list[int]]]:
        """Return the places of right values that wrong ones are made from: each may be the derivative of another value."""
        graph, inside = self.backward.graph, set(self.backward.records)
        starts = {residual.record for residual in self.backward.step.residuals}
        places: dict[int, list[int]] = {}
        for record in suspects:
            for one in graph.args[record]:
                place = graph.trace.where[one]
                if one in self.matches and one not in starts and place >= 0 and place not in self.done:
                    places[place] = [r for r in self.backward.records if graph.trace.where[r] == place and r in inside]
        return sorted(places.items(), key=lambda one: -max(one[1]))[:_MISUSED]

    def _other(self, place: WrongPlace) -> bool:
        """Return whether each right value of a place would become the derivative of another value, which differs."""
        pairs = zip(place.records, place.targets, strict=True)
        return all(not self._same(self.matches[one].forward, target) for one, target in pairs if one in self.matches)

    def _same(self, first: int, second: int) -> bool:
        """Return whether the derivatives of two values are the same numbers: those of `x @ w` and of `x @ w + b`."""
        if first == second or self.backward.size(first) != self.backward.size(second):
            return first == second
        pairs = ((np.ravel(one[first]), np.ravel(one[second])) for one in self.backward.gradients)
        return all(np.allclose(a, b, rtol=1e-9, atol=0) for a, b in pairs)

    def _explained(self, place: int, records: list[int], *, mending: bool) -> _Tried | None:
        """Try derivatives at a backward place, and return the one that makes most come right.

        With `mending` those with which no parameter does are left after one draw, which refutes most.
        """
        backward, graph = self.backward, self.backward.graph
        began = time.process_time()
        sources = [one for r in records for one in graph.args[r] if one in self.matches]
        factor = float(np.median([self.matches[one].factor for one in sources])) if sources else 1.0
        best: _Tried | None = None
        for targets in pairings(backward, records):
            if self.budget <= 0 or time.process_time() - began > _SECONDS / 2:
                break
            if any(target not in one for one in backward.gradients for target in targets):
                continue  # not all draws have it: a sample of zeros, say
            put = [
                {r: like(graph, r, factor * np.asarray(one[t])) for r, t in zip(records, targets, strict=True)}
                for one in backward.gradients
            ]
            if mending and not self._mends_a_draw(put[0]):
                continue
            values = self._tried(put)
            if values is None:
                continue
            mended = self._mended(values)
            if mending and not mended:
                continue
            rest = [r for r in backward.records if r not in self.matches and r not in put[0]]
            score = (len(mended), len(match(backward, rest, values)) if len(mended) < len(self.left) else 0)
            if score > (0, 0) and (best is None or score > best[0]):
                best = (score, WrongPlace(place, records, list(targets), factor, mended, sources), put, values)
                if len(mended) == len(self.left):
                    break
        return best


_Found = tuple[WrongPlace, list[dict[int, Any]]]
_Tried = tuple[tuple[int, int], WrongPlace, list[dict[int, Any]], list[dict[int, Any]]]


def _made_from_right(graph: Graph, record: int, search: _PlaceSearch, inside: set[int], step: Step) -> bool:
    starts = {r.record for r in step.residuals}
    return record in starts or all(one in search.matches or one not in inside for one in graph.args[record])
