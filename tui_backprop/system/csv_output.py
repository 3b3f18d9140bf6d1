"""Tables written as CSV."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence

from tui_backprop.system.outputs import Output

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def write_csv(output: Output, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Write a table; a file that was there is replaced at once, or left as it was.

    Raises:
        OutputError: it cannot be written.
    """
    with output.writing() as file:
        writer = csv.writer(file)
        writer.writerow(map(plain_cell, header))
        writer.writerows(map(plain_cell, row) for row in rows)


def plain_cell(value: object) -> object:
    """Return a cell that no spreadsheet takes for a formula: a text that begins like one gets an apostrophe before it."""
    if isinstance(value, str) and value.startswith(_FORMULA):
        try:
            float(value)
        except ValueError:
            return f"'{value}"
    return value
