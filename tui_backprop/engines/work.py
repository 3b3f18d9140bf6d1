"""How much work a step is, and about how long each way of doing it takes.

The constants are fitted to measurements of many networks on one machine (`tests/benchmarks/crossover.py` fits them again);
only their ratios matter, and they decide nothing but which engine is worth its start and how often a run is looked at.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

from tui_backprop.core.operations.optimizers import OPTIMIZERS
from tui_backprop.core.step import Training


@dataclass(frozen=True)
class Work:
    """What a step has to do."""

    depth: int
    """Layers with parameters."""
    values: int
    """Units after the input, times the samples of a batch."""
    multiplications: int
    """Weights times samples: each is multiplied with three times."""
    entries: int
    """Parameters, once for θ and once for each slot."""
    slots: int
    """Of the optimizer."""

    @property
    def reference(self) -> float:
        """Microseconds of the core's own step."""
        return 24.0 + 11.0 * self.depth + 5.0 * self.slots + self._arithmetic

    @property
    def numpy(self) -> float:
        """Microseconds of a step made of bound NumPy calls."""
        return 1.2 + 2.2 * self.depth + 1.3 * self.slots + self._arithmetic

    @property
    def _arithmetic(self) -> float:
        return 2e-3 * self.values + 0.15e-3 * self.multiplications + 1e-3 * self.entries

    @property
    def compiled(self) -> float:
        """Microseconds of a step in compiled loops."""
        return 0.02 + 0.03 * self.depth + 3.5e-3 * self.values + 0.1e-3 * self.multiplications + 0.45e-3 * self.entries


def work_of(sizes: Sequence[int], batch: int, slots: int) -> Work:
    """Return the work of a network with these layer sizes, input first, for batches of that many samples."""
    pairs = list(itertools.pairwise(sizes))
    weights = sum(fan_in * fan_out for fan_in, fan_out in pairs)
    units = sum(sizes[1:])
    return Work(len(pairs), units * batch, weights * batch, (weights + units) * (1 + slots), slots)


def work_of_training(training: Training) -> Work:
    """Return the work of one step of a training."""
    return work_of(training.network.sizes, training.sampling.largest_batch, len(training.optimizer.slots))


def slots_of(optimizer: str) -> int:
    """Return how many slots an optimizer has, by name."""
    return len(OPTIMIZERS[optimizer](0.0).slots)
