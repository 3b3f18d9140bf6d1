"""What the screen's tests share: a steady environment and pictures that can be compared."""

from __future__ import annotations

import asyncio
import re

import pytest
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode
from textual.pilot import Pilot
from textual.widgets import Static

from tui_backprop.session.recipe.suggestion import suggested_recipe
from tui_backprop.session.session import Session
from tui_backprop.ui.app import TrainerApp


class SvgExtension(SingleFileSnapshotExtension):
    """One SVG file a picture, which any browser shows."""

    _write_mode = WriteMode.TEXT
    file_extension = "svg"


async def _drained():
    """Let every message be handled, and those that follow from it, until all tasks wait for a timer or for a key.

    A run in progress always has something to do; then some rounds are enough.
    """
    loop, quiet = asyncio.get_running_loop(), 0
    for _ in range(200):
        await asyncio.sleep(0)
        quiet = 0 if loop._ready else quiet + 1
        if quiet == 3:
            return


@pytest.fixture(autouse=True)
def _steady(monkeypatch):
    """Colours and animations do not depend on where the tests run."""
    for name in ("NO_COLOR", "TEXTUAL_ANIMATIONS", "TEXTUAL_THEME", "TEXTUAL_COLOR_SYSTEM"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TEXTUAL_ANIMATIONS", "none")
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLORTERM", "truecolor")
    pause = Pilot.pause

    async def settled(pilot, delay=None):
        """Pause until nothing is left to do: on a busy machine a process that waits for its turn looks idle to Textual."""
        for _ in range(3 if delay is None else 1):
            await pause(pilot, delay)
            await _drained()

    monkeypatch.setattr(Pilot, "pause", settled)


@pytest.fixture
def picture(snapshot):
    """Compare what an app shows with the stored picture."""
    stored = snapshot.use_extension(SvgExtension)

    def compare(app):
        return re.sub(r"terminal-\d+", "terminal", app.export_screenshot()) == stored

    return compare


@pytest.fixture
def settled():
    """Wait until an app that has just opened no longer changes: footer and first chart come after the first paint."""

    async def wait(app, pilot):
        seen = ""
        for _ in range(50):
            await pilot.pause(0.1)
            before, seen = seen, app.export_screenshot()
            if seen == before:
                return

    return wait


@pytest.fixture
def checked():
    """Wait until the gradient check that was opened has come to its verdict."""

    async def wait(app, pilot):
        while not str(app.screen.query_one("#verdict", Static).content).startswith(("✓", "✗", "?")):
            await pilot.pause(0.01)
        await pilot.pause()

    return wait


@pytest.fixture
def trainer():
    """Make the app on a data set's suggested recipe."""

    def make(source="parity", **fields):
        return TrainerApp(Session(suggested_recipe(source, **fields)))

    return make
