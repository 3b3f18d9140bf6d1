"""Losses of one sample, each beside its derivative with respect to the prediction.

A loss sums over the outputs of a sample; the mean over a batch is taken where a batch is at hand
(`tui_backprop.core.objective`). Shapes: prediction and target (rows, outputs), value (rows,), slope (rows, outputs).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from tui_backprop.core.arrays import Array
from tui_backprop.core.numbers import Many, Numbers

HUBER_THRESHOLD = 1.0
"""Error at which huber changes from a parabola to a line (PyTorch's default δ)."""

_TINY = float(np.finfo(np.float64).tiny)


@dataclass(frozen=True)
class Loss:
    """A loss function of prediction ŷ and target y."""

    name: str
    value: Callable[[Array, Array], Array]
    """(ŷ, y) → loss of each sample."""
    slope: Callable[[Array, Array], Array]
    """(ŷ, y) → ∂loss/∂ŷ of each sample."""
    slope_written: str
    """∂loss/∂ŷ in symbols, as formulas have it."""
    precise: Callable[[Numbers, Many], Many] | None = None
    """(numbers, ŷ − y) → ∂loss/∂ŷ in numbers of any kind; None for the losses that `core.precise.DELTAS` has with their
    output activation."""
    outputs: tuple[str, ...] | None = None
    """Output activations that it belongs with; None where any will do."""
    kink: bool = False
    """Whether it has no slope where ŷ = y."""
    holomorphic: bool = False
    """Whether `value` can be given complex predictions and is differentiable there, so that the complex step applies."""


def squared(prediction: Array, target: Array) -> Array:
    """Σ(ŷ − y)²."""
    return np.asarray(((prediction - target) ** 2).sum(axis=-1))


def squared_slope(prediction: Array, target: Array) -> Array:
    """2(ŷ − y)."""
    return 2.0 * (prediction - target)


def half_squared(prediction: Array, target: Array) -> Array:
    """½Σ(ŷ − y)²."""
    return 0.5 * squared(prediction, target)


def half_squared_slope(prediction: Array, target: Array) -> Array:
    """ŷ − y."""
    return prediction - target


def binary_cross_entropy(prediction: Array, target: Array) -> Array:
    """−Σ[y log ŷ + (1 − y) log(1 − ŷ)]; logarithms are of at least the smallest normal number, so never infinite."""
    log_yes = np.log(np.maximum(prediction, _TINY))
    log_no = np.log(np.maximum(1.0 - prediction, _TINY))
    return np.asarray(-(target * log_yes + (1.0 - target) * log_no).sum(axis=-1))


def binary_cross_entropy_slope(prediction: Array, target: Array) -> Array:
    """(ŷ − y) / (ŷ(1 − ŷ)), the denominator at least the smallest normal number."""
    return (prediction - target) / np.maximum(prediction * (1.0 - prediction), _TINY)


def cross_entropy(prediction: Array, target: Array) -> Array:
    """−Σ y log ŷ; the logarithm is of at least the smallest normal number."""
    return np.asarray(-(target * np.log(np.maximum(prediction, _TINY))).sum(axis=-1))


def cross_entropy_slope(prediction: Array, target: Array) -> Array:
    """−y / ŷ, the denominator at least the smallest normal number."""
    return -target / np.maximum(prediction, _TINY)


def huber(prediction: Array, target: Array) -> Array:
    """Σ of ½e² where |e| ≤ 1, else |e| − ½, with e = ŷ − y (Huber 1964, threshold 1)."""
    error = np.abs(prediction - target)
    near = np.minimum(error, HUBER_THRESHOLD)
    return np.asarray((near * (error - 0.5 * near)).sum(axis=-1))


def huber_slope(prediction: Array, target: Array) -> Array:
    """ŷ − y, limited to ±1."""
    return np.clip(prediction - target, -HUBER_THRESHOLD, HUBER_THRESHOLD)


def absolute(prediction: Array, target: Array) -> Array:
    """Σ|ŷ − y|."""
    return np.asarray(np.abs(prediction - target).sum(axis=-1))


def absolute_slope(prediction: Array, target: Array) -> Array:
    """The sign of ŷ − y; 0 where they are equal."""
    return np.sign(prediction - target)


def _precise_huber(n: Numbers, error: Many) -> Many:
    limit = n.of(np.array([HUBER_THRESHOLD]))
    return np.minimum(np.maximum(error, -limit), limit)


def _precise_sign(n: Numbers, error: Many) -> Many:
    return n.of((error > 0).astype(np.float64) - (error < 0))


LOSSES: dict[str, Loss] = {
    entry.name: entry
    for entry in (
        Loss("squared", squared, squared_slope, "2(ŷ−y)", lambda _n, error: 2 * error, holomorphic=True),
        Loss("half-squared", half_squared, half_squared_slope, "(ŷ−y)", lambda _n, error: error, holomorphic=True),
        Loss(
            "binary-cross-entropy", binary_cross_entropy, binary_cross_entropy_slope, "(ŷ−y)/(ŷ(1−ŷ))",
            outputs=("sigmoid",),
        ),
        Loss("cross-entropy", cross_entropy, cross_entropy_slope, "(−y/ŷ)", outputs=("softmax",)),
        Loss("huber", huber, huber_slope, "clip(ŷ−y)", _precise_huber),
        Loss("absolute", absolute, absolute_slope, "sign(ŷ−y)", _precise_sign, kink=True),
    )
}  # fmt: skip
"""Every loss by name."""
