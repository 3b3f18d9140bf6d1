"""What all panels share: of a new frame only the lines that are not as they were are composed again."""

from __future__ import annotations

import pytest
from rich.segment import Segment

from tui_backprop.ui.panels.gradients import verdict_counts
from tui_backprop.ui.panels.panel import Panel

LARGE = (200, 60)


@pytest.mark.parametrize("source", ["parity", "moons", "iris"])
async def test_what_is_left_of_the_frame_before_is_right(trainer, source):
    """While a run goes on, scrolls, turns to another theme and is looked at otherwise, the screen is what a fresh one is."""
    app = trainer(source)
    async with app.run_test(size=LARGE) as pilot:

        async def seen():
            await pilot.pause()
            return app.export_screenshot()

        for keys in (
            (),
            ("3", "down", "down"),
            ("5", "down", "pagedown"),
            ("7", "down"),
            ("8", "m"),
            ("2", "z"),
            ("z",),
        ):
            await pilot.press(*keys)
            for _ in range(2):
                app.session.run(7)
                app.redraw()
                left = await seen()
            for panel in app.screen.query(Panel):
                panel.refresh()
            assert left == await seen()
        app.theme = "textual-light"
        left = await seen()
        for panel in app.screen.query(Panel):
            panel.redraw()
            panel.refresh()
        assert left == await seen()


async def test_lines_that_are_as_they_were_are_not_composed_anew(trainer, monkeypatch):
    """Of a frame that differs in nothing no line is, and of one a step later those that differ."""
    app = trainer("iris")
    async with app.run_test(size=LARGE) as pilot:
        app.session.run(20)
        app.redraw()
        await pilot.pause()
        asked = []
        monkeypatch.setattr(Panel, "refresh", lambda self, *regions, **_: asked.append((self, regions)))
        app.redraw()
        assert not asked
        app.session.run(1)
        app.redraw()
        lines = sum(len(regions) for _, regions in asked)
        assert 0 < lines < 0.7 * sum(panel.size.height for panel in app.screen.query(Panel) if panel.is_on_screen)


async def test_no_line_has_parts_without_a_character(trainer):
    """An empty segment is seen by nobody, and a screen has a thousand."""
    app = trainer()
    async with app.run_test(size=LARGE) as pilot:
        await pilot.press("n")
        for panel in app.screen.query(Panel):
            for y in range(panel.size.height):
                assert Segment("") not in [Segment(segment.text) for segment in panel.render_line(y)], panel


def test_what_the_judge_says_of_all_gradients_in_a_few_words():
    """All right, some wrong, some that cannot be told, or both."""
    assert verdict_counts({"right": 4, "wrong": 0, "unsure": 0}, "4") == "✓ all 4 right"
    assert verdict_counts({"right": 3, "wrong": 1, "unsure": 0}, "4") == "1 of 4 ✗"
    assert verdict_counts({"right": 3, "wrong": 0, "unsure": 1}, "4") == "1 of 4 cannot be told"
    assert verdict_counts({"right": 2, "wrong": 1, "unsure": 1}, "4") == "1 of 4 ✗, 1 cannot be told"
