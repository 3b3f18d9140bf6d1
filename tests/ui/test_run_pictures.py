"""The panels Loss surface and Distributions: their keys, what they follow, and what they draw without colour."""

from __future__ import annotations

import numpy as np
import pytest
from textual.strip import Strip

from tui_backprop.session.pictures.distributions import QUANTITIES
from tui_backprop.ui.drawing.bars import columns_of
from tui_backprop.ui.drawing.landscape import line_inside
from tui_backprop.ui.panels.distributions import DistributionsPanel
from tui_backprop.ui.panels.surface import SurfacePanel

BIG = (120, 36)


def text_of(panel):
    lines = (panel.line_at(panel.frame, row) for row in range(panel.line_count(panel.frame)))
    return "\n".join(line.text if isinstance(line, Strip) else line.plain for line in lines)


def axes(panel):
    """The names in the line below the map, such as `w1 w2`."""
    line = text_of(panel).splitlines()[-2]
    return [word for word in line.split() if word[0] in "wb"]


@pytest.mark.covers("8", "9")
async def test_the_panels_are_reached_in_every_layout(trainer):
    """8 and 9 bring them to the front, beside the others of their place, and z gives them the screen."""
    for size in ((80, 24), BIG, (200, 60)):
        app = trainer()
        async with app.run_test(size=size) as pilot:
            for key, kind in (("8", SurfacePanel), ("9", DistributionsPanel)):
                await pilot.press(key)
                panel = app.query_one(kind)
                assert panel.has_focus
                assert panel.is_on_screen
                before = panel.size.height
                await pilot.press("z")
                await pilot.pause()
                assert panel.size.height >= before
                assert text_of(panel)
                await pilot.press("z")


async def test_arrows_choose_the_two_parameters(trainer):
    """Left and right the one that goes across, up and down the other; never the same one twice."""
    app = trainer()
    async with app.run_test(size=BIG) as pilot:
        await pilot.press("8")
        panel = app.query_one(SurfacePanel)
        assert axes(panel) == ["w1", "w2"]
        for key, names in [
            ("right", ["b1", "w2"]),
            ("right", ["b2", "w2"]),
            ("up", ["b2", "w1"]),
            ("down", ["b2", "w2"]),
            ("left", ["b1", "w2"]),
            ("down", ["b1", "w1"]),
        ]:
            await pilot.press(key)
            assert axes(panel) == names
        assert "w2" in str(panel.border_subtitle)  # held, with its value
        assert "b2" in str(panel.border_subtitle)


async def test_the_surface_follows_what_is_selected_in_parameters(trainer):
    """The selected entry goes across; where it went up before, the two change places."""
    app = trainer()
    async with app.run_test(size=BIG) as pilot:
        await pilot.press("8", "3", "down")
        panel = app.query_one(SurfacePanel)
        assert axes(panel) == ["b1", "w2"]
        await pilot.press("down")
        assert axes(panel) == ["w2", "b1"]


async def test_m_goes_through_the_kinds_of_directions(trainer):
    """Two parameters, gradient and random, the path's own; an arrow leads back to parameters."""
    app = trainer("xor")
    async with app.run_test(size=BIG) as pilot:
        app.session.run(100)
        await pilot.press("8", "m")
        panel = app.query_one(SurfacePanel)
        assert "∇L" in text_of(panel)
        await pilot.press("m")
        assert "path" in text_of(panel)
        await pilot.press("m")
        assert "w1[0,0]" in text_of(panel)
        await pilot.press("m", "right")
        assert "w1[0,1]" in text_of(panel)


async def test_at_step_0_there_is_no_path_and_it_says_so(trainer):
    """A sentence that says which key makes one, and then the picture."""
    app = trainer()
    async with app.run_test(size=BIG) as pilot:
        await pilot.press("8", "m", "m")
        panel = app.query_one(SurfacePanel)
        assert "n makes a step" in text_of(panel)
        await pilot.press("n")
        assert "1st direction" in text_of(panel)


async def test_full_stop_and_comma_zoom_and_the_rate_stays(trainer):
    """The window shrinks and grows; + is still the rate's."""
    app = trainer()
    async with app.run_test(size=BIG) as pilot:
        await pilot.press("8")
        panel = app.query_one(SurfacePanel)

        def width():
            left, *_, right = text_of(panel).splitlines()[-2].replace("−", "-").split()
            return float(right) - float(left)

        first = width()
        await pilot.press("full_stop", "full_stop")
        assert width() < first / 2
        await pilot.press("comma", "comma", "comma")
        assert width() > first
        await pilot.press("plus")
        assert app.session.recipe.lr == 0.3


async def test_enter_lays_the_plane_where_the_run_is(trainer):
    """Directions stay while the run goes on, until enter takes new ones at the present point."""
    app = trainer("xor")
    async with app.run_test(size=BIG) as pilot:
        await pilot.press("8", "m")
        panel = app.query_one(SurfacePanel)
        first = panel._landscape._laid
        app.session.run(3)
        app.redraw()
        while panel.frame.step != 3:  # pictures follow a little after the numbers
            await pilot.pause(0.01)
        assert panel._landscape._laid is first
        await pilot.press("enter")
        assert panel._landscape._laid.step == 3


async def test_a_large_network_says_what_is_computed_less_finely(trainer):
    """Points and samples stand in the border."""
    app = trainer("digits")
    async with app.run_test(size=BIG) as pilot:
        await pilot.press("8")
        assert "of 1,258 samples" in str(app.query_one(SurfacePanel).border_subtitle)
        assert "points" in str(app.query_one(SurfacePanel).border_subtitle)


async def test_a_large_networks_surface_becomes_whole_at_rest(trainer):
    """You should see a rough surface at once, and without a key the fine one soon after."""
    app = trainer("digits", hidden=(256, 256))
    async with app.run_test(size=BIG) as pilot:
        panel = app.query_one(SurfacePanel)
        await pilot.press("8", "m")
        for _ in range(40):
            if panel._going_on is None:
                break
            await pilot.pause(0.1)
        assert panel._going_on is None
        assert panel._landscape._whole


async def test_without_colour_the_surface_is_shaded(trainer, monkeypatch):
    """Under NO_COLOR high is dense and low is empty, and path, point and arrow are still there."""
    monkeypatch.setenv("NO_COLOR", "1")
    app = trainer("xor")
    async with app.run_test(size=BIG) as pilot:
        app.session.run(300)
        await pilot.press("8")
        shown = text_of(app.query_one(SurfacePanel))
        assert all(glyph in shown for glyph in "░▒▓█●○·")
        assert "▄" not in shown


async def test_sixteen_colours_shade_as_well(trainer, monkeypatch):
    """A terminal that has no more than the sixteen gets the same shades."""
    monkeypatch.delenv("COLORTERM")
    monkeypatch.setenv("TERM", "xterm")
    app = trainer("xor")
    async with app.run_test(size=BIG) as pilot:
        await pilot.press("8")
        assert "▄" not in text_of(app.query_one(SurfacePanel))


async def test_left_and_right_choose_the_quantity(trainer):
    """Weights, activations, δ, gradients, updates against weights, each with its name above and its symbol below."""
    app = trainer("iris")
    async with app.run_test(size=BIG) as pilot:
        app.session.run(50)
        await pilot.press("9", "left")
        panel = app.query_one(DistributionsPanel)
        for quantity in QUANTITIES:
            assert quantity.name in str(panel.border_title)
            assert f"[{quantity.symbol}]" in str(panel.border_subtitle)
            assert "layer 1" in text_of(panel)
            await pilot.press("right")
        assert "weights" in str(panel.border_title)


async def test_the_original_case_shows_ticks(trainer):
    """One weight a layer is one tick on a line, with its value."""
    app = trainer()
    async with app.run_test(size=BIG) as pilot:
        app.session.run(20)
        await pilot.press("9", "left")
        shown = text_of(app.query_one(DistributionsPanel)).splitlines()
        value = f"{app.session.state.parameters[0]:.2g}".replace("-", "−")
        assert shown[0] == f"layer 1  {value}"
        assert "".join(shown[1:4]).count("┼") == 1


async def test_what_is_wrong_is_seen_at_a_glance(trainer):
    """Saturated and dead units and vanishing gradients stand first in a layer's line."""
    cases = [
        ({"set": (("w1", 50.0),)}, "activations", "% near ends"),
        ({"activation": "relu", "set": (("b1[2]", -100.0),)}, "activations", "1 dead"),
        ({"activation": "sigmoid", "hidden": (8, 8, 8)}, "gradients", " of layer 4"),
    ]
    for fields, quantity, said in cases:
        app = trainer("circle", **fields)
        async with app.run_test(size=(120, 50)) as pilot:
            await pilot.press("9")
            panel = app.query_one(DistributionsPanel)
            while quantity not in str(panel.border_title):
                await pilot.press("right")
            assert said in text_of(panel).splitlines()[0]


@pytest.mark.parametrize("size", [(60, 18), BIG])
@pytest.mark.parametrize("hidden", [(), (1,), (8,) * 8])
async def test_any_network_at_any_size(trainer, size, hidden):
    """From no hidden layer to eight, from the smallest terminal to a large one, running from step 0."""
    app = trainer("moons", hidden=hidden)
    async with app.run_test(size=size) as pilot:
        await pilot.press("8")
        for _ in range(3):
            await pilot.press("m", "n")
            assert text_of(app.query_one(SurfacePanel))
        await pilot.press("9")
        for _ in QUANTITIES:
            await pilot.press("right")
            panel = app.query_one(DistributionsPanel)
            lines = text_of(panel).splitlines()
            assert all(len(line) <= panel.size.width for line in lines)
            assert len(lines) >= len(hidden) + 2


def test_bars_side_by_side():
    """A full bar fills its rows, a half one half of them, and what is not 0 shows."""
    assert columns_of([0, 0.001, 0.5, 1], 2) == ["   █", " ▁██"]
    assert columns_of([0.25, np.float64(0.5)], 1) == ["▂▄"]


@pytest.mark.parametrize("end", [(5, 3), (300, 2), (-400, -90), (5, 900), (-1, 3)])
def test_a_line_is_drawn_inside_alone(end):
    """From a cell on the canvas to one far outside: the cells inside, all of them, and hardly more."""
    cells = list(line_inside((2, 1), end, 20, 8))
    inside = [(x, y) for x, y in cells if 0 <= x < 20 and 0 <= y < 8]
    assert len(cells) <= len(inside) + 2
    assert (2, 1) in inside
    ways = max(abs(end[0] - 2), abs(end[1] - 1))
    whole = {(round(2 + (end[0] - 2) * i / ways), round(1 + (end[1] - 1) * i / ways)) for i in range(ways + 1)}
    assert set(inside) == {(x, y) for x, y in whole if 0 <= x < 20 and 0 <= y < 8}
    assert list(line_inside(end, (2, 1), 20, 8))


def test_a_line_that_misses_the_canvas_is_not_drawn():
    """Above it, beside it, and past its corner."""
    for start, end in (((-50, -1), (50, -1)), ((30, -9), (30, 9)), ((-10, 2), (2, -10))):
        assert not list(line_inside(start, end, 20, 8))
