"""The panel *Network*: how it is drawn, and how it and everything else follow each other."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from tui_backprop.core.network import Network
from tui_backprop.session.pictures.network import network_picture
from tui_backprop.session.recipe.suggestion import suggested_recipe
from tui_backprop.session.session import Session
from tui_backprop.ui.drawing.bars import columns_of
from tui_backprop.ui.drawing.charts.lines import draw_lines
from tui_backprop.ui.drawing.layers import LayersDrawing
from tui_backprop.ui.drawing.network import DrawingStyle, NetworkDrawing
from tui_backprop.ui.drawing.numbers import signed_short
from tui_backprop.ui.drawing.spots import Spot, spot_at
from tui_backprop.ui.drawing.tints import chip_style, lamp, level_of, line_style
from tui_backprop.ui.drawing.unit_layout import label_room, plan_units
from tui_backprop.ui.layout import PLACES
from tui_backprop.ui.panels.gradients import GradientsPanel
from tui_backprop.ui.panels.network import NetworkPanel
from tui_backprop.ui.panels.parameters import ParametersPanel
from tui_backprop.ui.panels.step import StepPanel

BIG, LARGE = (120, 36), (200, 60)
SIZES = [(1, 1, 1), (2, 4, 1), (2, 8, 8, 8, 1), (4, 8, 3), (1, 1), (2, *(4,) * 8, 1), (2, 16, 16, 1), (5, 7, 2, 3)]
PLACES_SEEN = [(56, 8), (62, 19), (76, 18), (116, 33)]
NETWORK = Network((2, 3, 1), ("tanh", "sigmoid"))


def shown(app):
    """The picture as text."""
    panel = app.query_one(NetworkPanel)
    return [panel.render_line(y).text for y in range(panel.size.height)]


def explained(app):
    return app.query_one(StepPanel)._explained.name


# Drawing.


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.526, "+0.53"), (-12.34, "−12.3"), (123.4, " +123"), (9999.7, " +1e4"), (-4e-5, "−4e−5"), (0.0, "+0.00"),
     (1e-12, "+e−12"), (np.nan, "  NaN"), (-np.inf, "   −∞"), (-1e300, "−e300"), (-1e-300, "−0.00")],
)  # fmt: skip
def test_short_numbers_have_five_cells_and_keep_sign_and_size(value, text):
    """From the smallest to the largest, and what is not finite."""
    assert signed_short(value) == text


def test_short_numbers_are_as_wide_as_asked():
    """At every size, in five cells and in seven."""
    for exponent, width in itertools.product(range(-310, 308, 3), (5, 7)):
        assert len(signed_short(-9.996 * 10.0**exponent, width)) == width


@pytest.mark.parametrize("surfaces", [False, True])
@pytest.mark.parametrize("sizes", SIZES, ids=lambda sizes: "-".join(map(str, sizes)))
@pytest.mark.parametrize(("columns", "rows"), PLACES_SEEN)
def test_units_never_cover_each_other(sizes, columns, rows, surfaces):
    """Whatever the network and the place, units and labels lie apart and inside, and weights have room to be seen."""
    plan = plan_units(sizes, columns, rows, surfaces=surfaces)
    if plan is None:
        assert max(sizes) > rows
        return
    taken = set()
    for card in itertools.chain(*plan.cards):
        cells = set(itertools.product(range(card.left, card.right), range(card.top, card.top + card.height)))
        assert not cells & taken
        assert all(0 <= column < columns and 0 <= row < plan.rows for column, row in cells)
        assert card.top <= card.middle < card.top + card.height
        taken |= cells
    for layer in range(1, len(sizes)):
        left, width = plan.gap(layer)
        assert width >= 2
        every = tuple(itertools.product(range(sizes[layer - 1]), range(sizes[layer])))
        room = label_room(plan, layer, 8, (every,))
        for column, row in room.places.values() if room else ():
            assert left < column
            assert column + room.digits + 8 * room.named < left + width
            assert 0 <= row < plan.rows


def test_a_larger_place_gives_a_richer_drawing():
    """The original case has z, a, δ and b in each unit; a wide one only numbers, and a very wide one only layers."""
    assert plan_units((1, 1, 1), 56, 8, surfaces=False).cards[1][0].height == 6
    assert plan_units((2, 8, 8, 8, 1), 56, 8, surfaces=True).cards[1][0].height == 1
    assert plan_units((2, 8, 8, 8, 1), 116, 33, surfaces=True).cards[1][0].surface >= 4
    assert plan_units((64, 32, 10), 116, 33, surfaces=False) is None


def test_the_stronger_line_is_seen_whole_where_two_cross():
    """The weaker one is broken by it, and a dashed line has gaps where a solid one has none."""
    starts, ends = np.array([0, 7]), np.array([7, 0])
    for strongest in (0, 1):
        rank = np.array([1, 0]) if strongest == 0 else np.array([0, 1])
        field = draw_lines(20, 8, starts, ends, rank, np.array([False, False]), np.array([False, False]))
        columns = [np.flatnonzero((field.owner == line).any(axis=0)) for line in (0, 1)]
        assert len(columns[strongest]) == 20
        assert len(columns[1 - strongest]) < 20
    one = np.array([0])
    solid, dashed = (
        draw_lines(20, 8, np.array([0]), np.array([7]), one, np.array([broken]), np.array([False]))
        for broken in (False, True)
    )
    assert (dashed.glyphs > 0).sum() < (solid.glyphs > 0).sum()


@pytest.mark.parametrize(("broken", "strong", "glyph"), [(0, 0, "─"), (0, 1, "━"), (1, 0, "┄"), (1, 1, "┅")])
def test_a_level_line_says_sign_and_size_by_its_style(broken, strong, glyph):
    """Broken is negative, heavy is large, without any colour."""
    level = np.array([2])
    field = draw_lines(10, 5, level, level, np.array([0]), np.array([bool(broken)]), np.array([bool(strong)]))
    assert {chr(code) for code in field.glyphs[2]} == {glyph}


def test_signs_and_sizes_differ_without_shading():
    """Where colours cannot be shaded, a lamp of five densities, bold and dim say the size, and the number the sign."""
    assert len({lamp(level_of(value, 1.0)) for value in (0, 0.02, 0.2, 0.5, 1)}) == 5
    assert line_style(1, 8, None) != line_style(1, 1, None) != line_style(-1, 1, None)
    assert level_of(np.nan, 1.0) == level_of(np.inf, 1.0) == 8
    assert chip_style(1, 8, (0, 0, 0)) != chip_style(-1, 8, (0, 0, 0)) != chip_style(-1, 4, (0, 0, 0))


def test_a_histogram_shows_the_smallest_and_fills_with_the_largest():
    """One value of a thousand is still a mark."""
    assert columns_of([0, 0.001, 1], 2) == ["  █", " ▁█"]
    assert columns_of([], 2) == ["", ""]


# Walking.


def test_every_unit_weight_and_bias_is_reached_by_keys():
    """Arrows, enter and backspace lead from any spot to any other, and never out of the network."""
    start = Spot("unit", 0, 0)
    reached, edge = {start}, [start]
    while edge:
        spot = edge.pop()
        for way in ("up", "down", "left", "right", "in", "out"):
            found = spot.step(NETWORK, way)
            if found not in reached:
                reached.add(found)
                edge.append(found)
    units = {Spot("unit", layer, j) for layer, size in enumerate(NETWORK.sizes) for j in range(size)}
    assert reached == units | {spot_at(NETWORK, position) for position in range(NETWORK.size)}


def test_a_spot_knows_its_entry():
    """Position in θ and spot are two names of one thing; a unit's entry is its bias."""
    names = NETWORK.entry_names
    assert all(spot_at(NETWORK, position).position(NETWORK) == position for position in range(NETWORK.size))
    assert names[Spot("weight", 1, 2, 1).position(NETWORK)] == "w1[1,2]"
    assert names[Spot("unit", 1, 2).position(NETWORK)] == "b1[2]"
    assert Spot("unit", 0, 1).position(NETWORK) is None


# The panel.


@pytest.mark.covers("7")
async def test_everything_follows_the_unit_or_the_weight_that_is_selected(trainer):
    """In the drawing a unit, then its weights: Parameters, Gradients and Step go along."""
    app = trainer("xor")
    async with app.run_test(size=LARGE) as pilot:
        await pilot.press("n", "7", "right", "down")
        names = app.session.problem.network.entry_names
        lists = [app.query_one(kind) for kind in (ParametersPanel, GradientsPanel)]
        assert app.query_one(NetworkPanel).selected == Spot("unit", 1, 1)
        assert [names[panel.selected] for panel in lists] == ["b1[1]", "b1[1]"]
        assert explained(app) == "a1[1]"
        await pilot.press("enter", "down")
        assert app.selected_name() == "w1[1,1]"
        assert [names[panel.selected] for panel in lists] == ["w1[1,1]", "w1[1,1]"]
        assert explained(app) == "new w1[1,1]"
        await pilot.press("down")
        assert app.selected_name() == "b1[1]"
        await pilot.press("up", "left")
        assert app.query_one(NetworkPanel).selected == Spot("unit", 0, 1)
        assert explained(app) == "x2"


async def test_the_drawing_follows_the_lists(trainer):
    """The entry selected in Parameters or Gradients is marked in the drawing, and its number is written there."""
    app = trainer("xor")
    async with app.run_test(size=BIG) as pilot:
        await pilot.press("n", "7", "3", "down", "down")
        panel = app.query_one(NetworkPanel)
        assert panel.selected == Spot("weight", 1, 2, 0)
        value = app.session.state.parameters[2]
        assert any(signed_short(value) in line for line in shown(app))
        assert "w1[0,2]" in panel.border_subtitle
        await pilot.press("4", "down")
        assert panel.selected == Spot("weight", 1, 3, 0)


@pytest.mark.parametrize("source", ["xor", "parity", "iris", "digits"])
async def test_a_click_selects_what_is_under_it(trainer, source):
    """A unit on its card, a weight on its line; of a large network its layer."""
    app = trainer(source)
    async with app.run_test(size=BIG) as pilot:
        await pilot.press("n", "7")
        await pilot.pause()
        panel = app.query_one(NetworkPanel)
        clicked = set()
        for column, row in itertools.product(range(0, panel.size.width, 5), range(1, panel.size.height)):
            spot = panel._drawing.spot(column, row)
            await pilot.click(NetworkPanel, offset=(column + 2, row + 1))
            if spot is not None:
                clicked.add(spot.kind)
                assert panel.selected == spot
                if spot.layer:
                    assert app.selected == spot.position(app.session.problem.network)
        assert clicked == {"unit", "weight"}


async def test_enter_on_a_weight_types_its_value(trainer):
    """As in Parameters."""
    app = trainer("parity")
    async with app.run_test(size=BIG) as pilot:
        await pilot.press("7", "enter", "end", *["backspace"] * 20, *"0.25", "enter")
        assert app.session.state.parameters[0] == 0.25


async def test_comma_and_full_stop_change_the_sample_everywhere(trainer):
    """From the drawing or from Step, both show the same sample; of a smaller batch the last."""
    app = trainer("iris", batch_size=9, sampling="shuffle")
    async with app.run_test(size=LARGE) as pilot:
        await pilot.press("n", "7", "full_stop", "full_stop")
        record = app.session.record()
        assert f"x{signed_short(record.tape.a[0][2, 0])}" in "".join(shown(app))
        assert "sample 3 of 9" in app.query_one(StepPanel).border_subtitle
        await pilot.press("5", "comma")
        assert f"x{signed_short(record.tape.a[0][1, 0])}" in "".join(shown(app))
        await pilot.press("comma", "comma")
        assert app.sample == 8
        app.session.run(11)  # to the end of the epoch
        app.redraw()
        await pilot.pause()
        batch = len(app.session.record().rows)
        assert batch == 105 % 9
        assert f"sample {batch} of {batch}" in app.query_one(StepPanel).border_subtitle


async def test_the_phases_are_followed_in_the_drawing(trainer):
    """What is not known is ·, the phase stands in the title, and δ and the gradients take the place of the values."""
    app = trainer("parity")
    async with app.run_test(size=LARGE) as pilot:
        await pilot.press("7")
        assert not any("a+" in line or "a−" in line for line in shown(app))
        seen = {}
        for _ in range(11):
            await pilot.press("p")
            panel = app.query_one(NetworkPanel)
            seen[app.session.inside.title] = "\n".join(shown(app))
            assert app.session.inside.title in panel.border_title
        record = app.session.record()
        a1, delta2 = signed_short(record.tape.a[1][0, 0]), signed_short(record.gradients.deltas[1][0, 0])
        assert f"a{a1}" not in seen["forward 1: z"]
        assert f"a{a1}" in seen["forward 1: a"]
        assert "▸" in seen["forward 1: z"]
        assert f"δ{delta2}" not in seen["loss"]
        assert f"δ{delta2}" in seen["backward 2: δ"]
        assert signed_short(record.gradients.parameters["w2"][0, 0], 7) in seen["backward 2: gradients"]
        assert "◂" in seen["backward 1: δ"]
        assert signed_short((record.after.parameters - record.before.parameters)[0], 7) in seen["update"]


@pytest.mark.parametrize("size", [(60, 18), (120, 36), (200, 60)])
@pytest.mark.parametrize("hidden", [(), (8, 8, 8), (4,) * 8, (60,) * 8, (256,)])
async def test_any_network_is_drawn_at_any_size(trainer, hidden, size):
    """From no hidden layer to eight, from one unit to 256, before and inside an update, maximised and not."""
    app = trainer("circle", hidden=hidden)
    async with app.run_test(size=size) as pilot:
        await pilot.press("7")
        assert "".join(shown(app)).strip()
        await pilot.press(*"pppp", "right", "down", "enter", "z")
        await pilot.pause()
        assert "".join(shown(app)).strip()
        assert all(len(line) == app.query_one(NetworkPanel).size.width for line in shown(app))


async def test_the_marked_entry_stays_the_selected_one_when_the_network_changes(trainer):
    """As in the lists, which then show the entry at the same position or the last."""
    app = trainer("circle")
    async with app.run_test(size=BIG) as pilot:
        await pilot.press("7", "right", "right", "enter", "down")
        app.change(source="parity", hidden=(1,))
        await pilot.pause()
        network = app.session.problem.network
        assert app.query_one(NetworkPanel).selected.position(network) == app.query_one(ParametersPanel).selected


async def test_what_was_selected_while_the_drawing_was_out_of_sight_is_marked_in_it(trainer):
    """Even in a network that it has never drawn."""
    app = trainer("parity")
    async with app.run_test(size=BIG) as pilot:
        await pilot.press("7", "2")
        app.change(source="circle", hidden=(6,))
        await pilot.press("3", *["down"] * 15)
        assert app.selected_name() == "b1[3]"
        await pilot.press("7")
        await pilot.pause()
        assert app.query_one(NetworkPanel).selected == Spot("bias", 1, 3)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, 1e308, -1e-320, 0.0])
@pytest.mark.parametrize("drawing", [NetworkDrawing, LayersDrawing])
def test_weights_of_any_value_are_drawn(value, drawing):
    """Not finite, huge, tiny or all zero, unit by unit and layer by layer."""
    session = Session(suggested_recipe("xor"))
    session.run(1)
    frame = session.frame()
    frame.state.parameters[...] = value
    picture, look = network_picture(frame), DrawingStyle((30, 30, 30), Spot("bias", 1, 0), "reverse")
    if drawing is NetworkDrawing:
        plan = plan_units(frame.network.sizes, 56, 8, surfaces=False)
        drawn = NetworkDrawing(frame.network, plan, picture, [None] * 3, look)
    else:
        drawn = LayersDrawing(frame.network, picture, (56, 8), look)
    assert len(drawn.canvas.lines()) == 8


async def test_without_colours_sizes_are_shades(trainer, monkeypatch):
    """Under NO_COLOR no half-blocks, which would all look alike: shading glyphs in their place."""
    monkeypatch.setenv("NO_COLOR", "1")
    app = trainer("xor")
    async with app.run_test(size=BIG) as pilot:
        app.session.run(300)
        await pilot.press("n", "7", "z")
        await pilot.pause()
        text = "".join(shown(app))
        assert "▄" not in text
        assert {"░", "█"} <= set(text)
        assert "━" in text or any("⠀" < glyph <= "⣿" for glyph in text)  # the lines of the weights


async def test_a_theme_of_another_ground_is_drawn_on_it(trainer):
    """Faint weights fade into the ground that is there."""
    app = trainer("xor")
    async with app.run_test(size=BIG) as pilot:
        await pilot.press("n", "7")
        grounds = []
        for theme in ("textual-dark", "textual-light"):
            app.theme = theme
            await pilot.pause()
            await pilot.pause()
            panel = app.query_one(NetworkPanel)
            grounds.append({segment.style.bgcolor for segment in panel.render_line(0)})
            assert panel.rich_style.bgcolor in grounds[-1]
        assert grounds[0] != grounds[1]


def test_the_drawing_has_a_place_in_every_layout():
    """With tabs all share one, of four panels it is behind Prediction, in the grid and the large layout it is in sight."""
    assert ("prediction", "network") in [place[:2] for place in PLACES["small"]]
    assert "network" in [place[0] for place in PLACES["grid"]]
    assert "network" in [place[0] for place in PLACES["large"]]
    assert "network" in PLACES["tabs"][0]


@pytest.mark.covers("E", "A", "J", "D")
async def test_the_network_is_changed_in_place_and_the_selection_stays_at_it(trainer):
    """A unit and a layer more, one unit less, one off and on: each said with the loss before and after."""
    app = trainer("xor")
    async with app.run_test(size=BIG) as pilot:
        await pilot.press("n", "7", "left", "right", "A", "A")
        assert app.session.problem.network.sizes == (2, 6, 1)
        assert app.query_one(NetworkPanel).selected == Spot("unit", 1, 5)
        await pilot.press("D", "J")
        assert app.session.problem.network.sizes == (2, 5, 5, 1)
        assert app.query_one(NetworkPanel).selected == Spot("unit", 2, 0)
        await pilot.press("E")
        assert app.session.recipe.freeze == ("w3[0,0]",)
        await pilot.press("E")
        assert app.session.recipe.freeze == ()
        await pilot.press(*"uuuuuu")
        assert app.session.problem.network.sizes == (2, 4, 1)
        assert app.session.current.edits == ()
