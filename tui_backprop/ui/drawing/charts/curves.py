"""Curves of braille dots, two across and four down to a cell."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from tui_backprop.core.arrays import Array
from tui_backprop.ui.drawing.canvas import Canvas

DOTS = (2, 4)
"""Dots of a cell across and down."""

_BITS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))  # of U+2800, by row and column of the dot


def draw_curve(canvas: Canvas, values: Array, low: float, high: float, style: str) -> None:
    """Draw values from left to right over the canvas's whole width, low at the bottom, neighbours joined.

    Args:
        canvas: what is drawn on.
        values: (2·columns,); where one is not finite the curve has a gap, and what lies outside is cut at the edge.
        low: the value at the bottom.
        high: the value at the top, above `low`.
        style: of the dots.
    """
    height = DOTS[1] * canvas.rows
    finite = np.isfinite(values)
    share = (np.nan_to_num(values).clip(low, high) - low) / (high - low)
    at = np.rint((1 - share) * (height - 1)).clip(0, height - 1).astype(int)
    dots: list[tuple[int, int]] = []
    before: int | None = None
    for x, (y, drawn) in enumerate(zip(at.tolist(), finite.tolist(), strict=True)):
        if not drawn:
            before = None
            continue
        first, last = (y, y) if before is None or before == y else (before + 1, y) if before < y else (y, before - 1)
        dots += [(x, dot) for dot in range(first, last + 1)]
        before = y
    draw_dots(canvas, dots, style)


def draw_dots(canvas: Canvas, dots: Iterable[tuple[int, int]], style: str) -> None:
    """Draw dots, each (across, down) from the upper left corner; a cell has those of the last call alone."""
    cells: dict[tuple[int, int], int] = {}
    for x, y in dots:
        cell = x // DOTS[0], y // DOTS[1]
        cells[cell] = cells.get(cell, 0) | _BITS[y % DOTS[1]][x % DOTS[0]]
    for (column, row), bits in cells.items():
        canvas.put(column, row, chr(0x2800 + bits), style)
