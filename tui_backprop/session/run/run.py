"""A run: a recipe with its edits, all that happened in it, and the current step in it.

A run moves from step to step by one pure function, so a step is bit for bit the same however it was reached.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Literal, Protocol

import numpy as np

from tui_backprop.core.arrays import Array
from tui_backprop.core.backward import exact
from tui_backprop.core.step import State, StepRecord, first_broken, take_step
from tui_backprop.records.curve import Curve, CurveRecorder
from tui_backprop.scripts.functions.outside import problem_of
from tui_backprop.session.conditions import ConditionError, Expression
from tui_backprop.session.recipe.problem import Problem
from tui_backprop.session.recipe.recipe import Recipe
from tui_backprop.session.run.changes import asked_after, changed_segment
from tui_backprop.session.run.edits import Edit, Values
from tui_backprop.session.run.history import Divergence, History, PathPoint, WatchedValues
from tui_backprop.session.run.moment import RunMoment
from tui_backprop.session.run.pace import checkpoint_spacing, curve_spacing
from tui_backprop.session.run.timeline import Segment, Timeline

HISTORY_POINTS = 16
"""Earlier states that a history has at the most."""

PATH_POINTS = 128
"""Earlier states that a path has at the most."""

TRACE_POINTS = 64
"""Values of an expression that a trace has at the most."""

_NOTES = (
    2048  # gradients and values at earlier steps that are kept; they are computed again where they are asked for again
)
_MOMENTS = 64  # moments of earlier steps that are kept with what was computed for them


@dataclass(frozen=True)
class Stop:
    """Why a run came to a halt."""

    reason: Literal["steps", "until", "breakpoint", "lesson", "diverged", "interrupted"]
    step: int
    """Where the run is now."""
    breakpoint: str = ""
    """The condition of the breakpoint that was hit."""


class Watcher(Protocol):
    """A watcher of a run: it looks while the run goes on, and may halt it."""

    def next_look(self, segment: Segment, step: int, *, closely: bool = False) -> int:
        """Return the next step after `step` at which it looks; `closely` where steps are made slowly or one by one."""

    def look(self, run: Run, moment: RunMoment) -> int | None:
        """Look at the present moment; return the step, this one or an earlier one, at which the run should halt."""

    def halt(self, step: int) -> Stop:
        """Return why it halts there."""


class Run:
    """One line of training, from step 0 through its edits as far as it has been taken."""

    def __init__(self, first: Segment, memory: int) -> None:
        self.timeline = Timeline(first, checkpoint_spacing(first), memory)
        self._curve = CurveRecorder(curve_spacing(first))
        self._state = self._anchor = first.entry  # the anchor is a state at or just before the step before this one
        self._divergence: Divergence | None = None
        self._moments: dict[int, RunMoment] = {}
        self._notes: dict[tuple[str, int], Any] = {}
        self.note_loss()

    def fork(self, *, whole: bool = False) -> Run:
        """Return a run that shares what happened up to the present step, and knows of what came after only if `whole`."""
        twin, last = object.__new__(Run), self.last_step if whole else self.step
        twin.timeline = self.timeline.fork(last)
        twin._curve = self._curve.fork(last)
        twin._state, twin._anchor, twin._divergence = self._state, self._anchor, self._divergence if whole else None
        twin._moments, twin._notes = {}, {}
        return twin

    @property
    def segment(self) -> Segment:
        """What is in force at the present step."""
        return self.timeline.segment_at(self.step)

    @property
    def recipe(self) -> Recipe:
        """The recipe in force at the present step, resolved: nothing in it is auto."""
        return self.segment.recipe

    @property
    def problem(self) -> Problem:
        """The data, the network and the objective at the present step."""
        return self.segment.problem

    @property
    def state(self) -> State:
        """The present state."""
        return self._state

    @property
    def step(self) -> int:
        """Number of updates made so far, at the current step."""
        return self._state.step

    @property
    def last_step(self) -> int:
        """The furthest step that this run has reached."""
        return self.timeline.last_step

    @property
    def edits(self) -> tuple[Edit, ...]:
        """What was changed, in order, what lies after the present step included."""
        return tuple(segment.edit for segment in self.timeline.segments if segment.edit is not None)

    @property
    def first_recipe(self) -> Recipe:
        """The recipe that the run began with, as it was asked for; with `edits` it determines everything."""
        return self.timeline.segments[0].asked

    def first_value(self, name: str) -> float:
        """Return the value that an entry began with, by its name such as `w1[0,1]`."""
        return float(self.segment.first_parameters[self.problem.network.positions(name)[0]])

    @property
    def divergence(self) -> Divergence | None:
        """Where the run broke, if it is there."""
        found = self._divergence
        return found if found is not None and found.step == self.step else None

    @property
    def curve(self) -> Curve:
        """Loss curves of the whole run, copied."""
        return self._curve.snapshot(with_test=len(self.problem.test) > 0)

    def moment(self, step: int | None = None) -> RunMoment:
        """Return what conditions see at the present step, or at one that was reached."""
        if step is None:
            return RunMoment(self.segment, self._state, self.moment)
        if step not in self._moments:
            self._remember(RunMoment(self.timeline.segment_at(step), self.timeline.state_at(step), self.moment))
        return self._moments[step]

    def _remember(self, moment: RunMoment) -> None:
        while len(self._moments) >= _MOMENTS:
            del self._moments[next(iter(self._moments))]
        self._moments[moment.step] = moment

    def advance(self, steps: int, watchers: tuple[Watcher, ...] = (), *, closely: bool = False) -> Stop:
        """Make `steps` updates, or fewer if a watcher says so or the run diverges; watchers may look at every step."""
        stop = self._go_on(self.step + steps, watchers, closely)
        self.timeline.remember(self._state)
        return stop

    def _go_on(self, target: int, watchers: tuple[Watcher, ...], closely: bool) -> Stop:
        looks: dict[Watcher, int] = {}
        segment = None
        while self.step < target:
            if segment is not self.segment:
                segment, looks = self.segment, {}
            for one in watchers:
                if looks.get(one, self.step) == self.step:
                    looks[one] = one.next_look(segment, self.step, closely=closely)
            wanted = min(self.timeline.boundary_after(self.step), self._curve.next_wanted(self.step))
            self._advance_to(min([target, wanted, *looks.values()]))
            if self.divergence is not None:
                return Stop("diverged", self.step)
            looking = [one for one, step in looks.items() if step == self.step]
            if looking and (stop := self._look(looking)) is not None:
                return stop
        return Stop("steps", self.step)

    def _look(self, watchers: Sequence[Watcher]) -> Stop | None:
        """Let watchers look, and stand at the first step at which one of them would have the run halt."""
        moment = self.moment()
        self._remember(moment)  # what compares epochs asks for it again
        found = [(one, at) for one in watchers if (at := one.look(self, moment)) is not None]
        if not found:
            return None
        step = min(at for _, at in found)
        if step < self.step == self.last_step:  # the run ends there, as if every step had been looked at
            self.go_to(step)
            self.timeline.forget_after(step)
            self._curve.forget_after(step)
        elif step < self.step:
            self.go_to(step)
        stops = [one.halt(step) for one, at in found if at == step]
        return stops[0]

    def step_once(self, watchers: tuple[Watcher, ...] = ()) -> Stop:
        """Make one update, and note the loss after it on the curve."""
        stop = self.advance(1, watchers, closely=True)
        if stop.reason != "diverged" and not self.note_loss():
            self._stop_before_break()
            return Stop("diverged", self.step)
        return stop

    def epoch_end(self) -> int:
        """Return the step at which the present epoch ends."""
        return self.segment.next_epoch_end(self.step)

    def go_to(self, step: int) -> None:
        """Go to a step that the run has reached; it is bit for bit what it was.

        Raises:
            ValueError: the run has not been there.
        """
        if not 0 <= step <= self.last_step:
            raise ValueError(f"step {step:,} is not between 0 and {self.last_step:,}, where this run has been")
        self._anchor = self.timeline.state_at(max(0, step - 1))
        self._state = self.timeline.advance(self._anchor, step)

    def edit(
        self, parameters: Mapping[str, Values], changes: Mapping[str, Any], *, again: bool = False, origin: str = ""
    ) -> str | None:
        """Go another way from the present step on; say what came of it, or return None where nothing is changed.

        Whatever this run knew of later steps is forgotten: to keep it, edit a `fork`. With `again` the file that
        the rule is in is loaded again; `origin` is the file that the parameters come from.

        Raises:
            RecipeError: what is not possible, each in one sentence; the run stays as it was.
            SourceError: a data set cannot be read; the run stays as it was.
            LearnerError: the rule's file cannot be used; the run stays as it was.
        """
        current = self.segment
        asked = asked_after(current.asked, changes)
        if asked == current.asked and not (parameters or again):
            return None
        segment, notice = changed_segment(current, self._state, asked, parameters, again=again, origin=origin)
        self.timeline.begin(segment)
        self._curve.forget_after(self.step)
        self._curve.spacing = self._curve.spacing.widened(curve_spacing(segment))
        self.timeline.widen(checkpoint_spacing(segment))
        self._divergence = None
        self._moments, self._notes = {}, {}
        self._state = segment.entry
        if self._anchor.step == self.step:
            self._anchor = segment.entry
        return notice

    def last_record(self) -> StepRecord | None:
        """Return the update that led to the present state in full; None at step 0 and where the network was just rebuilt."""
        if self.step == 0:
            return None
        before = self.timeline.segment_at(self.step - 1)
        if before.problem.network.sizes != self.problem.network.sizes:
            return None
        return _record(before, self.timeline.advance(self._anchor, self.step - 1))

    def next_record(self) -> StepRecord:
        """Return the update that comes next, in full."""
        return self.next_records(1)[0]

    def next_records(self, count: int) -> tuple[StepRecord, ...]:
        """Return the next `count` updates in full, with the recipe in force now; the run stays where it is."""
        found, state = [], self._state
        for _ in range(count):
            found.append(_record(self.segment, state))
            state = found[-1].after
        return tuple(found)

    def history(self, points: int = HISTORY_POINTS) -> History:
        """Return parameters and gradients at some earlier steps, evenly spread, the present step last."""
        states = self._spread(points)
        return History(
            np.array([state.step for state in states], dtype=np.int64),
            np.stack([state.parameters for state in states]),
            np.stack([self._noted("gradient", state.step, partial(self._gradient, state)) for state in states]),
        )

    def path(self, points: int = PATH_POINTS) -> tuple[PathPoint, ...]:
        """Return some earlier states, the present one last; nothing is computed for them."""
        states = [*self.timeline.path(self.segment, self.step, points), self._state]
        return tuple(PathPoint(one, self.timeline.segment_at(one.step).training) for one in states)

    def trace(self, expression: Expression, points: int = TRACE_POINTS) -> WatchedValues:
        """Return an expression's values at some earlier steps, evenly spread, the present step last."""
        states = self._spread(points)
        values = [
            self._noted(expression.text, state.step, partial(self._valued, expression, state)) for state in states
        ]
        return WatchedValues(np.array([state.step for state in states], dtype=np.int64), np.array(values))

    def _spread(self, points: int) -> list[State]:
        states = self.timeline.history(self.segment, self.step, points)
        return states if states and states[-1].step == self.step else [*states, self._state]

    def _gradient(self, state: State) -> Array:
        return take_step(self.timeline.segment_at(state.step).training, state).gradients.parameters.vector

    def _valued(self, expression: Expression, state: State) -> float:
        moment = RunMoment(self.timeline.segment_at(state.step), state, self.moment, live=True)
        try:
            expression.check(moment)
            return expression.number(moment)
        except ConditionError:
            return math.nan

    def losses_at(self, steps: Sequence[int]) -> Array:
        """Live losses (train, test) at steps that were reached, (steps, 2); NaN where there is no test set.

        They do not depend on how the steps were reached: where the curve has no point, or one from before an edit, the
        state is reached again.
        """
        return np.array([self._losses_at(step) for step in steps])

    def _losses_at(self, step: int) -> tuple[float, float]:
        edited = self.timeline.segment_at(step).start == step
        known = None if edited else self._curve.at(step)
        return known or self._noted("losses", step, partial(self._live_losses, step))

    def _live_losses(self, step: int) -> tuple[float, float]:
        problem = self.timeline.segment_at(step).problem
        state = self._state if step == self.step else self.timeline.state_at(step, remember=False)
        theta = state.parameters
        test = problem.loss(theta, problem.live_test) if len(problem.test) else math.nan
        return problem.loss(theta, problem.live_train), test

    def _noted(self, name: str, step: int, compute: Callable[[], Any]) -> Any:
        """Return what was computed for a step, and keep it: the next frame asks for nearly the same ones again."""
        key = (name, step)
        if key not in self._notes:
            if len(self._notes) >= _NOTES:
                self._notes.clear()
            self._notes[key] = compute()
        return self._notes[key]

    def note_loss(self) -> bool:
        """Note the losses at the present step on the curve; say whether the training loss is finite."""
        if self.step <= self._curve.last_step:
            return True
        problem, theta = self.problem, self._state.parameters
        train = problem.loss(theta, problem.live_train)
        test = problem.loss(theta, problem.live_test) if len(problem.test) else None
        if math.isfinite(train):
            self._curve.add(self.step, train, test)
        return math.isfinite(train)

    def _advance_to(self, to: int) -> None:
        """Go on to step `to`, where something is to be noted, or to the last finite step before it."""
        start = self._state
        state = self.timeline.advance(start, to)
        if not np.isfinite(state.parameters).all():
            self._stop_before_break()
            return
        self._anchor, self._state = start, state
        self.timeline.keep(state)
        if to == self._curve.next_wanted(start.step) and not self.note_loss():
            self._stop_before_break()

    def _stop_before_break(self) -> None:
        """Go to the last state whose parameters and loss are finite, and name what breaks next.

        The loss is known to be finite at the last point of the curve; from there each step is looked at, so that the answer
        does not depend on the portions in which the run was made.
        """
        anchor = state = self.timeline.state_at(max(0, min(self._curve.last_step, self.step)))
        while True:
            segment = self.timeline.segment_at(state.step)
            following = self.timeline.advance(state, state.step + 1)
            if not _is_finite(self.timeline.segment_at(following.step).problem, following):
                break
            anchor, state = state, following
        if anchor is state:  # the very first step breaks
            anchor = self.timeline.state_at(max(0, state.step - 1))
        self._anchor, self._state = anchor, state
        self.timeline.forget_after(state.step)
        tensor = first_broken(take_step(segment.training, state)) or "loss"
        self._divergence = Divergence(state.step, tensor, problem_of(segment.training.rule))


def _record(segment: Segment, state: State) -> StepRecord:
    """Return the update from a state in full; the state after it is the engine's, a few roundings from the reference's."""
    record = take_step(segment.training, state)
    if segment.training.rule is not exact:  # then every engine makes the reference's step, and the rule is asked once
        return record
    return replace(record, after=segment.engine.advance(segment.training, state, 1))


def _is_finite(problem: Problem, state: State) -> bool:
    if not np.isfinite(state.parameters).all():
        return False
    return math.isfinite(problem.loss(state.parameters, problem.live_train))
