"""Activation functions, each beside its derivative.

An activation is one entry of `ACTIVATIONS`; a new one is added here and appears in the recipe, on the screen and in the
tests. `value` takes pre-activations z; `slope` takes both z and a = value(z), since some derivatives are shorter in one
and some in the other. All act on float64 arrays of any shape and return the same shape.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from tui_backprop.core.arrays import Array

LEAK = 0.01
"""Slope of leaky-relu for z < 0 (Maas, Hannun and Ng 2013)."""

GELU_SCALE = math.sqrt(2 / math.pi)
"""What gelu's tanh is given is this times (z + `GELU_CUBIC`·z³)."""

GELU_CUBIC = 0.044715
"""The constant of Hendrycks and Gimpel 2016, section 2."""

GELU_SATURATED = 10.0
"""|z| beyond which gelu's tanh is ±1 to the last bit; z³ must not overflow."""


@dataclass(frozen=True)
class Activation:
    """An activation function and what is known of it."""

    name: str
    value: Callable[[Array], Array]
    """z → a."""
    slope: Callable[[Array, Array], Array]
    """(z, a) → da/dz; for softmax the diagonal of its Jacobian."""
    low: float
    """Infimum of the values."""
    high: float
    """Supremum of the values."""
    monotone: bool
    """Whether a never falls as z rises."""
    kink: bool = False
    """Whether it has no slope at z = 0."""
    holomorphic: bool = False
    """Whether `value` can be given complex numbers and is differentiable there, so that the complex step applies."""
    slope_in_a: Callable[[Array, Array], Array] | None = None
    """(z, a) → da/dz by the textbook's formula in a, where `slope` has another one because of its digits."""

    @property
    def bounded(self) -> bool:
        """Whether its values lie between two finite numbers."""
        return math.isfinite(self.low) and math.isfinite(self.high)


def sigmoid(z: Array) -> Array:
    """σ(z) = 1 / (1 + e⁻ᶻ). For z below −709 the exponential overflows to ∞ and the value is 0, as it should be."""
    with np.errstate(over="ignore"):
        return 1.0 / (1.0 + np.exp(-z))


def sigmoid_slope(_z: Array, a: Array) -> Array:
    """σ′ = a(1 − a)."""
    return a * (1.0 - a)


def tanh_slope(_z: Array, a: Array) -> Array:
    """tanh′ = 1 − a²."""
    return 1.0 - a * a


def relu(z: Array) -> Array:
    """max(z, 0)."""
    return np.maximum(z, 0.0)


def relu_slope(z: Array, _a: Array) -> Array:
    """1 where z > 0, else 0; at the kink z = 0 the left slope, as PyTorch has it."""
    return (z > 0).astype(np.float64)


def leaky_relu(z: Array) -> Array:
    """The larger of z and `LEAK`·z."""
    return np.maximum(z, LEAK * z)


def leaky_relu_slope(z: Array, _a: Array) -> Array:
    """1 where z > 0, else `LEAK`."""
    return np.where(z > 0, 1.0, LEAK)


def elu(z: Array) -> Array:
    """z where z > 0, else eᶻ − 1 (Clevert, Unterthiner and Hochreiter 2016, with α = 1)."""
    return np.where(z > 0, z, np.expm1(np.minimum(z, 0.0)))


def elu_slope(z: Array, _a: Array) -> Array:
    """1 where z > 0, else eᶻ. The textbook's a + 1 is the same, but has no digits left where a is nearly −1."""
    return np.exp(np.minimum(z, 0.0))


def elu_slope_in_a(z: Array, a: Array) -> Array:
    """1 where z > 0, else a + 1, as people write it."""
    return np.where(z > 0, 1.0, a + 1.0)


def softplus(z: Array) -> Array:
    """log(1 + eᶻ) = max(z, 0) + log(1 + e⁻|ᶻ|), which never overflows."""
    return np.maximum(z, 0.0) + np.log1p(np.exp(-np.abs(z)))


def softplus_slope(z: Array, _a: Array) -> Array:
    """σ(z)."""
    return sigmoid(z)


def _gelu_inner(z: Array) -> tuple[Array, Array]:
    near = np.clip(z, -GELU_SATURATED, GELU_SATURATED)
    return near, np.tanh(GELU_SCALE * (near + GELU_CUBIC * near**3))


def gelu(z: Array) -> Array:
    """½z(1 + tanh(√(2/π)(z + 0.044715z³))), the tanh form of Hendrycks and Gimpel 2016, section 2."""
    _, t = _gelu_inner(z)
    return 0.5 * z * (1.0 + t)


def gelu_slope(z: Array, _a: Array) -> Array:
    """½(1 + t) + ½z(1 − t²)·√(2/π)(1 + 3·0.044715z²), where t is the tanh in `gelu`."""
    near, t = _gelu_inner(z)
    return 0.5 * (1.0 + t) + 0.5 * near * (1.0 - t * t) * GELU_SCALE * (1.0 + 3 * GELU_CUBIC * near**2)


def sine_slope(z: Array, _a: Array) -> Array:
    """cos z."""
    return np.cos(z)


def linear(z: Array) -> Array:
    """z itself."""
    return z.copy()


def linear_slope(z: Array, _a: Array) -> Array:
    """1."""
    return np.ones_like(z)


def softmax(z: Array) -> Array:
    """eᶻᵏ / Σⱼ eᶻʲ along the last axis, shifted by the largest z so that nothing overflows."""
    e = np.exp(z - z.max(axis=-1, keepdims=True))
    return np.asanyarray(e / e.sum(axis=-1, keepdims=True))


ACTIVATIONS: dict[str, Activation] = {
    entry.name: entry
    for entry in (
        Activation("sigmoid", sigmoid, sigmoid_slope, 0.0, 1.0, True, holomorphic=True),
        Activation("tanh", np.tanh, tanh_slope, -1.0, 1.0, True, holomorphic=True),
        Activation("relu", relu, relu_slope, 0.0, math.inf, True, kink=True),
        Activation("leaky-relu", leaky_relu, leaky_relu_slope, -math.inf, math.inf, True, kink=True),
        Activation("elu", elu, elu_slope, -1.0, math.inf, True, slope_in_a=elu_slope_in_a),
        Activation("softplus", softplus, softplus_slope, 0.0, math.inf, True),
        Activation("gelu", gelu, gelu_slope, -0.1700408, math.inf, False),
        Activation("sine", np.sin, sine_slope, -1.0, 1.0, False, holomorphic=True),
        Activation("linear", linear, linear_slope, -math.inf, math.inf, True, holomorphic=True),
        Activation("softmax", softmax, sigmoid_slope, 0.0, 1.0, False, holomorphic=True),
    )
}
"""Every activation by name. `softmax` couples the units of its layer, so it serves as an output only."""

HIDDEN_ACTIVATIONS = tuple(name for name in ACTIVATIONS if name != "softmax")
"""Names that a hidden layer may have."""


def pull_back(activation: Activation, z: Array, a: Array, upstream: Array) -> Array:
    """∂L/∂z of a layer from `upstream` = ∂L/∂a, both of shape (rows, units).

    Element by element it is upstream ⊙ f′(z). Softmax has the full Jacobian diag(a) − aaᵀ, which gives
    a ⊙ (upstream − Σₖ upstreamₖ aₖ).
    """
    if activation.name == "softmax":
        return np.asanyarray(a * (upstream - (upstream * a).sum(axis=-1, keepdims=True)))
    return np.asanyarray(upstream * activation.slope(z, a))
