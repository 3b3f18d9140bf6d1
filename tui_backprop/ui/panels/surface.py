"""The panel *Loss surface*: the loss around where the run is, and the way it took."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import ClassVar

from rich.text import Text
from textual.binding import Binding, BindingType
from textual.timer import Timer

from tui_backprop.core.network import Network
from tui_backprop.session.frames.frame import Frame
from tui_backprop.session.pictures.landscape import Landscape, LossSurface, NoPlaneError, held_sentence
from tui_backprop.session.pictures.plane import KINDS, MOST_ZOOM, View
from tui_backprop.ui.drawing.canvas import CanvasLine
from tui_backprop.ui.drawing.landscape import BELOW, MARGIN, draw_loss_surface, too_small
from tui_backprop.ui.panels.panel import PicturePanel

_REST = 0.15  # seconds after which a surface that needs more than one picture is gone on with
_KEYS, _KEYS_SHORT = "←→ ↑↓ axes  m kind  , . zoom  enter here", "←→ ↑↓ m , . enter"


class SurfacePanel(PicturePanel[Frame]):
    """A heat-map of the loss over two parameters or directions, with the path, downhill and the next step."""

    name_shown = "Loss surface"
    is_late = True

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "across(-1)", "parameter before, across", show=False),
        Binding("right", "across(1)", "next parameter, across", show=False),
        Binding("down", "up(-1)", "parameter before, up", show=False),
        Binding("up", "up(1)", "next parameter, up", show=False),
        Binding("m", "kind", "kind of directions", show=False),
        Binding("full_stop", "zoom(1)", "zoom in", show=False),
        Binding("comma", "zoom(-1)", "zoom out", show=False),
        Binding("enter", "here", "look at where the run is", show=False),
    ]

    def __init__(self, panel_id: str) -> None:
        super().__init__(panel_id)
        self.view = View()
        """What is seen."""
        self._landscape = Landscape()
        self._network: Network | None = None
        self._going_on: Timer | None = None  # until more of an unfinished surface is computed

    def draw(self, frame: Frame) -> Sequence[CanvasLine]:
        """Draw the map with its axes and legend, or say why there is none."""
        self._fit(frame.network)
        if self._going_on is not None:
            self._going_on.stop()
            self._going_on = None
        columns, rows = self.size.width, self.size.height
        if too_small(columns, rows):
            return [Text("too small to draw")]
        try:
            surface = self._landscape.picture(frame, self.view, columns - MARGIN, 2 * (rows - BELOW))
        except NoPlaneError as error:
            self.note(_KEYS if self.has_focus else "")
            return [Text(str(error), style="dim")]
        if not surface.whole:  # while the run goes on, its next frame comes first
            self._going_on = self.set_timer(_REST, self.redraw)
        self.note(self._aside(frame, surface))
        return draw_loss_surface(surface, columns, rows, self.drawn_in)

    def _fit(self, network: Network) -> None:
        """Choose two parameters of a network that has not been seen before."""
        if network != self._network:
            self._network = network
            first = min(self.view.first, network.size - 1)
            partner = network.tensors[-2].start  # a weight of the last layer
            second = partner if partner != first else (first + 1) % network.size
            self.view = replace(self.view, first=first, second=second)

    def _aside(self, frame: Frame, surface: LossSurface) -> str:
        """Say what is held where, what is computed less finely than it is drawn, and which keys there are."""
        wanted = (self.size.width - MARGIN, 2 * (self.size.height - BELOW))
        coarse = "" if surface.computed == wanted else f"{surface.computed[0]}×{surface.computed[1]} points"
        fewer = f"{surface.rows:,} of {surface.of_rows:,} samples" if surface.rows < surface.of_rows else ""
        held = held_sentence(frame, self.view, surface)
        ways = [(_KEYS, coarse, fewer, held), (_KEYS_SHORT, coarse, fewer, held), (_KEYS_SHORT, coarse, fewer)]
        ways = [*(ways if self.has_focus else []), (coarse, fewer, held), (coarse, fewer)]
        said = [" · ".join(part for part in way if part) for way in ways]
        return next((one for one in said if len(one) <= self.size.width - 2), said[-1])

    def follow(self, position: int) -> None:
        """Let the entry that was selected elsewhere go across."""
        second = self.view.first if position == self.view.second else self.view.second
        self.view = replace(self.view, first=position, second=second)
        if self.is_on_screen:
            self.redraw()

    def action_across(self, by: int) -> None:
        """Put another parameter across."""
        first = self._next(self.view.first, by, self.view.second)
        self._look(replace(self.view, kind="parameters", first=first))

    def action_up(self, by: int) -> None:
        """Put another parameter up."""
        second = self._next(self.view.second, by, self.view.first)
        self._look(replace(self.view, kind="parameters", second=second))

    def action_kind(self) -> None:
        """Go on to the next kind of directions."""
        self._look(replace(self.view, kind=KINDS[(KINDS.index(self.view.kind) + 1) % len(KINDS)]))

    def action_zoom(self, by: int) -> None:
        """Look nearer, or from farther away."""
        self._look(replace(self.view, zoom=max(-MOST_ZOOM, min(MOST_ZOOM, self.view.zoom + by))))

    def action_here(self) -> None:
        """Lay the plane again where the run is now."""
        self._landscape.lay_again()
        self.redraw()

    def on_focus(self) -> None:
        """Show the keys below."""
        self.redraw()

    def on_blur(self) -> None:
        """Show what is held below."""
        self.redraw()

    def _next(self, position: int, by: int, taken: int) -> int:
        size = 1 if self._network is None else self._network.size
        position = (position + by) % size
        return (position + by) % size if position == taken else position

    def _look(self, view: View) -> None:
        self.view = view
        self.redraw()
