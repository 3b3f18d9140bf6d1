"""A session: one run, and all that a learner can do with it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from tui_backprop.core.step import State, StepRecord, first_broken, take_step
from tui_backprop.diagnosis.reference import best_constant
from tui_backprop.session.changes import (
    Change,
    asked_after,
    changed_segment,
    first_segment,
    is_in_flight,
    positions,
    read_data,
)
from tui_backprop.session.checkpoints import MEMORY
from tui_backprop.session.conditions import Condition
from tui_backprop.session.curve import Curve, CurveRecorder
from tui_backprop.session.edits import Edit
from tui_backprop.session.frame import Divergence, Frame, History, ReferenceLine
from tui_backprop.session.moment import RunMoment, check_interval
from tui_backprop.session.problem import Problem
from tui_backprop.session.recipe import Recipe
from tui_backprop.session.timeline import Segment, Timeline, step_cost

HISTORY_POINTS = 16
"""Earlier states that a frame's history has at the most."""

_CURVE_INTERVAL = 16  # steps between two points of a curve, at least: a point costs about a third of the smallest step


@dataclass(frozen=True)
class Stop:
    """Why a run came to a halt."""

    reason: Literal["steps", "until", "diverged"]
    step: int
    """Where the session stands now."""


class Session:
    """One run and the place in it where somebody looks.

    Everything moves from step to step by the same pure function, so a step is bit for bit the same however it was reached.

    Raises:
        RecipeError: what the recipe cannot be, each in one sentence.
        SourceError: the data cannot be read.
    """

    def __init__(self, recipe: Recipe, *, memory: int = MEMORY) -> None:
        self._memory = memory
        self._begin(first_segment(recipe, read_data(recipe)))

    def _begin(self, segment: Segment) -> None:
        self._timeline = Timeline(segment, self._memory)
        self._curve = CurveRecorder(_curve_interval(segment))
        self._state = self._anchor = segment.entry
        self._divergence: Divergence | None = None
        self._record_loss(segment)

    @property
    def _segment(self) -> Segment:
        return self._timeline.segment_at(self.step)

    @property
    def recipe(self) -> Recipe:
        """The recipe in force at the present step, resolved: nothing in it is auto."""
        return self._segment.recipe

    @property
    def problem(self) -> Problem:
        """The data, the network and the objective at the present step."""
        return self._segment.problem

    @property
    def state(self) -> State:
        """The present state."""
        return self._state

    @property
    def step(self) -> int:
        """Number of updates made so far, at the place where the session stands."""
        return self._state.step

    @property
    def last_step(self) -> int:
        """The furthest step that this run has reached."""
        return self._timeline.last_step

    @property
    def epoch(self) -> float:
        """Passes' worth of samples seen."""
        return self._segment.epoch_at(self.step)

    @property
    def steps_per_epoch(self) -> float:
        """Steps in one pass's worth of samples."""
        return self._segment.training.sampling.steps_per_epoch

    @property
    def edits(self) -> tuple[Edit, ...]:
        """What was changed during this run, in order, those after the present step included."""
        return tuple(segment.edit for segment in self._timeline.segments if segment.edit is not None)

    @property
    def first_recipe(self) -> Recipe:
        """The recipe that the run began with, as it was asked for; with `edits` it determines everything."""
        return self._timeline.segments[0].asked

    @property
    def divergence(self) -> Divergence | None:
        """Where the run broke, if it stands there."""
        found = self._divergence
        return found if found is not None and found.step == self.step else None

    @property
    def curve(self) -> Curve:
        """Loss curves of the whole run, copied."""
        return self._curve.snapshot(with_test=len(self.problem.test) > 0)

    def run(self, steps: int, until: Condition | None = None) -> Stop:
        """Make `steps` updates, or fewer if the condition holds or the run diverges.

        A condition is checked before the first step and then at every step, or every so many where it needs a pass over
        many rows (`tui_backprop.session.moment.check_interval`).

        Raises:
            ConditionError: the condition names what there is not, or is neither true nor false.
        """
        target = self.step + steps
        if until is not None:
            until.check(self._moment())
        while True:
            if until is not None and self._due(until) and until.holds(self._moment()):
                return Stop("until", self.step)
            if self.step >= target:
                return Stop("steps", self.step)
            self._advance(target, until)
            if self._divergence is not None and self._divergence.step == self.step:
                return Stop("diverged", self.step)

    def advance_epoch(self) -> Stop:
        """Run to the end of the present epoch."""
        segment = self._segment
        epochs = math.floor(segment.epoch_at(self.step) + 1e-9) + 1 - segment.epoch
        end = segment.start + math.ceil(epochs * self.steps_per_epoch - 1e-9)
        return self.run(max(1, end - self.step))

    def step_once(self) -> Stop:
        """Make one update, and note the loss after it on the curve."""
        stop = self.run(1)
        if stop.reason == "steps" and not self._record_loss(self._segment):
            self._stop_before_break()
            return Stop("diverged", self.step)
        return stop

    def go_to(self, step: int) -> None:
        """Stand at a step that the run has reached; it is bit for bit what it was.

        Raises:
            ValueError: the run has not been there.
        """
        if not 0 <= step <= self.last_step:
            raise ValueError(f"step {step:,} is not between 0 and {self.last_step:,}, where this run has been")
        self._anchor = self._timeline.state_at(max(0, step - 1))
        self._state = self._timeline.advance(self._anchor, step)

    def back(self) -> None:
        """Go back one step.

        Raises:
            ValueError: this is step 0.
        """
        if self.step == 0:
            raise ValueError("this is step 0: there is nothing before it")
        self.go_to(self.step - 1)

    def reset(self, seed: int | None = None) -> None:
        """Begin anew at step 0 with the recipe in force now, and another seed if one is given."""
        asked = self._segment.asked if seed is None else self._segment.asked.replace(seed=seed)
        self._begin(first_segment(asked, self.problem.dataset))

    def change(self, parameters: Mapping[str, float] | None = None, **changes: Any) -> Change:
        """Change recipe fields, or parameters by name or entry, from the present step on.

        What can change in flight becomes an edit; anything else begins the run anew. An edit made after going back takes the
        run another way from there: what was recorded after the present step is forgotten.

        Raises:
            RecipeError: what cannot be, each in one sentence; the session stays as it was.
            SourceError: a data set cannot be read; the session stays as it was.
        """
        parameters = parameters or {}
        current = self._segment
        asked = asked_after(current.asked, changes)
        if not is_in_flight(changes):
            for name in parameters:
                positions(self.problem.network, name)
            self._begin(first_segment(asked, read_data(asked)))
            return Change("the run begins anew with the changed recipe", restarted=True)
        if asked == current.asked and not parameters:
            return Change("nothing changed", restarted=False)
        segment, notice = changed_segment(current, self._state, asked, parameters)
        self._timeline.begin(segment)
        self._curve.forget_after(self.step)
        self._divergence = None
        self._state = segment.entry
        if self._anchor.step == self.step:
            self._anchor = segment.entry
        return Change(notice, restarted=False)

    def last_record(self) -> StepRecord | None:
        """Return the update that led to the present state in full; None at step 0 and where the network was just rebuilt."""
        if self.step == 0:
            return None
        before = self._timeline.segment_at(self.step - 1)
        if before.problem.network.sizes != self.problem.network.sizes:
            return None
        return take_step(before.training, self._timeline.advance(self._anchor, self.step - 1))

    def frame(self) -> Frame:
        """Return all that there is to see now."""
        segment = self._segment
        states = self._timeline.history(segment, self.step, HISTORY_POINTS)
        if not states or states[-1].step < self.step:
            states = [*states, self._state]
        if self.step > self._curve.last_step:
            self._record_loss(segment)
        return Frame(
            recipe=segment.recipe,
            problem=segment.problem,
            state=self._state,
            first_parameters=segment.first_parameters,
            last=self.last_record(),
            last_step=self.last_step,
            epoch=self.epoch,
            rate=segment.training.rate_at(self.step),
            curve=self.curve,
            edits=self.edits,
            reference=reference_lines(segment.problem),
            history=History(
                np.array([state.step for state in states], dtype=np.int64),
                np.stack([state.parameters for state in states]),
            ),
            divergence=self.divergence,
        )

    def _moment(self) -> RunMoment:
        return RunMoment(self._segment, self._state)

    def _due(self, until: Condition) -> bool:
        return self.step % check_interval(self._segment, until.names) == 0

    def _advance(self, target: int, until: Condition | None) -> None:
        """Go on to the next place where something is to be noted, at most to `target`."""
        start = self._state
        curve_at = self._curve.next_wanted(start.step)
        to = min(target, self._timeline.boundary_after(start.step), curve_at)
        if until is not None:
            interval = check_interval(self._segment, until.names)
            to = min(to, (start.step // interval + 1) * interval)
        state = self._timeline.advance(start, to)
        if not np.isfinite(state.parameters).all():
            self._stop_before_break()
            return
        self._anchor, self._state = start, state
        self._timeline.keep(state)
        if to == curve_at and not self._record_loss(self._segment):
            self._stop_before_break()

    def _record_loss(self, segment: Segment) -> bool:
        """Note the losses at the present step; say whether the training loss is finite."""
        if self.step <= self._curve.last_step:
            return True
        problem, theta = segment.problem, self._state.parameters
        train, test = problem.score(theta, problem.live_train), problem.score(theta, problem.live_test)
        assert train is not None  # noqa: S101  (a training set has at least one row)
        if math.isfinite(train.loss):
            self._curve.add(self.step, train.loss, None if test is None else test.loss)
        return math.isfinite(train.loss)

    def _stop_before_break(self) -> None:
        """Stand at the last state whose parameters and loss are finite, and name what breaks next.

        The loss is known to be finite at the last point of the curve; from there each step is looked at, so that the answer
        does not depend on the portions in which the run was made.
        """
        anchor = state = self._timeline.state_at(max(0, min(self._curve.last_step, self.step)))
        while True:
            segment = self._timeline.segment_at(state.step)
            following = self._timeline.advance(state, state.step + 1)
            if not _is_finite(self._timeline.segment_at(following.step).problem, following):
                break
            anchor, state = state, following
        self._anchor, self._state = anchor, state
        self._timeline.forget_after(state.step)
        tensor = first_broken(take_step(segment.training, state)) or "loss"
        self._divergence = Divergence(state.step, tensor)


def _is_finite(problem: Problem, state: State) -> bool:
    score = problem.score(state.parameters, problem.live_train)
    return bool(np.isfinite(state.parameters).all()) and score is not None and math.isfinite(score.loss)


def reference_lines(problem: Problem) -> tuple[ReferenceLine, ...]:
    """Return the losses that the problem's training loss is compared with."""
    _, loss = best_constant(problem.objective.loss.name, problem.train.targets)
    return (ReferenceLine("best constant", loss),)


def _curve_interval(segment: Segment) -> int:
    """Return how many steps lie between two points of the curve, so that points cost less than a tenth of the training."""
    problem = segment.problem
    rows = len(problem.live_train) + len(problem.live_test)
    cost = 0.4 + rows * problem.network.size * 0.5e-4
    return max(_CURVE_INTERVAL, math.ceil(10 * cost / step_cost(segment.training)))
