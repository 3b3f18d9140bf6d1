"""What the screen's tests share: a steady environment and pictures that can be compared."""

from __future__ import annotations

import asyncio
import re

import pytest
import textual.app
import textual.pilot
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode
from textual._context import active_app
from textual.widgets import Input, Static

from tui_backprop.session.recipe.suggestion import suggested_recipe
from tui_backprop.session.session import Session
from tui_backprop.ui.app import TrainerApp
from tui_backprop.ui.panels.curvature import CurvaturePanel


class SvgExtension(SingleFileSnapshotExtension):
    """One SVG file a picture, which any browser shows."""

    _write_mode = WriteMode.TEXT
    file_extension = "svg"


_STAYS = 600.0  # seconds
_SOON = 0.025  # seconds: Textual draws in timers of a sixtieth of a second
_TURNS = 200  # of the event loop, at the most: a run in progress always has something to do


async def _quiet(min_sleep=0.0, max_sleep=0.0):
    """Let everything be handled; of a trainer at rest also the charts and pictures, which come a little later."""
    for _ in range(_TURNS):
        await _handled()
        app = active_app.get(None)
        if not isinstance(app, TrainerApp) or app.running or app._late is None:
            return


async def _handled():
    """Let every message be handled, and those that follow from it, until all tasks wait for a key or a late timer.

    Textual waits until the process uses little processor time instead, which a run in progress never does, and which a
    process that waits for its turn on a busy machine seems to do.
    """
    loop, idle = asyncio.get_running_loop(), 0
    for _ in range(_TURNS):
        await asyncio.sleep(0)
        idle = 0 if loop._ready else idle + 1
        if idle == 3:
            next_timer = min((one.when() for one in loop._scheduled if not one.cancelled()), default=float("inf"))
            if next_timer - loop.time() > _SOON:
                return
            await asyncio.sleep(max(0.0, next_timer - loop.time()))
            idle = 0


@pytest.fixture(autouse=True)
def _steady(monkeypatch):
    """Colours, animations and cursors do not depend on where and when the tests run."""
    for name in ("NO_COLOR", "TEXTUAL_ANIMATIONS", "TEXTUAL_THEME", "TEXTUAL_COLOR_SYSTEM"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TEXTUAL_ANIMATIONS", "none")
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLORTERM", "truecolor")
    monkeypatch.setattr(Input.cursor_blink, "_default", False)  # a picture is taken with the cursor, or without, else
    monkeypatch.setattr(textual.app.App, "NOTIFICATION_TIMEOUT", _STAYS)  # else a slow machine draws after it is gone
    monkeypatch.setattr(textual.app, "wait_for_idle", _quiet)
    monkeypatch.setattr(textual.pilot, "wait_for_idle", _quiet)


@pytest.fixture
def picture(snapshot):
    """Compare what an app shows with the stored picture."""
    stored = snapshot.use_extension(SvgExtension)

    def compare(app):
        return re.sub(r"terminal-\d+", "terminal", app.export_screenshot()) == stored

    return compare


@pytest.fixture
def settled():
    """Wait until an app no longer changes: footer and first chart come after the first paint, eigenvalues after others."""

    async def wait(app, pilot):
        for panel in app.query(CurvaturePanel):
            while panel.is_on_screen and panel.is_going_on:
                await pilot.pause(0.05)
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
        app = TrainerApp(Session(suggested_recipe(source, **fields)))
        app.paused_once = True  # where the first run pauses by itself depends on how fast the machine is
        return app

    return make
