"""Tables written as CSV."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence

from tui_backprop.system.outputs import Output


def write_csv(output: Output, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Write a table; a file that was there is replaced at once, or left as it was.

    Raises:
        OutputError: it cannot be written.
    """
    with output.writing() as file:
        writer = csv.writer(file)
        writer.writerow(header)
        writer.writerows(rows)
