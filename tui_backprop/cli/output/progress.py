"""Progress bars on standard error, where that is a terminal."""

from __future__ import annotations

import sys
import time

from tui_backprop.session.sweep.wording import duration, seconds_left

_WIDTH = 30
_INTERVAL = 0.1  # seconds between two paintings


class Bar:
    """A bar with a text behind it; on anything but a terminal it stays silent."""

    def __init__(self, *, silent: bool = False) -> None:
        self._shown = sys.stderr.isatty() and not silent
        self._next = 0.0

    def due(self) -> bool:
        """Whether it is time to paint: at most ten times a second."""
        now = time.monotonic()
        if not self._shown or now < self._next:
            return False
        self._next = now + _INTERVAL
        return True

    def paint(self, share: float, text: str) -> None:
        """Paint the bar with so much of it filled, 0 … 1."""
        filled = int(_WIDTH * share)
        bar = "━" * filled + "╌" * (_WIDTH - filled)
        print(f"\r{bar} {text}\033[K", end="", file=sys.stderr, flush=True)

    def close(self) -> None:
        """Wipe the bar."""
        if self._shown:
            print("\r\033[K", end="", file=sys.stderr, flush=True)


class Progress(Bar):
    """Shows how far a run is."""

    def __init__(self, total: int, *, silent: bool = False) -> None:
        super().__init__(silent=silent)
        self._total = max(total, 1)
        self._started = time.monotonic()

    def show(self, step: int, loss: float | None = None) -> None:
        """Paint the bar at `step`, with the loss and the time that is left."""
        if self.due():
            left = seconds_left(step / self._total, time.monotonic() - self._started)
            said = "" if loss is None else f"  loss {loss:.4g}"
            said += "" if left is None else f"  {duration(left)} left"
            self.paint(step / self._total, f"step {step:,} of {self._total:,}{said}")


class SweepProgress(Bar):
    """Shows how far a sweep is, and how long it will take."""

    def __init__(self, total: int, *, silent: bool = False) -> None:
        super().__init__(silent=silent)
        self._total = total
        self._started = time.monotonic()

    def show(self, share: float, runs: int) -> None:
        """Paint the bar, with so much of the work and so many runs done."""
        if self.due():
            left = seconds_left(share, time.monotonic() - self._started)
            said = "" if left is None else f", {duration(left)} left"
            self.paint(share, f"{runs:,} of {self._total:,} runs{said}")
