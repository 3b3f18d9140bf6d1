"""Derivatives of whole kinds of operations: those that only move numbers, and any other by differences."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from tui_backprop.scripts.replay.operations import CannotReplayError, compute

Array = np.ndarray
_DIFFERENCES = 3000  # operand elements times result elements (in thousands) for which differences are affordable
MOVING = {
    "reshape",
    "transpose",
    "ravel",
    "flatten",
    "squeeze",
    "swapaxes",
    "moveaxis",
    "concatenate",
    "stack",
    "vstack",
    "hstack",
    "dstack",
    "array",
    "asarray",
    "asanyarray",
    "copy",
    "atleast_1d",
    "atleast_2d",
    "atleast_3d",
    "broadcast_to",
    "repeat",
    "tile",
    "pad",
    "roll",
    "flip",
    "fliplr",
    "flipud",
    "append",
    "insert",
    "delete",
    "diag",
    "diagonal",
    "expand_dims",
    "take",
    "split",
    "array_split",
    "hsplit",
    "vsplit",
    "rot90",
    "triu",
    "tril",
    "column_stack",
    "row_stack",
    "rollaxis",
    "ascontiguousarray",
    "resize",
    "view",
    "put",
    "set",
    "item",
    "astype",
    "block",
    "take_along_axis",
    "matrix_transpose",
    "permute_dims",
    "unstack",
    "c_",
    "r_",
    "asmatrix",
}
"""Functions that only move numbers."""


def moved(op: str, x: list[Array], y: Array, attr: Any, wanted: Sequence[bool], g: Array) -> list[Array | None]:
    """Return the gradients of an operation that only moves numbers, found by moving their numbers in line.

    It is done twice, with numbers in line that are larger by the same amount: what did not become larger is no operand's
    number, but one that was written in the call (`np.append(x, 1)`), or an index.
    """
    count = 1 + sum(one.size for one, want in zip(x, wanted, strict=True) if want)
    first, second = (_moved_numbers(op, x, attr, wanted, start) for start in (1, 1 + count))
    places = np.where(second - first == count, first, 0).reshape(y.shape)
    total = np.zeros(count)
    np.add.at(total, places.ravel(), np.asarray(g, dtype=float).ravel())
    out: list[Array | None] = []
    at = 1
    for one, want in zip(x, wanted, strict=True):
        out.append(total[at : at + one.size].reshape(one.shape) if want else None)
        at += one.size if want else 0
    return out


def _moved_numbers(op: str, x: list[Array], attr: Any, wanted: Sequence[bool], start: int) -> Array:
    """Return where an operation puts its operands' numbers in line, which begin with `start`."""
    operands = []
    for one, want in zip(x, wanted, strict=True):
        operands.append(np.arange(start, start + one.size, dtype=float).reshape(one.shape)[()] if want else one)
        start += one.size if want else 0
    return np.asarray(compute(op, operands, attr), dtype=float).astype(np.int64)


def by_differences(op: str, x: list[Array], attr: Any, wanted: Sequence[bool], g: Array) -> list[Array | None]:
    """Return the gradients of any operation, by central differences.

    Raises:
        CannotReplayError: there are too many numbers for that.
    """
    size = sum(one.size for one, want in zip(x, wanted, strict=True) if want)
    if size * max(np.size(g), 1) > _DIFFERENCES * 1000 or size > 4000:
        raise CannotReplayError(op)
    out: list[Array | None] = []
    for n, want in enumerate(wanted):
        if not want:
            out.append(None)
            continue
        slope = np.zeros(x[n].size)
        for k in range(x[n].size):
            step = 1e-6 * max(1.0, abs(float(x[n].ravel()[k])))
            ends = []
            for sign in (1, -1):
                moved = x[n].astype(float).ravel().copy()
                moved[k] += sign * step
                operands = [*x[:n], moved.reshape(x[n].shape), *x[n + 1 :]]
                ends.append(np.asarray(compute(op, operands, attr), dtype=float).ravel())
            slope[k] = float(np.dot((ends[0] - ends[1]) / (2 * step), np.ravel(g)))
        out.append(slope.reshape(x[n].shape))
    return out
