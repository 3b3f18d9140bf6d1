"""The array types that every room shares."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Array: TypeAlias = NDArray[np.float64]
"""Float64 numbers, C order. A docstring gives the shape, for example `(rows, fan_in)`."""

Indices: TypeAlias = NDArray[np.int64]
"""Row numbers or positions in θ."""


def distinct(values: NDArray[Any]) -> NDArray[Any]:
    """Return each value of an array once, ascending, (values,).

    NumPy's `unique` is asked for their counts as well, since without them it loads `numpy.ma`, a twentieth of a start.
    """
    return np.unique(values, return_counts=True)[0]


def median(values: NDArray[Any]) -> float:
    """Return the median of an array of numbers, NaN where one is or where there are none; it loads no `numpy.ma` either."""
    ordered = np.sort(values, axis=None)
    if not len(ordered) or np.isnan(ordered[-1]):
        return float("nan")
    return float(ordered[(len(ordered) - 1) // 2 : len(ordered) // 2 + 1].mean())
