"""Optimizers as pure functions of (θ, gradient, slots, count, rate), in order of increasing complexity.

Definitions and defaults are PyTorch's (`torch.optim`), so that a trajectory can be compared with it step by step. Slots
are the vectors that an optimizer remembers, as rows of one array (slots, size) that starts at 0; `count` is the number of
this update since the slots were 0, from 1. The rate may be one for each entry of θ, (size,), which is how many runs with
rates of their own are updated at once.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from tui_backprop.core.arrays import Array


@dataclass(frozen=True)
class Optimizer(ABC):
    """One way of turning a gradient into an update.

    `new_values` says it entry by entry, so that it holds for one number as well as for θ as a whole: the engines and *Step*
    derive what they need from it.
    """

    slots: ClassVar[tuple[str, ...]] = ()
    """Name of each slot vector."""
    highest_rate: ClassVar[float] = 3.0
    """Rate above which one that works is a matter of luck."""
    steps_by_rate: ClassVar[bool] = False
    """Whether a step has about the size of the rate, whatever the size of the gradient."""

    @property
    def stable_product(self) -> float:
        """Largest η·λ with which updates along an eigenvector of the Hessian, with the eigenvalue λ, do not grow.

        NaN where there is no such number: the optimizer gives each parameter a step of its own.
        """
        return math.nan

    @abstractmethod
    def new_values(
        self, theta: Array, gradient: Array, slots: Array, count: int, rate: float | Array
    ) -> tuple[Array, tuple[Array, ...]]:
        """Return new θ and the new value of each slot, each of the shape of θ; `slots[i]` is the old value of slot i."""

    def update(
        self, theta: Array, gradient: Array, slots: Array, count: int, rate: float | Array
    ) -> tuple[Array, Array]:
        """Return new θ (size,) and new slots (slots, size); neither argument is changed."""
        moved, new = self.new_values(theta, gradient, slots, count, rate)
        if len(new) > 1:
            return moved, np.stack(new)
        return moved, new[0][np.newaxis] if new else slots


@dataclass(frozen=True)
class Sgd(Optimizer):
    """θ ← θ − η g."""

    @property
    def stable_product(self) -> float:
        """From 1 − ηλ ≥ −1."""
        return 2.0

    def new_values(
        self, theta: Array, gradient: Array, slots: Array, count: int, rate: float | Array
    ) -> tuple[Array, tuple[Array, ...]]:
        """Apply the rule above."""
        return theta - rate * gradient, ()


@dataclass(frozen=True)
class Momentum(Optimizer):
    """v ← μv + g; θ ← θ − η v (Polyak 1964)."""

    momentum: float = 0.9
    slots: ClassVar[tuple[str, ...]] = ("velocity",)

    @property
    def stable_product(self) -> float:
        """2(1 + μ): the root of the recursion is −1 there."""
        return 2.0 * (1.0 + self.momentum)

    def new_values(
        self, theta: Array, gradient: Array, slots: Array, count: int, rate: float | Array
    ) -> tuple[Array, tuple[Array, ...]]:
        """Apply the rule above."""
        velocity = self.momentum * slots[0] + gradient
        return theta - rate * velocity, (velocity,)


@dataclass(frozen=True)
class Nesterov(Optimizer):
    """v ← μv + g; θ ← θ − η(g + μv) (Nesterov 1983 in the form of Sutskever et al. 2013)."""

    momentum: float = 0.9
    slots: ClassVar[tuple[str, ...]] = ("velocity",)

    @property
    def stable_product(self) -> float:
        """2(1 + μ)/(1 + 2μ): the root of the recursion is −1 there."""
        return 2.0 * (1.0 + self.momentum) / (1.0 + 2.0 * self.momentum)

    def new_values(
        self, theta: Array, gradient: Array, slots: Array, count: int, rate: float | Array
    ) -> tuple[Array, tuple[Array, ...]]:
        """Apply the rule above."""
        velocity = self.momentum * slots[0] + gradient
        return theta - rate * (gradient + self.momentum * velocity), (velocity,)


@dataclass(frozen=True)
class Adagrad(Optimizer):
    """s ← s + g²; θ ← θ − η g / (√s + ε) (Duchi et al. 2011)."""

    epsilon: float = 1e-10
    slots: ClassVar[tuple[str, ...]] = ("sum of squares",)
    highest_rate: ClassVar[float] = 0.3

    def new_values(
        self, theta: Array, gradient: Array, slots: Array, count: int, rate: float | Array
    ) -> tuple[Array, tuple[Array, ...]]:
        """Apply the rule above."""
        total = slots[0] + gradient * gradient
        return theta - rate * (gradient / (np.sqrt(total) + self.epsilon)), (total,)


@dataclass(frozen=True)
class RmsProp(Optimizer):
    """s ← αs + (1−α)g²; θ ← θ − η g / (√s + ε) (Hinton 2012, lecture 6e)."""

    alpha: float = 0.99
    epsilon: float = 1e-8
    slots: ClassVar[tuple[str, ...]] = ("mean square",)
    highest_rate: ClassVar[float] = 0.01
    steps_by_rate: ClassVar[bool] = True

    def new_values(
        self, theta: Array, gradient: Array, slots: Array, count: int, rate: float | Array
    ) -> tuple[Array, tuple[Array, ...]]:
        """Apply the rule above."""
        mean_square = self.alpha * slots[0] + (1.0 - self.alpha) * (gradient * gradient)
        return theta - rate * (gradient / (np.sqrt(mean_square) + self.epsilon)), (mean_square,)


@dataclass(frozen=True)
class Adam(Optimizer):
    """m ← β₁m + (1−β₁)g; v ← β₂v + (1−β₂)g²; θ ← θ − η m̂ / (√v̂ + ε) (Kingma and Ba 2015).

    m̂ = m / (1 − β₁ᵗ) and v̂ = v / (1 − β₂ᵗ), with t the count.
    """

    beta1: float = 0.9
    beta2: float = 0.999
    epsilon: float = 1e-8
    slots: ClassVar[tuple[str, ...]] = ("m", "v")
    highest_rate: ClassVar[float] = 0.03
    steps_by_rate: ClassVar[bool] = True

    def new_values(
        self, theta: Array, gradient: Array, slots: Array, count: int, rate: float | Array
    ) -> tuple[Array, tuple[Array, ...]]:
        """Apply the rule above."""
        m = self.beta1 * slots[0] + (1.0 - self.beta1) * gradient
        v = self.beta2 * slots[1] + (1.0 - self.beta2) * (gradient * gradient)
        scale = rate / (1.0 - self.beta1**count)
        root = np.sqrt(1.0 - self.beta2**count)
        return theta - scale * (m / (np.sqrt(v) / root + self.epsilon)), (m, v)


@dataclass(frozen=True)
class AdamW(Optimizer):
    """θ ← θ − ηλθ, then Adam's update (Loshchilov and Hutter 2019); λ = 0.01 on every parameter, as in PyTorch."""

    adam: Adam = Adam()
    weight_decay: float = 0.01
    slots: ClassVar[tuple[str, ...]] = Adam.slots
    highest_rate: ClassVar[float] = Adam.highest_rate
    steps_by_rate: ClassVar[bool] = True

    def new_values(
        self, theta: Array, gradient: Array, slots: Array, count: int, rate: float | Array
    ) -> tuple[Array, tuple[Array, ...]]:
        """Apply the rule above."""
        return self.adam.new_values(theta * (1.0 - rate * self.weight_decay), gradient, slots, count, rate)


@dataclass(frozen=True)
class Lion(Optimizer):
    """θ ← θ − η·sign(β₁m + (1−β₁)g); m ← β₂m + (1−β₂)g (Chen et al. 2023), without the paper's weight decay."""

    beta1: float = 0.9
    beta2: float = 0.99
    slots: ClassVar[tuple[str, ...]] = ("m",)
    highest_rate: ClassVar[float] = 0.01
    steps_by_rate: ClassVar[bool] = True

    def new_values(
        self, theta: Array, gradient: Array, slots: Array, count: int, rate: float | Array
    ) -> tuple[Array, tuple[Array, ...]]:
        """Apply the rule above."""
        direction = np.sign(self.beta1 * slots[0] + (1.0 - self.beta1) * gradient)
        return theta - rate * direction, (self.beta2 * slots[0] + (1.0 - self.beta2) * gradient,)


OPTIMIZERS: dict[str, Callable[[float], Optimizer]] = {
    "sgd": lambda _momentum: Sgd(),
    "momentum": Momentum,
    "nesterov": Nesterov,
    "adagrad": lambda _momentum: Adagrad(),
    "rmsprop": lambda _momentum: RmsProp(),
    "adam": lambda _momentum: Adam(),
    "adamw": lambda _momentum: AdamW(),
    "lion": lambda _momentum: Lion(),
}
"""Every optimizer by name, made from the recipe's momentum, which only `momentum` and `nesterov` have."""
