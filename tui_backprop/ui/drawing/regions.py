"""Regions of a surface: their contours, classes as colours or textures, and the samples over them."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from rich.color import Color
from rich.style import Style

from tui_backprop.core.arrays import Array, Indices
from tui_backprop.ui.drawing.canvas import Canvas, heat_map, pixels
from tui_backprop.ui.theme import NEGATIVE, Colors, blend, class_color, class_glyph, class_sixteen, class_texture

_CLASSES, _STEPS = 10, 8  # colours of classes before they come again, and how many brightnesses each has
_ROOM = 24  # points up from which fainter contours are drawn: in less they hide more than they show
_SURE = 0.75  # from here on a class's texture is not dimmed
_QUARTERS = " ░▒▓"  # shades that change where a contour lies, at ¼, ½ and ¾
_WRONG = ("✘", "✗")  # of a training sample, of a test sample

_PALETTE = tuple(class_color(code // _STEPS, code % _STEPS / (_STEPS - 1)) for code in range(_CLASSES * _STEPS))


def contours(answer: Indices, band: Indices) -> Indices:
    """Return 2 where a point answers otherwise than its right or lower neighbour, 1 where only the band differs, else 0."""
    fainter = _edges(band) if len(band) >= _ROOM else 0
    return np.where(_edges(answer), 2, fainter).astype(np.int64)


def border_words(points: int, classes: bool, colors: Colors) -> list[str]:
    """Return what the contours of a picture so many points high are called, and the shades where there are few colours."""
    lines, sure = ["line: the answer changes" if classes else "line: ½"], f"{100 * _SURE:.0f} %"
    if colors != "full":
        return [*lines, f"dim: below {sure}" if classes else "shades: ¼ ½ ¾"]
    return [*lines, f"fainter: {sure}" if classes else "fainter: ¼ and ¾"] if points >= _ROOM else lines


def _edges(regions: Indices) -> Indices:
    found = np.zeros(regions.shape, dtype=np.int64)
    found[:, :-1] |= regions[:, :-1] != regions[:, 1:]
    found[:-1] |= regions[:-1] != regions[1:]
    return found


def heat_regions(share: Array, answer: Indices, band: Indices, colors: Colors) -> Canvas:
    """Draw shares 0 … 1, (2·rows, columns) from top to bottom, with their contours."""
    canvas = heat_map(share, colored=colors, lines=contours(answer, band), shades=_QUARTERS)
    if colors != "full":
        _draw_border(canvas, answer[: 2 * canvas.rows : 2])
    return canvas


def class_regions(share: Array, answer: Indices, band: Indices, colors: Colors) -> Canvas:
    """Draw which class is answered, (2·rows, columns) from top to bottom, the brighter the surer, with contours."""
    if colors == "full":
        codes = answer % _CLASSES * _STEPS + np.rint(share * (_STEPS - 1)).astype(np.int64)
        return pixels(codes, _PALETTE, contours(answer, band))
    answer, share = answer[: len(answer) // 2 * 2 : 2], share[: len(share) // 2 * 2 : 2]
    canvas = Canvas(answer.shape[1], len(answer))
    for row, (labels, sure) in enumerate(zip(answer.tolist(), share.tolist(), strict=True)):
        canvas.put_row(row, [_texture(a, dim=b < _SURE, colors=colors) for a, b in zip(labels, sure, strict=True)])
    _draw_border(canvas, answer)
    return canvas


def _texture(label: int, *, dim: bool, colors: Colors) -> tuple[str, str]:
    color = class_sixteen(label) if colors == "sixteen" else ""
    return class_texture(label), f"dim {color}".strip() if dim else color


def _draw_border(canvas: Canvas, answer: Indices) -> None:
    """Draw lines of characters where the answer of a cell differs from that of its right or lower neighbour."""
    across, down = np.zeros(answer.shape, dtype=bool), np.zeros(answer.shape, dtype=bool)
    across[:, :-1], down[:-1] = answer[:, :-1] != answer[:, 1:], answer[:-1] != answer[1:]
    for row, column in zip(*(part.tolist() for part in np.nonzero(across | down)), strict=True):
        if across[row, column] and down[row, column]:
            glyph = "╲" if answer[row, column] == answer[row + 1, column + 1] else "╱"
        else:
            glyph = "│" if across[row, column] else "─"
        canvas.put(column, row, glyph, "bold")


def mark_of(label: int, classes: bool, colors: Colors) -> tuple[str, str]:
    """Return what a legend has for an answer, as (text, style): its glyph, and its colour or what fills its region."""
    if colors == "full":
        return class_glyph(label), "rgb({},{},{})".format(*class_color(label))
    filled = class_texture(label) if classes else _QUARTERS[-1 if label else 0]
    return f"{class_glyph(label)}{filled}", class_sixteen(label) if colors == "sixteen" else ""


def put_points(canvas: Canvas, at: tuple[Indices, Indices], labels: Indices, wrong: Indices, *, test: bool) -> None:
    """Put the glyph of each sample's class, filled for training samples and hollow for test samples, the wrong ones last.

    A wrong one is ✘, or ✗ in the test set, in the colour of its true class.
    """
    shown = zip(at[0].tolist(), at[1].tolist(), labels.tolist(), wrong.tolist(), strict=True)
    for column, row, label, bad in sorted(shown, key=lambda one: bool(one[3])):
        if bad:
            ground = canvas.has_ground(column, row)
            canvas.put(column, row, _WRONG[test], _wrong_style(label) if ground else f"bold {NEGATIVE}")
        else:
            canvas.put_over(column, row, class_glyph(label, test=test))


def put_numbers(canvas: Canvas, at: tuple[Indices, Indices], tenths: Indices) -> None:
    """Put the tenth of the range that each sample's number lies in."""
    for column, row, tenth in zip(at[0].tolist(), at[1].tolist(), tenths.tolist(), strict=True):
        canvas.put_over(column, row, str(tenth))


@lru_cache(maxsize=64)
def _wrong_style(label: int) -> Style:
    red, green, blue = blend(class_color(label), (255, 255, 255), 0.3)
    return Style(color=Color.from_rgb(red, green, blue), bgcolor=Color.from_rgb(0, 0, 0), bold=True)
