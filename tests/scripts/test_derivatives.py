"""The derivative of each operation of a trace, against central differences."""

from __future__ import annotations

import numpy as np
import pytest

from tui_backprop.scripts.replay.derivatives import derivative
from tui_backprop.scripts.replay.operations import compute

A, B = np.array([[0.3, -0.7, 1.2], [0.9, 0.4, -0.2]]), np.array([[1.1, 0.6, 0.8], [-0.5, 0.7, 1.3]])
V, W = np.array([0.4, -1.3, 0.8]), np.array([0.2, 0.9, -0.6])
P = np.abs(A) + 0.2
AXIS = {"a": [["r", 0]], "k": {"axis": ["c", 1], "keepdims": ["c", True]}}
CASES = {
    **{f"{op} of arrays": (op, (A, B), None) for op in ("add", "sub", "mul", "truediv", "np.maximum", "np.minimum")},
    **{f"{op} broadcast": (op, (A, V), None) for op in ("add", "sub", "mul", "truediv")},
    **{
        f"{op} of a matrix": (f"np.{op}", (P,), None)
        for op in ("exp", "log", "sqrt", "tanh", "sin", "cos", "square", "abs", "log1p")
    },
    **{f"{op} along an axis": (f"np.{op}", (A,), AXIS) for op in ("sum", "mean", "max", "min", "var", "std")},
    "pow": ("pow", (P, np.array(3.0)), None),
    "matmul 2·2": ("matmul", (A, B.T), None),
    "matmul 2·1": ("matmul", (A, V), None),
    "matmul 1·2": ("matmul", (V, A.T), None),
    "dot 1·1": ("dot", (V, W), None),
    "dot with a number": ("dot", (A, np.array(2.0)), None),
    "outer": ("np.outer", (V, W), None),
    "maximum with 0": ("np.maximum", (A,), {"a": [["c", 0], ["r", 0]], "k": {}}),
    "clip": ("np.clip", (A,), {"a": [["r", 0], ["c", -1], ["c", 1]], "k": {}}),
    "where": ("np.where", (A > 0, A, B), None),
    "item": ("item", (A,), ["t", [["s", None, None, None], ["i", 1]]]),
    "set": ("set", (A, V), ["i", 1]),
    "transpose": ("transpose", (A,), None),
    "reshape": ("np.reshape", (A,), {"a": [["r", 0], ["t", [["c", 3], ["c", 2]]]], "k": {}}),
    "concatenate": ("np.concatenate", (A, B), {"a": [["l", [["r", 0], ["r", 1]]]], "k": {}}),
    "append a number": ("np.append", (V,), {"a": [["r", 0], ["c", 1]], "k": {}}),
    "insert a number": ("np.insert", (A,), {"a": [["r", 0], ["c", 0], ["c", -1]], "k": {"axis": ["c", 1]}}),
    "whole numbers beside it": ("np.hstack", (np.array([[2], [1]]), A), {"a": [["t", [["r", 0], ["r", 1]]]], "k": {}}),
    "columns": ("np.c_", (np.array([1, 3]), A), None),
    "array of numbers": ("np.array", (np.array(0.4), np.array(0.7)), {"a": [["l", [["r", 0], ["r", 1]]]], "k": {}}),
    "einsum": ("np.einsum", (A, B), {"a": [["c", "ij,kj->ik"], ["r", 0], ["r", 1]], "k": {}}),
    "cumsum, by differences": ("np.cumsum", (V,), None),
    "sigmoid of SciPy": ("scipy.special.expit", (A,), None),
}


@pytest.mark.parametrize("name", CASES)
def test_each_derivative_is_that_of_differences(name):
    op, operands, attr = CASES[name]
    result = np.asarray(compute(op, operands, attr), dtype=float)
    g = np.random.default_rng(3).standard_normal(result.shape)
    wanted = [np.asarray(one).dtype.kind == "f" for one in operands]
    for n, found in enumerate(derivative(op, operands, result, attr, wanted, g)):
        if not wanted[n]:
            continue
        slopes = np.zeros(np.size(operands[n]))
        for k in range(slopes.size):
            ends = []
            for sign in (1, -1):
                moved = np.array(operands[n], dtype=float, order="C")
                moved.reshape(-1)[k] += sign * 1e-6
                ends.append(
                    float(np.sum(g * np.asarray(compute(op, [*operands[:n], moved, *operands[n + 1 :]], attr))))
                )
            slopes[k] = (ends[0] - ends[1]) / 2e-6
        assert np.allclose(np.ravel(found), slopes, rtol=1e-6, atol=1e-7)
