"""The panels *Hidden space* and *Curvature*: what they show, what their keys do, and what they say where they are empty."""

from __future__ import annotations

import pytest

from tests.ui.runs import run_and_look
from tui_backprop.ui.panels.curvature import CurvaturePanel
from tui_backprop.ui.panels.hidden import HiddenPanel


def shown(panel):
    """Title, lines and note of a panel as text."""
    lines = [panel.render_line(y).text.rstrip() for y in range(panel.size.height)]
    return "\n".join([panel.border_title, *lines, panel.border_subtitle or ""])


@pytest.mark.covers("H", "V")
async def test_hidden_space_and_curvature_by_their_keys(trainer):
    """H shows the last hidden layer, arrows other layers and sides; V says how far η is from its limit; both say why not."""
    app = trainer("spiral", hidden=(3, 4, 2), optimizer="sgd", lr=0.1)
    async with app.run_test(size=(80, 24)) as pilot:
        run_and_look(app, 20)
        await pilot.press("n", "H")
        await pilot.pause()
        panel = app.query_one(HiddenPanel)
        assert "layer 3, 2 units" in shown(panel)
        assert "a3[0] →  a3[1] ↑" in shown(panel)
        await pilot.press("left")
        await pilot.pause()
        assert "1st direction" in shown(panel)
        assert "lines: z3 = 0" in shown(panel)
        await pilot.press("left")
        await pilot.pause()
        before = shown(panel)
        assert "↑↓ turn" in before
        assert "a1[2]" in before
        await pilot.press("up")
        await pilot.pause()
        assert shown(panel) != before
        await pilot.press("V")
        await pilot.pause()
        panel = app.query_one(CurvaturePanel)
        assert "2/λ1" in shown(panel)
        assert "of it: stable" in shown(panel)
        assert "λ5" in shown(panel)
        await pilot.press("z")
        await pilot.pause()
        assert "|∂| of 32 samples: longest" in shown(panel)
        await pilot.press("z", "H")
        app.session.change(source="line", hidden=())
        app.redraw()
        await pilot.pause()
        assert "This network has no hidden layer" in shown(app.query_one(HiddenPanel))
        app.session.change(source="sine", hidden=(3,))
        app.redraw()
        await pilot.pause()
        assert "2 a1[2]" in shown(app.query_one(HiddenPanel))
        await pilot.press("enter")
        await pilot.pause()
        assert "enter curves" in shown(app.query_one(HiddenPanel))


async def test_a_rate_above_its_limit_is_said_in_words(trainer):
    """Of full batches the noise says nothing."""
    app = trainer("line", hidden=(), optimizer="sgd", lr=9.0, batch_size=None)
    async with app.run_test(size=(120, 36)) as pilot:
        await pilot.press("V")
        await pilot.pause()
        seen = shown(app.query_one(CurvaturePanel))
        assert "above it: it must oscillate" in seen
        assert "a batch has all samples" in seen
        assert "n makes an update" in seen


@pytest.mark.parametrize(
    ("source", "fields", "size", "keys", "theme"),
    [
        ("spiral", {"hidden": (2, 3, 2)}, (120, 36), ("H", "left", "left"), "textual-dark"),
        ("iris", {}, (80, 24), ("H",), "textual-light"),
        ("sine", {}, (120, 36), ("H",), "no-colour"),
        ("moons", {"optimizer": "sgd", "lr": 0.3}, (80, 24), ("V",), "no-colour"),
        ("moons", {"optimizer": "sgd", "lr": 0.3}, (120, 36), ("V",), "textual-light"),
    ],
    ids=["lines", "principal", "curves", "curvature", "curvature-light"],
)
async def test_pictures(trainer, picture, settled, monkeypatch, source, fields, size, keys, theme):
    """You should see lines with + on one side, three species, numbered curves, or η on a ruler before its limit."""
    if theme == "no-colour":
        monkeypatch.setenv("NO_COLOR", "1")
    app = trainer(source, **fields)
    app.theme = "textual-dark" if theme == "no-colour" else theme
    async with app.run_test(size=size) as pilot:
        run_and_look(app, 200)
        await pilot.press("n", *keys)
        await settled(app, pilot)
        assert picture(app)
