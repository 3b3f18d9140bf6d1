"""Surfaces, regions, curves and their axes as characters."""

from __future__ import annotations

from itertools import combinations, pairwise

import numpy as np
import pytest
from rich.color import Color, ColorSystem
from rich.style import Style
from textual.strip import Strip

from tui_backprop.ui.drawing.canvas import Canvas, heat_map
from tui_backprop.ui.drawing.charts.axes import Axes
from tui_backprop.ui.drawing.charts.curves import draw_curve
from tui_backprop.ui.drawing.regions import class_regions, contours, heat_regions, put_points
from tui_backprop.ui.theme import (
    NEGATIVE,
    POSITIVE,
    SIXTEEN,
    class_color,
    class_glyph,
    class_sixteen,
    class_texture,
    heat_color,
    on_ground,
)

HALVES = np.repeat([[0.1, 0.3, 0.6, 0.9]], 4, axis=0)
ANSWER, BAND = (HALVES > 0.5).astype(int), np.digitize(HALVES, [0.25, 0.5, 0.75])


def text_of(canvas):
    return [strip.text for strip in canvas.strips()]


def lightness(color):
    """CIE L* of a colour, 0 … 100."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in np.array(color) / 255]
    y = np.dot(linear, [0.2126, 0.7152, 0.0722])
    return 116 * np.cbrt(y) - 16 if y > 0.008856 else 903.3 * y


def test_a_canvas_gives_the_same_as_text_and_as_strips():
    """Strips are the quick way, and say the same characters in the same styles."""
    canvas = heat_map(np.linspace(0, 1, 40).reshape(4, 10), colored=True)
    canvas.put(3, 1, "x", "bold red")
    assert [line.plain for line in canvas.lines()] == text_of(canvas)
    styles = [[segment.style for segment in strip] for strip in canvas.strips()]
    assert Style.parse("bold red") in styles[1]


def test_without_colours_each_quarter_has_a_shade_and_the_border_is_a_line():
    """Shades change at ¼, ½ and ¾, and where the answer changes there is a line."""
    assert text_of(heat_regions(HALVES, ANSWER, BAND, "none")) == [" │▒▓", " │▒▓"]
    plain = heat_map(HALVES, colored=False)
    assert text_of(plain) == [" ░▓█", " ░▓█"]
    assert all(not segment.style.color for strip in plain.strips() for segment in strip)


def test_sixteen_colours_have_shades_and_the_terminals_own_colours():
    """Orange and blue are yellow and bright blue there, and no cell has a colour out of the sixteen."""
    canvas = heat_regions(np.tile([0.1, 0.9], (2, 1)), np.zeros((2, 2)), np.zeros((2, 2)), "sixteen")
    assert [segment.style.color.name for segment in canvas.strips()[0]] == ["yellow", "bright_blue"]
    names = [class_sixteen(i) for i in range(10)]
    assert len(set(names)) == 10
    assert all(Style.parse(name).color.number < 16 for name in names)


def test_contours_lie_where_the_answer_and_the_confidence_change():
    """The strong one between two answers, the faint ones between two bands; in little room only the strong one."""
    tall = np.repeat(HALVES[:1], 30, axis=0)
    assert contours((tall > 0.5).astype(int), np.digitize(tall, [0.25, 0.5, 0.75]))[0].tolist() == [1, 2, 1, 0]
    assert contours(ANSWER, BAND)[0].tolist() == [0, 2, 0, 0]
    level = (np.arange(30)[:, np.newaxis] > 14).astype(int).repeat(3, axis=1)
    assert np.flatnonzero(contours(level, level)[:, 0]).tolist() == [14]


def test_a_contour_is_drawn_lighter_than_what_it_goes_through():
    """In all colours it is pixels, twice as fine as the characters."""
    with_line = heat_map(np.full((2, 2), 0.2), colored="full", lines=np.array([[0, 2], [0, 0]])).strips()[0]
    ground, line = (segment.style.bgcolor.triplet for segment in with_line)
    assert sum(line) > sum(ground)
    assert with_line.text == "▄▄"


def test_classes_are_filled_with_textures_where_colours_are_few():
    """Each class has its own, dimmed where the answer is not sure."""
    answer = np.tile([0, 0, 1, 1, 2, 2], (2, 1))
    share = np.tile([0.9, 0.9, 0.9, 0.9, 0.9, 0.5], (2, 1))
    canvas = class_regions(share, answer, 2 * answer, "none")
    a, b, c = (class_texture(i) for i in range(3))
    assert text_of(canvas) == [f"{a}│{b}│{c}{c}"]
    assert [bool(segment.style.dim) for segment in canvas.strips()[0]][-2:] == [False, True]
    assert len({class_texture(i) for i in range(10)}) == 10


def test_class_colours_differ_in_lightness_and_grow_darker_with_doubt():
    """Neighbours among the first six differ by at least 15 in L*, orange and blue by 20: hue is not needed."""
    steps = [lightness(class_color(i)) for i in range(6)]
    assert all(abs(a - b) >= 15 for a, b in pairwise(steps))
    assert abs(lightness(heat_color(0)) - lightness(heat_color(1))) >= 20
    for label in range(10):
        assert lightness(class_color(label, 0.3)) < lightness(class_color(label, 1.0))


def lab(color):
    """CIE L*a*b* of a colour."""
    share = np.array(color) / 255
    linear = np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)
    xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]) @ linear
    x, y, z = np.cbrt(xyz / [0.9505, 1, 1.089])
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def test_classes_that_lie_side_by_side_are_of_other_colours():
    """Any two of the ten differ clearly, and of the first four by hue: no two are blues."""
    seen = [lab(class_color(i)) for i in range(10)]
    for i, j in combinations(range(10), 2):
        assert np.linalg.norm(seen[i] - seen[j]) > 35
    hues = [np.degrees(np.arctan2(one[2], one[1])) for one in seen[:4]]
    assert min(abs((a - b + 180) % 360 - 180) for a, b in combinations(hues, 2)) > 35


def test_in_sixteen_colours_what_is_wrong_has_a_colour_of_its_own():
    """As a terminal of sixteen colours gets them: the classes differ, and none is the red of a wrong answer."""
    assert len({class_sixteen(i) for i in range(10)}) == 10
    numbers = [Color.parse(class_sixteen(i)).get_truecolor(SIXTEEN) for i in range(10)]
    found = [Color.from_rgb(*one).downgrade(ColorSystem.STANDARD).number for one in numbers]
    assert found == [Color.parse(class_sixteen(i)).number for i in range(10)]
    wrong = Color.parse(NEGATIVE).downgrade(ColorSystem.STANDARD).number
    assert wrong == Color.parse("bright_red").number
    assert not {wrong, Color.parse("red").number} & set(found)


async def test_a_terminal_of_sixteen_colours_gets_the_colours_that_are_named(trainer, monkeypatch):
    """Textual's own idea of what yellow is would make it red there."""
    monkeypatch.setattr("textual.constants.COLOR_SYSTEM", "standard")
    app = trainer("xor")
    assert app.ansi_theme is SIXTEEN
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("2")
        app.theme = "textual-light"
        await pilot.pause()
        assert app.ansi_theme is SIXTEEN


def test_signs_and_curves_are_read_on_a_light_ground():
    """On the light theme's ground each is at least 30 in L* darker; on the dark one nothing is changed."""
    light, dark = (216, 216, 216), (30, 30, 30)
    colors = (POSITIVE, NEGATIVE, "bright_yellow", "bright_cyan", "bright_magenta", "bright_green", "bright_red")
    for color in colors:
        assert on_ground(color, dark) is None
        assert lightness(on_ground(color, light)) < lightness(light) - 30
    assert lightness(on_ground(NEGATIVE, light)) - lightness(on_ground(POSITIVE, light)) >= 10
    assert on_ground("bold", light) is None


@pytest.mark.parametrize("colors", ["full", "sixteen", "none"])
def test_samples_are_told_apart_and_wrong_ones_are_never_hidden(colors):
    """Filled for training, hollow for test, ✘ and ✗ where the answer is wrong, whatever lies in the same cell."""
    canvas = class_regions(np.full((2, 6), 0.9), np.zeros((2, 6), dtype=int), np.zeros((2, 6), dtype=int), colors)
    at = np.array([0, 1, 2, 2]), np.zeros(4, dtype=int)
    put_points(canvas, at, np.array([0, 1, 2, 0]), np.array([0, 0, 1, 0]), test=False)
    put_points(canvas, (np.array([3, 4]), np.array([0, 0])), np.array([1, 1]), np.array([0, 1]), test=True)
    assert text_of(canvas)[0][:5] == f"{class_glyph(0)}{class_glyph(1)}✘{class_glyph(1, test=True)}✗"
    assert class_glyph(1) != class_glyph(1, test=True)


def test_a_curve_of_dots_has_no_gap_where_it_is_steep():
    """A jump from the bottom to the top is drawn through, and what is not finite leaves a gap."""
    canvas = Canvas(3, 2)
    draw_curve(canvas, np.array([0.0, 0.0, 0.0, 1.0, np.nan, np.nan]), 0, 1, "")
    assert text_of(canvas) == [" ⢸ ", "⣀⡸ "]


def test_axes_take_room_only_where_there_is_some():
    """Numbers beside and below in a large picture; in a small one the picture has everything."""
    assert (Axes(20, 4).columns, Axes(20, 4).rows) == (20, 4)
    axes = Axes(60, 12)
    picture = [Strip.blank(axes.columns)] * axes.rows
    lines = axes.around(picture, (-1.5, 2.5), (0.0, 10.0), ("length", "width"))
    assert len(lines) == 12
    text = [line.text if isinstance(line, Strip) else line.plain for line in lines]
    assert text[0].split() == ["10"]
    assert text[axes.rows - 1].split() == ["0"]
    assert text[-1].split() == ["−1.5", "length", "→", "width", "↑", "2.5"]
    assert all(len(line) == 60 for line in text)
