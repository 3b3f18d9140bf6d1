"""The rows of a sampling with replacement, drawn in machine code: the numbers of `core.randomness`, ten times as fast."""

from __future__ import annotations

import ctypes

import numpy as np

from tui_backprop.core.arrays import Indices
from tui_backprop.core.randomness import hash_of
from tui_backprop.core.sampling import Sampling
from tui_backprop.engines.compiled.jit import INTEGER, INTEGERS, Piece, inlined, piece

_SIGNATURE = INTEGER(INTEGERS, INTEGER, INTEGER, INTEGER, INTEGER)
_AT_ONCE = 2048  # rows, about

_word = inlined(hash_of(np.uint64))
_HALF, _LOWER = np.uint64(32), np.uint64(2**32 - 1)
_WHOLE = 2**32


def _draw(rows: Indices, pair: int, pairs: int, limit: int, key: int) -> int:
    """Fill `rows` with two numbers of each word; return how many would have to be drawn again (`Stream.below` says when)."""
    refused, bound, excess = 0, np.uint64(limit), np.uint64(_WHOLE % limit)
    for k in range(pairs):
        word = _word(np.uint64(key), np.uint64(pair + k))
        one, other = (word & _LOWER) * bound, (word >> _HALF) * bound
        rows[2 * k], rows[2 * k + 1] = np.int64(one >> _HALF), np.int64(other >> _HALF)
        refused += ((one & _LOWER) < excess) | ((other & _LOWER) < excess)
    return refused


def make_draws(_name: str) -> Piece:
    """Return the loop over pairs of rows: (rows, the first pair, how many pairs, limit, key) → how many are refused."""
    return piece("draws", _SIGNATURE, _draw)


class BatchRows:
    """The rows of a training's batches, some hundred steps at a time."""

    def __init__(self, loop: Piece, sampling: Sampling) -> None:
        self._loop, self._limit, self._size = loop, sampling.rows, sampling.largest_batch
        self._key = int(sampling.stream.keys.view(np.int64)[0])
        self._steps = max(1, _AT_ONCE // self._size)
        self._rows = np.empty(self._steps * self._size + 2, dtype=np.int64)
        self._address = self._rows.ctypes.data_as(ctypes.POINTER(ctypes.c_int64))

    def of(self, step: int) -> Indices | None:
        """Return the rows of the batches from `step` on, one after the other; None where one has to be drawn again.

        They are there until the next call.
        """
        first, count = step * self._size, self._steps * self._size
        skipped = first % 2  # the second half of the word before
        pairs = (count + skipped + 1) // 2
        if self._loop.call(self._address, first // 2, pairs, self._limit, self._key):
            return None
        return self._rows[skipped : skipped + count]
