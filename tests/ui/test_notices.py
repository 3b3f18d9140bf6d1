"""Notices are one line that is replaced, and a maximised panel follows the panels' keys."""

from __future__ import annotations

import asyncio

import pytest
from textual.widgets import Input
from textual.widgets._toast import Toast

from tui_backprop.session.lessons.reading import open_lesson
from tui_backprop.session.session import Session
from tui_backprop.ui.app import TrainerApp
from tui_backprop.ui.bars.status import StatusLine
from tui_backprop.ui.panels.panel import Panel
from tui_backprop.ui.screens.branches import BranchesScreen

SIZES = [(80, 24), (120, 36), (200, 60)]


def notices(app):
    """What the uppermost status lines show."""
    return [line.notice.message for line in app.screen.query(StatusLine) if line.notice is not None]


@pytest.mark.parametrize("size", SIZES)
async def test_a_notice_replaces_the_one_before(trainer, size):
    """Many keys that each tell something leave one line, below the panels, which lie where they were."""
    app = trainer()
    async with app.run_test(size=size, notifications=True) as pilot:
        await pilot.press("n")
        places = {panel.id: panel.region for panel in app.query(Panel)}
        await pilot.press("plus", "minus", "m", "u", "less_than_sign")
        await pilot.pause()
        assert notices(app) == ["1,000 steps a second"]
        assert not app.screen.query(Toast)
        assert {panel.id: panel.region for panel in app.query(Panel)} == places
        assert "▸ 1,000 steps a second" in app.query_one("#said", StatusLine).lines(80)[0].plain
        app.query_one("#said", StatusLine).tell(None)
        assert "1,000" not in app.query_one("#said", StatusLine).lines(80)[0].plain


async def test_a_notice_goes_by_itself(trainer):
    """It is there for its time, and what was told before does not come back."""
    app = trainer()
    async with app.run_test(size=(80, 24)) as pilot:
        app.notify("a long one", timeout=60)
        app.notify("a short one", timeout=0.05)
        await pilot.pause()
        for _ in range(6000):
            await asyncio.sleep(0.01)
            if not notices(app):
                break
        assert notices(app) == []


async def test_a_long_notice_is_folded_and_cut(trainer):
    """Two lines at the most, and … where there is more."""
    app = trainer()
    async with app.run_test(size=(80, 24)) as pilot:
        app.tell("word " * 60)
        await pilot.pause()
        lines = app.query_one("#said", StatusLine).lines(78)
        assert len(lines) == 2
        assert all(line.cell_len <= 78 for line in lines)
        assert lines[1].plain.endswith("…")


async def test_a_dialog_has_a_line_for_notices_of_its_own(trainer):
    """What cannot be deleted is said where it is seen."""
    app = trainer()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("n", "B", "x")
        await pilot.pause()
        assert isinstance(app.screen, BranchesScreen)
        assert len(notices(app)) == 1
        line = app.screen.query_one(StatusLine)
        assert line.region.height >= 1
        assert not line.region.overlaps(app.screen.query_one(".dialog").region)


async def test_m_past_the_end_of_a_lesson_is_one_notice(trainer):
    """However often it is pressed."""
    lesson = open_lesson("xor")
    app = TrainerApp(Session(lesson.recipe_at(0)), lesson)
    async with app.run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        app.guide.go(len(lesson.screens) - 1)
        await pilot.press(*"mmmmmmmmmmmm")
        await pilot.pause()
        assert app.guide is None
        assert notices(app) == ["no lesson is open: L lists them"]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(
    ("keys", "panel"), [("8z9", "distributions"), ("z2", "prediction"), ("3z4", "gradients"), ("zW", "watches")]
)
async def test_panel_keys_switch_the_maximised_panel(trainer, size, keys, panel):
    """The panel that keys go to is the one that is seen, over the whole width, between header and footer."""
    app = trainer("xor")
    async with app.run_test(size=size) as pilot:
        await pilot.press("n", *keys)
        await pilot.pause()
        shown = app.query_one(f"#{panel}", Panel)
        assert app.screen.maximized is shown
        assert app.focused is shown
        assert [one.id for one in app.query(Panel) if one.is_on_screen] == [panel]
        assert shown.region.width == size[0]
        assert shown.region.height >= size[1] - 7
        assert shown.frame.step == 1
        text = app.export_screenshot()
        for named in ("step&#160;1", shown.name_shown.replace(" ", "&#160;"), "palette", "Loss"):
            assert named in text
        await pilot.press("z")
        await pilot.pause()
        assert app.screen.maximized is None
        assert app.query_one("#header").region.y == 0


async def test_a_word_in_place_of_a_number_is_named(trainer):
    """`v` with `abc`, as with two settings: expected a number."""
    app = trainer()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("v")
        for text in ("abc", "1,b1=2", ""):
            app.screen.query_one(Input).value = text
            await pilot.pause()
            said = str(app.screen.query_one("#problem").content)
            assert said == f"expected a number, not {text!r}"
        app.screen.query_one(Input).value = "0.5"
        await pilot.press("enter")
        assert app.session.state.parameters[0] == 0.5


async def test_the_remedy_is_that_of_the_run_as_it_is(trainer):
    """`!` does what the line below says, also where the panel of the findings has been out of sight since the start."""
    app = trainer()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("n")
        first = app.session.frame().findings[0]
        app.change(hidden=(3,), **{name: value for name, value in first.changes.items() if name != "hidden"})
        assert first.id not in [one.id for one in app.session.frame().findings]
        await pilot.press("exclamation_mark")
        assert app.session.recipe.hidden == (3,)
