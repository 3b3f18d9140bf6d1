"""Points by hand: samples that a recipe adds to its data set, and rows of it that are left out.

The field `points` has one text for each: `0.5,0.2=1` is a training sample (the raw inputs, then the target or the number of
the class, the first one 0), `test 0.5,0.2=1` a test sample, and `drop 12` leaves out the twelfth row of the data. The other
rows are split as they would be without points.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tui_backprop.core.arrays import Array, Indices
from tui_backprop.datasets.dataset import Dataset
from tui_backprop.datasets.splits import split
from tui_backprop.session.recipe.recipe import Recipe, RecipeError

MOST = 10_000
"""Points of a recipe, at the most."""

_EXAMPLE = "0.5,0.2=1, test 0.5,0.2=1 or drop 12"


@dataclass(frozen=True)
class Point:
    """A sample that was added."""

    inputs: tuple[float, ...]
    """Raw, (inputs,)."""
    target: tuple[float, ...]
    """(outputs,), or the number of the class alone, from 0."""
    test: bool = False
    """Whether it is for testing."""

    @property
    def text(self) -> str:
        """What the recipe has for it."""
        values = (",".join(map(_short, side)) for side in (self.inputs, self.target))
        return ("test " if self.test else "") + "=".join(values)


def drop_text(row: int) -> str:
    """Return what a recipe has for a row, from 0, that is left out."""
    return f"drop {row + 1}"


def read_points(text: str) -> tuple[str, ...]:
    """Read points with semicolons between, each in its usual form.

    Raises:
        ValueError: what was expected.
    """
    parts = [part.strip() for part in text.split(";") if part.strip()]
    if len(parts) > MOST:
        raise ValueError(f"expected at most {MOST:,} points, not {len(parts):,}")
    return tuple(drop_text(found) if isinstance(found := read_point(part), int) else found.text for part in parts)


def read_point(text: str) -> Point | int:
    """Read one point, or the row, from 0, that is left out.

    Raises:
        ValueError: what was expected.
    """
    word, _, rest = text.partition(" ")
    if word == "drop":
        if not (rest.strip().isdecimal() and 0 < int(rest) < 2**53):
            raise ValueError(f"expected drop and the number of a row, such as drop 12, not {text!r}")
        return int(rest) - 1
    test = word == "test"
    left, equals, right = (rest if test else text).partition("=")
    try:
        inputs, target = (tuple(float(value) for value in side.split(",")) for side in (left, right))
    except ValueError:
        inputs, target = (math.nan,), (math.nan,)
    if not (equals and all(map(math.isfinite, (*inputs, *target)))):
        raise ValueError(f"expected {_EXAMPLE}, not {text!r}")
    return Point(inputs, target, test)


def with_points(dataset: Dataset, points: Sequence[str]) -> Dataset:
    """Return a data set with the points of a recipe behind its own rows; one that has points already begins without them.

    Raises:
        RecipeError: a point that does not fit the data, in one sentence.
    """
    base = dataset.base or dataset
    if not points:
        return base
    drawn, dropped = [], []
    for text in points:
        found = read_point(text)
        if isinstance(found, Point):
            drawn.append(found)
        elif found < base.rows:
            dropped.append(found)
        else:
            raise RecipeError((f"points: {base.name} has {base.rows:,} rows: there is no row {found + 1:,} to drop",))
    inputs = np.array([_inputs_of(base, point) for point in drawn]).reshape(-1, base.n_inputs)
    targets = np.array([_target_of(base, point) for point in drawn]).reshape(-1, base.n_outputs)
    return Dataset(
        base.name,
        np.concatenate([base.inputs, inputs]),
        np.concatenate([base.targets, targets]),
        base.input_names,
        base.target_names,
        base.task,
        base.classes,
        base.notices,
        base,
        tuple(point.test for point in drawn),
        frozenset(dropped),
    )


def split_with_points(dataset: Dataset, recipe: Recipe) -> tuple[tuple[Indices, Indices], tuple[Indices, Indices]]:
    """Return the rows of the training and of the test part of the data's own rows, and those of the points.

    Raises:
        RecipeError: nothing is left to train on.
    """
    base = dataset.base or dataset
    strata = None if base.task == "regression" else base.targets @ np.arange(1.0, base.n_outputs + 1)
    train, test = split(base.rows, recipe.test_fraction, recipe.seed, strata)
    left_out = np.array(sorted(dataset.dropped), dtype=np.int64)
    train, test = (part[~np.isin(part, left_out)] for part in (train, test))
    for_test = np.array(dataset.drawn_for_test, dtype=bool)
    drawn = base.rows + np.arange(len(for_test))
    if not len(train) + int((~for_test).sum()):
        raise RecipeError(("points: the last training sample cannot be left out",))
    return (train, test), (drawn[~for_test], drawn[for_test])


def _inputs_of(dataset: Dataset, point: Point) -> tuple[float, ...]:
    if len(point.inputs) != dataset.n_inputs:
        wanted = f"{dataset.n_inputs} number{'s' * (dataset.n_inputs > 1)} ({', '.join(dataset.input_names[:6])})"
        raise RecipeError((f"points: expected {wanted} before =, not {point.text!r}",))
    return point.inputs


def _target_of(dataset: Dataset, point: Point) -> Array:
    """Return a point's target as the data have it, (outputs,)."""
    target = np.array(point.target)
    if dataset.task == "classes":
        known = len(target) == 1 and target[0] in range(len(dataset.classes))
        wanted = f"the number of a class, 0 to {len(dataset.classes) - 1},"
        found = np.eye(len(dataset.classes))[int(target[0])] if known else target
    elif dataset.task == "binary":
        known, wanted, found = (
            len(target) == dataset.n_outputs and bool(np.isin(target, (0, 1)).all()),
            "0 or 1",
            target,
        )
    else:
        known, wanted, found = len(target) == dataset.n_outputs, "a number", target
    if not known:
        each = (
            f" for each of {dataset.n_outputs} outputs" if dataset.task != "classes" and dataset.n_outputs > 1 else ""
        )
        raise RecipeError((f"points: expected {wanted}{each} behind =, not {point.text!r}",))
    return found


def _short(value: float) -> str:
    text = f"{value:g}"
    return text if float(text) == value else repr(value)
