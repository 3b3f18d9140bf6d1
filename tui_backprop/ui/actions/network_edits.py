"""Changing the network in place: what is selected in *Network* is switched off, added to, or removed."""

from __future__ import annotations

from collections.abc import Callable

from tui_backprop.session.run.changes import Change
from tui_backprop.ui.actions.base import TrainerBase
from tui_backprop.ui.drawing.spots import Spot
from tui_backprop.ui.panels.network import NetworkPanel


class InPlaceActions(TrainerBase):
    """Keys that change the network and keep the other weights."""

    @property
    def _spot(self) -> Spot:
        return self.screen_stack[0].query_one(NetworkPanel).spot_in(self.session.problem.network)

    def action_switch_part(self) -> None:
        """Switch the selected link, bias or unit off, or on again."""
        from tui_backprop.session.network_edits import switch, switch_unit

        spot, session = self._spot, self.session
        position = spot.position(session.problem.network)
        if spot.kind == "unit" or position is None:
            self.make(lambda: switch_unit(session, spot.layer, spot.unit))
        else:
            self.make(lambda: switch(session, position))

    def action_add_unit(self) -> None:
        """Add a unit to the selected layer."""
        from tui_backprop.session.network_edits import add_unit

        layer = self._spot.layer
        self._reshape(lambda: add_unit(self.session, layer), lambda sizes: (layer, sizes[layer] - 1))

    def action_add_layer(self) -> None:
        """Add a layer after the selected one."""
        from tui_backprop.session.network_edits import add_layer

        layer = self._spot.layer
        self._reshape(lambda: add_layer(self.session, layer), lambda _: (layer + 1, 0))

    def action_remove_unit(self) -> None:
        """Remove the selected unit, or the one that the selected weight leads to."""
        from tui_backprop.session.network_edits import remove_unit

        spot = self._spot
        self._reshape(
            lambda: remove_unit(self.session, spot.layer, spot.unit),
            lambda sizes: (min(spot.layer, len(sizes) - 1), min(spot.unit, sizes[min(spot.layer, len(sizes) - 1)] - 1)),
        )

    def _reshape(self, change: Callable[[], Change], where: Callable[[tuple[int, ...]], tuple[int, int]]) -> None:
        """Change the network; `where` says which layer and unit is selected then."""
        before = self.session.problem.network

        def changed() -> Change:
            done = change()
            network = self.session.problem.network
            if network != before:
                spot = Spot("unit", *where(network.sizes))
                self.screen_stack[0].query_one(NetworkPanel).choose(spot, network)
                self.selected = spot.position(network) or 0
            return done

        self.make(changed)
