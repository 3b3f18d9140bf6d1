"""What is varied: a recipe field and its values."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from tui_backprop.core.errors import InputError
from tui_backprop.datasets.reading import READING_FIELDS
from tui_backprop.session.recipe.field import Field
from tui_backprop.session.recipe.fields import BY_NAME
from tui_backprop.session.recipe.recipe import is_file

MAX_VALUES = 1000
"""Most values of one field."""

_NOT_VARIED = {
    "seed": "say how many with --seeds",
    "steps": "all runs have as many",
    "probe": "it changes no run",
    "engine": "all runs have one",
    **dict.fromkeys(READING_FIELDS, "it would be other data"),
}


class SweepError(InputError):
    """A sweep that is not possible; the text is one sentence."""


VARIABLE = tuple(name for name in BY_NAME if name not in _NOT_VARIED)
"""The fields that can be varied."""


@dataclass(frozen=True)
class Axis:
    """One recipe field that is varied, and its values in order."""

    name: str
    values: tuple[Any, ...]

    @property
    def texts(self) -> tuple[str, ...]:
        """The values as people write them."""
        write = BY_NAME[self.name].write
        return tuple(
            (write(value) or "none").replace(",", "-" if self.name == "hidden" else ",") for value in self.values
        )


def parse_axis(text: str) -> Axis:
    """Read `lr=0.001,0.1,1`, `lr=0.001:10:log:9` or `l2=0:0.1:lin:5`, `hidden=1,2,4-2` or `schedule=constant;step:100,0.5`.

    Values stand between commas, or between semicolons where one of them has a comma. A range has its ends, `log` or `lin`,
    and the number of values; they are rounded to as few digits as tell them apart, three at least.

    Raises:
        SweepError: what was expected, in one sentence.
    """
    name, equals, rest = text.partition("=")
    name = name.strip().removeprefix("--").replace("-", "_")
    if not equals or name not in BY_NAME:
        raise SweepError(f"vary: expected FIELD=VALUES such as lr=0.001:10:log:9 or hidden=1,2,4-2, not {text!r}")
    if name in _NOT_VARIED:
        raise SweepError(f"vary: {name} cannot be varied: {_NOT_VARIED[name]}")
    field = BY_NAME[name]
    try:
        values = _range(field, rest.strip()) or tuple(field.parse(part) for part in _parts(rest))
    except ValueError as error:
        raise SweepError(f"vary: {error}") from None
    values = tuple(dict.fromkeys(values))
    if name == "rule" and any(is_file(value) for value in values):
        raise SweepError("vary: a rule in your own file cannot be swept")
    if not 1 <= len(values) <= MAX_VALUES:
        raise SweepError(f"vary: expected 1 to {MAX_VALUES:,} values of {name}, not {len(values):,}")
    return Axis(name, values)


def _parts(text: str) -> list[str]:
    return text.split(";" if ";" in text else ",")


def _range(field: Field, text: str) -> tuple[Any, ...]:
    """Return the values of LOW:HIGH:log:COUNT; nothing where the text is no range."""
    parts = text.split(":")
    if len(parts) != 4 or parts[2] not in ("log", "lin"):
        return ()
    try:
        low, high, count = float(parts[0]), float(parts[1]), int(parts[3])
    except ValueError:
        low = high = math.nan
        count = 0
    if not (math.isfinite(low) and math.isfinite(high) and 2 <= count <= MAX_VALUES):
        raise ValueError(f"{field.name}: expected LOW:HIGH:log:COUNT such as 0.001:10:log:9, not {text!r}")
    if parts[2] == "log" and not (low > 0 and high > 0):
        raise ValueError(f"{field.name}: a range in equal ratios has ends above 0, not {text!r}")
    spread = np.geomspace(low, high, count) if parts[2] == "log" else np.linspace(low, high, count)
    for digits in range(3, 17):
        values = [float(f"{value:.{digits}g}") for value in spread.tolist()]
        if len(set(values)) == len(set(spread.tolist())):
            break
    return tuple(_nearest(field, value) for value in values)


def _nearest(field: Field, value: float) -> Any:
    """Return the field's value for a number, rounded to a whole one where the field has no other."""
    try:
        return field.parse(repr(value))
    except ValueError:
        return field.parse(str(round(value)))
