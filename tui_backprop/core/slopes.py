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
from typing import Any

import numpy as np

from tui_backprop.core.arrays import Array, Indices
from tui_backprop.core.judge import CAUTION, Truth

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
_WAYS = 6  # in which the last bits of predictions are moved besides
_DIRECTIONS = 2  # in which a kink is looked for
_UNSETTLED = 0.1  # of the slope: steps whose slopes differ by more have not come near it, unless it is for noise,
_FAR_FROM_NOISE = 100.0  # which is so many times smaller
_DROWNED = (
    1e-9  # of the loss: what scatters by more turns within the smallest distances, which no step is small enough for
)
_SHARP = 1e-3  # of the slope: below it, a difference between both sides is not called a kink of this entry,
_NOTICED = 1e-6  # and still one of the loss, at which other rules may be right, where it is the same at several steps,
_STEADY = 0.1  # within this share


def slopes_of_loss(loss: Loss, theta: Array, entries: Indices | None = None, rounding: float = 0.0) -> Truth:
    """Measure ∂L/∂θ of some entries, all by default; each array of the truth is in their order.

    Where the slopes on the two sides of θ differ (a kink), everything between is right: with the losses of the samples, what
    lies between the sums of each sample's smaller and larger slope, and otherwise between the two slopes of the whole. Of
    what lies outside nothing is known there: with several units at a kink in one sample it may be right as well.

    Args:
        loss: finite near θ where anything shall be told.
        theta: θ, (size,).
        entries: positions in θ.
        rounding: a noise of the loss that the caller knows of, such as `prediction_noise`; it is added to what is measured.
    """
    chosen = np.arange(len(theta)) if entries is None else np.asarray(entries)
    with np.errstate(all="ignore"):
        scan = _Scan(loss, theta, rounding)
        found = scan.slopes(chosen, _STEPS)
        rest = np.flatnonzero(~(found.blur <= _RESOLVED * np.abs(found.slope)))
        if len(rest):
            found.put(rest, scan.slopes(chosen[rest], _MORE_STEPS))
        return found.truth(at_kink=scan.at_kink())


def prediction_noise(loss: Callable[[Array], float], prediction: Array) -> float:
    """Return what the last bit of a prediction, or of a 1 that it was computed with, does to its loss.

    It is much for log(1 − ŷ) where ŷ is nearly 1, and for log ŷ where ŷ is nearly 0 and comes from 1 + tanh: the loss has
    flat steps there, which no scatter shows. It belongs into the `rounding` of `slopes_of_loss`.
    """
    bit, random = 2 * _ROUNDING * np.maximum(1.0, np.abs(prediction)), np.random.default_rng(_SEED)
    # Some ways are mixed: what one entry adds another one takes off.
    ways = [np.full(prediction.shape, 1.0), np.full(prediction.shape, -1.0)]
    ways += [random.choice(np.array([-1.0, 1.0]), prediction.shape) for _ in range(_WAYS)]
    with np.errstate(all="ignore"):
        here = loss(prediction)
        ends = [loss(prediction + way * bit) for way in ways]
    return max((abs(end - here) for end in ends if np.isfinite(end)), default=0.0)


@dataclass(frozen=True, eq=False)
class _Slopes:
    """What was found about some entries, each (entries,)."""

    slope: Array
    kink: Array
    """By how much the slopes of both sides differ; 0 where that is no more than noise."""
    blur: Array
    bend: Array
    """How much the last bit of the parameter changes the slope: a right formula is off by as much."""

    def put(self, where: Indices, other: _Slopes) -> None:
        """Take over those of another measurement."""
        self.slope[where], self.kink[where], self.blur[where] = other.slope, other.kink, other.blur
        self.bend[where] = other.bend

    def truth(self, *, at_kink: bool) -> Truth:
        """Return them as what a gradient should be, θ being at a kink or not."""
        slope = np.where(np.isfinite(self.blur), self.slope, np.nan)
        half = 0.5 * self.kink
        # Rules may take another side for each unit that is at a kink, and moving one parameter shows only two of the ways.
        apart = (half > 0) | at_kink
        blur, margin = np.where(apart, np.inf, self.blur), np.where(apart, CAUTION * self.blur, 0.0)
        reasons = dict.fromkeys(range(len(slope)) if at_kink else (), "the loss has a kink here, in some direction")
        reasons |= {
            int(i): f"the loss has a kink here: its slope is {slope[i] - half[i]:.3g} on one side "
            f"and {slope[i] + half[i]:.3g} on the other"
            for i in np.flatnonzero(half > 0)
        }
        unknown = np.flatnonzero(np.isnan(slope)).tolist()
        reasons |= dict.fromkeys(unknown, "values of the loss do not settle on a slope here, however small the step")
        return Truth(slope - half - margin, slope + half + margin, self.bend, blur, METHOD, reasons)


class _Scan:
    """One loss around one θ."""

    def __init__(self, loss: Loss, theta: Array, rounding: float) -> None:
        self._loss, self._theta, self._known = loss, theta, rounding
        self._scale = np.maximum(1.0, np.abs(theta))
        self._here = loss(theta.copy())
        self._ways = np.random.default_rng(_SEED).choice((-1.0, 1.0), len(theta))
        self._noises: dict[float, float] = {}
        self._bits = 0.0

    def slopes(self, entries: Indices, steps: Sequence[float]) -> _Slopes:
        """Find the slope of each entry at the step, but the first and the last, at which it is known best."""
        tried = [self._at(entries, step) for step in steps]
        slopes, gaps, noises = (np.stack(parts) for parts in zip(*tried, strict=True))
        noises += self._last_bits(entries, slopes) / np.outer(steps, self._scale[entries])
        jumps = np.abs(np.diff(slopes, axis=0))
        jumps, noise, inner = np.maximum(jumps[:-1], jumps[1:]), noises[1:-1], slopes[1:-1]
        kinks = _without_curvature(gaps[1:-1], gaps[2:])
        small = kinks <= np.maximum(_SHARP * np.abs(inner), 10 * noises[2:])
        errors = jumps + noise + np.where(small, 0.5 * kinks, 0.0)
        settled = jumps <= _UNSETTLED * np.abs(inner)
        usable = np.isfinite(errors + noises[2:]) & (settled | (jumps <= _FAR_FROM_NOISE * noise))
        errors = np.where(usable, errors, np.inf)
        best, at = errors.argmin(axis=0), np.arange(len(entries))
        slope, error = inner[best, at], errors[best, at]
        elsewhere = settled & usable & (np.abs(inner - slope) > CAUTION * (errors + error))
        error = np.where(elsewhere.any(axis=0), np.inf, error)
        distances = np.outer(steps, self._scale[entries])
        curvature = np.abs(gaps[1:-1] - gaps[2:]) / (distances[1:-1] - distances[2:])
        bend = 2 * _ROUNDING * self._scale[entries] * curvature[best, at]
        return _Slopes(slope, np.where(small, 0.0, kinks)[best, at], error, np.where(np.isfinite(bend), bend, 0.0))

    def _last_bits(self, entries: Indices, slopes: Array) -> float:
        """Return what the last bit of the parameter that matters most does to the loss, from slopes (steps, entries).

        Sums on the way are rounded by as much, always in the same way, which no scatter of losses shows.
        """
        effects = np.abs(np.median(slopes, axis=0)) * self._scale[entries]
        self._bits = max(self._bits, _ROUNDING * float(effects[np.isfinite(effects)].max(initial=0.0)))
        return self._bits

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
            gaps[i] = self._gap(above, below, right, left)
            noises[i] = self._noise_of(step, above, below) / h
        return slopes, gaps, noises

    def _gap(self, above: float | Array, below: float | Array, right: float, left: float) -> float:
        """Return by how much the slopes of both sides differ, the mean over the samples."""
        return _mean(np.abs(np.subtract(above, self._here) / right - np.subtract(self._here, below) / left))

    def _noise_of(self, step: float, above: float | Array, below: float | Array) -> float:
        """Return the noise of two losses that are a step away; ∞ where there is little else in them."""
        size, noise = max(_mean(np.abs(above)), _mean(np.abs(below))), self._noise(step)
        return np.inf if noise > _DROWNED * size else noise + _ROUNDING * size + self._known

    def at_kink(self) -> bool:
        """Whether the loss has another slope forwards than backwards in some direction in which all of θ is moved."""
        random = np.random.default_rng(_SEED)
        for _ in range(_DIRECTIONS):
            way = random.standard_normal(len(self._theta)) * self._scale / math.sqrt(len(self._theta))
            gaps, noises, size = [], [], 0.0
            for step in _STEPS:
                above, below = self._loss(self._theta + step * way), self._loss(self._theta - step * way)
                gaps.append(self._gap(above, below, step, step))
                noises.append(self._noise_of(step, above, below) / step)
                size = _mean(np.abs(np.subtract(above, below))) / step
            wider, found = _without_curvature(*gaps[:-1]), _without_curvature(*gaps[1:])
            clear = found > _FAR_FROM_NOISE * max(noises[1:])
            steady = abs(wider - found) <= _STEADY * found  # what only bends sharply leaves less at smaller steps
            if clear and found > (_NOTICED if steady else _SHARP) * size:
                return True
        return False

    def _noise(self, step: float) -> float:
        """Return what rounding makes of the loss as far from θ as a step leads."""
        if step not in self._noises:
            way = self._ways * step * self._scale / math.sqrt(len(self._theta))
            values = [_mean(self._loss(self._theta + way * (1.0 + _CLOSE * i))) for i in range(_POINTS)]
            self._noises[step] = min(_spread(np.diff(values, n=order), order) for order in _ORDERS)
        return self._noises[step]


def _without_curvature(at_step: Any, at_next: Any) -> Any:
    """Return what is left at 0 of gap(h) = kink + h · curvature, from its values at a step and at the next one."""
    return np.abs(_RATIO * at_next - at_step) / (_RATIO - 1)


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
