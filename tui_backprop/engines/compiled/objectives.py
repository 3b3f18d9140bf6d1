"""∂L/∂ŷ of the output layer for every loss of `core.operations.losses`, over all outputs and samples of a batch at once.

The cross-entropies come with their own output activation and are computed in one piece, so that nothing cancels: they give
∂L/∂z.
"""

from __future__ import annotations

import math
from typing import Any

from tui_backprop.core.arrays import Array
from tui_backprop.core.operations.losses import HUBER_THRESHOLD, LOSSES
from tui_backprop.engines.compiled.derived import for_one_number
from tui_backprop.engines.compiled.exponentials import exp, sigmoid
from tui_backprop.engines.compiled.jit import FLOAT, FLOATS, INTEGER, NOTHING, Piece, inlined, piece

SIGNATURE = NOTHING(FLOATS, FLOATS, FLOATS, FLOATS, INTEGER, INTEGER, INTEGER, FLOAT)
"""(z, a, y, delta, lower, upper, stride, share): flat, unit after unit; y begins at 0, the others at `lower`.

`share` is one sample's in the mean.
"""

WHOLE = ("binary-cross-entropy", "cross-entropy")
"""Losses that give ∂L/∂z, so that the output activation has nothing to do."""


@inlined
def _squared(a: float, y: float) -> float:
    return 2.0 * (a - y)


@inlined
def _half_squared(a: float, y: float) -> float:
    return a - y


@inlined
def _huber(a: float, y: float) -> float:
    error = a - y
    error = min(error, HUBER_THRESHOLD)
    return max(error, -HUBER_THRESHOLD)


@inlined
def _absolute(a: float, y: float) -> float:
    error = a - y
    return error if math.isnan(error) else 1.0 if error > 0.0 else -1.0 if error < 0.0 else 0.0


_BY_HAND = {"squared": _squared, "half-squared": _half_squared, "huber": _huber, "absolute": _absolute}


def slope(_a: float, _y: float) -> float:
    """Stand for the loss's slope where the loop is written; a piece has its own."""
    raise NotImplementedError


def _errors(_z: Array, a: Array, y: Array, delta: Array, lower: int, upper: int, _stride: int, share: float) -> None:
    for k in range(lower, upper):
        delta[k] = slope(a[k], y[k - lower]) * share


def _binary_cross_entropy(
    z: Array, a: Array, y: Array, delta: Array, lower: int, upper: int, _stride: int, share: float
) -> None:
    for k in range(lower, upper):
        delta[k] = ((1.0 - y[k - lower]) * a[k] - y[k - lower] * sigmoid(-z[k])) * share


def _softmax_cross_entropy(
    z: Array, _a: Array, y: Array, delta: Array, lower: int, upper: int, stride: int, share: float
) -> None:
    """(1 − y)p + y(p − 1) with p = e/(1 + o) and p − 1 = ((e − 1) − o)/(1 + o), o the sum of all e but the largest."""
    for r in range(lower, lower + stride):
        largest = r
        for k in range(r, upper, stride):
            if z[k] > z[largest]:
                largest = k
        others = 0.0
        for k in range(r, upper, stride):
            delta[k] = exp(z[k] - z[largest])
            if k != largest:
                others += delta[k]
        for k in range(r, upper, stride):
            e = delta[k]
            delta[k] = ((1.0 - y[k - lower]) * e + y[k - lower] * ((e - 1.0) - others)) / (1.0 + others) * share


def make_errors(name: str) -> Piece:
    """Return the loop that fills delta for the loss of this name."""
    if name == "binary-cross-entropy":
        return piece("errors binary-cross-entropy", SIGNATURE, _binary_cross_entropy)
    if name == "cross-entropy":
        return piece("errors cross-entropy", SIGNATURE, _softmax_cross_entropy)
    own: Any = _BY_HAND[name] if name in _BY_HAND else for_one_number(LOSSES[name].slope)
    return piece(f"errors {name}", SIGNATURE, _errors, slope=own)
