"""What a target is: classes, yes or no, or numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tui_backprop.core.arrays import Array, Indices
from tui_backprop.datasets.columns import MAX_CLASSES, Column, check_size
from tui_backprop.datasets.dataset import SourceError, Task

MAX_WHOLE = 20
"""Different whole numbers that are taken for classes, at the most."""


@dataclass(frozen=True, eq=False)
class Targets:
    """Targets as a data set has them."""

    task: Task
    values: Array
    """(rows, outputs)."""
    classes: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def read_targets(shown: str, columns: Sequence[Column], task: str, inputs: int) -> Targets:
    """Return what the target columns, in which there are no gaps, are to a network with so many inputs.

    Texts are classes. A single column of at most `MAX_WHOLE` different whole numbers, each at least twice, is classes too.
    Only 0 and 1 are yes or no. All else is numbers. `task` (`classes` or `numbers`) decides otherwise.

    Raises:
        SourceError: they cannot be what `task` says, make no targets, or are too many numbers beside the inputs.
    """
    named = next((column for column in columns if column.numbers is None), None)
    if len(columns) > 1 and (named is not None or task == "classes"):
        what = f"target '{named.name}' is text, so it" if named is not None else "classes need one target, so it"
        raise SourceError(f"{shown}: {what} must be the only target: --target names one column")
    if named is not None:
        return _of_texts(shown, named, task, inputs)
    numbers = np.column_stack([column.numbers for column in columns if column.numbers is not None])
    is_binary = bool(np.isin(numbers, (0.0, 1.0)).all())
    if task == "numbers" or (task == "auto" and is_binary):
        return Targets("binary" if is_binary and task == "auto" else "regression", numbers)
    values, counts = np.unique(numbers, return_counts=True)
    if task == "classes":
        if len(values) > MAX_CLASSES:
            raise SourceError(
                f"{shown}: target '{columns[0].name}' has {len(values):,} different values, and classes are at most "
                f"{MAX_CLASSES}: --task numbers learns them as numbers"
            )
        return _of_numbers(shown, columns[0], values, inputs)
    looks_like_classes = len(values) <= MAX_WHOLE and counts.min() > 1 and (values == np.rint(values)).all()
    if len(columns) == 1 and len(values) > 1 and looks_like_classes:
        found = _of_numbers(shown, columns[0], values, inputs)
        said = (
            f"target '{columns[0].name}' has {len(values)} whole values, each at least twice, and is taken for classes: "
            "--task numbers learns it as numbers"
        )
        return Targets(found.task, found.values, found.classes, (said,))
    return Targets("regression", numbers)


def _of_numbers(shown: str, column: Column, values: Array, inputs: int) -> Targets:
    if len(values) == 1:
        raise SourceError(f"{shown}: target '{column.name}' has one class only ('{values[0]:.10g}')")
    assert column.numbers is not None  # noqa: S101  (that is why it is here)
    labels = tuple(f"{value:.10g}" for value in values)
    if len(set(labels)) < len(labels):  # numbers that differ in later digits
        labels = tuple(repr(value) for value in values.tolist())
    return _classes(shown, np.searchsorted(values, column.numbers), labels, inputs)


def _of_texts(shown: str, column: Column, task: str, inputs: int) -> Targets:
    if task == "numbers":
        raise SourceError(f"{shown}: target '{column.name}' is text, not numbers: leave out --task numbers")
    if column.codes is None:
        raise SourceError(
            f"{shown}: target '{column.name}' has more than {MAX_CLASSES} different texts, and classes are at most "
            f"{MAX_CLASSES}; --target names another column"
        )
    used, codes = np.unique(column.codes, return_inverse=True)
    classes = tuple(column.texts[code] for code in used)
    if len(classes) == 1:
        raise SourceError(f"{shown}: target '{column.name}' has one class only ('{classes[0]}')")
    return _classes(shown, codes, classes, inputs)


def _classes(shown: str, codes: Indices, classes: tuple[str, ...], inputs: int) -> Targets:
    """Return targets from the number of each row's class, (rows,)."""
    check_size(shown, len(codes), inputs + len(classes), len(classes))
    return Targets("classes", np.eye(len(classes))[codes], classes)
