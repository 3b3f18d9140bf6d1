"""What all panels share: they are shown a frame, and draw the lines of it that are in sight."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, Generic, Self, TypeVar

from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from textual import events
from textual.app import App
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from tui_backprop.core.step import StepRecord
from tui_backprop.session.anatomy.quantities import Quantity
from tui_backprop.ui.drawing.canvas import Canvas, CanvasLine
from tui_backprop.ui.drawing.styles import StyledText, layered, text_on_ground, text_runs
from tui_backprop.ui.layout import PanelName, fitted_tabs
from tui_backprop.ui.theme import RGB, Colors

_TITLE = 3  # columns of a border before its title
_BEFORE_BEHIND, _BETWEEN_BEHIND = "   ", "  "

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
    is_late: ClassVar[bool] = False
    """Whether it takes long to draw, and is drawn once the numbers are painted."""

    BINDINGS: ClassVar[list[BindingType]] = [  # home and end are the timeline's
        Binding("up", "scroll_up", "up", show=False),
        Binding("down", "scroll_down", "down", show=False),
        Binding("pageup", "page_up", "page up", show=False),
        Binding("pagedown", "page_down", "page down", show=False),
    ]

    class Selected(Message):
        """The user selected something, which everything else is to follow."""

        def __init__(self, panel: Panel[Any], quantity: Quantity, position: int | None) -> None:
            super().__init__()
            self.panel = panel
            self.quantity = quantity
            """What is to be explained."""
            self.position = position
            """Position in θ of the entry that it is, or that belongs to it; None where there is none."""

    class Wanted(Message):
        """Another panel is wanted, which shares this one's place."""

        def __init__(self, name: str) -> None:
            super().__init__()
            self.name = name

    def __init__(self, panel_id: str) -> None:
        super().__init__(id=panel_id, classes="panel")
        self.sample = 0
        """Which sample of the batch is looked at, from 0."""
        self.behind: tuple[PanelName, ...] = ()
        """The panels that share this one's place; a click on one in the border leads there."""
        self._behind_at: list[tuple[range, str]] = []  # the columns of each of them in the border
        self.border_title = self._titled = Text(self.name_shown)
        self.frame: Shown | None = None
        self._prepared: Shown | None = None  # the frame that the lines are made of; another one while there is no room
        self._note = self._noted = ""
        self._style = Style()
        self._room = 0  # columns of a line
        self._made: dict[int, Strip] = {}  # the lines of the visible part that were made of the present frame
        self._made_for: tuple[object, ...] = ()  # size, place in the whole picture, and style
        self._plain = False  # whether it is drawn without colours, for a text

    def show(self, frame: Shown) -> None:
        """Draw this frame from now on."""
        self.frame = frame
        self.redraw()

    def copied(self) -> str:
        """Return what is selected here as one line to paste; nothing where nothing is."""
        return ""

    def redraw(self) -> None:
        """Draw the present frame again, for another size or another view of it."""
        if self.frame is None or not self.size.width or not self.size.height:
            return
        title = text_on_ground(self.title(self.frame), self.ground)
        if title != self._titled:  # a border that changes is drawn again
            self.border_title = self._titled = title
        self.prepare(self.frame)
        self._prepared = self.frame
        if self._note != self._noted:
            self._noted = self._note
            self.border_subtitle = Text(self._note)
        self._take_lines(self.line_count(self.frame))
        self._refresh_changed()

    def _refresh_changed(self) -> None:
        """Give the screen the lines that are not as they were: about half of them, and to compose a line is expensive."""
        before, before_for = self._made, self._made_for
        self._measure()
        self._made = {y: self.make_line(y) for y in range(self.size.height)}
        if not before or before_for != self._made_for:
            super().refresh()  # all of them; they are made already
            return
        changed = [y for y, line in self._made.items() if line != before.get(y)]
        if changed:
            self.refresh(*(Region(0, y, self.size.width, 1) for y in changed))

    def _measure(self) -> None:
        """Find the style and the room that all lines share; what was made for others is of no use."""
        self._style, self._room = self.rich_style, self.columns
        measured = (self.size, self._room, self.scroll_offset, self._style)
        if measured != self._made_for:
            self._made, self._made_for = {}, measured

    def refresh(self, *regions: Region, repaint: bool = True, layout: bool = False, recompose: bool = False) -> Self:
        """Draw lines again; a caller that asks for all of them may have changed what any of them shows."""
        if not regions:
            self._made = {}
        return super().refresh(*regions, repaint=repaint, layout=layout, recompose=recompose)

    def notify_style_update(self) -> None:
        """Make all lines again in another style, such as another theme's."""
        super().notify_style_update()
        self._made = {}

    def _take_lines(self, lines: int) -> None:
        """Be so many lines high inside; the whole screen is laid out again, which is expensive, only for a scroll bar."""
        size, before, visible = Size(self.size.width, lines), self.virtual_size, self.size.height
        unmoved = self.scroll_offset.y <= max(0, lines - visible)
        if size.width == before.width and unmoved and (lines > visible) == (before.height > visible):
            self.set_reactive(ScrollView.virtual_size, size)
            if lines > visible:
                self.vertical_scrollbar.window_virtual_size = lines
        else:
            self.virtual_size = size

    def title(self, frame: Shown) -> Text:
        """Return what is in the border above: the panel's name, and which panels are behind it.

        They have their whole names, or where there is no room short ones or their keys alone, from the last one on.
        """
        title = self.name_text(frame)
        self._behind_at = []
        room = self.size.width - len(title) - len(_BEFORE_BEHIND) - 3
        shown = fitted_tabs(self.behind, room, _BETWEEN_BEHIND)
        if not shown:
            return title
        at = _TITLE + len(title) + len(_BEFORE_BEHIND)
        for one, name in zip(self.behind, shown, strict=False):
            self._behind_at.append((range(at, at + len(name)), one.id))
            at += len(name + _BETWEEN_BEHIND)
        return title.append(_BEFORE_BEHIND + _BETWEEN_BEHIND.join(shown), "dim")

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Lead to the panel whose name in the border was pressed."""
        wanted = next((name for columns, name in self._behind_at if event.x in columns), None)
        if event.y == 0 and wanted is not None:
            self.post_message(self.Wanted(wanted))

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
        """Have a text in the border below once all is prepared: the last one; one that is there already costs nothing."""
        self._note = text

    def on_resize(self) -> None:
        """Draw for the new size."""
        self.redraw()

    def prepare(self, frame: Shown) -> None:
        """Make ready what `line_at` reads; called once for each frame and size."""

    def line_count(self, frame: Shown) -> int:
        """Return how many lines the whole picture has."""
        raise NotImplementedError

    def line_at(self, frame: Shown, row: int) -> CanvasLine:
        """Return one line, 0 ≤ row < line_count."""
        raise NotImplementedError

    def render_lines(self, crop: Region) -> list[Strip]:
        """Render what is visible; the style and the room that all lines share are found once, which is expensive."""
        self._measure()
        return super().render_lines(crop)

    def render_line(self, y: int) -> Strip:
        """Return the line at `y` of the visible part, which may have been made already."""
        line = self._made.get(y)
        if line is None:
            line = self._made[y] = self.make_line(y)
        return line

    def make_line(self, y: int) -> Strip:
        """Make the line at `y` of the visible part; it is blank until there was room to lay out what the frame has."""
        row = y + self.scroll_offset.y
        if self.frame is None or self.frame is not self._prepared or row >= self.line_count(self.frame):
            return Strip.blank(self.size.width, self._style)
        return self.strip(self.line_at(self.frame, row))

    @property
    def drawn_in(self) -> Colors:
        """What can be drawn with."""
        return "none" if self._plain else colors_of(self.app)

    def still(self, *, colored: bool) -> tuple[Strip, ...]:
        """Return the panel as it is, with its frame; without colours it is drawn as under `NO_COLOR`."""
        whole = Region(0, 0, *self.outer_size)
        if colored:
            return tuple(self.render_lines(whole))
        self._plain = True
        self.redraw()
        strips = tuple(self.render_lines(whole))
        self._plain = False
        self.redraw()
        return strips

    def strip(self, text: CanvasLine) -> Strip:
        """Render one line, which ends with … where it is too long for the panel."""
        if isinstance(text, Strip):
            return self._filled([(one.text, one.style or "") for one in text], text.cell_length)
        length = text.cell_len
        if length > self._room:
            text = text.copy()  # which may be asked for again, in a wider panel
            text.truncate(self._room, overflow="ellipsis")
            length = text.cell_len
        return self._filled(text_runs(text, self.app.console), length)

    def _filled(self, runs: Sequence[StyledText], length: int) -> Strip:
        """Return a line of the panel's width on its ground, made at once: two strips, one a change, are expensive."""
        width, style = self.size.width, self._style
        styled = [Segment(text, layered(style, one) if one else style) for text, one in runs]
        if length < width:
            styled.append(Segment(" " * (width - length), style))
        line = Strip(styled, max(width, length))
        return line if length <= width else line.crop(0, width)

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
            Strip([Segment(text, layered(self._base, style)) for text, style in drawn.runs(row)], drawn.columns)
            for row in range(drawn.rows)
        ]

    def line_count(self, frame: Shown) -> int:
        """Return the rows of the canvas."""
        return len(self._strips)

    def make_line(self, y: int) -> Strip:
        """Return the line at `y`."""
        return self._strips[y] if y < len(self._strips) else Strip.blank(self.size.width, self._base)

    def notify_style_update(self) -> None:
        """Draw again on another ground, such as another theme's."""
        super().notify_style_update()
        if self._strips and self.rich_style != self._base:
            self.redraw()


class PicturePanel(Panel[Shown]):
    """A panel whose lines are all made at once."""

    def __init__(self, panel_id: str) -> None:
        super().__init__(panel_id)
        self._lines: Sequence[CanvasLine] = ()

    def draw(self, frame: Shown) -> Sequence[CanvasLine]:
        """Return all lines, for the present size."""
        raise NotImplementedError

    def prepare(self, frame: Shown) -> None:
        """Make all lines."""
        self._lines = self.draw(frame)

    def reveal(self, row: int) -> None:
        """Bring a line into sight."""
        top, height = self.scroll_offset.y, self.size.height
        if not top <= row < top + height:
            self.scroll_to(y=max(0, row - height // 2), animate=False, immediate=True)

    def line_count(self, frame: Shown) -> int:
        """Return how many there are."""
        return len(self._lines)

    def line_at(self, frame: Shown, row: int) -> CanvasLine:
        """Return one of them."""
        return self._lines[row]
