"""Lessons in the app: every one is taken by its own keys to its end, and what it says is true."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from textual.events import MouseScrollDown, MouseScrollUp

from tests.ui.runs import run_and_look
from tui_backprop.session.lessons.reading import lessons, open_lesson, read_lesson
from tui_backprop.session.manual import manual_page
from tui_backprop.session.session import Session
from tui_backprop.ui.app import TrainerApp
from tui_backprop.ui.bars.advice import SaidBar
from tui_backprop.ui.keys import IN_PANELS, KEYS
from tui_backprop.ui.layout import PANELS
from tui_backprop.ui.lesson import LessonPane, keys_line
from tui_backprop.ui.screens.lessons import LessonsScreen

BIG, SMALL = (120, 36), (80, 24)
LESSONS = {lesson.id: lesson for lesson in lessons()}
PRESSED = {key.shown: key.key.split(",")[0] for key in KEYS}


def opened(name):
    """The app as `tui-backprop lessons NAME` opens it."""
    lesson = LESSONS[name]
    return TrainerApp(Session(lesson.recipe_at(0)), lesson)


def shown(app):
    """The text that stands in the pane of the lesson, scrolled or not."""
    return " ".join(line.plain for line in app.query_one(LessonPane)._lines)


async def press(pilot, keys):
    """Press keys as a lesson writes them."""
    for key in keys:
        if key.startswith("type "):
            await pilot.press(*key.removeprefix("type "))
        else:
            await pilot.press(PRESSED.get(key, key))


async def until_seen(app):
    """Wait, at full speed, until the check of the screen is met and the run rests."""
    for _ in range(3000):
        await asyncio.sleep(0.02)
        if app.query_one(LessonPane).view.seen and not app.running:
            return
    raise AssertionError(f"{app.guide.screen.title}: never seen, at step {app.session.step}")


async def read_on(app, pilot):
    """Press m until the next screen is there, or the lesson is over."""
    number = app.guide.number
    for _ in range(20):
        await pilot.press("m")
        if app.guide is None or app.guide.number != number:
            return
    raise AssertionError("m does not lead to the next screen")


async def take_to_the_end(app, pilot):
    """At each screen press its keys, wait for the check, hold the texts to what they say, and read on."""
    lesson = app.guide.lesson
    for number, screen in enumerate(lesson.screens):
        await pilot.pause()
        assert app.guide.number == number
        assert screen.title in shown(app)
        if screen.panel:
            assert app.active == screen.panel
        if screen.seen is not None:
            assert not app.query_one(LessonPane).view.seen, f"{screen.title}: seen before anything was pressed"
            await press(pilot, screen.keys)
            await until_seen(app)
            assert "✓" in shown(app)
        for claim in screen.claims:
            assert app.guide.holds(claim), f"{screen.title}: {claim.text}"
        assert len(app.screen_stack) == 1
        await read_on(app, pilot)


@pytest.mark.covers("m")
@pytest.mark.parametrize("name", LESSONS)
async def test_every_lesson_is_taken_by_its_own_keys_to_its_end(name):
    """At each screen its keys make the check come true, what was claimed holds, and m leads on until the lesson is over."""
    app = opened(name)
    async with app.run_test(size=SMALL) as pilot:
        await pilot.pause()
        await take_to_the_end(app, pilot)
        assert app.guide is None
        assert not app.session.halts
        assert not app.query_one(LessonPane).display


async def test_a_lesson_beside_the_panels_is_taken_to_its_end():
    """The same with the lesson at the right, where three panels are seen at once."""
    app = opened("by-hand")
    async with app.run_test(size=BIG) as pilot:
        await pilot.pause()
        await take_to_the_end(app, pilot)
        assert app.guide is None


async def test_the_lesson_in_the_manual_works(tmp_path):
    """Copied into a file, it can be taken at once."""
    path = tmp_path / "bias.toml"
    path.write_text(manual_page("lessons").partition("```toml\n")[2].partition("```")[0], encoding="utf-8")
    lesson = open_lesson(str(path))
    app = TrainerApp(Session(lesson.recipe_at(0)), lesson)
    async with app.run_test(size=SMALL) as pilot:
        await pilot.pause()
        await take_to_the_end(app, pilot)
        assert app.guide is None


@pytest.mark.parametrize("name", LESSONS)
def test_every_lesson_is_fit_to_be_shown(name):
    """Three to eight screens, panels and keys that there are, and a check on all but what is there to be read."""
    lesson = LESSONS[name]
    assert 3 <= len(lesson.screens) <= 8
    panels = {panel.id for panel in PANELS}
    for screen in lesson.screens:
        assert screen.panel in panels | {""}
        assert all(key in PRESSED or key in IN_PANELS or key.startswith("type ") for key in screen.keys)
        assert screen.seen is None or screen.keys
        for text in (*screen.text, *screen.then):
            assert text.count("`") % 2 == 0
            assert text.count("*") % 2 == 0


@pytest.mark.covers("L", "M")
async def test_a_lesson_is_chosen_beside_a_run_of_ones_own(trainer):
    """L begins at the lesson on this data; its run begins beside the learner's, u takes it away, leaving keeps it."""
    app = trainer("xor")
    async with app.run_test(size=BIG) as pilot:
        await pilot.press("m")  # there is nothing to read on in: a notice, no more
        app.session.run(50)
        mine = app.session.current
        await pilot.press("L")
        assert isinstance(app.screen, LessonsScreen)
        await pilot.press("x", "a")
        assert isinstance(app.screen, LessonsScreen), "there is no lesson to leave or to begin again"
        await pilot.press("enter")
        assert app.guide.lesson.id == "xor"
        assert app.query_one(LessonPane).display
        assert app.session.branches[0].run is mine
        assert (app.session.step, app.session.problem.network.name) == (0, "2-1")
        await pilot.press("n", "m", "M")
        assert app.guide.number == 0
        assert app.session.step == 1, "going to and fro begins nothing again"
        await pilot.press("L", "x")
        assert app.guide is None
        assert app.session.step == 1
        await pilot.press("u")
        assert app.session.current is mine


async def test_a_screen_s_run_is_begun_again():
    """Whoever went astray presses L and a, and stands where the run of the screen began."""
    app = opened("xor")
    async with app.run_test(size=BIG) as pilot:
        await pilot.pause()
        await press(pilot, ["m", "m", "m"])
        assert app.guide.screen.title == "Another beginning"
        await pilot.press("n", "plus", "n")
        await press(pilot, ["L", "a"])
        assert app.guide.screen.title == "Two hidden units"
        assert (app.session.step, app.session.recipe.lr, app.session.recipe.hidden) == (0, 1.0, (2,))


async def test_a_screen_is_passed_unseen_and_the_run_stays_the_learner_s():
    """Nobody is held up by a check; every key of the trainer works beside a lesson."""
    app = opened("rate")
    async with app.run_test(size=SMALL) as pilot:
        await pilot.pause()
        await press(pilot, ["m"] * 5)
        assert app.guide.at_end
        await press(pilot, ["n", "n", "b", "+", "4", "z", "z", "c", "escape", "5", "d", "escape"])
        assert app.session.step == 1
        assert app.active == "step"
        await press(pilot, ["m"])
        assert app.guide is None


async def test_a_long_text_is_read_part_by_part():
    """Where a screen is longer than the pane, m shows the rest before it leads on, M goes back, and so does the wheel."""
    app = opened("same-answer")
    async with app.run_test(size=SMALL) as pilot:
        await pilot.pause()
        await press(pilot, ["space"])
        await until_seen(app)
        pane = app.query_one(LessonPane)
        assert any("✓" in pane.render_line(y).text for y in range(pane.size.height)), "what was just seen is in sight"
        await pilot.press("M")
        assert pane.render_line(0).text.strip() == "The symptom"
        pane.post_message(MouseScrollDown(pane, 1, 1, 0, 0, 0, False, False, False))
        await pilot.pause()
        assert pane.render_line(0).text.strip() != "The symptom"
        pane.post_message(MouseScrollUp(pane, 1, 1, 0, 0, 0, False, False, False))
        await pilot.pause()
        assert pane.render_line(0).text.strip() == "The symptom"
        assert app.guide.number == 0


async def test_what_is_pressed_in_the_palette_or_by_mouse_counts_as_the_key():
    """The check asks what was done, not how."""
    app = opened("same-answer")
    async with app.run_test(size=BIG) as pilot:
        await pilot.pause()
        await press(pilot, ["m"])
        app.session.run(5)
        await app.run_action("check_gradients")
        await pilot.press("escape")
        assert app.query_one(LessonPane).view.seen


async def test_trouble_in_a_lesson_is_a_notice(tmp_path):
    """A run that cannot begin, or a panel that there is not, leaves everything as it was."""
    text = """
title = "T"
about = "A"
minutes = 1
recipe = { source = "xor" }
[[screens]]
title = "One"
text = "."
panel = "nowhere"
[[screens]]
title = "Two"
text = "."
recipe = { set = "w9=1" }
"""
    path = tmp_path / "t.toml"
    path.write_text(text, encoding="utf-8")
    lesson = read_lesson(path)
    app = TrainerApp(Session(lesson.recipe_at(0)), lesson)
    async with app.run_test(size=BIG, notifications=True) as pilot:
        await pilot.pause()
        await press(pilot, ["m"])
        said = " ".join(notice.message for notice in app._notifications)
        assert "unknown panel: nowhere" in said
        assert "set: " in said
        assert app.guide.number == 0
        broken = replace(lesson, screens=lesson.screens[1:])
        app.take(broken)
        assert app.guide.lesson is lesson


async def test_the_opening_line_offers_the_lesson(trainer):
    """Where there is a lesson on the data it says so, elsewhere that there are lessons."""
    for source, offer in (("parity", "L opens a lesson on it"), ("iris", "L lists the lessons")):
        app = trainer(source)
        async with app.run_test(size=SMALL) as pilot:
            await pilot.pause()
            assert f"{offer}, ? shows all keys " in app.query_one(SaidBar).render_line(1).text


def test_what_to_press_is_written_short():
    """Keys that repeat are counted."""
    assert keys_line(("l", "type 0.24", "enter", "n", "n", "n")) == "l  type 0.24  enter  n ×3"


@pytest.mark.parametrize("size", [(100, 24), (110, 26), (120, 29), (100, 36)])
async def test_a_lesson_beside_the_panels_leaves_them_in_sight(size):
    """At every size at which a lesson stands at the right, the active panel is in sight beside it, and both are whole."""
    app = opened("overfitting")
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        for key in "1234567":
            await pilot.press(key)
            await pilot.pause()
            panel, pane = app.focused, app.query_one(LessonPane)
            assert panel.is_on_screen
            assert panel.region.right <= pane.region.x
            assert pane.region.right <= size[0]
            assert not app.query_one("#small").display


async def test_too_small_a_terminal_shows_only_the_sentence():
    """A lesson that goes on in one that was made too small breaks nothing, and nothing else is drawn there."""
    app = opened("overfitting")
    async with app.run_test(size=SMALL) as pilot:
        await pilot.pause()
        app.session.run(10)
        await pilot.resize_terminal(50, 15)
        await pilot.press("n")
        await pilot.pause()
        assert app.query_one("#small").display
        assert not app.query_one("#timeline").display


@pytest.mark.parametrize("theme", ["textual-dark", "textual-light"])
@pytest.mark.parametrize("size", [SMALL, BIG], ids=["80x24", "120x36"])
async def test_a_lesson_beside_the_run(picture, size, theme):
    """You should see three gradients marked ✗ and beside or below them a lesson that says why, with ✓ and what m does."""
    app = opened("same-answer")
    app.theme = theme
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        run_and_look(app, 10_000)
        await press(pilot, ["m"] * (2 if size == SMALL else 1))
        await press(pilot, app.guide.screen.keys)
        await pilot.pause()
        assert picture(app)


async def test_a_lesson_before_anything_was_pressed(picture):
    """You should see the first screen of a lesson below the panel, its text with the keys in bold, and □ space."""
    app = opened("ravine")
    async with app.run_test(size=SMALL) as pilot:
        await pilot.pause()
        await pilot.pause()
        assert picture(app)


async def test_the_list_of_lessons(trainer, picture):
    """You should see ten lessons with their minutes, the one on this data highlighted, and what it is about."""
    app = trainer()
    async with app.run_test(size=SMALL) as pilot:
        await pilot.press("L")
        await pilot.pause()
        assert picture(app)
