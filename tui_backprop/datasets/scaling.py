"""Scaling of inputs and of targets that are numbers, learned from the training samples alone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tui_backprop.core.arrays import Array

SCALINGS = ("none", "max", "standard", "minmax")
"""`max`: by the largest |x| of a column; `standard`: mean 0, standard deviation 1; `minmax`: to 0 … 1."""


@dataclass(frozen=True, eq=False)
class Scaler:
    """x ↦ (x − offset) / divisor, column by column."""

    kind: str
    offset: Array
    """(columns,)."""
    divisor: Array
    """(columns,); 1 where a column gives nothing to divide by."""

    def transform(self, raw: Array) -> Array:
        """Scale raw values (rows, columns)."""
        if self.kind == "none":
            return raw
        scaled = raw - self.offset
        scaled /= self.divisor  # in place: of a large table there are few copies
        return scaled

    def inverse(self, scaled: Array) -> Array:
        """Return the raw values (rows, columns) of scaled ones."""
        return scaled if self.kind == "none" else scaled * self.divisor + self.offset


def fit_scaler(values: Array, kind: str) -> Scaler:
    """Learn a scaling of `kind` from `values` (rows, columns).

    A constant column becomes 0 under `standard` and `minmax`, and a column of zeros stays 0 under `max`.
    """
    zero, one = np.zeros(values.shape[1]), np.ones(values.shape[1])
    with np.errstate(over="ignore", invalid="ignore"):  # a spread that is no number gives nothing to divide by
        match kind:
            case "max":
                offset, divisor = zero, np.abs(values).max(axis=0)
            case "standard":
                offset, divisor = values.mean(axis=0), values.std(axis=0)
            case "minmax":
                offset, divisor = values.min(axis=0), np.ptp(values, axis=0)
            case _:
                offset, divisor = zero, one
    return Scaler(kind, offset, np.where((divisor > 0) & np.isfinite(divisor), divisor, 1.0))
