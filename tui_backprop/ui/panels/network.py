"""The panel *Network*: units and weights as a drawing, the signal in them, and what flows back."""

from __future__ import annotations

from typing import ClassVar

from rich.text import Text
from textual import events
from textual.binding import Binding, BindingType

from tui_backprop.core.network import Network
from tui_backprop.session.anatomy.quantities import EntryKind, Quantity, input_name
from tui_backprop.session.frames.frame import Frame
from tui_backprop.session.pictures.network import NetworkPicture, network_picture, response_surfaces
from tui_backprop.ui.drawing.canvas import Canvas
from tui_backprop.ui.drawing.layers import LayersDrawing
from tui_backprop.ui.drawing.network import DrawingStyle, NetworkDrawing
from tui_backprop.ui.drawing.numbers import signed
from tui_backprop.ui.drawing.spots import Spot, Way, spot_at
from tui_backprop.ui.drawing.unit_layout import UnitLayout, plan_units
from tui_backprop.ui.panels.panel import CanvasPanel

_LEGEND = "━ + ┅ −"


class NetworkPanel(CanvasPanel[Frame]):
    """The network, drawn unit by unit, or layer by layer where it is too large for its place."""

    name_shown = "Network"
    is_late = True

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "walk('up')", "unit or weight above", show=False),
        Binding("down", "walk('down')", "unit or weight below", show=False),
        Binding("left", "walk('left')", "layer before", show=False),
        Binding("right", "walk('right')", "layer after", show=False),
        Binding("enter", "enter", "weights of the unit, or set value", show=False),
        Binding("backspace", "walk('out')", "back to the unit", show=False),
        Binding("comma", "app.sample(-1)", "sample before", show=False),
        Binding("full_stop", "app.sample(1)", "sample after", show=False),
    ]

    def __init__(self, panel_id: str) -> None:
        super().__init__(panel_id)
        self.selected = Spot("weight", 1, 0)
        """What is marked in the drawing; at first the entry that is selected everywhere."""
        self._marked: int | None = 0  # position in θ that was selected elsewhere since this was drawn
        self._network: Network | None = None
        self._seen = 0  # which sample of the batch is drawn
        self._drawing: NetworkDrawing | LayersDrawing | None = None
        self._picture: NetworkPicture | None = None

    def name_text(self, frame: Frame) -> Text:
        """Return the name, and the phase that was reached."""
        name = super().name_text(frame)
        return name if frame.inside is None else name.append(": ").append(frame.inside.title, "bold reverse")

    def canvas(self, frame: Frame) -> Canvas:
        """Draw the units, or the layers."""
        network, record = frame.network, frame.record
        if self._network is not None and network != self._network and self._marked is None:
            self._marked = self.selected.position(self._network) or 0  # the entry at the same position, as in the lists
        if self._marked is not None:
            self.selected = spot_at(network, min(self._marked, network.size - 1))
        older = self._marked is not None and self._marked >= network.size  # a frame of before the network was changed
        self._network, self._marked = network, self._marked if older else None
        self._seen = 0 if record is None else self.sample_in(record)
        self._picture = picture = network_picture(frame, self._seen)
        look = DrawingStyle(self.ground, self.selected, "reverse" if self.has_focus else "bold underline")
        size = self.size.width, self.size.height
        plan = plan_units(network.sizes, *size, surfaces=network.sizes[0] == 2)
        if plan is None:
            self._drawing = LayersDrawing(network, picture, size, look)
        else:
            surfaces = response_surfaces(frame, _surface_sizes(plan))
            self._drawing = NetworkDrawing(network, plan, picture, surfaces, look)
        self.note(self._reading(frame, picture))
        return self._drawing.canvas

    def _reading(self, frame: Frame, picture: NetworkPicture) -> str:
        """Write what is selected with its numbers, which sample is seen, and what the lines mean."""
        spot, network = self.selected, frame.network
        position = spot.position(network)
        if spot.kind == "unit":
            units = picture.units[spot.layer]
            place = f"[{spot.unit}]" if network.sizes[spot.layer] > 1 else ""
            columns = frame.problem.features.names
            signal = f"a{spot.layer}{place}" if spot.layer else input_name(columns, spot.unit, len(columns))
            names = {"a": signal, "delta": "δ"}
            values = {kind: float(found[spot.unit]) for kind, found in units.known.items()}
            parts = [f"{name} {signed(values[kind], 0) if kind in values else '·'}" for kind, name in names.items()]
        else:
            assert position is not None  # noqa: S101  (weights and biases have one)
            parts = [f"{network.entry_name(position)} {signed(float(frame.state.parameters[position]), 0)}"]
            if frame.record is not None and frame.happened("gradients", spot.layer):
                parts.append(f"∂ {signed(float(frame.record.gradients.parameters.vector[position]), 0)}")
        batch = 0 if frame.record is None else len(frame.record.rows)
        if batch > 1:
            parts.append(f"sample {self._seen + 1} of {batch} ( , . )")
        parts.append(_LEGEND)
        while parts and len("  ".join(parts)) > self.size.width - 2:
            parts.pop()
        return "  ".join(parts)

    # Looking around.

    def spot_in(self, network: Network) -> Spot:
        """Return what is selected, also where it was selected elsewhere and is not drawn yet."""
        return self.selected if self._marked is None else spot_at(network, min(self._marked, network.size - 1))

    def choose(self, spot: Spot, network: Network) -> None:
        """Select something in a network that is drawn with the next frame."""
        self.selected, self._network, self._marked = spot, network, None

    def mark(self, position: int) -> None:
        """Mark the entry of θ that was selected elsewhere, at the latest when this is in sight again."""
        self._marked = position
        self.redraw()

    def action_walk(self, way: Way) -> None:
        """Select what comes next that way."""
        if self.frame is not None:
            self._select(self.selected.step(self.frame.network, way))

    async def action_enter(self) -> None:
        """Go from a unit into its weights; of a weight or a bias type the value."""
        if self.selected.kind == "unit":
            self.action_walk("in")
        else:
            await self.run_action("app.set_parameter")

    def on_click(self, event: events.Click) -> None:
        """Select the unit or the weight that was clicked."""
        at = event.get_content_offset_capture(self)
        spot = None if self._drawing is None else self._drawing.spot(at.x, at.y)
        if spot is not None:
            self._select(spot)

    def _select(self, spot: Spot) -> None:
        """Select something, and let everything else follow."""
        if self.frame is None or self._picture is None:
            return
        self.selected = spot
        self.redraw()
        network = self.frame.network
        quantity = _quantity(self.frame, self._picture, spot, self._seen)
        self.post_message(self.Selected(self, quantity, spot.position(network)))


def _surface_sizes(plan: UnitLayout) -> tuple[tuple[int, int] | None, ...]:
    """Return points across and up of the surfaces of each layer, two to a cell."""
    first = [cards[0] for cards in plan.cards]
    return tuple((card.surface, 2 * card.height) if card.surface else None for card in first)


def _quantity(frame: Frame, picture: NetworkPicture, spot: Spot, sample: int) -> Quantity:
    """Return what is explained of a spot: what it shows; of a parameter between two steps how it came about."""
    position = spot.position(frame.network)
    if spot.kind == "unit" or position is None:
        return Quantity(picture.units[spot.layer].shown or "a", spot.layer, spot.unit, sample)
    shown = picture.entries[spot.layer - 1].shown
    kind: EntryKind = "new" if shown == "change" or frame.inside is None else shown
    return Quantity(kind, spot.layer, position)
