"""The cells of a CSV file: delimiter, header, and columns of numbers or labels, read in chunks."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import NoReturn, TextIO

import numpy as np

from tui_backprop.core.arrays import Array
from tui_backprop.datasets.dataset import SourceError
from tui_backprop.text.cleaning import clean

_DELIMITERS = ",;\t|"
_CHUNK = 20_000  # lines parsed at once: enough for speed, few enough for little memory
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
def _opened(path: Path, shown: str) -> Iterator[TextIO]:
    """Open a text file; whatever is wrong with it ends as one sentence."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            yield file
    except IsADirectoryError:
        raise SourceError(f"{shown}: this is a folder, not a CSV file") from None
    except UnicodeDecodeError:
        raise SourceError(f"{shown}:{_line_of_bad_byte(path)}: this is not UTF-8 text") from None
    except OSError as error:
        raise SourceError(f"{shown}: {error.strerror or error}") from None


def _line_of_bad_byte(path: Path) -> int:
    with path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            try:
                line.decode("utf-8")
            except UnicodeDecodeError:
                return number
    return 1


def _records(file: TextIO, shown: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Yield (physical line on which it ends, cells) of every row that is not blank."""
    reader = csv.reader(file, delimiter=delimiter, strict=True)
    while True:
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            problem = "a quote is not closed" if "unexpected end" in str(error) else str(error)
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
    with _opened(path, shown) as file:
        first = next((line for line in file if line.strip()), None)
        if first is None:
            raise SourceError(f"{shown}: the file is empty")
        counts = {delimiter: len(next(csv.reader([first], delimiter=delimiter), [])) for delimiter in _DELIMITERS}
        delimiter = max(counts, key=lambda d: counts[d])
        file.seek(0)
        line, cells = next(_records(file, shown, delimiter))
    names = [clean(cell.strip()) for cell in cells]
    if len(names) < 2:
        raise SourceError(f"{shown}:{line}: expected at least two columns, an input and a target, and found one")
    if all(_is_number(name) for name in names):
        raise SourceError(f"{shown}:{line}: this looks like data, not a header: add a first row with column names")
    if "" in names:
        raise SourceError(f"{shown}:{line}: column {names.index('') + 1} has no name")
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise SourceError(f"{shown}:{line}: two columns are called '{twice}'")
    return Header(tuple(names), delimiter)


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
    parts = []
    with _opened(path, shown) as file:
        next(_records(file, shown, header.delimiter))
        while chunk := list(islice(file, _CHUNK)):
            lines = [line for line in chunk if line.strip()]
            if lines:
                part = np.loadtxt(lines, delimiter=header.delimiter, quotechar='"', comments=None, ndmin=2)
                if part.shape[1] != len(header.names) or not np.isfinite(part).all():
                    raise ValueError
                parts.append(part[:, wanted])
    if not parts:
        raise SourceError(f"{shown}: there is a header but no rows")
    return np.concatenate(parts)


def _read_cells(path: Path, shown: str, header: Header, wanted: Sequence[int], labels: Sequence[int]) -> list[Column]:
    """Read cell by cell; a label column becomes numbers again where every cell is one."""
    cells: list[list[str]] = [[] for _ in wanted]
    numbers: list[list[float]] = [[] for _ in wanted]
    lines: list[int] = []
    with _opened(path, shown) as file:
        records = _records(file, shown, header.delimiter)
        next(records)
        for line, row in records:
            lines.append(line)
            if len(row) != len(header.names):
                raise SourceError(f"{shown}:{line}: expected {len(header.names)} cells and found {len(row)}")
            for i, at in enumerate(wanted):
                text = row[at].strip()
                if at in labels:
                    if text.lower() in _MISSING:
                        _refuse(shown, line, header.names[at], text)
                    cells[i].append(text)
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


def _label_column(shown: str, name: str, cells: list[str], lines: list[int]) -> Column:
    are_numbers = [_is_number(cell) for cell in cells]
    if all(are_numbers):
        return Column(
            name, np.array([_number(shown, line, name, cell) for line, cell in zip(lines, cells, strict=True)])
        )
    if sum(are_numbers) > 0.9 * len(cells):  # a column of numbers with a slip in it, not one of labels
        slip = are_numbers.index(False)
        _refuse(shown, lines[slip], name, cells[slip])
    cleaned: dict[str, str] = {}
    for cell in dict.fromkeys(cells):
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
        raise SourceError(f"{shown}:{line}: column '{name}': the value is missing ('{text}'): a number was expected")
    problem = "is not finite" if _is_number(text) else "is not a number"
    raise SourceError(f"{shown}:{line}: column '{name}': '{clean(text, 40)}' {problem}")
