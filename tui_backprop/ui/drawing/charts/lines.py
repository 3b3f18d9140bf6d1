"""Many straight lines in a field of braille dots, two by four to a cell."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from tui_backprop.core.arrays import Indices

Flags: TypeAlias = NDArray[np.bool_]

_BITS = np.array([[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]])  # of a braille character, by row and column
_BRAILLE = 0x2800
_DASH = 3  # dots of a dash, and of the gap after it
_MOST = 160  # lines that are drawn at the most, the strongest
_CLEAR = 0.4  # share of a line that must be clear of stronger ones; what is hidden more would only be stray dots
_LEVEL = {(False, False): "─", (False, True): "┄", (True, False): "━", (True, True): "┅"}  # (strong, broken)


@dataclass(frozen=True, eq=False)
class LineField:
    """The lines as they lie in cells: where two meet, the cell is the stronger one's alone, so that it is seen whole."""

    glyphs: Indices
    """Code points, (rows, columns); 0 where there is nothing."""
    owner: Indices
    """Which line a cell belongs to, (rows, columns); −1 where there is none."""


def draw_lines(
    columns: int, rows: int, starts: Indices, ends: Indices, rank: Indices, broken: Flags, strong: Flags
) -> LineField:
    """Draw lines from the left edge to the right edge of a field of cells.

    Args:
        columns: width of the field.
        rows: height of the field.
        starts: row at the left edge of each line, (lines,).
        ends: row at the right edge of each line, (lines,).
        rank: which line is seen where several meet, the highest, 0 … lines − 1, (lines,).
        broken: lines that are dashed, (lines,).
        strong: lines that are two dots thick, (lines,).
    """
    if len(rank) > _MOST:
        most = np.flatnonzero(rank >= len(rank) - _MOST)
        ranked = rank[most] - len(rank) + _MOST
        field = draw_lines(columns, rows, starts[most], ends[most], ranked, broken[most], strong[most])
        return LineField(field.glyphs, np.where(field.owner >= 0, most[field.owner], -1))
    line, across, down = _points(columns, rows, starts, ends, broken)
    cell = down // 4 * columns + across // 2
    whole = np.bincount(line, minlength=len(rank))
    clear = np.bincount(line[_seen(cell, rank[line], rows * columns)], minlength=len(rank))
    kept = (clear >= _CLEAR * whole)[line]
    line, across, down, cell = line[kept], across[kept], down[kept], cell[kept]
    seen = _seen(cell, rank[line], rows * columns)
    line, across, down, cell = line[seen], across[seen] % 2, down[seen] % 4, cell[seen]
    owner = np.full(rows * columns, -1)
    owner[cell] = line  # all points of a cell are of one line now
    dots = np.zeros(rows * columns, dtype=np.int64)
    second = np.where(down < 3, down + 1, 2)  # the other dot of a thick line, in the same cell
    np.bitwise_or.at(dots, cell, _BITS[down, across] | np.where(strong[line], _BITS[second, across], 0))
    field = LineField(np.where(dots > 0, _BRAILLE + dots, 0).reshape(rows, columns), owner.reshape(rows, columns))
    for one in np.flatnonzero(starts == ends).tolist():  # along a row there are characters that close up better
        mine = field.owner[starts[one]] == one
        field.glyphs[starts[one], mine] = ord(_LEVEL[bool(strong[one]), bool(broken[one])])
    return field


def _points(columns: int, rows: int, starts: Indices, ends: Indices, broken: Flags) -> tuple[Indices, Indices, Indices]:
    """Return the dots of all lines, each (points,): the line, the dot's column and its row."""
    along = np.linspace(0.0, 1.0, max(2 * columns, 4 * rows))
    exact = 4 * (starts[:, None] + (ends - starts)[:, None] * along) + 1.5  # from the middle of a row
    length = np.hypot(2 * columns, 4 * (ends - starts))
    dashed = broken & (starts != ends)  # a level line gets a character that is broken in itself
    line, point = np.nonzero(~dashed[:, None] | (np.floor(along * length[:, None] / _DASH) % 2 == 0))
    across = np.minimum((along * 2 * columns).astype(np.int64), 2 * columns - 1)[point]
    return line, across, np.clip(exact[line, point].astype(np.int64), 0, 4 * rows - 1)


def _seen(cell: Indices, rank: Indices, cells: int) -> Flags:
    """Return which points, (points,), are of the highest rank in their cell."""
    best = np.full(cells, -1)
    np.maximum.at(best, cell, rank)
    return np.asarray(rank == best[cell])
