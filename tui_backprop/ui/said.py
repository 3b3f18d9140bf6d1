"""The two lines below the panels: how to begin, then the worst finding and what to do about it."""

from __future__ import annotations

from rich.segment import Segment
from rich.text import Text
from textual import events
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from tui_backprop.session.frame import Frame
from tui_backprop.ui.drawing.findings import said_lines
from tui_backprop.ui.drawing.runs import layered, text_runs


class SaidBar(Widget):
    """What the trainer says in every layout; a click leads to the findings."""

    class Clicked(Message):
        """Somebody wants to see the findings."""

    def __init__(self) -> None:
        super().__init__(id="said")
        self._shown: tuple[Frame, str] | None = None

    def show(self, frame: Frame, *, opening: str) -> None:
        """Say what there is to say of this frame; before anything was done, how to begin."""
        self._shown = (frame, opening)
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """Render a line, which ends with … where it is too long."""
        line = Text()
        if self._shown is not None and y < 2:
            frame, opening = self._shown
            line = said_lines(frame.findings, self.size.width, opening)[y]
        line.truncate(self.size.width, overflow="ellipsis")
        base = self.rich_style
        segments = [Segment(text, layered(base, style)) for text, style in text_runs(line, self.app.console)]
        return Strip(segments).adjust_cell_length(self.size.width, base)

    def on_click(self, _event: events.Click) -> None:
        """Lead to the findings."""
        self.post_message(self.Clicked())
