"""Derivatives of sums of products over axes and over windows: tensordot, inner products, convolutions.

Each is linear in both operands, so the gradient of one is a sum of products of the result's gradient and the other one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

Array = np.ndarray
Axes = tuple[list[int], list[int]]
"""The axes of two operands that are summed over, in pairs."""

_MODES: dict[str, Callable[[int, int], tuple[int, int]]] = {
    "full": lambda n, m: (0, n + m - 1),
    "same": lambda n, m: ((m - 1) // 2, n),
    "same, later": lambda n, m: (m // 2, n),  # as SciPy's `correlate2d` has it, where m is even
    "valid": lambda n, m: (m - 1, n - m + 1),
}
"""Which part of a full convolution a mode gives along one axis, its start and its length: of a signal and a kernel of the
lengths n and m.
"""


def contracted_axes(a: Array, b: Array, axes: Any) -> Axes:
    """Return the axes that `np.tensordot(a, b, axes)` sums over."""
    if np.ndim(axes) == 0:
        count = int(axes)
        return list(range(a.ndim - count, a.ndim)), list(range(count))
    first, second = ([int(one) for one in np.ravel(part)] for part in axes)
    return [one % a.ndim for one in first], [one % b.ndim for one in second]


def contraction_gradients(a: Array, b: Array, g: Array, axes: Axes) -> tuple[Array, Array]:
    """Return the gradients of both operands of a tensordot; g has the free axes of a, then those of b."""
    left, right = axes
    free_a = [n for n in range(a.ndim) if n not in left]
    free_b = [n for n in range(b.ndim) if n not in right]
    g = np.reshape(g, [*(a.shape[n] for n in free_a), *(b.shape[n] for n in free_b)])
    own, other = list(range(len(free_a))), list(range(len(free_a), g.ndim))
    of_a = np.tensordot(g, b, (other, free_b)), [*free_a, *(left[right.index(n)] for n in sorted(right))]
    of_b = np.tensordot(a, g, (free_a, own)), [*(right[left.index(n)] for n in sorted(left)), *free_b]
    first, second = (np.transpose(value, np.argsort(where)) for value, where in (of_a, of_b))
    return first, second


def convolved(a: Array, kernel: Array, mode: str, *, turned: bool) -> Array | None:
    """Return a convolution of arrays of one axis or several, or with `turned` a correlation.

    None where the kernel is longer than the signal along some axis, and for an unknown mode.
    """
    if not _fits(a, kernel, mode):
        return None
    around = [(m - 1, m - 1) for m in kernel.shape]
    whole = _windows(np.pad(a, around), kernel if turned else np.flip(kernel))
    return whole[tuple(_part(n, m, mode) for n, m in zip(a.shape, kernel.shape, strict=True))]


def convolution_gradients(a: Array, kernel: Array, g: Array, mode: str, *, turned: bool) -> tuple[Array, Array] | None:
    """Return the gradients of a signal and its kernel, of one axis or several.

    It is a convolution, or with `turned` a correlation: the convolution with the kernel turned round. None where the kernel
    is longer than the signal along some axis, and for an unknown mode.
    """
    if not _fits(a, kernel, mode):
        return None
    used = np.flip(kernel) if turned else kernel
    whole = np.zeros([n + m - 1 for n, m in zip(a.shape, used.shape, strict=True)])
    whole[tuple(_part(n, m, mode) for n, m in zip(a.shape, used.shape, strict=True))] = g
    of_kernel = _windows(whole, a)
    return _windows(whole, used), np.flip(of_kernel) if turned else of_kernel


def _fits(a: Array, kernel: Array, mode: str) -> bool:
    return mode in _MODES and a.ndim == kernel.ndim and all(n >= m for n, m in zip(a.shape, kernel.shape, strict=True))


def _part(n: int, m: int, mode: str) -> slice:
    first, length = _MODES[mode](n, m)
    return slice(first, first + length)


def _windows(values: Array, weights: Array) -> Array:
    """Return the sums of products of weights and each window of their shape."""
    windows = np.lib.stride_tricks.sliding_window_view(values, weights.shape)
    axes: Sequence[int] = range(values.ndim, 2 * values.ndim)
    return np.tensordot(windows, weights, (axes, range(values.ndim)))
