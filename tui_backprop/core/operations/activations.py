"""Activation functions, each beside its derivative.

An activation is one entry of `ACTIVATIONS`; a new one is added here and appears in the recipe, on the screen and in the
tests. `value` takes pre-activations z; `slope` takes both z and a = value(z), since some derivatives are shorter in one
and some in the other. Both act on float64 arrays of any shape and return the same shape. The engines, *Step* and the
formulas of a check derive what they need from the two. `precise` is the independent formula that gradient checks compare
with: it takes numbers of any kind, and where the textbook writes a(1 − a), which loses all digits where a is nearly 1, it
has σ(z)σ(−z).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from tui_backprop.core.arrays import Array
from tui_backprop.core.numbers import Many, Numbers

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
    precise: Callable[[Numbers, Many], tuple[Many, Many]] | None = None
    """(numbers, z) → (a, da/dz), written so that no digits are lost; every entry of `ACTIVATIONS` has it."""
    sides: tuple[float, float] | None = None
    """The slopes on both sides of z = 0, where it has a kink there."""
    holomorphic: bool = False
    """Whether `value` can be given complex numbers and is differentiable there, so that the complex step applies."""
    symbol: str = ""
    """What formulas call it; empty for its name."""
    slope_written_in_a: str = ""
    """f′ as people write it in a, `{0}(1−{0})` with {0} for a; empty where they write f′(z)."""
    slope_in_a: Callable[[Array, Array], Array] | None = None
    """(z, a) → da/dz by the textbook's formula in a, where `slope` has another one because of its digits."""

    @property
    def kink(self) -> bool:
        """Whether it has no slope at z = 0."""
        return self.sides is not None

    @property
    def one_sided(self) -> bool:
        """Whether values for z > 0 have no bound, and those for z < 0 are near 0."""
        return math.isinf(self.high) and abs(float(self.value(np.array([-1.0]))[0])) < 1.0

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


def precise_sigmoid(n: Numbers, z: Many) -> tuple[Many, Many]:
    """By e⁻|ᶻ|, and σ(z)σ(−z)."""
    small = n.exp(-abs(z))
    large = 1 / (1 + small)
    return np.where(z >= 0, large, small * large), small * large * large


def tanh_slope(_z: Array, a: Array) -> Array:
    """tanh′ = 1 − a²."""
    return 1.0 - a * a


def precise_tanh(n: Numbers, z: Many) -> tuple[Many, Many]:
    """By e⁻²|ᶻ|, and 4e⁻²|ᶻ| / (1 + e⁻²|ᶻ|)²."""
    size = -n.expm1(-2 * abs(z))
    small = n.exp(-2 * abs(z))
    value = size / (1 + small)
    return np.where(z >= 0, value, -value), 4 * small / ((1 + small) * (1 + small))


def relu(z: Array) -> Array:
    """max(z, 0)."""
    return np.maximum(z, 0.0)


def relu_slope(z: Array, _a: Array) -> Array:
    """1 where z > 0, else 0; at the kink z = 0 the left slope, as PyTorch has it."""
    return (z > 0).astype(np.float64)


def precise_relu(n: Numbers, z: Many) -> tuple[Many, Many]:
    """The parts on both sides."""
    zero, one = n.of(0.0 * np.ones(z.shape)), n.of(np.ones(z.shape))
    return np.where(z > 0, z, zero), np.where(z > 0, one, zero)


def leaky_relu(z: Array) -> Array:
    """The larger of z and `LEAK`·z."""
    return np.maximum(z, LEAK * z)


def leaky_relu_slope(z: Array, _a: Array) -> Array:
    """1 where z > 0, else `LEAK`."""
    return np.where(z > 0, 1.0, LEAK)


def precise_leaky_relu(n: Numbers, z: Many) -> tuple[Many, Many]:
    """z times its slope."""
    one, leak = n.of(np.ones(z.shape)), n.of(np.full(z.shape, LEAK))
    slope = np.where(z > 0, one, leak)
    return z * slope, slope


def elu(z: Array) -> Array:
    """z where z > 0, else eᶻ − 1 (Clevert, Unterthiner and Hochreiter 2016, with α = 1)."""
    return np.where(z > 0, z, np.expm1(np.minimum(z, 0.0)))


def elu_slope(z: Array, _a: Array) -> Array:
    """1 where z > 0, else eᶻ. The textbook's a + 1 is the same, but has no digits left where a is nearly −1."""
    return np.exp(np.minimum(z, 0.0))


def elu_slope_in_a(z: Array, a: Array) -> Array:
    """1 where z > 0, else a + 1, as people write it."""
    return np.where(z > 0, 1.0, a + 1.0)


def precise_elu(n: Numbers, z: Many) -> tuple[Many, Many]:
    """eᶻ − 1 keeps its digits near 0."""
    below = -abs(z)
    return np.where(z > 0, z, n.expm1(below)), np.where(z > 0, n.of(np.ones(z.shape)), n.exp(below))


def softplus(z: Array) -> Array:
    """log(1 + eᶻ) = max(z, 0) + log(1 + e⁻|ᶻ|), which never overflows."""
    return np.maximum(z, 0.0) + np.log1p(np.exp(-np.abs(z)))


def softplus_slope(z: Array, _a: Array) -> Array:
    """σ(z)."""
    return sigmoid(z)


def precise_softplus(n: Numbers, z: Many) -> tuple[Many, Many]:
    """As `softplus`, and σ(z)."""
    rest = n.log1p(n.exp(-abs(z)))
    return np.maximum(z, n.of(np.zeros(z.shape))) + rest, precise_sigmoid(n, z)[0]


def _gelu_inner(z: Array) -> tuple[Array, Array]:
    """Return z where its cube does not overflow, and tanh(√(2/π)(z + 0.044715z³))."""
    near = np.clip(z, -GELU_SATURATED, GELU_SATURATED)
    return near, np.tanh(GELU_SCALE * (near + GELU_CUBIC * near**3))


def gelu(z: Array) -> Array:
    """½z(1 + tanh(√(2/π)(z + 0.044715z³))), the tanh form of Hendrycks and Gimpel 2016, section 2."""
    _, t = _gelu_inner(z)
    return 0.5 * z * (1.0 + t)


def gelu_slope(z: Array, _a: Array) -> Array:
    """½(1 + t) + ½z(1 − t²)·√(2/π)(1 + 3·0.044715z²), where t is the tanh in `gelu`."""
    near, t = _gelu_inner(z)
    rest = 0.5 * near * (1.0 - t * t) * GELU_SCALE
    return 0.5 * (1.0 + t) + rest * (1.0 + 3 * GELU_CUBIC * near**2)


def precise_gelu(n: Numbers, z: Many) -> tuple[Many, Many]:
    """½(1 + tanh u) = σ(2u), which keeps its digits where tanh is nearly −1."""
    scale, cubic = n.of(np.array([GELU_SCALE])), n.of(np.array([GELU_CUBIC]))
    share, slope = precise_sigmoid(n, 2 * scale * (z + cubic * z * z * z))  # ½(1 + tanh u) = σ(2u)
    return z * share, share + z * slope * 2 * scale * (1 + 3 * cubic * z * z)


def swish(z: Array) -> Array:
    """z·σ(z) (Elfwing, Uchibe and Doya 2017; Ramachandran, Zoph and Le 2017), which PyTorch calls SiLU."""
    return z * sigmoid(z)


def swish_slope(z: Array, a: Array) -> Array:
    """σ(z) + a·σ(−z)."""
    return sigmoid(z) + a * sigmoid(-z)


def precise_swish(n: Numbers, z: Many) -> tuple[Many, Many]:
    """z·σ(z), and σ(z) + z·σ(z)σ(−z)."""
    share, slope = precise_sigmoid(n, z)
    return z * share, share + z * slope


def sine_slope(z: Array, _a: Array) -> Array:
    """cos z."""
    return np.cos(z)


def precise_sine(n: Numbers, z: Many) -> tuple[Many, Many]:
    """sin z and cos z."""
    return n.sin(z), n.cos(z)


def linear(z: Array) -> Array:
    """z itself."""
    return z.copy()


def linear_slope(z: Array, _a: Array) -> Array:
    """1."""
    return np.ones_like(z)


def precise_linear(n: Numbers, z: Many) -> tuple[Many, Many]:
    """z and 1."""
    return z, n.of(np.ones(z.shape))


def softmax(z: Array) -> Array:
    """eᶻᵏ / Σⱼ eᶻʲ along the last axis, shifted by the largest z so that nothing overflows."""
    e = np.exp(z - z.max(axis=-1, keepdims=True))
    return np.asanyarray(e / e.sum(axis=-1, keepdims=True))


def precise_softmax(n: Numbers, z: Many) -> tuple[Many, Many]:
    """As `softmax`, and the diagonal of its Jacobian."""
    share = n.exp(z - z.max(axis=-1, keepdims=True))
    share = share / share.sum(axis=-1, keepdims=True)
    return share, share * (1 - share)


_IN_SIGMOID = "{0}(1−{0})"

ACTIVATIONS: dict[str, Activation] = {
    entry.name: entry
    for entry in (
        Activation(
            "sigmoid", sigmoid, sigmoid_slope, 0.0, 1.0, True, precise_sigmoid,
            holomorphic=True, symbol="σ", slope_written_in_a=_IN_SIGMOID,
        ),
        Activation(
            "tanh", np.tanh, tanh_slope, -1.0, 1.0, True, precise_tanh,
            holomorphic=True, slope_written_in_a="(1−{0}²)",
        ),
        Activation("relu", relu, relu_slope, 0.0, math.inf, True, precise_relu, sides=(0.0, 1.0)),
        Activation(
            "leaky-relu", leaky_relu, leaky_relu_slope, -math.inf, math.inf, True, precise_leaky_relu,
            sides=(LEAK, 1.0), symbol="leaky",
        ),
        Activation(
            "elu", elu, elu_slope, -1.0, math.inf, True, precise_elu,
            slope_in_a=elu_slope_in_a, slope_written_in_a="({0}+1)",
        ),
        Activation("softplus", softplus, softplus_slope, 0.0, math.inf, True, precise_softplus),
        Activation("gelu", gelu, gelu_slope, -0.1700408, math.inf, False, precise_gelu),
        Activation("swish", swish, swish_slope, -0.2784646, math.inf, False, precise_swish),
        Activation("sine", np.sin, sine_slope, -1.0, 1.0, False, precise_sine, holomorphic=True, symbol="sin"),
        Activation(
            "linear", linear, linear_slope, -math.inf, math.inf, True, precise_linear, holomorphic=True, symbol="id"
        ),
        Activation(
            "softmax", softmax, sigmoid_slope, 0.0, 1.0, False, precise_softmax,
            holomorphic=True, slope_written_in_a=_IN_SIGMOID,
        ),
    )
}  # fmt: skip
"""Every activation by name. `softmax` couples the units of its layer, so it serves as an output only."""

HIDDEN_ACTIVATIONS = tuple(name for name in ACTIVATIONS if name != "softmax")
"""Names that a hidden layer may have."""


def softmax_pull_back(a: Array, upstream: Array) -> Array:
    """a ⊙ (upstream − Σₖ upstreamₖ aₖ), from the full Jacobian diag(a) − aaᵀ."""
    return np.asanyarray(a * (upstream - (upstream * a).sum(axis=-1, keepdims=True)))


def pull_back(activation: Activation, z: Array, a: Array, upstream: Array) -> Array:
    """∂L/∂z of a layer from `upstream` = ∂L/∂a, both of shape (rows, units).

    Element by element it is upstream ⊙ f′(z); softmax has a Jacobian.
    """
    if activation.name == "softmax":
        return softmax_pull_back(a, upstream)
    return np.asanyarray(upstream * activation.slope(z, a))
