"""The colours that carry a meaning; everything else comes from Textual's theme variables.

Sign is blue or orange, which differ in lightness as well, and is always written as + or − too. Classes have a glyph each.
"""

from __future__ import annotations

POSITIVE = "dodger_blue1"
NEGATIVE = "dark_orange"

_LOW, _MIDDLE, _HIGH = (180, 95, 6), (70, 70, 74), (20, 110, 200)
_GLYPHS = "o+x*#@%&=~"


def sign_color(value: float) -> str:
    """Return the colour of a number's sign; empty for 0."""
    return POSITIVE if value > 0 else NEGATIVE if value < 0 else ""


def class_glyph(label: int) -> str:
    """Return the glyph of a class."""
    return _GLYPHS[label % len(_GLYPHS)]


def heat_color(share: float) -> tuple[int, int, int]:
    """Return the colour of a value from 0 (orange) over ½ (grey) to 1 (blue), as red, green and blue 0 … 255."""
    low, high, along = (_LOW, _MIDDLE, 2 * share) if share < 0.5 else (_MIDDLE, _HIGH, 2 * share - 1)
    red, green, blue = (round(a + (b - a) * along) for a, b in zip(low, high, strict=True))
    return red, green, blue
