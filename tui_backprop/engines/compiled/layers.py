"""The three products of a layer: for one sample inside the loop that trains, for a batch a piece each, also by BLAS.

A layer's weights and then its biases lie in one piece of θ, from `start` on: the biases are the weights of a row of ones
below the activations before it. Activations and δ of all layers lie one layer after the other, flat, a unit's numbers
`stride` apart: those of the `fan_in` units of the layer before are from `first` on, the ones follow, and those of the
`fan_out` units of the layer itself are from `to` on. A stride is a multiple of `LANES`, which are computed at once.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba.extending import get_cython_function_address

from tui_backprop.core.arrays import Array
from tui_backprop.engines.compiled.jit import (
    BYTES,
    FLOATS,
    INTEGER,
    NOTHING,
    SMALL_INTEGERS,
    AnyArray,
    Piece,
    caller,
    floats,
    inlined,
    letters,
    moved,
    piece,
    record_viewed,
    small_integers,
)
from tui_backprop.engines.compiled.lanes import LANES, add_product, every, load, store, total_of

# One sample: the stride is 1.


@inlined
def forward_one(theta: Array, start: int, a: Array, first: int, fan_in: int, z: Array, to: int, fan_out: int) -> None:
    """Fill the layer's z from the activations before it."""
    whole = fan_out - fan_out % LANES
    for j in range(0, whole, LANES):
        k = start + fan_in * fan_out + j
        s0, s1, s2, s3 = theta[k], theta[k + 1], theta[k + 2], theta[k + 3]
        for i in range(fan_in):
            x, k = a[first + i], start + i * fan_out + j
            s0 += theta[k] * x
            s1 += theta[k + 1] * x
            s2 += theta[k + 2] * x
            s3 += theta[k + 3] * x
        z[to + j], z[to + j + 1], z[to + j + 2], z[to + j + 3] = s0, s1, s2, s3
    for j in range(whole, fan_out):
        total = theta[start + fan_in * fan_out + j]
        for i in range(fan_in):
            total += theta[start + i * fan_out + j] * a[first + i]
        z[to + j] = total


@inlined
def carry_one(theta: Array, start: int, delta: Array, to: int, fan_out: int, first: int, fan_in: int) -> None:
    """Fill ∂L/∂a of the layer before, in delta, from the layer's δ."""
    whole = fan_out - fan_out % LANES
    for i in range(fan_in):
        row = start + i * fan_out
        s0 = s1 = s2 = s3 = 0.0
        for j in range(0, whole, LANES):
            k, d = row + j, to + j
            s0 += theta[k] * delta[d]
            s1 += theta[k + 1] * delta[d + 1]
            s2 += theta[k + 2] * delta[d + 2]
            s3 += theta[k + 3] * delta[d + 3]
        total = (s0 + s1) + (s2 + s3)
        for j in range(whole, fan_out):
            total += theta[row + j] * delta[to + j]
        delta[first + i] = total


@inlined
def gradients_one(a: Array, first: int, fan_in: int, delta: Array, to: int, fan_out: int, g: Array, start: int) -> None:
    """Fill the layer's part of g with the products of activation and δ."""
    for i in range(fan_in + 1):
        x, row = a[first + i], start + i * fan_out
        for j in range(fan_out):
            g[row + j] = x * delta[to + j]


# A batch: pieces of one signature.

SIGNATURE = NOTHING(
    INTEGER, FLOATS, INTEGER, FLOATS, INTEGER, INTEGER, FLOATS, INTEGER, INTEGER, INTEGER
)  # fmt: skip
"""(blas, parameters, start, before, first, fan_in, units, to, fan_out, stride).

`blas` is the address of a record `BLAS`; `parameters` are θ, or the gradient that is filled; `before` has the numbers of the
layer before, `units` those of the layer itself.
"""


@inlined
def _weighted_sum(
    theta: Array,
    weight: int,
    apart: int,
    initial: float,
    source: Array,
    first: int,
    count: int,
    target: Array,
    to: int,
    stride: int,
) -> None:
    """Fill a unit's numbers, in `target` from `to` on: `initial`, and `count` units of `source` times their weights.

    The weights are in θ from `weight` on, `apart` from each other; the units' numbers in `source` from `first` on.
    """
    for r in range(0, stride, LANES):
        total = every(initial)
        for k in range(count):
            total = add_product(total, every(theta[weight + k * apart]), load(source, first + k * stride + r))
        store(target, to + r, total)


def _forward(
    _blas: int,
    theta: Array,
    start: int,
    a: Array,
    first: int,
    fan_in: int,
    z: Array,
    to: int,
    fan_out: int,
    stride: int,
) -> None:
    """Fill the layer's z from the activations before it."""
    for j in range(fan_out):
        bias = theta[start + fan_in * fan_out + j]
        _weighted_sum(theta, start + j, fan_out, bias, a, first, fan_in, z, to + j * stride, stride)


def _carry(
    _blas: int,
    theta: Array,
    start: int,
    up: Array,
    first: int,
    fan_in: int,
    delta: Array,
    to: int,
    fan_out: int,
    stride: int,
) -> None:
    """Fill ∂L/∂a of the layer before, which is up, from the layer's δ."""
    for i in range(fan_in):
        _weighted_sum(theta, start + i * fan_out, 1, 0.0, delta, to, fan_out, up, first + i * stride, stride)


def _gradients(
    _blas: int,
    g: Array,
    start: int,
    a: Array,
    first: int,
    fan_in: int,
    delta: Array,
    to: int,
    fan_out: int,
    stride: int,
) -> None:
    """Fill the layer's part of g with the sum over the batch of activation times δ."""
    for i in range(fan_in + 1):
        x = first + i * stride
        for j in range(fan_out):
            d = to + j * stride
            total = every(0.0)
            for r in range(0, stride, LANES):
                total = add_product(total, load(a, x + r), load(delta, d + r))
            g[start + i * fan_out + j] = total_of(total)


# A batch, by BLAS.

BLAS = np.dtype([(name, np.int64) for name in ("routine", "letters", "sizes", "numbers")])
"""Addresses: of `dgemm`, of the letters N and T, of six small whole numbers that it is told sizes by, of 1.0 and 0.0."""

_S, _F = SMALL_INTEGERS, FLOATS
_gemm = caller(NOTHING(BYTES, BYTES, _S, _S, _S, _F, _F, _S, _F, _S, _F, _F, _S))
_blas_at = record_viewed(BLAS)


def find_blas() -> tuple[AnyArray, tuple[AnyArray, ...]]:
    """Return such a record, and the arrays that it has the addresses of."""
    parts: tuple[AnyArray, ...] = (np.frombuffer(b"NT", np.uint8).copy(), np.zeros(6, np.int32), np.array([1.0, 0.0]))
    routine = get_cython_function_address("scipy.linalg.cython_blas", "dgemm")
    return np.array([(routine, *(part.ctypes.data for part in parts))], dtype=BLAS), parts


@inlined
def _product(blas: int, turned: Any, m: int, n: int, k: int, left: Any, right: Any, out: Any) -> None:
    """Fill `out` (m, n) with the product of two matrices, each lying column after column, or `turned` as BLAS says.

    Each of the three is (numbers, the place of the first, from column to column).
    """
    one = _blas_at(blas)
    letter, sizes, numbers = letters(one.letters), small_integers(one.sizes), floats(one.numbers)
    sizes[0], sizes[1], sizes[2] = m, n, k
    sizes[3], sizes[4], sizes[5] = left[2], right[2], out[2]
    _gemm(
        one.routine,
        (
            moved(letter, turned[0]), moved(letter, turned[1]), sizes, moved(sizes, 1), moved(sizes, 2), numbers,
            moved(left[0], left[1]), moved(sizes, 3), moved(right[0], right[1]), moved(sizes, 4),
            moved(numbers, 1), moved(out[0], out[1]), moved(sizes, 5),
        ),
    )  # fmt: skip


def _forward_large(
    blas: int, theta: Array, start: int, a: Array, first: int, fan_in: int, z: Array, to: int, fan_out: int, stride: int
) -> None:
    """As `_forward`; the biases are one more row of weights."""
    _product(blas, (0, 1), stride, fan_out, fan_in + 1, (a, first, stride), (theta, start, fan_out), (z, to, stride))


def _carry_large(
    blas: int,
    theta: Array,
    start: int,
    up: Array,
    first: int,
    fan_in: int,
    delta: Array,
    to: int,
    fan_out: int,
    stride: int,
) -> None:
    _product(blas, (0, 0), stride, fan_in, fan_out, (delta, to, stride), (theta, start, fan_out), (up, first, stride))


def _gradients_large(
    blas: int, g: Array, start: int, a: Array, first: int, fan_in: int, delta: Array, to: int, fan_out: int, stride: int
) -> None:
    _product(blas, (1, 0), fan_out, fan_in + 1, stride, (delta, to, stride), (a, first, stride), (g, start, fan_out))


_PRODUCTS = {
    "forward": _forward,
    "carry": _carry,
    "gradients": _gradients,
    "forward_large": _forward_large,
    "carry_large": _carry_large,
    "gradients_large": _gradients_large,
}


def make_product(name: str) -> Piece:
    """Return a product of a batch by its name; the names of those by BLAS end in `_large`."""
    return piece(f"product {name}", SIGNATURE, _PRODUCTS[name])
