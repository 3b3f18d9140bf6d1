"""Every key does what the table says."""

from __future__ import annotations

import ast
import asyncio
import re
from importlib import resources
from pathlib import Path

import pytest
from textual import events
from textual.widgets import Input, OptionList, Select, Static
from textual.widgets._select import SelectOverlay

from tui_backprop.datasets.catalogue import catalogue
from tui_backprop.session.manual import TOPICS
from tui_backprop.ui.keys import KEYS
from tui_backprop.ui.layout import PANELS
from tui_backprop.ui.panels.gradients import GradientsPanel
from tui_backprop.ui.panels.loss import LossPanel
from tui_backprop.ui.panels.panel import Panel
from tui_backprop.ui.panels.parameters import ParametersPanel
from tui_backprop.ui.screens.data import DataScreen
from tui_backprop.ui.screens.files import OpenScreen
from tui_backprop.ui.screens.keys import KeysScreen
from tui_backprop.ui.screens.line import LineScreen
from tui_backprop.ui.screens.recipe import RecipeScreen

BIG = (120, 36)


def active(app):
    return next(panel.id for panel in app.query(Panel) if panel.has_class("active"))


@pytest.mark.covers("space")
async def test_space_runs_and_pauses(trainer):
    """Space trains before your eyes until it is pressed again."""
    app = trainer()
    async with app.run_test(size=BIG) as pilot:
        assert not app.running
        await pilot.press("space")
        for _ in range(6000):
            await asyncio.sleep(0.01)
            if app.session.step > 20:
                break
        await pilot.press("space")
        stopped = app.session.step
        assert stopped > 20
        await asyncio.sleep(0.05)
        assert app.session.step == stopped


@pytest.mark.covers("n", "b", "e")
async def test_n_steps_e_runs_an_epoch_and_b_goes_back(trainer):
    """One step, one epoch of nine, one step back; at step 0 b is dim."""
    app = trainer()
    async with app.run_test(size=BIG) as pilot:
        assert app.check_action("step_back", ()) is None
        await pilot.press("b")
        assert app.session.step == 0
        await pilot.press("n")
        first = app.session.state
        assert first.step == 1
        await pilot.press("e")
        assert app.session.step == 9
        await pilot.press(*"bbbbbbbb")
        assert app.session.state.same_values(first)
        assert app.check_action("step_back", ()) is True


@pytest.mark.covers("+", "-")
async def test_plus_and_minus_walk_the_rate(trainer):
    """0.1, 0.3, 1 and back; the change is an edit with its step."""
    app = trainer()
    async with app.run_test(size=BIG) as pilot:
        await pilot.press("n", "plus", "plus")
        assert app.session.recipe.lr == 1.0
        await pilot.press("minus")
        assert app.session.recipe.lr == 0.3
        assert [edit.step for edit in app.session.current.edits] == [1, 1, 1]


@pytest.mark.covers("l")
async def test_l_types_a_rate(trainer):
    """A rate that cannot be is said while typing and not taken."""
    app = trainer()
    async with app.run_test(size=BIG) as pilot:
        await pilot.press("l")
        assert isinstance(app.screen, LineScreen)
        await pilot.press(*"-3", "enter")
        assert isinstance(app.screen, LineScreen)
        app.screen.query_one(Input).value = "0.25"
        await pilot.press("enter")
        assert app.session.recipe.lr == 0.25


@pytest.mark.covers("d")
async def test_d_swaps_the_data(trainer):
    """Enter takes the suggested recipe as well, k keeps the network, o asks for a file, escape leaves everything."""
    app = trainer()
    async with app.run_test(size=BIG) as pilot:
        await pilot.press("n", "d")
        assert isinstance(app.screen, DataScreen)
        await pilot.press("escape")
        assert app.session.recipe.source == "parity"
        await pilot.press("d")
        app.screen.query_one(OptionList).highlighted = 3
        await pilot.press("k")
        await pilot.pause()
        assert (app.session.recipe.source, app.session.recipe.hidden, app.session.step) == ("xor", (1,), 1)
        await pilot.press("d")
        app.screen.query_one(OptionList).highlighted = next(
            i for i, one in enumerate(catalogue()) if one.name == "spiral"
        )
        await pilot.press("k")
        await pilot.pause()
        assert (app.session.recipe.test_fraction, app.session.recipe.hidden) == (0.3, (1,))  # its own test samples
        assert "test fraction 0 → 0.3" in app.session.current.edits[-1].summary
        assert not any(one.beside for one in app.session.frame().branches)
        await pilot.press("d")
        app.screen.query_one(OptionList).highlighted = 3
        await pilot.press("enter")
        await pilot.pause()
        assert app.session.problem.network.name == "2-4-1"
        await pilot.press("d", "o")
        await pilot.pause()
        assert isinstance(app.screen, OpenScreen)


@pytest.mark.covers("o")
async def test_o_changes_the_recipe(trainer):
    """A wrong field is said in the form; what is right is applied at once."""
    app = trainer()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("o")
        assert isinstance(app.screen, RecipeScreen)
        optimizer = app.screen.query_one("#f-optimizer", Select)
        optimizer.focus()
        await pilot.press("enter")
        await pilot.pause()
        assert optimizer.query_one(SelectOverlay).size.height >= 7  # its choices are seen
        await pilot.press("escape")  # closes the list alone
        assert isinstance(app.screen, RecipeScreen)
        assert not optimizer.expanded
        app.screen.query_one("#f-hidden", Input).value = "5"
        await pilot.pause()
        await pilot.press("escape")
        assert isinstance(app.screen, RecipeScreen)
        assert "not applied yet" in str(app.screen.query_one("#problem", Static).content)
        await pilot.press("escape", "o")
        assert app.session.recipe.hidden == (1,)
        app.screen.query_one("#f-hidden", Input).value = "0"
        await pilot.press("ctrl+s")
        assert isinstance(app.screen, RecipeScreen)
        app.screen.query_one("#f-hidden", Input).value = "3"
        await pilot.press("ctrl+s")
        await pilot.pause()
        assert app.session.problem.network.name == "1-3-1"


@pytest.mark.covers("r", "R")
async def test_r_begins_anew_and_capital_r_with_another_seed(trainer):
    """The same seed gives the same first parameters, the next one others."""
    app = trainer()
    async with app.run_test(size=BIG) as pilot:
        first = app.session.state
        await pilot.press("n", "n", "r")
        assert app.session.state.same_values(first)
        await pilot.press("R")
        assert app.session.recipe.seed == 1
        assert not app.session.state.same_values(first)


@pytest.mark.covers("<", ">")
async def test_speed_is_paced(trainer):
    """At one step a second hardly anything happens in a moment; > makes it faster."""
    app = trainer()
    async with app.run_test(size=BIG) as pilot:
        await pilot.press(*["less_than_sign"] * 6, "space")
        await asyncio.sleep(0.2)
        assert app.session.step <= 10  # full speed would be at hundreds
        await pilot.press(*["greater_than_sign"] * 6)
        for _ in range(6000):
            await asyncio.sleep(0.01)
            if app.session.step > 50:
                break
        assert app.session.step > 50


@pytest.mark.covers("y", "t")
async def test_y_and_t_change_the_chart(trainer):
    """The axis and the part that is drawn."""
    app = trainer()
    async with app.run_test(size=BIG) as pilot:
        await pilot.press("e", "y", "t")
        panel = app.query_one(LossPanel)
        assert panel.log_axis
        assert panel.tail
        assert "last tenth" in str(panel.border_subtitle)


@pytest.mark.covers("z", "1", "2", "3", "4", "5")
async def test_panels_are_reached_and_maximised(trainer):
    """Each digit focuses its panel, with tabs as well; z gives it the screen and takes it back."""
    app = trainer()
    async with app.run_test(size=(80, 24)) as pilot:
        for key, name in zip("12345", ("loss", "prediction", "parameters", "gradients", "step"), strict=True):
            await pilot.press(key)
            assert active(app) == name
            assert app.query_one(f"#{name}").display
        await pilot.press("z")
        assert app.screen.maximized is not None
        await pilot.press("z")
        assert app.screen.maximized is None


@pytest.mark.covers("s")
async def test_s_loads_the_file_of_ones_own_rule_anew(trainer, tmp_path):
    """A wrong formula is corrected and saved: after s the gradients agree; a broken file is a notice, nothing is lost."""
    path = tmp_path / "my_rule.py"
    right = (resources.files("tui_backprop.cli.templates") / "own_rule.py").read_text(encoding="utf-8")
    path.write_text(right.replace("2 * (tape", "3 * (tape"), encoding="utf-8")
    app = trainer(rule=str(path))
    async with app.run_test(size=BIG) as pilot:
        await pilot.press("n")
        panel = app.query_one(GradientsPanel)
        assert "✗ true" in panel.line_at(panel.frame, 0).plain
        assert "err 0.33" in panel.line_at(panel.frame, 0).plain
        path.write_text("def", encoding="utf-8")
        await pilot.press("s", "x", "escape")
        assert app.session.current.edits == ()
        path.write_text(right, encoding="utf-8")
        await pilot.press("s", "n")
        assert "✓" in panel.line_at(panel.frame, 0).plain
        await pilot.press("x", "home", "escape")


@pytest.mark.covers("?", "q")
async def test_question_mark_shows_all_keys_and_q_leaves(trainer):
    """The focused panel's keys come first, typing searches keys and manual, escape closes, and q leaves the trainer."""
    app = trainer()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("question_mark")
        await pilot.pause()
        assert isinstance(app.screen, KeysScreen)
        table = app.screen.query_one("#table", Static)
        seen = str(table.render()).split("\n")
        assert seen[0].startswith("In Loss")
        assert len(seen) <= app.screen.query_one("#keys").size.height
        await pilot.press(*"learning")
        await pilot.pause()
        assert "Raise the learning rate" in str(table.render())
        assert "Show all keys" not in str(table.render())
        for _ in "learning":
            await pilot.press("backspace")
        await pilot.press("tab", *"hessian")
        await pilot.pause()
        topics = app.screen.query_one(OptionList)
        assert {"panels", "conditions"} <= {one.id for one in topics.options} < {"about", *TOPICS}
        await pilot.press("down", "enter")
        await pilot.pause()
        assert app.screen.query_one("#page").display
        await pilot.press("escape", "escape", "q")
    assert app.return_code == 0


async def test_clicking_the_chart_goes_to_the_step(trainer):
    """A click at either end of the curve goes to that end, one in the middle to the middle."""
    app = trainer()
    async with app.run_test(size=BIG) as pilot:
        app.session.run(400)
        app.redraw()
        await pilot.pause()
        panel = app.query_one(LossPanel)
        axis = panel._axis
        right = panel.size.width + 1
        for x, low, high in ((axis + 3, 0, 10), (right, 390, 400), ((axis + 3 + right) // 2, 180, 220)):
            await pilot.click(LossPanel, offset=(x, 4))
            await pilot.pause()
            assert low <= app.session.step <= high
        assert app.session.last_step == 400


async def test_the_chart_is_zoomed_and_moved_by_keys_and_by_the_wheel(trainer):
    """Half the steps around the cursor, which the arrows lead on; never less than can be drawn, nor beyond the run."""
    app = trainer()
    async with app.run_test(size=BIG) as pilot:
        app.session.run(400)
        app.redraw()
        await pilot.pause()
        panel = app.query_one(LossPanel)
        await pilot.press("1", "full_stop")
        assert panel._window == (200, 400)
        assert "steps 200 to 400" in str(panel.border_subtitle)
        await pilot.press(*["left"] * 60)
        first, last = panel._window
        assert first < 200
        assert last - first == 200
        await pilot.press(*["full_stop"] * 20)
        assert 0 < panel._window[1] - panel._window[0] < 200
        await pilot.press(*["comma"] * 20)
        assert panel._window is None
        assert "steps" not in str(panel.border_subtitle).replace("step ", "")

        def turn(kind, x, **held):
            keys = {"shift": False, "meta": False, "ctrl": False} | held
            place = panel.content_region
            panel.post_message(kind(panel, x, 3, 0, 0, 0, **keys, screen_x=place.x + x, screen_y=place.y + 3))

        turn(events.MouseScrollUp, panel.size.width - 1)
        await pilot.pause()
        first, last = panel._window
        assert last - first == 200
        assert last > 380
        turn(events.MouseScrollUp, 12, ctrl=True)
        await pilot.pause()
        assert panel._window == (first - 50, last - 50)
        await pilot.press("pageup", "pageup", "a")
        assert panel._heights.high - panel._heights.low == 0.25
        assert "losses zoomed" in str(panel.border_subtitle)
        assert "train, mean of 5 points" in str(panel.border_title)
        middle = panel._heights.low
        await pilot.press("up")
        assert panel._heights.low > middle
        turn(events.MouseScrollDown, 1)
        await pilot.pause()
        assert panel._heights.high - panel._heights.low == 0.5
        await pilot.press("backspace")
        assert not panel._heights.zoomed
        assert panel._window is None
        await pilot.press("full_stop", "r")
        await pilot.pause()
        assert panel._window is None


async def test_every_theme_draws(trainer):
    """Textual's own list of themes works, the ansi ones included, while something is to be seen."""
    app = trainer("moons")
    async with app.run_test(size=BIG) as pilot:
        await pilot.press("n")
        for theme in app.available_themes:
            app.theme = theme
            await pilot.pause()
            assert "Gradients" in app.export_screenshot()


async def test_without_colour_the_sign_is_still_read(trainer, monkeypatch):
    """Under NO_COLOR every number keeps its + or −."""
    monkeypatch.setenv("NO_COLOR", "1")
    app = trainer(lr=1.0)
    async with app.run_test(size=BIG) as pilot:
        await pilot.press("n")
        panel = app.query_one(GradientsPanel)
        assert all(any(sign in panel.line_at(panel.frame, row).plain for sign in "+−") for row in range(4))


async def test_divergence_pauses_and_keeps_finite_numbers(trainer):
    """A run that breaks stands still at its last finite step."""
    app = trainer("line", lr=1000.0)
    async with app.run_test(size=BIG) as pilot:
        await pilot.press("space")
        for _ in range(6000):
            await asyncio.sleep(0.01)
            if not app.running:
                break
        assert not app.running
        assert app.session.current.divergence is not None


@pytest.mark.parametrize("size", [(40, 10), (60, 18), (80, 24), (120, 36), (200, 60)])
async def test_any_size_draws(trainer, size):
    """From too small to very large nothing breaks, and resizing keeps the run."""
    app = trainer("iris")
    async with app.run_test(size=size) as pilot:
        await pilot.press("n")
        await pilot.resize_terminal(100, 30)
        await pilot.resize_terminal(*size)
        await pilot.pause()
        seen = [panel for panel in app.query(Panel) if panel.display]
        assert len(seen) == {(40, 10): 0, (60, 18): 1, (80, 24): 4, (120, 36): 5, (200, 60): len(PANELS)}[size]
        assert app.query_one("#small").display == (size == (40, 10))
        assert app.session.step == 1


async def test_large_networks_list_every_entry(trainer):
    """All 2,410 parameters of the digits network are there, with a heading for each tensor."""
    app = trainer("digits")
    async with app.run_test(size=BIG) as pilot:
        await pilot.press("n")
        for kind in (ParametersPanel, GradientsPanel):
            panel = app.query_one(kind)
            assert panel.line_count(panel.frame) == app.session.problem.network.size + 4


def test_every_key_of_the_table_is_tested():
    """A key that no test of this folder presses is not in the table."""
    found = set()
    for path in Path(__file__).parent.rglob("test_*.py"):
        for names in re.findall(r"^@pytest\.mark\.covers\((.*)\)$", path.read_text(encoding="utf-8"), re.MULTILINE):
            found.update(ast.literal_eval(f"({names},)"))
    assert {key.shown for key in KEYS} == found
