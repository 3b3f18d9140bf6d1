"""Numbers as they are shown on the screen: signed, of one width, with a true minus sign."""

from __future__ import annotations

import math

from tui_backprop.session.anatomy.expressions import number_text

MINUS = "\N{MINUS SIGN}"
_CELLS = 9  # of a number with its sign; a large one has fewer digits behind the point
_LARGE = 9999.9995  # from here on a number is written with a power of ten


def signed(value: float, width: int = 9) -> str:
    """Write a number with its sign in `width` cells: `+0.3141`, `−5198.712`, `−1.2e−07`, `+∞`."""
    if math.isnan(value):
        text = "NaN"
    elif math.isinf(value):
        text = "+∞" if value > 0 else "-∞"
    else:
        plainly = value == 0 or 1e-4 <= abs(value) < _LARGE
        ways = (f"{value:+.4f}", f"{value:+.3f}") if plainly else (f"{value:+.2e}", f"{value:+.1e}")
        text = next((way for way in ways if len(way) <= _CELLS), ways[-1])
    return text.replace("-", MINUS).rjust(width)


def signed_change(value: float, width: int = 9) -> str:
    """Write a change as `signed` does; none at all is a dot, which is not read as a small number."""
    return signed(value, width) if value else "·".rjust(width)


def decimal_aligned(value: float, before: int = 7, after: int = 9) -> str:
    """Write a number with five significant digits and its decimal point always in the same column."""
    text = number_text(value)
    whole, point, rest = text.partition(".")
    if not point and "e" in text:
        whole, _, rest = text.partition("e")
        point = "e"
    return whole.rjust(before) + f"{point}{rest}".ljust(after)


def four_digits(value: float) -> str:
    """Write a loss or an accuracy with four significant digits."""
    if not math.isfinite(value):
        return signed(value, 0)
    return f"{value:.4g}".replace("-", MINUS)


def signed_short(value: float, width: int = 5) -> str:
    """Write a number with its sign in `width` cells, at least 5: `+0.53`, `−12.3`, ` +123`, `+4e−5`."""
    if not math.isfinite(value):
        return signed(value, width)
    size = abs(value)
    if size == 0 or 10.0 ** (3 - width) <= size < 10.0 ** (width - 1) - 0.5:
        text = f"{value:+.{max(0, width - 3 - max(0, math.floor(math.log10(size or 1))))}f}"
        if len(text) > width:  # rounded up to one more digit before the point
            text = text[:-1].rstrip(".")
    else:
        mantissa, exponent = f"{value:+.{max(0, width - 6)}e}".split("e")
        power = f"e{int(exponent)}"
        text = mantissa[: max(1, width - len(power))].rstrip(".") + power
        if len(text) > width:  # below 1e−99
            text = f"{mantissa[0]}0.00"
    return text.replace("-", MINUS).rjust(width)
