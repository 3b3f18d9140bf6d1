"""Which samples a step trains on: a pure function of (how, rows, batch size, seed, step).

Draws are made a block of many steps at a time, each block from a generator of its own; the block that holds a step is
the same however the step was reached.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from tui_backprop.core.arrays import Indices
from tui_backprop.core.randomness import generator

SAMPLINGS = ("random", "shuffle", "sequential")
"""`random`: with replacement; `shuffle`: a new permutation every epoch; `sequential`: the rows in their order."""

_BLOCK = 4096  # draws in a block, about: few enough to be made at once, many enough that a generator's cost is shared


@dataclass(frozen=True)
class Sampling:
    """How batches are chosen from `rows` training samples.

    Raises:
        ValueError: a name or number that cannot be, in one sentence.
    """

    kind: str
    rows: int
    batch_size: int | None
    """Samples of a step; None for the full batch, which is every row in order, whatever the kind."""
    seed: int

    def __post_init__(self) -> None:
        if self.kind not in SAMPLINGS:
            raise ValueError(f"sampling: one of {', '.join(SAMPLINGS)}, not {self.kind!r}")
        if self.rows < 1:
            raise ValueError("sampling: there are no rows to sample from")
        if self.batch_size is not None and self.batch_size < 1:
            raise ValueError(f"batch size: 1 or more, or full, not {self.batch_size}")

    @property
    def largest_batch(self) -> int:
        """Most samples that a step can have. Without replacement it is at most all the rows."""
        if self.batch_size is None:
            return self.rows
        return self.batch_size if self.kind == "random" else min(self.batch_size, self.rows)

    @property
    def epoch_size(self) -> int | None:
        """Samples of an epoch, at whose end a batch may be short; None where rows are drawn at random, without end."""
        return None if self.kind == "random" and self.batch_size is not None else self.rows

    @property
    def steps_per_epoch(self) -> float:
        """Steps in which as many samples are seen as there are rows; a whole number unless rows are drawn at random."""
        if self.epoch_size is None:
            return self.rows / self.largest_batch
        return float(-(-self.rows // self.largest_batch))

    def batch(self, step: int) -> Indices:
        """Row numbers of the batch of `step` (0, 1, …), (batch,); an epoch's last batch may be short. Read-only."""
        rows: Indices = self.batches(step, 1)[0]
        return rows

    def batches(self, step: int, limit: int) -> Indices:
        """Row numbers of the batches from `step` on, (steps, batch), as many as are drawn in one piece and have one size.

        There is at least one and there are at most `limit`. Read-only.
        """
        drawn, size = self.drawn(step), self.largest_batch
        # Where an epoch's last batch is short, later epochs' batches are of other rows of the piece.
        if self.epoch_size is not None and self.epoch_size % size:
            drawn = drawn[: (len(drawn) - 1) % self.epoch_size + 1]
        count = min(limit, len(drawn) // size)
        return drawn[: count * size].reshape(count, size) if count else drawn[np.newaxis]

    def block(self, step: int) -> tuple[int, Indices]:
        """Return all batches that are drawn together with that of `step`: the first one's step, and their row numbers.

        The row numbers are (steps, largest_batch), one batch a row; where an epoch's last batch is short (`batch_length`),
        −1 stands for what it lacks. Read-only.
        """
        first, orders = self._piece(step)
        lacking = -orders.shape[1] % self.largest_batch
        if lacking:
            orders = np.pad(orders, ((0, 0), (0, lacking)), constant_values=-1)
        return first, orders.reshape(-1, self.largest_batch)

    def batch_length(self, step: int) -> int:
        """Number of samples in the batch of `step`."""
        size = self.largest_batch
        if self.epoch_size is None:
            return size
        return min(size, self.rows - step % -(-self.rows // size) * size)

    def drawn(self, step: int) -> Indices:
        """Row numbers of the batch of `step` and of those after it, one after the other, (draws,), at the least one batch.

        They go on for as long as rows were drawn in one piece, and end with an epoch where there are epochs. Read-only.
        """
        first, orders = self._piece(step)
        draws, size = orders.shape[1], self.largest_batch
        epoch, place = divmod(step - first, -(-draws // size))
        return orders.reshape(-1)[epoch * draws + place * size :]

    def _piece(self, step: int) -> tuple[int, Indices]:
        """Return what is drawn in one piece with the batch of `step`: the first step of it, and its row numbers.

        They are (epochs, rows); where there are no epochs they are one row of as many draws as fill whole batches.
        """
        size = self.largest_batch
        if self.epoch_size is None:
            steps = max(1, _BLOCK // size)
            block = step // steps
            return block * steps, _random_block(self.rows, steps * size, self.seed, block)[np.newaxis]
        epochs = max(1, _BLOCK // self.rows)
        steps = epochs * -(-self.rows // size)
        block = step // steps
        if self.kind == "shuffle" and self.batch_size is not None:
            return block * steps, _shuffled_block(self.rows, epochs, self.seed, block)
        return block * steps, _in_order(self.rows, epochs)


@lru_cache(maxsize=4)
def _random_block(rows: int, draws: int, seed: int, block: int) -> Indices:
    return _read_only(generator(seed, "random", block).integers(rows, size=draws))


@lru_cache(maxsize=4)
def _shuffled_block(rows: int, epochs: int, seed: int, block: int) -> Indices:
    ordered = np.tile(np.arange(rows, dtype=np.int64), (epochs, 1))
    return _read_only(generator(seed, "shuffle", block).permuted(ordered, axis=1))


@lru_cache(maxsize=4)
def _in_order(rows: int, epochs: int) -> Indices:
    return _read_only(np.tile(np.arange(rows, dtype=np.int64), (epochs, 1)))


def _read_only(indices: Indices) -> Indices:
    indices.setflags(write=False)
    return indices
