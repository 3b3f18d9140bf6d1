"""One recorded update: its lines in the order they ran, what each made, and what that is a derivative of."""

from __future__ import annotations

import bisect
import hashlib
from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from tui_backprop.scripts.answering.text import derivative_text
from tui_backprop.scripts.answering.wording import shown_name, value_name
from tui_backprop.scripts.reading.reading import Reading, Step
from tui_backprop.scripts.reading.rule import change_of
from tui_backprop.scripts.replay.graph import BranchError, Graph
from tui_backprop.scripts.replay.operations import CannotReplayError
from tui_backprop.scripts.stepping.template import Sample, Template
from tui_backprop.scripts.trace import Trace
from tui_backprop.text.cleaning import clean

Array = np.ndarray
_REPLAYED = 60_000  # records that are computed again for the answers to all samples


@dataclass(frozen=True, slots=True)
class StatementValue:
    """Something that a statement made."""

    name: str
    """What it was given to; `return` and `if` where it has no name."""
    record: int
    """-1 for what is no recorded number."""
    text: str


@dataclass(frozen=True, slots=True)
class Event:
    """A statement as it ran."""

    number: int
    file: str
    line: int
    column: int
    end_line: int
    depth: int
    """Of calls, 0 where the training loop is."""
    first: int
    """The number of its first record."""
    count: int
    """The pass of the loop that it begins, from 1; 0 for any other statement."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a value of an update is to the loss."""

    text: str
    """`½ ∂L/∂z2`, or what should be there."""
    right: bool | None
    """None for a value of the forward pass."""
    true: Array | None
    """What it should be, where it is a derivative; else the derivative of the loss with respect to it."""


@dataclass(frozen=True, slots=True)
class ParameterValues:
    """A parameter in one update."""

    name: str
    shape: tuple[int, ...]
    value: Array
    change: Array
    theirs: Array
    """The gradient that their update descended."""
    true: Array
    verdict: str


class Window:
    """One recorded update, read with what the check knows.

    All that is expensive is computed when it is first asked for.
    """

    def __init__(self, update: int, trace: Trace, template: Template | None) -> None:
        self.update = update
        self.trace = trace
        self.graph = Graph(trace)
        self.template = template
        self.trouble = str(trace.more["window"].get("trouble", ""))
        watched = trace.more["window"].get("watched")
        self.watched = {text: _value_of(found) for text, found in (watched or {}).items()}
        """What watched expressions were at its beginning: a number, an array, or why there is none."""

    # lines

    @cached_property
    def events(self) -> list[Event]:
        """The statements in the order they ran."""
        trace, out = self.trace, []
        for n, (place, depth, first, count) in enumerate(trace.more["window"]["events"]):
            at = trace.places[int(place)]
            out.append(
                Event(n, trace.files[at.file], at.line, at.column, at.end_line, int(depth), int(first), int(count))
            )
        return out

    @cached_property
    def made(self) -> dict[int, list[StatementValue]]:
        """What each statement made, by its number."""
        out: dict[int, list[StatementValue]] = defaultdict(list)
        for event, name, record, text in self.trace.more["window"]["made"]:
            if -1 <= int(record) < len(self.trace):
                out[int(event)].append(StatementValue(str(name)[:80], int(record), str(text)[:80]))
        return dict(out)

    @cached_property
    def spans(self) -> dict[tuple[str, int, int, int | None, int | None], list[int]]:
        """For each part of the source, by file and place, the records that it made."""
        out: dict[tuple[str, int, int, int | None, int | None], list[int]] = defaultdict(list)
        for record in range(len(self.trace)):
            at = self.trace.place(record)
            if at is not None:
                out[self.trace.files[at.file], at.line, at.column, at.end_line, at.end_column].append(record)
        return dict(out)

    @cached_property
    def labelled(self) -> dict[str, list[tuple[int, int]]]:
        """For each name, the statements that gave it a number, and which."""
        out: dict[str, list[tuple[int, int]]] = defaultdict(list)
        for event in sorted(self.made):
            for one in self.made[event]:
                if one.record >= 0:
                    out[one.name].append((event, one.record))
        return dict(out)

    @cached_property
    def numbers_of_line(self) -> dict[tuple[str, int], list[int]]:
        """For each line, by file, the statements that ran there, in order."""
        out: dict[tuple[str, int], list[int]] = defaultdict(list)
        for one in self.events:
            out[one.file, one.line].append(one.number)
        return dict(out)

    @cached_property
    def records(self) -> dict[int, int]:
        """For each statement that made a number, the record of the last one that it made itself."""
        found = {event: made[-1].record for event, made in self.made.items() if made[-1].record >= 0}
        ends = [one.first for one in self.events[1:]] + [len(self.trace)]
        for one, end in zip(self.events, ends, strict=True):
            if one.number in found or one.number in self.made or one.count:
                continue
            for record in range(end - 1, one.first - 1, -1):
                place = self.trace.place(record)
                inside = place is not None and one.line <= place.line <= one.end_line
                if inside and not self.trace.ops[record].startswith(("branch", "choice")):
                    found[one.number] = record
                    break
        return found

    @cached_property
    def backward(self) -> dict[int, int]:
        """For each statement of the backward pass, the record that says what it is: a wrong one, or its result."""
        out = {number: record for number, record in self.records.items() if record in self.meanings}
        for record, meaning in self.meanings.items():
            if meaning.right is False:
                out[self._statement(record)] = record
        return out

    def _statement(self, record: int) -> int:
        """Return the statement that a record's place is in: the last one that began before it and includes that place."""
        place = self.trace.place(record)
        at = bisect.bisect_right(self._firsts, record) - 1
        for n in range(at, -1, -1):
            one = self.events[n]
            if place is not None and one.line <= place.line <= one.end_line and not one.count:
                return n
        return max(at, 0)

    @cached_property
    def _firsts(self) -> list[int]:
        return [one.first for one in self.events]

    @cached_property
    def event_of(self) -> dict[int, int]:
        """For each record, the statement that made it."""
        out: dict[int, int] = {}
        for event, made in self.made.items():
            for one in made:
                out.setdefault(one.record, event)
        for record in range(len(self.trace)):
            if self.events and record not in out and self.trace.where[record] >= 0:
                out[record] = self._statement(record)
        return out

    # derivatives

    @cached_property
    def pairs(self) -> dict[int, int]:
        """For records of the template, those of this update."""
        return {} if self.template is None else self.template.match(self.trace, 0, len(self.trace) - 1)

    @cached_property
    def step(self) -> Step | None:
        """The update as the check judges it."""
        return None if self.template is None else self.template.step_in(self.pairs, len(self.trace) - 1)

    @cached_property
    def gradients(self) -> dict[int, Array]:
        """∂L/∂value of each forward value of this update; empty where they cannot be computed."""
        template, step = self.template, self.step
        if template is None or step is None or not step.residuals:
            return {}
        loss = template.loss
        try:
            if loss.record is not None:
                record = self.pairs[loss.record]
                cone = self.graph.cone([record])
                return self.graph.sweep({record: np.ones(self.graph.shape(record))}, cone, {})
            seeds = loss.seeds(self.graph, step.residuals, {})
            return self.graph.sweep(seeds, self.graph.cone([r.prediction for r in step.residuals]), {})
        except (CannotReplayError, KeyError, ValueError):
            return {}

    @cached_property
    def meanings(self) -> dict[int, Meaning]:
        """What values of the backward pass are, by record."""
        template = self.template
        if template is None or template.case.backward is None:
            return {}
        case, pairs = template.case, self.pairs
        out: dict[int, Meaning] = {}
        for record, found in template.case.backward.matches.items():
            if record in pairs:
                name = f"∂L/∂{value_name(case, found.forward)}"
                true = self._true(found.forward, found.factor, pairs[record], turned=found.turned)
                out[pairs[record]] = Meaning(derivative_text(name, found.factor), True, true)
        for place in case.wrong or []:
            for record in place.records[len(place.targets) :]:  # wrong, and no derivative is known to belong there
                if record in pairs:
                    out[pairs[record]] = Meaning("another value", False, None)
            for record, target in zip(place.records, place.targets, strict=False):
                if record in pairs:
                    name = f"∂L/∂{value_name(case, target)}"
                    true = self._true(target, place.factor, pairs[record])
                    out[pairs[record]] = Meaning(derivative_text(name, place.factor), False, true)
        return out

    def _true(self, forward: int, factor: float, record: int, *, turned: bool = False) -> Array | None:
        there = self.pairs.get(forward)
        found = self.gradients.get(there) if there is not None else None
        if found is None:
            return None
        value = factor * np.asarray(found)
        shape = self.graph.shape(record)
        if turned or (value.shape != shape and value.T.shape == shape):
            value = value.T
        return value.reshape(shape) if value.size == int(np.prod(shape)) else value

    # parameters

    @cached_property
    def parameters(self) -> list[ParameterValues]:
        """The parameters, with what this update did to them."""
        template, step = self.template, self.step
        if template is None or step is None or template.case.examination is None:
            return []
        examination = template.case.examination
        names = {self.pairs[old]: template.names[old] for old in template.step.parameters if old in self.pairs}
        reading = Reading(self.graph, True, [], [step], names)
        groups: dict[str, list[int]] = defaultdict(list)
        for old in step.parameters:
            groups[names[old]].append(old)
        out = []
        rate = examination.rate if np.isfinite(examination.rate) and examination.rate else 1.0
        for name, olds in groups.items():
            shape = self.graph.shape(olds[0]) if len(olds) == 1 else (len(olds),)
            changes, theirs, true = [], [], []
            for old in olds:
                before, after = (np.asarray(self.graph.value(r), dtype=float) for r in (old, step.parameters[old]))
                changes.append((after - before).ravel() if after.size == before.size else np.full(before.size, np.nan))
                moved = np.asarray(change_of(reading, step, old, step.parameters[old], {})[0], dtype=float)
                theirs.append(np.broadcast_to(-moved / (1.0 if old in step.feeds else rate), before.shape).ravel())
                found = self.gradients.get(old)
                true.append(np.full(before.size, np.nan) if found is None else np.asarray(found, dtype=float).ravel())
            values = np.concatenate([np.asarray(self.graph.value(old), dtype=float).ravel() for old in olds])
            verdict = examination.parameters.get(name)
            out.append(
                ParameterValues(
                    shown_name(name), shape, values, np.concatenate(changes), np.concatenate(theirs),
                    np.concatenate(true), "unsure" if verdict is None else verdict.verdict,
                )
            )  # fmt: skip
        return out

    # answers

    @cached_property
    def answers(self) -> list[tuple[Sample, list[Array], float]]:
        """For samples that the script was trained on: what it predicts at these parameters, and the loss of that."""
        template, step = self.template, self.step
        if template is None or step is None or not step.residuals or not self.gradients:
            return []
        starts = [self.pairs[one] for one in template.inputs if one in self.pairs]
        goals = [r.prediction for r in step.residuals]
        loss = self.pairs.get(template.loss.record) if template.loss.record is not None else None
        affected = sorted(
            self.graph.affected({*starts, *(r.target for r in step.residuals)}, 0, len(self.trace) - 1)
            & self.graph.cone([*goals, *([] if loss is None else [loss])])
        )
        out = []
        room = max(1, _REPLAYED // max(1, len(affected)))
        for sample in template.samples[:room]:
            found = self._answer(sample, step, affected, goals, loss)
            if found is not None:
                out.append((sample, *found))
        return out

    def _answer(
        self, sample: Sample, step: Step, affected: list[int], goals: list[int], loss: int | None
    ) -> tuple[list[Array], float] | None:
        template = self.template
        assert template is not None  # noqa: S101  (asked before)
        if len(step.residuals) != len(sample.targets):  # this update went another way than the one that was checked
            return None
        given = {self.pairs[one]: value for one, value in sample.inputs.items() if one in self.pairs}
        for residual, target in zip(step.residuals, sample.targets, strict=True):
            if residual.target >= 0:
                given[residual.target] = target if self.graph.shape(residual.target) else float(target.reshape(-1)[0])
        if loss is not None and self.graph.ops[loss] == "add":  # a sum over samples: this one's part of it
            given.update({one: 0.0 for one in self.graph.args[loss] if one not in step.learned})
        try:
            values = self.graph.replay(given, affected, check=False)
        except (CannotReplayError, BranchError):
            return None
        predictions = [np.asarray(values.get(one, self.graph.value(one)), dtype=float) for one in goals]
        if loss is not None:
            value = float(np.mean(np.asarray(values.get(loss, self.graph.value(loss)), dtype=float)))
        else:
            assert template.loss.formula is not None  # noqa: S101  (one of the two is there)
            with np.errstate(all="ignore"):
                pairs = zip(predictions, sample.targets, strict=True)
                value = float(np.mean([template.loss.formula.value(p, np.broadcast_to(t, p.shape)) for p, t in pairs]))
        return predictions, value

    @cached_property
    def loss(self) -> float:
        """The mean loss over the samples, at the parameters before this update; NaN where it cannot be told."""
        losses = [loss for _, _, loss in self.answers]
        return float(np.mean(losses)) if losses else float("nan")

    # a second run

    @cached_property
    def fingerprint(self) -> str:
        """A digest of all that the statements made: another run of the same update has the same."""
        digest = hashlib.sha256()
        for _, record in sorted(self.records.items()):
            digest.update(np.asarray(self.graph.value(record)).tobytes())
        return digest.hexdigest()


def _value_of(found: object) -> float | Array | str:
    """Return what a process says of a watched expression."""
    if isinstance(found, int | float):
        return float(found)
    if isinstance(found, list) and all(isinstance(one, int | float) for one in found):
        return np.array(found, dtype=float)
    return clean(str(found))
