"""A progress bar on standard error, where that is a terminal."""

from __future__ import annotations

import sys
import time

_WIDTH = 30
_INTERVAL = 0.1  # seconds between two paintings


class Progress:
    """Shows how far a run is; on anything but a terminal it stays silent."""

    def __init__(self, total: int) -> None:
        self._total = max(total, 1)
        self._shown = sys.stderr.isatty()
        self._next = 0.0

    def show(self, step: int, loss: float) -> None:
        """Paint the bar at `step`, at most ten times a second."""
        now = time.monotonic()
        if self._shown and now >= self._next:
            self._next = now + _INTERVAL
            filled = _WIDTH * step // self._total
            bar = "━" * filled + "╌" * (_WIDTH - filled)
            print(
                f"\r{bar} step {step:,} of {self._total:,}  loss {loss:.4g}\033[K", end="", file=sys.stderr, flush=True
            )

    def close(self) -> None:
        """Wipe the bar."""
        if self._shown:
            print("\r\033[K", end="", file=sys.stderr, flush=True)
