"""Numbers along the two axes of a picture."""

from __future__ import annotations

from collections.abc import Sequence

from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from textual.strip import Strip

from tui_backprop.ui.drawing.canvas import CanvasLine
from tui_backprop.ui.drawing.numbers import MINUS, four_digits

_DIM = Style(dim=True)
_MARGIN = 7  # cells left of a picture for its numbers
_WIDE, _HIGH = 36, 6  # columns and rows from which a picture has room for numbers
_NAME = 4  # cells in which a name can be recognised
_BETWEEN = 9  # rows from which the middle of the axis has its number too


class Axes:
    """How much of a picture's room goes to its axes, and the axes around what is drawn in the rest.

    `columns` and `rows` are the cells that are left for the picture.
    """

    def __init__(self, columns: int, rows: int) -> None:
        self._margin, self._below = _MARGIN * (columns >= _WIDE), int(rows >= _HIGH)
        self.whole = columns
        """All columns, for a picture without axes."""
        self.columns, self.rows = columns - self._margin, rows - self._below

    @property
    def margin(self) -> int:
        """Cells left of the picture, for numbers."""
        return self._margin

    def square(self) -> Axes:
        """Return axes around a picture at most as wide as it is high: a cell is about twice as high as wide."""
        found = Axes(min(self.whole, 2 * self.rows + self._margin), self.rows + self._below)
        found.whole = self.whole
        return found

    def around(
        self, picture: Sequence[Strip], across: tuple[float, float], up: tuple[float, float], names: tuple[str, str]
    ) -> list[CanvasLine]:
        """Return the picture with the numbers beside it and below it, where there is room.

        Args:
            picture: its rows from top to bottom.
            across: the values at its left and right edge.
            up: the values at its lower and upper edge.
            names: of what goes across and of what goes up.
        """
        low, high = up
        marks = {0: high, self.rows - 1: low}
        if self.rows >= _BETWEEN:
            marks[self.rows // 2] = high + (low - high) * (self.rows // 2 + 0.5) / self.rows
        found: list[CanvasLine] = []
        for row, strip in enumerate(picture):
            label = _short(marks[row]) if row in marks else ""
            beside = [Segment(f"{label:>{self._margin - 1}} ", _DIM)] if self._margin else []
            found.append(Strip([*beside, *strip]))
        return [*found, self._line_below(across, names)] if self._below else found

    def _line_below(self, across: tuple[float, float], names: tuple[str, str]) -> Text:
        left, right = (four_digits(value) for value in across)
        room = self.columns - len(left) - len(right)
        said = next((one for one in (f"{names[0]} →  {names[1]} ↑", f"{names[0]} →") if len(one) + 2 <= room), "")
        line = " " * self._margin + left + said.center(room) + right
        left_over = self.whole - len(line) - len("   ↑")  # beside a square picture
        if "↑" not in said and left_over >= _NAME:
            name = names[1] if len(names[1]) <= left_over else f"{names[1][: left_over - 1]}…"
            line += f"  {name} ↑"
        return Text(line, style="dim", no_wrap=True)


def _short(value: float) -> str:
    """Write a number in the cells that the margin has."""
    text = four_digits(value)
    if len(text) >= _MARGIN:
        text = f"{value:.2g}".replace("-", MINUS)
    return text if len(text) < _MARGIN else f"{value:.0e}".replace("-", MINUS)
