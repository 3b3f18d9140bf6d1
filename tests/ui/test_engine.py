"""The compiled engine in the app: loaded in the background, changed over to between steps, done without where it fails."""

from __future__ import annotations

import asyncio

import pytest

from tui_backprop.engines import compiled_engine, machine_code
from tui_backprop.engines.compiled_engine import is_installed
from tui_backprop.session.engine_change import is_ready
from tui_backprop.session.recipe.suggestion import suggested_recipe
from tui_backprop.session.session import Session
from tui_backprop.ui.app import TrainerApp

pytestmark = [
    pytest.mark.skipif(not is_installed(), reason="numba and SciPy, the extra `fast`, are not installed"),
    pytest.mark.usefixtures("machine_code"),
]

BIG = (120, 36)


async def until(true, seconds=60):
    for _ in range(int(seconds * 100)):
        if true():
            return
        await asyncio.sleep(0.01)
    pytest.fail("it never came about")


@pytest.fixture
def not_loaded(monkeypatch):
    """Nobody has loaded the machine code in this process so far."""
    monkeypatch.setattr(compiled_engine, "_loaded", set())
    monkeypatch.setattr(compiled_engine, "_problems", [])


def said(app):
    return " ".join(notice.message for notice in app._notifications)


async def test_a_run_that_became_long_changes_over_between_two_steps(trainer, not_loaded):
    """It goes on while the engine is loaded, then by that engine; the change is listed, and each step stays what it was."""
    app = trainer()
    async with app.run_test(size=BIG) as pilot:
        app.session.run(300_000)
        before = app.session.state
        await pilot.press("space")
        await until(lambda: app.session.recipe.engine == "compiled")
        assert app.running
        (edit,) = app.session.current.edits
        await until(lambda: "compiled" in said(app))
        await until(lambda: app.session.step > edit.step + 1000)
        await pilot.press("space")
        after = app.session.state
        app.session.go_to(before.step)
        assert app.session.state.same_values(before)
        app.session.go_to(after.step)
        assert app.session.state.same_values(after)
        with pytest.raises(ValueError, match="no edit to undo"):  # the learner made none
            app.session.undo()


async def test_a_key_that_needs_the_engine_waits_for_it_and_the_app_does_not(not_loaded):
    """One step is asked for at once: a notice says what is waited for, other keys work, and then the step is made."""
    app = TrainerApp(Session(suggested_recipe("parity", engine="compiled")))
    async with app.run_test(size=BIG) as pilot:
        if not is_ready(app.session.current):
            await pilot.press("n")
        await pilot.press("question_mark")
        assert len(app.screen_stack) == 2
        await pilot.press("escape")
        await until(lambda: is_ready(app.session.current))
        await until(lambda: app.session.step == 1)
        assert app.session.recipe.engine == "compiled"


async def test_an_engine_chosen_while_it_runs_is_waited_for(trainer, not_loaded):
    """The run halts for as long as the loading takes, and goes on by itself."""
    app = trainer()
    async with app.run_test(size=BIG) as pilot:
        await pilot.press("space")
        await until(lambda: app.session.step > 10)
        app.change(engine="compiled")
        changed_at = app.session.step
        await until(lambda: app.session.step > changed_at + 10)
        assert app.running
        assert app.session.recipe.engine == "compiled"


async def test_an_engine_that_does_not_work_is_done_without(not_loaded, monkeypatch):
    """The step is made by NumPy, and a notice says why."""
    from tui_backprop.engines.compiled import plan  # noqa: PLC0415  (numba need not be installed)

    def fails(_names):
        raise ImportError("Numba needs NumPy 2.0 or less. Got [b]NumPy 9.9[/b].")

    monkeypatch.setattr(plan, "make", fails)
    monkeypatch.setattr(machine_code, "forget", lambda: None)
    monkeypatch.setattr(machine_code, "is_made", lambda _names: True)
    app = TrainerApp(Session(suggested_recipe("parity", engine="compiled")))
    async with app.run_test(size=BIG) as pilot:
        await pilot.press("n")
        await until(lambda: app.session.step == 1)
        assert app.session.recipe.engine == "numpy"
        assert "Got [b]NumPy 9.9[/b]." in said(app)
