"""Input features: what a network gets instead of the columns, each an expression over them."""

from __future__ import annotations

import keyword
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from tui_backprop.core.arrays import Array
from tui_backprop.session.conditions import ConditionError, Expression
from tui_backprop.text.unknown import unknown


@dataclass(frozen=True)
class _FeatureColumns:
    """The columns of some rows, as expressions see them."""

    columns: dict[str, Array]

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self.columns)

    def value(self, name: str) -> Any:
        return self.columns[name]

    def epochs_ago(self, count: int) -> Self | None:
        del count
        return None


class _Feature(Expression):
    """An expression over the columns of a data set."""

    KIND, SUCH_AS = "a feature", "x1*x2"


@dataclass(frozen=True)
class Features:
    """Expressions over the columns of a data set; without any the columns themselves."""

    columns: tuple[str, ...]
    """What the data set calls its columns."""
    expressions: tuple[Expression, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """What the network's inputs are called."""
        return tuple(one.text for one in self.expressions) or self.columns

    @property
    def count(self) -> int:
        """How many inputs the network has."""
        return len(self.names)

    def of(self, raw: Array) -> Array:
        """Return the features (rows, features) of raw inputs (rows, columns); what has no value is NaN or infinite."""
        if not self.expressions:
            return raw
        rows = _FeatureColumns(dict(zip(variable_names(self.columns), raw.T, strict=True)) | _numbered(raw))
        with np.errstate(all="ignore"):
            found = [np.broadcast_to(one.each(rows), len(raw)) for one in self.expressions]
        return np.stack(found, axis=1).astype(np.float64)


def read_feature(text: str) -> Expression:
    """Read one expression.

    Raises:
        ValueError: it is none, or says something of all samples at once.
    """
    try:
        expression = _Feature(text)
    except ConditionError as error:
        raise ValueError(str(error)) from None
    if not expression.elementwise:
        raise ValueError(f"{text!r} is not a number for each sample: expected x1, x1*x2, sin(x1) and the like")
    return expression


def features_of(texts: Sequence[str], columns: Sequence[str]) -> Features:
    """Return the features that a recipe asks for, of a data set with these columns.

    Raises:
        ValueError: an expression names what there is not, in one sentence.
    """
    expressions = tuple(read_feature(text) for text in texts)
    known = [f"x{i}" for i in range(1, len(columns) + 1)]
    known += [name for name in variable_names(columns) if name not in known]
    for one in expressions:
        strange = sorted(one.names - set(known))
        if strange:
            raise ValueError(f"features: {unknown('name', strange[0], known)}")
    return Features(tuple(columns), expressions)


def variable_names(columns: Sequence[str]) -> list[str]:
    """Return what expressions call each column: its name, where that is a word, and else its number, x1 the first."""
    return [
        name if name.isidentifier() and not keyword.iskeyword(name) else f"x{i}" for i, name in enumerate(columns, 1)
    ]


def _numbered(raw: Array) -> dict[str, Array]:
    return {f"x{i}": column for i, column in enumerate(raw.T, start=1)}
