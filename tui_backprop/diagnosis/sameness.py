"""When numbers that were computed in two ways are the same, but for rounding and perhaps a factor."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tui_backprop.core.arrays import Array

TOLERANCE = 1e-6
"""Relative difference up to which numbers are the same."""

_ROUNDING = 1e-13  # of the largest gradient; what is below it is what float64 leaves of an exact 0


def without_rounding(part: Array, largest: float) -> Array:
    """Return the array, or exact zeros where it is what rounding leaves beside a gradient with entries up to `largest`."""
    return part if np.abs(part).max() > _ROUNDING * largest else np.zeros_like(part)


def same(one: float | None, other: float | None) -> bool:
    """Whether two numbers, or the lack of them, are the same but for rounding."""
    if one is None or other is None:
        return one is other
    return abs(one - other) <= TOLERANCE * max(abs(one), abs(other))


def common_factor(observed: Sequence[Array], made: Sequence[Array]) -> tuple[bool, float | None]:
    """Return whether all that was observed is one factor times what was made, and the factor; None where both are 0.

    Args:
        observed: arrays of any shapes.
        made: of the same shapes.
    """
    lengths = [float(np.linalg.norm(part)) for part in observed]
    longest = max(lengths)
    if longest == 0.0:
        return all(float(np.abs(part).max()) <= _ROUNDING for part in made), None
    floor = 1e-12 * longest
    top = bottom = 0.0
    for seen, part, length in zip(observed, made, lengths, strict=True):
        size = max(length, floor) ** 2
        top += float(np.vdot(seen, part)) / size
        bottom += float(np.vdot(part, part)) / size
    if not (np.isfinite(bottom) and bottom > 0.0):
        return False, None
    factor = top / bottom
    fits = factor != 0.0 and all(
        float(np.linalg.norm(seen - factor * part)) <= TOLERANCE * max(length, floor)
        for seen, part, length in zip(observed, made, lengths, strict=True)
    )
    return fits, factor


def shares_of(
    observed: Sequence[Array], one: Sequence[Array], other: Sequence[Array]
) -> tuple[float | None, float | None]:
    """Return a and b, both not 0, where all that was observed is a·one + b·other; None and None where it is not.

    Args:
        observed: arrays of any shapes.
        one: of the same shapes.
        other: of the same shapes.
    """
    seen, left, right = (np.concatenate([part.ravel() for part in parts]) for parts in (observed, one, other))
    lengths = float(np.linalg.norm(left)), float(np.linalg.norm(right))
    if not (np.isfinite(sum(lengths)) and len(seen) > 2 and min(lengths) > 0.0):
        return None, None
    left, right = left / lengths[0], right / lengths[1]
    both, on_left, on_right = (float(np.vdot(*pair)) for pair in ((left, right), (left, seen), (right, seen)))
    apart = 1.0 - both * both  # the square of the sine of the angle between the two
    if apart <= TOLERANCE:
        return None, None
    shares = (on_left - both * on_right) / apart, (on_right - both * on_left) / apart
    size = float(np.linalg.norm(seen))
    gap = float(np.linalg.norm(shares[0] * left + shares[1] * right - seen))
    if gap > TOLERANCE * size or min(map(abs, shares)) <= TOLERANCE * size:
        return None, None
    return shares[0] / lengths[0], shares[1] / lengths[1]
