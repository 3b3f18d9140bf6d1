"""The footer shows whole keys, and always the one that lists all of them."""

from __future__ import annotations

import pytest
from textual.widgets import Static
from textual.widgets._footer import FooterKey

from tui_backprop.ui.bars.footer import KeysFooter
from tui_backprop.ui.layout import PANELS


def shown(app):
    """The keys of the footer that are wholly in sight, in their order."""
    footer = app.screen.query_one(KeysFooter)
    return [
        key.key_display
        for key in footer.query(FooterKey)
        if key.region.right <= app.size.width and key.region.width > 0
    ]


@pytest.mark.parametrize("columns", [60, 80, 100, 120, 200])
async def test_no_key_is_cut_and_the_list_of_keys_is_always_there(trainer, columns):
    """At any width the keys that there are stand whole, beginning with the most important ones, and ? among them."""
    app = trainer()
    async with app.run_test(size=(columns, 24)) as pilot:
        await pilot.pause()
        keys = shown(app)
        assert len(keys) == len(app.screen.query(FooterKey))
        assert keys[:1] == ["space"]
        assert "?" in keys
        assert "^p" in keys
        rights = [key.region.right for key in app.screen.query(FooterKey) if not key.has_class("-command-palette")]
        palette = next(key for key in app.screen.query(FooterKey) if key.has_class("-command-palette"))
        assert max(rights) <= palette.region.x


async def test_a_wider_terminal_has_more_keys(trainer):
    """You should see more of them at once when the terminal grows, and fewer when it shrinks."""
    app = trainer()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        few = shown(app)
        await pilot.resize_terminal(140, 40)
        await pilot.pause()
        many = shown(app)
        assert len(many) > len(few)
        assert many[: len(few) - 1] == few[:-1]
        await pilot.resize_terminal(80, 24)
        await pilot.pause()
        assert shown(app) == few


@pytest.mark.parametrize("columns", [60, 70, 76, 80, 99])
async def test_every_tab_is_in_sight_and_leads_to_its_panel(trainer, columns):
    """Where there is no room for all names the present one keeps its own, and others have keys, which can be clicked."""
    app = trainer()
    async with app.run_test(size=(columns, 24)) as pilot:
        await pilot.pause()
        bar = app.screen_stack[0].query_one("#tabs", Static)
        tabs = [one for one in PANELS if columns < 80 or one.id not in ("loss", "parameters", "gradients")]
        for panel in (*tabs, tabs[0]):
            text = str(bar.content)
            assert len(text) <= columns
            assert panel.tab in text or panel.short_tab in text or columns < 80
            await pilot.click(bar, offset=(text.index(panel.key), 0))
            await pilot.pause()
            assert app.active == panel.id
            assert panel.tab in str(bar.content) or panel.short_tab in str(bar.content)
        app.lay_out(60, 24)  # before the app itself has heard of its new size
        assert len(str(bar.content)) <= 60
