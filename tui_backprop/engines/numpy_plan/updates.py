"""From the gradient to the update as calls: penalties, frozen entries, clipping, and the optimizers.

All arrays are flat, (size,), and changed in place. What differs from step to step, such as the rate, is read from numbers
that the plan fills in beforehand.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import partial

import numpy as np

from tui_backprop.core.arrays import Array
from tui_backprop.core.operations.optimizers import Adagrad, Adam, AdamW, Momentum, Nesterov, Optimizer, RmsProp, Sgd
from tui_backprop.core.operations.penalties import clip_factor
from tui_backprop.core.step import Training
from tui_backprop.engines.calls import ZERO, Call, Scratch, call_sequence, scalar
from tui_backprop.engines.numpy_plan.bound import BoundOptimizer
from tui_backprop.engines.numpy_plan.derived import derived_optimizer


def gradient_calls(training: Training, theta: Array, gradient: Array, scratch: Scratch) -> list[Call]:
    """Return the calls that make of the gradient what the optimizer is given: with penalties, frozen entries 0, clipped."""
    mask, (part, _) = training.network.weight_mask, scratch.two_like(theta)
    calls: list[Call] = []
    if training.l1:
        calls += call_sequence((np.sign, theta, part), (np.multiply, part, training.l1 * mask, part))
        calls += call_sequence((np.add, gradient, part, gradient))
    if training.l2:
        calls += call_sequence((np.multiply, theta, training.l2 * mask, part), (np.add, gradient, part, gradient))
    frozen = training.free == 0
    if frozen.any():
        calls += call_sequence((np.putmask, gradient, frozen, ZERO))
    if training.clip is not None:
        calls.append(partial(_clip, gradient, training.clip))
    return calls


def _clip(gradient: Array, limit: float) -> None:
    factor = clip_factor(gradient, limit)
    if factor != 1.0:
        np.multiply(gradient, factor, gradient)


def _descend(theta: Array, direction: Array, rate: Array, spare: Array) -> list[Call]:
    return call_sequence((np.multiply, direction, rate, spare), (np.subtract, theta, spare, theta))


def _sgd(_one: Sgd, theta: Array, g: Array, _slots: Array, numbers: Sequence[Array], _scratch: Scratch) -> list[Call]:
    return _descend(theta, g, numbers[0], g)


def _velocity(one: Momentum | Nesterov, g: Array, velocity: Array) -> list[Call]:
    return call_sequence((np.multiply, velocity, scalar(one.momentum), velocity), (np.add, velocity, g, velocity))


def _momentum(
    one: Momentum, theta: Array, g: Array, slots: Array, numbers: Sequence[Array], _scratch: Scratch
) -> list[Call]:
    return _velocity(one, g, slots[0]) + _descend(theta, slots[0], numbers[0], g)


def _nesterov(
    one: Nesterov, theta: Array, g: Array, slots: Array, numbers: Sequence[Array], scratch: Scratch
) -> list[Call]:
    ahead, _ = scratch.two_like(g)
    return (
        _velocity(one, g, slots[0])
        + call_sequence((np.multiply, slots[0], scalar(one.momentum), ahead), (np.add, g, ahead, g))
        + _descend(theta, g, numbers[0], g)
    )


def _adagrad(
    one: Adagrad, theta: Array, g: Array, slots: Array, numbers: Sequence[Array], scratch: Scratch
) -> list[Call]:
    part, _ = scratch.two_like(g)
    return call_sequence(
        (np.multiply, g, g, part), (np.add, slots[0], part, slots[0]),
        (np.sqrt, slots[0], part), (np.add, part, scalar(one.epsilon), part), (np.divide, g, part, g),
    ) + _descend(theta, g, numbers[0], g)  # fmt: skip


def _mean_square(decay: float, g: Array, mean: Array, part: Array) -> list[Call]:
    """Calls for mean ← decay·mean + (1 − decay)·g²."""
    return call_sequence(
        (np.multiply, mean, scalar(decay), mean), (np.multiply, g, g, part),
        (np.multiply, part, scalar(1.0 - decay), part), (np.add, mean, part, mean),
    )  # fmt: skip


def _rmsprop(
    one: RmsProp, theta: Array, g: Array, slots: Array, numbers: Sequence[Array], scratch: Scratch
) -> list[Call]:
    part, _ = scratch.two_like(g)
    return (
        _mean_square(one.alpha, g, slots[0], part)
        + call_sequence((np.sqrt, slots[0], part), (np.add, part, scalar(one.epsilon), part), (np.divide, g, part, g))
        + _descend(theta, g, numbers[0], g)
    )


def _adam(one: Adam, theta: Array, g: Array, slots: Array, numbers: Sequence[Array], scratch: Scratch) -> list[Call]:
    """Numbers are η√(1−β₂ᵗ)/(1−β₁ᵗ) and ε√(1−β₂ᵗ): the update with √(1−β₂ᵗ) taken out of the fraction."""
    (part, _), m, v = scratch.two_like(g), slots[0], slots[1]
    return (
        _mean_square(one.beta2, g, v, part)
        + call_sequence(
            (np.multiply, m, scalar(one.beta1), m), (np.multiply, g, scalar(1.0 - one.beta1), g), (np.add, m, g, m)
        )
        + call_sequence((np.sqrt, v, part), (np.add, part, numbers[1], part), (np.divide, m, part, part))
        + _descend(theta, part, numbers[0], part)
    )


def adam_numbers(one: Adam, rate: float, count: int) -> tuple[float, float]:
    """Return η√(1−β₂ᵗ)/(1−β₁ᵗ) and ε√(1−β₂ᵗ) for t = count."""
    root = math.sqrt(1.0 - one.beta2**count)
    return rate * root / (1.0 - one.beta1**count), one.epsilon * root


def _adamw(one: AdamW, theta: Array, g: Array, slots: Array, numbers: Sequence[Array], scratch: Scratch) -> list[Call]:
    return call_sequence((np.multiply, theta, numbers[2], theta)) + _adam(one.adam, theta, g, slots, numbers, scratch)


def _adamw_numbers(one: AdamW, rate: float, count: int) -> tuple[float, ...]:
    return (*adam_numbers(one.adam, rate, count), 1.0 - rate * one.weight_decay)


_BY_HAND: Mapping[type, BoundOptimizer] = {
    Sgd: BoundOptimizer(_sgd),
    Momentum: BoundOptimizer(_momentum),
    Nesterov: BoundOptimizer(_nesterov),
    Adagrad: BoundOptimizer(_adagrad),
    RmsProp: BoundOptimizer(_rmsprop),
    Adam: BoundOptimizer(_adam, adam_numbers, counts=True),
    AdamW: BoundOptimizer(_adamw, _adamw_numbers, counts=True),
}


def bound_optimizer(optimizer: Optimizer) -> BoundOptimizer:
    """Return an optimizer as calls: those above, or what is derived from the core's formula."""
    return _BY_HAND.get(type(optimizer)) or derived_optimizer(optimizer)
