"""Edits: what was changed during a run, and when."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Edit:
    """A change made before the update from `step` to `step + 1`."""

    step: int
    changes: tuple[tuple[str, object], ...]
    """(recipe field, new value), …; a data set is the field `source`."""
    parameters: tuple[tuple[str, float], ...]
    """(parameter or entry, new value), …."""
    summary: str
    """What people read: `η 0.1 → 1`."""
