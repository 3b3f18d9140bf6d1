"""The pane of a lesson: its text beside the panels, which keep all of their keys."""

from __future__ import annotations

import re
from itertools import groupby

from rich.text import Text
from textual import events
from textual.strip import Strip
from textual.widget import Widget

from tui_backprop.session.lessons.progress import LessonView

_MARKED = re.compile(r"`([^`]+)`|\*([^*]+)\*")
_WHEEL = 2  # lines that a turn of the wheel moves the text


def marked(paragraph: str) -> Text:
    """Return a paragraph in which keys and formulas, between backticks, and words between asterisks stand out."""
    text, at = Text(), 0
    for found in _MARKED.finditer(paragraph):
        text.append(paragraph[at : found.start()])
        text.append(found[1] or found[2], "bold" if found[1] else "italic")
        at = found.end()
    return text.append(paragraph[at:])


def keys_line(keys: tuple[str, ...]) -> str:
    """Write what to press: `space`, `↓ ×3`, `type 0.24`."""
    found = []
    for key, same in groupby(keys):
        times = len(list(same))
        found.append(f"{key} ×{times}" if times > 1 else key)
    return "  ".join(found)


def lesson_lines(view: LessonView) -> list[Text]:
    """Return the lines of a screen before they are folded: the text, what to press, and what is to be read then.

    The line that says whether it was seen begins with □ or ✓.
    """
    lines: list[Text] = []
    for paragraph in view.text:
        lines += [marked(paragraph), Text()]
    if view.seen is not None:
        pressed = Text("✓ " if view.seen else "□ ", "bold").append(keys_line(view.keys), "bold" if view.keys else "")
        lines += [pressed, Text()]
    for paragraph in view.then:
        lines += [marked(paragraph), Text()]
    return lines[:-1]


class LessonPane(Widget):
    """Draws a lesson's screen; it is read with the app's own keys or the wheel, and takes no key for itself."""

    def __init__(self) -> None:
        super().__init__(id="lesson")
        self.view: LessonView | None = None
        """What is shown."""
        self._lines: list[Text] = []
        self._top = 0  # the first line in sight

    def show(self, view: LessonView) -> None:
        """Draw this screen; a new one from its top, and one that was just seen from there on."""
        before, self.view = self.view, view
        if view == before:
            return
        another = before is None or (before.lesson, before.number) != (view.lesson, view.number)
        self.border_title = Text(f"{view.number} of {view.of}  {view.lesson}")
        go_on = "m ends it" if view.number == view.of else "m goes on"
        self.border_subtitle = Text(f"✓ {go_on}  M back" if view.seen else f"{go_on}  M back  L lessons")
        self._fold()
        if another:
            self._top = 0
        elif view.seen and before is not None and not before.seen:
            self._top = next((i for i, line in enumerate(self._lines) if line.plain.startswith("✓")), 0)
        self._top = min(self._top, self._last_top)
        self.refresh()

    def _fold(self) -> None:
        view, width = self.view, self.size.width
        if view is None or width < 1:
            self._lines = []
            return
        console = self.app.console
        folded = [part for line in lesson_lines(view) for part in (line.wrap(console, width) or [Text()])]
        self._lines = [Text().append(view.title, "bold"), *folded]

    @property
    def _last_top(self) -> int:
        return max(0, len(self._lines) - self.size.height)

    def read(self, by: int) -> bool:
        """Show the next part of the text, or the one before; say whether there was one."""
        top = max(0, min(self._top + by * max(1, self.size.height - 1), self._last_top))
        moved = top != self._top
        self._top = top
        self.refresh()
        return moved

    def on_resize(self) -> None:
        """Fold for the new size."""
        self._fold()
        self._top = min(self._top, self._last_top)
        self.refresh()

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Show what is below."""
        self._scroll(_WHEEL)
        event.stop()

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Show what is above."""
        self._scroll(-_WHEEL)
        event.stop()

    def _scroll(self, by: int) -> None:
        self._top = max(0, min(self._top + by, self._last_top))
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """Render a line; the last one ends with … where text is below it."""
        row, width = y + self._top, self.size.width
        if row >= len(self._lines):
            return Strip.blank(width, self.rich_style)
        line = self._lines[row].copy()
        if y == self.size.height - 1 and row + 1 < len(self._lines):
            line.truncate(width - 2)
            line.append(" ▼")
        segments = line.render(self.app.console, end="")
        return Strip(segments).adjust_cell_length(width).apply_style(self.rich_style)
