"""The derivative of each operation: what a result's gradient gives to each of its operands."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from tui_backprop.scripts.replay.general import MOVING, by_differences, moved
from tui_backprop.scripts.replay.operations import CannotReplayError, arranged
from tui_backprop.scripts.replay.rules import RULES, Operation, unbroadcast

Array = np.ndarray

_ONE: dict[str, Callable[[Array, Array], Array]] = {
    "exp": lambda x, y: y,
    "log": lambda x, y: 1 / x,
    "log2": lambda x, y: 1 / (x * np.log(2)),
    "log10": lambda x, y: 1 / (x * np.log(10)),
    "log1p": lambda x, y: 1 / (1 + x),
    "expm1": lambda x, y: y + 1,
    "sqrt": lambda x, y: 0.5 / y,
    "cbrt": lambda x, y: y / (3 * x),
    "tanh": lambda x, y: 1 - y * y,
    "sinh": lambda x, y: np.cosh(x),
    "cosh": lambda x, y: np.sinh(x),
    "sin": lambda x, y: np.cos(x),
    "cos": lambda x, y: -np.sin(x),
    "tan": lambda x, y: 1 + y * y,
    "arctan": lambda x, y: 1 / (1 + x * x),
    "atan": lambda x, y: 1 / (1 + x * x),
    "square": lambda x, y: 2 * x,
    "reciprocal": lambda x, y: -y * y,
    "abs": lambda x, y: np.sign(x),
    "absolute": lambda x, y: np.sign(x),
    "fabs": lambda x, y: np.sign(x),
    "neg": lambda x, y: -np.ones_like(y),
    "pos": lambda x, y: np.ones_like(y),
    "positive": lambda x, y: np.ones_like(y),
    "expit": lambda x, y: y * (1 - y),
    "erf": lambda x, y: 2 / np.sqrt(np.pi) * np.exp(-x * x),
    "float": lambda x, y: np.ones_like(x),
}
_FLAT = {
    "sign",
    "floor",
    "ceil",
    "round",
    "around",
    "rint",
    "trunc",
    "argmax",
    "argmin",
    "argsort",
    "lt",
    "le",
    "gt",
    "ge",
    "eq",
    "ne",
    "zeros_like",
    "ones_like",
    "empty_like",
    "full_like",
    "shape",
    "size",
    "ndim",
    "heaviside",
    "invert",
    "and",
    "or",
    "xor",
    "any",
    "all",
    "logical_not",
    "logical_and",
    "logical_or",
    "greater",
    "less",
    "equal",
    "not_equal",
    "greater_equal",
    "less_equal",
    "isnan",
    "isfinite",
    "nonzero",
    "flatnonzero",
    "unique",
    "floordiv",
    "fix",
}


def derivative(
    op: str, operands: Sequence[Any], result: Any, attr: Any, wanted: Sequence[bool], g: Array
) -> list[Array | None]:
    """Return the gradient of each wanted operand.

    Raises:
        CannotReplayError: the derivative is not known, and there are too many numbers for differences.
    """
    x = [np.asarray(one, dtype=float) if want else np.asarray(one) for one, want in zip(operands, wanted, strict=True)]
    y = np.asarray(result, dtype=float)
    name = op.rsplit(".", 1)[-1].rsplit(":", 1)[-1] if not op.startswith("at:") else op
    called = isinstance(attr, dict) and "a" in attr
    args = [arranged(one, list(operands)) for one in attr["a"]] if called else list(operands)
    named = {key: arranged(one, list(operands)) for key, one in attr["k"].items()} if called else {}
    if called and not named and len(args) == 2 and len(x) == 1 and name in _BINARY:
        return _beside_constant(name, x, y, args, list(wanted), g)
    with np.errstate(all="ignore"):
        if name in _ONE and len(x) == 1:
            return [(g * _ONE[name](x[0], y)).reshape(x[0].shape)]
        if name in _FLAT:
            return [np.zeros(one.shape) for one in x]
        rule = RULES.get(op) or RULES.get(name)
        if rule is not None:
            found = rule(Operation(x, y, g, args, named, list(wanted), attr))
            if found is not None:
                return [None if one is None else unbroadcast(one, xi.shape) for one, xi in zip(found, x, strict=True)]
        if name in MOVING:
            return moved(op, x, y, attr, wanted, g)
        return by_differences(op, x, attr, wanted, g)


_BINARY = {
    "add",
    "sub",
    "mul",
    "truediv",
    "pow",
    "maximum",
    "minimum",
    "subtract",
    "multiply",
    "divide",
    "power",
    "logaddexp",
    "matmul",
    "dot",
}


def _beside_constant(
    name: str, x: list[Array], y: Array, args: list[Any], wanted: list[bool], g: Array
) -> list[Array | None]:
    """Return the gradient of a function of two operands of which one is written in the call: `np.maximum(0, z)`."""
    first = args[0] is not None and np.shape(args[0]) == x[0].shape and np.array_equal(args[0], x[0])
    other = np.asarray(args[1] if first else args[0], dtype=float)
    both = [x[0], other] if first else [other, x[0]]
    with np.errstate(all="ignore"):
        found = RULES[name](Operation(both, y, g, both, {}, [first, not first], None))
    if found is None:
        raise CannotReplayError(name)
    return [unbroadcast(np.asarray(found[0 if first else 1]), x[0].shape)]
