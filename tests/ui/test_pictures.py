"""What a person sees, as pictures."""

from __future__ import annotations

import pytest

SIZES = [(80, 24), (120, 36), (200, 60)]
THEMES = ["textual-dark", "textual-light"]


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
async def test_original_case_before_the_first_step(trainer, picture, size, theme):
    """You should see the original case paused at step 0, and one line that says which keys start it."""
    app = trainer()
    app.theme = theme
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        assert picture(app)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
async def test_original_case_with_the_posted_rule(trainer, picture, size, theme):
    """You should see the loss curve, and ✗ with the true gradient beside three of the four wrong ones."""
    app = trainer(rule="posted")
    app.theme = theme
    async with app.run_test(size=size) as pilot:
        app.session.run(300)
        await pilot.press("n", "4")
        await pilot.pause()
        assert picture(app)


async def test_decision_surface(trainer, picture):
    """You should see the two arms of the spiral over the surface, and mistakes marked ✗."""
    app = trainer("spiral")
    async with app.run_test(size=(120, 36)) as pilot:
        app.session.run(500)
        await pilot.press("n")
        await pilot.pause()
        assert picture(app)


async def test_confusion_matrix(trainer, picture):
    """You should see three species of iris, nearly all of them answered rightly."""
    app = trainer("iris")
    async with app.run_test(size=(80, 24)) as pilot:
        app.session.run(300)
        await pilot.press("n", "2")
        await pilot.pause()
        assert picture(app)


@pytest.mark.parametrize("key", ["d", "o", "l", "question_mark"])
async def test_screens(trainer, picture, key):
    """You should see the chooser, the form, the line for the rate, or all keys, wholly inside 80 by 24."""
    app = trainer()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press(key)
        await pilot.pause()
        assert picture(app)
