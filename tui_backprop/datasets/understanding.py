"""From a table to a data set: which columns are inputs, what is done about gaps and texts, and what the target is."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from tui_backprop.core.arrays import Array, distinct
from tui_backprop.datasets.columns import MAX_COLUMNS, Column, check_size
from tui_backprop.datasets.dataset import Dataset, SourceError
from tui_backprop.datasets.gaps import without_gaps
from tui_backprop.datasets.reading import TableOptions
from tui_backprop.datasets.table import Table
from tui_backprop.datasets.targets import read_targets
from tui_backprop.text.cleaning import clean

MAX_TEXTS = 50
"""Different texts of an input column, at the most."""

_TARGETS = {"label", "target", "class"}
_NAMED = 3  # columns that a notice names
_IS_INDEX = re.compile(r"(?:.*[\s_.\-])?(?:id|index)|unnamed: 0", re.IGNORECASE)
_ENDS_WITH_ID = re.compile(r".*[a-z](?:Id|ID)")


def understand(table: Table, reading: TableOptions, name: str | None = None) -> Dataset:
    """Return the data set that a table is.

    Raises:
        SourceError: it makes none, with the line and the column where there is one.
    """
    names = table.names
    target_at = _choose(table, reading.target or table.targets or _called_target(table)) or [len(names) - 1]
    input_at = _choose(table, reading.inputs) or [i for i in range(len(names)) if i not in target_at]
    both = [names[i] for i in input_at if i in target_at]
    if both:
        raise SourceError(f"{table.shown}: column '{both[0]}' cannot be an input and a target at once")
    if not input_at:
        raise SourceError(f"{table.shown}: there is no column left for the inputs beside the target")
    columns, said = table.read([*input_at, *target_at])
    columns = [replace(column, unnamed=column.name in table.unnamed) for column in columns]
    notes = [*table.notes, *said]
    if not reading.target and not table.targets and target_at != [len(names) - 1]:
        notes.append(f"column '{names[target_at[0]]}' is the target, by its name: --target names another")
    inputs, aims = columns[: len(input_at)], columns[len(input_at) :]
    inputs = _usable(table.shown, inputs, reading, notes)
    inputs, aims = without_gaps(table.shown, inputs, aims, reading.missing, notes)
    input_names, numbers = _encoded(table.shown, inputs, notes)
    targets = read_targets(table.shown, aims, reading.task, len(input_names))
    notes += targets.notes
    if len(numbers) > 1:
        notes += _constant(input_names, numbers, aims)
    return Dataset(
        name=name or table.shown,
        inputs=numbers,
        targets=targets.values,
        input_names=input_names,
        target_names=tuple(column.name for column in aims),
        task=targets.task,
        classes=targets.classes,
        notices=tuple(notes),
    )


def _called_target(table: Table) -> tuple[str, ...]:
    """Return the one column that is called a target; nothing where there is none, or more than one."""
    called = tuple(name for name in table.names if name.lower() in _TARGETS)
    return called if len(called) == 1 else ()


def _choose(table: Table, wanted: Sequence[str]) -> list[int]:
    found = []
    for column in wanted:
        if column not in table.names:
            listed = ", ".join(table.names[:6]) + (", …" if len(table.names) > 6 else "")
            raise SourceError(f"{table.shown}: unknown column '{clean(column)}'; available: {listed}")
        found.append(table.names.index(column))
    return list(dict.fromkeys(found))


def _usable(shown: str, columns: Sequence[Column], reading: TableOptions, notes: list[str]) -> list[Column]:
    """Leave out the columns that are no inputs, and note why; where they were named it is an error."""
    if reading.inputs:
        for column in columns:
            if problem := _unusable(column):
                raise SourceError(f"{shown}: column '{column.name}' {problem}: name other columns with --inputs")
        return list(columns)
    kept, ids = [], []
    for column in columns:
        problem = _unusable(column)
        if not problem and reading.missing == "drop" and column.gaps.mean() > 0.5:
            problem = (
                f"has no value in {int(column.gaps.sum()):,} of {len(column.gaps):,} rows (--missing mean keeps it)"
            )
        if problem:
            notes.append(f"column '{column.name}' {problem}: it is left out")
        elif _is_index(column):
            ids.append(column)
        else:
            kept.append(column)
    if not kept and not ids:
        raise SourceError(
            f"{shown}: no column can be an input ({'; '.join(notes)})" if notes else f"{shown}: no inputs"
        )
    notes.extend(
        f"column '{column.name}' only numbers the rows: it is left out (--inputs names it to keep it)"
        for column in (ids if kept else [])
    )
    return kept or ids


def _unusable(column: Column) -> str:
    """Say why a column cannot be an input; nothing where it can."""
    if column.has_too_many_texts or len(column.texts) > MAX_TEXTS:
        return f"is text with more than {MAX_TEXTS} different values"
    return "has no values" if len(column.gaps) and column.gaps.all() else ""


def _is_index(column: Column) -> bool:
    """Whether a column is called id, index or nothing, and all its values are different."""
    named = _IS_INDEX.fullmatch(column.name) or _ENDS_WITH_ID.fullmatch(column.name)
    if not (column.unnamed or named):
        return False
    values = column.numbers if column.numbers is not None else column.codes
    return values is not None and len(distinct(values)) == len(values) and not column.gaps.any()


def _encoded(shown: str, columns: Sequence[Column], notes: list[str]) -> tuple[tuple[str, ...], Array]:
    """Return names and numbers (rows, inputs), with a column of 0 and 1 for each text."""
    names: list[str] = []
    parts: list[Array] = []
    texts = []
    for column in columns:
        if column.numbers is not None:
            names.append(column.name)
            parts.append(column.numbers[:, np.newaxis])
            continue
        ordered, shares = one_hot(column)
        texts.append(f"{column.name} ({len(ordered)})")
        names += [f"{column.name}={text}" for text in ordered]
        parts.append(shares)
    if texts:
        listed = ", ".join(texts[:_NAMED]) + (f" and {len(texts) - _NAMED} more" if len(texts) > _NAMED else "")
        notes.append(f"text becomes a column for each value: {listed}")
    if len(names) > MAX_COLUMNS:
        raise SourceError(f"{shown}: {len(names):,} inputs: there can be at most {MAX_COLUMNS:,}; --inputs names some")
    check_size(shown, len(parts[0]), len(names))
    seen: dict[str, None] = {}
    for name in names:
        label = name
        while label in seen:
            label += "′"
        seen[label] = None
    return tuple(seen), np.ascontiguousarray(np.hstack(parts))


def one_hot(column: Column) -> tuple[tuple[str, ...], Array]:
    """Return the texts that a column has, in order, and 1 where a row has one (rows, texts); a gap has the others' mean."""
    assert column.codes is not None  # noqa: S101  (a column of text)
    used = distinct(column.codes[column.codes >= 0])
    shares = (column.codes[:, np.newaxis] == used).astype(np.float64)
    gaps = column.codes < 0
    if gaps.any():
        shares[gaps] = shares[~gaps].mean(axis=0)
    return tuple(column.texts[code] for code in used), shares


def _constant(names: Sequence[str], numbers: Array, aims: Sequence[Column]) -> list[str]:
    """Note the columns that tell nothing."""
    same = (numbers == numbers[0]).all(axis=0)
    constant = [f"'{name}'" for name, is_same in zip(names, same.tolist(), strict=True) if is_same]
    notes = []
    if constant:
        several, more = len(constant) > 1, len(constant) - _NAMED
        listed = ", ".join(constant[:_NAMED]) + (f" and {more} more" if more > 0 else "")
        notes.append(
            f"column{'s' * several} {listed} {'are' if several else 'is'} constant: "
            f"{'they tell' if several else 'it tells'} the network nothing"
        )
    return notes + [
        f"target '{column.name}' is constant: there is nothing to learn"
        for column in aims
        if column.numbers is not None and (column.numbers == column.numbers[0]).all()
    ]
