"""What all panels share: they are shown a frame, and draw the lines of it that are in sight."""

from __future__ import annotations

from typing import ClassVar

from rich.text import Text
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

from tui_backprop.session.frame import Frame


class Panel(ScrollView, can_focus=True, inherit_bindings=False):
    """A bordered, scrolling view of one aspect of a frame, drawn line by line."""

    name_shown = ""
    """The panel's name, its border title."""

    BINDINGS: ClassVar[list[BindingType]] = [  # home and end are the timeline's
        Binding("up", "scroll_up", "up", show=False),
        Binding("down", "scroll_down", "down", show=False),
        Binding("pageup", "page_up", "page up", show=False),
        Binding("pagedown", "page_down", "page down", show=False),
    ]

    def __init__(self, panel_id: str) -> None:
        super().__init__(id=panel_id, classes="panel")
        self.behind = ""
        """Keys and names of the panels that share this one's place."""
        self.border_title = self._titled = Text(self.name_shown)
        self.frame: Frame | None = None
        self._noted = ""

    def show(self, frame: Frame) -> None:
        """Draw this frame from now on."""
        self.frame = frame
        self.redraw()

    def redraw(self) -> None:
        """Draw the present frame again, for another size or another view of it."""
        if self.frame is None or not self.size.width or not self.size.height:
            return
        title = self.title(self.frame)
        if title != self._titled:  # a border that changes is drawn anew
            self.border_title = self._titled = title
        self.prepare(self.frame)
        self.virtual_size = Size(self.size.width, self.line_count(self.frame))
        self.refresh()

    def title(self, frame: Frame) -> Text:
        """Return what stands in the border above: the panel's name, and which panels are behind it."""
        title = Text(self.name_shown)
        if self.behind and len(title) + len(self.behind) + 8 <= self.size.width:
            title.append(f"   {self.behind}", "dim")
        return title

    def note(self, text: str) -> None:
        """Put a text into the border below; one that is there already costs nothing."""
        if text != self._noted:
            self._noted = text
            self.border_subtitle = Text(text)

    def on_resize(self) -> None:
        """Draw for the new size."""
        self.redraw()

    def prepare(self, frame: Frame) -> None:
        """Make ready what `line_at` reads; called once for each frame and size."""

    def line_count(self, frame: Frame) -> int:
        """Return how many lines the whole picture has."""
        raise NotImplementedError

    def line_at(self, frame: Frame, row: int) -> Text:
        """Return one line, 0 ≤ row < line_count."""
        raise NotImplementedError

    def render_line(self, y: int) -> Strip:
        """Render the line at `y` of the visible part."""
        row = y + self.scroll_offset.y
        if self.frame is None or row >= self.line_count(self.frame):
            return self.strip(Text())
        return self.strip(self.line_at(self.frame, row))

    def strip(self, text: Text) -> Strip:
        """Render one line, which ends with … where it is too long for the panel."""
        text.truncate(self.columns, overflow="ellipsis")
        segments = text.render(self.app.console, end="")
        return Strip(segments).adjust_cell_length(self.size.width).apply_style(self.rich_style)

    @property
    def columns(self) -> int:
        """Cells of a line, without what the scroll bar takes."""
        return self.scrollable_content_region.width


class PicturePanel(Panel):
    """A panel whose lines are all made at once."""

    def __init__(self, panel_id: str) -> None:
        super().__init__(panel_id)
        self._lines: list[Text] = []

    def draw(self, frame: Frame) -> list[Text]:
        """Return all lines, for the present size."""
        raise NotImplementedError

    def prepare(self, frame: Frame) -> None:
        """Make all lines."""
        self._lines = self.draw(frame)

    def line_count(self, frame: Frame) -> int:
        """Return how many there are."""
        return len(self._lines)

    def line_at(self, frame: Frame, row: int) -> Text:
        """Return one of them."""
        return self._lines[row]
