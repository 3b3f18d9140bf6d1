"""Looking: what is selected, the loss axis, and the screens that only show something."""

from __future__ import annotations

from functools import partial

from textual import on

from tui_backprop.core.gradient_check import check_update
from tui_backprop.ui.actions.base import TrainerBase
from tui_backprop.ui.bars.advice import SaidBar
from tui_backprop.ui.panels.entries import EntriesPanel
from tui_backprop.ui.panels.loss import LossPanel
from tui_backprop.ui.panels.network import NetworkPanel
from tui_backprop.ui.panels.panel import Panel
from tui_backprop.ui.panels.step import StepPanel
from tui_backprop.ui.panels.surface import SurfacePanel

_HISTORY = 400  # points of a large history


class LookingActions(TrainerBase):
    """Keys that change what is seen, not the run."""

    @on(SaidBar.Clicked)
    def show_findings(self) -> None:
        """Go to the findings, of which the bar says the worst."""
        self.action_panel("findings")

    @on(Panel.Selected)
    def follow(self, message: Panel.Selected) -> None:
        """Let everything follow what was selected: the lists, the drawing and the explanation."""
        base = self.screen_stack[0]
        base.query_one(StepPanel).explain(message.quantity)
        if message.position is None:
            return
        self.selected = message.position
        for panel in base.query(EntriesPanel):
            if panel is not message.panel:
                panel.select(message.position)
        drawing = base.query_one(NetworkPanel)
        if drawing is not message.panel:
            drawing.mark(message.position)
        base.query_one(SurfacePanel).follow(message.position)

    def action_sample(self, by: int) -> None:
        """Look at another sample of the batch, wherever one is looked at."""
        record = self.session.record()  # a panel out of sight has an older frame
        if record is not None:
            batch = len(record.rows)
            self.sample = (min(self.sample, batch - 1) + by) % batch
            for panel in self.screen_stack[0].query(Panel):
                panel.look_at_sample(self.sample)

    def action_log_axis(self) -> None:
        """Draw the loss on the other kind of axis."""
        panel = self.screen_stack[0].query_one(LossPanel)
        panel.log_axis = not panel.log_axis

    def action_tail(self) -> None:
        """Draw the last tenth, or all."""
        panel = self.screen_stack[0].query_one(LossPanel)
        panel.tail = not panel.tail

    def action_history(self) -> None:
        """Open the past of the selected parameter and its gradient."""
        from tui_backprop.ui.screens.history import HistoryScreen

        self.pause()
        name = self.selected_name()
        position = int(self.session.problem.network.positions(name)[0])
        self.push_screen(HistoryScreen(name, self.session.current.history(_HISTORY), position))
        self.redraw()

    def action_check_gradients(self) -> None:
        """Open the check of the gradients."""
        from tui_backprop.ui.screens.gradient_check import GradientCheckScreen

        if self.running:
            self.pause()
            self.redraw()
        record = self.session.record_to_check()
        self.push_screen(GradientCheckScreen(record.training.network, partial(check_update, record)))

    def action_sweep(self) -> None:
        """Open the sweep of many runs; whichever of them is opened there is then looked at here."""
        from tui_backprop.ui.screens.sweep.screen import SweepScreen

        self.pause()
        self.push_screen(SweepScreen(self), lambda _: self.redraw())
        self.redraw()

    def action_own_sample(self) -> None:
        """Open the screen for a sample of the user's own."""
        from tui_backprop.ui.screens.own_sample import OwnSampleScreen

        self.pause()
        self.push_screen(OwnSampleScreen(self.session))
        self.redraw()
