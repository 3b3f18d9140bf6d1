"""From the gradient to the update: penalties, frozen entries, clipping, schedules and every optimizer of the core.

All arrays are flat, (size,), and changed in place.
"""

from __future__ import annotations

import math

from tui_backprop.core.arrays import Array
from tui_backprop.core.optimizers import Adagrad, Adam, AdamW, Momentum, Nesterov, RmsProp, Sgd
from tui_backprop.core.schedules import SCHEDULES
from tui_backprop.engines.compiled.jit import inlined, summing

OPTIMIZER_CODES: dict[type, int] = {
    kind: code for code, kind in enumerate((Sgd, Momentum, Nesterov, Adagrad, RmsProp, Adam, AdamW))
}
"""The number of every optimizer of `core.optimizers`, by its type."""

SCHEDULE_CODES = {name: code for code, name in enumerate(SCHEDULES)}
"""The number of every schedule."""

_SGD, _MOMENTUM, _NESTEROV, _ADAGRAD, _RMSPROP = range(5)
_ADAMW = OPTIMIZER_CODES[AdamW]
_STEP, _EXPONENTIAL, _COSINE = SCHEDULE_CODES["step"], SCHEDULE_CODES["exponential"], SCHEDULE_CODES["cosine"]


@inlined
def schedule_factor(kind: int, period: int, gamma: float, warmup: int, step: int) -> float:
    """What the rate is multiplied with at `step`, as in `core.schedules`."""
    rise = (step + 1) / (warmup + 1) if step < warmup else 1.0
    if kind == _STEP:
        return rise * math.pow(gamma, step // period)
    if kind == _EXPONENTIAL:
        return rise * math.pow(gamma, step)
    if kind == _COSINE:
        return rise * 0.5 * (1.0 + math.cos(math.pi * min(step / period, 1.0)))
    return rise


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
    """Shorten the gradient to the length `limit` as `core.penalties.clip_factor` says."""
    length = math.sqrt(squared_length(gradient))
    if length > limit:
        factor = limit / (length + 1e-6)
        if factor < 1.0:
            for k in range(len(gradient)):
                gradient[k] *= factor


@inlined
def update(kind: int, theta: Array, g: Array, slots: Array, count: int, rate: float, settings: Array) -> None:
    """Make one update. `settings` are μ, α, β₁, β₂, ε and the weight decay; `slots` is (slots, size)."""
    momentum, alpha, epsilon = settings[0], settings[1], settings[4]
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
    else:
        decay = 1.0 - rate * settings[5] if kind == _ADAMW else 1.0
        _adam(theta, g, slots[0], slots[1], count, rate, settings, decay)


@inlined
def _adam(theta: Array, g: Array, m: Array, v: Array, count: int, rate: float, settings: Array, decay: float) -> None:
    beta1, beta2 = settings[2], settings[3]
    root = math.sqrt(1.0 - beta2 ** float(count))
    scale, epsilon = rate * root / (1.0 - beta1 ** float(count)), settings[4] * root
    for k in range(len(theta)):
        m[k] = beta1 * m[k] + (1.0 - beta1) * g[k]
        v[k] = beta2 * v[k] + (1.0 - beta2) * (g[k] * g[k])
        theta[k] = decay * theta[k] - scale * (m[k] / (math.sqrt(v[k]) + epsilon))
