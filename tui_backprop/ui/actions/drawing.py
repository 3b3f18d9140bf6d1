"""Drawing samples by hand, in the panel *Prediction*."""

from __future__ import annotations

from textual import on

from tui_backprop.core.errors import InputError
from tui_backprop.ui.actions.base import TrainerBase
from tui_backprop.ui.panels.pen_panel import PenPanel
from tui_backprop.ui.panels.prediction import PredictionPanel


class DrawingActions(TrainerBase):
    """Keys and clicks that add samples to the data and take them away."""

    def action_draw_points(self) -> None:
        """Go to the predictions and begin to draw samples, or end it."""
        panel = self.screen_stack[0].query_one(PredictionPanel)
        if panel.pen is not None:
            panel.put_pen_down()
            return
        self.action_panel("prediction")
        self.call_after_refresh(self._take_pen, panel)  # once it has its place in front

    def _take_pen(self, panel: PredictionPanel) -> None:
        panel.show(self.session.frame(examine=False))
        reason = panel.take_pen()
        if reason:
            self.refuse(InputError(reason))

    @on(PenPanel.Drawn)
    def draw(self, message: PenPanel.Drawn) -> None:
        """Add the samples."""
        from tui_backprop.session.drawing import draw_points

        self.make(lambda: draw_points(self.session, message.points))

    @on(PenPanel.Erased)
    def erase(self, message: PenPanel.Erased) -> None:
        """Take the nearest sample away."""
        from tui_backprop.session.drawing import erase_rows, rows_near

        near = rows_near(self.session.problem, message.columns, message.place, message.reach)
        self.make(lambda: erase_rows(self.session, near))
