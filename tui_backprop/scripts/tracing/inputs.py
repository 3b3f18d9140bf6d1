"""What a training reads: the samples that it is trained on, and those that its network is only asked about."""

from __future__ import annotations

import sys
import types
from collections.abc import Iterator
from typing import Any

import numpy as np

Stack = list[tuple[types.CodeType, int]]
"""The code and the line of each frame, the innermost first."""

_SAMPLES = 5000  # that are told apart
_NUMBERS = 4096  # of one sample that are kept
_SHOWN = 20  # of one sample that are sent
_TRIES = 100_000  # products in which a weight of the first layer is looked for
_DEPTH = 12  # frames of a stack


class Inputs:
    """Which samples were trained on, and which were only asked about."""

    def __init__(self, per_sample: int) -> None:
        self.per_sample = per_sample
        """How many products of an input and a weight a sample has; 0 where that is not steady, and nothing is read."""
        self.known: set[int] = set()
        self.asked: dict[tuple[int, ...], tuple[Stack, np.ndarray, int]] = {}
        self.low: Any = None
        self.high: Any = None
        self._updates = 0
        self._chunk: list[tuple[Any, Any, int]] = []
        self._pending: Any = None
        self._where: Stack = []
        self._batches = 0
        self._weights: list[Any] = []
        self._other: list[tuple[Any, Any, int]] = []
        self._tries = 0

    def read(self, x: Any, weight: Any, side: int) -> None:
        """Take an input where it meets a weight of the first layer."""
        self._chunk.append((x, weight, side))
        if len(self._chunk) >= self.per_sample:
            if self._pending is not None:
                self._ask(self._pending, self._where)
            self._pending, self._chunk, self._where = self._chunk, [], stack_from(1)

    def read_elsewhere(self, operands: tuple[Any, ...]) -> None:
        """Take the operands of a product that no update has: where one is a weight of the first layer, an input."""
        if not self._weights or self._tries > _TRIES or len(operands) != 2:
            return
        self._tries += 1
        for wanted in {len(self._other), 0}:
            for side in (0, 1):
                if _same(operands[1 - side], self._weights[wanted]):
                    del self._other[wanted:]
                    self._other.append((operands[side], operands[1 - side], side))
                    if len(self._other) == self.per_sample:
                        self._ask(self._other, stack_from(1))
                        self._other = []
                    return
        self._other = []

    def trained(self, wanted: bool) -> int:
        """Say that what was read met a target; return the key of the sample, 0 for a batch or where it is not known."""
        chunk, self._pending = self._pending, None
        rows: list[tuple[int, np.ndarray]] = []
        if chunk is None:
            return 0
        self._weights = [weight for _, weight, _ in chunk]
        if len(self.known) > _SAMPLES:
            return 0
        if self._batches % 2 == 0 or wanted:
            rows = _rows(chunk)
            for key, row in rows:
                self.known.add(key)
                if self.low is None:
                    self.low, self.high = row, row
                elif row.shape == self.low.shape:
                    self.low, self.high = np.minimum(self.low, row), np.maximum(self.high, row)
        self._batches += 1
        return rows[0][0] if len(rows) == 1 else 0

    def updated(self, old: Any, new: Any) -> None:
        """Follow the weights of the first layer through an update."""
        if new is old:
            return
        for n, weight in enumerate(self._weights):
            if weight is old or (
                not isinstance(weight, np.ndarray) and not isinstance(old, np.ndarray) and weight == old
            ):
                self._weights[n] = new
                return
            if isinstance(weight, np.ndarray) and weight.base is not None and weight.base is old:
                self._weights[n] = new if weight.shape == new.shape and (weight == old).all() else new.T
                return

    def passed(self) -> None:
        """Count an update."""
        self._updates += 1

    def end(self) -> None:
        """Take what was read last as asked about."""
        if self._pending is not None:
            self._ask(self._pending, self._where)
            self._pending = None

    def told(self, traced: set[str], path: str) -> Iterator[list[Any]]:
        """Yield each input that was asked about.

        It is the stack, the input, the updates before, whether it was trained on, and how far it lies out of the range
        that was trained on, in widths of this range.
        """
        for key, (stack, row, updates) in self.asked.items():
            yield [
                own_frames(stack, traced, path),
                row[:_SHOWN].tolist(),
                updates,
                key[0] in self.known,
                self._beyond(row),
            ]

    def _beyond(self, row: np.ndarray) -> float:
        if self.low is None or row.shape != self.low[:_NUMBERS].shape:
            return 0.0
        low, high = self.low[:_NUMBERS], self.high[:_NUMBERS]
        width = high - low
        whole = float(high.max() - low.min())
        width = np.where(width > 0, width, whole if whole > 0 else np.inf)
        beyond = float((np.maximum(row - high, low - row) / width).max(initial=0.0))
        return beyond if np.isfinite(beyond) else 0.0

    def _ask(self, chunk: list[tuple[Any, Any, int]], where: Stack) -> None:
        if len(self.asked) > _SAMPLES:
            return
        lines = tuple(line for _, line in where)
        for key, row in _rows(chunk):
            self.asked.setdefault((key, *lines), (where, row[:_NUMBERS], self._updates))


def own_frames(stack: Stack, traced: set[str], path: str) -> list[tuple[bool, int, str]]:
    """Return a script's own frames of a stack, the outermost first: whether it is in the script itself, line, function."""
    own = [(code, line) for code, line in stack if code.co_filename in traced]
    named = [(code, line) for code, line in own if code.co_name[:1] != "<" or code.co_name == "<module>"]
    return [(code.co_filename == path, line, code.co_name) for code, line in reversed(named)]


def stack_from(depth: int) -> Stack:
    """Return the stack as it is for the caller that is so many calls up."""
    found: Stack = []
    frame: Any = sys._getframe(depth + 1)
    while frame is not None and len(found) < _DEPTH:
        found.append((frame.f_code, frame.f_lineno))
        frame = frame.f_back
    return found


def _same(operand: Any, weight: Any) -> bool:
    if operand is weight:
        return True
    if isinstance(operand, np.ndarray) or isinstance(weight, np.ndarray):
        return np.shape(operand) == np.shape(weight) and np.array_equal(operand, weight)
    return isinstance(operand, (int, float)) and isinstance(weight, (int, float)) and operand == weight


def _rows(chunk: list[tuple[Any, Any, int]]) -> list[tuple[int, np.ndarray]]:
    """Return the samples of what was read, each with a key: the rows of a batch, or one."""
    x, _, side = chunk[0]
    if isinstance(x, np.ndarray) and x.ndim == 2 and min(x.shape) > 0:
        rows = x if side == 0 else x.T
        if len(chunk) > 1 or x.dtype == object:
            return []
        return [(hash(row.tobytes()), np.asarray(row, dtype=float)) for row in rows[:_SAMPLES]]
    try:
        flat = np.concatenate([np.ravel(np.asarray(one, dtype=float)) for one, _, _ in chunk])
    except (TypeError, ValueError):
        return []
    return [(hash(flat.tobytes()), flat)]
