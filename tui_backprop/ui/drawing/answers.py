"""What a network predicts as lines: a curve, a surface, a confusion matrix or a scatter, each with its legend."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from rich.text import Text

from tui_backprop.core.arrays import Array, Indices
from tui_backprop.records.prediction_curve import Points, PredictionCurve
from tui_backprop.records.ranges import apart
from tui_backprop.session.pictures.prediction import Confusion, DecisionSurface, Scatter
from tui_backprop.ui.drawing.canvas import Canvas, CanvasLine, place
from tui_backprop.ui.drawing.charts.axes import Axes
from tui_backprop.ui.drawing.charts.curves import draw_curve
from tui_backprop.ui.drawing.regions import border_words, class_regions, heat_regions, mark_of, put_numbers, put_points
from tui_backprop.ui.theme import NEGATIVE, POSITIVE, Colors, class_glyph

_NAMED = 10  # classes that a legend names at the most
_PROBE, _HELD, _CURSOR = "◈", "◎", "✚"

Drawn = tuple[Sequence[CanvasLine], Sequence[str | Text]]
"""The lines of a picture, and the parts of its legend, the most important first."""


@dataclass(frozen=True)
class PictureFrame:
    """What a picture of predictions is drawn into, and what its parts are called."""

    axes: Axes
    colors: Colors
    names: tuple[str, str]
    """Of what goes across and of what goes up."""
    labels: tuple[str, ...] = ()
    """What the answers are called; empty for numbers."""
    classes: bool = False
    """Whether there are classes, each with a colour, instead of numbers from 0 to 1."""
    probes: tuple[tuple[float, float], ...] = ()
    """Where the probes are, across and up."""
    cursor: tuple[float, float] | None = None
    """Where one draws, across and up."""
    up: tuple[float, float] | None = None
    """What a curve is drawn between; None for all that is seen."""


def draw_answers(picture: DecisionSurface, setting: PictureFrame) -> Drawn:
    """Draw the answer over two inputs as a heat-map, or for classes as regions, with the samples over it."""
    draw = class_regions if setting.classes else heat_regions
    canvas = draw(picture.share[::-1], picture.answer[::-1], picture.band[::-1], setting.colors)
    across, up = _ends(picture.x1), _ends(picture.x2)
    put_samples(canvas, (picture.train, picture.test), across, up, tenths=not setting.labels)
    _put_marks(canvas, setting.probes, across, up, _PROBE)
    _put_marks(canvas, (picture.held,) if picture.held else (), across, up, _HELD)
    _put_marks(canvas, (setting.cursor,) if setting.cursor else (), across, up, _CURSOR)
    aside = ["hollow: test"] * (len(picture.test) > 0) + ["✘ wrong"]
    aside += [f"{_PROBE} probe"] * bool(setting.probes) + [f"{_HELD} held"] * (picture.held is not None)
    border = border_words(len(picture.band), setting.classes, setting.colors)
    parts: list[str | Text] = ["0 … 9 targets, in tenths of their range", *border]
    if setting.labels:
        parts = [*answer_marks(setting), *aside, *border]
    return setting.axes.around(canvas.strips(), across, up, setting.names), parts


def draw_curve_picture(picture: PredictionCurve, setting: PictureFrame) -> Drawn:
    """Draw ŷ(x) now and at the start, the samples, the probes, and where the training inputs end."""
    columns, rows = setting.axes.columns, setting.axes.rows
    across, up = _ends(picture.x), setting.up or curve_range(picture)
    canvas = Canvas(columns, rows)
    if setting.labels and up[0] < 0.5 < up[1]:
        half = int(rows_from_top(np.array([0.5]), up, rows)[0])
        canvas.put_row(half, [("╌", "dim")] * columns)
    ends = [end for end in picture.trained if across[0] < end < across[1]]
    for column in place(np.array(ends), *across, columns).tolist():
        for row in range(rows):
            canvas.put(column, row, "┊", "dim")
    before = picture.before[::2]
    for column, row in enumerate(rows_from_top(before, up, rows).tolist()):
        canvas.put(column, row if np.isfinite(before[column]) else -1, "·", "dim")
    draw_curve(canvas, picture.now, *up, POSITIVE)
    put_samples(canvas, (picture.train, picture.test), across, up)
    _put_marks(canvas, setting.probes, across, up, _PROBE)
    _put_marks(canvas, (setting.cursor,) if setting.cursor else (), across, up, _CURSOR)
    glyphs = range(len(setting.labels) if 0 < len(setting.labels) < _NAMED else 1)
    parts = ["⠒ now", "· start", f"{''.join(class_glyph(i) for i in glyphs)} train"]
    parts += [f"{''.join(class_glyph(i, test=True) for i in glyphs)} test"] * (len(picture.test) > 0)
    parts += ["✘ wrong"] * bool(setting.labels) + [f"{_PROBE} probe"] * bool(setting.probes)
    parts += ["┊ train ends"] * bool(ends)
    return setting.axes.around(canvas.strips(), across, up, setting.names), parts


def draw_confusion(picture: Confusion, columns: int) -> Drawn:
    """Draw the matrix, what is right in one colour and what is wrong in another; names are cut where there is no room."""
    longest, digits = max(len(label) for label in picture.labels), len(str(int(picture.counts.max())))
    beside = min(longest, max(4, columns // 4))
    width = max(digits, min(longest, (columns - beside - 2) // len(picture.labels) - 1))
    names = [f"{label[:width]:>{width}}" for label in picture.labels]
    lines = [Text(" " * (beside + 2) + " ".join(names), style="bold", no_wrap=True)]
    for i, label in enumerate(picture.labels):
        line = Text(f"{label[:beside]:>{beside}}  ", style="bold", no_wrap=True)
        for j, count in enumerate(picture.counts[i]):
            style = f"not bold {POSITIVE if i == j else NEGATIVE}" if count else "not bold dim"
            line.append(f"{count or '·':>{width}}", style if i == j or not count else f"{style} underline").append(" ")
        lines.append(line)
    right = int(np.trace(picture.counts))
    said = f"{picture.part}: {right:,} of {int(picture.counts.sum()):,} right"
    return lines, [said, "rows true, columns answered"]


def draw_scatter(picture: Scatter, setting: PictureFrame) -> Drawn:
    """Draw predicted against true numbers, and the diagonal where they are equal."""
    columns, rows = setting.axes.columns, setting.axes.rows
    ends = _range(picture.target, picture.prediction)
    canvas = Canvas(columns, rows)
    for column in range(columns):
        canvas.put(column, rows - 1 - column * rows // columns, "·", "dim")
    at = place(picture.target, *ends, columns)
    for column, row, value in zip(
        at.tolist(), rows_from_top(picture.prediction, ends, rows).tolist(), picture.prediction.tolist(), strict=True
    ):
        canvas.put(column, row if np.isfinite(value) else -1, "●", POSITIVE)
    lines = setting.axes.around(canvas.strips(), ends, ends, ("true", "predicted"))
    return lines, [f"● {picture.part}", "· where both are equal"]


def fitted_legend(parts: Sequence[str | Text], columns: int) -> Text:
    """Return the first part of a legend, and as many of the others as there is room for whole, in one line."""
    line = Text(no_wrap=True)
    for part in parts:
        shown = part if isinstance(part, Text) else Text(part, style="dim")
        if not line:
            line.append_text(shown)
        elif line.cell_len + 2 + shown.cell_len <= columns:
            line.append("  ").append_text(shown)
    return line


def answer_marks(setting: PictureFrame) -> list[Text]:
    """Return the mark of each answer as the picture has it, with its name."""
    shown = enumerate(setting.labels[:_NAMED])
    return [Text.assemble(mark_of(i, setting.classes, setting.colors), (f" {name}", "dim")) for i, name in shown]


def put_samples(
    canvas: Canvas,
    parts: tuple[Points, Points],
    across: tuple[float, float],
    up: tuple[float, float],
    *,
    tenths: bool = False,
) -> None:
    """Put training and test samples: the glyphs of their classes, or the tenths of the range that their numbers lie in."""
    for points, test in zip(parts, (False, True), strict=True):
        if not len(points):
            continue
        at = place(points.x, *across, canvas.columns), rows_from_top(points.y, up, canvas.rows)
        if tenths:
            put_numbers(canvas, at, points.label)
        else:
            put_points(canvas, at, points.label, points.wrong, test=test)


def _put_marks(
    canvas: Canvas,
    marks: Sequence[tuple[float, float]],
    across: tuple[float, float],
    up: tuple[float, float],
    glyph: str,
) -> None:
    """Put a glyph at each place, over whatever is there."""
    for x, y in marks:
        column, row = place(np.array([x]), *across, canvas.columns), rows_from_top(np.array([y]), up, canvas.rows)
        canvas.put(int(column[0]), int(row[0]), glyph, "bold reverse")


def rows_from_top(values: Array, up: tuple[float, float], rows: int) -> Indices:
    """Return the row of each value from the top; outside where it lies above or below."""
    return rows - 1 - place(np.nan_to_num(values, nan=up[0]), *up, rows)


def _ends(values: Array) -> tuple[float, float]:
    return float(values[0]), float(values[-1])


def curve_range(picture: PredictionCurve) -> tuple[float, float]:
    """Return what a curve goes between where it is not said."""
    return _range(picture.now, picture.before, picture.train.y, picture.test.y)


def _range(*series: Array) -> tuple[float, float]:
    """Return the smallest and the largest finite value of all series, with room around a single one."""
    seen = np.concatenate(series)
    seen = seen[np.isfinite(seen)]
    low, high = (float(seen.min()), float(seen.max())) if len(seen) else (0.0, 1.0)
    return apart(low, high, 0.5)
