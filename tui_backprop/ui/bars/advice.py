"""The two lines below the panels: the newest notice, how to begin, or the worst finding and what to do about it."""

from __future__ import annotations

from rich.segment import Segment
from rich.text import Text
from textual import events
from textual.message import Message
from textual.strip import Strip

from tui_backprop.diagnosis.findings.finding import Finding
from tui_backprop.session.frames.frame import Frame
from tui_backprop.ui.bars.status import StatusLine
from tui_backprop.ui.drawing.findings import halt_line, opening_lines, said_lines
from tui_backprop.ui.drawing.styles import layered, text_runs


class SaidBar(StatusLine):
    """What the trainer says in every layout; a click leads to the findings."""

    class Clicked(Message):
        """The findings are wanted."""

    def __init__(self) -> None:
        super().__init__("said")
        self._shown: tuple[Frame, str, str] | None = None

    def show(self, frame: Frame, *, opening: str, halted: str = "") -> None:
        """Say what there is to say of this frame: before anything was done how to begin, and why the run `halted`."""
        self._shown = (frame, opening, halted)
        self.refresh()

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Those of the frame that is shown."""
        return () if self._shown is None else tuple(self._shown[0].findings)

    def lines(self, width: int) -> list[Text]:
        """Return what is said of the frame, over which a notice is laid from the top: the keys below stay longest."""
        found: list[Text] = []
        if self._shown is not None:
            frame, opening, halted = self._shown
            network, data = frame.network.name, frame.problem.dataset.name
            found = list(opening_lines(network, data, opening) if opening else said_lines(frame.findings, width))
            if halted:
                found = [halt_line(halted, width), found[1] if halted.startswith("paused") else found[0]]
        notice = self.notice_lines(width)
        return [*notice, *found[len(notice) :]]

    def render_line(self, y: int) -> Strip:
        """Render a line, which ends with … where it is too long."""
        width, lines = self.size.width, self.lines(self.size.width)
        line = lines[y] if y < len(lines) else Text()
        line.truncate(width, overflow="ellipsis")
        base = self.rich_style
        segments = [Segment(text, layered(base, style)) for text, style in text_runs(line, self.app.console)]
        return Strip(segments).adjust_cell_length(width, base)

    def on_click(self, _event: events.Click) -> None:
        """Lead to the findings."""
        self.post_message(self.Clicked())
