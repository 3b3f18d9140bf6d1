"""Expressions about a run, such as `abs(w1[0,0])`, and conditions, such as `loss < 0.1 and step >= 100`.

An expression is Python's own syntax, read by Python's parser and then walked by a whitelist: numbers, names, comparisons,
arithmetic, entries such as `w1[0,1]`, the functions in `FUNCTIONS`, and `test_loss rises 5 epochs` (or `falls`). Where a
moment has words as well (`tui_backprop.session.lessons.moment`) they are compared with words in quotes, `rule == "exact"`,
or looked for, `"c" in pressed`. It is turned into nested closures once; nothing is ever evaluated by Python itself.
"""

from __future__ import annotations

import ast
import operator
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol, Self

import numpy as np
from numpy.typing import NDArray

from tui_backprop.core.errors import InputError
from tui_backprop.text.syntax import parsed_expression
from tui_backprop.text.unknown import unknown

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
    ast.Not: np.logical_not,
}
_COMPARE: dict[type[ast.cmpop], Callable[[Any, Any], Any]] = {
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.In: lambda word, words: word in words,
    ast.NotIn: lambda word, words: word not in words,
}
FUNCTIONS: dict[str, Callable[[Any], Any]] = {
    "abs": np.abs,
    "all": np.all,
    "any": np.any,
    "cos": np.cos,
    "exp": np.exp,
    "isfinite": np.isfinite,
    "isnan": np.isnan,
    "log": np.log,
    "max": np.max,
    "mean": np.mean,
    "min": np.min,
    "norm": lambda values: np.linalg.norm(np.ravel(values)),
    "sin": np.sin,
    "sqrt": np.sqrt,
    "sum": np.sum,
    "tanh": np.tanh,
}
"""Functions of one argument that an expression may call."""

_LONGEST = 500  # characters: an expression is typed by a person
_DEEPEST = 100  # parts within each other: each takes some of Python's own stack

_TREND = re.compile(r"([A-Za-z_]\w*(?:\[[\d\s,]*\])?)\s+(rises|falls)\s+(\d+)\s+epochs?\b")
_TRENDS = {"rises": operator.gt, "falls": operator.lt}


class ConditionError(InputError):
    """An expression or condition that is not possible; the text is one sentence."""


@dataclass(frozen=True)
class Word:
    """A word in quotes, or the value of a name that stands for one: it can be compared, and nothing else."""

    text: str


class Moment(Protocol):
    """One moment of a run, as expressions see it."""

    @property
    def names(self) -> tuple[str, ...]:
        """What an expression may name."""

    def value(self, name: str) -> Any:
        """Return what a name stands for: a number, an array for a tensor, a `Word`, or a set of them."""

    def epochs_ago(self, count: int) -> Self | None:
        """Return the moment at the end of an earlier epoch, 0 for the last that ended; None where there is none."""


_Part = Callable[[Moment], Any]


class Expression:
    """An expression that has a value at any moment of a run.

    Raises:
        ConditionError: the text is not an expression, or uses what is not allowed.
    """

    KIND, SUCH_AS = "an expression", "abs(w1[0,0])"

    def __init__(self, text: str) -> None:
        if len(text) > _LONGEST:
            raise ConditionError(f"an expression has at most {_LONGEST} characters")
        self.text = text.strip()
        self.by_epoch = False
        """Whether it compares the ends of epochs."""
        self.elementwise = True
        """Whether it has only what works number by number, so that arrays may stand for its names, one value a run."""
        names: set[str] = set()
        try:
            tree = parsed_expression(_TREND.sub(r"\2(\1, \3)", self.text))
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            raise ConditionError(f"{self.text!r} is not {self.KIND} such as {self.SUCH_AS}") from None
        if _depth(tree) > _DEEPEST:
            raise ConditionError(f"an expression has at most {_DEEPEST} parts within each other")
        self._result = self._build(tree.body, names)
        self.names = frozenset(names)
        """The names in it."""
        self.by_step = self.elementwise and names <= {"step", "epoch"}
        """Whether it depends on the number of the step alone, so that it is known before the step is made."""

    def check(self, moment: Moment) -> None:
        """Try it once, so that a wrong name or shape shows before a long run.

        Raises:
            ConditionError: a name that there is not, or a value that is not of the kind that is wanted.
        """
        strange = sorted(self.names - set(moment.names))
        if strange:
            raise ConditionError(f"{self.text!r}: {unknown('name', strange[0], moment.names)}")
        self.number(moment)

    def number(self, moment: Moment) -> float:
        """Return its value at a moment, true as 1 and false as 0.

        Raises:
            ConditionError: the value is an array.
        """
        result = self._value(moment)
        if np.ndim(result):
            raise ConditionError(f"{self.text!r} is an array: use max(…), mean(…) or one entry of it")
        if isinstance(result, Word | frozenset):
            raise ConditionError(f'{self.text!r} is not a number: compare it, as in rule == "exact"')
        return float(result)

    def each(self, moment: Moment) -> Any:
        """Return the values of an `elementwise` expression where names stand for arrays: of their shape, or one number."""
        return self._result(moment)

    def _value(self, moment: Moment) -> Any:
        try:
            with np.errstate(all="ignore"):
                result = self._result(moment)
        except (TypeError, IndexError, ValueError, OverflowError, ZeroDivisionError) as error:
            raise ConditionError(f"{self.text!r}: {error}") from None
        only = isinstance(result, np.ndarray) and result.size == 1  # w1 alone names the only entry
        return result.item() if only else result

    def _build(self, node: ast.expr, names: set[str]) -> _Part:
        match node:
            case ast.Constant(value=bool() | float() as constant):
                return lambda _moment: constant
            case ast.Constant(value=int() as whole):
                number = self._float_of(whole)
                return lambda _moment: number
            case ast.Constant(value=str() as text):
                word = Word(text)
                return lambda _moment: word
            case ast.Name(id=name):
                names.add(name)
                return lambda moment: moment.value(name)
            case ast.UnaryOp(op=op, operand=inner) if type(op) in _UNARY:
                apply, part = _UNARY[type(op)], self._build(inner, names)
                return lambda moment: apply(part(moment))
            case ast.BinOp(left=left, op=op, right=right) if type(op) in _BINARY:
                combine, a, b = _BINARY[type(op)], self._build(left, names), self._build(right, names)
                return lambda moment: combine(a(moment), b(moment))
            case ast.BoolOp(op=op, values=values):
                return _joined(isinstance(op, ast.And), [self._build(one, names) for one in values])
            case ast.Compare(left=left, ops=[op], comparators=[right]) if type(op) in _COMPARE:
                compare, a, b = _COMPARE[type(op)], self._build(left, names), self._build(right, names)
                return lambda moment: compare(a(moment), b(moment))
            case ast.Compare(left=left, ops=[first, *rest], comparators=[middle, *others]) if rest:
                pairs: list[ast.expr] = [ast.Compare(left, [first], [middle]), ast.Compare(middle, rest, others)]
                return self._build(ast.BoolOp(ast.And(), pairs), names)
            case ast.Call(func=ast.Name(id=name), args=[argument], keywords=[]) if name in FUNCTIONS:
                self.elementwise &= isinstance(FUNCTIONS[name], np.ufunc)
                function, inner_part = FUNCTIONS[name], self._build(argument, names)
                return lambda moment: function(inner_part(moment))
            case ast.Call(
                func=ast.Name(id=name), args=[argument, ast.Constant(value=int() as epochs)], keywords=[]
            ) if name in _TRENDS and epochs > 0:
                return self._trend(_TRENDS[name], self._build(argument, names), epochs)
            case ast.Subscript(value=ast.Name() as tensor, slice=entry):
                return self._entry(tensor, entry, names)
        raise ConditionError(f"{self.text!r}: {ast.unparse(node)} is not allowed in {self.KIND}")

    def _float_of(self, whole: int) -> float:
        """Return a whole number as all others are: what is computed from it stays bounded, which Python's own does not."""
        try:
            return float(whole)
        except OverflowError:
            raise ConditionError(f"{self.text[:20]!r} …: a number has at most 308 digits") from None

    def _trend(self, goes_on: Callable[[Any, Any], Any], part: _Part, epochs: int) -> _Part:
        """Whether a value went one way from each epoch's end to the next, over so many epochs."""
        self.by_epoch, self.elementwise = True, False

        def holds(moment: Moment) -> bool:
            later = moment.epochs_ago(0)
            for ago in range(1, epochs + 1):
                earlier = moment.epochs_ago(ago)
                if later is None or earlier is None or not goes_on(part(later), part(earlier)):
                    return False
                later = earlier
            return True

        return holds

    def _entry(self, tensor: ast.Name, entry: ast.expr, names: set[str]) -> _Part:
        self.elementwise = False
        parts = entry.elts if isinstance(entry, ast.Tuple) else [entry]
        index = tuple(part.value for part in parts if isinstance(part, ast.Constant) and type(part.value) is int)
        if len(index) != len(parts):
            raise ConditionError(f"{self.text!r}: an entry is named by whole numbers, as in w1[0,1]")
        whole = self._build(tensor, names)
        return lambda moment: whole(moment)[index]


def _depth(tree: ast.AST) -> int:
    """Return how many parts of a tree are within each other at the most."""
    deepest, level = 0, [tree]
    while level:
        deepest, level = deepest + 1, [part for node in level for part in ast.iter_child_nodes(node)]
    return deepest


def _joined(every: bool, parts: list[_Part]) -> _Part:
    """`and` (every) or `or` of some parts; what is known from the first is not asked of the others."""

    def holds(moment: Moment) -> Any:
        result = parts[0](moment)
        for part in parts[1:]:
            if np.ndim(result) == 0 and bool(result) is not every:
                return result
            result = (np.logical_and if every else np.logical_or)(result, part(moment))
        return result

    return holds


class Condition(Expression):
    """An expression that is true or false at any moment of a run.

    Raises:
        ConditionError: the text is not an expression, or uses what is not allowed.
    """

    KIND, SUCH_AS = "a condition", "loss < 0.1"

    def number(self, moment: Moment) -> float:
        """Return 1 where it holds and 0 where it does not."""
        return float(self.holds(moment))

    def holds_each(self, moment: Moment) -> NDArray[np.bool_]:
        """Where an `elementwise` condition is true, for a moment whose values are arrays: of their shape."""
        with np.errstate(all="ignore"):
            return np.asarray(self._result(moment), dtype=bool)

    def holds(self, moment: Moment) -> bool:
        """Whether it is true at a moment; a comparison with NaN is false.

        Raises:
            ConditionError: the result is an array or a number, not true or false.
        """
        result = self._value(moment)
        if not isinstance(result, bool | np.bool_):
            raise ConditionError(f"{self.text!r} is not true or false but {_kind(result)}")
        return bool(result)


def _kind(result: Any) -> str:
    """Say what a value is that is not true or false."""
    if isinstance(result, Word | frozenset):
        return 'a word: compare it, as in rule == "exact"'
    return "an array: use any(…) or all(…)" if np.ndim(result) else "a number: compare it, as in loss < 0.1"
