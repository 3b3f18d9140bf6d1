"""Examining a run: the evidence that the findings need, gathered, and the findings kept until the run moves on."""

from __future__ import annotations

import time
from dataclasses import fields
from pathlib import Path

import numpy as np

from tui_backprop.core.step import Training
from tui_backprop.diagnosis.findings.evidence import Evidence, LossHistory
from tui_backprop.diagnosis.findings.finding import Finding
from tui_backprop.diagnosis.findings.table import find
from tui_backprop.engines.work import work_of_training
from tui_backprop.records.spacing import Spacing
from tui_backprop.session.recipe.recipe import Recipe
from tui_backprop.session.run.pace import curve_spacing, look_time
from tui_backprop.session.run.run import Run
from tui_backprop.session.run.timeline import Segment
from tui_backprop.text.cleaning import clean

SHARE = 0.03
"""Share of the time that findings take while a run goes on: below five hundredths even where one look is expensive."""

_COURSE_POINTS, _COURSE_FEWEST = 64, 16
_COURSE_LEAST = 6  # points between the first and the last, whatever they cost: fewer have no course
_COURSE_SHARE = 0.02  # of the run's own time, that losses may take at steps where its curve has none
_MOST_UPDATES, _FEWEST_UPDATES = 16, 4
_TRIAL, _MOST_TRIALS = 3000.0, 40  # microseconds that the updates by one rate may take, and the most of them
_CHEAP = 400.0  # microseconds that an update may take for the most of them to be made
_NO_TRAINING = {"thresholds", "steps", "probe", "engine"}  # fields whose change leaves the training as it is


class Examiner:
    """Finds what can be said of a run, and keeps it until the run moves on."""

    def __init__(self) -> None:
        self._known: tuple[Run, Segment, int] | None = None
        self._findings: tuple[Finding, ...] = ()
        self._seconds = 0.0

    def examine(self, run: Run) -> tuple[Finding, ...]:
        """Return the findings of a run where it is, the worst first."""
        key = (run, run.segment, run.step)
        if key != self._known:
            started = time.perf_counter()
            self._findings = find(gather(run), dict(run.recipe.thresholds))
            self._known, self._seconds = key, time.perf_counter() - started
        return self._findings

    @property
    def known(self) -> tuple[Finding, ...]:
        """What was found last."""
        return self._findings

    @property
    def pause(self) -> float:
        """Seconds that should pass between two examinations of a run that goes on, by what the last one took."""
        return self._seconds * (1 - SHARE) / SHARE


def gather(run: Run) -> Evidence:
    """Return the evidence of a run where it is: a pure function of its recipe, its edits and the step."""
    segment, problem, step = run.segment, run.problem, run.step
    first = _trained_alike_since(run)
    steps = course_steps(first.start, step, curve_spacing(segment), _affordable(segment, step - first.start))
    losses = run.losses_at(steps)
    earlier = max(first.start, step - _updates(segment.training))
    scaled = problem.encode(np.array(run.recipe.probe)) if run.recipe.probe else np.empty((0, 1))
    return Evidence(
        facts=problem.facts,
        recipe={field.name: getattr(run.recipe, field.name) for field in fields(Recipe)}
        | {"rule": clean(Path(run.recipe.rule).name)},
        training=segment.training,
        state=run.state,
        first_parameters=segment.first_parameters,
        trial_steps=_trial_steps(segment.training),
        earlier=run.timeline.state_at(earlier, remember=False),
        course=LossHistory(np.array(steps, dtype=np.int64), losses[:, 0], losses[:, 1] if len(problem.test) else None),
        epochs=segment.epoch_at(step) - first.epoch,
        inputs=problem.live_train.inputs,
        targets=problem.live_train.targets,
        answers=problem.answers,
        probes=tuple((raw, tuple(row.tolist())) for raw, row in zip(run.recipe.probe, scaled, strict=True)),
    )


def course_steps(first: int, last: int, curve: Spacing, affordable: int = _COURSE_POINTS) -> list[int]:
    """Return at most 66 steps from `first` to `last`: both, and between them the multiples of a power of two.

    They depend on nothing but these numbers. Nearly all of them are steps at which the curve has a point, and they stay the
    same as the run goes on, so that few losses need to be computed for them.

    Args:
        first: the step from which the training is as it is.
        last: the present step.
        curve: how far apart the points of the curve lie.
        affordable: how many losses may be computed where the curve has none, beyond the few points that there must be.
    """
    stride = curve.at(last)
    while (last - first) // stride > _COURSE_POINTS:
        stride *= 2
    while (between := (last - first) // stride) < _COURSE_FEWEST and stride > 1:
        if between >= max(_COURSE_LEAST, affordable):
            break
        stride, affordable = stride // 2, affordable - between
    return sorted({first, *range((first // stride + 1) * stride, last, stride), last})


def _affordable(segment: Segment, steps: int) -> int:
    """Return how many losses may be computed at steps where the curve has none, of a training of so many steps."""
    return int(_COURSE_SHARE * steps * segment.engine.step_time(segment.training) / look_time(segment))


def _trained_alike_since(run: Run) -> Segment:
    """Return the first of the segments in a row, the present one last, between which no edit changed the training."""
    segments = [segment for segment in run.timeline.segments if segment.start <= run.step]
    while len(segments) > 1:
        edit = segments[-1].edit
        changed = {name for name, _ in edit.changes} if edit is not None else set()
        if not changed or not changed <= _NO_TRAINING or (edit is not None and edit.parameters):
            break  # an edit without changes is a rule that was loaded again
        segments.pop()
    return segments[-1]


def _trial_steps(training: Training) -> int:
    """Return how many updates a rate is tried for: fewer where one is expensive, and none where a few take too long."""
    affordable = int(min(_TRIAL / work_of_training(training).reference, _MOST_TRIALS))
    return affordable if affordable >= _FEWEST_UPDATES else 0


def _updates(training: Training) -> int:
    """Return how many updates are made again: fewer where one is expensive."""
    return int(np.clip(_MOST_UPDATES * _CHEAP / work_of_training(training).reference, _FEWEST_UPDATES, _MOST_UPDATES))
