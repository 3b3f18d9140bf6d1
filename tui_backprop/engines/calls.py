"""What all parts of a plan are made of: bound calls, numbers that cost as little as arrays, and scratch arrays.

Inside a plan, arrays have units as rows and samples as columns, (units, batch): a layer's output and the row of ones that
its biases are multiplied with then lie in one piece, and so do a layer's weights and biases in θ.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, TypeAlias

import numpy as np

from tui_backprop.core.arrays import Array

Call: TypeAlias = Callable[[], object]
"""A NumPy function with all its arguments, the array it writes to included."""


def scalar(value: float) -> Array:
    """Return a number as an array without dimensions: a call takes it in half the time of a Python number."""
    return np.array(value, dtype=np.float64)


ONE = scalar(1.0)
ZERO = scalar(0.0)


class Scratch:
    """Arrays whose contents last from one call to the next few; all that ask for one shape and name share it."""

    def __init__(self) -> None:
        self._arrays: dict[tuple[tuple[int, ...], str], Array] = {}

    def two_like(self, array: Array) -> tuple[Array, Array]:
        """Return the two scratch arrays of an array's shape whose contents need not last."""
        return self.shaped(array.shape, "first"), self.shaped(array.shape, "second")

    def like(self, array: Array, name: str) -> Array:
        """Return the scratch array of an array's shape and a name."""
        return self.shaped(array.shape, name)

    def shaped(self, shape: tuple[int, ...], name: str) -> Array:
        """Return the scratch array of a shape and a name."""
        key = (shape, name)
        if key not in self._arrays:
            self._arrays[key] = np.empty(shape)
        return self._arrays[key]


def call_sequence(*steps: tuple[Any, ...]) -> list[Call]:
    """Return the calls of `(function, argument, …, out)`, in order.

    By position `out` costs less than by name; NumPy is about to take it by name alone where there may be more arguments.
    """
    return [
        partial(function, *arguments[:-1], out=arguments[-1])
        if function in (np.maximum, np.minimum)
        else partial(function, *arguments)
        for function, *arguments in steps
    ]
