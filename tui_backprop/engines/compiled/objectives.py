"""δ of the output layer for every objective of `core.objective`, over all outputs and samples of a batch at once."""

from __future__ import annotations

import math

from tui_backprop.core.arrays import Array
from tui_backprop.core.operations.losses import HUBER_THRESHOLD, LOSSES
from tui_backprop.engines.compiled.activations import pull_back
from tui_backprop.engines.compiled.derived import chosen, error_loop, nothing
from tui_backprop.engines.compiled.exponentials import exp, sigmoid
from tui_backprop.engines.compiled.jit import at, inlined

CODES = {name: code for code, name in enumerate(LOSSES)}
"""The number of every loss."""

_SQUARED, _HALF_SQUARED, _HUBER = CODES["squared"], CODES["half-squared"], CODES["huber"]
_ABSOLUTE, _BINARY = CODES["absolute"], CODES["binary-cross-entropy"]
CROSS_ENTROPY = CODES["cross-entropy"]

_BY_HAND = (_SQUARED, _HALF_SQUARED, _HUBER, _ABSOLUTE, _BINARY, CROSS_ENTROPY)
_DERIVED = {CODES[name]: error_loop(one) for name, one in LOSSES.items() if CODES[name] not in _BY_HAND}
_fill_derived = chosen(_DERIVED, nothing)


@inlined
def output_delta(
    loss: int, activation: int, z: Array, a: Array, y: Array, delta: Array, lower: int, upper: int, batch: int
) -> None:
    """Fill delta with ∂L/∂z of the output layer, where L is the mean over the batch.

    All are flat, unit after unit; z, a and delta from `lower` up to `upper`, and y from 0.
    The cross-entropies come with their own output activation and are computed in one piece, so that nothing cancels.
    """
    share = 1.0 / batch
    if loss == _BINARY:
        for i in range(lower, upper):
            k = at(i)
            delta[k] = ((1.0 - y[at(i - lower)]) * a[k] - y[at(i - lower)] * sigmoid(-z[k])) * share
        return
    if loss == CROSS_ENTROPY:
        _softmax_cross_entropy(z, y, delta, lower, upper, batch)
        return
    if loss == _SQUARED:
        for i in range(lower, upper):
            k = at(i)
            delta[k] = 2.0 * (a[k] - y[at(i - lower)]) * share
    elif loss == _HALF_SQUARED:
        for i in range(lower, upper):
            k = at(i)
            delta[k] = (a[k] - y[at(i - lower)]) * share
    elif loss == _HUBER:
        for i in range(lower, upper):
            k = at(i)
            error = a[k] - y[at(i - lower)]
            error = min(error, HUBER_THRESHOLD)
            error = max(error, -HUBER_THRESHOLD)
            delta[k] = error * share
    elif loss == _ABSOLUTE:
        for i in range(lower, upper):
            k = at(i)
            error = a[k] - y[at(i - lower)]
            delta[k] = error if math.isnan(error) else ((error > 0.0) - (error < 0.0)) * share
    else:
        _fill_derived(loss, a, y, delta, lower, upper, share)
    pull_back(activation, z, a, delta, lower, upper, batch)


@inlined
def _softmax_cross_entropy(z: Array, y: Array, delta: Array, lower: int, upper: int, batch: int) -> None:
    """(1 − y)p + y(p − 1) with p = e/(1 + o) and p − 1 = ((e − 1) − o)/(1 + o), o the sum of all e but the largest."""
    for r in range(lower, lower + batch):
        largest = r
        for k in range(r, upper, batch):
            if z[k] > z[largest]:
                largest = k
        others = 0.0
        for k in range(r, upper, batch):
            delta[k] = exp(z[k] - z[largest])
            if k != largest:
                others += delta[k]
        for k in range(r, upper, batch):
            e = delta[k]
            delta[k] = ((1.0 - y[k - lower]) * e + y[k - lower] * ((e - 1.0) - others)) / ((1.0 + others) * batch)
