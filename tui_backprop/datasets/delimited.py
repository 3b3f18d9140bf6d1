"""Delimited text, such as CSV and TSV: its encoding, its delimiter, its header and its cells."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from typing import TextIO

import numpy as np

from tui_backprop.core.arrays import Array
from tui_backprop.datasets.columns import Column, ambiguous_note, check_size, read_rows
from tui_backprop.datasets.content import Content
from tui_backprop.datasets.dataset import SourceError
from tui_backprop.datasets.numerals import Mark, cell_kind
from tui_backprop.datasets.reading import TableOptions
from tui_backprop.datasets.table import Table, check_names, numbered
from tui_backprop.text.cleaning import clean

_DELIMITERS = "\t;|,"  # a comma last: it is also a decimal mark
_LONGEST = 2**20  # characters of a line
_CHUNK = 200_000  # numbers parsed at once: enough for speed, few enough for little memory
_SAMPLE = 40  # rows that the delimiter and the header are judged by
_MOSTLY = 0.7  # share of every second byte that is 0 in UTF-16
_SEPARATOR_LINE = re.compile(r'"?sep=(?P<delimiter>.)"?\s*')  # which spreadsheets write and read as a first line

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


@dataclass(frozen=True, eq=False)
class _Text:
    """A text file and how it is to be cut."""

    content: Content
    encoding: str
    delimiter: str = ","
    skipped: int = 0
    """Lines before the first row."""

    @contextmanager
    def lines(self) -> Iterator[Iterator[str]]:
        """Give its lines; what is wrong with it ends as one sentence."""
        shown = self.content.shown
        try:
            with io.TextIOWrapper(self.content.open(), encoding=self.encoding, errors="replace", newline="") as file:
                found = _lines(file, shown)
                for _ in range(self.skipped):
                    next(found, None)
                yield found
        except UnicodeError:
            raise SourceError(f"{shown}: this is not text") from None
        except OSError as error:
            raise SourceError(f"{shown}: {error.strerror or error}") from None

    def records(self, lines: Iterator[str]) -> Iterator[tuple[int, list[str]]]:
        """Yield (physical line on which it ends, cells) of every row that is not blank."""
        shown, reader = self.content.shown, csv.reader(lines, delimiter=self.delimiter, strict=True)
        while True:
            try:
                row = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                problem = "a quote is not closed" if "unexpected end" in str(error) else str(error)
                if "field limit" in problem:
                    problem = f"a cell has more than {csv.field_size_limit():,} characters: is a quote not closed?"
                raise SourceError(f"{shown}:{reader.line_num + self.skipped}: {problem}") from None
            if any("\0" in cell for cell in row):
                raise SourceError(
                    f"{shown}:{reader.line_num + self.skipped}: this is not text: it contains a NUL character"
                )
            if row and not (len(row) == 1 and not row[0].strip()):
                yield reader.line_num + self.skipped, [cell.strip() for cell in row]


def read_delimited(content: Content, reading: TableOptions) -> Table:
    """Find out how a text file is to be cut, and what its columns are called.

    Raises:
        SourceError: it is empty or not text, or its header cannot name columns.
    """
    shown = content.shown
    encoding, notes = _encoding_of(content)
    text = _cut(_Text(content, encoding))
    with text.lines() as lines:
        sample = list(islice(text.records(lines), 1))
    if not sample:
        raise SourceError(f"{shown}: the file is empty")
    (line, first), *_ = sample
    if reading.no_header:
        names, unnamed = check_names(f"{shown}:{line}", numbered(len(first)))
    else:
        _check_header(f"{shown}:{line}", first, _rows_below(text))
        names, unnamed = check_names(f"{shown}:{line}", first)

    def read(wanted: Sequence[int]) -> tuple[list[Column], list[str]]:
        return _read(text, names, wanted, reading)

    return Table(shown, names, read, (), unnamed, tuple(notes))


def _encoding_of(content: Content) -> tuple[str, list[str]]:
    """Return the encoding: by a byte order mark, else UTF-8 where all of it is, else that of Windows."""
    head = content.head
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            return encoding, []
    even, odd = head[0::2], head[1::2]
    if odd.count(0) > _MOSTLY * len(odd) and not even.count(0):
        return "utf-16-le", []
    if even.count(0) > _MOSTLY * len(even) and not odd.count(0):
        return "utf-16-be", []
    if 0 in head:
        line = head[: head.index(0)].count(b"\n") + 1
        raise SourceError(f"{content.shown}:{line}: this is not text: it contains a NUL character")
    decoder = codecs.getincrementaldecoder("utf-8")()
    with content.open() as file:
        try:
            while part := file.read(_LONGEST):
                decoder.decode(part)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return "cp1252", ["the text is not UTF-8: it is read as Windows-1252 (Latin-1)"]
        except OSError as error:
            raise SourceError(f"{content.shown}: {error.strerror or error}") from None
    return "utf-8", []


def _lines(file: TextIO, shown: str) -> Iterator[str]:
    """Yield lines, none so long that it takes the memory."""
    number = 0
    while line := file.readline(_LONGEST + 1):
        number += 1
        if len(line) > _LONGEST:
            raise SourceError(f"{shown}:{number}: the line has more than {_LONGEST:,} characters: is this a CSV file?")
        yield line


def _cut(text: _Text) -> _Text:
    """Find the delimiter: one that cuts the first rows into equally many cells, else the one that cuts the first most."""
    with text.lines() as opened:
        lines = [line for line in islice(opened, _SAMPLE) if line.strip()]
    told = _SEPARATOR_LINE.fullmatch(lines[0]) if lines else None
    if told is not None:
        return _Text(text.content, text.encoding, told["delimiter"], skipped=1)
    counts = {delimiter: _counts(lines, delimiter) for delimiter in _DELIMITERS}
    even = [delimiter for delimiter, cells in counts.items() if cells and min(cells) == max(cells) > 1]
    most = max(counts, key=lambda delimiter: counts[delimiter][:1])
    return _Text(text.content, text.encoding, even[0] if even else most)


def _counts(lines: Sequence[str], delimiter: str) -> list[int]:
    """Return into how many cells a delimiter cuts each row; the last one may not be all there, and is not counted."""
    try:
        found = [len(row) for row in csv.reader(lines, delimiter=delimiter) if row]
    except csv.Error:  # a cell that is too long, which is said where the line is read
        return []
    return found[:-1] if len(lines) >= _SAMPLE - 1 else found


def _rows_below(text: _Text) -> list[list[str]]:
    """Return some of the rows below the first one; what is wrong with one is said where all are read."""
    with text.lines() as opened:
        lines = list(islice(opened, _SAMPLE))
    try:
        return [[cell.strip() for cell in row] for row in csv.reader(lines, delimiter=text.delimiter) if row][1:]
    except csv.Error:
        return []


def _check_header(where: str, first: Sequence[str], below: Sequence[Sequence[str]]) -> None:
    """Check that a first row is one of names: not all numbers, and no numbers beside texts that come again below."""
    numbers = [cell_kind(name) not in ("text", "gap") for name in first]
    again = any(
        name and not number and any(len(row) > at and row[at] == name for row in below)
        for at, (name, number) in enumerate(zip(first, numbers, strict=True))
    )
    if all(numbers) or (any(numbers) and again):
        raise SourceError(
            f"{where}: this looks like data, not a header: --no-header reads it as data, or add a row of column names"
        )


def _read(
    text: _Text, names: Sequence[str], wanted: Sequence[int], reading: TableOptions
) -> tuple[list[Column], list[str]]:
    """Read columns. Plain numbers are parsed in bulk; whatever that refuses is read again cell by cell."""
    shown = text.content.shown
    if reading.decimal != "comma":
        try:
            table = _read_numbers(text, names, wanted, reading)
        except ValueError as error:
            if isinstance(error, SourceError):
                raise
        else:
            columns = [Column(names[at], np.ascontiguousarray(table[:, i])) for i, at in enumerate(wanted)]
            return columns, _ambiguous(text, columns, wanted, reading)

    @contextmanager
    def rows() -> Iterator[Iterator[tuple[int, list[str]]]]:
        with text.lines() as lines:
            records = text.records(lines)
            if not reading.no_header:
                next(records)
            yield records

    default: Mark = "comma" if text.delimiter == ";" else "point"
    return read_rows(shown, names, rows, wanted, decimal=reading.decimal, default=default)


def _read_numbers(text: _Text, names: Sequence[str], wanted: Sequence[int], reading: TableOptions) -> Array:
    """Parse all as numbers, a chunk of lines at a time. Raises ValueError where something else is found."""
    shown, parts, rows = text.content.shown, [], 0
    with text.lines() as lines:
        if not reading.no_header:
            next(text.records(lines))
        while chunk := list(islice(lines, max(1, _CHUNK // len(names)))):
            filled = [line for line in chunk if line.strip()]
            if filled:
                part = np.loadtxt(filled, delimiter=text.delimiter, quotechar='"', comments=None, ndmin=2)
                if part.shape[1] != len(names) or not np.isfinite(part).all():
                    raise ValueError
                parts.append(part[:, wanted])
                rows += len(part)
                check_size(shown, rows, len(wanted))
    if not parts:
        raise SourceError(f"{shown}: there is a header but no rows")
    return np.concatenate(parts)


def _ambiguous(text: _Text, columns: Sequence[Column], wanted: Sequence[int], reading: TableOptions) -> list[str]:
    """Say which columns of plain numbers may have points that mark thousands: all of the form 1.234."""
    if reading.decimal != "auto":
        return []
    notes = []
    rows = _rows_below(text)
    for column, at in zip(columns, wanted, strict=True):
        assert column.numbers is not None  # noqa: S101  (they were parsed as numbers)
        kinds = {cell_kind(row[at]) for row in rows if len(row) > at}
        if not (kinds <= {"either", "plain"} and "either" in kinds) or np.abs(column.numbers).max() >= 1000:
            continue
        thousandths = column.numbers * 1000
        if (np.abs(thousandths - np.rint(thousandths)) < 1e-6).all():
            example = next(row[at] for row in rows if len(row) > at and cell_kind(row[at]) == "either")
            notes.append(ambiguous_note(column.name, clean(example, 40), "point"))
    return notes
