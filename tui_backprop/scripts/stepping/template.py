"""What the check knows of one update, carried over to any other update of the same script by place and turn."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from tui_backprop.scripts.case import Case
from tui_backprop.scripts.reading.losses import LossHypothesis
from tui_backprop.scripts.reading.reading import Reading, Step
from tui_backprop.scripts.reading.residuals import Residual, target_value
from tui_backprop.scripts.reading.updates import Update
from tui_backprop.scripts.replay.graph import Graph
from tui_backprop.scripts.replay.operations import SOURCES
from tui_backprop.scripts.trace import Trace

_SAMPLES = 300
_KEPT = 400_000  # numbers in all samples

Key = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Sample:
    """One example that the script was trained on (a batch, where it takes whole batches)."""

    inputs: dict[int, Any]
    """Its values, by record of the template."""
    targets: tuple[np.ndarray, ...]
    """For each residual of the template."""


@dataclass(slots=True)
class Template:
    """One update as the check has it."""

    case: Case
    step: Step
    loss: LossHypothesis
    names: dict[int, str]
    keys: list[tuple[Key, int]]
    inputs: tuple[int, ...]
    """What the prediction is made from and what no parameter led to: the sample."""
    samples: tuple[Sample, ...] = field(default_factory=tuple)

    @property
    def graph(self) -> Graph:
        """Return the graph that its records are in."""
        assert self.case.reading is not None  # noqa: S101  (a template is made of one)
        return self.case.reading.graph

    def match(self, trace: Trace, first: int, last: int, *, from_end: bool = False) -> dict[int, int]:
        """Return for records of the template those of another stretch of a trace, by place, operation and turn.

        Turns are counted from the beginning of the stretch, or from its end: what was computed before the training, or
        between two updates, is at the beginning of a pass, and at the end of a recorded update.
        """
        there: dict[Key, list[int]] = defaultdict(list)
        for record in range(first, last + 1):
            if trace.ops[record] not in SOURCES and trace.where[record] >= 0:
                there[_key(trace, record)].append(record)
        pairs: dict[int, int] = {}
        turn: dict[Key, int] = defaultdict(int)
        counts = Counter(key for key, _ in self.keys)
        for key, record in self.keys:
            found = there.get(key, [])
            n = turn[key] + (max(0, len(found) - counts[key]) if from_end else 0)
            turn[key] += 1
            if n < len(found):
                pairs[record] = found[n]
        ahead = self.step.forward | {r.record for r in self.step.residuals}
        for record in sorted(pairs, key=lambda one: (one not in ahead, one)):  # a number may be used elsewhere, too
            own, other = self.graph.args[record], trace.args[pairs[record]]
            if len(own) == len(other):
                for one, two in zip(own, other, strict=True):
                    pairs.setdefault(one, two)
        return pairs

    def step_in(self, pairs: dict[int, int], last: int) -> Step:
        """Return the step under the record numbers of another trace; what is not there is left out."""
        step = self.step

        def every(records: set[int]) -> set[int]:
            return {pairs[one] for one in records if one in pairs}

        residuals = [
            Residual(pairs[r.record], pairs[r.prediction], pairs.get(r.target, -1) if r.target >= 0 else -1, r.kind)
            for r in step.residuals
            if r.record in pairs and r.prediction in pairs and (r.target < 0 or r.target in pairs)
        ]
        updates = [
            Update(pairs[u.record], pairs[u.old], pairs[u.step], pairs.get(u.root, pairs[u.old]))
            for u in step.updates
            if u.record in pairs and u.old in pairs and u.step in pairs
        ]
        parameters = {pairs[a]: pairs[b] for a, b in step.parameters.items() if a in pairs and b in pairs}
        feeds = {pairs[a]: (pairs[f], s) for a, (f, s) in step.feeds.items() if a in pairs and f in pairs}
        return Step(
            0,
            -1,
            last,
            updates,
            parameters,
            residuals,
            every(step.learned),
            every(step.forward),
            every(step.fixed),
            feeds,
        )


def template_of(case: Case) -> Template | None:
    """Return what a case says of one update; None where its gradients could not be judged."""
    reading, examination, backward = case.reading, case.examination, case.backward
    if reading is None or examination is None or backward is None:
        return None
    step = backward.step
    loss = examination.loss_of(step)
    if loss is None:
        return None
    trace = reading.trace
    keys = [
        (_key(trace, one), one)
        for one in range(step.start + 1, step.end + 1)
        if trace.ops[one] not in SOURCES and trace.where[one] >= 0
    ]
    learned = {*step.learned, *step.parameters}
    inputs = {
        operand
        for record in step.forward & step.learned
        for side, operand in enumerate(reading.graph.args[record])
        if operand not in learned and not _is_literal(reading.graph, record, side)
    }
    out = Template(case, step, loss, dict(reading.names), keys, tuple(sorted(inputs)))
    out.samples = tuple(_samples(out, reading))
    return out


def _samples(template: Template, reading: Reading) -> list[Sample]:
    """Return the distinct samples that the check saw."""
    graph, found, size = template.graph, {}, 0
    for one in reading.passes:
        pairs = template.match(graph.trace, one.start + 1, one.end, from_end=True)
        residuals = template.step_in(pairs, one.end).residuals
        if not all(record in pairs for record in template.inputs) or len(residuals) != len(template.step.residuals):
            continue
        inputs = {record: graph.value(pairs[record]) for record in template.inputs}
        targets = tuple(np.asarray(target_value(graph, r, {}), dtype=float) for r in residuals)
        key = b"".join(np.asarray(value).tobytes() for value in (*inputs.values(), *targets))
        if key not in found:
            found[key] = Sample(inputs, targets)
            size += sum(np.size(value) for value in inputs.values())
        if len(found) >= _SAMPLES or size > _KEPT:
            break
    return list(found.values())


def _is_literal(graph: Graph, record: int, side: int) -> bool:
    """Return whether an operand is a number that is written in the source."""
    attr = graph.trace.attrs.get(record)
    return isinstance(attr, dict) and side < 2 and bool(attr.get("literal", 0) & (1 << side))


def _key(trace: Trace, record: int) -> Key:
    place = trace.places[trace.where[record]]
    file = trace.files[place.file]
    return (file, place.line, place.column, place.end_line, place.end_column, trace.ops[record])
