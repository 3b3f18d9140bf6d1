"""The loss at many points of a plane through parameter space at once."""

from __future__ import annotations

import numpy as np

from tui_backprop.core.arrays import Array
from tui_backprop.core.network import Network, Parameters
from tui_backprop.core.objective import Objective

_CHUNK = 2**15  # numbers of a layer's activations that are worked on at once: they stay in a core's own cache


def plane_losses(
    network: Network, objective: Objective, plane: Array, points: Array, inputs: Array, targets: Array
) -> Array:
    """Return the mean loss, (points,), at θ = origin + α·across + β·up for each point; overflow gives ±∞ or NaN.

    What the plane leaves as it is (the layers before the first that it moves) is computed once, and the first layer that it
    moves is linear in α and β, so a plane of single entries costs far less than as many forward passes.

    Args:
        network: sizes and activations.
        objective: what the loss is.
        plane: origin, across and up, (3, size).
        points: α and β of each point, (points, 2).
        inputs: scaled, (rows, inputs).
        targets: (rows, outputs).
    """
    shares = np.concatenate([np.ones((len(points), 1)), points], axis=1)
    layers = [Parameters(network, vector) for vector in plane]
    widest = max(network.sizes[1:])
    chunk = max(1, _CHUNK // (len(inputs) * widest))
    with np.errstate(all="ignore"):
        found = [
            _losses(layers, objective, shares[first : first + chunk], inputs, targets)
            for first in range(0, len(points), chunk)
        ]
    return np.concatenate(found)


def _losses(layers: list[Parameters], objective: Objective, shares: Array, inputs: Array, targets: Array) -> Array:
    """Run the forward pass for all points of a chunk; z and a are (points, rows, units), or (1, …) while nothing moves."""
    network = layers[0].network
    z = a = inputs[np.newaxis]
    for layer in range(1, network.depth + 1):
        weights = np.stack([one.w(layer) for one in layers])
        biases = np.stack([one.b(layer) for one in layers])[:, np.newaxis]
        if not (weights[1:].any() or biases[1:].any()):
            z = a @ weights[0] + biases[0]
        elif len(a) == 1:
            z = np.tensordot(shares, a @ weights + biases, 1)
        else:
            z = a @ np.tensordot(shares, weights, 1) + np.tensordot(shares, biases, 1)
        if layer < network.depth or not objective.fused:  # a fused objective has no use for the output's activation
            a = network.activation(layer).value(z)
    return np.broadcast_to(objective.sample_losses(z, a, targets).mean(axis=-1), len(shares))


def plane_cost(network: Network, plane: Array) -> float:
    """Return about what one point and one row of `plane_losses` costs, in nanoseconds on a present-day core."""
    moved = [bool(np.any(plane[1:, t.span])) for t in network.tensors]
    first = next((i // 2 for i, moves in enumerate(moved) if moves), network.depth)
    sizes = network.sizes
    products = sum(sizes[i] * sizes[i + 1] for i in range(first + 1, network.depth))
    units = sum(sizes[first + 1 :])
    by_rows = 80.0 if network.activation_names[-1] == "softmax" else 0.0  # reductions over a few classes
    return 0.2 * products + 8.0 * units + by_rows
