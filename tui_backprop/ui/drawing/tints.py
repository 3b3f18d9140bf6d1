"""Styles of values with a sign and a size: for lines, for numbers on a ground of their own, and for a single mark."""

from __future__ import annotations

import math
from functools import lru_cache

from rich.color import Color
from rich.style import Style

from tui_backprop.ui.theme import RGB, sign_color, sign_shade, text_on

LEVELS = 8
"""Steps of brightness from nearly nothing to the largest."""

_SHADES = "·░▒▓█"


def level_of(value: float, scale: float) -> int:
    """Return 0 … `LEVELS` for a size in 0 … scale; its root, so that small ones part; not finite is largest."""
    if not math.isfinite(value):
        return LEVELS
    return round(LEVELS * math.sqrt(min(1.0, abs(value) / scale)))


def sign_of(value: float) -> int:
    """Return −1, 0 or 1; 0 for NaN."""
    return (value > 0) - (value < 0)


@lru_cache(maxsize=256)
def line_style(sign: int, level: int, ground: RGB | None) -> Style:
    """Return the style of a line; where colours cannot be shaded (`ground` is None) bold is large and dim is small."""
    if ground is None:
        return Style.parse(f"{_weight(level)} {sign_color(sign)}".strip() or "none")
    return Style(color=Color.from_rgb(*sign_shade(sign, level / LEVELS, ground)))


@lru_cache(maxsize=256)
def chip_style(sign: int, level: int, ground: RGB | None) -> Style:
    """Return the style of a number on a ground in the colour of its sign; where there is no shading, of the number alone."""
    if ground is None:
        return Style.parse(f"bold {sign_color(sign)}")
    below = sign_shade(sign, level / LEVELS, ground)
    return Style(color=Color.from_rgb(*text_on(below)), bgcolor=Color.from_rgb(*below))


@lru_cache(maxsize=1024)
def half_block(upper: RGB, lower: RGB) -> Style:
    """Return the style of ▄ that gives a cell two colours."""
    return Style(color=Color.from_rgb(*lower), bgcolor=Color.from_rgb(*upper))


def lamp(level: int) -> str:
    """Return a glyph that is the denser the larger a value is."""
    return _SHADES[-(-level * (len(_SHADES) - 1) // LEVELS)]


def _weight(level: int) -> str:
    return "bold" if level > 2 * LEVELS // 3 else "dim" if level <= LEVELS // 3 else ""
