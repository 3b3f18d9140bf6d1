"""From the gradient to the update: penalties, clipping, schedules and every optimizer of the core.

All arrays are flat, (size,), and changed in place; the optimizer's slots lie one after the other. An optimizer and a
schedule are pieces; what is not written here is compiled from the core's own formula.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import fields
from typing import Any

import numpy as np

from tui_backprop.core.arrays import Array
from tui_backprop.core.operations.optimizers import (
    OPTIMIZERS,
    Adagrad,
    Adam,
    AdamW,
    Momentum,
    Nesterov,
    Optimizer,
    RmsProp,
    Sgd,
)
from tui_backprop.core.operations.schedules import SCHEDULES
from tui_backprop.engines.compiled.derived import for_one_number
from tui_backprop.engines.compiled.jit import (
    FLOAT,
    FLOATS,
    INTEGER,
    NOTHING,
    AnyArray,
    Piece,
    inlined,
    piece,
    record_viewed,
)

UPDATE = NOTHING(FLOATS, FLOATS, FLOATS, INTEGER, INTEGER, FLOAT, INTEGER)
"""(θ, gradient, slots, size, count, rate, the address of the settings)."""

FACTOR = FLOAT(INTEGER, INTEGER, FLOAT)
"""(step, period, gamma)."""

KINDS: dict[str, type[Optimizer]] = {type(make(0.0)).__name__: type(make(0.0)) for make in OPTIMIZERS.values()}
"""Every optimizer of the core by the name of its type."""


def settings_of(optimizer: Optimizer) -> dict[str, float]:
    """Return the numbers that an optimizer is made with, by name, those of one inside it included."""
    found: dict[str, float] = {}
    for field in fields(optimizer):
        value = getattr(optimizer, field.name)
        found |= settings_of(value) if isinstance(value, Optimizer) else {field.name: float(value)}
    return found


SETTINGS = np.dtype(
    [(name, np.float64) for name in sorted({name for make in OPTIMIZERS.values() for name in settings_of(make(0.0))})]
)
"""A record with a place for the settings of every optimizer."""

settings_at = record_viewed(SETTINGS)


def record_of(optimizer: Optimizer) -> AnyArray:
    """Return its settings as an array of one record."""
    record = np.zeros(1, dtype=SETTINGS)
    for name, value in settings_of(optimizer).items():
        record[name] = value
    return record


@inlined
def penalise(theta: Array, gradient: Array, l1: Array, l2: Array, size: int) -> None:
    """Add λ₁ sign θ + λ₂ θ, where λ is an entry's own (0 for biases)."""
    for k in range(size):
        sign = 1.0 if theta[k] > 0.0 else -1.0
        gradient[k] += l2[k] * theta[k] + (l1[k] * sign if theta[k] != 0.0 else 0.0)


@inlined
def clip(gradient: Array, size: int, limit: float) -> None:
    """Shorten the gradient to the length `limit` as `core.operations.penalties.clip_factor` says."""
    total = 0.0
    for k in range(size):
        total += gradient[k] * gradient[k]
    length = math.sqrt(total)
    if length > limit:
        factor = limit / (length + 1e-6)
        if factor < 1.0:
            for k in range(size):
                gradient[k] *= factor


def _sgd(theta: Array, g: Array, _slots: Array, size: int, _count: int, rate: float, _settings: int) -> None:
    for k in range(size):
        theta[k] -= rate * g[k]


def _momentum(theta: Array, g: Array, v: Array, size: int, _count: int, rate: float, settings: int) -> None:
    momentum = settings_at(settings).momentum
    for k in range(size):
        v[k] = momentum * v[k] + g[k]
        theta[k] -= rate * v[k]


def _nesterov(theta: Array, g: Array, v: Array, size: int, _count: int, rate: float, settings: int) -> None:
    momentum = settings_at(settings).momentum
    for k in range(size):
        v[k] = momentum * v[k] + g[k]
        theta[k] -= rate * (g[k] + momentum * v[k])


def _adagrad(theta: Array, g: Array, s: Array, size: int, _count: int, rate: float, settings: int) -> None:
    epsilon = settings_at(settings).epsilon
    for k in range(size):
        s[k] += g[k] * g[k]
        theta[k] -= rate * (g[k] / (math.sqrt(s[k]) + epsilon))


def _rmsprop(theta: Array, g: Array, s: Array, size: int, _count: int, rate: float, settings: int) -> None:
    alpha, epsilon = settings_at(settings).alpha, settings_at(settings).epsilon
    for k in range(size):
        s[k] = alpha * s[k] + (1.0 - alpha) * (g[k] * g[k])
        theta[k] -= rate * (g[k] / (math.sqrt(s[k]) + epsilon))


@inlined
def _adam_with(
    theta: Array, g: Array, slots: Array, size: int, count: int, rate: float, settings: int, decay: float
) -> None:
    one = settings_at(settings)
    beta1, beta2 = one.beta1, one.beta2
    root = math.sqrt(1.0 - beta2 ** float(count))
    scale, epsilon = rate * root / (1.0 - beta1 ** float(count)), one.epsilon * root
    for k in range(size):
        m = beta1 * slots[k] + (1.0 - beta1) * g[k]
        v = beta2 * slots[size + k] + (1.0 - beta2) * (g[k] * g[k])
        slots[k], slots[size + k] = m, v
        theta[k] = decay * theta[k] - scale * (m / (math.sqrt(v) + epsilon))


def _adam(theta: Array, g: Array, slots: Array, size: int, count: int, rate: float, settings: int) -> None:
    _adam_with(theta, g, slots, size, count, rate, settings, 1.0)


def _adamw(theta: Array, g: Array, slots: Array, size: int, count: int, rate: float, settings: int) -> None:
    _adam_with(theta, g, slots, size, count, rate, settings, 1.0 - rate * settings_at(settings).weight_decay)


_BY_HAND: dict[type[Optimizer], Callable[..., None]] = {
    Sgd: _sgd,
    Momentum: _momentum,
    Nesterov: _nesterov,
    Adagrad: _adagrad,
    RmsProp: _rmsprop,
    Adam: _adam,
    AdamW: _adamw,
}


def new_values(*_arguments: Any) -> Any:
    """Stand for the optimizer's formula where the loop is written; a piece has its own."""
    raise NotImplementedError


def old_slots(_slots: Array, _size: int, _k: int) -> tuple[float, ...]:
    """Stand for the slots of one parameter likewise."""
    raise NotImplementedError


SLOTS = 1
"""How many slots the optimizer has, likewise."""


def _derived(theta: Array, g: Array, slots: Array, size: int, count: int, rate: float, settings: int) -> None:
    for k in range(size):
        theta[k], new = new_values(settings_at(settings), theta[k], g[k], old_slots(slots, size, k), float(count), rate)
        for i in range(SLOTS):
            slots[i * size + k] = new[i]


def _derived_without_slots(
    theta: Array, g: Array, _slots: Array, size: int, count: int, rate: float, settings: int
) -> None:
    for k in range(size):  # machine code has no loop over an empty tuple
        theta[k] = new_values(settings_at(settings), theta[k], g[k], (), float(count), rate)[0]


def _old_slots(count: int) -> Any:
    """Return a function for machine code that gives the first slots of one parameter, at least one, as a tuple."""
    if count == 1:
        return inlined(lambda slots, _size, k: (slots[k],))
    before, last = _old_slots(count - 1), count - 1

    @inlined
    def gather(slots: Array, size: int, k: int) -> Any:
        return before(slots, size, k) + (slots[last * size + k],)  # noqa: RUF005  (numba knows no star here)

    return gather


def shape(_step: int, _period: int, _gamma: float) -> float:
    """Stand for a schedule's formula where it is called; a piece has its own."""
    raise NotImplementedError


def _factor(step: int, period: int, gamma: float) -> float:
    return shape(step, period, gamma)


def make_update(name: str) -> Piece:
    """Return the loop that makes an update by the optimizer whose type has this name."""
    kind = KINDS[name]
    if kind in _BY_HAND:
        return piece(f"update {name}", UPDATE, _BY_HAND[kind])
    formula, slots = for_one_number(kind.new_values), len(kind.slots)
    if not slots:
        return piece(f"update {name}", UPDATE, _derived_without_slots, new_values=formula)
    return piece(f"update {name}", UPDATE, _derived, new_values=formula, SLOTS=slots, old_slots=_old_slots(slots))


def make_factor(name: str) -> Piece:
    """Return the factor of the schedule of this name."""
    return piece(f"factor {name}", FACTOR, _factor, shape=for_one_number(SCHEDULES[name].factor))
