"""First values of the parameters, as a pure function of the network and the seed. Biases start at 0."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from tui_backprop.core.arrays import Array
from tui_backprop.core.network import Network, Parameters
from tui_backprop.core.randomness import generator

Initializer = Callable[[np.random.Generator, int, int], Array]
"""(generator, fan_in, fan_out) → weights of one layer, (fan_in, fan_out)."""


def uniform(rng: np.random.Generator, fan_in: int, fan_out: int) -> Array:
    """U(−1, 1), as in the original case."""
    return rng.uniform(-1.0, 1.0, (fan_in, fan_out))


def normal(rng: np.random.Generator, fan_in: int, fan_out: int) -> Array:
    """N(0, 1)."""
    return rng.standard_normal((fan_in, fan_out))


def xavier(rng: np.random.Generator, fan_in: int, fan_out: int) -> Array:
    """U(−r, r) with r = √(6 / (fan_in + fan_out)) (Glorot and Bengio 2010)."""
    radius = math.sqrt(6.0 / (fan_in + fan_out))
    return rng.uniform(-radius, radius, (fan_in, fan_out))


def he(rng: np.random.Generator, fan_in: int, fan_out: int) -> Array:
    """N(0, 2 / fan_in) (He et al. 2015)."""
    return math.sqrt(2.0 / fan_in) * rng.standard_normal((fan_in, fan_out))


def zeros(_rng: np.random.Generator, fan_in: int, fan_out: int) -> Array:
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
    """θ at step 0, (size,): each layer's weights in turn from one generator, biases 0."""
    rng = generator(seed, "init")
    parameters = Parameters.zeros(network)
    for layer in range(1, network.depth + 1):
        weights = parameters.w(layer)
        weights[...] = INITIALIZERS[init](rng, *weights.shape)
    return parameters.vector
