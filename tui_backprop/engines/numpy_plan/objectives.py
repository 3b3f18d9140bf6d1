"""δ of the output layer as calls, for every objective of `core.objective`. Arrays are (units, batch)."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from tui_backprop.core.arrays import Array
from tui_backprop.core.errors import require
from tui_backprop.core.objective import FUSED, Objective
from tui_backprop.core.operations.losses import HUBER_THRESHOLD
from tui_backprop.engines.calls import ONE, Call, Scratch, call_sequence, scalar
from tui_backprop.engines.numpy_plan.activations import bound_activation, sigmoid_value
from tui_backprop.engines.numpy_plan.bound import Slope
from tui_backprop.engines.numpy_plan.derived import derived_slope


def reads_z_alone(objective: Objective) -> bool:
    """Whether `output_delta_calls` needs no activations of the output layer."""
    return objective.fused and objective.activation.name == "softmax"


def output_delta_calls(
    objective: Objective, z: Array, a: Array, y: Array, delta: Array, scratch: Scratch, *, one_hot: bool
) -> list[Call]:
    """Return the calls that fill delta with ∂L/∂z of the output layer, from its z and a and the targets y.

    With `one_hot` every sample's targets are 1 for one output and 0 for the others.
    """
    name = objective.activation.name
    if reads_z_alone(objective) and one_hot:
        return _softmax_of_one_class(z, y, delta, scratch)
    if objective.fused:
        return _FUSED[name](z, a, y, delta, scratch)
    slope = _SLOPES.get(objective.loss.name) or derived_slope(objective.loss)
    if name == "linear":
        return slope(a, y, delta, scratch)
    upstream = scratch.like(a, "upstream")
    return [
        *slope(a, y, upstream, scratch),
        *bound_activation(objective.activation).pull(z, a, upstream, delta, scratch),
    ]


def _share(factor: float, batch: int) -> Array:
    """Return a factor's share of one sample in the mean over the batch."""
    return scalar(factor / batch)


def _squared(a: Array, y: Array, upstream: Array, scratch: Scratch) -> list[Call]:
    error, _ = scratch.two_like(a)
    return call_sequence((np.subtract, a, y, error), (np.multiply, error, _share(2.0, a.shape[1]), upstream))


def _half_squared(a: Array, y: Array, upstream: Array, scratch: Scratch) -> list[Call]:
    error, _ = scratch.two_like(a)
    return call_sequence((np.subtract, a, y, error), (np.multiply, error, _share(1.0, a.shape[1]), upstream))


def _huber(a: Array, y: Array, upstream: Array, scratch: Scratch) -> list[Call]:
    s, t = scratch.two_like(a)
    high, low = scalar(HUBER_THRESHOLD), scalar(-HUBER_THRESHOLD)
    return call_sequence(
        (np.subtract, a, y, s), (np.minimum, s, high, t), (np.maximum, t, low, s),
        (np.multiply, s, _share(1.0, a.shape[1]), upstream),
    )  # fmt: skip


def _absolute(a: Array, y: Array, upstream: Array, scratch: Scratch) -> list[Call]:
    s, t = scratch.two_like(a)
    return call_sequence((np.subtract, a, y, s), (np.sign, s, t), (np.multiply, t, _share(1.0, a.shape[1]), upstream))


def _sigmoid_cross_entropy(z: Array, a: Array, y: Array, delta: Array, scratch: Scratch) -> list[Call]:
    """(1 − y)σ(z) − yσ(−z), so that nothing cancels; a is σ(z)."""
    s, t = scratch.two_like(a)
    minus, other = scratch.like(a, "minus"), scratch.like(a, "other")
    return [
        *call_sequence((np.negative, z, minus)),
        *sigmoid_value(minus, other, scratch),
        *call_sequence(
            (np.multiply, other, y, minus), (np.subtract, ONE, y, s), (np.multiply, s, a, t),
            (np.subtract, t, minus, s), (np.multiply, s, _share(1.0, a.shape[1]), delta),
        ),
    ]  # fmt: skip


def _softmax_of_one_class(z: Array, y: Array, delta: Array, scratch: Scratch) -> list[Call]:
    """(1 − y)p − y·o/Σe with p = e/Σe, e = exp(z − max) and o = Σ(1 − y)e, of the other classes: nothing cancels."""
    batch = z.shape[1]
    s, t = scratch.two_like(z)
    e = scratch.like(z, "exponentials")
    column, others = scratch.shaped((1, batch), "column"), scratch.shaped((1, batch), "others")
    total = scratch.shaped((1, batch), "total")
    return call_sequence(
        (np.maximum.reduce, z, 0, None, column, True), (np.subtract, z, column, s), (np.exp, s, e),
        (np.add.reduce, e, 0, None, column, True), (np.multiply, column, scalar(float(batch)), total),
        (np.subtract, ONE, y, s), (np.multiply, s, e, t), (np.add.reduce, t, 0, None, others, True),
        (np.multiply, y, others, s), (np.subtract, t, s, e), (np.divide, e, total, delta),
    )  # fmt: skip


def _softmax_cross_entropy(z: Array, _a: Array, y: Array, delta: Array, scratch: Scratch) -> list[Call]:
    """(1 − y)p + y(p − 1) with p = e/Σe and e = exp(z − max), so that nothing cancels.

    With o the sum of all exponentials but the largest, which is exactly 1, Σe = 1 + o and p − 1 = ((e − 1) − o)/(1 + o).
    The largest is found by its place, since others may be as large.
    """
    batch = z.shape[1]
    s, t = scratch.two_like(z)
    e = scratch.like(z, "exponentials")
    column, others = scratch.shaped((1, batch), "column"), scratch.shaped((1, batch), "others")
    total = scratch.shaped((1, batch), "total")
    unit, place = np.empty(batch, dtype=np.intp), np.empty(batch, dtype=np.intp)
    samples, width = np.arange(batch, dtype=np.intp), np.array(batch, dtype=np.intp)
    flat = e.reshape(-1)
    return call_sequence(
        (np.maximum.reduce, z, 0, None, column, True), (np.subtract, z, column, s), (np.exp, s, e),
        (s.argmax, 0, unit), (np.multiply, unit, width, place), (np.add, place, samples, unit),
        (flat.put, unit, 0.0), (np.add.reduce, e, 0, None, others, True), (flat.put, unit, 1.0),
        (np.add, others, ONE, column), (np.multiply, column, scalar(float(batch)), total),
        (np.subtract, e, ONE, s), (np.subtract, s, others, t), (np.multiply, t, y, s),
        (np.subtract, ONE, y, t), (np.multiply, t, e, delta), (np.add, delta, s, t), (np.divide, t, total, delta),
    )  # fmt: skip


_SLOPES: Mapping[str, Slope] = {
    "squared": _squared,
    "half-squared": _half_squared,
    "huber": _huber,
    "absolute": _absolute,
}

_FUSED: Mapping[str, Callable[[Array, Array, Array, Array, Scratch], list[Call]]] = {
    "sigmoid": _sigmoid_cross_entropy,
    "softmax": _softmax_cross_entropy,
}
require("the NumPy engine's pairs of a loss and its output activation", _FUSED, [activation for activation, _ in FUSED])
