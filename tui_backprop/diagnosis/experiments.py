"""What a network did at several θ, side by side, and the search for an entry whose derivatives are given numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tui_backprop.core.arrays import Array, Indices

RELATIVE = 1e-5
"""Relative error of a derivative by differences."""

ABSOLUTE = 1e-9
"""Below it a derivative by differences is rounding."""

_ALIVE = 1e-7  # length, per number, of the derivatives of an entry that matters at all


@dataclass(frozen=True, eq=False)
class Experiment:
    """What a network did at one θ."""

    theta: Array
    """(entries,)."""
    inputs: Array
    """(samples, inputs)."""
    predictions: Array
    """(samples, outputs)."""
    jacobian: Array
    """∂ŷ/∂θ, (entries, samples, outputs)."""
    stretched: Array
    """Σ xᵢ·∂ŷ/∂xᵢ, what it does to ŷ to stretch the inputs, (samples, outputs)."""


class JoinedExperiments:
    """Experiments joined: samples of all of them as rows, and ∂ŷ/∂θ of each entry as one line of numbers."""

    def __init__(self, experiments: Sequence[Experiment]) -> None:
        self.inputs = np.concatenate([one.inputs for one in experiments])
        """(samples, inputs)."""
        self.predictions = np.concatenate([one.predictions for one in experiments])
        """(samples, outputs)."""
        self.theta = np.concatenate([np.tile(one.theta, (len(one.inputs), 1)) for one in experiments])
        """(samples, entries)."""
        slopes = np.concatenate([one.jacobian for one in experiments], axis=1)
        self.outputs = slopes.shape[2]
        """How many outputs it has."""
        self.slopes = slopes.reshape(len(slopes), -1)
        """∂ŷ/∂θ, (entries, samples · outputs)."""
        self.stretched = np.concatenate([one.stretched for one in experiments]).ravel()
        """(samples · outputs,)."""
        lengths = np.linalg.norm(self.slopes, axis=1)
        self.alive = frozenset(np.flatnonzero(lengths > _ALIVE * np.sqrt(self.slopes.shape[1])).tolist())
        """Entries that change a prediction at all."""

    def wide(self, column: Array) -> Array:
        """Return a number for each sample as one for each number of a line, (samples,) → (samples · outputs,)."""
        return np.repeat(column, self.outputs)

    def finder(self, entries: Indices, known: NDArray[np.bool_]) -> Finder:
        """Return a finder among some entries that looks at the numbers that are `known`, (samples · outputs,)."""
        return Finder(self.slopes[:, known], entries)


class Finder:
    """Finds the entry whose derivatives are given numbers, by a random sum of them first."""

    def __init__(self, slopes: Array, entries: Indices) -> None:
        self.slopes, self._entries = slopes, entries
        self._sketch = np.random.default_rng(0).standard_normal((slopes.shape[1], 1))[:, 0]
        self._marks = slopes[entries] @ self._sketch
        self._order = self._marks.argsort()

    def find(self, line: Array) -> int | None:
        """Return the entry whose derivatives are `line`, or None; None too where the line is 0."""
        length = float(np.linalg.norm(line))
        allowed = RELATIVE * length + ABSOLUTE * np.sqrt(len(line))
        if not (np.isfinite(length) and length > _ALIVE * np.sqrt(len(line))):
            return None
        mark, spread = float(line @ self._sketch), allowed * float(np.linalg.norm(self._sketch))
        low, high = np.searchsorted(self._marks, (mark - spread, mark + spread), sorter=self._order)
        near = self._entries[self._order[low:high]]
        if not len(near):
            return None
        gaps = np.linalg.norm(self.slopes[near] - line, axis=1)
        best = int(gaps.argmin())
        return int(near[best]) if gaps[best] <= allowed else None
