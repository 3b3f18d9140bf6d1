"""The activations of `core.operations.activations` as calls, each function beside its derivative. Arrays are (units, batch).

No call writes to an array that it reads: where there is one number only, NumPy takes three times as long for that.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from tui_backprop.core.arrays import Array
from tui_backprop.core.operations.activations import GELU_CUBIC, GELU_SATURATED, GELU_SCALE, LEAK, Activation
from tui_backprop.engines.calls import ONE, ZERO, Call, Scratch, call_sequence, scalar
from tui_backprop.engines.numpy_plan.bound import BoundActivation
from tui_backprop.engines.numpy_plan.derived import derived_activation

_LEAK = scalar(LEAK)
_HALF = scalar(0.5)


def sigmoid_value(z: Array, a: Array, scratch: Scratch) -> list[Call]:
    """1 / (1 + e⁻ᶻ)."""
    s, t = scratch.two_like(z)
    return call_sequence((np.negative, z, s), (np.exp, s, t), (np.add, t, ONE, s), (np.reciprocal, s, a))


def _sigmoid_pull(_z: Array, a: Array, upstream: Array, delta: Array, scratch: Scratch) -> list[Call]:
    s, t = scratch.two_like(a)
    return call_sequence((np.subtract, ONE, a, s), (np.multiply, s, a, t), (np.multiply, upstream, t, delta))


def _tanh_value(z: Array, a: Array, _scratch: Scratch) -> list[Call]:
    return call_sequence((np.tanh, z, a))


def _tanh_pull(_z: Array, a: Array, upstream: Array, delta: Array, scratch: Scratch) -> list[Call]:
    s, t = scratch.two_like(a)
    return call_sequence((np.multiply, a, a, s), (np.subtract, ONE, s, t), (np.multiply, upstream, t, delta))


def _relu_value(z: Array, a: Array, _scratch: Scratch) -> list[Call]:
    return call_sequence((np.maximum, z, ZERO, a))


def _relu_pull(_z: Array, a: Array, upstream: Array, delta: Array, scratch: Scratch) -> list[Call]:
    slope, _ = scratch.two_like(a)  # a is 0 or more, so its sign is the slope
    return call_sequence((np.sign, a, slope), (np.multiply, upstream, slope, delta))


def _leaky_value(z: Array, a: Array, scratch: Scratch) -> list[Call]:
    leaked, _ = scratch.two_like(z)
    return call_sequence((np.multiply, z, _LEAK, leaked), (np.maximum, z, leaked, a))


def _leaky_pull(z: Array, _a: Array, upstream: Array, delta: Array, scratch: Scratch) -> list[Call]:
    s, slope = scratch.two_like(z)
    return call_sequence((np.sign, z, s), (np.maximum, s, _LEAK, slope), (np.multiply, upstream, slope, delta))


def _elu_value(z: Array, a: Array, scratch: Scratch) -> list[Call]:
    s, below = scratch.two_like(z)
    return call_sequence(
        (np.minimum, z, ZERO, s), (np.expm1, s, below), (np.maximum, z, ZERO, s), (np.add, s, below, a)
    )


def _elu_pull(z: Array, _a: Array, upstream: Array, delta: Array, scratch: Scratch) -> list[Call]:
    s, slope = scratch.two_like(z)
    return call_sequence((np.minimum, z, ZERO, s), (np.exp, s, slope), (np.multiply, upstream, slope, delta))


def _softplus_value(z: Array, a: Array, scratch: Scratch) -> list[Call]:
    s, t = scratch.two_like(z)
    return call_sequence(
        (np.absolute, z, s), (np.negative, s, t), (np.exp, t, s), (np.log1p, s, t),
        (np.maximum, z, ZERO, s), (np.add, s, t, a),
    )  # fmt: skip


def _softplus_pull(z: Array, _a: Array, upstream: Array, delta: Array, scratch: Scratch) -> list[Call]:
    slope = scratch.like(z, "slope")
    return [*sigmoid_value(z, slope, scratch), *call_sequence((np.multiply, upstream, slope, delta))]


def _gelu_tanh(z: Array, scratch: Scratch) -> tuple[list[Call], Array, Array]:
    """Return calls that fill two arrays, and these: z where tanh can tell it apart, and t = tanh(√(2/π)(z + 0.044715z³))."""
    r, s = scratch.two_like(z)
    near, t = scratch.like(z, "near"), scratch.like(z, "tanh")
    calls = call_sequence(
        (np.maximum, z, scalar(-GELU_SATURATED), s), (np.minimum, s, scalar(GELU_SATURATED), near),
        (np.multiply, near, near, r), (np.multiply, r, scalar(GELU_CUBIC), s), (np.add, s, ONE, r),
        (np.multiply, r, near, s), (np.multiply, s, scalar(GELU_SCALE), r), (np.tanh, r, t),
    )  # fmt: skip
    return calls, near, t


def _gelu_value(z: Array, a: Array, scratch: Scratch) -> list[Call]:
    inner, _, t = _gelu_tanh(z, scratch)
    r, s = scratch.two_like(z)
    return inner + call_sequence((np.add, t, ONE, r), (np.multiply, r, _HALF, s), (np.multiply, z, s, a))


def _gelu_pull(z: Array, _a: Array, upstream: Array, delta: Array, scratch: Scratch) -> list[Call]:
    """δ = upstream · ½(1 + t)(1 + z(1 − t)·√(2/π)(1 + 3·0.044715z²)), since 1 − t² = (1 + t)(1 − t)."""
    inner, near, t = _gelu_tanh(z, scratch)
    r, s = scratch.two_like(z)
    return inner + call_sequence(
        (np.multiply, near, near, r), (np.multiply, r, scalar(3 * GELU_CUBIC), s), (np.add, s, ONE, r),
        (np.multiply, r, scalar(GELU_SCALE), s), (np.multiply, s, near, r),
        (np.subtract, ONE, t, near), (np.multiply, r, near, s), (np.add, s, ONE, near),
        (np.add, t, ONE, r), (np.multiply, r, _HALF, s), (np.multiply, s, near, r), (np.multiply, upstream, r, delta),
    )  # fmt: skip


def _sine_value(z: Array, a: Array, _scratch: Scratch) -> list[Call]:
    return call_sequence((np.sin, z, a))


def _sine_pull(z: Array, _a: Array, upstream: Array, delta: Array, scratch: Scratch) -> list[Call]:
    slope, _ = scratch.two_like(z)
    return call_sequence((np.cos, z, slope), (np.multiply, upstream, slope, delta))


def _linear_value(z: Array, a: Array, _scratch: Scratch) -> list[Call]:
    return call_sequence((np.copyto, a, z))


def _linear_pull(_z: Array, _a: Array, upstream: Array, delta: Array, _scratch: Scratch) -> list[Call]:
    return call_sequence((np.copyto, delta, upstream))


def _softmax_value(z: Array, a: Array, scratch: Scratch) -> list[Call]:
    s, t = scratch.two_like(z)
    column = scratch.shaped((1, z.shape[1]), "column")  # one number for each sample
    return call_sequence(
        (np.maximum.reduce, z, 0, None, column, True), (np.subtract, z, column, s), (np.exp, s, t),
        (np.add.reduce, t, 0, None, column, True), (np.divide, t, column, a),
    )  # fmt: skip


def _softmax_pull(_z: Array, a: Array, upstream: Array, delta: Array, scratch: Scratch) -> list[Call]:
    s, _ = scratch.two_like(a)
    column = scratch.shaped((1, a.shape[1]), "column")
    return call_sequence(
        (np.multiply, upstream, a, s), (np.add.reduce, s, 0, None, column, True),
        (np.subtract, upstream, column, s), (np.multiply, s, a, delta),
    )  # fmt: skip


_BY_HAND: Mapping[str, BoundActivation] = {
    "sigmoid": BoundActivation(sigmoid_value, _sigmoid_pull),
    "tanh": BoundActivation(_tanh_value, _tanh_pull),
    "relu": BoundActivation(_relu_value, _relu_pull),
    "leaky-relu": BoundActivation(_leaky_value, _leaky_pull),
    "elu": BoundActivation(_elu_value, _elu_pull),
    "softplus": BoundActivation(_softplus_value, _softplus_pull),
    "gelu": BoundActivation(_gelu_value, _gelu_pull),
    "sine": BoundActivation(_sine_value, _sine_pull),
    "linear": BoundActivation(_linear_value, _linear_pull),
    "softmax": BoundActivation(_softmax_value, _softmax_pull),
}


def bound_activation(activation: Activation) -> BoundActivation:
    """Return an activation as calls: those above, or what is derived from the core's formula."""
    return _BY_HAND.get(activation.name) or derived_activation(activation)
