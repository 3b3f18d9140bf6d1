"""Hidden space as lines: the samples among what the next layer makes of each place, or each unit as a curve."""

from __future__ import annotations

import numpy as np
from rich.text import Text

from tui_backprop.session.pictures.hidden import Border, HiddenSpace, Regions, UnitCurves, unit_names
from tui_backprop.ui.drawing.answers import Drawn, PictureFrame, answer_marks, put_samples, rows_from_top
from tui_backprop.ui.drawing.canvas import Canvas, place
from tui_backprop.ui.drawing.charts.curves import DOTS, draw_curve, draw_dots
from tui_backprop.ui.drawing.landscape import line_inside
from tui_backprop.ui.drawing.regions import border_words, class_regions, heat_regions
from tui_backprop.ui.theme import CURVES, Colors


def draw_hidden_space(picture: HiddenSpace, setting: PictureFrame) -> Drawn:
    """Draw the samples in a layer's coordinates, over the answers or the lines of the next layer."""
    aside = ["hollow: test"] * (len(picture.test) > 0) + ["✘ wrong"] * bool(setting.labels)
    if isinstance(picture.next_layer, Regions):
        regions = picture.next_layer
        draw = class_regions if setting.classes else heat_regions
        canvas = draw(regions.share[::-1], regions.answer[::-1], regions.band[::-1], setting.colors)
        border = border_words(len(regions.band), setting.classes, setting.colors)
    else:
        canvas = Canvas(setting.axes.columns, setting.axes.rows)
        for unit, one in enumerate(picture.next_layer):
            _draw_line(canvas, one, picture, unit, setting.colors)
        border = [f"lines: z{picture.layer + 1} = 0, + above"]
    put_samples(canvas, (picture.train, picture.test), picture.across, picture.up, tenths=not setting.labels)
    _draw_axes(canvas, picture)
    parts: list[str | Text] = ["0 … 9 targets, in tenths of their range", *border]
    if setting.labels:
        parts = [*answer_marks(setting), *border, *aside]
    if picture.axes:
        return canvas.strips(), parts
    return setting.axes.around(canvas.strips(), picture.across, picture.up, picture.names), parts


def draw_unit_curves(picture: UnitCurves, setting: PictureFrame) -> Drawn:
    """Draw each unit of a layer over the only input, with its number where its curve ends."""
    axes = setting.axes
    canvas = Canvas(axes.columns, axes.rows)
    if picture.up[0] < 0 < picture.up[1]:
        canvas.put_row(int(rows_from_top(np.zeros(1), picture.up, axes.rows)[0]), [("╌", "dim")] * axes.columns)
    names, parts = unit_names(picture.layer, picture.count), []
    for unit, values in enumerate(picture.units):
        style = "" if setting.colors == "none" else CURVES[unit % len(CURVES)]
        draw_curve(canvas, values, *picture.up, style)
        parts.append(Text(f"{unit} {names[unit]}" if picture.count > 1 else names[unit], style))
    if picture.count > 1:
        _number_curves(canvas, picture, setting.colors)
    more = picture.count - len(picture.units)
    parts += [Text(f"{more:,} more units", "dim")] * (more > 0)
    ends = float(picture.x[0]), float(picture.x[-1])
    return axes.around(canvas.strips(), ends, picture.up, (setting.names[0], f"a{picture.layer}")), parts


def _number_curves(canvas: Canvas, picture: UnitCurves, colors: Colors) -> None:
    """Write the number of each unit on its curve, from the right end on, each further left than the one before."""
    for unit, values in enumerate(picture.units):
        column = canvas.columns - 2 - 3 * unit
        if column < 0:
            return
        value = values[min(2 * column, len(values) - 1)]
        row = int(rows_from_top(np.array([value]), picture.up, canvas.rows)[0]) if np.isfinite(value) else -1
        canvas.put(column, row, str(unit), f"bold {'' if colors == 'none' else CURVES[unit % len(CURVES)]}".strip())


def _draw_line(canvas: Canvas, border: Border, picture: HiddenSpace, unit: int, colors: Colors) -> None:
    """Draw where a unit is 0, with its number on the line and a + on the side where it is positive."""
    dots = _dots_of(border, picture, DOTS[0] * canvas.columns, DOTS[1] * canvas.rows)
    if not dots:
        return
    style = "" if colors == "none" else CURVES[unit % len(CURVES)]
    draw_dots(canvas, dots, style)
    across, down = dots[len(dots) * (unit % 4 + 1) // 5]  # where lines cross, their numbers lie apart
    column, row = across // DOTS[0], down // DOTS[1]
    canvas.put(column, row, str(unit), f"bold reverse {style}".strip())
    right = border.right * (picture.across[1] - picture.across[0]) / canvas.columns
    upward = border.upward * (picture.up[1] - picture.up[0]) / canvas.rows
    if abs(right) > abs(upward):
        canvas.put(column + (2 if right > 0 else -2), row, "+", style)
    else:
        canvas.put(column, row + (-1 if upward > 0 else 1), "+", style)


def _dots_of(border: Border, picture: HiddenSpace, across: int, down: int) -> list[tuple[int, int]]:
    """Return the dots of a straight line in a field of so many, from left to right, or from the top where it is steep."""
    x = np.linspace(*picture.across, across)
    y = np.linspace(picture.up[1], picture.up[0], down)
    with np.errstate(all="ignore"):
        down_of = np.interp(-(border.start + border.right * x) / border.upward, y[::-1], np.arange(down)[::-1], -1, -1)
        across_of = np.interp(-(border.start + border.upward * y) / border.right, x, np.arange(across), -1, -1)
    flat = [(i, round(at)) for i, at in enumerate(down_of.tolist()) if at >= 0]
    steep = [(round(at), i) for i, at in enumerate(across_of.tolist()) if at >= 0]
    return max(flat, steep, key=len)


def _draw_axes(canvas: Canvas, picture: HiddenSpace) -> None:
    """Draw where three units lead from the middle, with their names at the ends."""
    for name, right, upward in picture.axes:
        ends = [
            (
                int(place(np.array([x]), *picture.across, canvas.columns)[0]),
                int(rows_from_top(np.array([y]), picture.up, canvas.rows)[0]),
            )
            for x, y in ((0.0, 0.0), (right, upward))
        ]
        for column, row in line_inside(ends[0], ends[1], canvas.columns, canvas.rows):
            canvas.put_over(column, row, "·")
        column = min(max(ends[1][0] - len(name) // 2, 0), canvas.columns - len(name))
        for offset, glyph in enumerate(name):
            canvas.put_over(column + offset, ends[1][1], glyph)
