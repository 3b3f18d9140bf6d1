"""What each operation of a trace computes."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from tui_backprop.scripts.replay.contractions import convolved
from tui_backprop.scripts.tracing.functions import METHODS, known_functions

Value = Any


class CannotReplayError(Exception):
    """A record's operation cannot be computed again."""


SOURCES = {"leaf", "const", "lost"}
"""Operations that make something from nothing."""

RENAMED = {
    "np.add": "add",
    "np.subtract": "sub",
    "np.multiply": "mul",
    "np.divide": "truediv",
    "np.true_divide": "truediv",
    "np.matmul": "matmul",
    "np.negative": "neg",
    "np.power": "pow",
    "np.dot": "dot",
    "method:dot": "dot",
    "pow": "pow",
    "math.pow": "pow",
    "np.float_power": "pow",
    "np.square": "square",
    "np.copy": "copy",
    "method:copy": "copy",
    "np.transpose": "transpose",
    "method:transpose": "transpose",
}
"""Functions that are another spelling of an operation, where they are called with nothing but operands in order."""


def _float(x: Value) -> float:
    return float(np.asarray(x).reshape(-1)[0])


def _sigmoid(x: Value) -> Value:
    return 1 / (1 + np.exp(-np.asarray(x, dtype=float)))


def _logsumexp(a: Value, axis: Any = None, *, keepdims: bool = False) -> Value:
    values: Any = np.ravel(a) if axis is None else np.asarray(a)
    kept = np.logaddexp.reduce(values, axis=axis or 0, keepdims=True)
    return kept if keepdims else kept.squeeze(axis or 0)


def _log_softmax(x: Value, axis: Any = None) -> Value:
    whole = _logsumexp(x) if axis is None else _logsumexp(x, axis, keepdims=True)
    return np.asarray(x) - whole


def _windowed(*, turned: bool, same: str = "same") -> Callable[..., Value]:
    """Return SciPy's convolution, or its correlation; `same` is how it centres what has the signal's size."""

    def compute_it(a: Value, kernel: Value, mode: str = "full") -> Value:
        found = convolved(
            np.asarray(a, dtype=float), np.asarray(kernel, dtype=float), same if mode == "same" else mode, turned=turned
        )
        if found is None:
            raise CannotReplayError("a kernel that is longer than the signal")
        return found

    return compute_it


_OPERATORS: dict[str, Callable[..., Value]] = {
    **{
        name: getattr(operator, name)
        for name in ("add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "matmul", "neg", "pos")
    },
    **{name: getattr(operator, name) for name in ("lt", "le", "gt", "ge", "eq", "ne", "invert")},
    "and": operator.and_,
    "or": operator.or_,
    "xor": operator.xor,
    "dot": np.dot,
    "square": np.square,
    "copy": np.copy,
    "abs": abs,
    "float": _float,
    "sum": lambda first, *rest: sum(rest, first),
    "transpose": np.transpose,
    "round": np.round,
    "scipy.special.expit": _sigmoid,
    "scipy.special.erf": np.vectorize(math.erf, otypes=[float]),
    "scipy.special.logsumexp": _logsumexp,
    "scipy.special.log_softmax": _log_softmax,
    "scipy.special.softmax": lambda x, axis=None: np.exp(_log_softmax(x, axis)),
    "scipy.special.xlogy": lambda x, y: np.where(x == 0, 0.0, x * np.log(np.where(x == 0, 1.0, y))),
    **{f"scipy.signal.convolve{end}": _windowed(turned=False) for end in ("", "2d")},
    "scipy.signal.correlate": _windowed(turned=True),
    "scipy.signal.correlate2d": _windowed(turned=True, same="same, later"),
    "fill": np.full_like,
}
_NAMED = {name: function for function, name in known_functions().values()}


def index_of(spec: Any, operands: Sequence[Value]) -> Any:
    """Return an index from its description."""
    kind = spec[0]
    if kind == "t":
        return tuple(index_of(one, operands) for one in spec[1])
    if kind == "s":
        return slice(*spec[1:])
    if kind == "i":
        return int(spec[1])
    if kind == "a":
        return np.asarray(operands[spec[1]])
    return None if kind == "n" else Ellipsis


def arranged(spec: Any, operands: Sequence[Value]) -> Any:
    """Return an argument of a call from its description."""
    kind, inner = spec
    if kind == "r":
        return operands[inner]
    if kind == "c":
        return inner
    if kind == "d":
        return np.dtype(inner)
    parts = [arranged(one, operands) for one in inner]
    return parts if kind == "l" else tuple(parts)


def compute(op: str, operands: Sequence[Value], attr: Any) -> Value:
    """Return the value of an operation.

    Raises:
        CannotReplayError: what the operation does is not known.
    """
    if op in _OPERATORS and not (isinstance(attr, dict) and "a" in attr):
        return _OPERATORS[op](*operands)
    if op == "item":
        return np.asarray(operands[0])[index_of(attr, operands)]
    if op == "set":
        out = np.array(operands[0], copy=True)
        out[index_of(attr, operands)] = operands[1]
        return out
    if op.startswith("at:"):
        out = np.array(operands[0], copy=True)
        getattr(np, op[3:]).at(out, index_of(attr, operands), operands[1])
        return out
    if op == "view":
        return np.asarray(operands[0]).ravel()[np.asarray(operands[1])]
    if op == "put":
        out = np.array(operands[0], copy=True)
        flat = out.reshape(-1)
        flat[np.asarray(operands[2]).ravel()] = np.broadcast_to(operands[1], np.shape(operands[2])).ravel()
        return out
    return _called(op, operands, attr)


def _called(op: str, operands: Sequence[Value], attr: Any) -> Value:
    args, named = list(operands), {}
    if isinstance(attr, dict) and "a" in attr:
        args = [arranged(one, operands) for one in attr["a"]]
        named = {str(key): arranged(one, operands) for key, one in attr["k"].items()}
    function: Any
    if op.startswith("method:"):
        name = op[7:]
        if name not in METHODS:
            raise CannotReplayError(op)
        function, args = getattr(np.asarray(args[0]), name), args[1:]
    elif op.startswith("math.") and hasattr(math, op[5:]):
        function, args = getattr(math, op[5:]), [_float(one) for one in args]
    elif op in _NAMED:
        function = _NAMED[op]
    elif (
        op.count(".") == 2
        and op.rsplit(".", 1)[1] in ("outer", "reduce", "accumulate")
        and op.rsplit(".", 1)[0] in _NAMED
    ):
        function = getattr(_NAMED[op.rsplit(".", 1)[0]], op.rsplit(".", 1)[1])
    elif op in _OPERATORS:
        function = _OPERATORS[op]
    else:
        raise CannotReplayError(op)
    result = function(*args, **named)
    if isinstance(attr, dict) and "out" in attr:
        return result[attr["out"]]
    return result
