"""The loss axis as it is zoomed and moved, and curves as means of their points."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tui_backprop.ui.drawing.charts.chart import Series, drawable

MEANS = (1, 5, 25)
"""Points of a curve that each drawn one is the mean of."""

_NARROWEST = 2.0**-12  # of all that is drawn


@dataclass(frozen=True)
class HeightAxis:
    """The part of a loss axis that is drawn: shares of all, which may grow while it is looked at."""

    low: float = 0.0
    high: float = 1.0

    @property
    def zoomed(self) -> bool:
        """Whether it is not all."""
        return (self.low, self.high) != (0.0, 1.0)

    def zoomed_by(self, times: float, at: float = 0.5) -> HeightAxis:
        """Return the axis with another width, with what lies at a share of it (0 the lower end) where it was."""
        width = min(1.0, max(_NARROWEST, (self.high - self.low) * times))
        here = self.low + at * (self.high - self.low)
        low = min(max(0.0, here - at * width), 1.0 - width)
        return HeightAxis(low, low + width)

    def moved(self, share: float) -> HeightAxis:
        """Return the axis moved up by a share of its width, within all."""
        width = self.high - self.low
        low = min(max(0.0, self.low + share * width), 1.0 - width)
        return HeightAxis(low, low + width)

    def fitted(
        self, series: Sequence[Series], references: Sequence[tuple[str, float]], *, log: bool
    ) -> tuple[float, float] | None:
        """Return the heights that are drawn of these curves and lines, as `draw_chart` has them; None for all."""
        lines = Series("", np.zeros(len(references), dtype=np.int64), np.array([value for _, value in references]))
        values = np.concatenate([drawable(one, log=log).values for one in (*series, lines)])
        if not self.zoomed or not len(values):
            return None
        ends = np.log10([values.min(), values.max()]) if log else np.array([values.min(), values.max()])
        low, span = float(ends[0]), float(ends[1] - ends[0])
        return (low + self.low * span, low + self.high * span) if span > 0 else None


def smoothed(series: Series, points: int) -> Series:
    """Return a curve of which each point is the mean of so many around it, of fewer at its ends."""
    if points == 1 or len(series.values) < 2:
        return series
    half = points // 2
    sums = np.concatenate([[0.0], np.cumsum(np.nan_to_num(series.values, posinf=0.0, neginf=0.0))])
    known = np.concatenate([[0], np.cumsum(np.isfinite(series.values))])
    at = np.arange(len(series.values))
    first, end = np.maximum(0, at - half), np.minimum(len(at), at + half + 1)
    counts = known[end] - known[first]
    return Series(series.name, series.steps, (sums[end] - sums[first]) / np.where(counts > 0, counts, np.nan))
