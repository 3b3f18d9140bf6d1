"""First values of the parameters, as a pure function of the network and the seed. Biases start at 0."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from tui_backprop.core.arrays import Array
from tui_backprop.core.network import Network, Parameters
from tui_backprop.core.randomness import Stream

Initializer = Callable[[Stream, int, int], Array]
"""(stream of the layer, fan_in, fan_out) → weights of one layer, (fan_in, fan_out)."""


def _symmetric(stream: Stream, radius: float, fan_in: int, fan_out: int) -> Array:
    return radius * (2.0 * stream.unit(0, fan_in * fan_out) - 1.0).reshape(fan_in, fan_out)


def uniform(stream: Stream, fan_in: int, fan_out: int) -> Array:
    """U(−1, 1), as in the original case."""
    return _symmetric(stream, 1.0, fan_in, fan_out)


def normal(stream: Stream, fan_in: int, fan_out: int) -> Array:
    """N(0, 1)."""
    return stream.normal(0, fan_in * fan_out).reshape(fan_in, fan_out)


def xavier(stream: Stream, fan_in: int, fan_out: int) -> Array:
    """U(−r, r) with r = √(6 / (fan_in + fan_out)) (Glorot and Bengio 2010)."""
    return _symmetric(stream, math.sqrt(6.0 / (fan_in + fan_out)), fan_in, fan_out)


def he(stream: Stream, fan_in: int, fan_out: int) -> Array:
    """N(0, 2 / fan_in) (He et al. 2015)."""
    return math.sqrt(2.0 / fan_in) * normal(stream, fan_in, fan_out)


def zeros(_stream: Stream, fan_in: int, fan_out: int) -> Array:
    """All 0: every unit of a layer then stays a copy of the others."""
    return np.zeros((fan_in, fan_out))


INITIALIZERS: dict[str, Initializer] = {
    "uniform": uniform,
    "xavier": xavier,
    "he": he,
    "normal": normal,
    "zeros": zeros,
}
"""Every initializer by name."""


def initial_parameters(network: Network, init: str, seed: int) -> Array:
    """θ at step 0, (size,): the weights of each layer from the stream of its number, biases 0."""
    parameters = Parameters.zeros(network)
    for layer in range(1, network.depth + 1):
        weights = parameters.w(layer)
        weights[...] = INITIALIZERS[init](Stream.of(seed, "init", layer), *weights.shape)
    return parameters.vector
