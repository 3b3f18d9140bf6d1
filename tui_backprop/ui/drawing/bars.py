"""Small drawings in a line of text: signed bars and sparklines."""

from __future__ import annotations

import math
from collections.abc import Sequence

_LEFT = " ▐"  # half a cell that hangs on the zero line from the left
_RIGHT = " ▌"
_LEVELS = "▁▂▃▄▅▆▇█"
_HEIGHTS = " " + _LEVELS


def signed_bar(value: float, largest: float, half: int) -> tuple[str, str]:
    """Return the cells left and right of a zero line for a value in −largest … largest, `half` cells each."""
    share = abs(value) / largest if largest > 0 and math.isfinite(value) else 0.0
    units = min(2 * half, math.ceil(2 * half * share))  # in half cells, so that what is not 0 always shows
    whole, part = divmod(units, 2)
    if value < 0:
        return (_LEFT[part] * part + "█" * whole).rjust(half), " " * half
    return " " * half, ("█" * whole + _RIGHT[part] * part).ljust(half)


def sparkline(values: Sequence[float]) -> str:
    """Return one character for each value, lowest to highest; not finite is a blank."""
    finite = [value for value in values if math.isfinite(value)]
    if not finite:
        return " " * len(values)
    low, span = min(finite), max(finite) - min(finite)
    return "".join(
        " " if not math.isfinite(value) else _LEVELS[round((value - low) / span * 7) if span > 0 else 0]
        for value in values
    )


def columns_of(shares: Sequence[float], rows: int) -> list[str]:
    """Return the lines, from top to bottom, of bars that are side by side, each `rows` high at 1; what is not 0 shows."""
    eighths = [min(8 * rows, math.ceil(8 * rows * share)) for share in shares]
    return [
        "".join(_HEIGHTS[max(0, min(8, eighth - 8 * below))] for eighth in eighths) for below in reversed(range(rows))
    ]
