"""Isotonic regression: the best answers that only rise, or only fall, for any of the losses here."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from tui_backprop.core.arrays import Array, Indices, distinct
from tui_backprop.core.operations.losses import absolute_slope, huber_slope
from tui_backprop.diagnosis.reference import BISECTIONS

_SLOPES: dict[str, Callable[[Array, Array], Array]] = {"absolute": absolute_slope, "huber": huber_slope}
# For every other loss a group's best answer is its mean, and then the best rising answers are those of the squared error
# (Barlow et al. 1972, theorem 1.10).


def rising_fit(loss: str, targets: Array, place: Indices) -> Array:
    """Return the never falling answers, (places,), with the smallest loss over `targets` (rows,).

    Args:
        loss: a loss by name, convex.
        targets: (rows,).
        place: where each sample lies on the axis, (rows,), from 0 and without a gap; those of one place have one answer.
    """
    if loss in _SLOPES:
        return _by_partitioning(_SLOPES[loss], targets, place)
    sizes = np.bincount(place)
    return _by_pooling(np.bincount(place, targets) / sizes, sizes.astype(np.float64))


def _by_pooling(means: Array, weights: Array) -> Array:
    """Squared error: a mean below the one before it is pooled with it, and so on (Ayer et al. 1955)."""
    pools: list[tuple[float, float, int]] = []  # the mean, its weight, and how many places have it
    for mean, weight in zip(means.tolist(), weights.tolist(), strict=True):
        pool = mean, weight, 1
        while pools and pools[-1][0] > pool[0]:
            before = pools.pop()
            both = before[1] + pool[1]
            pool = (before[0] * before[1] + pool[0] * pool[1]) / both, both, before[2] + pool[2]
        pools.append(pool)
    return np.repeat([mean for mean, _, _ in pools], [places for _, _, places in pools])


def _by_partitioning(slope: Callable[[Array, Array], Array], targets: Array, place: Indices) -> Array:
    """Any convex loss by bisection, all places at once (isotonic regression by partitioning, Stout 2013).

    Where the answers of a block of places are known to lie between two numbers, the sums of the loss's slopes at their
    middle tell which of the places from the left lie below it and which above, and each part is a block of its own from
    then on.
    """
    places = int(place.max()) + 1
    first = np.zeros(places, dtype=np.int64)  # of the block that a place belongs to
    low, high = np.full(places, targets.min()), np.full(places, targets.max())
    for _ in range(BISECTIONS):
        middle = low + 0.5 * (high - low)
        if ((middle == low) | (middle == high)).all():
            break
        slopes = np.bincount(place, slope(middle[place], targets)).astype(np.float64)
        above = _above(slopes, first)
        low, high = np.where(above, middle, low), np.where(above, high, middle)
        begins = np.diff(first, prepend=-1) + np.diff(above, prepend=False) != 0
        first = np.maximum.accumulate(np.where(begins, np.arange(places), 0))
    return np.asarray(low + 0.5 * (high - low))


def _above(slopes: Array, first: Indices) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Tell which places of each block lie above, (places,): all from where the slopes before sum to the most, to its end."""
    begins = distinct(first)
    before = np.cumsum(slopes) - slopes
    before -= before[first]
    ends = np.append(begins[1:], len(slopes)) - 1
    most = np.maximum.reduceat(before, begins)
    lengths = np.diff(np.append(begins, len(slopes)))
    whole = before[ends] + slopes[ends]  # where even the whole block sums to more, none of it lies above
    peak = np.repeat(np.where(whole > most, np.inf, most), lengths)
    reached = np.cumsum(before >= peak)
    return np.asarray(reached > np.where(first > 0, reached[first - 1], 0))


def monotone_fits(loss: str, x: Array, targets: Array) -> tuple[Array, Array]:
    """Return the best rising and the best falling answer to each target, both (rows, outputs), for inputs `x` (rows,)."""
    place = np.unique(x, return_inverse=True)[1]
    rising = [rising_fit(loss, column, place)[place] for column in targets.T]
    falling = [-rising_fit(loss, -column, place)[place] for column in targets.T]
    return np.column_stack(rising), np.column_stack(falling)
