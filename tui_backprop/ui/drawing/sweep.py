"""A sweep as lines of text: the map over two fields, and the seeds of one cell."""

from __future__ import annotations

import math
from functools import lru_cache

from rich.color import Color
from rich.style import Style
from rich.text import Text

from tui_backprop.session.sweep.axes import Axis
from tui_backprop.session.sweep.plan import field_label
from tui_backprop.session.sweep.view import Seeds, SweepMap
from tui_backprop.session.sweep.wording import short_loss
from tui_backprop.ui.drawing.bars import columns_of
from tui_backprop.ui.theme import Colors, heat_color, sign_color, text_on

_SHADES = "█▓▒░ "  # without colours, from bad to good: what is dark has learned nothing
_LEVELS = 32
_LABEL = 14  # cells of a value down the side at the most
_WIDEST, _NARROWEST = 24, 6  # characters of one cell of the map
_TALLEST = 5  # lines of one cell


class MapRoom:
    """Where the cells of a map lie in its lines, and which part of it is in sight."""

    def __init__(self, drawn: SweepMap, columns: int, rows: int, cursor: tuple[int, int]) -> None:
        table = drawn.table
        labels = [""] if table.rows is None else [text[:_LABEL] for text in table.rows.texts]
        self.label = max(len(_name(table.rows)), *(len(text) for text in labels)) + 1
        down, along = len(table.cells), len(table.cells[0])
        texts = [text for row in drawn.texts for text in row]
        heads = [""] if table.columns is None else [text[:_WIDEST] for text in table.columns.texts]
        least = max(_NARROWEST, *(len(text) + 2 for text in texts), *(len(text) + 1 for text in heads))
        self.width = max(least, min(_WIDEST, (columns - self.label) // along))
        self.height = max(1, min(_TALLEST, (rows - 2) // down))
        """Lines of each cell."""
        fit = (max(1, (rows - 2) // self.height), max(1, (columns - self.label) // self.width))
        self.first = tuple(
            min(max(0, at - n // 2), max(0, total - n)) for at, n, total in zip(cursor, fit, (down, along), strict=True)
        )
        """Row and column of the first cell that is in sight."""
        self.seen = (min(down, fit[0]), min(along, fit[1]))
        """Rows and columns of cells in sight."""

    def cell_at(self, x: int, y: int) -> tuple[int, int] | None:
        """Return the row and column of the cell at a place of the picture; None outside."""
        row, column = (y - 2) // self.height, (x - self.label) // self.width
        if y < 2 or x < self.label or row >= self.seen[0] or column >= self.seen[1]:
            return None
        return self.first[0] + row, self.first[1] + column


def draw_map(drawn: SweepMap, room: MapRoom, cursor: tuple[int, int], colors: Colors) -> list[Text]:
    """Draw the map: two lines of head, then the cells; the one under the cursor is in brackets."""
    table = drawn.table
    columns = range(room.first[1], room.first[1] + room.seen[1])
    heads = [""] if table.columns is None else [text[:_WIDEST] for text in table.columns.texts]
    more = room.seen[1] < len(heads) or room.seen[0] < len(table.cells)
    top = _styled(" " * room.label + _name(table.columns) + ("   (arrows show the rest)" if more else ""), "dim")
    line = _styled(f"{_name(table.rows):>{room.label - 1}} ", "dim")
    for column in columns:
        line.append(f"{heads[column]:^{room.width}}", "bold")
    lines = [top, line]
    labels = [""] if table.rows is None else table.rows.texts
    for row in range(room.first[0], room.first[0] + room.seen[0]):
        for part in range(room.height):
            named = labels[row][:_LABEL] if part == room.height // 2 else ""
            line = _styled(f"{named:>{room.label - 1}} ", "bold")
            for column in columns:
                text = drawn.texts[row][column] if part == room.height // 2 else ""
                here = (row, column) == cursor
                written = f"[{text:^{room.width - 2}}]" if here and text else f"{text:^{room.width}}"
                line.append_text(_shaded(written, float(drawn.shades[row, column]), here=here, colors=colors))
            lines.append(line)
    return lines


def _shaded(text: str, shade: float, *, here: bool, colors: Colors) -> Text:
    weight = "bold reverse" if here else ""
    if math.isnan(shade):
        return _styled(text, weight or "dim")
    if colors == "full":
        style = _ground(round(shade * (_LEVELS - 1)))
        return _styled(text, style + Style(bold=True, underline=True) if here else style)
    if colors == "sixteen":
        return _styled(text, f"{weight} {sign_color(shade - 0.5)}".strip())
    glyph = _SHADES[min(len(_SHADES) - 1, int(shade * len(_SHADES)))]
    number = text.strip("[] ")
    shaded = text.replace(" ", glyph)
    return _styled(shaded.replace(f"{glyph}{number}{glyph}", f" {number} ") if number else shaded, weight)


def _styled(text: str, style: str | Style) -> Text:
    """Return one line in a style, as a span: what has a style of its own alone is drawn without it."""
    return Text(no_wrap=True).append(text, style)


@lru_cache(maxsize=_LEVELS)
def _ground(level: int) -> Style:
    ground = heat_color(level / (_LEVELS - 1))
    return Style(color=Color.from_rgb(*text_on(ground)), bgcolor=Color.from_rgb(*ground))


def _name(axis: Axis | None) -> str:
    return "" if axis is None else field_label(axis.name)


def draw_seeds(seeds: Seeds, chosen: int, rows: int) -> list[Text]:
    """Draw how the seeds of a cell ended as bars, with a mark under the run that is chosen, and the ends of the axis."""
    bins = len(seeds.counts)
    diverged = sum(one.diverged for one in seeds.ranked)
    if diverged == len(seeds.ranked):
        return [_styled("every run diverged" if diverged else "no run has finished yet", "dim")]
    highest = max(1, int(seeds.counts.max()))
    lines = [_styled(line, sign_color(1)) for line in columns_of((seeds.counts / highest).tolist(), rows)]
    at = seeds.bin_of(seeds.ranked[chosen])
    mark = "" if at is None else "▲"
    lines.append(_styled(" " * (at or 0) + mark, "bold"))
    low, high = short_loss(seeds.low, 4), short_loss(seeds.high, 4)
    middle = f"{highest} run{'s' * (highest > 1)} at the highest" + (f", {diverged} diverged" if diverged else "")
    room = max(0, bins - len(low) - len(high))
    lines.append(_styled(f"{low}{middle[:room]:^{room}}{high}", "dim"))
    return lines
