"""Activations that other people's networks have and the trainer does not offer, found by name like those of `ACTIVATIONS`.

Some have a number in their name: `leaky-relu(0.2)` is z for z > 0 and 0.2·z below, `elu(0.5)` is 0.5·(eᶻ − 1) below.
"""

from __future__ import annotations

import math
import re
from functools import lru_cache

import numpy as np

from tui_backprop.core.arrays import Array
from tui_backprop.core.operations.activations import ACTIVATIONS, Activation, sigmoid

_WITH_NUMBER = re.compile(r"(?P<kind>leaky-relu|elu)\((?P<number>[^()]+)\)")


def activation_called(name: str) -> Activation:
    """Return an activation by its name.

    Raises:
        KeyError: no activation has this name.
    """
    if name in ACTIVATIONS:
        return ACTIVATIONS[name]
    return _OTHERS[name] if name in _OTHERS else _with_number(name)


def leaky(slope: float) -> str:
    """Return the name of the leaky relu with this slope for z < 0."""
    return f"leaky-relu({slope:.12g})"


def elu_of(size: float) -> str:
    """Return the name of the elu that goes to −size."""
    return f"elu({size:.12g})"


@lru_cache(maxsize=256)
def _with_number(name: str) -> Activation:
    found = _WITH_NUMBER.fullmatch(name)
    if found is None:
        raise KeyError(name)
    amount = float(found["number"])
    if found["kind"] == "elu":
        return Activation(
            name,
            lambda z: np.where(z > 0, z, amount * np.expm1(np.minimum(z, 0.0))),
            lambda z, _a: np.where(z > 0, 1.0, amount * np.exp(np.minimum(z, 0.0))),
            -amount,
            math.inf,
            amount >= 0.0,
            sides=(amount, 1.0) if amount != 1.0 else None,
            symbol="elu",
        )
    return Activation(
        name,
        lambda z: np.where(z > 0, z, amount * z),
        lambda z, _a: np.where(z > 0, 1.0, amount),
        -math.inf if amount > 0.0 else 0.0,
        math.inf,
        amount >= 0.0,
        sides=(amount, 1.0),
        symbol="leaky",
    )


def _falling_sigmoid(z: Array) -> Array:
    """σ(−z) = 1 / (1 + eᶻ)."""
    return sigmoid(-z)


def _falling_sigmoid_slope(_z: Array, a: Array) -> Array:
    """−a(1 − a)."""
    return -a * (1.0 - a)


def _softsign(z: Array) -> Array:
    """z / (1 + |z|)."""
    return z / (1.0 + np.abs(z))


def _softsign_slope(z: Array, _a: Array) -> Array:
    """1 / (1 + |z|)²."""
    return 1.0 / (1.0 + np.abs(z)) ** 2


def _normal_share(z: Array) -> Array:
    """Φ(z), the share of the normal distribution below z."""
    return np.array([0.5 * math.erfc(-value / math.sqrt(2.0)) for value in np.ravel(z).tolist()]).reshape(np.shape(z))


def _exact_gelu(z: Array) -> Array:
    """z·Φ(z) (Hendrycks and Gimpel 2016)."""
    return z * _normal_share(z)


def _exact_gelu_slope(z: Array, _a: Array) -> Array:
    """Φ(z) + z·φ(z)."""
    return _normal_share(z) + z * np.exp(-0.5 * z * z) / math.sqrt(2.0 * math.pi)


_OTHERS: dict[str, Activation] = {
    entry.name: entry
    for entry in (
        Activation(
            "sigmoid(−z)", _falling_sigmoid, _falling_sigmoid_slope, 0.0, 1.0, True,
            symbol="σ", slope_written_in_a="(−{0}(1−{0}))",
        ),
        Activation("softsign", _softsign, _softsign_slope, -1.0, 1.0, True),
        Activation("gelu(erf)", _exact_gelu, _exact_gelu_slope, -0.1699712, math.inf, False, symbol="gelu"),
    )
}  # fmt: skip

OTHER_NAMES = tuple(_OTHERS)
"""Names of those that have no number."""
