"""The backward pass of a script, value by value: which derivative each one is, and where the first wrong ones are made."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from tui_backprop.scripts.reading.reading import Reading, Step
from tui_backprop.scripts.replay.graph import Graph
from tui_backprop.scripts.verdict.aligned import aligned, renumbered
from tui_backprop.scripts.verdict.judgement import Draw
from tui_backprop.scripts.verdict.verdict import Examination

Array = np.ndarray
_CLOSE = 1e-9
"""How far from 1 the cosine of two proportional values may be."""
_CONNECTED = 120  # parameters, each a number where they are in lists, up to which it is followed what acts through what
_DRAWS = 10
"""Draws, of this step and of others, that values are compared at."""


@dataclass(frozen=True, slots=True)
class Match:
    """A backward value that is a multiple of a derivative."""

    forward: int
    factor: float
    turned: bool = False


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
    mended: dict[int, Match] = field(default_factory=dict)
    """The same with the right values put where wrong ones are made."""
    reach: dict[int, set[int]] = field(default_factory=dict)
    """For each record, the parameters whose updates it is used in."""
    through: dict[int, set[int]] = field(default_factory=dict)
    """For each parameter, the forward values that it acts through."""
    parts: dict[int, int] = field(default_factory=dict)
    """Numbers above all records that stand for a part of a derivative: of which value."""
    elements: dict[tuple[int, str], int] = field(default_factory=dict)
    _compared: tuple[int, dict[int, _BackwardRows]] | None = None
    """What values are compared with, and of how many derivatives it was made."""

    def rows(self) -> dict[int, _BackwardRows]:
        """Return what values are compared with: the derivatives by how many numbers they have."""
        count = len(self.gradients[0]) + len(self.parts)
        if self._compared is None or self._compared[0] != count:
            self._compared = count, _table(self)
        return self._compared[1]

    def size(self, target: int) -> int:
        """Return how many numbers the derivative of a value, or a part of one, has."""
        return (
            int(np.size(self.gradients[0][target])) if target in self.parts else int(np.prod(self.graph.shape(target)))
        )

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
    out = Backward(
        reading, step, [examination.draws[n] for n in numbers], [dict(examination.gradients[n]) for n in numbers]
    )
    graph = reading.graph
    for number, others in by_step.items():
        other = examination.draws[others[0]].step
        pairs = aligned(graph, step, other) if number != chosen and len(out.draws) < _DRAWS else None
        for n in others[:2] if pairs is not None else []:
            assert pairs is not None  # noqa: S101  (asked just now)
            draw, gradients = renumbered(reading, examination.draws[n], examination.gradients[n], step, pairs)
            if all(old in gradients for old in step.parameters if old in out.gradients[0]):
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
    forward = backward.parts.get(forward, forward)
    return not reach or any(forward in backward.through[old] for old in reach)


def _liveliness(examination: Examination, numbers: list[int]) -> float:
    """Prefer a step whose gradients are not zero: an input of 0 hides what its weights get."""
    return sum(float(np.count_nonzero(g)) for n in numbers for g in examination.gradients[n].values())


def match(backward: Backward, records: Iterable[int], values: list[dict[int, Any]]) -> dict[int, Match]:
    """Return for each record the forward value of whose derivative it is a multiple, over all draws."""
    table = backward.rows()
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
class _BackwardRows:
    forwards: list[int]
    norms: list[float]
    matrix: Array


def _table(backward: Backward) -> dict[int, _BackwardRows]:
    graph, rows = backward.graph, defaultdict(list)
    step, named = backward.step, backward.parts
    wanted = [one for one in backward.gradients[0] if one in step.forward or one in step.parameters or one in named]
    added = {one for record in step.forward if graph.ops[record] in ("add", "sub") for one in graph.args[record]}

    def rank(one: int) -> tuple[bool, bool, bool, int]:
        """Order parameters first, a bias before weights: the gradient of a weight is a delta's only where its input is 1."""
        known = one in step.parameters
        return not known, known and one not in added, record_named(graph, one), one

    for record in sorted(wanted, key=rank):
        if any(record not in g for g in backward.gradients):
            continue
        parts = [np.asarray(g[record], dtype=float) for g in backward.gradients]
        flat = np.concatenate([np.ravel(part) for part in parts])
        norm = float(np.linalg.norm(flat))
        if norm > 0 and np.isfinite(norm):
            rows[len(np.ravel(parts[0]))].append((record, norm, flat / norm))
    return {
        size: _BackwardRows([a for a, _, _ in found], [b for _, b, _ in found], np.stack([c for _, _, c in found]))
        for size, found in rows.items()
    }


def record_named(graph: Graph, record: int) -> bool:
    """Return whether a record has no name of its own (so that those that have come first)."""
    return record not in graph.trace.labels


def _nearest(
    backward: Backward, record: int, table: dict[int, _BackwardRows], flat: Array, size: int, *, turned: bool
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
