"""The sign of negative numbers."""

from __future__ import annotations


def minus(number: str) -> str:
    """Return the text of a number with the sign −, which is as wide as + and is not taken for a hyphen.

    >>> minus(f"{-0.5:.3g}"), minus(f"{1e-9:.3g}")
    ('−0.5', '1e−09')
    """
    return number.replace("-", "−")
