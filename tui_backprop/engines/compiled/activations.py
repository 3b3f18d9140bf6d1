"""The activations of `core.operations.activations` by number, over all units and samples of a layer at once."""

from __future__ import annotations

import math

from tui_backprop.core.arrays import Array
from tui_backprop.core.operations.activations import ACTIVATIONS, GELU_CUBIC, GELU_SATURATED, GELU_SCALE, LEAK
from tui_backprop.engines.compiled.derived import chosen, nothing, pull_loop, value_loop
from tui_backprop.engines.compiled.exponentials import exp, expm1, sigmoid, tanh
from tui_backprop.engines.compiled.jit import at, inlined

CODES = {name: code for code, name in enumerate(ACTIVATIONS)}
"""The number of every activation."""

_SIGMOID, _TANH, _RELU, _LEAKY = CODES["sigmoid"], CODES["tanh"], CODES["relu"], CODES["leaky-relu"]
_ELU, _SOFTPLUS, _GELU, _SINE = CODES["elu"], CODES["softplus"], CODES["gelu"], CODES["sine"]
_LINEAR, SOFTMAX = CODES["linear"], CODES["softmax"]

_BY_HAND = (_SIGMOID, _TANH, _RELU, _LEAKY, _ELU, _SOFTPLUS, _GELU, _SINE, _LINEAR, SOFTMAX)
_DERIVED = {CODES[name]: one for name, one in ACTIVATIONS.items() if CODES[name] not in _BY_HAND}
_activate_derived = chosen({code: value_loop(one) for code, one in _DERIVED.items()}, nothing)
_pull_back_derived = chosen({code: pull_loop(one) for code, one in _DERIVED.items()}, nothing)


@inlined
def _gelu_near(z: float) -> float:
    z = min(z, GELU_SATURATED)
    z = max(z, -GELU_SATURATED)
    return z


@inlined
def activate(code: int, z: Array, a: Array, lower: int, upper: int, batch: int) -> None:
    """Fill a from z, both flat, unit after unit, from `lower` up to `upper`."""
    if code == _SIGMOID:
        for i in range(lower, upper):
            k = at(i)
            a[k] = sigmoid(z[k])
    elif code == _TANH:
        for i in range(lower, upper):
            k = at(i)
            a[k] = tanh(z[k])
    elif code == _RELU:
        for i in range(lower, upper):
            k = at(i)
            a[k] = 0.0 if z[k] < 0.0 else z[k]  # NaN stays NaN
    elif code == _LEAKY:
        for i in range(lower, upper):
            k = at(i)
            a[k] = LEAK * z[k] if z[k] < 0.0 else z[k]
    elif code == _ELU:
        for i in range(lower, upper):
            k = at(i)
            below = expm1(z[k])
            a[k] = z[k] if z[k] > 0.0 else below
    elif code == _SOFTPLUS:
        for i in range(lower, upper):
            k = at(i)
            a[k] = max(z[k], 0.0) + math.log1p(exp(-abs(z[k])))
    elif code == _GELU:
        for i in range(lower, upper):
            k = at(i)
            near = _gelu_near(z[k])
            t = tanh(GELU_SCALE * (near + GELU_CUBIC * near * near * near))
            a[k] = 0.5 * z[k] * (1.0 + t)
    elif code == _SINE:
        for i in range(lower, upper):
            k = at(i)
            a[k] = math.sin(z[k])
    elif code == SOFTMAX:
        _softmax(z, a, lower, upper, batch)
    elif code == _LINEAR:
        for i in range(lower, upper):
            k = at(i)
            a[k] = z[k]
    else:
        _activate_derived(code, z, a, lower, upper)


@inlined
def _softmax(z: Array, a: Array, lower: int, upper: int, batch: int) -> None:
    for r in range(lower, lower + batch):
        largest, total = z[r], 0.0
        for k in range(r, upper, batch):
            largest = max(largest, z[k])
        for k in range(r, upper, batch):
            a[k] = exp(z[k] - largest)
            total += a[k]
        for k in range(r, upper, batch):
            a[k] /= total


@inlined
def pull_back(code: int, z: Array, a: Array, delta: Array, lower: int, upper: int, batch: int) -> None:
    """Turn ∂L/∂a, which is in delta, into ∂L/∂z; all are flat, unit after unit, from `lower` up to `upper`."""
    if code == _SIGMOID:
        for i in range(lower, upper):
            k = at(i)
            delta[k] *= a[k] * (1.0 - a[k])
    elif code == _TANH:
        for i in range(lower, upper):
            k = at(i)
            delta[k] *= 1.0 - a[k] * a[k]
    elif code == _RELU:
        for i in range(lower, upper):
            k = at(i)
            delta[k] *= 1.0 if z[k] > 0.0 else 0.0
    elif code == _LEAKY:
        for i in range(lower, upper):
            k = at(i)
            delta[k] *= 1.0 if z[k] > 0.0 else LEAK
    elif code == _ELU:
        for i in range(lower, upper):
            k = at(i)
            below = exp(z[k])
            delta[k] *= 1.0 if z[k] > 0.0 else below
    elif code == _SOFTPLUS:
        for i in range(lower, upper):
            k = at(i)
            delta[k] *= sigmoid(z[k])
    elif code == _GELU:
        for i in range(lower, upper):
            k = at(i)
            near = _gelu_near(z[k])
            t = tanh(GELU_SCALE * (near + GELU_CUBIC * near * near * near))
            inner = GELU_SCALE * (1.0 + 3.0 * GELU_CUBIC * near * near)
            delta[k] *= 0.5 * (1.0 + t) + 0.5 * near * (1.0 - t * t) * inner
    elif code == _SINE:
        for i in range(lower, upper):
            k = at(i)
            delta[k] *= math.cos(z[k])
    elif code == SOFTMAX:
        _softmax_pull(a, delta, lower, upper, batch)
    elif code != _LINEAR:
        _pull_back_derived(code, z, a, delta, lower, upper)


@inlined
def _softmax_pull(a: Array, delta: Array, lower: int, upper: int, batch: int) -> None:
    for r in range(lower, lower + batch):
        total = 0.0
        for k in range(r, upper, batch):
            total += a[k] * delta[k]
        for k in range(r, upper, batch):
            delta[k] = a[k] * (delta[k] - total)
