"""Drawings in other characters, for terminals and fonts that lack braille: each sign becomes one of the same width."""

from __future__ import annotations

from collections.abc import Mapping

from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

_BRAILLE = 0x2800  # the first of 256 characters; a bit for each dot
_LEFT, _RIGHT = (0x01, 0x02, 0x04, 0x40), (0x08, 0x10, 0x20, 0x80)  # dots of the two columns from the top down
_QUADRANTS = " ▘▝▀▖▌▞▛▗▚▐▜▄▙▟█"  # by upper left 1, upper right 2, lower left 4, lower right 8
_BY_COUNT = " .:-=+*##"  # by how many dots a character has
_PLAIN = {
    **dict.fromkeys("─━╌╍┄┅▔▁", "-"), **dict.fromkeys("│┃▏▎▕", "|"), **dict.fromkeys("┌┐└┘├┤┬┴┼╭╮╰╯╋", "+"),
    **dict(zip("▂▃▄▅▆▇█", ".:-=+*#", strict=True)), **dict.fromkeys("▀▌▐▘▝▖▗▚▞▛▜▙▟░▒▓", "#"),
    **dict.fromkeys("●◆■▲★♠♣♥♦▼", "o"), **dict.fromkeys("○◇□△☆♤♧♡♢▽", "."), "▸": ">", "▾": "v", "‖": "=", "✓": "+",
    "✗": "x", "✘": "x", "·": ".", "…": "~", "←": "<", "→": ">", "↑": "^", "↓": "v", "−": "-", "×": "x", "≤": "<", "≥": ">",
}  # fmt: skip


def _quadrant(dots: int) -> str:
    halves = (_LEFT[:2], _RIGHT[:2], _LEFT[2:], _RIGHT[2:])
    return _QUADRANTS[sum(1 << i for i, half in enumerate(halves) if any(dots & one for one in half))]


_TABLES: Mapping[str, Mapping[int, str]] = {
    "blocks": {_BRAILLE + dots: _quadrant(dots) for dots in range(256)},
    "ascii": {
        **{_BRAILLE + dots: _BY_COUNT[dots.bit_count()] for dots in range(256)},
        **{ord(sign): other for sign, other in _PLAIN.items()},
    },
}


class GlyphFilter(LineFilter):
    """Writes all that is on the screen in `blocks` or `ascii`."""

    def __init__(self, glyphs: str) -> None:
        super().__init__()
        self._table = _TABLES[glyphs]

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """Return a line in the other characters."""
        return [Segment(one.text.translate(self._table), one.style, one.control) for one in segments]
