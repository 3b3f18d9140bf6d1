"""How a table is to be understood: what the options of the command line say of it."""

from __future__ import annotations

from dataclasses import dataclass, fields

MISSING = ("drop", "mean", "error")
"""What is done about gaps: rows with one are left out, a gap is filled by its column's mean, or it is an error."""

TASKS = ("auto", "classes", "numbers")
"""What a target is taken for; `auto` decides by its values."""

DECIMALS = ("auto", "point", "comma")
"""The decimal mark of a table's numbers; `auto` decides by the numbers."""


@dataclass(frozen=True)
class TableOptions:
    """How a table is to be understood. Its fields are recipe fields of the same names."""

    target: tuple[str, ...] = ()
    """Target columns; empty for those that the data name, or the last one."""
    inputs: tuple[str, ...] = ()
    """Input columns; empty for all that are not targets."""
    missing: str = "drop"
    """One of `MISSING`."""
    task: str = "auto"
    """One of `TASKS`."""
    decimal: str = "auto"
    """One of `DECIMALS`."""
    no_header: bool = False
    """Whether the first row of a text table is data; the columns are then called x1, x2, …"""


READING_FIELDS = tuple(field.name for field in fields(TableOptions))
"""Names of its fields."""

AS_IT_IS = TableOptions()
"""Nothing is said: all is decided by the table."""
