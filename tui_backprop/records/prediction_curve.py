"""A curve of answers over a range of one input, and the samples beside it."""

from __future__ import annotations

from dataclasses import dataclass

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
