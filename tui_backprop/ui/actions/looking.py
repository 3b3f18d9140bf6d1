"""Looking: panels, the loss axis, and the screens that only show something."""

from __future__ import annotations

from rich.text import Text
from textual import events, on
from textual.widgets import Static

from tui_backprop.ui.actions.base import TrainerBase
from tui_backprop.ui.layout import PANELS, PanelName, behind, in_front, layout_for
from tui_backprop.ui.panels.entries import EntriesPanel
from tui_backprop.ui.panels.loss import LossPanel
from tui_backprop.ui.panels.network import NetworkPanel
from tui_backprop.ui.panels.panel import Panel
from tui_backprop.ui.panels.step import StepPanel
from tui_backprop.ui.panels.surface import SurfacePanel
from tui_backprop.ui.said import SaidBar

_HISTORY = 400  # points of a large history


class LookingActions(TrainerBase):
    """Keys that change what is seen, not the run."""

    active = PANELS[0].id
    """The panel that keys go to."""
    chosen: tuple[str, ...] = (active,)
    """The panels that were gone to, the last one last: where several share a place, the last one is seen."""

    def action_panel(self, name: str) -> None:
        """Go to a panel, and bring it to the front where others share its place."""
        self.active = name
        self.bring_to_front(name)
        self.screen_stack[0].query_one(f"#{name}", Panel).focus()

    def bring_to_front(self, name: str) -> None:
        """Let a panel be seen where others share its place; the keys go where they went before."""
        self.chosen = (*(one for one in self.chosen if one != name), name)
        self.arrange()

    def arrange(self) -> None:
        """Show the panels that are in front, each with the names of those behind it, and the tab bar."""
        base = self.screen_stack[0]
        layout = layout_for(self.size.width, self.size.height)
        front = in_front(layout, (*self.chosen, self.active) if layout == "tabs" else self.chosen)
        for panel in base.query(Panel):
            name = str(panel.id)
            panel.set_class(name == self.active, "active")
            panel.set_class(name in front, "front")
            panel.behind = "  ".join(f"{other.key} {other.name}" for other in behind(layout, name))
        tabs = (Text(_tab(panel), style="bold reverse" if panel.id == self.active else "") for panel in PANELS)
        base.query_one("#tabs", Static).update(Text(" ", no_wrap=True).join(tabs))
        self.redraw_soon()

    @on(events.Click, "#tabs")
    def choose_tab(self, event: events.Click) -> None:
        """Go to the tab that was clicked."""
        at = 0
        for panel in PANELS:
            at += len(_tab(panel)) + 1
            if event.x < at:
                self.action_panel(panel.id)
                return

    @on(SaidBar.Clicked)
    def show_findings(self) -> None:
        """Go to the findings, of which the bar says the worst."""
        self.action_panel("findings")

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """Keep the active panel the focused one."""
        if isinstance(event.widget, Panel) and event.widget.id is not None and event.widget.id != self.active:
            self.action_panel(event.widget.id)

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
        panels = self.screen_stack[0].query(Panel)
        frame = panels.first().frame
        if frame is not None and frame.record is not None:
            batch = len(frame.record.rows)
            self.sample = (min(self.sample, batch - 1) + by) % batch
            for panel in panels:
                panel.look_at_sample(self.sample)

    def action_maximise(self) -> None:
        """Give the focused panel the whole screen, or take it back."""
        screen = self.screen
        if screen.maximized is not None:
            screen.minimize()
        else:
            screen.maximize(self.screen_stack[0].query_one(f"#{self.active}", Panel))
        self.redraw_soon()

    def action_log_axis(self) -> None:
        """Draw the loss on the other kind of axis."""
        panel = self.screen_stack[0].query_one(LossPanel)
        panel.log_axis = not panel.log_axis

    def action_tail(self) -> None:
        """Draw the last tenth, or all."""
        panel = self.screen_stack[0].query_one(LossPanel)
        panel.tail = not panel.tail

    def action_show_keys(self) -> None:
        """Open the list of keys."""
        from tui_backprop.ui.screens.keys import KeysScreen

        self.push_screen(KeysScreen())

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

        self.pause()
        self.push_screen(GradientCheckScreen(self.session.problem.network, self.session.check_gradients()))
        self.redraw()

    def action_own_sample(self) -> None:
        """Open the screen for a sample of one's own."""
        from tui_backprop.ui.screens.own_sample import OwnSampleScreen

        self.pause()
        self.push_screen(OwnSampleScreen(self.session))
        self.redraw()


def _tab(panel: PanelName) -> str:
    return f"{panel.key} {panel.short}"
