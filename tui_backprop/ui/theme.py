"""The colours that carry a meaning; everything else comes from Textual's theme variables.

Sign is blue or orange, which differ in lightness as well, and is always written as + or − too. Classes have a glyph each.
"""

from __future__ import annotations

from typing import Literal

RGB = tuple[int, int, int]
"""Red, green and blue, 0 … 255."""

Colors = Literal["full", "sixteen", "none"]
"""What can be drawn with: all colours, the terminal's own sixteen, or none (`NO_COLOR`)."""

POSITIVE = "dodger_blue1"
NEGATIVE = "dark_orange"

SEVERITY_MARKS = {"error": "✗", "warning": "▲", "info": "·"}
SEVERITY_STYLES = {"error": f"bold {NEGATIVE}", "warning": NEGATIVE, "info": "dim"}

_POSITIVE, _NEGATIVE = (0, 135, 255), (255, 135, 0)  # the same two as red, green and blue
_FAINTEST = 0.22  # share of a sign's colour in what is nearly 0
_LOW, _MIDDLE, _HIGH = (180, 95, 6), (70, 70, 74), (20, 110, 200)
_GLYPHS = "o+x*#@%&=~"
_DEPTH: tuple[RGB, ...] = ((34, 26, 74), (42, 92, 142), (54, 158, 142), (164, 202, 84), (252, 232, 110))


def sign_color(value: float) -> str:
    """Return the colour of a number's sign; empty for 0."""
    return POSITIVE if value > 0 else NEGATIVE if value < 0 else ""


def sign_shade(value: float, share: float, ground: RGB) -> RGB:
    """Return the colour of a number's sign, the nearer to the ground the smaller `share` in 0 … 1 is; grey for 0."""
    full = _POSITIVE if value > 0 else _NEGATIVE if value < 0 else (128, 128, 128)
    along = _FAINTEST + (1 - _FAINTEST) * share
    red, green, blue = (round(a + (b - a) * along) for a, b in zip(ground, full, strict=True))
    return red, green, blue


def text_on(ground: RGB) -> RGB:
    """Return black or white, whichever is read on a colour (relative luminance of ITU-R BT.709)."""
    bright = 0.2126 * ground[0] + 0.7152 * ground[1] + 0.0722 * ground[2] > 110
    return (0, 0, 0) if bright else (255, 255, 255)


def class_glyph(label: int) -> str:
    """Return the glyph of a class."""
    return _GLYPHS[label % len(_GLYPHS)]


def heat_color(share: float) -> RGB:
    """Return the colour of a value from 0 (orange) over ½ (grey) to 1 (blue), as red, green and blue 0 … 255."""
    low, high, along = (_LOW, _MIDDLE, 2 * share) if share < 0.5 else (_MIDDLE, _HIGH, 2 * share - 1)
    red, green, blue = (round(a + (b - a) * along) for a, b in zip(low, high, strict=True))
    return red, green, blue


def depth_color(share: float) -> RGB:
    """Return the colour of an amount from 0 (dark blue) over green to 1 (light yellow), lighter all the way."""
    along = share * (len(_DEPTH) - 1)
    at = min(int(along), len(_DEPTH) - 2)
    red, green, blue = (round(a + (b - a) * (along - at)) for a, b in zip(_DEPTH[at], _DEPTH[at + 1], strict=True))
    return red, green, blue
