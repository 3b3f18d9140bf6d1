"""Optimizers as pure functions of (θ, gradient, slots, count, rate), in order of increasing complexity.

Definitions and defaults are PyTorch's (`torch.optim`), so that a trajectory can be compared with it step by step. Slots
are the vectors that an optimizer remembers, as rows of one array (slots, size) that starts at 0; `count` is the number of
this update since the slots were 0, from 1. The rate may be one for each entry of θ, (size,), which is how many runs with
rates of their own are updated at once.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar, Protocol

import numpy as np

from tui_backprop.core.arrays import Array


class Optimizer(Protocol):
    """One way of turning a gradient into an update."""

    @property
    def slots(self) -> tuple[str, ...]:
        """Name of each slot vector."""

    def update(
        self, theta: Array, gradient: Array, slots: Array, count: int, rate: float | Array
    ) -> tuple[Array, Array]:
        """Return new θ (size,) and new slots (slots, size); neither argument is changed."""


@dataclass(frozen=True)
class Sgd:
    """θ ← θ − η g."""

    slots: ClassVar[tuple[str, ...]] = ()

    def update(
        self, theta: Array, gradient: Array, slots: Array, count: int, rate: float | Array
    ) -> tuple[Array, Array]:
        """Apply the rule above."""
        return theta - rate * gradient, slots


@dataclass(frozen=True)
class Momentum:
    """v ← μv + g; θ ← θ − η v (Polyak 1964)."""

    momentum: float = 0.9
    slots: ClassVar[tuple[str, ...]] = ("velocity",)

    def update(
        self, theta: Array, gradient: Array, slots: Array, count: int, rate: float | Array
    ) -> tuple[Array, Array]:
        """Apply the rule above."""
        velocity = self.momentum * slots[0] + gradient
        return theta - rate * velocity, velocity[np.newaxis]


@dataclass(frozen=True)
class Nesterov:
    """v ← μv + g; θ ← θ − η(g + μv) (Nesterov 1983 in the form of Sutskever et al. 2013)."""

    momentum: float = 0.9
    slots: ClassVar[tuple[str, ...]] = ("velocity",)

    def update(
        self, theta: Array, gradient: Array, slots: Array, count: int, rate: float | Array
    ) -> tuple[Array, Array]:
        """Apply the rule above."""
        velocity = self.momentum * slots[0] + gradient
        return theta - rate * (gradient + self.momentum * velocity), velocity[np.newaxis]


@dataclass(frozen=True)
class Adagrad:
    """s ← s + g²; θ ← θ − η g / (√s + ε) (Duchi et al. 2011)."""

    epsilon: float = 1e-10
    slots: ClassVar[tuple[str, ...]] = ("sum of squares",)

    def update(
        self, theta: Array, gradient: Array, slots: Array, count: int, rate: float | Array
    ) -> tuple[Array, Array]:
        """Apply the rule above."""
        total = slots[0] + gradient * gradient
        return theta - rate * (gradient / (np.sqrt(total) + self.epsilon)), total[np.newaxis]


@dataclass(frozen=True)
class RmsProp:
    """s ← αs + (1−α)g²; θ ← θ − η g / (√s + ε) (Hinton 2012, lecture 6e)."""

    alpha: float = 0.99
    epsilon: float = 1e-8
    slots: ClassVar[tuple[str, ...]] = ("mean square",)

    def update(
        self, theta: Array, gradient: Array, slots: Array, count: int, rate: float | Array
    ) -> tuple[Array, Array]:
        """Apply the rule above."""
        mean_square = self.alpha * slots[0] + (1.0 - self.alpha) * (gradient * gradient)
        return theta - rate * (gradient / (np.sqrt(mean_square) + self.epsilon)), mean_square[np.newaxis]


@dataclass(frozen=True)
class Adam:
    """m ← β₁m + (1−β₁)g; v ← β₂v + (1−β₂)g²; θ ← θ − η m̂ / (√v̂ + ε) (Kingma and Ba 2015).

    m̂ = m / (1 − β₁ᵗ) and v̂ = v / (1 − β₂ᵗ), with t the count.
    """

    beta1: float = 0.9
    beta2: float = 0.999
    epsilon: float = 1e-8
    slots: ClassVar[tuple[str, ...]] = ("m", "v")

    def update(
        self, theta: Array, gradient: Array, slots: Array, count: int, rate: float | Array
    ) -> tuple[Array, Array]:
        """Apply the rule above."""
        m = self.beta1 * slots[0] + (1.0 - self.beta1) * gradient
        v = self.beta2 * slots[1] + (1.0 - self.beta2) * (gradient * gradient)
        scale = rate / (1.0 - self.beta1**count)
        root = np.sqrt(1.0 - self.beta2**count)
        return theta - scale * (m / (np.sqrt(v) / root + self.epsilon)), np.stack([m, v])


@dataclass(frozen=True)
class AdamW:
    """θ ← θ − ηλθ, then Adam's update (Loshchilov and Hutter 2019); λ = 0.01 on every parameter, as in PyTorch."""

    adam: Adam = Adam()
    weight_decay: float = 0.01
    slots: ClassVar[tuple[str, ...]] = Adam.slots

    def update(
        self, theta: Array, gradient: Array, slots: Array, count: int, rate: float | Array
    ) -> tuple[Array, Array]:
        """Apply the rule above."""
        return self.adam.update(theta * (1.0 - rate * self.weight_decay), gradient, slots, count, rate)


OPTIMIZERS: dict[str, Callable[[float], Optimizer]] = {
    "sgd": lambda _momentum: Sgd(),
    "momentum": Momentum,
    "nesterov": Nesterov,
    "adagrad": lambda _momentum: Adagrad(),
    "rmsprop": lambda _momentum: RmsProp(),
    "adam": lambda _momentum: Adam(),
    "adamw": lambda _momentum: AdamW(),
}
"""Every optimizer by name, made from the recipe's momentum, which only `momentum` and `nesterov` have."""
