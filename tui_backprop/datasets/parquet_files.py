"""Parquet files: numbers column by column, as the file has them, and the rest as cells."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from io import BytesIO
from typing import Any

from tui_backprop.datasets.array_files import column_of_values
from tui_backprop.datasets.columns import Column, check_size, read_rows
from tui_backprop.datasets.content import MAX_BYTES, Content
from tui_backprop.datasets.dataset import SourceError
from tui_backprop.datasets.numerals import Cell
from tui_backprop.datasets.reading import TableOptions
from tui_backprop.datasets.record_files import INSTALL, cell_of
from tui_backprop.datasets.table import Table, check_names


def read_parquet(content: Content, reading: TableOptions) -> Table:
    """Find out what the columns of a Parquet file are called.

    Raises:
        SourceError: the library is not installed, or the file cannot be read.
    """
    shown = content.shown
    try:
        import pyarrow  # an extra  # noqa: PLC0415
        import pyarrow.parquet  # noqa: PLC0415
    except ImportError:
        raise SourceError(f"{shown}: reading Parquet needs the package pyarrow: {INSTALL}") from None
    damaged = SourceError(f"{shown}: the Parquet file is damaged, or is none")
    try:
        file = pyarrow.parquet.ParquetFile(BytesIO(content.read(MAX_BYTES, "a Parquet file")))
        named, count = file.schema_arrow.names, file.metadata.num_rows
    except (pyarrow.ArrowException, OSError, ValueError):
        raise damaged from None
    names, unnamed = check_names(shown, named)

    def read(wanted: Sequence[int]) -> tuple[list[Column], list[str]]:
        check_size(shown, count, len(wanted))
        found: dict[int, Column] = {}
        cells: dict[int, list[Any]] = {}
        for at in dict.fromkeys(wanted):
            try:
                values = file.read(columns=[named[at]]).column(0)
                is_number = pyarrow.types.is_integer(values.type) or pyarrow.types.is_floating(values.type)
                numbers = values.cast(pyarrow.float64(), safe=False).to_numpy() if is_number else None
                cells |= {} if is_number else {at: values.to_pylist()}
            except (pyarrow.ArrowException, OSError, ValueError):
                raise damaged from None
            if numbers is not None:
                found[at] = column_of_values(shown, names[at], numbers)
        others, notes = _from_cells(shown, [names[at] for at in cells], list(cells.values()), reading)
        found |= dict(zip(cells, others, strict=True))
        return [found[at] for at in wanted], notes

    return Table(shown, names, read, (), unnamed)


def _from_cells(
    shown: str, names: Sequence[str], columns: Sequence[Sequence[Any]], reading: TableOptions
) -> tuple[list[Column], list[str]]:
    """Read columns that are not numbers throughout."""

    @contextmanager
    def rows() -> Iterator[Iterator[tuple[int, Sequence[Cell]]]]:
        yield (
            (at, [cell_of(shown, at, value) for value in row])
            for at, row in enumerate(zip(*columns, strict=True), start=1)
        )

    if not columns:
        return [], []
    return read_rows(shown, names, rows, range(len(names)), decimal=reading.decimal, default="point")
