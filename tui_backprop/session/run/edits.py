"""Edits: what was changed during a run, and when."""

from __future__ import annotations

from dataclasses import dataclass

Values = float | tuple[float, ...]
"""A value for all entries that a name stands for, or one for each in their order in θ."""


@dataclass(frozen=True)
class Edit:
    """A change made before the update from `step` to `step + 1`."""

    step: int
    changes: tuple[tuple[str, object], ...]
    """(recipe field, new value), …; a data set is the field `source`."""
    parameters: tuple[tuple[str, Values], ...]
    """(parameter or entry, new value or values), …."""
    summary: str
    """What people read: `η 0.1 → 1`."""
    origin: str = ""
    """The file that the parameters were loaded from."""
