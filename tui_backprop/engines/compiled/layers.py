"""The three products of a layer, for one sample and for a batch, in loops and by BLAS.

A layer's weights and then its biases lie in one piece of θ, from `start` on: the biases are the weights of a row of ones
below the activations before it. Activations and δ of all layers lie one layer after the other: the `fan_in` units of the
layer before are from `first` on, a row of ones follows, and the `fan_out` units of the layer itself are from `to` on.
"""

from __future__ import annotations

import numpy as np

from tui_backprop.core.arrays import Array
from tui_backprop.engines.compiled.jit import at, counting, inlined, summing

_LARGE = 512  # multiplications, of a batch, from which on BLAS is faster than a loop

# One sample: a, z, delta and up are (units,).


@inlined
def forward_one(theta: Array, start: int, a: Array, first: int, fan_in: int, z: Array, to: int, fan_out: int) -> None:
    """Fill the layer's z from the activations before it."""
    for j in range(fan_out):
        z[at(to + j)] = theta[at(start + fan_in * fan_out + j)]
    for i in range(fan_in):
        x, row = a[at(first + i)], start + i * fan_out
        for j in range(fan_out):
            z[at(to + j)] += theta[at(row + j)] * x


@summing
def carry_one(theta: Array, start: int, delta: Array, to: int, fan_out: int, first: int, fan_in: int) -> None:
    """Fill ∂L/∂a of the layer before, in delta, from the layer's δ."""
    for i in range(fan_in):
        row, total = start + i * fan_out, 0.0
        for j in range(fan_out):
            total += theta[at(row + j)] * delta[at(to + j)]
        delta[at(first + i)] = total


@inlined
def gradients_one(a: Array, first: int, fan_in: int, delta: Array, to: int, fan_out: int, g: Array, start: int) -> None:
    """Fill the layer's part of g with the products of activation and δ."""
    for i in range(fan_in + 1):
        x, row = a[at(first + i)], start + i * fan_out
        for j in range(fan_out):
            g[at(row + j)] = x * delta[at(to + j)]


# A batch: a, z, delta and up are (units, batch).


@inlined
def forward(theta: Array, start: int, a: Array, first: int, fan_in: int, z: Array, to: int, fan_out: int) -> None:
    """Fill the layer's z from the activations before it."""
    batch = a.shape[1]
    if fan_in * fan_out * batch >= _LARGE:
        w = theta[start : start + (fan_in + 1) * fan_out].reshape(fan_in + 1, fan_out)
        _product(w.T, a[first : first + fan_in + 1], z[to : to + fan_out])
        return
    for j in range(fan_out):
        row = z[to + j]
        bias = theta[start + fan_in * fan_out + j]
        for r in range(batch):
            row[r] = bias
        _add_products(row, theta, start + j, fan_out, a, first, fan_in)


@inlined
def carry(theta: Array, start: int, delta: Array, to: int, fan_out: int, first: int, fan_in: int) -> None:
    """Fill ∂L/∂a of the layer before, in delta, from the layer's δ."""
    batch = delta.shape[1]
    if fan_in * fan_out * batch >= _LARGE:
        w = theta[start : start + fan_in * fan_out].reshape(fan_in, fan_out)
        _product(w, delta[to : to + fan_out], delta[first : first + fan_in])
        return
    for i in range(fan_in):
        row = delta[first + i]
        for r in range(batch):
            row[r] = 0.0
        _add_products(row, theta, start + i * fan_out, 1, delta, to, fan_out)


@inlined
def _add_products(row: Array, theta: Array, start: int, stride: int, others: Array, first: int, count: int) -> None:
    """Add Σₖ wₖ · (row `first` + k of the others), wₖ every `stride`-th parameter; four at a time, to read `row` less."""
    whole = count - count % 4
    for k in range(0, whole, 4):
        w0, w1 = theta[start + k * stride], theta[start + (k + 1) * stride]
        w2, w3 = theta[start + (k + 2) * stride], theta[start + (k + 3) * stride]
        x0, x1, x2, x3 = others[first + k], others[first + k + 1], others[first + k + 2], others[first + k + 3]
        for r in range(len(row)):
            row[r] += w0 * x0[r] + w1 * x1[r] + w2 * x2[r] + w3 * x3[r]
    for k in range(whole, count):
        w0 = theta[start + k * stride]
        x0 = others[first + k]
        for r in range(len(row)):
            row[r] += w0 * x0[r]


@summing
def gradients(a: Array, first: int, fan_in: int, delta: Array, to: int, fan_out: int, g: Array, start: int) -> None:
    """Fill the layer's part of g with the sum over the batch of activation times δ."""
    batch = a.shape[1]
    if fan_in * fan_out * batch >= _LARGE:
        part = g[start : start + (fan_in + 1) * fan_out].reshape(fan_in + 1, fan_out)
        _product(a[first : first + fan_in + 1], delta[to : to + fan_out].T, part)
        return
    for i in range(fan_in + 1):
        x = a[first + i]
        for j in range(fan_out):
            d = delta[to + j]
            total = 0.0
            for r in range(batch):
                total += x[r] * d[r]
            g[start + i * fan_out + j] = total


@counting
def _product(left: Array, right: Array, out: Array) -> None:
    """The matrix product, by BLAS."""
    np.dot(left, right, out)
