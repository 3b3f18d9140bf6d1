"""The forward pass, and the tape that it leaves for the backward pass."""

from __future__ import annotations

from dataclasses import dataclass

from tui_backprop.core.arrays import Array
from tui_backprop.core.network import Network, Parameters


@dataclass(frozen=True, eq=False)
class Tape:
    """Every pre-activation z and activation a of one batch; each entry is (rows, units of that layer).

    Both are indexed by layer, as in the textbook: `z[1]`, `a[1]` belong to the first layer after the input. `a[0]` is
    the input itself, and `z[0]` is the same array, so that the indices agree.
    """

    z: tuple[Array, ...]
    a: tuple[Array, ...]

    @property
    def rows(self) -> int:
        """Number of samples in the batch."""
        return len(self.a[0])

    @property
    def prediction(self) -> Array:
        """ŷ, the activations of the last layer, (rows, outputs)."""
        return self.a[-1]


def forward(network: Network, parameters: Parameters, inputs: Array) -> Tape:
    """Run `inputs` (rows, fan_in) through the network: z_l = a_{l−1} W_l + b_l, a_l = f_l(z_l)."""
    z, a = [inputs], [inputs]
    for layer in range(1, network.depth + 1):
        z.append(a[-1] @ parameters.w(layer) + parameters.b(layer))
        a.append(network.activation(layer).value(z[-1]))
    return Tape(tuple(z), tuple(a))


def predict(network: Network, parameters: Parameters, inputs: Array) -> Array:
    """ŷ for `inputs` (rows, fan_in), (rows, outputs)."""
    return forward(network, parameters, inputs).prediction
