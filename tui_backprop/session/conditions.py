"""Conditions: when a run should stop, as one small expression such as `loss < 0.1 and step >= 100`.

An expression is Python's own syntax, read by Python's parser and then walked by a whitelist: numbers, names, comparisons,
arithmetic, entries such as `w1[0,1]`, and the functions in `FUNCTIONS`. It is turned into nested closures once; nothing is
ever evaluated by Python itself.
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable
from typing import Any, Protocol

import numpy as np

from tui_backprop.core.errors import InputError

_BINARY: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: np.divide,
    ast.Mod: np.mod,
    ast.Pow: np.float_power,
}
_UNARY: dict[type[ast.unaryop], Callable[[Any], Any]] = {
    ast.USub: operator.neg,
    ast.UAdd: operator.pos,
    ast.Not: operator.not_,
}
_COMPARE: dict[type[ast.cmpop], Callable[[Any, Any], Any]] = {
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
}
FUNCTIONS: dict[str, Callable[[Any], Any]] = {
    "abs": np.abs,
    "all": np.all,
    "any": np.any,
    "isfinite": np.isfinite,
    "isnan": np.isnan,
    "log": np.log,
    "max": np.max,
    "mean": np.mean,
    "min": np.min,
    "norm": lambda values: np.linalg.norm(np.ravel(values)),
    "sqrt": np.sqrt,
    "sum": np.sum,
}
"""Functions of one argument that an expression may call."""

_LONGEST = 500  # characters: an expression is typed by a person


class ConditionError(InputError):
    """An expression that is not a condition; the text is one sentence."""


class Moment(Protocol):
    """One moment of a run, as conditions see it."""

    @property
    def names(self) -> tuple[str, ...]:
        """What an expression may name."""

    def value(self, name: str) -> Any:
        """Return what a name stands for: a number, or an array for a tensor."""


_Part = Callable[[Moment], Any]


class Condition:
    """A condition that can be asked of any moment.

    Raises:
        ConditionError: the text is not an expression, or uses what is not allowed.
    """

    def __init__(self, text: str) -> None:
        if len(text) > _LONGEST:
            raise ConditionError(f"a condition has at most {_LONGEST} characters")
        self.text = text.strip()
        self.names: set[str] = set()
        try:
            tree = ast.parse(self.text, mode="eval")
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            raise ConditionError(f"{self.text!r} is not a condition such as loss < 0.1") from None
        self._holds = self._build(tree.body)

    def check(self, moment: Moment) -> None:
        """Try the condition once, so that a wrong name or shape shows before a long run.

        Raises:
            ConditionError: a name that there is not, or something that is neither true nor false.
        """
        unknown = sorted(self.names - set(moment.names))
        if unknown:
            known = ", ".join(moment.names)
            raise ConditionError(f"{self.text!r}: there is no {unknown[0]} (there is {known})")
        self.holds(moment)

    def holds(self, moment: Moment) -> bool:
        """Whether it is true at a moment; a comparison with NaN is false.

        Raises:
            ConditionError: the result is an array or a number, not true or false.
        """
        try:
            with np.errstate(all="ignore"):
                result = self._holds(moment)
        except (TypeError, IndexError, ValueError, OverflowError, ZeroDivisionError) as error:
            raise ConditionError(f"{self.text!r}: {error}") from None
        if not isinstance(result, bool | np.bool_):
            kind = "an array: use any(…) or all(…)" if np.ndim(result) else "a number: compare it, as in loss < 0.1"
            raise ConditionError(f"{self.text!r} is not true or false but {kind}")
        return bool(result)

    def _build(self, node: ast.expr) -> _Part:
        match node:
            case ast.Constant(value=bool() | int() | float() as constant):
                return lambda _moment: constant
            case ast.Name(id=name):
                self.names.add(name)
                return lambda moment: moment.value(name)
            case ast.UnaryOp(op=op, operand=inner) if type(op) in _UNARY:
                apply, part = _UNARY[type(op)], self._build(inner)
                return lambda moment: apply(part(moment))
            case ast.BinOp(left=left, op=op, right=right) if type(op) in _BINARY:
                combine, a, b = _BINARY[type(op)], self._build(left), self._build(right)
                return lambda moment: combine(a(moment), b(moment))
            case ast.BoolOp(op=op, values=values):
                decide, parts = (all if isinstance(op, ast.And) else any), [self._build(value) for value in values]
                return lambda moment: decide(part(moment) for part in parts)
            case ast.Compare(left=left, ops=[op], comparators=[right]) if type(op) in _COMPARE:
                compare, a, b = _COMPARE[type(op)], self._build(left), self._build(right)
                return lambda moment: compare(a(moment), b(moment))
            case ast.Compare(left=left, ops=[first, *rest], comparators=[middle, *others]) if rest:
                return self._build(
                    ast.BoolOp(
                        ast.And(),
                        [ast.Compare(left, [first], [middle]), ast.Compare(middle, rest, others)],
                    )
                )
            case ast.Call(func=ast.Name(id=name), args=[argument], keywords=[]) if name in FUNCTIONS:
                function, inner_part = FUNCTIONS[name], self._build(argument)
                return lambda moment: function(inner_part(moment))
            case ast.Subscript(value=ast.Name() as tensor, slice=entry):
                return self._entry(tensor, entry)
        raise ConditionError(f"{self.text!r}: {ast.unparse(node)} is not allowed in a condition")

    def _entry(self, tensor: ast.Name, entry: ast.expr) -> _Part:
        parts = entry.elts if isinstance(entry, ast.Tuple) else [entry]
        index = tuple(part.value for part in parts if isinstance(part, ast.Constant) and type(part.value) is int)
        if len(index) != len(parts):
            raise ConditionError(f"{self.text!r}: an entry is named by whole numbers, as in w1[0,1]")
        whole = self._build(tensor)
        return lambda moment: whole(moment)[index]
