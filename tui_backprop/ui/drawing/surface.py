"""Grids of characters: curves with samples, and half-block heat-maps."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from itertools import groupby
from operator import itemgetter

import numpy as np
from rich.color import Color
from rich.style import Style
from rich.text import Text

from tui_backprop.core.arrays import Array, Indices
from tui_backprop.ui.drawing.tints import half_block
from tui_backprop.ui.theme import RGB, class_glyph, heat_color, text_on

_LEVELS = 32
_SHADES = " ░▒▓█"
_STYLE = itemgetter(1)


@lru_cache(maxsize=2 * _LEVELS * _LEVELS)
def _half_block(color: Callable[[float], RGB], upper: int, lower: int) -> Style:
    return half_block(color(upper / (_LEVELS - 1)), color(lower / (_LEVELS - 1)))


def heat_map(values: Array, *, colored: bool, color: Callable[[float], RGB] = heat_color) -> Canvas:
    """Draw values in 0 … 1, (2·rows, columns) from top to bottom, two to a cell; without colour one shade a cell."""
    levels = np.rint(np.clip(np.nan_to_num(values, nan=0.5), 0, 1) * (_LEVELS - 1)).astype(int)
    canvas = Canvas(levels.shape[1], len(levels) // 2)
    for row, (upper, lower) in enumerate(zip(levels[0::2], levels[1::2], strict=False)):
        for column, (a, b) in enumerate(zip(upper.tolist(), lower.tolist(), strict=True)):
            if colored:
                canvas.put(column, row, "▄", _half_block(color, a, b))
            else:
                canvas.put(column, row, _SHADES[min(4, int((a + b) / 2 / (_LEVELS - 1) * 5))])
    return canvas


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
        self._cells: list[list[tuple[str, str | Style]]] = [[(" ", "")] * columns for _ in range(rows)]

    def put(self, column: int, row: int, glyph: str, style: str | Style = "") -> None:
        """Put a glyph, unless it lies outside."""
        if 0 <= column < self.columns and 0 <= row < self.rows:
            self._cells[row][column] = (glyph, style)

    def write(self, column: int, row: int, text: str, style: str | Style = "") -> None:
        """Put a text of one-cell characters from a cell on to the right; what lies outside is left out."""
        for offset, glyph in enumerate(text):
            self.put(column + offset, row, glyph, style)

    def paste(self, other: Canvas, column: int, row: int) -> None:
        """Put another canvas with its upper left corner at a cell."""
        for down, cells in enumerate(other._cells):
            for across, (glyph, style) in enumerate(cells):
                self.put(column + across, row + down, glyph, style)

    def put_over(self, column: int, row: int, glyph: str) -> None:
        """Put a glyph on the background that the cell has, in a colour that is read on it."""
        if 0 <= column < self.columns and 0 <= row < self.rows:
            below = self._cells[row][column][1]
            background = below.bgcolor if isinstance(below, Style) else None
            self._cells[row][column] = (glyph, _over(background) if background is not None else "bold")

    def runs(self, row: int) -> list[tuple[str, str | Style]]:
        """Return the neighbours of one style in a row, merged, from left to right."""
        return [("".join([glyph for glyph, _ in run]), style) for style, run in groupby(self._cells[row], _STYLE)]

    def lines(self) -> list[Text]:
        """Return the rows from top to bottom."""
        return [Text.assemble(*self.runs(row), no_wrap=True) for row in range(self.rows)]


@lru_cache(maxsize=4 * _LEVELS)
def _over(background: Color) -> Style:
    return Style(color=Color.from_rgb(*text_on(background.get_truecolor())), bgcolor=background, bold=True)


def put_samples(canvas: Canvas, columns: Indices, rows: Indices, labels: Indices, wrong: Array) -> None:
    """Put the glyph of each sample's class; wrong ones are ✗."""
    for column, row, label, bad in zip(columns.tolist(), rows.tolist(), labels.tolist(), wrong.tolist(), strict=True):
        canvas.put_over(column, row, "✗" if bad else class_glyph(label))
