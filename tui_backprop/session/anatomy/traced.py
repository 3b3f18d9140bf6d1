"""Formulas that are derived from the core's own functions, for what none was written by hand.

A function is called with terms in place of numbers; what it does with them is the formula.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from tui_backprop.core.operations.optimizers import Optimizer
from tui_backprop.session.anatomy.expressions import (
    Difference,
    Expression,
    FunctionCall,
    Product,
    Quotient,
    Sum,
    Term,
    number_text,
)

_SETTINGS = {
    "momentum": "μ",
    "alpha": "α",
    "beta1": "β₁",
    "beta2": "β₂",
    "epsilon": "ε",
    "weight_decay": "λ",
}
_FUNCTIONS = {"sqrt": "√", "absolute": "abs", "maximum": "max", "minimum": "min"}


class UntraceableError(Exception):
    """A function does something with its arguments that a formula does not have; the text is its name."""


def traced(function: Callable[..., Any], *arguments: Expression) -> Expression:
    """Return what a function makes of the arguments.

    Raises:
        UntraceableError: it asks for their numbers, or picks some of them.
    """
    return _expression(function(*(_Term(one) for one in arguments)))


def traced_update(
    optimizer: Optimizer, theta: Expression, gradient: Expression, slots: list[Term], count: int, rate: Term
) -> tuple[Expression, tuple[Expression, ...]]:
    """Return the new parameter and the new slots of an optimizer.

    Raises:
        UntraceableError: its formula cannot be read off.
    """
    memory, t = [_Term(one) for one in slots], _Term(Term("t", float(count)))
    given: tuple[Any, ...] = (_Term(theta), _Term(gradient), memory, t, _Term(rate))
    moved, new = _Settings(optimizer).new_values(*given)
    return _expression(moved), tuple(_expression(one) for one in new)


class _Settings:
    """An optimizer whose settings are terms."""

    def __init__(self, optimizer: Optimizer) -> None:
        self._optimizer = optimizer

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._optimizer, name)
        if isinstance(value, Optimizer):
            return _Settings(value)
        if callable(value):
            return getattr(type(self._optimizer), name).__get__(self)
        return _Term(Term(_SETTINGS.get(name, name), float(value)))


class _Term:
    """An expression that can be computed with."""

    def __init__(self, expression: Expression) -> None:
        self.expression = expression

    def __add__(self, other: Any) -> _Term:
        return _Term(Sum((self.expression, _expression(other))))

    def __radd__(self, other: Any) -> _Term:
        return _Term(Sum((_expression(other), self.expression)))

    def __sub__(self, other: Any) -> _Term:
        return _Term(_difference(self.expression, _expression(other)))

    def __rsub__(self, other: Any) -> _Term:
        return _Term(_difference(_expression(other), self.expression))

    def __mul__(self, other: Any) -> _Term:
        return _Term(_product(self.expression, _expression(other)))

    def __rmul__(self, other: Any) -> _Term:
        return _Term(_product(_expression(other), self.expression))

    def __truediv__(self, other: Any) -> _Term:
        return _Term(_quotient(self.expression, _expression(other)))

    def __rtruediv__(self, other: Any) -> _Term:
        return _Term(_quotient(_expression(other), self.expression))

    def __neg__(self) -> _Term:
        return _Term(_negative(self.expression))

    def __pow__(self, exponent: int) -> _Term:
        if exponent == 2:
            return self * self
        raise UntraceableError("power")

    def sum(self, axis: int = -1) -> _Term:
        """The sum over the outputs, of which there is one."""
        return self

    def __bool__(self) -> bool:
        raise UntraceableError("a condition")

    def __array_ufunc__(self, function: np.ufunc, method: str, *arguments: Any, **options: Any) -> _Term:
        if method != "__call__" or options or function.nout != 1:
            raise UntraceableError(function.__name__)
        operator = _OPERATORS.get(function)
        terms = tuple(_expression(one) for one in arguments)
        if operator is not None:
            return _Term(operator(*terms))
        value = function(*(np.float64(one.value) for one in terms))
        if not isinstance(value, np.floating):
            raise UntraceableError(function.__name__)
        return _Term(FunctionCall(_FUNCTIONS.get(function.__name__, function.__name__), terms, float(value)))

    def __array_function__(self, function: Any, _types: Any, arguments: Any, options: Any) -> _Term:
        if function is not np.clip or options:
            raise UntraceableError(function.__name__)
        terms = tuple(_expression(one) for one in arguments)
        return _Term(FunctionCall("clip", terms, float(np.clip(*(one.value for one in terms)))))


def _expression(one: Any) -> Expression:
    """Return the expression of a term, or of a number."""
    if isinstance(one, np.ndarray) and one.ndim == 0:
        one = one.item()
    if isinstance(one, _Term):
        return one.expression
    if isinstance(one, int | float):
        return Term(number_text(float(one)), float(one))
    raise UntraceableError(type(one).__name__)


def _negative(one: Expression) -> Expression:
    if isinstance(one, Term):
        return Term(
            one.symbol.removeprefix("−") if one.symbol.startswith("−") else f"−{one.symbol}", -one.value, one.source
        )
    return Product((Term("−1", -1.0), one))


def _difference(left: Expression, right: Expression) -> Expression:
    if left == Term("1", 1.0) and isinstance(right, Term) and right.source is None:
        return Term(f"(1−{right.symbol})", 1.0 - right.value)
    return Difference(left, right)


def _product(left: Expression, right: Expression) -> Expression:
    parts = (one.factors if isinstance(one, Product) else (one,) for one in (left, right))
    return Product(tuple(factor for part in parts for factor in part))


def _quotient(above: Expression, below: Expression) -> Expression:
    """Return above / below; 1 / (1 + exp(−z)) is σ(z)."""
    match above, below:
        case Term(symbol="1"), Sum(terms=(Term(symbol="1"), FunctionCall(name="exp", arguments=(power,)))):
            return FunctionCall("σ", (_negative(power),), Quotient(above, below).value)
    return Quotient(above, below)


_OPERATORS: dict[np.ufunc, Callable[..., Expression]] = {
    np.add: lambda left, right: Sum((left, right)),
    np.subtract: _difference,
    np.multiply: _product,
    np.divide: _quotient,
    np.negative: _negative,
    np.square: lambda one: _product(one, one),
}
