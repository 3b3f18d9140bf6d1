"""Values of another moment: parameters that are used after their update, and updates that come a pass too late."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from tui_backprop.scripts.reading.links import CARRIERS
from tui_backprop.scripts.replay.operations import CannotReplayError
from tui_backprop.scripts.verdict.backward import Backward
from tui_backprop.scripts.verdict.places import WrongPlace


@dataclass(slots=True)
class EarlyUse:
    """A backward place that uses a parameter that is updated already."""

    place: int
    users: list[int]
    name: str
    old: int
    updated: int
    """The record of the update."""
    news: dict[int, int]
    """For each record after an update the one before it."""

    def with_old_values(self, backward: Backward, values: list[dict[int, Any]]) -> list[dict[int, Any]] | None:
        """Return, for each draw, what is computed there with the values before the update."""
        graph, out = backward.graph, []
        for now in values:
            put = {new: now[old] if old in now else graph.value(old) for new, old in self.news.items()}
            between = [one for one in self._carriers(backward) if one not in self.users]
            try:
                found = graph.replay({**put}, sorted({*between, *self.users}), check=False)
                rest = {one: now[one] for one in self._operands(backward) if one in now and one not in found}
                found = graph.replay({**rest, **put}, sorted({*between, *self.users}), check=False)
            except CannotReplayError:
                return None
            out.append({one: found[one] for one in self.users})
        return out

    def _operands(self, backward: Backward) -> set[int]:
        return {one for user in self.users for one in backward.graph.args[user]}

    def _carriers(self, backward: Backward) -> set[int]:
        return _carried(backward, set(self.news))


def _carried(backward: Backward, news: set[int]) -> set[int]:
    """Return what only carries an updated parameter on: its parts, its transpose."""
    graph, found = backward.graph, set()
    for record in range(min(news) + 1, backward.step.end + 1):
        operands = graph.args[record]
        if graph.ops[record] in CARRIERS and operands and (operands[0] in news or operands[0] in found):
            found.add(record)
    return found


def early_uses(backward: Backward) -> Iterator[EarlyUse]:
    """Yield the places of the backward pass that use a parameter after its update, in order."""
    graph, step, names = backward.graph, backward.step, backward.reading.names
    inside = set(backward.records)
    by_name: dict[str, dict[int, int]] = defaultdict(dict)
    for old, new in step.parameters.items():
        by_name[names[old]][new] = old
    for name, news in by_name.items():
        known = {*news, *_carried(backward, set(news))}
        users: dict[int, list[int]] = defaultdict(list)
        for record in sorted({one for new in known for one in graph.users[new]} & inside):
            if record not in known and graph.trace.where[record] >= 0 and record <= step.end:
                users[graph.trace.where[record]].append(record)
        for place, found in users.items():
            first = min(news)
            yield EarlyUse(place, found, name, news[first], first, news)


def late_updates(backward: Backward, names: list[str]) -> list[WrongPlace]:
    """Return the updates of parameters that do not depend on what their own pass predicts, or where their zeros are made."""
    graph, step = backward.graph, backward.step
    led = {residual.record for residual in step.residuals}
    led |= {residual.prediction for residual in step.residuals}  # an error may be computed twice
    for record in range(step.start + 1, step.end + 1):
        if any(one in led for one in graph.args[record]):
            led.add(record)
    places: dict[int, WrongPlace] = {}
    for old, new in step.parameters.items():
        name = backward.reading.names[old]
        start = step.feeds[old][0] if old in step.feeds else new
        update = next((one for one in step.updates if one.record == new), None)
        gradient = [one.get(old) for one in backward.gradients]
        if name not in names or update is None or not any(one is not None and np.any(one) for one in gradient):
            continue
        if graph.cone([start], step.start) & led:
            continue
        made = graph.cone([start, update.step], step.start)
        zero = not any(np.any(draw.values.get(update.step, graph.value(update.step))) for draw in backward.draws)
        named = [one for one in made if one in graph.trace.labels and not np.any(graph.value(one))] if zero else []
        place = graph.trace.labels[min(named)][0][1] if named else graph.trace.where[new]
        one = places.setdefault(place, WrongPlace(place, [], [], 1.0, [], [], late=not zero, zero=zero))
        one.records.append(new)
        one.targets.append(old)
        if name not in one.explains:
            one.explains.append(name)
    return list(places.values())
