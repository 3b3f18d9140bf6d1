"""Scaled targets on the screen: the loss says what it is of, and answers have the units of the data."""

from __future__ import annotations

from textual.widgets import Static

from tui_backprop.session.recipe.suggestion import suggested_recipe
from tui_backprop.session.session import Session
from tui_backprop.ui.app import TrainerApp
from tui_backprop.ui.panels.loss import LossPanel


async def test_the_loss_panel_says_that_targets_are_scaled(tmp_path):
    """And a sample of one's own is answered with a price; with the targets as they are, neither is said."""
    file = tmp_path / "prices.csv"
    file.write_text("size,price\n" + "".join(f"{x},{200_000 + 10_000 * x}\n" for x in range(30)))
    for scaling, told in (("standard", True), ("none", False)):
        session = Session(suggested_recipe(str(file), scale_targets=scaling))
        session.run(300)
        app = TrainerApp(session)
        async with app.run_test(size=(120, 36)) as pilot:
            await pilot.press("n")
            await pilot.pause()
            assert ("of scaled targets" in str(app.query_one(LossPanel).border_subtitle)) is told
            await pilot.press("i")
            await pilot.pause()
            found = str(app.screen.query_one("#found", Static).content)
            assert ("the answer unscaled: price " in found) is told
