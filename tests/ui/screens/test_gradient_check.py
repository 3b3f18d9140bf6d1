"""The gradient check on the screen: how far it is, how it ends, and what it asks of a large network."""

from __future__ import annotations

import threading
import time

from textual.widgets import Static

from tui_backprop.ui.actions import looking
from tui_backprop.ui.screens.gradient_check import GradientCheckScreen

BIG = (120, 36)


async def test_a_long_gradient_check_says_how_far_it_is_and_ends_at_escape(trainer, monkeypatch):
    """The screen answers while the check goes on beside it, and nothing goes on once it is left."""
    app, ended = trainer(), threading.Event()

    def endless(record, progress):
        try:
            while True:
                progress(0.25)
                time.sleep(0.001)
        finally:
            ended.set()

    monkeypatch.setattr(looking, "check_update", endless)
    async with app.run_test(size=BIG) as pilot:
        await pilot.press("n", "c")
        said = app.screen.query_one("#verdict", Static)
        while "25% of 4" not in str(said.content):
            await pilot.pause(0.01)
        assert not ended.is_set()
        await pilot.press("escape")
        assert not isinstance(app.screen, GradientCheckScreen)
        while not ended.is_set():
            await pilot.pause(0.01)


async def test_of_a_large_network_some_entries_are_asked_of_the_loss_and_it_says_so(trainer, checked):
    """What cannot be told and what is wrong comes first; a list that is too long says how much is left out."""
    app = trainer("moons", hidden=(40, 40), activation="tanh", rule="no-hidden-slope")
    async with app.run_test(size=BIG) as pilot:
        await pilot.press("n", "c")
        await checked(app, pilot)
        size = app.session.problem.network.size
        assert f"of the {size:,}, evenly taken from each tensor" in str(
            app.screen.query_one("#against", Static).content
        )
        lines = str(app.screen.query_one("#entries", Static).content).splitlines()
        assert "✗ wrong" in lines[1]
        assert lines[-1].startswith("… ")
