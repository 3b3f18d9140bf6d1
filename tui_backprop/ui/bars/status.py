"""The status line: the newest notice, which replaces the one before and never lies over the panels."""

from __future__ import annotations

from rich.text import Text
from textual.notifications import Notification
from textual.strip import Strip
from textual.widget import Widget

from tui_backprop.ui.theme import NEGATIVE

_LINES = 2
_MARKS = {"information": ("▸ ", "bold"), "warning": ("▲ ", NEGATIVE), "error": ("✗ ", f"bold {NEGATIVE}")}


class StatusLine(Widget):
    """Shows a notice in up to two lines; hidden while there is none."""

    def __init__(self, line_id: str | None = None) -> None:
        super().__init__(id=line_id, classes="status")
        self.notice: Notification | None = None
        """What is shown; None for nothing."""

    def tell(self, notice: Notification | None) -> None:
        """Show this notice in place of the one before."""
        if notice is not self.notice:
            self.notice = notice
            self.set_class(notice is not None, "told")
            self.refresh(layout=True)

    def get_content_height(self, container: object, viewport: object, width: int) -> int:
        """Return the lines that the notice takes."""
        return len(self.notice_lines(width))

    def notice_lines(self, width: int) -> list[Text]:
        """Return the notice folded to a width, ending with … where it does not fit; nothing where there is none."""
        if self.notice is None or width < 1:
            return []
        mark, style = _MARKS[self.notice.severity]
        text = Text(mark, style).append(" ".join(self.notice.message.split()), "")
        folded = list(text.wrap(self.app.console, width))
        if len(folded) > _LINES:
            folded = [*folded[: _LINES - 1], Text(" ").join(folded[_LINES - 1 :])]
        for line in folded:
            line.truncate(width, overflow="ellipsis")
        return folded

    def lines(self, width: int) -> list[Text]:
        """Return what is shown."""
        return self.notice_lines(width)

    def render_line(self, y: int) -> Strip:
        """Render a line."""
        width, lines = self.size.width, self.lines(self.size.width)
        line = lines[y] if y < len(lines) else Text()
        return Strip(line.render(self.app.console, end="")).adjust_cell_length(width).apply_style(self.rich_style)
