"""The panel *Distributions*: how weights, activations, δ, gradients and updates are spread, layer by layer."""

from __future__ import annotations

from typing import ClassVar

from rich.text import Text
from textual.binding import Binding, BindingType

from tui_backprop.session.frames.frame import Frame
from tui_backprop.session.pictures.distributions import QUANTITIES, Distributed, DistributionPicture, Distributions
from tui_backprop.ui.drawing.histograms import Room, draw_distributions
from tui_backprop.ui.panels.panel import PicturePanel

_NARROWEST = 24  # columns for two drawings side by side


class DistributionsPanel(PicturePanel[Frame]):
    """For each layer a histogram as it is now, and beside it the whole run."""

    name_shown = "Distributions"
    is_late = True

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "quantity(-1)", "quantity before", show=False),
        Binding("right", "quantity(1)", "next quantity", show=False),
    ]

    def __init__(self, panel_id: str) -> None:
        super().__init__(panel_id)
        self._chosen = 1  # activations: they show at once whether units saturate
        self._distributions = Distributions()

    def action_quantity(self, by: int) -> None:
        """Show another quantity."""
        self._chosen = (self._chosen + by) % len(QUANTITIES)
        self.redraw()

    def name_text(self, frame: Frame) -> Text:
        """Return the panel's name and what is shown."""
        return Text(f"{self.name_shown}: {QUANTITIES[self._chosen].name}")

    def draw(self, frame: Frame) -> list[Text]:
        """Draw all layers."""
        if self.columns < _NARROWEST:
            return [Text("too small to draw")]
        quantity, room = QUANTITIES[self._chosen], Room(self.columns, self.size.height, frame.network.depth)
        picture = self._distributions.picture(frame, quantity, room.bins, room.bands, room.times)
        self.note(self._aside(quantity, picture))
        return draw_distributions(picture, room, self.drawn_in)

    def _aside(self, quantity: Distributed, picture: DistributionPicture) -> str:
        """Say what can be shown, and what the values are over."""
        others = "←→ " + "  ".join(f"[{one.symbol}]" if one is quantity else one.symbol for one in QUANTITIES)
        said = " · ".join(part for part in (others if self.has_focus else "", picture.over) if part)
        return said if len(said) <= self.size.width - 2 else others

    def on_focus(self) -> None:
        """Show below what can be chosen."""
        self.redraw()

    def on_blur(self) -> None:
        """Show below what the values are over."""
        self.redraw()
