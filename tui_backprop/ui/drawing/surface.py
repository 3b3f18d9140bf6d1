"""Grids of characters: curves with samples, and half-block heat-maps."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from rich.color import Color
from rich.style import Style
from rich.text import Text

from tui_backprop.core.arrays import Array, Indices
from tui_backprop.ui.theme import class_glyph, heat_color

_LEVELS = 32
_SHADES = " ░▒▓█"


@lru_cache(maxsize=_LEVELS * _LEVELS)
def _half_block(upper: int, lower: int) -> Style:
    return Style(
        color=Color.from_rgb(*heat_color(lower / (_LEVELS - 1))),
        bgcolor=Color.from_rgb(*heat_color(upper / (_LEVELS - 1))),
    )


def heat_map(values: Array, *, colored: bool) -> list[Text]:
    """Draw values in 0 … 1, (2·rows, columns) from top to bottom, two to a cell; without colour one shade a cell."""
    levels = np.rint(np.clip(np.nan_to_num(values, nan=0.5), 0, 1) * (_LEVELS - 1)).astype(int)
    lines = []
    for upper, lower in zip(levels[0::2], levels[1::2], strict=False):
        line = Text(no_wrap=True)
        if colored:
            for a, b in zip(upper, lower, strict=True):
                line.append("▄", _half_block(int(a), int(b)))
        else:
            mean = (upper + lower) / 2 / (_LEVELS - 1)
            line.append("".join(_SHADES[min(4, int(m * 5))] for m in mean))
        lines.append(line)
    return lines


def place(values: Array, low: float, high: float, cells: int) -> Indices:
    """Return the cell 0 … cells − 1 of each value in low … high; −1 outside."""
    span = high - low
    at = np.floor((values - low) / span * cells).astype(np.int64) if span > 0 else np.zeros(len(values), dtype=np.int64)
    at = np.where(values == high, cells - 1, at)
    return np.where((at >= 0) & (at < cells), at, -1)


class Canvas:
    """A grid of cells to put glyphs on."""

    def __init__(self, columns: int, rows: int) -> None:
        self.columns, self.rows = columns, rows
        self._cells = [[(" ", "")] * columns for _ in range(rows)]

    def put(self, column: int, row: int, glyph: str, style: str = "") -> None:
        """Put a glyph, unless it lies outside."""
        if 0 <= column < self.columns and 0 <= row < self.rows:
            self._cells[row][column] = (glyph, style)

    def lines(self) -> list[Text]:
        """Return the rows from top to bottom."""
        return [Text.assemble(*row, no_wrap=True) for row in self._cells]


def put_samples(lines: list[Text], columns: Indices, rows: Indices, labels: Indices, wrong: Array) -> None:
    """Replace cells by the glyph of a sample's class; wrong ones are ✗."""
    for column, row, label, bad in zip(columns, rows, labels, wrong, strict=True):
        if 0 <= row < len(lines) and 0 <= column < len(lines[row].plain):
            glyph = "✗" if bad else class_glyph(int(label))
            line = lines[row]
            lines[row] = line[:column] + Text(glyph, style="bold") + line[column + 1 :]
