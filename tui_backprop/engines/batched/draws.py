"""The samples of each step for many runs at once, each run's drawn from its own seed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tui_backprop.core.arrays import Array, Indices
from tui_backprop.core.sampling import Sampling
from tui_backprop.core.step import Training
from tui_backprop.engines.batched.notes import aligned

_NUMBERS = 2**15  # that lie ready for the steps to come, about: few enough to stay in a cache
_PLACES = 32  # steps that samples lie ready for, at the most: what remains for each step is then next to nothing
_TOGETHER = 128  # seeds whose draws are put in order at once: two lines of a cache, of the smallest numbers


class Draws:
    """Inputs and targets of every step for runs that share the kind of sampling, the batch size and the number of rows.

    What runs have in common is kept once: the samples where they train on the same, the draws where they have one seed.
    The samples of some steps at a time are put into places, and the arrays that have the places stay the same.
    """

    inputs: Array
    """(places, runs, batch, inputs). A full batch that all runs share has 1 in place of runs."""
    targets: Array
    """(places, runs, batch, outputs), likewise."""

    def __init__(self, trainings: Sequence[Training]) -> None:
        first = trainings[0]
        self._sampling = first.sampling
        pools: dict[tuple[int, int], int] = {}
        of_run = [pools.setdefault((id(t.inputs), id(t.targets)), len(pools)) for t in trainings]
        owners = [of_run.index(pool) for pool in range(len(pools))]
        self._inputs = np.stack([trainings[owner].inputs for owner in owners])
        self._targets = np.stack([trainings[owner].targets for owner in owners])
        if self.whole:
            alike = len(pools) == 1
            self.inputs = self._inputs[np.newaxis] if alike else self._inputs[np.newaxis, of_run]
            self.targets = self._targets[np.newaxis] if alike else self._targets[np.newaxis, of_run]
            return
        self._samplings, draw_of_run = _distinct([t.sampling for t in trainings])
        self._draw_of_run = None if len(self._samplings) == len(trainings) else draw_of_run
        self._first_row = None if len(pools) == 1 else np.array(of_run)[:, np.newaxis] * self._sampling.rows
        self._block_first = -1
        self._block: NDArray[np.integer[Any]] = np.empty((0, 0, 0), dtype=np.uint8)
        self._first, self._end = 0, 0
        runs, batch = len(trainings), self._sampling.largest_batch
        numbers = runs * batch * (first.inputs.shape[1] + first.targets.shape[1])
        places = max(1, min(_PLACES, _NUMBERS // numbers))
        self._rows = np.empty((places, runs, batch), dtype=np.intp)
        self.inputs = aligned(places, runs, batch, first.inputs.shape[1])
        self.targets = aligned(places, runs, batch, first.targets.shape[1])

    @property
    def whole(self) -> bool:
        """Whether every step has all samples."""
        return self._sampling.batch_size is None

    @property
    def even(self) -> bool:
        """Whether every step has as many samples; an epoch's last batch may be short."""
        return self._sampling.epoch_size is None or self._sampling.epoch_size % self._sampling.largest_batch == 0

    def length(self, step: int) -> int:
        """Return how many samples of its place are those of a step, the first ones."""
        return self._sampling.batch_length(step)

    def places(self, step: int, limit: int) -> Sequence[int]:
        """Return the places of the samples of a step and of up to `limit` − 1 after it, which hold until the next call."""
        if self.whole:
            return (0,) * min(limit, _PLACES)
        if not self._first <= step < self._end:
            self._gather(step)
        return range(step - self._first, min(step + limit, self._end) - self._first)

    def _gather(self, step: int) -> None:
        """Fetch the samples of this step and of as many after it as there are places."""
        if not self._block_first <= step < self._block_first + len(self._block):
            self._draw(step)
        first = step - self._block_first
        drawn = self._block[first : first + len(self._rows)]
        rows = self._rows[: len(drawn)]  # as NumPy's own kind of index: to take by small numbers is slow
        rows[...] = drawn if self._draw_of_run is None else drawn.take(self._draw_of_run, axis=1)
        if self._first_row is not None:
            rows += self._first_row
        _take(self._inputs, rows, self.inputs[: len(drawn)])
        _take(self._targets, rows, self.targets[: len(drawn)])
        self._first, self._end = step, step + len(drawn)

    def _draw(self, step: int) -> None:
        """Draw the block that holds this step, (steps, seeds, batch), in numbers as small as will do.

        Each seed draws all its steps at once, and a step needs those of all seeds: they change places a few seeds at a time,
        so that both orders of these are in a cache.
        """
        self._block_first, rows = self._samplings[0].block(step)
        (steps, batch), seeds = rows.shape, len(self._samplings)
        small = np.min_scalar_type(self._sampling.rows)
        self._block = np.empty((steps, seeds, batch), small)
        # Without the steps too many, one step's numbers would lie a power of 2 apart and drive each other out of a cache.
        by_seed = np.empty((min(seeds, _TOGETHER), steps + _TOGETHER, batch), small)[:, :steps]
        for first in range(0, seeds, _TOGETHER):
            some = self._samplings[first : first + _TOGETHER]
            for i, sampling in enumerate(some):
                _, rows = sampling.block(step)
                by_seed[i] = rows if self.even else np.maximum(rows, 0)  # what a short batch lacks is −1
            self._block[:, first : first + len(some)] = by_seed[: len(some)].swapaxes(0, 1)


def _distinct(samplings: list[Sampling]) -> tuple[list[Sampling], Indices]:
    """Return the samplings that draw differently, and which of them each run has."""
    if samplings[0].kind == "sequential":
        return samplings[:1], np.zeros(len(samplings), dtype=np.int64)
    known: dict[Sampling, int] = {}
    of_run = [known.setdefault(sampling, len(known)) for sampling in samplings]
    return list(known), np.array(of_run, dtype=np.int64)


def _take(pool: Array, rows: NDArray[np.intp], out: Array) -> None:
    """Put the samples of row numbers (steps, runs, batch) into (steps, runs, batch, columns)."""
    columns = pool.shape[2]
    if columns == 1:  # numbers in a row are fetched several times faster than rows of one number
        pool.reshape(-1).take(rows, out=out[..., 0], mode="clip")
    else:
        pool.reshape(-1, columns).take(rows, axis=0, out=out, mode="clip")
