"""Data sets from CSV files: a header row, then one sample a line."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from tui_backprop.core.arrays import Array
from tui_backprop.datasets.csv_cells import Column, read_columns, read_header
from tui_backprop.datasets.dataset import Dataset, SourceError, Task
from tui_backprop.text.cleaning import clean

_NAMED = 3  # columns that a notice names


def read_csv(path: Path, *, name: str | None = None, target: Sequence[str] = (), inputs: Sequence[str] = ()) -> Dataset:
    """Read a CSV file.

    Args:
        path: the file; UTF-8, delimiter comma, semicolon, tab or bar, quoting as RFC 4180 has it.
        name: what to call the data; the file's name if left out.
        target: target columns; the last column if empty. Text becomes classes, only 0 and 1 a binary target, anything
            else numbers.
        inputs: input columns; all that are not targets if empty.

    Raises:
        SourceError: the file cannot be read, with the line and the column where there is one.
    """
    shown = clean(path.name or str(path))
    header = read_header(path, shown)
    target_at = _choose(shown, header.names, target) or [len(header.names) - 1]
    input_at = _choose(shown, header.names, inputs) or [i for i in range(len(header.names)) if i not in target_at]
    both = [header.names[i] for i in input_at if i in target_at]
    if both:
        raise SourceError(f"{shown}: column '{both[0]}' cannot be an input and a target at once")
    if not input_at:
        raise SourceError(f"{shown}: there is no column left for the inputs beside the target")
    columns = read_columns(path, shown, header, [*input_at, *target_at], labels=target_at)
    given, aims = columns[: len(input_at)], columns[len(input_at) :]
    task, targets, classes = _targets(shown, aims)
    constant = [f"'{column.name}'" for column in given if column.is_constant]
    notices = []
    if constant:
        listed = ", ".join(constant[:_NAMED]) + (
            f" and {len(constant) - _NAMED} more" if len(constant) > _NAMED else ""
        )
        several = len(constant) > 1
        notices.append(
            f"column{'s' * several} {listed} {'are' if several else 'is'} constant: "
            f"{'they tell' if several else 'it tells'} the network nothing"
        )
    notices += [f"target '{c.name}' is constant: there is nothing to learn" for c in aims if c.is_constant]
    return Dataset(
        name=name or shown,
        inputs=np.column_stack([column.numbers for column in given]),
        targets=targets,
        input_names=tuple(column.name for column in given),
        target_names=tuple(column.name for column in aims),
        task=task,
        classes=classes,
        notices=tuple(notices) if len(columns[0]) > 1 else (),
    )


def _choose(shown: str, names: Sequence[str], wanted: Sequence[str]) -> list[int]:
    found = []
    for column in wanted:
        if column not in names:
            listed = ", ".join(names[:6]) + (", …" if len(names) > 6 else "")
            raise SourceError(f"{shown}: there is no column '{clean(column)}' (there is {listed})")
        found.append(names.index(column))
    return list(dict.fromkeys(found))


def _targets(shown: str, columns: Sequence[Column]) -> tuple[Task, Array, tuple[str, ...]]:
    """Return task, targets (rows, outputs) and class labels."""
    labelled = [column for column in columns if column.labels is not None]
    if not labelled:
        numbers = np.column_stack([column.numbers for column in columns])
        return ("binary" if np.isin(numbers, (0.0, 1.0)).all() else "regression"), numbers, ()
    if len(columns) > 1:
        raise SourceError(f"{shown}: target '{labelled[0].name}' is text, so it must be the only target")
    labels = labelled[0].labels
    assert labels is not None  # noqa: S101  (that is what makes it labelled)
    classes = sorted(set(labels))
    if len(classes) == 1:
        raise SourceError(f"{shown}: target '{labelled[0].name}' has one class only ('{classes[0]}')")
    place = {label: i for i, label in enumerate(classes)}
    return "classes", np.eye(len(classes))[[place[label] for label in labels]], tuple(classes)
