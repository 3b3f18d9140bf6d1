"""The panel *Findings*: what is wrong with the run and why, a line each, and the selected one in full."""

from __future__ import annotations

from typing import ClassVar

from rich.text import Text
from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message

from tui_backprop.diagnosis.findings.finding import Finding
from tui_backprop.session.frames.frame import Frame
from tui_backprop.ui.drawing.findings import detail_lines, finding_line, listed
from tui_backprop.ui.panels.panel import PicturePanel


class FindingsPanel(PicturePanel[Frame]):
    """The worst first. The selection stays with its finding while the list around it changes."""

    name_shown = "Findings"
    is_late = True

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "move(-1)", "finding before", show=False),
        Binding("down", "move(1)", "finding after", show=False),
        Binding("home", "move(-1000)", "first finding", show=False),
        Binding("end", "move(1000)", "last finding", show=False),
        Binding("enter", "explain", "explain it", show=False),
    ]

    class Chosen(Message):
        """The user wants to know all about a finding."""

        def __init__(self, finding: Finding) -> None:
            super().__init__()
            self.finding = finding

    def __init__(self, panel_id: str) -> None:
        super().__init__(panel_id)
        self._selected = ""

    @property
    def selected(self) -> Finding | None:
        """The finding that the keys go to: the selected one, or else the worst."""
        return None if self.frame is None else self.choose(self.frame)

    def copied(self) -> str:
        """Return the selected finding with its remedy."""
        found = self.selected
        return "" if found is None else f"{found.severity} {found.id}: {found.message}; {found.remedy}"

    def choose(self, frame: Frame) -> Finding | None:
        """Return the finding of a frame that the keys go to; the panel itself may be out of sight, with an older frame."""
        return self._chosen(frame)[0] if frame.findings else None

    def _chosen(self, frame: Frame) -> tuple[Finding, Finding]:
        """Return the finding that the keys go to, and the one that it is told with."""
        return listed(frame.findings)[self._position(frame)]

    def _position(self, frame: Frame) -> int:
        ids = [finding.id for finding, _ in listed(frame.findings)]
        return ids.index(self._selected) if self._selected in ids else 0

    def draw(self, frame: Frame) -> list[Text]:
        """Write the list, and below it what to do about the selected finding, and all of its message."""
        if not frame.findings:
            self.note("")
            return [Text("no problems found so far", style="dim")]
        chosen, told_with = self._chosen(frame)
        self.note("enter explains   ! does the remedy" if chosen.changes else "enter explains")
        at, lines = self._position(frame), []
        for i, (finding, cause) in enumerate(listed(frame.findings)):
            line = finding_line(finding, cause)
            if i == at:
                begin = line.plain.index(finding.id)
                line.stylize("reverse" if self.has_focus else "underline", begin, begin + len(finding.id))
            lines.append(line)
        return [
            *lines,
            Text("─" * self.columns, style="dim"),
            *detail_lines(chosen, told_with, self.columns, self.app.console),
        ]

    def action_move(self, by: int) -> None:
        """Select another finding."""
        if self.frame is not None and self.frame.findings:
            at = min(max(self._position(self.frame) + by, 0), len(self.frame.findings) - 1)
            self._selected = listed(self.frame.findings)[at][0].id
            self.redraw()

    def action_explain(self) -> None:
        """Ask for all that there is to say of the selected finding."""
        if self.selected is not None:
            self.post_message(self.Chosen(self.selected))

    def on_click(self, event: events.Click) -> None:
        """Select the finding that was clicked; a second click explains it."""
        row = self.scroll_offset.y + event.get_content_offset_capture(self).y
        if self.frame is not None and 0 <= row < len(self.frame.findings):
            clicked = listed(self.frame.findings)[row][0].id
            again = clicked == self._selected
            self._selected = clicked
            self.redraw()
            if again:
                self.action_explain()
