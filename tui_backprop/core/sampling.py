"""Which samples a step trains on: a pure function of (how, rows, batch size, seed, step).

Draw d of a run with replacement is place d of its stream, and epoch e has permutation e, so any step's batch is computed
without the batches before it. It is computed for a block of steps at a time only because that costs less.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np

from tui_backprop.core.arrays import Indices
from tui_backprop.core.randomness import Stream

SAMPLINGS = ("random", "shuffle", "sequential")
"""`random`: with replacement; `shuffle`: a new permutation every epoch; `sequential`: the rows in their order."""

_BLOCK = 2048  # draws in a block, about: few enough to be made within 20 µs, many enough that NumPy's calls are shared
_SHUFFLED = 512  # the same of what is sorted, which takes longer


@dataclass(frozen=True)
class Sampling:
    """How batches are chosen from `rows` training samples.

    Raises:
        ValueError: a name or number that is not possible, in one sentence.
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

    @cached_property
    def stream(self) -> Stream:
        """The random numbers that batches come from."""
        return Stream.of(self.seed, "shuffle" if self.kind == "shuffle" else "random")

    @property
    def shuffles(self) -> bool:
        """Whether each epoch has an order of its own."""
        return self.kind == "shuffle" and self.batch_size is not None

    def _piece(self, step: int) -> tuple[int, Indices]:
        """Return what is drawn in one piece with the batch of `step`: the first step of it, and its row numbers.

        They are (epochs, rows); where there are no epochs they are one row of as many draws as fill whole batches.
        """
        size = self.largest_batch
        if self.epoch_size is None:
            steps = max(1, _BLOCK // size)
            block = step // steps
            return block * steps, _random_block(self, block * steps * size, steps * size)[np.newaxis]
        epochs = max(1, (_SHUFFLED if self.shuffles else _BLOCK) // self.rows)
        steps = epochs * -(-self.rows // size)
        block = step // steps
        if self.shuffles:
            return block * steps, _shuffled_block(self, block * epochs, epochs)
        return block * steps, _in_order(self.rows, epochs)


@lru_cache(maxsize=4)
def _random_block(sampling: Sampling, first: int, draws: int) -> Indices:
    return _read_only(sampling.stream.below(sampling.rows, first, draws))


@lru_cache(maxsize=4)
def _shuffled_block(sampling: Sampling, first: int, epochs: int) -> Indices:
    return _read_only(sampling.stream.permutations(sampling.rows, first, epochs))


@lru_cache(maxsize=4)
def _in_order(rows: int, epochs: int) -> Indices:
    return _read_only(np.tile(np.arange(rows, dtype=np.int64), (epochs, 1)))


def _read_only(indices: Indices) -> Indices:
    indices.setflags(write=False)
    return indices
