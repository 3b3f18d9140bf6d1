"""The derivative of each operation of a trace, against central differences."""

from __future__ import annotations

import numpy as np
import pytest

from tui_backprop.scripts.replay.derivatives import derivative
from tui_backprop.scripts.replay.operations import compute

A, B = np.array([[0.3, -0.7, 1.2], [0.9, 0.4, -0.2]]), np.array([[1.1, 0.6, 0.8], [-0.5, 0.7, 1.3]])
V, W = np.array([0.4, -1.3, 0.8]), np.array([0.2, 0.9, -0.6])
P = np.abs(A) + 0.2
STACK = np.random.default_rng(5).standard_normal((2, 2, 3))
LONG = np.array([0.5, -0.2, 1.1, 0.7, -0.9, 0.3])
PICTURE, KERNEL = STACK.reshape(3, 4), B[:, :2].copy()
TWO = {"a": [["r", 0], ["r", 1]], "k": {}}
PAIRS = ["l", [["l", [["c", 0], ["c", 2]]], ["l", [["c", 0], ["c", 2]]]]]
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
    "cumsum": ("np.cumsum", (V,), None),
    "cumsum of all": ("np.cumsum", (A,), None),
    "cumsum along an axis": ("np.cumsum", (A,), {"a": [["r", 0]], "k": {"axis": ["c", 1]}}),
    "cumprod, by differences": ("np.cumprod", (V,), None),
    "norm": ("np.linalg.norm", (A,), None),
    "norm along an axis": ("np.linalg.norm", (A,), {"a": [["r", 0]], "k": {"axis": ["c", 1]}}),
    "norm of another order": ("np.linalg.norm", (V,), {"a": [["r", 0], ["c", 1]], "k": {}}),
    "inner": ("np.inner", (A, B), None),
    "tensordot": ("np.tensordot", (STACK, STACK[0]), None),
    "tensordot over one axis": ("np.tensordot", (STACK, A.T), {**TWO, "a": [*TWO["a"], ["c", 1]]}),
    "tensordot over axes in pairs": ("np.tensordot", (STACK, STACK[:, :1]), {**TWO, "k": {"axes": PAIRS}}),
    **{
        f"{op}, {mode}": (f"np.{op}", (LONG, V), {**TWO, "k": {"mode": ["c", mode]}})
        for op in ("convolve", "correlate")
        for mode in ("full", "same", "valid")
    },
    "convolve with a longer kernel": ("np.convolve", (V, LONG), None),
    **{
        f"{op}, {mode}": (f"scipy.signal.{op}", (PICTURE, KERNEL), {**TWO, "k": {"mode": ["c", mode]}})
        for op in ("convolve2d", "correlate2d")
        for mode in ("full", "same", "valid")
    },
    "sigmoid of SciPy": ("scipy.special.expit", (A,), None),
    "softmax of SciPy": ("scipy.special.softmax", (A,), {"a": [["r", 0]], "k": {"axis": ["c", 1]}}),
    "logsumexp of SciPy": ("scipy.special.logsumexp", (A,), {"a": [["r", 0]], "k": {"axis": ["c", 0]}}),
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


@pytest.mark.parametrize("mode", ["full", "same", "valid"])
@pytest.mark.parametrize("name", ["convolve2d", "correlate2d", "convolve", "correlate"])
def test_functions_of_scipy_are_computed_as_there(name, mode):
    signal = pytest.importorskip("scipy.signal")
    found = compute(f"scipy.signal.{name}", (PICTURE, KERNEL), {**TWO, "k": {"mode": ["c", mode]}})
    assert np.allclose(found, getattr(signal, name)(PICTURE, KERNEL, mode))


@pytest.mark.parametrize("name", ["softmax", "log_softmax", "logsumexp"])
@pytest.mark.parametrize("axis", [None, 0, 1])
def test_softmax_of_scipy_is_computed_as_there(name, axis):
    special = pytest.importorskip("scipy.special")
    found = compute(f"scipy.special.{name}", (A,), {"a": [["r", 0]], "k": {"axis": ["c", axis]}})
    assert np.allclose(found, getattr(special, name)(A, axis=axis))
