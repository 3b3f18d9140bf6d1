"""Columns of a table: numbers or texts, decided from all of their cells, which are read twice and never all kept.

The first pass counts of what kind the cells are, the second one keeps a number or the place of a text for each.
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import get_args

import numpy as np
import numpy.typing as npt

from tui_backprop.core.arrays import Array, Indices
from tui_backprop.datasets.dataset import SourceError
from tui_backprop.datasets.numerals import GAPS_AMONG_NUMBERS, Cell, Kind, Mark, cell_kind, is_gap, number_in
from tui_backprop.text.cleaning import clean

MAX_COLUMNS = 4096
"""Columns of a table, at the most."""
MAX_NUMBERS = 20_000_000
"""Numbers of a data set, at the most: inputs, targets (one a class), and one more a row for what is kept of each row."""
MAX_CLASSES = 256
"""Different texts of a column, at the most."""

CORRECT = "correct it, or name the columns to use with --inputs"
"""What to do about a cell that cannot be used."""

_SLIP = 0.9  # share of numbers from which a text among them is taken for a slip

Flags = npt.NDArray[np.bool_]
"""Whether something holds, for each row."""

Rows = Callable[[], AbstractContextManager[Iterator[tuple[int, Sequence[Cell]]]]]
"""Opens the rows of a table at the first: (line or row number, a cell for each column)."""


@dataclass(frozen=True, eq=False)
class Column:
    """One column of a table: numbers, or texts, or neither where it has too many different ones."""

    name: str
    numbers: Array | None = None
    """(rows,), NaN where there is a gap."""
    codes: Indices | None = None
    """(rows,): the place of each row's text in `texts`, −1 where there is a gap."""
    texts: tuple[str, ...] = ()
    """Different texts in order, fit to be shown."""
    first_gap: str = ""
    """Where the first gap is, for a sentence."""
    unnamed: bool = False
    """Whether the table has no name for it."""

    @property
    def gaps(self) -> Flags:
        """Where there is no value, (rows,)."""
        if self.numbers is not None:
            return np.isnan(self.numbers)
        return np.asarray(self.codes < 0) if self.codes is not None else np.zeros(0, dtype=bool)

    @property
    def has_too_many_texts(self) -> bool:
        """Whether it has more than `MAX_CLASSES` different texts, and so nothing else."""
        return self.numbers is None and self.codes is None


@dataclass(eq=False)
class Profile:
    """What the cells of one column are."""

    name: str
    counts: dict[Kind, int] = field(default_factory=lambda: dict.fromkeys(get_args(Kind), 0))
    first: dict[Kind, tuple[int, str]] = field(default_factory=dict)
    """Line and text of the first cell of each kind."""
    texts: dict[str, int] = field(default_factory=dict)
    """Different texts, gaps aside, one more than `MAX_CLASSES` at the most."""
    dashes: int = 0
    """How many texts mean a gap if the column is one of numbers."""

    def add(self, line: int, cell: Cell) -> None:
        """Count one cell."""
        kind = cell_kind(cell)
        if not self.counts[kind]:
            self.first[kind] = (line, "" if cell is None else str(cell))
        self.counts[kind] += 1
        if kind == "text" and cell in GAPS_AMONG_NUMBERS:
            self.dashes += 1
        if kind != "gap" and len(self.texts) <= MAX_CLASSES:
            self.texts.setdefault(_as_text(cell), line)

    @property
    def numbers(self) -> int:
        """How many cells are numbers."""
        return sum(self.counts[kind] for kind in ("plain", "point", "comma", "either", "infinite"))

    @property
    def is_text(self) -> bool:
        """Whether it is a column of texts."""
        return self.counts["text"] > self.dashes or (self.dashes > 0 and not self.numbers)

    @property
    def too_many(self) -> bool:
        """Whether it has more different texts than can be classes."""
        return len(self.texts) > MAX_CLASSES


def _as_text(cell: Cell) -> str:
    return f"{cell:g}" if isinstance(cell, float) else str(cell)


def check_size(shown: str, rows: int, columns: int, classes: int = 0) -> None:
    """Check that so many rows of so many columns, those of the classes included, are not too many numbers.

    Raises:
        SourceError: they are.
    """
    most = MAX_NUMBERS // (columns + 1)
    if rows > most:
        inputs = columns - classes
        what = f"{inputs:,} input{'s' * (inputs > 1)} and {classes:,} classes" if classes else f"{columns:,} columns"
        remedy = "--target names another target" if classes else "--inputs names the columns to use"
        raise SourceError(f"{shown}: with {what} there can be at most {most:,} rows here: {remedy}")


def read_rows(
    shown: str, names: Sequence[str], rows: Rows, wanted: Sequence[int], *, decimal: str, default: Mark
) -> tuple[list[Column], list[str]]:
    """Read the columns `wanted`, in that order, and return them with what there is to say of their numbers.

    Args:
        shown: what messages call the table.
        names: of all its columns.
        rows: opens its rows.
        wanted: places of the columns to read.
        decimal: a decimal mark, or `auto`.
        default: the mark of commas that could be either.

    Raises:
        SourceError: a cell that is not possible, or too many of them.
    """
    profiles = _profiled(shown, names, rows, wanted)
    marks, notes = _decimal_marks(profiles, decimal, default)
    for profile, mark in zip(profiles, marks, strict=True):
        _refuse_slips(shown, profile, mark)
    fillers = [_Filler(profile, mark) for profile, mark in zip(profiles, marks, strict=True)]
    with rows() as opened:
        for _, row in opened:
            for filler, at in zip(fillers, wanted, strict=True):
                filler.add(row[at])
    return [filler.column(shown) for filler in fillers], notes


def _profiled(shown: str, names: Sequence[str], rows: Rows, wanted: Sequence[int]) -> list[Profile]:
    profiles = [Profile(names[at]) for at in wanted]
    count = 0
    with rows() as opened:
        for line, row in opened:
            count += 1
            check_size(shown, count, len(wanted))
            if len(row) != len(names):
                raise SourceError(f"{shown}:{line}: expected {len(names)} cells and found {len(row)}")
            for profile, at in zip(profiles, wanted, strict=True):
                profile.add(line, row[at])
    if not count:
        raise SourceError(f"{shown}: there is a header but no rows")
    return profiles


def _decimal_marks(profiles: Sequence[Profile], decimal: str, default: Mark) -> tuple[list[Mark], list[str]]:
    """Choose each column's decimal mark: by its own numbers, else by those of the other columns, else the usual one."""
    if decimal != "auto":
        return ["comma" if decimal == "comma" else "point"] * len(profiles), []
    own = [_own_mark(profile) for profile in profiles]
    others: set[Mark] = {mark for mark in own if mark is not None}
    common = others.pop() if len(others) == 1 else None
    marks: list[Mark] = []
    notes = []
    for profile, told in zip(profiles, own, strict=True):
        _, example = profile.first.get("either", (0, ""))
        usual: Mark = default if "," in example else "point"
        mark: Mark = told or (common if common is not None else usual)
        if example and not profile.is_text and told is None and common is None:
            notes.append(ambiguous_note(profile.name, example, mark))
        marks.append(mark)
    return marks, notes


def _own_mark(profile: Profile) -> Mark | None:
    point, comma = profile.counts["point"], profile.counts["comma"]
    if profile.is_text and profile.counts["text"] > (1 - _SLIP) * profile.numbers:
        return None
    return None if point == comma else "point" if point > comma else "comma"


def ambiguous_note(name: str, example: str, mark: Mark) -> str:
    """Say how numbers that could be either are read, and which option reads them otherwise."""
    other: Mark = "comma" if mark == "point" else "point"
    read, instead = (f"{number_in(example, one):.10g}" for one in (mark, other))
    return f"column '{name}': {clean(example, 40)} is read as {read}; --decimal {other} reads it as {instead}"


def _refuse_slips(shown: str, profile: Profile, mark: Mark) -> None:
    """Refuse a text in a column of numbers, and a number that is not finite."""
    unread: Kind = "comma" if mark == "point" else "point"
    odd = profile.counts["text"] - profile.dashes + profile.counts[unread]
    few = profile.numbers - profile.counts[unread] > _SLIP * (profile.numbers + profile.counts["text"])
    if odd and few:
        line, text = min(profile.first[kind] for kind in ("text", unread) if kind in profile.first)
        raise SourceError(
            f"{shown}:{line}: column '{profile.name}': '{clean(text, 40)}' is not a number; {CORRECT}"
            + ("" if profile.counts["text"] else ", or --decimal")
        )
    if profile.counts["infinite"] and not profile.is_text:
        line, text = profile.first["infinite"]
        raise SourceError(f"{shown}:{line}: column '{profile.name}': '{clean(text, 40)}' is not finite; {CORRECT}")


class _Filler:
    """Keeps what the cells of one column are."""

    def __init__(self, profile: Profile, mark: Mark) -> None:
        self._profile, self._mark = profile, mark
        unread: Kind = "comma" if mark == "point" else "point"
        self._is_text = profile.is_text or profile.counts[unread] > 0
        self._many = self._is_text and profile.too_many
        ordered = sorted(profile.texts) if self._is_text and not self._many else []
        self._texts = _distinct(ordered)
        self._places = {text: place for place, text in enumerate(ordered)}
        self._numbers, self._codes = array("d"), array("i")

    def add(self, cell: Cell) -> None:
        """Keep one cell."""
        if self._many:
            return
        if self._is_text:
            gap = cell is None or (is_gap(cell) if isinstance(cell, str) else math.isnan(cell))
            self._codes.append(-1 if gap else self._places[_as_text(cell)])
        elif isinstance(cell, str):
            value = math.nan if is_gap(cell) or cell in GAPS_AMONG_NUMBERS else number_in(cell, self._mark)
            self._numbers.append(math.nan if value is None else value)
        else:
            self._numbers.append(math.nan if cell is None else cell)

    def column(self, shown: str) -> Column:
        """Return what was kept."""
        profile = self._profile
        gap = profile.first.get("gap")
        if gap is None and profile.dashes and not self._is_text:
            gap = profile.first["text"]
        where = "" if gap is None else f"{shown}:{gap[0]}: column '{profile.name}': the value is missing ('{gap[1]}')"
        if self._many:
            return Column(profile.name, first_gap=where)
        if self._is_text:
            return Column(profile.name, codes=np.array(self._codes, np.int64), texts=self._texts, first_gap=where)
        return Column(profile.name, np.array(self._numbers), first_gap=where)


def _distinct(texts: Sequence[str]) -> tuple[str, ...]:
    """Make texts fit to be shown; two that only look alike then stay two."""
    seen: dict[str, None] = {}
    for text in texts:
        label = clean(text)
        while label in seen:
            label += "′"
        seen[label] = None
    return tuple(seen)


def column_of_texts(name: str, cells: Sequence[str | None]) -> Column:
    """Return a column of texts; None and what means a gap become gaps."""
    present = sorted({cell for cell in cells if cell is not None and not is_gap(cell)})
    if len(present) > MAX_CLASSES:
        return Column(name)
    places = {text: place for place, text in enumerate(present)}
    codes = np.array([-1 if cell is None else places.get(cell, -1) for cell in cells], np.int64)
    return Column(name, codes=codes, texts=_distinct(present))
