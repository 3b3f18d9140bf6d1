"""The line below the panels: the present step of the run, where it was edited, and which branch it is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from rich.text import Text
from textual import events
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget


class TimelineFrame(Protocol):
    """What the bar draws of a frame."""

    @property
    def step(self) -> int:
        """The step that is looked at."""

    @property
    def last_step(self) -> int:
        """The furthest step that was reached."""

    @property
    def edits(self) -> Sequence[Any]:
        """What was edited, each with its step."""

    @property
    def branches(self) -> Sequence[Any]:
        """The branches, of which one is active."""


class TimelineBar(Widget):
    """The run from its first to its last step; a click goes to a step."""

    class StepChosen(Message):
        """The user pointed at a step of the run and wants to go there."""

        def __init__(self, step: int) -> None:
            super().__init__()
            self.step = step

    def __init__(self) -> None:
        super().__init__(id="timeline")
        self._frame: TimelineFrame | None = None

    def show(self, frame: TimelineFrame) -> None:
        """Draw this frame."""
        self._frame = frame
        self.refresh()

    def _layout(self, frame: TimelineFrame) -> tuple[str, str, int]:
        """Return what is left and right of the bar, and the bar's width."""
        name = next((branch.name for branch in frame.branches if branch.active and len(frame.branches) > 1), "")
        left, right = " 0 ", f" {frame.last_step:,} " + (f" {name} ({len(frame.branches)} branches) " if name else "")
        return left, right, max(1, self.size.width - len(left) - len(right))

    def render_line(self, y: int) -> Strip:
        """Render the line."""
        if self._frame is None or not self._frame.last_step:
            return Strip.blank(self.size.width, self.rich_style)
        frame = self._frame
        left, right, width = self._layout(frame)
        cells = ["─"] * width
        for edit in frame.edits:
            cells[_cell(edit.step, frame.last_step, width)] = "┼"
        at = _cell(frame.step, frame.last_step, width)
        bar = (
            Text(left, no_wrap=True)
            .append("".join(cells[:at]))
            .append("●", "bold")
            .append("".join(cells[at + 1 :]), "dim")
        )
        segments = bar.append(right).render(self.app.console, end="")
        return Strip(segments).adjust_cell_length(self.size.width).apply_style(self.rich_style)

    def on_click(self, event: events.Click) -> None:
        """Go to the step that was clicked."""
        if self._frame is not None and self._frame.last_step:
            left, _, width = self._layout(self._frame)
            share = (event.x - len(left)) / max(1, width - 1)
            self.post_message(self.StepChosen(round(min(max(share, 0.0), 1.0) * self._frame.last_step)))


def _cell(step: int, last: int, width: int) -> int:
    return round(step / last * (width - 1)) if last else 0
