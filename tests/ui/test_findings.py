"""What is wrong is said where everybody sees it, explained on a key and remedied on another."""

from __future__ import annotations

import asyncio

import pytest
from textual.app import App

from tests.ui.runs import run_and_look
from tui_backprop.ui.bars.advice import SaidBar
from tui_backprop.ui.panels.findings import FindingsPanel
from tui_backprop.ui.screens.finding import FindingScreen

SMALL = (80, 24)


def said(app):
    """The two lines below the panels, as far as they are seen."""
    bar = app.screen_stack[0].query_one(SaidBar)
    return "\n".join(bar.render_line(y).text for y in range(2))


def listed(app):
    return "\n".join(line.plain for line in app.screen_stack[0].query_one(FindingsPanel)._lines)


async def run_to(app, pilot, step):
    """Press space, wait, and press it again."""
    await pilot.press("space")
    for _ in range(6000):
        await asyncio.sleep(0.01)
        if app.session.step >= step or not app.running:
            break
    await pilot.press("space")
    assert app.session.step >= step


async def until_said(app, text):
    """Wait until the lines below the panels say something."""
    for _ in range(6000):
        if text in said(app):
            return
        await asyncio.sleep(0.01)
    raise AssertionError(f"{text!r} was never said, but {said(app)!r}")


async def test_who_follows_the_screen_learns_all_three_causes(trainer, monkeypatch):
    """The original case at 80 by 24: the wrong formulas; after their remedy the floor at 2/9; the probe out of range."""
    monkeypatch.setattr(App, "NOTIFICATION_TIMEOUT", 1.0)  # what is found shows when the notice over it is gone
    app = trainer(rule="posted")
    async with app.run_test(size=SMALL) as pilot:
        await pilot.pause()
        assert "space starts it" in said(app)
        await run_to(app, pilot, 10_000)
        assert "3 of 4 gradients are not the slope of the loss" in said(app)
        assert "! mend the formulas" in said(app)
        await pilot.press("exclamation_mark")
        assert app.session.recipe.rule == "exact"
        await run_to(app, pilot, 20_000)
        await until_said(app, "cannot go below a loss of 0.222")  # the notice of the change lies over it for a while
        assert "6 says all" in said(app)
        await pilot.press("6")
        assert "probe 16 asks beyond the training samples" in listed(app)
        await pilot.press("exclamation_mark")
        await run_to(app, pilot, 4_000)
        assert app.session.frame().train_score.accuracy == 1.0
        await until_said(app, "probe 16")


@pytest.mark.covers("6", "!")
async def test_a_finding_is_selected_explained_and_remedied(trainer):
    """Arrows select, enter explains with a picture and numbers, ! makes the edit, u takes it back."""
    app = trainer()
    async with app.run_test(size=(120, 36)) as pilot:
        app.session.run(3000)
        await pilot.press("n", "6")
        panel = app.query_one(FindingsPanel)
        first = panel.selected
        await pilot.press("down", "up", "up", "down")
        assert panel.selected != first
        await pilot.press("end")
        assert panel.selected.id == listed(app).split("─")[0].strip().splitlines()[-1].split()[1]
        last = panel.selected
        await pilot.press("1")  # the keys go elsewhere: the remedy in sight is that of the worst
        assert panel.selected == last != first
        await pilot.press("exclamation_mark")
        assert dict(first.changes).items() <= {**app.session.recipe.__dict__}.items()
        await pilot.press("u", "6", "home", "enter")
        assert isinstance(app.screen, FindingScreen)
        said_of_it = app.screen.query_one("#said-of-it")
        before = [str(one.content) for one in said_of_it.children][:2]
        assert before[1].startswith("what to do: ")
        await pilot.press("j")
        await pilot.press("escape")
        assert app.session.recipe.hidden == (1,)
        await pilot.press("enter", "exclamation_mark")
        assert app.session.recipe.hidden == (8,)
        await pilot.press("u")
        assert app.session.recipe.hidden == (1,)
        await pilot.click(FindingsPanel, offset=(4, 2))
        assert panel.selected.id == "same-answer"  # told with the first, for one remedy does for both
        assert "└ same-answer" in listed(app)
        await pilot.click(FindingsPanel, offset=(4, 2))
        assert isinstance(app.screen, FindingScreen)


async def test_a_remedy_that_is_no_edit_is_said(trainer):
    """And ! with nothing found says that too; neither changes anything."""
    app = trainer("xor")
    async with app.run_test(size=SMALL) as pilot:
        await pilot.press("exclamation_mark")
        assert app.session.current.edits == ()
        assert app.session.step == 0


async def test_a_click_on_what_is_said_leads_to_the_findings(trainer):
    """The panel comes to the front and has the keys."""
    app = trainer()
    async with app.run_test(size=SMALL) as pilot:
        app.session.run(3000)
        await pilot.press("n")
        await pilot.click(SaidBar)
        await pilot.pause()
        assert app.query_one(FindingsPanel).has_focus


async def test_every_finding_has_a_picture_that_draws(trainer):
    """Whatever a finding is about, its screen opens."""
    app = trainer()
    async with app.run_test(size=SMALL) as pilot:
        app.session.run(3000)
        await pilot.press("n", "6")
        for _ in range(len(app.session.findings())):
            await pilot.press("enter", "escape", "down")
        assert app.screen is app.screen_stack[0]


@pytest.mark.parametrize("size", [(80, 24), (120, 36), (200, 60)], ids=lambda size: f"{size[0]}x{size[1]}")
async def test_findings(trainer, picture, settled, size):
    """You should see what is wrong with the original case, the worst first, and below everything what to do about it."""
    app = trainer()
    async with app.run_test(size=size) as pilot:
        run_and_look(app, 3000)
        await pilot.press("n", "6")
        await settled(app, pilot)
        assert picture(app)


@pytest.mark.parametrize("theme", ["textual-dark", "textual-light"])
async def test_one_finding_explained(trainer, picture, settled, theme):
    """You should see why the loss cannot go below 2/9, the loss chart with that line, and the numbers behind it."""
    app = trainer()
    app.theme = theme
    async with app.run_test(size=(120, 36)) as pilot:
        run_and_look(app, 3000)
        await pilot.press("n", "6")
        await settled(app, pilot)  # findings of the step before are shown until those of this one are there
        await pilot.press("enter")
        await settled(app, pilot)
        assert picture(app)
