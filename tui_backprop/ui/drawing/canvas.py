"""Grids of characters: curves with samples, and half-block heat-maps."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache

import numpy as np
from rich.color import Color
from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from textual.strip import Strip

from tui_backprop.core.arrays import Array, Indices
from tui_backprop.ui.drawing.tints import half_block
from tui_backprop.ui.theme import RGB, Colors, blend, heat_color, heat_sixteen, text_on

CanvasLine = Text | Strip
"""A line of a picture: text, or a strip where there are so many styles that text would be slow."""

_LEVELS = 24
SHADES = " ░▒▓█"
"""From low to high where there are no half blocks."""

_WHITE = (0.0, 0.25, 0.75)  # how far a pixel goes to white beside, on a faint, and on a strong contour


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

    def put_row(self, row: int, cells: Sequence[tuple[str, str | Style]]) -> None:
        """Put a whole row of (glyph, style) at once."""
        self._cells[row][:] = cells

    def put_over(self, column: int, row: int, glyph: str) -> None:
        """Put a glyph on the background of the cell, in a colour that is read on it; without one in the cell's colour."""
        if 0 <= column < self.columns and 0 <= row < self.rows:
            below = self._cells[row][column][1]
            if isinstance(below, Style):
                self._cells[row][column] = (glyph, "bold" if below.bgcolor is None else _over(below.bgcolor))
            else:
                self._cells[row][column] = (glyph, f"bold {below}" if below and "dim" not in below else "bold")

    def has_ground(self, column: int, row: int) -> bool:
        """Whether a cell lies inside and has a background of its own."""
        inside = 0 <= column < self.columns and 0 <= row < self.rows
        style = self._cells[row][column][1] if inside else ""
        return isinstance(style, Style) and style.bgcolor is not None

    def text(self, row: int) -> str:
        """Return the glyphs of a row."""
        return "".join(glyph for glyph, _ in self._cells[row])

    def runs(self, row: int) -> list[tuple[str, str | Style]]:
        """Return the neighbours of one style in a row, merged, from left to right."""
        found: list[tuple[str, str | Style]] = []
        text, last = "", self._cells[row][0][1] if self.columns else ""
        for glyph, style in self._cells[row]:
            if style is last or style == last:
                text += glyph
            else:
                found.append((text, last))
                text, last = glyph, style
        return [*found, (text, last)]

    def lines(self) -> list[Text]:
        """Return the rows from top to bottom."""
        return [Text.assemble(*self.runs(row), no_wrap=True) for row in range(self.rows)]

    def strips(self) -> list[Strip]:
        """Return the rows from top to bottom ready to be shown, in a fraction of the time that `lines` takes."""
        return [
            Strip(
                [
                    Segment(text, style if isinstance(style, Style) else Style.parse(style))
                    for text, style in self.runs(row)
                ]
            )
            for row in range(self.rows)
        ]


def heat_map(
    values: Array,
    *,
    colored: Colors | bool,
    color: Callable[[float], RGB] = heat_color,
    lines: Indices | None = None,
    shades: str = SHADES,
) -> Canvas:
    """Draw values in 0 … 1, (2·rows, columns) from top to bottom, two to a cell.

    Args:
        values: what is drawn; what is not a number is drawn as ½.
        colored: what can be drawn with; True for all colours, False for none. Without all of them each cell has one shade.
        color: what a value from 0 to 1 is drawn in, where there are all colours.
        lines: 0 where there is no contour, 1 on a faint one, 2 on a strong one, of the shape of `values`.
        shades: from low to high, where there are no half blocks.
    """
    share = np.clip(np.nan_to_num(values, nan=0.5), 0, 1)
    if colored is True or colored == "full":
        return pixels(np.rint(share * (_LEVELS - 1)).astype(np.int64), _palette(color), lines)
    whole = len(share) // 2 * 2
    cells = (share[0:whole:2] + share[1:whole:2]) / 2
    canvas = Canvas(cells.shape[1], len(cells))
    for row, level in enumerate(np.minimum((cells * len(shades)).astype(int), len(shades) - 1).tolist()):
        styles = [heat_sixteen(one) if colored == "sixteen" else "" for one in cells[row].tolist()]
        canvas.put_row(row, [(shades[one], style) for one, style in zip(level, styles, strict=True)])
    return canvas


@lru_cache(maxsize=8)
def _palette(color: Callable[[float], RGB]) -> tuple[RGB, ...]:
    return tuple(color(level / (_LEVELS - 1)) for level in range(_LEVELS))


def pixels(codes: Indices, palette: Sequence[RGB], lines: Indices | None = None) -> Canvas:
    """Draw colours of a palette, (2·rows, columns) from top to bottom, as half blocks, two to a cell.

    `lines` is 0 where there is no contour, 1 on a faint one and 2 on a strong one; None for none at all.
    """
    marked = codes * 3 if lines is None else codes * 3 + lines
    whole = len(marked) // 2 * 2
    pairs = marked[0:whole:2] * (3 * len(palette)) + marked[1:whole:2]
    found, places = np.unique(pairs, return_inverse=True)
    cells = []
    for pair in found.tolist():
        upper, lower = divmod(pair, 3 * len(palette))
        cells.append(("▄", half_block(*(_lined(palette[code // 3], code % 3) for code in (upper, lower)))))
    canvas = Canvas(pairs.shape[1], len(pairs))
    for row, line in enumerate(places.reshape(pairs.shape)):
        canvas.put_row(row, [cells[place] for place in line.tolist()])
    return canvas


@lru_cache(maxsize=1024)
def _lined(color: RGB, line: int) -> RGB:
    """Return the colour of a pixel on a contour."""
    return blend(color, (255, 255, 255), _WHITE[line])


@lru_cache(maxsize=8192)
def _over(background: Color) -> Style:
    return Style(color=Color.from_rgb(*text_on(background.get_truecolor())), bgcolor=background, bold=True)


def place(values: Array, low: float, high: float, cells: int) -> Indices:
    """Return the cell 0 … cells − 1 of each value in low … high; −1 outside."""
    span = high / 2 - low / 2  # halves can be subtracted, however large they are
    at = np.zeros(len(values), dtype=np.int64)
    if span > 0:
        at = np.floor((values / 2 - low / 2) / span * cells).clip(-1, cells).astype(np.int64)
    at = np.where(values == high, cells - 1, at)
    return np.where((at >= 0) & (at < cells), at, -1)
