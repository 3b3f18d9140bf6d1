"""The colours that carry a meaning; everything else comes from Textual's theme variables.

Sign is blue or orange, which differ in lightness as well, and is always written as + or − too. Classes have a glyph and a
texture each, and colours that neighbours in the list differ in by lightness, so that they are told apart by people who see
fewer colours.
"""

from __future__ import annotations

from typing import Literal

from rich.terminal_theme import TerminalTheme

RGB = tuple[int, int, int]
"""Red, green and blue, 0 … 255."""

Colors = Literal["full", "sixteen", "none"]
"""What can be drawn with: all colours, the terminal's own sixteen, or none (`NO_COLOR`)."""

POSITIVE = "dodger_blue1"
NEGATIVE = "dark_orange"

CURVES = ("bright_blue", "bright_yellow", "bright_cyan", "bright_magenta", "bright_green", "bright_red")
"""The colours of curves on one chart, in order."""

SEVERITY_MARKS = {"error": "✗", "warning": "▲", "info": "·"}
SEVERITY_STYLES = {"error": f"bold {NEGATIVE}", "warning": NEGATIVE, "info": "dim"}

_POSITIVE, _NEGATIVE = (0, 135, 255), (255, 135, 0)  # the same two as red, green and blue
_ON_LIGHT: dict[str, RGB] = {  # the signs and the curves on a light ground: darker, to be read on it
    POSITIVE: (0, 71, 179), NEGATIVE: (179, 89, 0), "bright_yellow": (148, 88, 0), "bright_cyan": (0, 108, 136),
    "bright_magenta": (150, 40, 150), "bright_green": (40, 112, 20), "bright_red": (184, 40, 40),
}  # fmt: skip
_FAINTEST = 0.22  # share of a sign's colour in what is nearly 0
_LOW, _MIDDLE, _HIGH = (214, 126, 26), (70, 70, 74), (18, 88, 176)
_UNSURE = (38, 38, 42)
_GLYPHS = ("●○", "▲△", "■□", "◆◇", "▼▽", "★☆", "♠♤", "♣♧", "♥♡", "♦♢")
_TEXTURES = " ░·▒:/\\=%+"
_SIXTEEN = (
    "yellow",
    "bright_blue",
    "bright_cyan",
    "magenta",
    "green",
    "bright_white",
    "bright_green",
    "bright_yellow",
    "cyan",
    "bright_magenta",
)  # fmt: skip  (no red: what is wrong is drawn in it, since that is what orange is there)
_CLASSES: tuple[RGB, ...] = (
    _LOW, _HIGH, (112, 196, 128), (136, 34, 120), (240, 228, 90), (0, 108, 92), (232, 150, 200), (120, 58, 20),
    (188, 192, 196), (60, 10, 240),
)  # fmt: skip
_DEPTH: tuple[RGB, ...] = ((34, 26, 74), (42, 92, 142), (54, 158, 142), (164, 202, 84), (252, 232, 110))


_HALF: list[RGB] = [
    (0, 0, 0), (170, 0, 0), (0, 170, 0), (170, 85, 0), (0, 0, 170), (170, 0, 170), (0, 170, 170), (170, 170, 170),
]  # fmt: skip
_FULL: list[RGB] = [
    (85, 85, 85), (255, 85, 85), (85, 255, 85), (255, 255, 85), (85, 85, 255), (255, 85, 255), (85, 255, 255),
    (255, 255, 255),
]  # fmt: skip
SIXTEEN = TerminalTheme(_HALF[0], _HALF[7], _HALF, _FULL)
"""What rich takes a terminal's sixteen colours to be: with it a colour that has a name is that colour on such a terminal."""


def sign_color(value: float) -> str:
    """Return the colour of a number's sign; empty for 0."""
    return POSITIVE if value > 0 else NEGATIVE if value < 0 else ""


def sign_shade(value: float, share: float, ground: RGB) -> RGB:
    """Return the colour of a number's sign, the nearer to the ground the smaller `share` in 0 … 1 is; grey for 0."""
    full = _POSITIVE if value > 0 else _NEGATIVE if value < 0 else (128, 128, 128)
    full = on_ground(sign_color(value), ground) or full
    return blend(ground, full, _FAINTEST + (1 - _FAINTEST) * share)


def on_ground(color: str, ground: RGB) -> RGB | None:
    """Return what the colour of a sign or a curve is instead on a light ground; None for what stays as it is."""
    return _ON_LIGHT.get(color) if text_on(ground) == (0, 0, 0) else None


def text_on(ground: RGB) -> RGB:
    """Return black or white, whichever is read on a colour (relative luminance of ITU-R BT.709)."""
    bright = 0.2126 * ground[0] + 0.7152 * ground[1] + 0.0722 * ground[2] > 110
    return (0, 0, 0) if bright else (255, 255, 255)


def class_glyph(label: int, *, test: bool = False) -> str:
    """Return the glyph of a class: filled for a training sample, hollow for a test sample."""
    return _GLYPHS[label % len(_GLYPHS)][test]


def class_texture(label: int) -> str:
    """Return the glyph that fills a region of a class where colours are few or none."""
    return _TEXTURES[label % len(_TEXTURES)]


def class_color(label: int, sure: float = 1.0) -> RGB:
    """Return the colour of a class, the darker the less `sure` the answer is, 0 … 1."""
    return blend(_UNSURE, _CLASSES[label % len(_CLASSES)], 0.3 + 0.7 * sure)


def class_sixteen(label: int) -> str:
    """Return the colour of a class among the terminal's own sixteen."""
    return _SIXTEEN[label % len(_SIXTEEN)]


def heat_sixteen(share: float) -> str:
    """Return the colour of a value from 0 to 1 among the terminal's own sixteen; empty in the middle."""
    return _SIXTEEN[0] if share < 0.4 else _SIXTEEN[1] if share > 0.6 else ""


def blend(one: RGB, other: RGB, along: float) -> RGB:
    """Return the colour that lies `along`, 0 … 1, the way from one to another."""
    red, green, blue = (round(a + (b - a) * along) for a, b in zip(one, other, strict=True))
    return red, green, blue


def heat_color(share: float) -> RGB:
    """Return the colour of a value from 0 (orange) over ½ (grey) to 1 (blue), which is the darker of the two."""
    return blend(_LOW, _MIDDLE, 2 * share) if share < 0.5 else blend(_MIDDLE, _HIGH, 2 * share - 1)


def depth_color(share: float) -> RGB:
    """Return the colour of an amount from 0 (dark blue) over green to 1 (light yellow), lighter all the way."""
    along = share * (len(_DEPTH) - 1)
    at = min(int(along), len(_DEPTH) - 2)
    return blend(_DEPTH[at], _DEPTH[at + 1], along - at)
