"""The NumPy engine: the core's own step, again and again."""

from __future__ import annotations

from tui_backprop.core.step import State, Training, take_step


class NumpyEngine:
    """`core.step.take_step` in a loop, so it is equal to the reference by construction."""

    name = "numpy"

    def advance(self, training: Training, state: State, steps: int) -> State:
        """Make `steps` updates."""
        for _ in range(steps):
            state = take_step(training, state).after
        return state
