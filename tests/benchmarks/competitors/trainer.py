"""What every competitor does for a measurement: train, and show that it trains the same as everybody else."""

from __future__ import annotations

from abc import ABC, abstractmethod

from tui_backprop.core.arrays import Array, Indices


class Trainer(ABC):
    """One competitor in one case, at the case's first parameters."""

    @abstractmethod
    def train(self, steps: int) -> None:
        """Make so many updates, each with a batch drawn at random, with replacement, as its users would draw it."""

    @abstractmethod
    def follow(self, batches: Indices) -> Array:
        """Make an update with the samples of each row of `batches` (steps, batch), and return θ (size,)."""

    def close(self) -> None:
        """Give back what it holds."""
        return


class LoopTrainer(Trainer):
    """A trainer whose loop is Python's."""

    @abstractmethod
    def draw(self) -> Indices:
        """Draw the rows of a batch at random."""

    @abstractmethod
    def update(self, rows: Indices) -> None:
        """Make one update with these samples."""

    @abstractmethod
    def theta(self) -> Array:
        """Return the parameters now, (size,)."""

    def train(self, steps: int) -> None:
        """Make so many updates."""
        draw, update = self.draw, self.update
        for _ in range(steps):
            update(draw())

    def follow(self, batches: Indices) -> Array:
        """Make an update with each batch."""
        for rows in batches:
            self.update(rows)
        return self.theta()
