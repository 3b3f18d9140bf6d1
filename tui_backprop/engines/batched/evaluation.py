"""What many sets of parameters answer to the same samples."""

from __future__ import annotations

import numpy as np

from tui_backprop.core.arrays import Array
from tui_backprop.core.network import Network


def final_layer(network: Network, thetas: Array, inputs: Array) -> tuple[Array, Array]:
    """Return z and a of the last layer, (runs, rows, outputs), for θ (runs, size) and inputs (rows, inputs).

    Each is bit for bit what `core.forward.forward` gives.
    """
    runs = len(thetas)
    a: Array = inputs[np.newaxis]
    z = a
    for layer in range(1, network.depth + 1):
        weights, biases = (network.tensor(f"{letter}{layer}") for letter in "wb")
        w = thetas[:, weights.span].reshape(runs, *weights.shape)
        z = a * w if weights.shape[0] == 1 else a @ w
        z += thetas[:, np.newaxis, biases.span]
        a = network.activation(layer).value(z)
    return z, a
