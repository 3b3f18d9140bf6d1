"""What can be pointed at in a drawing of a network, and how the arrows walk from one to the next."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from tui_backprop.core.network import Network

Way = Literal["up", "down", "left", "right", "in", "out"]


@dataclass(frozen=True)
class Spot:
    """A unit, a bias or a weight."""

    kind: Literal["unit", "bias", "weight"]
    layer: int
    """0 is the input, which has units alone."""
    unit: int
    """The unit itself, or the one that the bias or the weight belongs to."""
    source: int = 0
    """The unit of the layer before that a weight comes from."""

    def position(self, network: Network) -> int | None:
        """Return the position in θ of a weight or of a bias, a unit's own included; None for an input."""
        if self.layer == 0:
            return None
        weights, biases = network.tensors[2 * self.layer - 2 : 2 * self.layer]
        if self.kind == "weight":
            return weights.start + self.source * weights.shape[1] + self.unit
        return biases.start + self.unit

    def step(self, network: Network, way: Way) -> Spot:
        """Return what comes next that way, itself at an edge.

        From a unit up and down lead within its layer and left and right to the next one; in leads into its weights. There up
        and down lead from one to the next and at last to the bias, left and right to the unit at that end, out back to the
        unit they belong to.
        """
        if self.kind == "unit":
            return self._from_unit(network, way)
        fan_in = network.sizes[self.layer - 1]
        at = fan_in if self.kind == "bias" else self.source
        match way:
            case "up" | "down":
                at = min(max(at + (1 if way == "down" else -1), 0), fan_in)
                return (
                    Spot("bias", self.layer, self.unit) if at == fan_in else Spot("weight", self.layer, self.unit, at)
                )
            case "left" if self.kind == "weight":
                return Spot("unit", self.layer - 1, self.source)
            case "in":
                return self
        return Spot("unit", self.layer, self.unit)

    def _from_unit(self, network: Network, way: Way) -> Spot:
        sizes = network.sizes
        match way:
            case "up" | "down":
                unit = min(max(self.unit + (1 if way == "down" else -1), 0), sizes[self.layer] - 1)
                return Spot("unit", self.layer, unit)
            case "left" | "right":
                layer = min(max(self.layer + (1 if way == "right" else -1), 0), network.depth)
                opposite = (2 * self.unit + 1) * sizes[layer] // (2 * sizes[self.layer])
                return Spot("unit", layer, opposite if layer != self.layer else self.unit)
            case "in" if self.layer:
                return Spot("weight", self.layer, self.unit, 0)
        return self


def spot_at(network: Network, position: int) -> Spot:
    """Return the weight or the bias at a position in θ."""
    tensor = next(tensor for tensor in network.tensors if position < tensor.start + tensor.size)
    index = position - tensor.start
    if tensor.is_weight:
        source, unit = divmod(index, tensor.shape[1])
        return Spot("weight", tensor.layer, unit, source)
    return Spot("bias", tensor.layer, index)
