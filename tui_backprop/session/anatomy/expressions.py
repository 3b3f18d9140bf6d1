"""Formulas as small trees that can be printed in symbols, printed with the numbers put in, and computed."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from tui_backprop.session.anatomy.quantities import Quantity
from tui_backprop.text.minus import minus

SHOWN_TERMS = 3
"""Terms of a long sum that are written out; of the rest their number is told."""

FORMULA_DIGITS = 6
"""Digits of a number inside a formula: a product of such numbers is right to the five digits of a result."""


@dataclass(frozen=True)
class Term:
    """A number with its symbol, and the quantity that it is, where there is more to say of it."""

    symbol: str
    value: float
    source: Quantity | None = None


@dataclass(frozen=True)
class Sum:
    """The sum of its terms. `general` is how the whole is written in symbols, such as `Σᵢ x[i]·w1[i,0]`."""

    terms: tuple[Expression, ...]
    general: str = ""

    @property
    def value(self) -> float:
        """The sum."""
        return math.fsum(term.value for term in self.terms) if self._finite else sum(term.value for term in self.terms)

    @property
    def _finite(self) -> bool:
        return all(math.isfinite(term.value) for term in self.terms)


@dataclass(frozen=True)
class Product:
    """The product of its factors."""

    factors: tuple[Expression, ...]

    @property
    def value(self) -> float:
        """The product."""
        return math.prod(factor.value for factor in self.factors)


@dataclass(frozen=True)
class Difference:
    """left − right."""

    left: Expression
    right: Expression

    @property
    def value(self) -> float:
        """The difference."""
        return self.left.value - self.right.value


@dataclass(frozen=True)
class Quotient:
    """above / below."""

    above: Expression
    below: Expression

    @property
    def value(self) -> float:
        """The quotient; ∞ or NaN where a number is divided by 0, as in NumPy."""
        above, below = self.above.value, self.below.value
        if below:
            return above / below
        return math.copysign(math.inf, above) if above else math.nan


@dataclass(frozen=True)
class FunctionCall:
    """A function of its arguments, such as σ(z); its value was computed where the function is at home, in `core`."""

    name: str
    arguments: tuple[Expression, ...]
    value: float


Expression: TypeAlias = Term | Sum | Product | Difference | Quotient | FunctionCall


@dataclass(frozen=True)
class FormulaSpan:
    """A stretch of a printed formula; `term` is set where it is one term of it."""

    text: str
    term: Term | None = None


def number_text(value: float, digits: int = 5) -> str:
    """Write a number with so many significant digits, a true minus sign, and a power of ten where it is far from 1."""
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    return minus(f"{value:.{digits}g}")


def printed(
    expression: Expression, *, numbers: bool, focus: Term | None = None, most: int = SHOWN_TERMS
) -> tuple[FormulaSpan, ...]:
    """Print a formula in symbols, or with the numbers put in; of a long sum `most` terms, that with `focus` among them."""
    return tuple(_Printer(numbers, focus, most).pieces(expression, loose=True))


def formula_text(pieces: Sequence[FormulaSpan]) -> str:
    """The printed formula as one text."""
    return "".join(piece.text for piece in pieces)


def terms_in(expression: Expression) -> Iterator[Term]:
    """Every term of a formula, from left to right, those that a long sum leaves out included."""
    match expression:
        case Term():
            yield expression
        case Sum(terms=parts) | Product(factors=parts) | FunctionCall(arguments=parts):
            for part in parts:
                yield from terms_in(part)
        case Difference(left=first, right=second) | Quotient(above=first, below=second):
            yield from terms_in(first)
            yield from terms_in(second)


class _Printer:
    """Prints one formula, in symbols or in numbers."""

    def __init__(self, numbers: bool, focus: Term | None, most: int) -> None:
        self._numbers = numbers
        self._focus = focus
        self._most = most

    def pieces(self, expression: Expression, *, loose: bool) -> Iterator[FormulaSpan]:
        """Print; `loose` where no operator is beside the expression, so that it needs no brackets."""
        match expression:
            case Term():
                text = number_text(expression.value, FORMULA_DIGITS) if self._numbers else expression.symbol
                bracketed = not loose and text.startswith("−")
                yield FormulaSpan(f"({text})" if bracketed else text, expression)
            case FunctionCall(name=name, arguments=arguments):
                yield FormulaSpan(f"{name}(")
                yield from self._joined(arguments, ", ", loose=True)
                yield FormulaSpan(")")
            case Product(factors=factors):
                yield from self._joined(factors, " · " if self._numbers else "·", loose=False)
            case Sum() if len(expression.terms) == 1:
                yield from self.pieces(expression.terms[0], loose=loose)
            case _:
                if not loose:
                    yield FormulaSpan("(")
                yield from self._open(expression)
                if not loose:
                    yield FormulaSpan(")")

    def _open(self, expression: Sum | Difference | Quotient) -> Iterator[FormulaSpan]:
        match expression:
            case Sum(terms=terms, general=general):
                if general and not self._numbers:
                    yield FormulaSpan(general)
                else:
                    yield from self._sum(terms)
            case Difference(left=left, right=right):
                yield from self.pieces(left, loose=True)
                yield FormulaSpan(" − ")
                yield from self.pieces(right, loose=isinstance(right, Product))
            case Quotient(above=above, below=below):
                yield from self.pieces(above, loose=False)
                yield FormulaSpan(" / ")
                yield from self.pieces(below, loose=isinstance(below, FunctionCall))

    def _sum(self, terms: tuple[Expression, ...]) -> Iterator[FormulaSpan]:
        place = next((i for i, term in enumerate(terms) if any(one is self._focus for one in terms_in(term))), 0)
        first = max(0, min(place - self._most + 1, len(terms) - self._most))
        if first:
            yield FormulaSpan(f"{first:,} more … + ")
        shown = terms[first : first + self._most]
        yield from self.pieces(shown[0], loose=not first)
        for term in shown[1:]:  # a number below 0 is in brackets behind a plus, as it is in a product
            yield FormulaSpan(" + ")
            yield from self.pieces(term, loose=not isinstance(term, Term))
        left_out = len(terms) - first - self._most
        if left_out > 0:
            yield FormulaSpan(f" + … {left_out:,} more")

    def _joined(self, parts: Sequence[Expression], between: str, *, loose: bool) -> Iterator[FormulaSpan]:
        for i, part in enumerate(parts):
            if i:
                yield FormulaSpan(between)
            yield from self.pieces(part, loose=loose)
