"""How many steps a slice of training has, and how fast they go."""

from __future__ import annotations

SLICE = 0.002
"""Seconds of training between two turns of the event loop: short enough that a key is answered at once."""

SPEEDS: tuple[float | None, ...] = (1, 10, 100, 1000, None)
"""Steps a second that can be chosen; None for full speed."""

_MEMORY = 0.2  # share of the newest slice in the measured time of a step


class Pacer:
    """Says how many steps are due; it is told the time and has no clock of its own."""

    def __init__(self, speed: float | None) -> None:
        self.speed = speed
        self._step_time = SLICE / 4
        self._started: float | None = None
        self._made = 0

    def due(self, now: float) -> int:
        """Return how many steps to make now: what fits a slice, and at a chosen speed no more than the clock asks for."""
        fits = max(1, int(SLICE / self._step_time))
        if self.speed is None:
            return fits
        if self._started is None:
            self._started = now
        return max(0, min(fits, int((now - self._started) * self.speed) + 1 - self._made))

    def made(self, steps: int, seconds: float) -> None:
        """Note that `steps` took `seconds`."""
        self._made += steps
        if steps:
            self._step_time += _MEMORY * (max(seconds / steps, 1e-7) - self._step_time)
