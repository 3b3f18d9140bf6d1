"""The engine that calls `core` step by step: slow, plain, and what the others are compared with."""

from __future__ import annotations

from tui_backprop.core.step import State, Training, take_step


class ReferenceEngine:
    """`core.step.take_step`, again and again."""

    name = "reference"

    def advance(self, training: Training, state: State, steps: int) -> State:
        """Make `steps` updates."""
        for _ in range(steps):
            state = take_step(training, state).after
        return state
