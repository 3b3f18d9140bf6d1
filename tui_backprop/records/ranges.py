"""The ends of an axis: apart from each other, and such that their difference is a number."""

from __future__ import annotations

_FARTHEST = 8e307  # the difference of ±this is finite, with some room to spare
_FINEST = 1e-3  # share of a large single value that is room around it


def apart(low: float, high: float, room: float = 1.0) -> tuple[float, float]:
    """Return the ends of an axis from `low` to `high`; around a single value there is `room`, or more if it is large.

    Numbers that are near the ends of float64 are drawn in to where they can be subtracted.
    """
    low, high = (min(max(end, -_FARTHEST), _FARTHEST) for end in (low, high))
    if high > low:
        return low, high
    room = max(room, _FINEST * abs(low))
    return low - room, high + room
