"""Gaps in a table: rows that have one are left out, or gaps are filled, or the first is an error."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from tui_backprop.datasets.columns import Column, Flags
from tui_backprop.datasets.dataset import SourceError

_NAMED = 3  # columns that a note names


def without_gaps(
    shown: str, inputs: Sequence[Column], targets: Sequence[Column], missing: str, notes: list[str]
) -> tuple[list[Column], list[Column]]:
    """Return inputs and targets in which no number is missing, and note what was done.

    A row whose target is missing is left out under `mean` too: what is to be learned is not made up. A gap in a column of
    text stays, and is filled where the column becomes numbers.

    Raises:
        SourceError: there is a gap and `missing` is `error`, or every row has one.
    """
    holed = [column for column in (*inputs, *targets) if column.gaps.any()]
    if not holed:
        return list(inputs), list(targets)
    if missing == "error":
        raise SourceError(
            f"{_where(shown, holed[0])}; --missing drop leaves such rows out, --missing mean fills the gaps"
        )
    drops = targets if missing == "mean" else (*inputs, *targets)
    keep = np.ones(len(holed[0].gaps), dtype=bool)
    for column in drops:
        keep &= ~column.gaps
    if not keep.any():
        hint = "--missing mean fills them" if missing == "drop" else "--target names another column"
        raise SourceError(f"{_where(shown, holed[0])}, and no row is without a gap: {hint}")
    dropped = int((~keep).sum())
    if dropped:
        names = [column.name for column in drops if column.gaps.any()]
        hint = " (--missing mean fills them)" if missing == "drop" else ": a target cannot be filled"
        notes.append(f"{dropped:,} of {len(keep):,} rows have gaps, in {_listed(names)}, and are left out{hint}")
    inputs, targets = [_rows(one, keep) for one in inputs], [_rows(one, keep) for one in targets]
    filled = [column.name for column in inputs if column.gaps.any()]
    if filled:
        notes.append(f"gaps in {_listed(filled)} are filled with the mean of the column")
    return [_filled(column) for column in inputs], targets


def _where(shown: str, column: Column) -> str:
    return column.first_gap or f"{shown}: column '{column.name}': a value is missing"


def _listed(names: Sequence[str]) -> str:
    more = len(names) - _NAMED
    return ", ".join(f"'{name}'" for name in names[:_NAMED]) + (f" and {more} more" if more > 0 else "")


def _rows(column: Column, keep: Flags) -> Column:
    numbers = None if column.numbers is None else column.numbers[keep]
    return replace(column, numbers=numbers, codes=None if column.codes is None else column.codes[keep])


def _filled(column: Column) -> Column:
    if column.numbers is None or not column.gaps.any():
        return column
    known = column.numbers[~column.gaps]
    mean = known.mean() if len(known) else 0.0
    return replace(column, numbers=np.where(column.gaps, mean, column.numbers))
