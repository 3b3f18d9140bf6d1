"""How much work a search may do: counted in computing time, so that it finds the same on a busy machine."""

from __future__ import annotations

import os


class Budget:
    """Seconds of computing, of this process and of those that it waited for."""

    def __init__(self, seconds: float) -> None:
        self._end = _spent() + seconds

    @property
    def is_spent(self) -> bool:
        """Return whether nothing is left."""
        return _spent() > self._end


def _spent() -> float:
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system
