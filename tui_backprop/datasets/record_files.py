"""Tables whose file itself tells numbers from texts: records in JSON, sheets, and Parquet."""

from __future__ import annotations

import json
import math
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from io import BytesIO
from typing import Any, NoReturn

from tui_backprop.datasets.columns import MAX_COLUMNS, MAX_NUMBERS, Column, read_rows
from tui_backprop.datasets.content import Content
from tui_backprop.datasets.dataset import SourceError
from tui_backprop.datasets.numerals import Cell
from tui_backprop.datasets.reading import TableOptions
from tui_backprop.datasets.table import Table, check_names, numbered
from tui_backprop.text.cleaning import clean

_MAX_JSON = 2**25  # bytes: what is read from JSON takes more than 20 times as much
_MAX_SHEET = 2**28  # bytes that a workbook unpacks to
INSTALL = "pip install 'tui-backprop[tables]' brings it, or save the table as CSV"


def read_json(content: Content, reading: TableOptions) -> Table:
    """Read JSON: a list of records, a record a line, a list of lists, or an object of lists.

    Raises:
        SourceError: it is not JSON, or not of such a form.
    """
    shown = content.shown
    data = content.read(_MAX_JSON, "JSON")
    try:
        text = data.decode("utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
    except UnicodeDecodeError:
        raise SourceError(f"{shown}: this is not UTF-8 text, which JSON is") from None
    found = _parsed(shown, text)
    if isinstance(found, Mapping):
        lists = [value for value in found.values() if isinstance(value, list)]
        records = [values for values in lists if values and isinstance(values[0], Mapping)]
        if not records and lists and len(lists) == len(found) and len({len(values) for values in lists}) == 1:
            return _table(shown, tuple(found), list(zip(*lists, strict=True)), reading)
        found = records[0] if len(records) == 1 else None
    if not isinstance(found, list) or not found:
        _refuse_json(shown)
    if all(isinstance(record, Mapping) for record in found):
        names = tuple(dict.fromkeys(name for record in found for name in record))
        return _table(shown, names, [[record.get(name) for name in names] for record in found], reading)
    if all(isinstance(record, list) for record in found):
        return table_of_rows(shown, found, reading)
    _refuse_json(shown)


def _refuse_json(shown: str) -> NoReturn:
    raise SourceError(f'{shown}: expected a list of records, such as [{{"x": 1, "y": 2}}, …]')


def _parsed(shown: str, text: str) -> Any:
    """Parse JSON, or a JSON value a line."""
    try:
        return json.loads(text)
    except RecursionError:
        raise SourceError(f"{shown}: it is nested too deeply") from None
    except ValueError as error:
        lines = [line for line in text.splitlines() if line.strip()]
        try:
            if len(lines) > 1 and lines[0].lstrip().startswith(("{", "[")):
                return [json.loads(line) for line in lines]
        except (ValueError, RecursionError):
            pass
        line, said = getattr(error, "lineno", 1), getattr(error, "msg", str(error))
        raise SourceError(f"{shown}:{line}: this is not JSON: {clean(said)}") from None


def table_of_rows(shown: str, rows: Sequence[Sequence[Any]], reading: TableOptions) -> Table:
    """Return a table whose first row has the names, unless the options say that there is no header.

    Raises:
        SourceError: the header cannot name columns.
    """
    width = max(map(len, rows))
    if reading.no_header:
        return _table(shown, numbered(width), rows, reading)
    header = ["" if cell is None else str(cell) for cell in rows[0]]
    if header and all(isinstance(cell, int | float) for cell in rows[0]):
        raise SourceError(f"{shown}: the first row looks like data, not a header: --no-header reads it as data")
    return _table(shown, (*header, *[""] * (width - len(header))), rows[1:], reading, first=2)


def _table(
    shown: str, names: Sequence[str], rows: Sequence[Sequence[Any]], reading: TableOptions, first: int = 1
) -> Table:
    width = len(names)
    if width > MAX_COLUMNS or width * len(rows) > MAX_NUMBERS:
        raise SourceError(
            f"{shown}: {len(rows):,} rows of {width:,} columns are too many here: a CSV file may have more"
        )
    labels, unnamed = check_names(shown, [str(name) for name in names])

    @contextmanager
    def cells() -> Iterator[Iterator[tuple[int, Sequence[Cell]]]]:
        yield (
            (at, [cell_of(shown, at, value) for value in row] + [None] * (width - len(row)))
            for at, row in enumerate(rows, start=first)
        )

    def read(wanted: Sequence[int]) -> tuple[list[Column], list[str]]:
        return read_rows(shown, labels, cells, wanted, decimal=reading.decimal, default="point")

    return Table(shown, labels, read, (), unnamed)


def cell_of(shown: str, row: int, value: Any) -> Cell:
    """Return a value as a cell; yes and no are 1 and 0, and what is no value of one cell is refused.

    Raises:
        SourceError: it is a list or an object.
    """
    if value is None or isinstance(value, str):
        return value if value is None else value.strip()
    if isinstance(value, int | float):
        try:
            return float(value)
        except OverflowError:
            return math.inf
    if isinstance(value, list | dict):
        raise SourceError(
            f"{shown}: record {row}: a value is itself a list or an object: a number or a text is expected"
        )
    return str(value)  # a date or a time


def read_sheet(content: Content, reading: TableOptions) -> Table:
    """Read the first sheet of a workbook that has anything in it.

    Raises:
        SourceError: the library is not installed, or the workbook cannot be read.
    """
    shown = content.shown
    try:
        from python_calamine import CalamineError, CalamineWorkbook  # an extra  # noqa: PLC0415
    except ImportError:
        raise SourceError(f"{shown}: reading a workbook needs the package python-calamine: {INSTALL}") from None
    data = content.read(_MAX_SHEET, "a workbook")
    _check_unpacked(shown, data)
    try:
        workbook = CalamineWorkbook.from_filelike(BytesIO(data))
        names = workbook.sheet_names
        sheets = ((name, workbook.get_sheet_by_name(name).to_python(skip_empty_area=True)) for name in names)
        name, rows = next(((name, rows) for name, rows in sheets if rows), ("", []))
    except (CalamineError, ValueError, OSError):
        raise SourceError(f"{shown}: the workbook is damaged, or is none") from None
    filled = [[None if cell == "" else cell for cell in row] for row in rows]
    filled = [row for row in filled if any(cell is not None for cell in row)]
    if not filled:
        raise SourceError(f"{shown}: the file is empty")
    table = table_of_rows(shown, filled, reading)
    notes = (f"the first sheet, '{clean(name)}', is read; there are {len(names)}",) if len(names) > 1 else ()
    return Table(shown, table.names, table.read, (), table.unnamed, notes)


def _check_unpacked(shown: str, data: bytes) -> None:
    """Check that a packed workbook does not unpack to more than there is memory for."""
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            size = sum(entry.file_size for entry in archive.infolist())
    except zipfile.BadZipFile:
        return  # an old one, which is not packed
    if size > _MAX_SHEET:
        raise SourceError(f"{shown}: it unpacks to more than {_MAX_SHEET // 2**20} MiB: a CSV file may have more")
