"""The samples of each step for many runs at once, each run's drawn from its own seed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tui_backprop.core.arrays import Array, Indices
from tui_backprop.core.randomness import Stream
from tui_backprop.core.sampling import Sampling
from tui_backprop.core.step import Training
from tui_backprop.engines.recording.notes import aligned_zeros

_NUMBERS = 2**15  # that lie ready for the steps to come, about: few enough to stay in a cache
_PLACES = 32  # steps that samples lie ready for, at the most: what remains for each step is then next to nothing
_EPOCHS = 2**20  # numbers of whole epochs that are kept, about, unless one epoch has more
_TOGETHER = 128  # seeds whose epochs are drawn at once: few enough that what is sorted stays small


class SharedBatches:
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
        samplings, draw_of_run = _distinct([t.sampling for t in trainings])
        self._stream = Stream(np.concatenate([sampling.stream.keys for sampling in samplings]))
        self._draw_of_run = None if len(samplings) == len(trainings) else draw_of_run
        self._first_row = None if len(pools) == 1 else np.array(of_run)[:, np.newaxis] * self._sampling.rows
        self._block_first = -1
        self._block: NDArray[np.integer[Any]] = np.empty((0, 0, 0), dtype=np.uint8)
        """Of whole epochs, (steps, seeds, batch), from step `_block_first` on; none where there are no epochs."""
        self._first, self._end = 0, 0
        runs, batch = len(trainings), self._sampling.largest_batch
        numbers = runs * batch * (first.inputs.shape[1] + first.targets.shape[1])
        places = max(1, min(_PLACES, _NUMBERS // numbers))
        self._rows = np.empty((places, runs, batch), dtype=np.intp)
        self.inputs = aligned_zeros(places, runs, batch, first.inputs.shape[1])
        self.targets = aligned_zeros(places, runs, batch, first.targets.shape[1])

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
        drawn = self._drawn(step, len(self._rows))
        rows = self._rows[: len(drawn)]  # as NumPy's own kind of index: to take by small numbers is slow
        rows[...] = drawn if self._draw_of_run is None else drawn.take(self._draw_of_run, axis=1)
        if self._first_row is not None:
            rows += self._first_row
        _take(self._inputs, rows, self.inputs[: len(drawn)])
        _take(self._targets, rows, self.targets[: len(drawn)])
        self._first, self._end = step, step + len(drawn)

    def _drawn(self, step: int, most: int) -> NDArray[np.integer[Any]]:
        """Return the row numbers of up to `most` steps, (steps, seeds, batch); what a short batch lacks is row 0."""
        sampling = self._sampling
        if sampling.epoch_size is None:
            batch = sampling.largest_batch
            drawn = self._stream.below(sampling.rows, step * batch, most * batch)
            return drawn.reshape(most, batch, -1).swapaxes(1, 2)
        if not self._block_first <= step < self._block_first + len(self._block):
            self._draw_epochs(step)
        return self._block[step - self._block_first :][:most]

    def _draw_epochs(self, step: int) -> None:
        """Draw the epoch that holds this step, and where epochs are short some after it, in numbers as small as will do."""
        sampling, keys = self._sampling, self._stream.keys
        rows, batch = sampling.rows, sampling.largest_batch
        steps_each = -(-rows // batch)
        epochs = max(1, _EPOCHS // (rows * len(keys)))
        first = step // steps_each
        self._block_first = first * steps_each
        self._block = np.empty((epochs * steps_each, len(keys), batch), np.min_scalar_type(rows))
        for begin in range(0, len(keys), _TOGETHER):
            some = Stream(keys[begin : begin + _TOGETHER])
            orders = (
                some.permutations(rows, first, epochs)
                if sampling.shuffles
                else np.broadcast_to(np.arange(rows), (epochs, rows))
            )
            whole = np.zeros((len(some.keys), epochs, steps_each * batch), self._block.dtype)
            whole[..., :rows] = orders
            by_seed = whole.reshape(len(some.keys), -1, batch)
            self._block[:, begin : begin + len(by_seed)] = by_seed.swapaxes(0, 1)


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
