"""The learning rates that + and − go along."""

from __future__ import annotations

RATES = (*(float(f"{digit}e{power}") for power in range(-6, 2) for digit in (1, 3)), 100.0)
"""0.000001, 0.000003, 0.00001 … 30, 100."""


def next_rate(rate: float, direction: int) -> float | None:
    """Return the next of `RATES` above (1) or below (−1) a rate; None where there is none."""
    beyond = [r for r in RATES if (r > rate * 1.001 if direction > 0 else r < rate * 0.999)]
    if not beyond:
        return None
    return min(beyond) if direction > 0 else max(beyond)
