"""A curve of answers over a range of one input, and the samples beside it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from tui_backprop.core.arrays import Array, Indices


@dataclass(frozen=True, eq=False)
class Points:
    """Samples of one part as a picture shows them; all are (points,)."""

    x: Array
    """Raw value of the input across."""
    y: Array
    """Raw value of the input up; in a curve the target."""
    label: Indices
    """Number of the true answer; of numbers on a surface the tenth of the range of the training targets, in a curve 0."""
    wrong: Indices
    """1 where the network answers something else, 0 elsewhere and for numbers."""

    def __len__(self) -> int:
        return len(self.x)

    @classmethod
    def of(cls, x: Array, y: Array) -> Points:
        """Return points of one kind, of which none is wrong."""
        same = np.zeros(len(x), dtype=np.int64)
        return cls(x, y, same, same)


@dataclass(frozen=True, eq=False)
class PredictionCurve:
    """ŷ(x) of a network with one input."""

    x: Array
    """Raw inputs, ascending, (points,)."""
    before: Array
    """ŷ at step 0, (points,)."""
    now: Array
    """ŷ of the frame, (points,)."""
    trained: tuple[float, float]
    """The smallest and the largest training input."""
    train: Points
    test: Points

    def resampled(self, points: int) -> PredictionCurve:
        """Return the curve with another number of points, between the known ones along straight lines."""
        x = np.linspace(self.x[0], self.x[-1], points)
        before, now = (np.interp(x, self.x, values) for values in (self.before, self.now))
        return replace(self, x=x, before=before, now=now)
