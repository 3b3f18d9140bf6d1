"""What all panels share: they are shown a frame, and draw the lines of it that are in sight."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any, ClassVar, Generic, TypeVar

from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from textual.app import App
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from tui_backprop.core.step import StepRecord
from tui_backprop.session.anatomy.quantities import Quantity
from tui_backprop.ui.drawing.surface import Canvas, Line
from tui_backprop.ui.theme import RGB, Colors

Shown = TypeVar("Shown")
"""The kind of frame that a panel draws."""


def colors_of(app: App[Any]) -> Colors:
    """Return what can be drawn with: none under `NO_COLOR`, sixteen in the `ansi` themes and on such a terminal."""
    depth = app.console.color_system
    if app.no_color or depth is None:
        return "none"
    return "sixteen" if app.native_ansi_color or depth == "standard" else "full"


class Panel(ScrollView, Generic[Shown], can_focus=True, inherit_bindings=False):
    """A bordered, scrolling view of one aspect of a frame, drawn line by line."""

    name_shown = ""
    """The panel's name, its border title."""

    BINDINGS: ClassVar[list[BindingType]] = [  # home and end are the timeline's
        Binding("up", "scroll_up", "up", show=False),
        Binding("down", "scroll_down", "down", show=False),
        Binding("pageup", "page_up", "page up", show=False),
        Binding("pagedown", "page_down", "page down", show=False),
    ]

    class Selected(Message):
        """Somebody selected something, which everything else is to follow."""

        def __init__(self, panel: Panel[Any], quantity: Quantity, position: int | None) -> None:
            super().__init__()
            self.panel = panel
            self.quantity = quantity
            """What is to be explained."""
            self.position = position
            """Position in θ of the entry that it is, or that belongs to it; None where there is none."""

    def __init__(self, panel_id: str) -> None:
        super().__init__(id=panel_id, classes="panel")
        self.sample = 0
        """Which sample of the batch is looked at, from 0."""
        self.behind = ""
        """Keys and names of the panels that share this one's place."""
        self.border_title = self._titled = Text(self.name_shown)
        self.frame: Shown | None = None
        self._noted = ""
        self._style = Style()
        self._room = 0  # columns of a line
        self._plain = False  # whether it is drawn without colours, for a text

    def show(self, frame: Shown) -> None:
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
        self._take_lines(self.line_count(self.frame))
        self._room = self.columns
        self.refresh()

    def _take_lines(self, lines: int) -> None:
        """Be so many lines high inside; the whole screen is laid out anew, which is dear, only for a scroll bar."""
        size, before, visible = Size(self.size.width, lines), self.virtual_size, self.size.height
        unmoved = self.scroll_offset.y <= max(0, lines - visible)
        if size.width == before.width and unmoved and (lines > visible) == (before.height > visible):
            self.set_reactive(ScrollView.virtual_size, size)
            if lines > visible:
                self.vertical_scrollbar.window_virtual_size = lines
        else:
            self.virtual_size = size

    def title(self, frame: Shown) -> Text:
        """Return what stands in the border above: the panel's name, and which panels are behind it."""
        title = self.name_text(frame)
        if self.behind and len(title) + len(self.behind) + 8 <= self.size.width:
            title.append(f"   {self.behind}", "dim")
        return title

    def name_text(self, frame: Shown) -> Text:
        """Return the panel's name, and what of the frame belongs beside it."""
        return Text(self.name_shown)

    def sample_in(self, record: StepRecord) -> int:
        """Return which sample of this batch is looked at: the last one where there are fewer."""
        return min(self.sample, len(record.rows) - 1)

    def look_at_sample(self, sample: int) -> None:
        """Look at another sample of the batch."""
        self.sample = sample
        self.redraw()

    @property
    def ground(self) -> RGB | None:
        """The colour behind the panel; None where colours cannot be shaded: `NO_COLOR`, `ansi` themes, 16 colours."""
        color = self.rich_style.bgcolor
        if self.drawn_in != "full" or color is None or color.triplet is None:
            return None
        return (*color.triplet,)

    def note(self, text: str) -> None:
        """Put a text into the border below; one that is there already costs nothing."""
        if text != self._noted:
            self._noted = text
            self.border_subtitle = Text(text)

    def on_resize(self) -> None:
        """Draw for the new size."""
        self.redraw()

    def prepare(self, frame: Shown) -> None:
        """Make ready what `line_at` reads; called once for each frame and size."""

    def line_count(self, frame: Shown) -> int:
        """Return how many lines the whole picture has."""
        raise NotImplementedError

    def line_at(self, frame: Shown, row: int) -> Line:
        """Return one line, 0 ≤ row < line_count."""
        raise NotImplementedError

    def render_lines(self, crop: Region) -> list[Strip]:
        """Render what is visible; the style and the room that all lines share are found once, which is dear."""
        self._style, self._room = self.rich_style, self.columns
        return super().render_lines(crop)

    def render_line(self, y: int) -> Strip:
        """Render the line at `y` of the visible part."""
        row = y + self.scroll_offset.y
        if self.frame is None or row >= self.line_count(self.frame):
            return self.strip(Text())
        return self.strip(self.line_at(self.frame, row))

    @property
    def drawn_in(self) -> Colors:
        """What can be drawn with."""
        return "none" if self._plain else colors_of(self.app)

    def still(self, *, colored: bool) -> tuple[Strip, ...]:
        """Return the panel as it stands, with its frame; without colours it is drawn as under `NO_COLOR`."""
        whole = Region(0, 0, *self.outer_size)
        if colored:
            return tuple(self.render_lines(whole))
        self._plain = True
        self.redraw()
        strips = tuple(self.render_lines(whole))
        self._plain = False
        self.redraw()
        return strips

    def strip(self, text: Line) -> Strip:
        """Render one line, which ends with … where it is too long for the panel."""
        if isinstance(text, Strip):
            return self._filled(text, text.cell_length)
        if text.cell_len > self._room:
            text = text.copy()  # which may be asked for again, in a wider panel
            text.truncate(self._room, overflow="ellipsis")
        if not text.spans:  # rich leaves a text's own style out where it has no other
            text.stylize(text.style)
        return self._filled(text.render(self.app.console, end=""), text.cell_len)

    def _filled(self, segments: Iterable[Segment], length: int) -> Strip:
        """Return a line of the panel's width on its ground, made at once: a strip for each of the two changes is dear."""
        width, style = self.size.width, self._style
        if length > width:
            return Strip(segments, length).crop(0, width).apply_style(style)
        styled = [Segment(one.text, _layered(style, one.style) if one.style else style) for one in segments]
        if length < width:
            styled.append(Segment(" " * (width - length), style))
        return Strip(styled, width)

    @property
    def columns(self) -> int:
        """Cells of a line, without what the scroll bar takes."""
        return self.scrollable_content_region.width


class CanvasPanel(Panel[Shown]):
    """A panel that fills its place with one canvas, which has many styles to a line and goes to the screen as it is."""

    def __init__(self, panel_id: str) -> None:
        super().__init__(panel_id)
        self._strips: list[Strip] = []
        self._base = Style.null()

    def canvas(self, frame: Shown) -> Canvas:
        """Draw for the present size."""
        raise NotImplementedError

    def prepare(self, frame: Shown) -> None:
        """Make all lines."""
        self._base = self.rich_style
        drawn = self.canvas(frame)
        self._strips = [
            Strip([Segment(text, _layered(self._base, style)) for text, style in drawn.runs(row)], drawn.columns)
            for row in range(drawn.rows)
        ]

    def line_count(self, frame: Shown) -> int:
        """Return the rows of the canvas."""
        return len(self._strips)

    def render_line(self, y: int) -> Strip:
        """Return the line at `y`."""
        return self._strips[y] if y < len(self._strips) else Strip.blank(self.size.width, self._base)

    def notify_style_update(self) -> None:
        """Draw again on another ground, such as another theme's."""
        super().notify_style_update()
        if self._strips and self.rich_style != self._base:
            self.redraw()


@lru_cache(maxsize=4096)
def _layered(base: Style, style: str | Style) -> Style:
    return base + (Style.parse(style) if isinstance(style, str) else style)


class PicturePanel(Panel[Shown]):
    """A panel whose lines are all made at once."""

    def __init__(self, panel_id: str) -> None:
        super().__init__(panel_id)
        self._lines: Sequence[Line] = ()

    def draw(self, frame: Shown) -> Sequence[Line]:
        """Return all lines, for the present size."""
        raise NotImplementedError

    def prepare(self, frame: Shown) -> None:
        """Make all lines."""
        self._lines = self.draw(frame)

    def line_count(self, frame: Shown) -> int:
        """Return how many there are."""
        return len(self._lines)

    def line_at(self, frame: Shown, row: int) -> Line:
        """Return one of them."""
        return self._lines[row]
