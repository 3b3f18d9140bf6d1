"""Two runs side by side on the screen."""

from __future__ import annotations

import asyncio

import pytest
from textual.widgets import OptionList, Static
from textual.widgets._footer import FooterKey

from tui_backprop.core.rules import RULES
from tui_backprop.ui.panels.gradients import GradientsPanel
from tui_backprop.ui.panels.losses import LossesPanel
from tui_backprop.ui.panels.network import NetworkPanel
from tui_backprop.ui.panels.parameters import ParametersPanel
from tui_backprop.ui.panels.prediction import PredictionPanel
from tui_backprop.ui.panels.step import StepPanel
from tui_backprop.ui.screens.compare import CompareScreen, CompareWithScreen
from tui_backprop.ui.screens.keys import KeysScreen

BIG = (120, 36)


def said(app, name):
    return str(app.screen.query_one(f"#{name}", Static).content)


def steps(app):
    return [side.run.step for side in app.screen._pair.sides]


async def choose(app, pilot, option):
    """Choose what to compare with, and wait until it has caught up."""
    listed = app.screen.query_one(OptionList)
    listed.highlighted = [one.id for one in listed.options].index(option)
    await pilot.press("enter")
    await caught_up(app, pilot)


async def caught_up(app, pilot):
    while not isinstance(app.screen, CompareScreen) or app.screen._pair.behind or app.screen._going is not None:
        await asyncio.sleep(0.01)
    await pilot.pause()
    await pilot.pause()


@pytest.mark.covers("C")
async def test_the_exact_rule_beside_another_step_by_step(trainer):
    """The list has every other rule; n, b, e, home and end move both; escape leaves the trainer as it was."""
    app = trainer()
    async with app.run_test(size=BIG) as pilot:
        app.session.run(40)
        state, branches = app.session.state, list(app.session.branches)
        await pilot.press("C")
        assert isinstance(app.screen, CompareWithScreen)
        assert [one.id for one in app.screen.query_one(OptionList).options] == [
            f"rule {r}" for r in RULES if r != "exact"
        ]
        await choose(app, pilot, "rule posted")
        assert steps(app) == [40, 40]
        assert said(app, "which").startswith("exact  beside  posted   step 40")
        assert "they part at step 1 in w1, b1, w2" in said(app, "parting")
        await pilot.press("n", "n", "b")
        assert steps(app) == [41, 41]
        await pilot.press("e")
        assert steps(app) == [45, 45]
        await pilot.press("home")
        assert steps(app) == [0, 0]
        await pilot.press("end")
        assert steps(app) == [45, 45]
        await pilot.press("escape")
        assert len(app.screen_stack) == 1
        assert app.session.state.same_values(state)
        assert app.session.branches == branches
        await pilot.press("n")
        assert app.session.step == 41


async def test_space_runs_both_until_it_is_pressed_again(trainer):
    """Neither gets ahead of the other; the trainer's own run rests."""
    app = trainer()
    async with app.run_test(size=BIG) as pilot:
        await pilot.press("<", "space")  # at full speed the rule below would have a long way to catch up
        await asyncio.sleep(0.1)
        await pilot.press("C")
        assert not app.running
        await choose(app, pilot, "rule posted")
        at, stood = steps(app)[0], app.session.step
        await pilot.press("space")
        for _ in range(6000):
            await asyncio.sleep(0.01)
            if steps(app)[0] > at + 100:
                break
        await pilot.press("space")
        one, other = steps(app)
        assert one == other > at + 100
        await asyncio.sleep(0.05)
        assert steps(app) == [one, other]
        await pilot.press("escape")
        assert app.session.step == stood


async def test_a_branch_beside_the_one_it_left(trainer):
    """The list has the other branches first, and C goes on to something else."""
    app = trainer()
    async with app.run_test(size=BIG) as pilot:
        app.session.run(40)
        app.session.go_to(20)
        await pilot.press("plus", "C")
        await choose(app, pilot, "branch 0")
        assert "beside  parity 1-1-1 η 0.1" in said(app, "which")
        assert "the same so far, but for rounding" in said(app, "parting")
        await pilot.press("n")
        assert "they part at step 21" in said(app, "parting")
        await pilot.press("C")
        assert isinstance(app.screen, CompareWithScreen)
        await choose(app, pilot, "rule posted")
        assert steps(app) == [20, 20]


async def test_a_run_that_has_to_catch_up_says_so(trainer):
    """A long way is made in slices while keys work; nothing moves both until they stand at the same step."""
    app = trainer()
    async with app.run_test(size=BIG) as pilot:
        app.session.run(30_000)
        await pilot.press("C")
        listed = app.screen.query_one(OptionList)
        listed.highlighted = 0
        listed.action_select()
        while not isinstance(app.screen, CompareScreen):  # a pilot's own pause would wait until it has caught up
            await asyncio.sleep(0)
        while True:
            await asyncio.sleep(0.01)  # it is put together first
            if "catching up" in said(app, "which"):
                break
        await pilot.press("n")
        assert steps(app)[0] == 30_000
        await caught_up(app, pilot)
        assert steps(app) == [30_000, 30_000]
        await pilot.press("n")
        assert steps(app) == [30_001, 30_001]


async def test_what_is_looked_at_on_one_side_is_looked_at_on_the_other(trainer):
    """Selected entries, the two inputs of a surface, and the kind of axis."""
    app = trainer("iris")
    async with app.run_test(size=BIG) as pilot:
        app.session.run(20)
        await pilot.press("C")
        await choose(app, pilot, "rule posted")
        await pilot.press("2", "enter", "right", "4", "down", "down", "y", "3")
        await pilot.pause()
        looks = [panel.look for panel in app.screen.query(PredictionPanel)]
        assert looks[0] == looks[1]
        assert looks[0].surface
        entries = [*app.screen.query(ParametersPanel), *app.screen.query(GradientsPanel)]
        assert [panel.selected for panel in entries] == [2] * 4
        assert app.selected == 0
        assert app.screen.query_one(LossesPanel).log_axis
        await pilot.press("escape", "4")
        assert app.focused.id == "gradients"


@pytest.mark.parametrize(("size", "count"), [((80, 24), 1), (BIG, 2), ((200, 60), 3)])
async def test_as_many_pairs_as_there_is_room_for(trainer, size, count):
    """One at 80 by 24, two at 120 by 36, three at 200 by 60; a key brings any of them."""
    app = trainer()
    async with app.run_test(size=size) as pilot:
        await pilot.press("C")
        await choose(app, pilot, "rule posted")
        for key, kind in (("3", ParametersPanel), ("7", NetworkPanel), ("4", GradientsPanel), ("2", PredictionPanel)):
            await pilot.press(key)
            await pilot.pause()
            assert all(panel.is_on_screen for panel in app.screen.query(kind))
            assert len([pair for pair in app.screen.query(".pair") if pair.display]) == count
        await pilot.resize_terminal(60, 18)
        await pilot.pause()
        assert all(panel.is_on_screen for panel in app.screen.query(PredictionPanel))


async def test_p_goes_through_the_phases_of_both(trainer):
    """You should see both steps at the same phase side by side; P goes back, n finishes both, b leaves the step."""
    app = trainer()
    async with app.run_test(size=BIG) as pilot:
        app.session.run(5)
        await pilot.press("C")
        await choose(app, pilot, "rule posted")
        await pilot.press("5", "p", "p")
        panels = [app.screen.query_one(f"#{side}-step", StepPanel) for side in ("left", "right")]
        assert [panel.frame.inside.stage for panel in panels] == ["forward 1"] * 2
        assert all("forward 1" in panel.border_title for panel in panels)
        assert "exact" in panels[0].border_title
        assert "posted" in panels[1].border_title
        assert "inside" in said(app, "which")
        await pilot.press("P")
        assert panels[0].frame.inside.stage == "sample"
        await pilot.press("n")
        assert steps(app) == [6, 6]
        assert panels[0].frame.inside is None
        await pilot.press("p", "b")
        assert steps(app) == [6, 6]
        assert panels[0].frame.inside is None
        await pilot.press("home", "P")
        assert steps(app) == [0, 0]


@pytest.mark.parametrize("source", ["parity", "moons"])
async def test_where_they_part_is_one_line_at_80_columns(trainer, source):
    """The sentence has as much as there is room for, and the room below it stays where it is."""
    app = trainer(source)
    async with app.run_test(size=(80, 24)) as pilot:
        app.session.run(30)
        await pilot.press("C")
        await choose(app, pilot, "rule posted" if source == "parity" else "rule no-hidden-slope")
        assert app.screen.query_one("#parting").size.height == 1
        assert "they part at step 1" in said(app, "parting")
        assert "loss" in said(app, "parting")


async def test_s_writes_the_comparison(trainer, tmp_path, monkeypatch):
    """The whole screen and the panel at the focus can be written, and the screen stays open."""
    monkeypatch.chdir(tmp_path)
    app = trainer()
    async with app.run_test(size=BIG) as pilot:
        await pilot.press("C")
        await choose(app, pilot, "rule posted")
        await pilot.press("S")
        app.screen.query_one(OptionList).highlighted = 4
        await pilot.press("enter")
        for _ in range(6000):
            await asyncio.sleep(0.01)
            if list(tmp_path.iterdir()):
                break
        assert isinstance(app.screen, CompareScreen)
    assert [path.name for path in tmp_path.iterdir()] == ["parity-step-0-prediction-of-exact.txt"]


async def test_at_80_columns_the_footer_leads_to_every_pair_and_to_the_list_of_keys(trainer):
    """The panels come before what the list of keys has as well, which ? shows and escape closes."""
    app = trainer()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("n", "C")
        await choose(app, pilot, "rule posted")
        await pilot.pause()
        shown = [key for key in app.screen.query(FooterKey) if key.region.right <= 80 and key.region.width]
        assert [key.key_display for key in shown] == ["esc", "space", "n", "?", "2", "3", "4", "5", "7"]
        assert len(shown) == len(app.screen.query(FooterKey))
        await pilot.press("question_mark")
        assert isinstance(app.screen, KeysScreen)
        await pilot.press("escape")
        assert isinstance(app.screen, CompareScreen)
        await pilot.resize_terminal(120, 36)
        await pilot.pause()
        assert {"C", "p", "b"} <= {key.key_display for key in app.screen.query(FooterKey)}
