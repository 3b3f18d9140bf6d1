"""From the gradient to the update: penalties, frozen entries, clipping, schedules and every optimizer of the core.

All arrays are flat, (size,), and changed in place.
"""

from __future__ import annotations

import math
from dataclasses import fields

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
from tui_backprop.engines.compiled.derived import chosen, for_one_number, nothing, update_loop
from tui_backprop.engines.compiled.jit import inlined, summing

_KINDS: tuple[type[Optimizer], ...] = tuple(dict.fromkeys(type(make(0.0)) for make in OPTIMIZERS.values()))

OPTIMIZER_CODES = {kind: code for code, kind in enumerate(_KINDS)}
"""The number of every optimizer of `core.operations.optimizers`, by its type."""

SCHEDULE_CODES = {name: code for code, name in enumerate(SCHEDULES)}
"""The number of every schedule."""

_SGD, _MOMENTUM, _NESTEROV = OPTIMIZER_CODES[Sgd], OPTIMIZER_CODES[Momentum], OPTIMIZER_CODES[Nesterov]
_ADAGRAD, _RMSPROP, _ADAM = OPTIMIZER_CODES[Adagrad], OPTIMIZER_CODES[RmsProp], OPTIMIZER_CODES[Adam]
_ADAMW = OPTIMIZER_CODES[AdamW]

_BY_HAND = (_SGD, _MOMENTUM, _NESTEROV, _ADAGRAD, _RMSPROP, _ADAM, _ADAMW)
_DERIVED = {code: update_loop(one) for one, code in OPTIMIZER_CODES.items() if code not in _BY_HAND}
_update_derived = chosen(_DERIVED, nothing)
_FACTORS = {SCHEDULE_CODES[name]: for_one_number(shape.factor) for name, shape in SCHEDULES.items()}
_factor = chosen(_FACTORS, lambda _step, _period, _gamma: 1.0)


def settings_of(optimizer: Optimizer) -> dict[str, float]:
    """Return the numbers that an optimizer is made with, by name, those of one inside it included."""
    found: dict[str, float] = {}
    for field in fields(optimizer):
        value = getattr(optimizer, field.name)
        found |= settings_of(value) if isinstance(value, Optimizer) else {field.name: float(value)}
    return found


_NAMES = sorted({name for make in OPTIMIZERS.values() for name in settings_of(make(0.0))})


def record_of(optimizer: Optimizer) -> Array:
    """Return its settings as an array of one record, which has a place for those of every optimizer."""
    record = np.zeros(1, dtype=[(name, np.float64) for name in _NAMES])
    for name, value in settings_of(optimizer).items():
        record[name] = value
    return record


@inlined
def schedule_factor(kind: int, period: int, gamma: float, warmup: int, step: int) -> float:
    """What the rate is multiplied with at `step`, as in `core.operations.schedules`."""
    rise = (step + 1) / (warmup + 1) if step < warmup else 1.0
    return rise * _factor(kind, step, period, gamma)  # type: ignore[no-any-return]


@summing
def squared_length(gradient: Array) -> float:
    """Σg²."""
    total = 0.0
    for k in range(len(gradient)):
        total += gradient[k] * gradient[k]
    return total


@inlined
def penalise(theta: Array, gradient: Array, l1: Array, l2: Array) -> None:
    """Add λ₁ sign θ + λ₂ θ, where λ is an entry's own (0 for biases)."""
    for k in range(len(theta)):
        sign = 1.0 if theta[k] > 0.0 else -1.0
        gradient[k] += l2[k] * theta[k] + (l1[k] * sign if theta[k] != 0.0 else 0.0)


@inlined
def clip(gradient: Array, limit: float) -> None:
    """Shorten the gradient to the length `limit` as `core.operations.penalties.clip_factor` says."""
    length = math.sqrt(squared_length(gradient))
    if length > limit:
        factor = limit / (length + 1e-6)
        if factor < 1.0:
            for k in range(len(gradient)):
                gradient[k] *= factor


@inlined
def update(kind: int, theta: Array, g: Array, slots: Array, count: int, rate: float, settings: Array) -> None:
    """Make one update. `settings` is as `record_of` makes it; `slots` is (slots, size)."""
    one = settings[0]
    momentum, alpha, epsilon = one.momentum, one.alpha, one.epsilon
    if kind == _SGD:
        for k in range(len(theta)):
            theta[k] -= rate * g[k]
    elif kind == _MOMENTUM:
        v = slots[0]
        for k in range(len(theta)):
            v[k] = momentum * v[k] + g[k]
            theta[k] -= rate * v[k]
    elif kind == _NESTEROV:
        v = slots[0]
        for k in range(len(theta)):
            v[k] = momentum * v[k] + g[k]
            theta[k] -= rate * (g[k] + momentum * v[k])
    elif kind == _ADAGRAD:
        s = slots[0]
        for k in range(len(theta)):
            s[k] += g[k] * g[k]
            theta[k] -= rate * (g[k] / (math.sqrt(s[k]) + epsilon))
    elif kind == _RMSPROP:
        s = slots[0]
        for k in range(len(theta)):
            s[k] = alpha * s[k] + (1.0 - alpha) * (g[k] * g[k])
            theta[k] -= rate * (g[k] / (math.sqrt(s[k]) + epsilon))
    elif kind in (_ADAM, _ADAMW):
        decay = 1.0 - rate * one.weight_decay if kind == _ADAMW else 1.0
        _adam(theta, g, slots[0], slots[1], count, rate, settings, decay)
    else:
        _update_derived(kind, theta, g, slots, count, rate, settings)


@inlined
def _adam(theta: Array, g: Array, m: Array, v: Array, count: int, rate: float, settings: Array, decay: float) -> None:
    one = settings[0]
    beta1, beta2 = one.beta1, one.beta2
    root = math.sqrt(1.0 - beta2 ** float(count))
    scale, epsilon = rate * root / (1.0 - beta1 ** float(count)), one.epsilon * root
    for k in range(len(theta)):
        m[k] = beta1 * m[k] + (1.0 - beta1) * g[k]
        v[k] = beta2 * v[k] + (1.0 - beta2) * (g[k] * g[k])
        theta[k] = decay * theta[k] - scale * (m[k] / (math.sqrt(v[k]) + epsilon))
