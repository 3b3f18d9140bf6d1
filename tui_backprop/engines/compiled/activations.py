"""The activations of `core.operations.activations`: loops over all units and samples of a layer at once, a piece for each.

Arrays are flat, unit after unit. What is not written here is compiled from the core's own formula.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from tui_backprop.core.arrays import Array
from tui_backprop.core.operations.activations import ACTIVATIONS, GELU_CUBIC, GELU_SATURATED, GELU_SCALE, LEAK
from tui_backprop.engines.compiled.derived import for_one_number
from tui_backprop.engines.compiled.exponentials import exp, expm1, sigmoid, tanh
from tui_backprop.engines.compiled.jit import FLOATS, INTEGER, NOTHING, Piece, inlined, piece

SIGNATURE = NOTHING(FLOATS, FLOATS, FLOATS, INTEGER, INTEGER, INTEGER)
"""(z, a, delta, lower, upper, stride): the layer's numbers are from `lower` up to `upper`, a unit's `stride` apart."""


@inlined
def _relu(z: float) -> float:
    return 0.0 if z < 0.0 else z  # NaN stays NaN


@inlined
def _leaky(z: float) -> float:
    return LEAK * z if z < 0.0 else z


@inlined
def _elu(z: float) -> float:
    below = expm1(z)
    return z if z > 0.0 else below


@inlined
def _softplus(z: float) -> float:
    return max(z, 0.0) + math.log1p(exp(-abs(z)))


@inlined
def _gelu_near(z: float) -> float:
    z = min(z, GELU_SATURATED)
    return max(z, -GELU_SATURATED)


@inlined
def _gelu(z: float) -> float:
    near = _gelu_near(z)
    t = tanh(GELU_SCALE * (near + GELU_CUBIC * near * near * near))
    return 0.5 * z * (1.0 + t)


@inlined
def _sine(z: float) -> float:
    return math.sin(z)


@inlined
def _linear(z: float) -> float:
    return z


@inlined
def _sigmoid_slope(_z: float, a: float) -> float:
    return a * (1.0 - a)


@inlined
def _tanh_slope(_z: float, a: float) -> float:
    return 1.0 - a * a


@inlined
def _relu_slope(z: float, _a: float) -> float:
    return 1.0 if z > 0.0 else 0.0


@inlined
def _leaky_slope(z: float, _a: float) -> float:
    return 1.0 if z > 0.0 else LEAK


@inlined
def _elu_slope(z: float, _a: float) -> float:
    below = exp(z)
    return 1.0 if z > 0.0 else below


@inlined
def _softplus_slope(z: float, _a: float) -> float:
    return sigmoid(z)


@inlined
def _gelu_slope(z: float, _a: float) -> float:
    near = _gelu_near(z)
    t = tanh(GELU_SCALE * (near + GELU_CUBIC * near * near * near))
    inner = GELU_SCALE * (1.0 + 3.0 * GELU_CUBIC * near * near)
    return 0.5 * (1.0 + t) + 0.5 * near * (1.0 - t * t) * inner


@inlined
def _sine_slope(z: float, _a: float) -> float:
    return math.cos(z)


@inlined
def _linear_slope(_z: float, _a: float) -> float:
    return 1.0


_BY_HAND: dict[str, tuple[Callable[..., float], Callable[..., float]]] = {
    "sigmoid": (sigmoid, _sigmoid_slope),
    "tanh": (tanh, _tanh_slope),
    "relu": (_relu, _relu_slope),
    "leaky-relu": (_leaky, _leaky_slope),
    "elu": (_elu, _elu_slope),
    "softplus": (_softplus, _softplus_slope),
    "gelu": (_gelu, _gelu_slope),
    "sine": (_sine, _sine_slope),
    "linear": (_linear, _linear_slope),
}
"""Value and slope for one number."""


def value(_z: float) -> float:
    """Stand for the activation's value where a loop is written; a piece has its own."""
    raise NotImplementedError


def slope(_z: float, _a: float) -> float:
    """Stand for the activation's slope likewise."""
    raise NotImplementedError


def _values(z: Array, a: Array, _delta: Array, lower: int, upper: int, _stride: int) -> None:
    for k in range(lower, upper):
        a[k] = value(z[k])


def _pulls(z: Array, a: Array, delta: Array, lower: int, upper: int, _stride: int) -> None:
    for k in range(lower, upper):
        delta[k] *= slope(z[k], a[k])


def _softmax(z: Array, a: Array, _delta: Array, lower: int, upper: int, stride: int) -> None:
    for r in range(lower, lower + stride):
        largest, total = z[r], 0.0
        for k in range(r, upper, stride):
            largest = max(largest, z[k])
        for k in range(r, upper, stride):
            a[k] = exp(z[k] - largest)
            total += a[k]
        for k in range(r, upper, stride):
            a[k] /= total


def _softmax_pulls(_z: Array, a: Array, delta: Array, lower: int, upper: int, stride: int) -> None:
    for r in range(lower, lower + stride):
        total = 0.0
        for k in range(r, upper, stride):
            total += a[k] * delta[k]
        for k in range(r, upper, stride):
            delta[k] = a[k] * (delta[k] - total)


def make_values(name: str) -> Piece:
    """Return the loop that fills a from z by the activation of this name."""
    if name == "softmax":
        return piece("values softmax", SIGNATURE, _softmax)
    return piece(f"values {name}", SIGNATURE, _values, value=_for_one_number(name)[0])


def make_pulls(name: str) -> Piece:
    """Return the loop that turns ∂L/∂a, which is in delta, into ∂L/∂z."""
    if name == "softmax":
        return piece("pulls softmax", SIGNATURE, _softmax_pulls)
    return piece(f"pulls {name}", SIGNATURE, _pulls, slope=_for_one_number(name)[1])


def _for_one_number(name: str) -> tuple[Any, Any]:
    if name in _BY_HAND:
        return _BY_HAND[name]
    entry = ACTIVATIONS[name]
    return for_one_number(entry.value), for_one_number(entry.slope)
