"""Kinds of numbers with more digits than float64, and the functions of them that a network needs.

`np.longdouble` has 64 bits or more on most processors and is as fast as NumPy's loops are. Where it is no wider than float64
(ARM under macOS, Windows), Python's own `decimal` takes its place, one number at a time in arrays of objects.
"""

from __future__ import annotations

import decimal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any

import numpy as np

Many = Any
"""An array of any kind of numbers."""

_DIGITS = 50
_LARGEST = 5000  # digits before the point, beyond which nothing is known of a sine
_CONTEXT = decimal.Context(prec=_DIGITS, Emax=decimal.MAX_EMAX, Emin=decimal.MIN_EMIN, traps=[])


@dataclass(frozen=True)
class Numbers:
    """One kind of numbers; every function takes and returns an array of them."""

    name: str
    of: Callable[[Many], Many]
    """float64 → the same numbers in this kind."""
    exp: Callable[[Many], Many]
    expm1: Callable[[Many], Many]
    """eˣ − 1, all digits kept near 0."""
    log1p: Callable[[Many], Many]
    """log(1 + x)."""
    sin: Callable[[Many], Many]
    cos: Callable[[Many], Many]
    cost: float
    """What a multiplication takes, in nanoseconds."""


def _as(kind: type[np.floating[Any]]) -> Callable[[Many], Many]:
    return lambda values: np.asarray(values, dtype=kind)


def _each(function: Callable[[Decimal], Decimal]) -> Callable[[Many], Many]:
    many = np.frompyfunc(function, 1, 1)
    return lambda values: np.asarray(many(values), dtype=object)


def _decimal_sine(x: Decimal) -> Decimal:
    """sin x by its series about 0, after whole turns are taken off."""
    if not x.is_finite() or x.adjusted() > _LARGEST:
        return Decimal("NaN")
    with decimal.localcontext() as context:
        context.prec += max(0, x.adjusted()) + 10
        turn = 2 * _pi(context.prec)
        rest = x - turn * (x / turn).to_integral_value()
        term = total = rest
        n = 1
        while abs(term) > Decimal(10) ** -(_DIGITS + 5) * abs(total):
            term *= -rest * rest / ((n + 1) * (n + 2))
            total += term
            n += 2
    return +total


def _decimal_cosine(x: Decimal) -> Decimal:
    if not x.is_finite() or x.adjusted() > _LARGEST:
        return Decimal("NaN")
    with decimal.localcontext() as context:
        context.prec += max(0, x.adjusted()) + 10
        moved = x + _pi(context.prec) / 2
    return _decimal_sine(moved)


@lru_cache(maxsize=64)
def _pi(digits: int) -> Decimal:
    """π by Machin's formula."""

    def arctangent_of_inverse(n: int) -> Decimal:
        power = total = Decimal(1) / n
        k = 1
        while abs(power) > Decimal(10) ** -digits:
            power /= -n * n
            k += 2
            total += power / k
        return total

    return 16 * arctangent_of_inverse(5) - 4 * arctangent_of_inverse(239)


def _near_one(x: Decimal) -> Decimal:
    """log(1 + x): x itself where it is tiny, and with more digits where it is small."""
    if x.is_finite() and x.adjusted() < -_DIGITS:
        return +x
    with decimal.localcontext() as context:
        context.prec += max(0, -x.adjusted()) if x.is_finite() else 0
        return (1 + x).ln()


def _beyond_one(x: Decimal) -> Decimal:
    """eˣ − 1, in the same way."""
    if x.is_finite() and x.adjusted() < -_DIGITS:
        return +x
    with decimal.localcontext() as context:
        context.prec += max(0, -x.adjusted()) if x.is_finite() else 0
        return x.exp() - 1


FLOAT = Numbers("float64", _as(np.float64), np.exp, np.expm1, np.log1p, np.sin, np.cos, 0.2)
LONG = Numbers("longdouble", _as(np.longdouble), np.exp, np.expm1, np.log1p, np.sin, np.cos, 12.0)
DECIMAL = Numbers(
    "decimal",
    _each(lambda value: Decimal(float(value))),
    _each(Decimal.exp),
    _each(_beyond_one),
    _each(_near_one),
    _each(_decimal_sine),
    _each(_decimal_cosine),
    400.0,
)

WIDEST = LONG if np.finfo(np.longdouble).nmant > np.finfo(np.float64).nmant else DECIMAL
"""The quickest kind here that is wider than float64."""


@contextmanager
def counting_with(numbers: Numbers) -> Iterator[None]:
    """Let sums and products of these numbers keep their digits; overflow gives ∞ or NaN and raises nothing."""
    with np.errstate(all="ignore"), decimal.localcontext(_CONTEXT if numbers is DECIMAL else None):
        yield
