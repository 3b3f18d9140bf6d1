"""Drawing samples on the predictions, by keys and by the mouse."""

from __future__ import annotations

import pytest

from tui_backprop.ui.panels.prediction import PredictionPanel


@pytest.mark.covers("I")
async def test_samples_are_drawn_by_keys_and_by_the_mouse(trainer):
    """I begins; arrows, a digit, space, t, delete, escape; a click, a stroke, the right button; undo takes each away."""
    app = trainer("canvas")
    async with app.run_test(size=(80, 24)) as pilot:
        panel = app.query_one(PredictionPanel)
        await pilot.press("I")
        await pilot.pause()
        assert panel.pen is not None
        assert "space draws" in panel.border_subtitle
        await pilot.press("1", "right", "right", "up", "space")
        await pilot.pause()
        (point,) = app.session.recipe.points
        x, y = (float(value) for value in point.removesuffix("=1").split(","))
        assert x > 0
        assert y > 0
        assert app.session.step == 0
        await pilot.press("t", "0", "left", "space")
        await pilot.pause()
        assert app.session.recipe.points[1].startswith("test ")
        assert app.session.recipe.points[1].endswith("=0")
        assert len(app.session.problem.test) == 1
        await pilot.press("right", "delete")
        await pilot.pause()
        assert len(app.session.recipe.points) == 1
        field = panel.field
        at = (field.column + 4, field.row + 3)
        side = (1 + panel.styles.padding.left, 1)  # of the frame
        await pilot.click(PredictionPanel, offset=(at[0] + side[0], at[1] + side[1]))
        await pilot.pause()
        assert len(app.session.recipe.points) == 2
        await pilot.mouse_down(PredictionPanel, offset=(at[0] + side[0] + 2, at[1] + side[1]))
        for by in (3, 4, 4, 5):
            await pilot.hover(PredictionPanel, offset=(at[0] + side[0] + by, at[1] + side[1]))
        await pilot.mouse_up(PredictionPanel, offset=(at[0] + side[0] + 5, at[1] + side[1]))
        await pilot.pause()
        assert len(app.session.recipe.points) == 6
        await pilot.mouse_down(PredictionPanel, offset=(at[0] + side[0], at[1] + side[1]), button=3)
        await pilot.mouse_up(PredictionPanel, offset=(at[0] + side[0], at[1] + side[1]))
        await pilot.pause()
        assert len(app.session.recipe.points) == 5
        await pilot.press("escape", "u", "u")
        await pilot.pause()
        assert panel.pen is None
        assert len(app.session.recipe.points) == 2
        await pilot.press("n")
        assert app.session.step == 1


async def test_on_a_curve_the_height_is_the_number_and_where_nothing_can_be_drawn_it_is_said(trainer):
    """Over one input a number is drawn where the cursor is, an answer at its height; without a surface there is nothing."""
    app = trainer("canvas-1d")
    async with app.run_test(size=(120, 36)) as pilot:
        panel = app.query_one(PredictionPanel)
        await pilot.press("I", "up", "up", "space")
        await pilot.pause()
        x, y = (float(value) for value in app.session.recipe.points[0].split("="))
        assert panel.field.up[0] < 0 < y < panel.field.up[1]
        assert x == pytest.approx(0, abs=panel.field.cell[0])
        await pilot.press("escape")
        app.session.change(source="parity", hidden=(1,))
        app.redraw()
        await pilot.press("I", "up", "space")
        await pilot.pause()
        assert app.session.recipe.points[0].endswith("=1")
        await pilot.press("escape")
        app.session.change(source="iris", hidden=(4,))
        app.redraw()
        await pilot.press("I")
        await pilot.pause()
        assert panel.pen is None
        assert any("enter shows a surface" in one.message for one in app._notifications)


async def test_a_picture_of_drawing(trainer, picture, settled):
    """You should see a cursor ✚ in the middle of two samples in the corners, and the keys of drawing below."""
    app = trainer("canvas")
    app.draws = True  # as `tui-backprop draw` opens it
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        await pilot.press("1", "right")
        await settled(app, pilot)
        assert picture(app)
