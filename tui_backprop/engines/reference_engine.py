"""The reference engine: the core's own step, again and again, with the bits that many runs trained together have too."""

from __future__ import annotations

from tui_backprop.core.step import State, SteppingRule, Training, take_step
from tui_backprop.engines.work import work_of_training


class ReferenceEngine:
    """`core.step.take_step` in a loop: what the other engines are compared with, and what a swept run is opened with."""

    name = "reference"

    def advance(self, training: Training, state: State, steps: int) -> State:
        """Make `steps` updates."""
        end = state.step + steps
        while state.step < end:
            if isinstance(training.rule, SteppingRule):
                state = training.rule.advance(training, state, end - state.step)
            if state.step < end:
                state = take_step(training, state).after
        return state

    def step_time(self, training: Training) -> float:
        """About how many microseconds a step takes."""
        return work_of_training(training).reference
