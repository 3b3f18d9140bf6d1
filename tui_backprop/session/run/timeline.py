"""The timeline: what happened in a run, and how any step of it is reached again.

A run is cut into segments at its edits. Each segment knows the state it began with, so an earlier step is reached from the
nearest kept state of its segment by replay, and is bit for bit what it was.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from dataclasses import dataclass

from tui_backprop.core.arrays import Array, Indices
from tui_backprop.core.step import State, Training
from tui_backprop.engines.protocol import Engine
from tui_backprop.records.checkpoints import Checkpoints
from tui_backprop.records.spacing import Spacing
from tui_backprop.session.recipe.problem import Problem
from tui_backprop.session.recipe.recipe import Recipe
from tui_backprop.session.run.edits import Edit

_ROUNDING = 1e-9  # epochs or steps by which a count that should be whole may be off


@dataclass(frozen=True, eq=False)
class Segment:
    """A stretch of a run between two edits."""

    asked: Recipe
    """The recipe as it was asked for, with what is auto."""
    recipe: Recipe
    """The recipe resolved."""
    problem: Problem
    training: Training
    engine: Engine
    entry: State
    """The state it began with, after the edit."""
    first_parameters: Array
    """θ at step 0, or where the network was last rebuilt."""
    epoch: float
    """Passes' worth of samples seen when it began."""
    edit: Edit | None
    """The edit that began it; None for the first."""

    @property
    def start(self) -> int:
        """Its first step."""
        return self.entry.step

    def epoch_at(self, step: int) -> float:
        """Passes' worth of samples seen at `step`."""
        return self.epoch + (step - self.start) / self.training.sampling.steps_per_epoch

    def epochs_at(self, steps: Indices) -> Array:
        """Passes' worth of samples seen at many steps, (steps,)."""
        return self.epoch + (steps - self.start) / self.training.sampling.steps_per_epoch

    def epochs_ended_at(self, step: int) -> int:
        """Whole passes' worth of samples seen at `step`."""
        return math.floor(self.epoch_at(step) + _ROUNDING)

    def end_of(self, epoch: int) -> int:
        """Return the step at which so many epochs have ended, if they end in this segment."""
        return self.start + math.ceil((epoch - self.epoch) * self.training.sampling.steps_per_epoch - _ROUNDING)

    def next_epoch_end(self, step: int) -> int:
        """Return the first step after `step` at which an epoch ends."""
        return self.end_of(self.epochs_ended_at(step) + 1)


class Timeline:
    """The segments of a run, its kept states, and replay."""

    def __init__(self, first: Segment, spacing: Spacing, memory: int) -> None:
        self.segments = [first]
        self.last_step = first.start
        """The furthest step reached."""
        self._checkpoints = Checkpoints(spacing, memory)

    def segment_at(self, step: int) -> Segment:
        """Return the segment in force at `step`: the last that began at or before it."""
        return self.segments[bisect_right(self.segments, step, key=lambda segment: segment.start) - 1]

    def boundary_after(self, step: int) -> int:
        """Return the next step after `step` at which a state is wanted, or an edit was made."""
        starts = [segment.start for segment in self.segments if segment.start > step]
        return min([self._checkpoints.next_wanted(step), *starts])

    def advance(self, state: State, to: int) -> State:
        """Return the state at step `to` from one at or before it. It must not cross `boundary_after(state.step)`.

        Where an edit was made at step `to`, the state after the edit is returned.
        """
        if to > state.step:
            segment = self.segment_at(state.step)
            state = segment.engine.advance(segment.training, state, to - state.step)
            into = self.segment_at(to)
            if into.start == to:
                return into.entry
        return state

    def keep(self, state: State) -> None:
        """Note that the run has reached `state`."""
        self.last_step = max(self.last_step, state.step)
        if state.step == self._checkpoints.next_wanted(state.step - 1):
            self._checkpoints.add(state)

    def remember(self, state: State) -> None:
        """Note that the user is at `state`."""
        self._checkpoints.remember(state)

    def state_at(self, step: int, *, remember: bool = True) -> State:
        """Return the state at a step that was reached, 0 ≤ step ≤ last_step, by replay from the nearest known one.

        The states just before it are kept for a while, since a user who goes back one step often goes back another; without
        `remember` they are not, for a look at them that is no step back of the user's.
        """
        segment = self.segment_at(step)
        known = self._checkpoints.nearest(step)
        state = known if known is not None and known.step >= segment.start else segment.entry
        around = step - self._checkpoints.recent_capacity(state) // 2
        while state.step < step:
            nearby = state.step + 1 if state.step >= around else around
            state = segment.engine.advance(segment.training, state, min(step, nearby) - state.step)
            if remember:
                self._checkpoints.remember(state)
        return state

    def begin(self, segment: Segment) -> None:
        """Begin a segment at its entry's step; whatever was recorded after that step is forgotten."""
        self.forget_after(segment.start)
        self._checkpoints.forget_after(segment.start - 1)
        self.segments.append(segment)
        self.remember(segment.entry)

    def forget_after(self, step: int) -> None:
        """Forget whatever was recorded after `step`: the run ends there, for now."""
        self.segments = [kept for kept in self.segments if kept.start <= step]
        self._checkpoints.forget_after(step)
        self.last_step = step

    def fork(self, step: int) -> Timeline:
        """Return the timeline up to `step`, whose states are shared, for a run that takes another way from there."""
        twin = object.__new__(Timeline)
        twin.segments = [kept for kept in self.segments if kept.start <= step]
        twin.last_step = step
        twin._checkpoints = self._checkpoints.fork(step)
        return twin

    def widen(self, spacing: Spacing) -> None:
        """Keep states at least so many steps apart from now on."""
        self._checkpoints.spacing = self._checkpoints.spacing.widened(spacing)

    def limit(self, memory: int) -> None:
        """Keep the states within another budget, in bytes, from now on."""
        self._checkpoints.limit(memory)

    def history(self, segment: Segment, step: int, points: int) -> list[State]:
        """Return some earlier states up to `step` whose parameters have the shape of the segment's, in order."""
        start = next(s.start for s in self.segments if s.first_parameters is segment.first_parameters)
        first = self.segment_at(start).entry  # of several edits at one step the last is in force
        return [first, *self._checkpoints.spread(first.step + 1, step, points - 1)]

    def path(self, segment: Segment, step: int, points: int) -> list[State]:
        """Return states before `step` as `history` does, and after them the last ones that the user was at."""
        half = points // 2
        kept = [state for state in self.history(segment, step, half) if state.step < step]
        if not kept:  # the network begins here
            return []
        return [*kept, *self._checkpoints.remembered(kept[-1].step + 1, step - 1)[1 - half :]]
