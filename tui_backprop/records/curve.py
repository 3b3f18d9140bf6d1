"""Loss curves of bounded length."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tui_backprop.core.arrays import Array, Indices
from tui_backprop.records.spacing import Spacing

CURVE_POINTS = 4096
"""Most points that a curve keeps; when full it keeps every second one."""


@dataclass(frozen=True, eq=False)
class Curve:
    """A loss curve as it was at one moment; the arrays are read-only and of one length."""

    steps: Indices
    """(points,), ascending."""
    train: Array
    """Loss over the training set, (points,)."""
    test: Array | None
    """Loss over the test set, (points,); None without one."""

    @property
    def final_loss(self) -> float:
        """The training loss at the last point; NaN where no loss was finite, not even the first."""
        return float(self.train[-1]) if len(self.train) else float("nan")


class CurveRecorder:
    """Collects the points of a curve in order and thins itself out.

    After a thinning new points are wanted only half as often. Before the first interval is over they are wanted at powers of
    two, since a loss changes most in the first steps.
    """

    def __init__(self, spacing: Spacing, limit: int = CURVE_POINTS) -> None:
        self.spacing = spacing
        """Steps between two points that are wanted."""
        self._limit = limit
        self._steps = np.empty(limit, dtype=np.int64)
        self._losses = np.empty((limit, 2))
        self._count = 0
        self._taken: dict[bool, Curve] = {}  # snapshots of what there is now

    @property
    def last_step(self) -> int:
        """Step of the last point; −1 where there is none."""
        return int(self._steps[self._count - 1]) if self._count else -1

    def next_wanted(self, step: int) -> int:
        """Return the first step after `step` at which a point is wanted."""
        interval = self.spacing.at(step)
        return int(min(2 ** step.bit_length(), interval)) if step + 1 < interval else self.spacing.next_after(step)

    def add(self, step: int, train: float, test: float | None) -> None:
        """Append a point; one that is not after the last is already known and left out."""
        if step <= self.last_step:
            return
        if self._count == self._limit:
            self._thin()
        self._steps[self._count] = step
        self._losses[self._count] = train, np.nan if test is None else test
        self._count += 1
        self._taken = {}

    def at(self, step: int) -> tuple[float, float] | None:
        """Return the losses (train, test) noted at `step`; None where there is no point there."""
        place = int(np.searchsorted(self._steps[: self._count], step))
        if place == self._count or self._steps[place] != step:
            return None
        return float(self._losses[place, 0]), float(self._losses[place, 1])

    def forget_after(self, step: int) -> None:
        """Drop the points after `step`: the run takes another way from there."""
        self._count = int(np.searchsorted(self._steps[: self._count], step, side="right"))
        self._taken = {}

    def fork(self, step: int) -> CurveRecorder:
        """Return a copy with the points up to `step`."""
        twin = CurveRecorder(self.spacing, self._limit)
        twin._steps, twin._losses, twin._count = self._steps.copy(), self._losses.copy(), self._count
        twin.forget_after(step)
        return twin

    def snapshot(self, *, with_test: bool) -> Curve:
        """Return the curve as it is now, copied; NaN where there was no test set at that step.

        It is the same one until a point comes or goes: a session looks at the curves of all its branches again and again.
        """
        if with_test not in self._taken:
            steps, losses = self._steps[: self._count].copy(), self._losses[: self._count].copy()
            self._taken[with_test] = Curve(steps, losses[:, 0], losses[:, 1] if with_test else None)
        return self._taken[with_test]

    def _thin(self) -> None:
        kept = (self._count + 1) // 2
        self._steps[:kept] = self._steps[: self._count : 2]
        self._losses[:kept] = self._losses[: self._count : 2]
        self._count = kept
        self.spacing = self.spacing.doubled()
