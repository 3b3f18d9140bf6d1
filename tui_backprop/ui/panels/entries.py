"""What the panels *Parameters* and *Gradients* share: one row for each entry of θ, grouped by tensor."""

from __future__ import annotations

from rich.text import Text

from tui_backprop.core.network import Network, Tensor
from tui_backprop.session.frame import Frame
from tui_backprop.ui.panels.panel import Panel

Row = tuple[Tensor, int]
"""A tensor and the flat index of one of its entries; −1 for the heading of the tensor."""


class EntriesPanel(Panel):
    """A long list of entries, of which only those in sight are made."""

    def __init__(self, panel_id: str) -> None:
        super().__init__(panel_id)
        self._network: Network | None = None
        self._rows: list[Row] = []

    def prepare(self, frame: Frame) -> None:
        """Lay out the rows of this network."""
        if frame.network is not self._network:
            self._network = frame.network
            self._rows = [
                (tensor, index)
                for tensor in frame.network.tensors
                for index in range(-1 if tensor.size > 1 else 0, tensor.size)
            ]
        hidden = self.line_count(frame) > self.size.height
        self.note(f"{frame.network.size:,} entries, scroll" if hidden else "")

    def line_count(self, frame: Frame) -> int:
        """Return the number of rows, headings included."""
        return len(self._rows)

    def line_at(self, frame: Frame, row: int) -> Text:
        """Return a heading or an entry."""
        tensor, index = self._rows[row]
        return self.heading(frame, tensor) if index < 0 else self.entry(frame, tensor, index)

    def heading(self, frame: Frame, tensor: Tensor) -> Text:
        """Return the line above the entries of a tensor."""
        raise NotImplementedError

    def entry(self, frame: Frame, tensor: Tensor, index: int) -> Text:
        """Return the line of one entry."""
        raise NotImplementedError


def heading_text(tensor: Tensor, rest: str) -> Text:
    """Return `w1 (2, 4)` and what is known of the whole tensor."""
    shape = ", ".join(map(str, tensor.shape)) + ("," if len(tensor.shape) == 1 else "")
    return Text(f"{tensor.name} ({shape})  {rest}", style="bold", no_wrap=True)
