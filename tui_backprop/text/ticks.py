"""Where the numbers of an axis are, and how they are written."""

from __future__ import annotations

import math

from tui_backprop.text.minus import minus

_WITHIN = ((1,), (1, 3), (1, 2, 5), (1, 1.5, 2, 3, 5, 7), tuple(range(10, 100)))  # of a decade, from coarse to fine
_PLAIN = range(-3, 5)  # powers of ten that are written out


def log_ticks(low: float, high: float, most: int) -> list[float]:
    """Return up to `most` round numbers from `low` to `high`, both above 0: whole decades where there are two of them.

    Over many decades it is every second, third … of them; within one or two, round parts of a decade.
    """
    first, last = math.floor(math.log10(low)), math.ceil(math.log10(high))
    for parts in _WITHIN:
        shift = 1 if parts[0] == 10 else 0
        found = [part * 10.0 ** (power - shift) for power in range(first, last + 1) for part in parts]
        inside = [tick for tick in found if low * (1 - 1e-9) <= tick <= high * (1 + 1e-9)]
        if len(inside) >= 2:
            return _every(inside, most)
    return [low, high] if high > low else [low]


def even_ticks(low: float, high: float, most: int) -> list[float]:
    """Return up to `most` round numbers, evenly spaced, from `low` to `high`, which is larger."""
    rough = (high - low) / max(1, most)
    power = 10.0 ** math.floor(math.log10(rough))
    grain = power * next(part for part in (1, 2, 5, 10) if part * power >= rough * (1 - 1e-9))
    first, last = math.ceil(low / grain - 1e-9), math.floor(high / grain + 1e-9)
    return [place * grain for place in range(first, last + 1)]


def _every(ticks: list[float], most: int) -> list[float]:
    """Leave out as many as it takes, evenly; where there are decades among them, a whole number of them."""
    step = math.ceil(len(ticks) / max(2, most))
    return ticks[(len(ticks) - 1) % step :: step]


def tick_text(value: float) -> str:
    """Write a round number: 0.001 to 10000 as they are, others as a power of ten, `1e−9`."""
    power = math.floor(math.log10(value) + 1e-12)
    if power in _PLAIN:
        return f"{value:.10g}"
    mantissa = f"{value / 10.0**power:.3g}"
    return minus(f"{mantissa}e{power}")
