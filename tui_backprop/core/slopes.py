"""The slope of a loss from values of the loss alone, with the noise of these values measured.

Nothing is known of the loss but its values, so this serves anyone's network. Each entry of θ is moved by several steps to
both sides. Three steps in a row that agree tell how far the slope between two points is off; what rounding makes of the loss
is measured at the distance of each step, by a table of differences of losses that lie close together (Moré and Wild 2011,
"Estimating computational noise").
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from tui_backprop.core.arrays import Array, Indices
from tui_backprop.core.judge import Truth

Loss = Callable[[Array], "float | Array"]
"""θ (size,) → the loss, or the losses of the samples (rows,), whose mean it is."""

METHOD = "central differences"

_STEPS = (1e-4, 1e-5, 1e-6)  # of max(1, |θ|): one of them suits nearly every entry
_MORE_STEPS = (1e-1, 1e-2, 1e-3, 1e-4, 1e-5, 1e-6, 1e-7, 1e-8, 1e-9)  # for those that it does not suit
_RATIO = 10.0  # of a step and the next one
_RESOLVED = 1e-8  # error of a slope, beside the slope, from which more steps are not worth their time
_POINTS = 7  # losses in a row that noise is measured by
_ORDERS = (3, 4, 5)  # of differences: the smooth part of the loss is gone from them
_CLOSE = 1e-3  # distance of these points beside the step
_ROUNDING = 0.5 * float(np.finfo(np.float64).eps)
_SEED = 0
_SHARP = 1e-3  # of the slope: below it, a difference between both sides is not called a kink


def slopes_of_loss(loss: Loss, theta: Array, entries: Indices | None = None, rounding: float = 0.0) -> Truth:
    """Measure ∂L/∂θ of some entries, all by default; each array of the truth is in their order.

    Where the slopes on the two sides of θ differ (a kink), everything between is right: with the losses of the samples, what
    lies between the sums of each sample's smaller and larger slope, and otherwise between the two slopes of the whole.

    Args:
        loss: finite near θ where anything shall be told.
        theta: θ, (size,).
        entries: positions in θ.
        rounding: a noise of the loss that the caller knows of, which is added to what is measured.
    """
    chosen = np.arange(len(theta)) if entries is None else np.asarray(entries)
    with np.errstate(all="ignore"):
        scan = _Scan(loss, theta, rounding)
        found = scan.slopes(chosen, _STEPS)
        rest = np.flatnonzero(~(found.blur <= _RESOLVED * np.abs(found.slope)))
        if len(rest):
            found.put(rest, scan.slopes(chosen[rest], _MORE_STEPS))
        return found.truth()


@dataclass(frozen=True, eq=False)
class _Slopes:
    """What was found about some entries, each (entries,)."""

    slope: Array
    kink: Array
    """By how much the slopes of both sides differ; 0 where that is no more than noise."""
    blur: Array

    def put(self, where: Indices, other: _Slopes) -> None:
        """Take over those of another measurement where they are better."""
        better = ~(self.blur[where] <= other.blur)
        at = where[better]
        self.slope[at], self.kink[at], self.blur[at] = other.slope[better], other.kink[better], other.blur[better]

    def truth(self) -> Truth:
        """Return them as what a gradient should be."""
        slope = np.where(np.isfinite(self.blur), self.slope, np.nan)
        half = 0.5 * self.kink
        reasons = {
            int(i): f"the loss has a kink here: its slope is {slope[i] - half[i]:.3g} on one side "
            f"and {slope[i] + half[i]:.3g} on the other"
            for i in np.flatnonzero(half > 0)
        }
        return Truth(slope - half, slope + half, np.zeros_like(slope), self.blur, METHOD, reasons)


class _Scan:
    """One loss around one θ."""

    def __init__(self, loss: Loss, theta: Array, rounding: float) -> None:
        self._loss, self._theta, self._known = loss, theta, rounding
        self._scale = np.maximum(1.0, np.abs(theta))
        self._here = loss(theta.copy())
        self._ways = np.random.default_rng(_SEED).choice((-1.0, 1.0), len(theta))
        self._noises: dict[float, float] = {}

    def slopes(self, entries: Indices, steps: Sequence[float]) -> _Slopes:
        """Find the slope of each entry at the step, but the first and the last, at which it is known best."""
        tried = [self._at(entries, step) for step in steps]
        slopes, gaps, noises = (np.stack(parts) for parts in zip(*tried, strict=True))
        jumps = np.abs(np.diff(slopes, axis=0))
        kinks = np.abs(_RATIO * gaps[1:] - gaps[:-1]) / (_RATIO - 1)  # gap(h) = kink + h · curvature
        errors = np.maximum(jumps[:-1], jumps[1:]) + noises[1:-1]
        small = kinks[1:] <= np.maximum(_SHARP * np.abs(slopes[1:-1]), 10 * noises[2:])
        errors = np.where(small, errors + 0.5 * kinks[1:], errors)
        errors = np.where(np.isfinite(errors), errors, np.inf)
        best, at = errors.argmin(axis=0), np.arange(len(entries))
        kink = np.where(small, 0.0, kinks[1:])[best, at]
        return _Slopes(slopes[1:-1][best, at], kink, errors[best, at])

    def _at(self, entries: Indices, step: float) -> tuple[Array, Array, Array]:
        """Return slope, difference of the slopes of both sides, and noise of the slope, each (entries,)."""
        moved = self._theta.copy()
        slopes, gaps, noises = (np.empty(len(entries)) for _ in range(3))
        for i, entry in enumerate(entries.tolist()):
            value, h = self._theta[entry], step * self._scale[entry]
            moved[entry] = value + h
            above, right = self._loss(moved), moved[entry] - value
            moved[entry] = value - h
            below, left = self._loss(moved), value - moved[entry]
            moved[entry] = value
            slopes[i] = _mean(np.subtract(above, below)) / (right + left)
            gaps[i] = _mean(np.abs(np.subtract(above, self._here) / right - np.subtract(self._here, below) / left))
            size = max(_mean(np.abs(above)), _mean(np.abs(below)))
            noises[i] = (self._noise(step) + _ROUNDING * size + self._known) / h
        return slopes, gaps, noises

    def _noise(self, step: float) -> float:
        """Return what rounding makes of the loss as far from θ as a step leads."""
        if step not in self._noises:
            way = self._ways * step * self._scale / math.sqrt(len(self._theta))
            values = [_mean(self._loss(self._theta + way * (1.0 + _CLOSE * i))) for i in range(_POINTS)]
            self._noises[step] = min(_spread(np.diff(values, n=order), order) for order in _ORDERS)
        return self._noises[step]


def _mean(values: float | Array) -> float:
    """Return the mean of the samples' losses, summed without rounding where they are finite."""
    each = np.atleast_1d(values)
    if not np.isfinite(each).all():
        return math.nan
    return math.fsum(each.tolist()) / len(each)


def _spread(differences: Array, order: int) -> float:
    """Return the deviation of values whose differences of an order these are, if nothing but noise is left in them."""
    share = math.factorial(order) ** 2 / math.factorial(2 * order)
    return math.sqrt(share * float(np.mean(differences**2)))
