"""Passes: from the end of one group of updates to the end of the next, each parameter updated once."""

from __future__ import annotations

from dataclasses import dataclass, field

from tui_backprop.scripts.reading.links import is_argument, roots, takes_one_element
from tui_backprop.scripts.reading.residuals import find_residuals
from tui_backprop.scripts.reading.updates import Update, reaches
from tui_backprop.scripts.replay.graph import Graph

_CLOSING = {"set", "put", "const", "view", "np.array", "np.asarray", "copy"}


@dataclass(slots=True)
class Pass:
    """One update of all parameters: the records (start, end], the updates in it, and what they were made from."""

    start: int
    """The last record before it."""
    end: int
    """Its last record: the last update, with the writes that complete it."""
    updates: list[Update]
    olds: set[int] = field(default_factory=set)
    """Values from before `start` of which the updates make new versions: parameters, and what optimizers keep."""


def find_passes(graph: Graph, updates: list[Update], used: bool) -> list[Pass]:
    """Cut the trace into passes: where a value is updated again, or a prediction is made from what was updated."""
    groups: list[list[Update]] = []
    current: list[Update] = []
    inside: set[int] = set()
    places: set[tuple[int, int]] = set()
    watch = _Watch(graph, updates)
    for one in updates:
        if used:
            again, first = watch.predicted(one.record), min(inside, default=one.record)
            if not again and inside & (roots(graph, one.old, first) | {one.root}):
                again = reaches(graph, one.step, inside)  # else it is added to once more, as by another sample
        else:
            again = (graph.trace.where[one.record], one.root) in places
        if again:
            groups.append(current)
            current, inside, places = [], set(), set()
            watch.forget()
        current.append(one)
        inside.add(one.record)
        watch.updated.add(one.record)
        places.add((graph.trace.where[one.record], one.root))
    groups.append(current)
    return _cut(graph, [one for one in groups if one])


class _Watch:
    """Follows what the updates of a group lead to, until a prediction that meets a target is among it."""

    def __init__(self, graph: Graph, updates: list[Update]) -> None:
        olds = {one.record: one.old for one in updates}
        made = set(olds)
        learned = graph.affected(made, 0, len(graph.ops) - 1) | made
        self.graph = graph
        found = find_residuals(graph, learned, learned, every=True)
        self.residuals = {r.record: r.prediction for r in found if olds.get(r.record) != r.prediction}
        self.updated: set[int] = set()
        self.at = updates[0].record if updates else 0

    def predicted(self, record: int) -> bool:
        """Return whether up to a record something was predicted from what was updated."""
        found = False
        for one in range(self.at + 1, record):
            if any(a in self.updated for a in self.graph.args[one]):
                self.updated.add(one)
                found = found or self.residuals.get(one, -1) in self.updated
        self.at = record
        return found

    def forget(self) -> None:
        """Begin a new group."""
        self.updated = set()


def _cut(graph: Graph, groups: list[list[Update]]) -> list[Pass]:
    ends = []
    olds = {update.old for group in groups for update in group}
    for n, group in enumerate(groups):
        limit = groups[n + 1][0].record - 1 if n + 1 < len(groups) else len(graph.ops) - 1
        ends.append(_closed(graph, group, limit, olds))
    passes = []
    for n, group in enumerate(groups):
        start = ends[n - 1] if n else -1
        one = Pass(start, ends[n], group)
        for update in group:
            earlier = ends[n - 3] if n > 2 else 0  # what is older than the passes just before it is used no more
            sources = roots(graph, update.old, earlier) | {update.root}
            one.olds |= {r for r in sources if r <= start or (not n and graph.ops[r] == "leaf")}
        passes.append(one)
    return passes


def _closed(graph: Graph, group: list[Update], limit: int, olds: set[int]) -> int:
    """Return the last record of the writes that complete a group of updates; a value in `olds` is complete."""
    end = group[-1].record
    made = {one.record for one in group}
    at = end + 1
    while at <= limit and at < len(graph.ops):
        op = graph.ops[at]
        if op == "copy" and graph.args[at][0] in olds:
            break  # the next forward pass begins with a copy
        if (
            op in _CLOSING
            and graph.args[at]
            and not is_argument(graph, at)
            and made & set(graph.args[at][-2:] if op in ("set", "put") else graph.args[at])
        ):
            made.add(at)
            end = at
        elif takes_one_element(graph, at) and graph.args[at][0] in made:
            made.add(at)
        elif op in ("leaf", "const", "item") or op in _CLOSING:
            pass  # an item may be the row that is written to next
        else:
            break
        at += 1
    return end
