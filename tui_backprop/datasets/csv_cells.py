"""The cells of a CSV file: delimiter, header, and columns of numbers or labels, read in chunks."""

from __future__ import annotations

import codecs
import csv
import io
import math
from array import array
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import NoReturn, TextIO

import numpy as np

from tui_backprop.core.arrays import Array
from tui_backprop.datasets.dataset import SourceError
from tui_backprop.system.inputs import InputFileError, open_input
from tui_backprop.text.cleaning import clean

MAX_BYTES = 2**29
"""Bytes of a file, at the most."""
MAX_COLUMNS = 4096
"""Columns of a file, at the most."""
MAX_NUMBERS = 2**26
"""Numbers of the columns that are used, at the most."""
MAX_CLASSES = 256
"""Different texts of a target column, at the most."""

_DELIMITERS = ",;\t|"
_LONGEST = 2**20  # characters of a line
_CHUNK = 200_000  # numbers parsed at once: enough for speed, few enough for little memory
_NEXT = "correct it, or name the columns to use with --inputs"
_MISSING = {"", "na", "n/a", "nan", "null", "none", "?"}


@dataclass(frozen=True)
class Header:
    """The first row of a file."""

    names: tuple[str, ...]
    """Fit to be shown, all different."""
    delimiter: str


@dataclass(frozen=True, eq=False)
class Column:
    """One column: numbers, or labels where some cell of a target is not a number."""

    name: str
    numbers: Array
    """(rows,); empty where there are labels."""
    labels: tuple[str, ...] | None = None

    def __len__(self) -> int:
        return len(self.numbers if self.labels is None else self.labels)

    @property
    def is_constant(self) -> bool:
        """Whether every row has the same number."""
        return self.labels is None and bool((self.numbers == self.numbers[0]).all())


@contextmanager
def _opened(path: Path, shown: str) -> Iterator[Iterator[str]]:
    """Give the lines of a text file; whatever is wrong with it ends as one sentence."""
    try:
        with io.TextIOWrapper(open_input(path, "a CSV file", MAX_BYTES), encoding="utf-8-sig", newline="") as file:
            yield _lines(file, shown)
    except InputFileError as error:
        raise SourceError(f"{shown}: {error}") from None
    except UnicodeDecodeError:
        raise SourceError(f"{shown}:{_line_of_bad_byte(path)}: this is not UTF-8 text") from None
    except OSError as error:
        raise SourceError(f"{shown}: {error.strerror or error}") from None


def _lines(file: TextIO, shown: str) -> Iterator[str]:
    """Yield lines, none so long that it takes the memory."""
    number = 0
    while line := file.readline(_LONGEST + 1):
        number += 1
        if len(line) > _LONGEST:
            raise SourceError(f"{shown}:{number}: the line has more than {_LONGEST:,} characters: is this a CSV file?")
        yield line


def _line_of_bad_byte(path: Path) -> int:
    decoder, lines = codecs.getincrementaldecoder("utf-8")(), 1
    with path.open("rb") as file:
        while part := file.read(_LONGEST):
            try:
                decoder.decode(part)
            except UnicodeDecodeError as error:
                return lines + error.object[: error.start].count(b"\n")
            lines += part.count(b"\n")
    return lines


def _records(lines: Iterator[str], shown: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Yield (physical line on which it ends, cells) of every row that is not blank."""
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    while True:
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            problem = "a quote is not closed" if "unexpected end" in str(error) else str(error)
            if "field limit" in problem:
                problem = f"a cell has more than {csv.field_size_limit():,} characters: is a quote not closed?"
            raise SourceError(f"{shown}:{reader.line_num}: {problem}") from None
        if any("\0" in cell for cell in row):
            raise SourceError(f"{shown}:{reader.line_num}: this is not text: it contains a NUL character")
        if row and not (len(row) == 1 and not row[0].strip()):
            yield reader.line_num, row


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return "_" not in text


def read_header(path: Path, shown: str) -> Header:
    """Read the first row and find the delimiter: the one that cuts it into most cells.

    Raises:
        SourceError: there is no header, or it cannot name columns.
    """
    with _opened(path, shown) as lines:
        first = next((line for line in lines if line.strip()), None)
    if first is None:
        raise SourceError(f"{shown}: the file is empty")
    counts = {delimiter: _count(first, delimiter) for delimiter in _DELIMITERS}
    delimiter = max(counts, key=lambda d: counts[d])
    with _opened(path, shown) as lines:
        line, cells = next(_records(lines, shown, delimiter))
    names = [clean(cell.strip()) for cell in cells]
    if len(names) > MAX_COLUMNS:
        raise SourceError(f"{shown}:{line}: {len(names):,} columns: there can be at most {MAX_COLUMNS:,}")
    if len(names) < 2:
        raise SourceError(f"{shown}:{line}: expected at least two columns, an input and a target, and found one")
    if all(_is_number(name) for name in names):
        raise SourceError(f"{shown}:{line}: this looks like data, not a header: add a first row with column names")
    if "" in names:
        raise SourceError(f"{shown}:{line}: column {names.index('') + 1} has no name")
    twice = next((name for name, count in Counter(names).items() if count > 1), None)
    if twice is not None:
        raise SourceError(f"{shown}:{line}: two columns are called '{twice}'")
    return Header(tuple(names), delimiter)


def _count(line: str, delimiter: str) -> int:
    """Return into how many cells a delimiter cuts a line."""
    try:
        return len(next(csv.reader([line], delimiter=delimiter), []))
    except csv.Error:  # a cell that is too long, which is said where the line is read
        return 0


def read_columns(path: Path, shown: str, header: Header, wanted: Sequence[int], labels: Sequence[int]) -> list[Column]:
    """Read the columns `wanted`, in that order; those in `labels` may be text.

    Plain numbers are parsed in bulk; whatever that refuses is read again cell by cell, which finds the line and column.

    Raises:
        SourceError: a cell that cannot be, or no rows at all.
    """
    try:
        table = _read_numbers(path, shown, header, wanted)
    except ValueError as error:
        if isinstance(error, SourceError):
            raise
        return _read_cells(path, shown, header, wanted, labels)
    return [Column(header.names[at], np.ascontiguousarray(table[:, i])) for i, at in enumerate(wanted)]


def _read_numbers(path: Path, shown: str, header: Header, wanted: Sequence[int]) -> Array:
    """Parse all as numbers, a chunk of lines at a time. Raises ValueError where something else is found."""
    parts, rows = [], 0
    most = MAX_NUMBERS // len(wanted)
    with _opened(path, shown) as lines:
        next(_records(lines, shown, header.delimiter))
        while chunk := list(islice(lines, max(1, _CHUNK // len(header.names)))):
            filled = [line for line in chunk if line.strip()]
            if filled:
                part = np.loadtxt(filled, delimiter=header.delimiter, quotechar='"', comments=None, ndmin=2)
                if part.shape[1] != len(header.names) or not np.isfinite(part).all():
                    raise ValueError
                parts.append(part[:, wanted])
                rows += len(part)
                _check_size(shown, rows, most, len(wanted))
    if not parts:
        raise SourceError(f"{shown}: there is a header but no rows")
    return np.concatenate(parts)


def _check_size(shown: str, rows: int, most: int, columns: int) -> None:
    if rows > most:
        raise SourceError(
            f"{shown}: more than {most:,} rows: of {columns:,} columns there can be at most that many; "
            "--inputs names the columns to use"
        )


def _read_cells(path: Path, shown: str, header: Header, wanted: Sequence[int], labels: Sequence[int]) -> list[Column]:
    """Read cell by cell; a label column becomes numbers again where every cell is one."""
    cells: list[list[str]] = [[] for _ in wanted]
    numbers = [array("d") for _ in wanted]
    lines = array("q")
    known: dict[str, str] = {}  # of each text one copy
    most = MAX_NUMBERS // len(wanted)
    with _opened(path, shown) as opened:
        records = _records(opened, shown, header.delimiter)
        next(records)
        for line, row in records:
            lines.append(line)
            _check_size(shown, len(lines), most, len(wanted))
            if len(row) != len(header.names):
                raise SourceError(f"{shown}:{line}: expected {len(header.names)} cells and found {len(row)}")
            for i, at in enumerate(wanted):
                text = row[at].strip()
                if at in labels:
                    if text.lower() in _MISSING:
                        _refuse(shown, line, header.names[at], text)
                    cells[i].append(known.setdefault(text, text))
                else:
                    numbers[i].append(_number(shown, line, header.names[at], text))
    if not lines:
        raise SourceError(f"{shown}: there is a header but no rows")
    return [
        _label_column(shown, header.names[at], cells[i], lines)
        if at in labels
        else Column(header.names[at], np.array(numbers[i]))
        for i, at in enumerate(wanted)
    ]


def _label_column(shown: str, name: str, cells: list[str], lines: Sequence[int]) -> Column:
    are_numbers = [_is_number(cell) for cell in cells]
    if all(are_numbers):
        return Column(
            name, np.array([_number(shown, line, name, cell) for line, cell in zip(lines, cells, strict=True)])
        )
    if sum(are_numbers) > 0.9 * len(cells):  # a column of numbers with a slip in it, not one of labels
        slip = are_numbers.index(False)
        _refuse(shown, lines[slip], name, cells[slip])
    different = dict.fromkeys(cells)
    if len(different) > MAX_CLASSES:
        raise SourceError(
            f"{shown}: target '{name}' has {len(different):,} different texts, and classes are at most {MAX_CLASSES}; "
            "--target names another column"
        )
    cleaned: dict[str, str] = {}
    for cell in different:
        label = clean(cell)
        while label in cleaned.values():
            label += "′"  # two labels that only look alike stay two
        cleaned[cell] = label
    return Column(name, np.empty(0), tuple(cleaned[cell] for cell in cells))


def _number(shown: str, line: int, name: str, text: str) -> float:
    value = float(text) if _is_number(text) else math.nan
    if not math.isfinite(value):
        _refuse(shown, line, name, text)
    return value


def _refuse(shown: str, line: int, name: str, text: str) -> NoReturn:
    if text.lower() in _MISSING:
        raise SourceError(
            f"{shown}:{line}: column '{name}': the value is missing ('{text}'): a number was expected; {_NEXT}"
        )
    problem = "is not finite" if _is_number(text) else "is not a number"
    raise SourceError(f"{shown}:{line}: column '{name}': '{clean(text, 40)}' {problem}; {_NEXT}")
