"""The samples of each step for many runs at once, each run's drawn from its own seed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tui_backprop.core.arrays import Array, Indices
from tui_backprop.core.sampling import Sampling
from tui_backprop.core.step import Training

_AHEAD = 2**17  # numbers that are gathered at once for the steps to come: few enough to stay in a cache


class Draws:
    """Inputs and targets of every step for runs that share the kind of sampling, the batch size and the number of rows.

    What runs have in common is kept once: the samples where they train on the same, the draws where they have one seed.
    """

    def __init__(self, trainings: Sequence[Training]) -> None:
        self._sampling = trainings[0].sampling
        pools: dict[tuple[int, int], int] = {}
        of_run = [pools.setdefault((id(t.inputs), id(t.targets)), len(pools)) for t in trainings]
        owners = [of_run.index(pool) for pool in range(len(pools))]
        self._one_pool = len(pools) == 1
        self._inputs = np.stack([trainings[owner].inputs for owner in owners])
        self._targets = np.stack([trainings[owner].targets for owner in owners])
        self._pool_of_run = np.array(of_run, dtype=np.int64)
        self._samplings, self._draw_of_run = _distinct([t.sampling for t in trainings])
        self._block_first = -1
        self._block: NDArray[np.integer[Any]] = np.empty((0, 0, 0), dtype=np.uint8)
        self._first, self._end = 0, 0
        self._ahead: tuple[Array, Array] = (self._inputs, self._targets)
        if self._sampling.batch_size is None and not self._one_pool:
            self._ahead = (self._inputs[self._pool_of_run], self._targets[self._pool_of_run])

    @property
    def whole(self) -> bool:
        """Whether every step has all samples, which are the same arrays then."""
        return self._sampling.batch_size is None

    def at(self, step: int) -> tuple[Array, Array]:
        """Return inputs (runs, batch, inputs) and targets (runs, batch, outputs) of a step.

        A full batch that all runs share has 1 in place of runs.
        """
        if self.whole:
            return self._ahead
        if not self._first <= step < self._end:
            self._gather(step)
        inputs, targets = (part[step - self._first] for part in self._ahead)
        length = self._sampling.batch_length(step)
        return (inputs, targets) if length == inputs.shape[1] else (inputs[:, :length], targets[:, :length])

    def _gather(self, step: int) -> None:
        """Fetch the samples of this step and of as many after it as fit."""
        if not self._block_first <= step < self._block_first + len(self._block):
            self._draw(step)
        place = step - self._block_first
        runs, batch = len(self._draw_of_run), self._block.shape[2]
        widths = self._inputs.shape[2] + self._targets.shape[2]
        drawn = self._block[place : place + max(1, _AHEAD // (runs * batch * widths))]
        rows = drawn.take(self._draw_of_run, axis=1).astype(
            np.intp
        )  # once for both parts: to take by small ones is slow
        if not self._one_pool:
            rows = rows + self._pool_of_run[:, np.newaxis] * self._sampling.rows
        self._ahead = (_take(self._inputs, rows), _take(self._targets, rows))
        self._first, self._end = step, step + len(drawn)

    def _draw(self, step: int) -> None:
        """Draw the block that holds this step, (steps, seeds, batch), in numbers as small as will do."""
        small = np.min_scalar_type(self._sampling.rows)
        blocks = []
        for sampling in self._samplings:
            self._block_first, rows = sampling.block(step)
            blocks.append(np.where(rows < 0, 0, rows).astype(small))
        self._block = np.ascontiguousarray(np.stack(blocks).swapaxes(0, 1))


def _distinct(samplings: list[Sampling]) -> tuple[list[Sampling], Indices]:
    """Return the samplings that draw differently, and which of them each run has."""
    if samplings[0].kind == "sequential":
        return samplings[:1], np.zeros(len(samplings), dtype=np.int64)
    known: dict[Sampling, int] = {}
    of_run = [known.setdefault(sampling, len(known)) for sampling in samplings]
    return list(known), np.array(of_run, dtype=np.int64)


def _take(pool: Array, rows: NDArray[np.intp]) -> Array:
    """Return the samples of row numbers (steps, runs, batch), (steps, runs, batch, columns)."""
    columns = pool.shape[2]
    if columns == 1:  # numbers in a row are fetched several times faster than rows of one number
        return pool.reshape(-1).take(rows)[..., np.newaxis]
    return pool.reshape(-1, columns).take(rows, axis=0)
