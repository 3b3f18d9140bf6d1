"""The engines themselves."""

from __future__ import annotations

from tests.benchmarks.competitors.cases import Case
from tests.benchmarks.competitors.trainer import Trainer
from tui_backprop.core.arrays import Array, Indices
from tui_backprop.engines.choice import make_engine


class EngineTrainer(Trainer):
    """An engine, by name; it draws the recipe's own batches."""

    def __init__(self, case: Case, name: str) -> None:
        self._case, self._engine = case, make_engine(name)
        self._state = case.segment.entry

    def train(self, steps: int) -> None:
        """Make so many updates."""
        self._state = self._engine.advance(self._case.training, self._state, steps)

    def follow(self, batches: Indices) -> Array:
        """Make as many updates; the batches of the case are those that the engine draws by itself."""
        return self._engine.advance(self._case.training, self._case.segment.entry, len(batches)).parameters
