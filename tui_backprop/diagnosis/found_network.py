"""A multilayer perceptron as other people write it: any size, and any activation that has a name here."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from tui_backprop.core.arrays import Array
from tui_backprop.core.forward import predict
from tui_backprop.core.network import Network, Parameters
from tui_backprop.core.operations.activations import Activation
from tui_backprop.core.operations.other_activations import activation_called


@dataclass(frozen=True)
class FoundNetwork(Network):
    """A network that was recognised. The trainer's limits do not hold for it: a hidden layer may have softmax.

    Raises:
        ValueError: there is not one activation for each layer.
    """

    def __post_init__(self) -> None:
        if len(self.sizes) != len(self.activation_names) + 1 or len(self.sizes) < 2:
            raise ValueError("a network has one activation for each layer after the input, and at least one")

    @cached_property
    def activations(self) -> tuple[Activation, ...]:
        """The activation of each layer after the input."""
        return tuple(activation_called(name) for name in self.activation_names)

    def predict(self, theta: Array, inputs: Array) -> Array:
        """Return ŷ (samples, outputs) of θ (size,) for inputs (samples, fan_in)."""
        return predict(self, Parameters(self, theta), inputs)
