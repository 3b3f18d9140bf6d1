"""What the panels *Parameters* and *Gradients* share: a row for each entry of θ, grouped by tensor, one of them selected."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from typing import ClassVar

from rich.text import Text
from textual import events
from textual.binding import Binding, BindingType

from tui_backprop.core.network import Tensor
from tui_backprop.session.anatomy.quantities import EntryKind, Quantity
from tui_backprop.ui.drawing.bars import sparkline
from tui_backprop.ui.panels.panel import Panel, Shown

_FEWEST_SPARKS = 3  # values that still say something of the past


class EntriesPanel(Panel[Shown]):
    """A long list of entries, of which only those in sight are made."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "move(-1)", "entry before", show=False),
        Binding("down", "move(1)", "entry after", show=False),
        Binding("pageup", "move(-20)", "entries before", show=False),
        Binding("pagedown", "move(20)", "entries after", show=False),
    ]

    explained: ClassVar[EntryKind]
    """What of a selected entry is explained."""

    def __init__(self, panel_id: str) -> None:
        super().__init__(panel_id)
        self._laid_out: tuple[Tensor, ...] = ()
        self._tensors: list[tuple[int, Tensor]] = []
        self._rows = 0
        self._longest = 0  # characters of the longest name of an entry
        self.selected = 0
        """Position in θ of the selected entry."""

    def tensors(self, frame: Shown) -> tuple[Tensor, ...]:
        """Return what the entries are of, in the order of θ."""
        raise NotImplementedError

    def prepare(self, frame: Shown) -> None:
        """Lay out the rows of this network."""
        tensors = self.tensors(frame)
        if tensors is not self._laid_out:
            self._laid_out = tensors
            self._tensors, self._rows = [], 0
            self._longest = max(len(tensor.entry_name(tensor.size - 1)) for tensor in tensors)
            for tensor in tensors:
                self._tensors.append((self._rows, tensor))
                self._rows += tensor.size + (tensor.size > 1)
        self.selected = min(self.selected, self._entries - 1)
        hidden = self.line_count(frame) > self.size.height
        self.note(f"{self._entries:,} entries, scroll" if hidden else "")

    @property
    def _entries(self) -> int:
        """Length of θ."""
        last = self._laid_out[-1]
        return last.start + last.size

    def line_count(self, frame: Shown) -> int:
        """Return the number of rows, headings included."""
        return self._rows

    def line_at(self, frame: Shown, row: int) -> Text:
        """Return a heading or an entry, the selected one marked."""
        tensor, index = self._at(row)
        if index < 0:
            return self.heading(frame, tensor)
        line = self.entry(frame, tensor, index)
        if tensor.start + index == self.selected:
            line.stylize("reverse" if self.has_focus else "underline", 0, len(line.plain.split(" ", 1)[0]))
        return line

    def _at(self, row: int) -> tuple[Tensor, int]:
        """Return the tensor of a row, and the flat index of the entry; −1 for the heading."""
        first, tensor = self._tensors[bisect_right(self._tensors, row, key=lambda pair: pair[0]) - 1]
        return tensor, row - first - (tensor.size > 1)

    def _row_of(self, position: int) -> int:
        first, tensor = next((r, t) for r, t in self._tensors if t.start <= position < t.start + t.size)
        return first + position - tensor.start + (tensor.size > 1)

    def select(self, position: int) -> None:
        """Select an entry, and bring it into sight."""
        if self.frame is None or not self._laid_out:
            return
        self.selected = min(max(position, 0), self._entries - 1)
        row, top = self._row_of(self.selected), self.scroll_offset.y
        if not top <= row < top + self.size.height:
            self.scroll_to(y=max(0, row - self.size.height // 2), animate=False)
        self.refresh()

    def copied(self) -> str:
        """Return the row of the selected entry."""
        if self.frame is None or not self._laid_out:
            return ""
        return " ".join(self.line_at(self.frame, self._row_of(self.selected)).plain.split())

    def action_move(self, by: int) -> None:
        """Select another entry."""
        if self._laid_out:
            self.select(self.selected + by)
            self._tell()

    def on_click(self, event: events.Click) -> None:
        """Select the entry that was clicked."""
        row = self.scroll_offset.y + event.get_content_offset_capture(self).y
        if (
            self.frame is not None
            and 0 <= row < self.line_count(self.frame)
            and self._rows == self.line_count(self.frame)
        ):
            tensor, index = self._at(row)
            self.select(tensor.start + max(index, 0))
            self._tell()

    def _tell(self) -> None:
        """Let everything else follow."""
        layer = next(tensor.layer for tensor in self._laid_out if self.selected < tensor.start + tensor.size)
        self.post_message(self.Selected(self, Quantity(self.explained, layer, self.selected), self.selected))

    def with_past(self, line: Text, values: Sequence[float]) -> Text:
        """Return the line with a sparkline of the latest values behind it: of as many as there is room for."""
        room = self.columns - line.cell_len - 2
        return line.append(f"  {sparkline(values[-room:])}") if room >= _FEWEST_SPARKS else line

    def heading(self, frame: Shown, tensor: Tensor) -> Text:
        """Return the line above the entries of a tensor."""
        raise NotImplementedError

    def entry(self, frame: Shown, tensor: Tensor, index: int) -> Text:
        """Return the line of one entry."""
        raise NotImplementedError


def heading_text(tensor: Tensor, rest: str) -> Text:
    """Return `w1 (2, 4)` and what is known of the whole tensor."""
    shape = ", ".join(map(str, tensor.shape)) + ("," if len(tensor.shape) == 1 else "")
    return Text(f"{tensor.name} ({shape})  {rest}", style="bold", no_wrap=True)
