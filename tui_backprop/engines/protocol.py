"""What every engine offers."""

from __future__ import annotations

from typing import Protocol

from tui_backprop.core.step import State, Training


class Engine(Protocol):
    """A loop that trains."""

    @property
    def name(self) -> str:
        """What the recipe and the report call it."""

    def advance(self, training: Training, state: State, steps: int) -> State:
        """Make `steps` updates. A pure function: the same bits for any way of cutting the steps into calls."""

    def step_time(self, training: Training) -> float:
        """About how many microseconds a step takes: a number of the training alone, not measured on this machine."""
