"""What the screen's tests share: a steady environment and pictures that can be compared."""

from __future__ import annotations

import re

import pytest
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode
from textual.pilot import Pilot

from tui_backprop.session.session import Session
from tui_backprop.session.suggestion import suggested_recipe
from tui_backprop.ui.app import TrainerApp


class SvgExtension(SingleFileSnapshotExtension):
    """One SVG file a picture, which any browser shows."""

    _write_mode = WriteMode.TEXT
    file_extension = "svg"


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
        """Pause thrice: on a busy machine a process that waits for its turn looks idle to Textual."""
        for _ in range(3 if delay is None else 1):
            await pause(pilot, delay)

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
def trainer():
    """Make the app on a data set's suggested recipe."""

    def make(source="parity", **fields):
        return TrainerApp(Session(suggested_recipe(source, **fields)))

    return make
