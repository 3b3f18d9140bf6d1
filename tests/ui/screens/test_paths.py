"""Three ways, key by key at 80 by 24; the learner's, from the original case to its causes, is in `test_findings`."""

from __future__ import annotations

from textual.widgets import Input, OptionList

from tests.ui.waiting import until
from tui_backprop.session.session import Session
from tui_backprop.ui.screens.compare import CompareScreen, CompareWithScreen
from tui_backprop.ui.screens.data import DataScreen
from tui_backprop.ui.screens.lessons import LessonsScreen
from tui_backprop.ui.screens.recipe import RecipeScreen

SMALL = (80, 24)


async def choose(app, pilot, name):
    """Take an option of the list on the screen by its id."""
    listed = app.screen.query_one(OptionList)
    listed.highlighted = next(i for i, one in enumerate(listed.options) if one.id == name)
    await pilot.press("enter")
    await pilot.pause()


def accuracy(session: Session) -> float:
    return session.problem.accuracy(session.state.parameters, session.problem.train)


async def train(app, pilot, steps):
    """Let it run until so many steps were made, and pause."""
    goal = app.session.step + steps
    await pilot.press("space")
    await until(pilot, lambda: app.session.step >= goal or not app.running)
    if app.running:
        await pilot.press("space")


async def test_the_tinkerer_adds_units_and_features_until_the_spiral_is_solved(trainer):
    """Data by d, a small network by the form, units by A in the network, features by the form; the last run is right."""
    app = trainer("xor")
    async with app.run_test(size=SMALL) as pilot:
        await pilot.press("d")
        assert isinstance(app.screen, DataScreen)
        await choose(app, pilot, "spiral")
        assert app.session.problem.dataset.name == "spiral"
        await pilot.press("o")
        assert isinstance(app.screen, RecipeScreen)
        assert app.screen.focused.id == "f-hidden"
        app.screen.focused.value = "2"
        await pilot.press("ctrl+s")
        await pilot.pause()
        assert app.session.problem.network.sizes == (2, 2, 1)
        await train(app, pilot, 200)
        assert accuracy(app.session) < 0.9
        await pilot.press("7", "right", *"AAAA")
        assert app.session.problem.network.sizes == (2, 6, 1)
        await pilot.press("o")
        features = app.screen.query_one("#f-features", Input)
        features.value = "x1,x2,x1**2,x2**2,sin(8*x1),sin(8*x2),cos(8*x1),cos(8*x2)"
        app.screen.query_one("#f-hidden", Input).value = "16,16"
        features.focus()
        await pilot.pause()
        assert "expressions over the columns" in str(app.screen.query_one("#meaning").render())
        await pilot.press("ctrl+s")
        await pilot.pause()
        assert app.session.problem.network.sizes[0] == 8
        await train(app, pilot, 600)
        assert accuracy(app.session) > 0.97
        assert len(app.session.branches) > 1  # what was tried before is still there


async def test_the_teacher_goes_from_a_lesson_to_a_comparison_and_a_worksheet(trainer, tmp_path, monkeypatch):
    """L takes a lesson and leaves it; C sets the posted rule beside the right one; F writes a worksheet and its answers."""
    monkeypatch.chdir(tmp_path)
    app = trainer("parity")
    async with app.run_test(size=SMALL) as pilot:
        await pilot.press("L")
        assert isinstance(app.screen, LessonsScreen)
        await choose(app, pilot, "by-hand")
        assert app.guide is not None
        await pilot.press("m", "L", "x")
        await pilot.pause()
        assert app.guide is None
        await pilot.press("n", "C")
        assert isinstance(app.screen, CompareWithScreen)
        await choose(app, pilot, "rule posted")
        await until(pilot, lambda: isinstance(app.screen, CompareScreen))
        await pilot.press("n", "escape", "F", *["down"] * 6, "enter")
        await until(pilot, lambda: len(list(tmp_path.iterdir())) == 2)
        assert all("worksheet" in path.name for path in tmp_path.iterdir())
