"""The past of one parameter and of its gradient, drawn large."""

from __future__ import annotations

from typing import ClassVar

from rich.text import Text
from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Static

from tui_backprop.session.run.history import History
from tui_backprop.ui.drawing.charts.chart import Series, draw_chart
from tui_backprop.ui.screens.dialog import Dialog


class HistoryScreen(Dialog[None]):
    """Two charts, one above the other."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,h,enter", "dismiss", "leave"),
        Binding("S", "app.save", "save picture"),
    ]

    def __init__(self, name: str, history: History, position: int) -> None:
        super().__init__()
        self._of, self._history, self._position = name, history, position

    def compose(self) -> ComposeResult:
        """Make room for the charts."""
        with Vertical(classes="dialog tall wide") as dialog:
            dialog.border_title = f"History of {self._of}"
            dialog.border_subtitle = "escape closes"
            for place, title in (("parameter", self._of), ("gradient", f"∂L/∂{self._of}")):
                chart = Static(id=place, classes="chart")
                chart.border_title = Text(title)
                yield chart

    def on_resize(self, _: events.Resize) -> None:
        """Draw for the new size."""
        self.call_after_refresh(self._draw)

    def _draw(self) -> None:
        steps = self._history.steps
        if self.ended:
            return
        for place, values in (("parameter", self._history.parameters), ("gradient", self._history.gradients)):
            found = self.query_one(f"#{place}", Static)
            size = (found.size.width, found.size.height)
            if len(steps) < 2:
                found.update(Text("no history yet: run some steps first", style="dim"))
            else:
                drawn = draw_chart([Series(place, steps, values[:, self._position])], [], [], size, log=False)
                found.update(Text("\n").join(drawn.lines()))
