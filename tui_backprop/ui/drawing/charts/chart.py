"""The loss chart, drawn by plotext."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import cycle
from typing import Any

import numpy as np
from rich.color import Color
from rich.text import Text

from tui_backprop.core.arrays import Array, Indices
from tui_backprop.text.ticks import log_ticks, tick_text
from tui_backprop.ui.drawing.canvas import Canvas
from tui_backprop.ui.theme import CURVES

_SMALLEST, _LARGEST = 1e-30, 1e30  # plotext fails on infinities and on numbers near float64's ends
_ABOVE = (
    10  # times the highest shown loss up to which dimmed curves are drawn: one that diverged would flatten the rest
)
_WIDE = 1e5  # from which on plotext's labels of the loss axis take too much room
_DIM = "bright_black"  # reference lines, marks and dimmed curves
_AXIS, _FRAME = 8, 3  # columns that the axis and its labels take; rows of frame and labels
_MARKERS = ("braille", "x", "+", "*", "o")  # of the curves in order where there is no colour to tell them apart by
_DOTS = "⠶"  # what a curve of braille is called by
_PLACES = 5  # along a reference line at which its name may stand
_SHORTER = "best this network can do", "network's best"
_NAMES, _NAME = 3, 24  # dimmed curves that have their names, and characters of one
_SAME_ROW = 0.6  # rows between a curve and a name up to which the name may lie on it


@cache
def _plotext() -> Any:
    """Return plotext, loaded when the screen is painted, with its duplicates removed in order.

    It removes them by a set of tuples with strings in them: where a step has its label would depend on the hashes of
    this process.
    """
    import plotext  # noqa: PLC0415
    import plotext._utility  # noqa: PLC0415

    plotext._utility.no_duplicates = lambda data: list(dict.fromkeys(data))
    return plotext


@dataclass(frozen=True, eq=False)
class Series:
    """One curve."""

    name: str
    steps: Indices
    values: Array


def thin(steps: Indices, values: Array, columns: int) -> tuple[Indices, Array]:
    """Keep at most the lowest and the highest value of each of `columns` equal stretches, so that no spike is lost."""
    if len(steps) <= 2 * columns:
        return steps, values
    place = np.minimum(((steps - steps[0]) * columns) // max(1, int(steps[-1] - steps[0])), columns - 1)
    starts = np.flatnonzero(np.diff(place, prepend=-1))
    kept: set[int] = {0, len(steps) - 1}
    for first, end in zip(starts, [*starts[1:], len(steps)], strict=True):
        kept |= {int(first + values[first:end].argmin()), int(first + values[first:end].argmax())}
    chosen = np.array(sorted(kept))
    return steps[chosen], values[chosen]


def drawable(series: Series, *, log: bool) -> Series:
    """Drop what a chart cannot have (not finite; for a log axis not above 0) and clamp the rest."""
    good = np.isfinite(series.values) & (series.values > 0 if log else True)
    return Series(
        series.name, series.steps[good], np.clip(series.values[good], _SMALLEST if log else -_LARGEST, _LARGEST)
    )


def merged_labels(references: Sequence[tuple[str, float]]) -> list[tuple[str, float]]:
    """Give lines at the same height one name, since their labels would lie upon each other."""
    heights: dict[str, tuple[str, float]] = {}
    for name, value in references:
        before = heights.get(f"{value:.4g}")
        heights[f"{value:.4g}"] = (name if before is None else f"{before[0]} = {name}", value)
    return list(heights.values())


def _up_to(highest: float, series: Series) -> Series:
    low = series.values <= highest
    return Series(series.name, series.steps[low], series.values[low])


def draw_chart(
    series: Sequence[Series],
    references: Sequence[tuple[str, float]],
    marks: Sequence[int],
    size: tuple[int, int],
    *,
    log: bool,
    others: Sequence[Series] = (),
    colored: bool = True,
    heights: tuple[float, float] | None = None,
) -> Canvas:
    """Draw curves, horizontal reference lines and vertical marks.

    Args:
        series: the training curve first, then the test curve if there is one, then what else is to be seen; `curve_legend`
            says which is which, outside the chart, where it hides nothing.
        references: (name, loss) of each horizontal line, which has its name on it, or next to it, where that hides the
            least of the curves.
        marks: steps of the vertical lines.
        size: (columns, rows) of the picture.
        log: whether the loss axis is logarithmic.
        others: dimmed curves under the others, the last ones with their names.
        colored: whether curves differ by colour; otherwise they are drawn with different characters.
        heights: what the loss axis goes between, as powers of ten where it is logarithmic; None for all that is drawn.
    """
    columns, rows = size
    drawn = [drawable(one, log=log) for one in series]
    shown = [one for one in drawn if len(one.steps)]
    if not shown or columns < 12 or rows < 4:
        return words(size, "no loss to draw yet" if not shown else "too small to draw")
    figure = _empty_figure(columns, rows, log=log, heights=heights)
    first = min(int(one.steps[0]) for one in shown)
    last = max(int(one.steps[-1]) for one in (*shown, *others) if len(one.steps))
    lines = [one for one in merged_labels(references) if _fits(one[1], log=log, heights=heights)]
    room = _Room(shown, [value for _, value in lines], (first, last), size, log=log, heights=heights)
    _draw_references(figure, lines, room)
    lowest, highest = min(float(one.values.min()) for one in shown), max(float(one.values.max()) for one in shown)
    beside = [_up_to(_ABOVE * highest, drawable(other, log=log)) for other in others]
    for other in beside:
        _draw_curve(figure, other, columns, _DIM, "dot")
    _name_curves(figure, beside, room)
    styled = list(zip(drawn, cycle(CURVES), _markers(colored=colored), strict=False))
    for one, style, marker in reversed(styled):  # the first lies above the others: it is the training curve
        _draw_curve(figure, one, columns, style, marker)
    for step in marks:
        figure.vline(step, color=_ink(_DIM))
    _draw_steps(figure, first, last)
    ends = [lowest, highest, *(value for _, value in lines)] if log else [lowest, highest]
    if heights is not None:
        ends = [10.0**end for end in heights] if log else [*heights]
    _draw_heights(figure, min(ends), max(ends), max(2, min(6, rows // 3)), log=log)
    return _built(figure, columns, rows)


def _empty_figure(columns: int, rows: int, *, log: bool, heights: tuple[float, float] | None) -> Any:
    figure = _plotext()
    figure.clear_figure()
    figure.theme("clear")
    figure.limit_size(False, False)  # by the terminal: the panel knows its size
    figure.plot_size(columns, rows)
    if log:
        figure.yscale("log")
    if heights is not None:
        figure.ylim(*heights)
    return figure


def _draw_heights(figure: Any, low: float, high: float, most: int, *, log: bool) -> None:
    """Write at most so many numbers beside the axis."""
    figure.yfrequency(most)
    if log:
        at = log_ticks(low, high, most)
        figure.yticks(at, [tick_text(height) for height in at])
    elif high >= _WIDE:
        even = np.linspace(low, high, most)
        figure.yticks(even.tolist(), [f"{height:.1e}" for height in even])


def _name_curves(figure: Any, curves: Sequence[Series], room: _Room) -> None:
    """Write the names of the newest curves where they end, those that do not lie on another name."""
    rows: list[float] = []
    first, last = room.span
    for one in [one for one in reversed(curves) if len(one.steps)][:_NAMES]:
        value = float(one.values[-1])
        row = room.row(value)
        if -1 <= row <= room.rows and all(abs(row - other) >= 1 for other in rows):
            rows.append(row)
            name = one.name if len(one.name) <= _NAME else f"{one.name[: _NAME - 1]}…"
            height = room.height_for(len(name) + 2, value)
            end, where = int(one.steps[-1]), "right"
            if (end - first) * room.columns < (len(name) + 2) * (last - first):  # there is no room before its end
                end, where = first, "left"
            figure.text(f" {name} ", end, height, color=_ink(_DIM), alignment=where)


def _draw_steps(figure: Any, first: int, last: int) -> None:
    """Write steps below the axis: both ends, and two between them."""
    ticks = sorted({round(first + (last - first) * share / 3) for share in range(4)})
    figure.xticks(ticks, [f"{tick:,}" for tick in ticks])


def words(size: tuple[int, int], text: str) -> Canvas:
    """Return a picture of some words instead of a chart."""
    canvas = Canvas(*size)
    canvas.write(0, 0, text)
    return canvas


def _built(figure: Any, columns: int, rows: int) -> Canvas:
    """Return what plotext has drawn, read from its cells: escape codes in between would take twice as long."""
    monitor = figure.main().monitor
    monitor.build_plot()
    styles = {_ink(style): style for style in (*CURVES, _DIM)}
    canvas = Canvas(columns, rows)
    for row, (glyphs, inks) in enumerate(
        zip(monitor.matrix.marker[::-1], monitor.matrix.fullground[::-1], strict=True)
    ):
        canvas.put_row(row, [(glyph, styles.get(ink, "")) for glyph, ink in zip(glyphs, inks, strict=True)])
    return canvas


@cache
def _ink(style: str) -> int | None:
    """Return plotext's number of a colour, which is the terminal's own."""
    return Color.parse(style).number


def _fits(value: float, *, log: bool, heights: tuple[float, float] | None) -> bool:
    if not np.isfinite(value) or (value <= 0 and log):
        return False
    return heights is None or heights[0] <= (np.log10(value) if log else value) <= heights[1]


def _draw_curve(figure: Any, one: Series, columns: int, style: str, marker: str) -> None:
    if len(one.steps):  # without any it has its colour all the same, as the legend has it
        steps, values = thin(one.steps, one.values, columns)
        figure.plot(steps.tolist(), values.tolist(), color=_ink(style), marker=marker)


def _markers(*, colored: bool) -> Iterator[str]:
    """What the curves are drawn with, one after the other."""
    return cycle(_MARKERS[:1] if colored else _MARKERS)


def curve_legend(names: Sequence[str], *, colored: bool = True) -> Text:
    """Return the names of the curves that `draw_chart` draws in this order, each behind its mark."""
    text = Text(no_wrap=True)
    for name, style, marker in zip(names, cycle(CURVES), _markers(colored=colored)):
        text.append("  ").append(_DOTS if marker == "braille" else marker, style if colored else "").append(f" {name}")
    return text


class _Room:
    """Says where a text over a chart hides the least of its curves."""

    def __init__(
        self,
        shown: Sequence[Series],
        others: Sequence[float],
        span: tuple[int, int],
        size: tuple[int, int],
        *,
        log: bool,
        heights: tuple[float, float] | None,
    ) -> None:
        self._log = log
        self.span = span
        """First and last step."""
        self.columns, self.rows = size[0] - _AXIS, max(1, size[1] - _FRAME)
        self._low, self._high = (
            end([*(float(self._height(end(one.values))) for one in shown), *(float(self._height(v)) for v in others)])
            for end in (min, max)
        )
        if heights is not None:
            self._low, self._high = heights
        across = np.arange(self.columns)
        self._curves = [np.interp(across, self._column(one.steps), self._row(one.values)) for one in shown]
        self._lines = [np.full(self.columns, self._row(value)) for value in others]

    def row(self, value: float) -> float:
        """Return the row of a value, the lowest 0."""
        return float(self._row(value))

    def _height(self, values: Array | float) -> Array:
        return np.log10(values) if self._log else np.asarray(values)

    def _column(self, steps: Indices) -> Array:
        first, last = self.span
        return (steps - first) / max(1, last - first) * (self.columns - 1)

    def _row(self, values: Array | float) -> Array:
        return (self._height(values) - self._low) / max(self._high - self._low, _SMALLEST) * (self.rows - 1)

    def _value(self, row: float) -> float:
        height = self._low + row / max(1, self.rows - 1) * (self._high - self._low)
        return float(10.0**height if self._log else height)

    def place_for(self, length: int, value: float) -> tuple[float, float]:
        """Return step and height at which a text of so many cells begins that belongs to a line at the height of a value.

        It may stand on the line, or in the row below or above it; of places that hide equally little, the first counts.
        """
        first, last = self.span
        begins = np.linspace(0, max(0, self.columns - length), _PLACES).astype(np.int64).tolist()
        row = float(self._row(value))
        rows = [row, *(near for near in (row - 1, row + 1) if 0 <= near <= self.rows - 1)]
        places = [(begin, near) for near in rows for begin in begins]

        begin, near = min(places, key=lambda place: self._hidden(place[0], place[1], length, lines=place[1] != row))
        return first + (last - first) * begin / self.columns, value if near == row else self._value(near)

    def height_for(self, length: int, value: float) -> float:
        """Return the height at which a text of so many cells ends at the right edge: near a value, hiding little."""
        row, begin = min(max(self.row(value), 0.0), self.rows - 1.0), max(0, self.columns - length)
        rows = [near for near in (row + 1, row - 1, row) if 0 <= near <= self.rows - 1]
        return self._value(min(rows, key=lambda near: self._hidden(begin, near, length, lines=True), default=row))

    def _hidden(self, begin: int, row: float, length: int, *, lines: bool) -> int:
        """Return how many cells of curves, and of lines too, a text hides that begins in a column of a row."""
        below = [up[begin : begin + length] for up in (*self._curves, *(self._lines if lines else ()))]
        return sum(int(np.count_nonzero(abs(line - row) < _SAME_ROW)) for line in below)


def _draw_references(figure: Any, references: Sequence[tuple[str, float]], room: _Room) -> None:
    """Draw each line under the curves, with its name."""
    first, last = room.span
    for name, value in references:
        label = f" {name} {value:.4g} "
        if len(label) > room.columns:
            label = label.replace(*_SHORTER)
        if len(label) > room.columns:
            number = f"… {value:.4g} "
            label = label[: max(5, room.columns - len(number))] + number
        figure.plot([first, last], [value, value], color=_ink(_DIM), marker="-")
        where = "left" if last > first else "center"
        step, height = room.place_for(len(label), value)
        figure.text(label, step, height, color="default", alignment=where)
