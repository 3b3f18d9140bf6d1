"""The loss surface as lines of text: heat-map, path, arrow and next step, with axes and a legend."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np
from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from textual.strip import Strip

from tui_backprop.core.arrays import Array
from tui_backprop.session.pictures.landscape import LossSurface
from tui_backprop.ui.drawing.canvas import Canvas, CanvasLine, heat_map
from tui_backprop.ui.drawing.numbers import MINUS, four_digits
from tui_backprop.ui.theme import Colors, depth_color

MARGIN = 8
"""Cells left of the map, for numbers."""

BELOW = 2
"""Lines below the map: its axis and its legend."""

_DIM = Style(dim=True)
_ARROW = 5  # rows, or twice as many columns, that the arrow is long where there is room
_NEAR = 2.0  # columns from the present point that the next step is drawn away at least
_ENLARGED = tuple(
    float(f"{digit}e{power}") for power in range(12) for digit in (1, 2, 5)
)  # times; a smaller step is none
_HEADS = "→↗↑↖←↙↓↘"
_SHAFTS = "─╱│╲"
_BAR = 5  # cells of the legend's scale

Cell = tuple[int, int]
"""Column and row, (0, 0) at the upper left."""


def draw_loss_surface(surface: LossSurface, columns: int, rows: int, colors: Colors) -> list[CanvasLine]:
    """Draw the picture in `columns` × `rows` cells, of which `MARGIN` columns and `BELOW` rows are for numbers.

    Its losses are (2·(rows − BELOW), columns − MARGIN).
    """
    canvas = heat_map(surface.share[::-1], colored=colors == "full", color=depth_color)
    scale = _Scale(surface, canvas)
    level = next((line for line in surface.references), None)
    if level is not None:
        for column, row in _contour(surface.losses[::-1], level.loss):
            canvas.put_over(column, row, "┄")
    corners = [scale.cell(x, y) for x, y in surface.path.tolist()]
    for start, end in pairwise(corners):
        for column, row in line_inside(start, end, canvas.columns, canvas.rows):
            canvas.put_over(column, row, "·")
    canvas.put_over(*corners[0], "○")
    arrow = _arrow(corners[-1], scale.turned(*surface.downhill), max(2, min(_ARROW, canvas.rows // 3)))
    for (column, row), glyph in arrow:
        canvas.put_over(column, row, glyph)
    enlarged = _put_next_step(canvas, scale, surface)
    canvas.put_over(*corners[-1], "●")
    marks = [
        "● now",
        "" if enlarged is None else f"◆ next{_times(enlarged)}",
        f"{arrow[-1][1]} downhill" if arrow else "",
        "" if level is None else f"┄ {level.name} {four_digits(level.loss)}",
        "○ start",
    ]
    return [
        *_beside(canvas.strips(), surface),
        _axis_below(surface, canvas.columns),
        _legend(surface, columns, colors, marks),
    ]


class _Scale:
    """From the plane to cells."""

    def __init__(self, surface: LossSurface, canvas: Canvas) -> None:
        self._across, self._up = surface.window.across, surface.window.up
        self._columns, self._rows = canvas.columns, canvas.rows

    def cell(self, x: float, y: float) -> Cell:
        """The cell of a point; one outside the window has a cell outside the canvas."""
        right, down = self.turned(x - self._across[0], y - self._up[1])
        limit = 10 * (self._columns + self._rows)  # far outside is outside, however far
        at = (min(max(right, -limit), limit), min(max(down, -limit), limit))
        edge = (x == self._across[1], y == self._up[0])
        return math.floor(at[0]) - edge[0], math.floor(at[1]) - edge[1]

    def turned(self, x: float, y: float) -> tuple[float, float]:
        """A move in columns to the right and rows down."""
        return (
            x / (self._across[1] - self._across[0]) * self._columns,
            -y / (self._up[1] - self._up[0]) * self._rows,
        )


def _contour(losses: Array, level: float) -> list[Cell]:
    """Return the cells in which the losses, (2·rows, columns) from the top, cross a level."""
    above = np.pad(losses > level, ((0, 1), (0, 1)), mode="edge")
    crossing = (above[:-1, :-1] != above[1:, :-1]) | (above[:-1, :-1] != above[:-1, 1:])
    cells = crossing[0::2] | crossing[1::2]
    return [(int(column), int(row)) for row, column in np.argwhere(cells)]


def _line(start: Cell, end: Cell, first: float = 0.0, last: float = 1.0) -> Iterator[Cell]:
    """Go over the cells of a straight line, or of the part of it between two shares of the way."""
    stride = max(abs(end[0] - start[0]), abs(end[1] - start[1]), 1)
    for i in range(math.floor(first * stride), math.ceil(last * stride) + 1):
        yield round(start[0] + (end[0] - start[0]) * i / stride), round(start[1] + (end[1] - start[1]) * i / stride)


def line_inside(start: Cell, end: Cell, columns: int, rows: int) -> Iterator[Cell]:
    """Go over a straight line without the long way that it may have outside a canvas (Liang and Barsky 1984)."""
    first, last = 0.0, 1.0
    for at, way, cells in ((start[0], end[0] - start[0], columns), (start[1], end[1] - start[1], rows)):
        if way:
            enter, leave = sorted((-at / way, (cells - 1 - at) / way))
            first, last = max(first, enter), min(last, leave)
        elif not 0 <= at < cells:
            return
    if first <= last:
        yield from _line(start, end, first, last)


def _arrow(start: Cell, way: tuple[float, float], rows: int) -> list[tuple[Cell, str]]:
    """Return the cells of an arrow that leaves a cell, with their glyphs; none where it leads nowhere.

    A cell is about twice as high as wide, so a column counts half a row for the direction on the screen.
    """
    right, down = way[0] / 2, way[1]
    length = math.hypot(right, down)
    if not (length > 0 and math.isfinite(length)):
        return []
    turn = math.atan2(-down, right) / math.pi
    head, shaft = _HEADS[round(turn * 4) % 8], _SHAFTS[round(turn * 4) % 4]
    end = (start[0] + round(2 * rows * right / length), start[1] + round(rows * down / length))
    cells = list(_line(start, end))[1:]
    return [(cell, shaft) for cell in cells[:-1]] + [(cell, head) for cell in cells[-1:]]


def _put_next_step(canvas: Canvas, scale: _Scale, surface: LossSurface) -> float | None:
    """Put a mark where the next step leads, enlarged until it is seen; return by how much, None where it does not fit."""
    if surface.next_step is None:
        return None
    (x, y), (right, up) = surface.here, surface.next_step
    for times in _ENLARGED:
        across, down = scale.turned(right * times, up * times)
        if math.hypot(across, 2 * down) >= _NEAR:
            column, row = scale.cell(x + right * times, y + up * times)
            if not (0 <= column < canvas.columns and 0 <= row < canvas.rows):
                return None
            canvas.put_over(column, row, "◆")
            return times
    return None


def _beside(lines: Sequence[Strip], surface: LossSurface) -> list[Strip]:
    """Write the values of the vertical axis beside the map."""
    low, high = surface.window.up
    marks = {0: high, len(lines) - 1: low}
    if len(lines) >= 5:
        marks[len(lines) // 2] = high + (low - high) * (len(lines) // 2 + 0.5) / len(lines)
    found = []
    for row, line in enumerate(lines):
        label = _short(marks[row]) if row in marks else ""
        found.append(Strip([Segment(f"{label:>{MARGIN - 1}} ", _DIM), *line]))
    return found


def _axis_below(surface: LossSurface, columns: int) -> Text:
    left, right = (_short(value) for value in surface.window.across)
    across, up = surface.plane.names
    room = columns - len(left) - len(right)
    said = next((one for one in (f"{across} →   {up} ↑", f"{across} →", "") if len(one) + 2 <= room), "")
    return Text(" " * MARGIN + left + said.center(max(0, room)) + right, style="dim", no_wrap=True)


def _legend(surface: LossSurface, width: int, colors: Colors, marks: Sequence[str]) -> Text:
    """Write the scale of the losses, and of the marks as many as there is room for."""
    low, high = (four_digits(value) for value in surface.scale)
    bar = np.linspace(0, 1, _BAR)[np.newaxis].repeat(2, axis=0)
    line = Text(f"loss {low} ", no_wrap=True) + heat_map(bar, colored=colors == "full", color=depth_color).lines()[0]
    line.append(f" {high}{' log' if surface.log else ''}")
    for mark in marks:
        if mark and len(line.plain) + len(mark) + 2 <= width:
            line.append(f"  {mark}", "dim")
    return line


def _times(times: float) -> str:
    return (
        ""
        if times == 1
        else f" ×{times:,.0f}"
        if times < 1e5
        else f" ×{times:.0e}".replace("e+0", "e").replace("+", "")
    )


def _short(value: float) -> str:
    """Write a number with as many digits as the margin has room for."""
    texts = [f"{value:.{digits}g}".replace("-", MINUS) for digits in (6, 5, 4, 3, 2, 1)]
    return next((text for text in texts if len(text) < MARGIN), texts[-1])


def too_small(columns: int, rows: int) -> bool:
    """Whether there is no room for a map."""
    return columns < MARGIN + 12 or rows < BELOW + 2
