"""How a job is done: its runs together where they can, else one after the other, each with the outcome it has alone."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Hashable

import numpy as np

from tui_backprop.core.arrays import Array, Indices
from tui_backprop.datasets.dataset import Dataset
from tui_backprop.engines.batched.runs import BatchedRuns
from tui_backprop.records.spacing import Spacing
from tui_backprop.session.conditions import Condition
from tui_backprop.session.recipe.problem import Problem
from tui_backprop.session.recipe.recipe import Recipe
from tui_backprop.session.run.breakpoints import spacing_of
from tui_backprop.session.run.changes import first_segment
from tui_backprop.session.run.pace import next_portion
from tui_backprop.session.run.timeline import Segment
from tui_backprop.session.session import Session
from tui_backprop.session.sweep.jobs import Job
from tui_backprop.session.sweep.looking import Looks
from tui_backprop.session.sweep.outcome import Outcome, outcome_of
from tui_backprop.session.sweep.plan import problem_key, sharing

Report = Callable[[float], bool]
"""Share of the job that is done, 0 … 1 → whether to stop."""

_LOOK = 64  # steps between two looks whether a run has left the range in which nothing can overflow
_SLICE = 0.1  # seconds between two reports
_MEMORY = 2**20  # bytes of checkpoints of a run that trains alone: it is never rewound


class JobCancelled(Exception):  # noqa: N818  (nothing is wrong)
    """The job is to end; its runs have no outcome."""


def do(job: Job, dataset: Dataset, report: Report) -> list[Outcome]:
    """Make the runs of a job and return their outcomes, in the order of their numbers.

    Raises:
        Stopped: `report` said so.
    """
    condition = Condition(job.until) if job.until else None
    progress = _ProgressReport(report, len(job.runs))
    outcomes = []
    for runs, segments, shared in _groups(job, dataset, condition):
        if shared is None:
            alone = list(range(len(runs)))
        else:
            group = _Group(runs, segments, job.steps, condition)
            found, alone = group.make(progress)
            outcomes += found
        for i in alone:
            outcomes.append(_make_alone(runs[i], segments[i].asked, dataset, job, condition, progress))
    return sorted(outcomes, key=lambda outcome: outcome.run)


class _ProgressReport:
    """Reports at most ten times a second how much of a job is done."""

    def __init__(self, report: Report, runs: int) -> None:
        self._report, self._runs = report, runs
        self._done = 0.0
        self._next = time.monotonic() + _SLICE

    def show(self, runs: float) -> None:
        """Say that so many runs' worth is done beside those that are finished.

        Raises:
            Stopped: the job is to end.
        """
        now = time.monotonic()
        if now >= self._next:
            self._next = now + _SLICE
            if self._report((self._done + runs) / self._runs):
                raise JobCancelled

    def finish(self, runs: int) -> None:
        """Note that so many runs are finished."""
        self._done += runs


def _groups(
    job: Job, dataset: Dataset, condition: Condition | None
) -> list[tuple[list[int], list[Segment], Hashable | None]]:
    """Return the runs with their segments, those together that can train together."""
    problems: dict[tuple[object, ...], Problem] = {}
    groups: dict[Hashable, tuple[list[int], list[Segment]]] = {}
    for run, recipe in job.runs:
        key = problem_key(recipe)
        segment = first_segment(recipe, dataset, problems.get(key))
        problems[key] = segment.problem
        runs, segments = groups.setdefault(sharing(segment, condition), ([], []))
        runs.append(run)
        segments.append(segment)
    return [(runs, segments, shared) for shared, (runs, segments) in groups.items()]


def _make_alone(
    run: int, recipe: Recipe, dataset: Dataset, job: Job, condition: Condition | None, progress: _ProgressReport
) -> Outcome:
    """Make one run as the trainer makes it."""
    session = Session(recipe, memory=_MEMORY, dataset=dataset)
    steps = 1
    while True:
        started = time.monotonic()
        stop = session.run(min(steps, job.steps - session.step), condition)
        if stop.reason != "steps" or session.step >= job.steps:
            break
        progress.show(session.step / job.steps)
        steps = next_portion(steps, time.monotonic() - started, _SLICE)
    progress.finish(1)
    return outcome_of(run, session.problem, session.state.parameters, session.step, stop.reason)


class _Group:
    """Runs that train together, until each has its outcome or turns out to be one for the trainer's own way."""

    def __init__(self, runs: list[int], segments: list[Segment], steps: int, condition: Condition | None) -> None:
        self._runs, self._segments, self._steps = runs, segments, steps
        self._batch = BatchedRuns([s.training for s in segments], [s.entry for s in segments])
        self._limit = _safe_size(segments)
        self._safe = np.ones(len(runs), dtype=bool)
        self._looks = None if condition is None else Looks(condition, segments)
        self._spacing = Spacing(_LOOK, _LOOK) if condition is None else spacing_of(condition, segments[0])
        self._reached: dict[int, tuple[int, Array]] = {}
        self._last_look = self._batch.snapshot()

    def make(self, progress: _ProgressReport) -> tuple[list[Outcome], list[int]]:
        """Return the outcomes, and which of the runs must be made alone.

        A run that leaves the range in which nothing can overflow may be about to diverge: what came of it, and when, is
        for the trainer to say.
        """
        count = len(self._runs)
        self._look()
        while self._batch.step < self._steps and len(self._open()):
            step = self._batch.step
            marks = [self._steps, (step // _LOOK + 1) * _LOOK, self._spacing.next_after(step)]
            self._batch.advance(min(marks) - step)
            self._look()
            progress.show(count * self._batch.step / self._steps)
        outcomes, alone = [], []
        thetas = self._batch.parameters
        for i, run in enumerate(self._runs):
            step, theta = self._reached.get(i, (self._batch.step, thetas[i]))
            if i in self._reached or self._safe[i]:
                outcome = outcome_of(
                    run, self._segments[i].problem, theta, step, "until" if i in self._reached else "steps"
                )
                if math.isfinite(outcome.loss):
                    outcomes.append(outcome)
                    continue
            alone.append(i)
        progress.finish(count - len(alone))
        return outcomes, alone

    def _open(self) -> Indices:
        """Which runs still go on."""
        going = self._safe.copy()
        going[list(self._reached)] = False
        return np.flatnonzero(going)

    def _look(self) -> None:
        """See which runs have left the safe range, and which have reached the condition."""
        step = self._batch.step
        if step % _LOOK == 0 or step == self._steps:
            largest = np.abs(self._batch.parameters).max(axis=1)
            self._safe &= largest < self._limit  # false for NaN as well
        if self._looks is not None and self._spacing.has_point(step):
            going = self._open()
            hit = self._looks.holds(going, self._batch.parameters[going], step)
            self._go_back(self._looks, going[hit])
            self._last_look = self._batch.snapshot()

    def _go_back(self, looks: Looks, runs: Indices) -> None:
        """Find where the condition became true since the last look in runs in which it is true now, as a run alone does."""
        if not len(runs):
            return
        states = self._batch.states(self._last_look, runs)
        again = BatchedRuns([self._segments[i].training for i in runs], states)
        left = np.ones(len(runs), dtype=bool)
        while left.any():
            again.advance(min(1, self._batch.step - again.step))
            thetas = again.parameters
            true = looks.holds(runs, thetas, again.step) if again.step < self._batch.step else left
            for place in np.flatnonzero(true & left):
                self._reached[int(runs[place])] = (again.step, thetas[place])
            left &= ~true


def _safe_size(segments: list[Segment]) -> float:
    """Return a size of parameters below which no pre-activation and no loss can overflow.

    Each layer makes numbers at most (largest parameter) · (units before + 1) times as large, and an activation with
    bounds takes that back, so the largest number is a power of that factor. With what the data bring to it, it stays below
    10²⁹⁰, a long way below the largest float64.
    """
    network = segments[0].problem.network
    given = max(float(np.abs(s.problem.train.inputs).max(initial=1.0)) for s in segments)
    wanted = max(float(np.abs(s.problem.train.targets).max(initial=1.0)) for s in segments)
    power, largest = 0, 1
    for activation in network.activations:
        power += 1
        largest = max(largest, power)
        power = 0 if math.isfinite(activation.low) and math.isfinite(activation.high) else power
    largest = max(largest, 2 * power)  # an error is squared
    room = 290.0 - 2 * math.log10(given) - 2 * math.log10(wanted)
    return float(10.0 ** (room / largest)) / (max(network.sizes) + 1)
