"""A table before it is understood: names of columns, and the columns themselves once it is known which are wanted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tui_backprop.datasets.columns import MAX_COLUMNS, Column
from tui_backprop.datasets.dataset import SourceError
from tui_backprop.text.cleaning import clean


@dataclass(frozen=True, eq=False)
class Table:
    """Columns of a file in any format."""

    shown: str
    """What messages call it."""
    names: tuple[str, ...]
    """Fit to be shown, all different."""
    read: Callable[[Sequence[int]], tuple[list[Column], list[str]]]
    """Reads the columns at these places, in this order, with what there is to say of them; it may raise a `SourceError`."""
    targets: tuple[str, ...] = ()
    """Columns that the file itself calls targets; empty for the last one."""
    unnamed: frozenset[str] = frozenset()
    """Names that were made up, since the file has none there."""
    notes: tuple[str, ...] = ()
    """What there is to say of the file, a sentence each."""


def table_of_columns(
    shown: str, columns: Sequence[Column], targets: Sequence[str] = (), notes: Sequence[str] = ()
) -> Table:
    """Return a table whose columns are all at hand.

    Raises:
        SourceError: they make no table.
    """
    names, unnamed = check_names(shown, [column.name for column in columns])

    def read(wanted: Sequence[int]) -> tuple[list[Column], list[str]]:
        return [columns[at] for at in wanted], []

    return Table(shown, names, read, tuple(targets), unnamed, tuple(notes))


def check_names(where: str, cells: Sequence[str]) -> tuple[tuple[str, ...], frozenset[str]]:
    """Return names fit to be shown, with those that had to be made up.

    Raises:
        SourceError: too many or too few, or two that are the same.
    """
    names = [clean(cell.strip()) for cell in cells]
    if len(names) > MAX_COLUMNS:
        raise SourceError(f"{where}: {len(names):,} columns: there can be at most {MAX_COLUMNS:,}")
    if len(names) < 2:
        raise SourceError(f"{where}: expected at least two columns, an input and a target, and found one")
    made = {at: f"column {at + 1}" for at, name in enumerate(names) if not name}
    names = [made.get(at, name) for at, name in enumerate(names)]
    twice = next((name for name, count in Counter(names).items() if count > 1), None)
    if twice is not None:
        raise SourceError(f"{where}: two columns are called '{twice}': rename one of them")
    return tuple(names), frozenset(made.values())


def numbered(columns: int, stem: str = "x") -> tuple[str, ...]:
    """Return the names of columns that have none: x1, x2 and so on."""
    return tuple(f"{stem}{number}" for number in range(1, columns + 1))
