"""What every engine offers."""

from __future__ import annotations

from typing import Protocol

from tui_backprop.core.step import State, Training


class Engine(Protocol):
    """A loop that trains."""

    @property
    def name(self) -> str:
        """What the report calls it."""

    def advance(self, training: Training, state: State, steps: int) -> State:
        """Make `steps` updates. A pure function: the same bits for any way of cutting the steps into calls."""
