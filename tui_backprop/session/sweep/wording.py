"""Numbers as words: how many, how long, and short enough for the cells of a table."""

from __future__ import annotations

import math


def counted(count: float, what: str) -> str:
    """Write `1 step`, `2 steps`, `1,000 steps`."""
    return f"{count:,.0f} {what}{'' if count == 1 else 's'}"


def short_loss(value: float, digits: int = 3) -> str:
    """Write a loss in at most `digits` + 2 characters: `.247`, `1.25`, `3e-5`, `div` for one that diverged."""
    if math.isnan(value):
        return "·"
    if math.isinf(value):
        return "div"
    least = 0.5 * 10.0**-digits
    if least <= value < 1 - least:
        return f"{value:.{digits}f}"[1:]
    if value == 0 or 1 - least <= value < 999.5:
        return f"{value:.3g}"
    return f"{value:.0e}".replace("e-0", "e-").replace("e+0", "e").replace("e+", "e")


def steps_in_short(steps: float) -> str:
    """Write a number of steps in at most four characters."""
    for size, letter in ((1e6, "M"), (1e3, "k")):
        if steps >= size:
            return f"{steps / size:.1f}{letter}" if steps < 9.95 * size else f"{steps / size:.0f}{letter}"
    return f"{steps:.0f}"


def duration(seconds: float) -> str:
    """Write a stretch of time in its two largest units: `40 s`, `3 min 20 s`, `2 h 5 min`."""
    whole = max(0, round(seconds))
    for size, unit, smaller, part in ((3600, "h", 60, "min"), (60, "min", 1, "s")):
        if whole >= size:
            return f"{whole // size} {unit} {whole % size // smaller} {part}"
    return f"{whole} s"


def seconds_left(share: float, elapsed: float) -> float | None:
    """Return about how long it will take from here, when so much took so long; None where it is too early to say."""
    return elapsed * (1.0 - share) / share if share >= 0.01 and elapsed >= 0.5 else None
