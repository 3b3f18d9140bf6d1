"""The loop of the original case, with the right formulas: floats and `math`, and a function for each formula.

As in the question it computes the loss of every sample though nothing needs it, and each change by a formula of its own.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable

import numpy as np

from tests.benchmarks.competitors.cases import Case
from tests.benchmarks.competitors.trainer import Trainer
from tui_backprop.core.arrays import Array, Indices

RATE = 0.1


def sigmoid(z: float) -> float:
    """σ(z)."""
    return 1 / (1 + math.exp(-z))


def sigmoid_slope(a: float) -> float:
    """σ′ in a = σ(z)."""
    return a * (1 - a)


def cost(error: float) -> float:
    """The loss of one sample, the squared error."""
    return error * error


def cost_slope(error: float) -> float:
    """Its derivative."""
    return 2 * error


def predict(x: float, w1: float, b1: float, w2: float, b2: float) -> tuple[float, float]:
    """Hidden unit and output."""
    h = sigmoid(w1 * x + b1)
    return h, sigmoid(w2 * h + b2)


def changes(x: float, y: float, w1: float, b1: float, w2: float, b2: float) -> tuple[float, float, float, float]:
    """What one sample would change."""
    h, out = predict(x, w1, b1, w2, b2)
    error = out - y
    cost(error)
    at_output = cost_slope(error)
    at_hidden = at_output * sigmoid_slope(out) * w2
    dw1 = at_hidden * sigmoid_slope(h) * x * RATE
    db1 = at_hidden * sigmoid_slope(h) * RATE
    dw2 = at_output * sigmoid_slope(out) * h * RATE
    db2 = at_output * sigmoid_slope(out) * RATE
    return dw1, db1, dw2, db2


def train(
    inputs: list[float], targets: list[float], first: list[float], steps: int, draw: Callable[[int, int], int]
) -> list[float]:
    """Make so many updates; `draw(least, most)` chooses the sample of each."""
    w1, b1, w2, b2 = first
    for _ in range(steps):
        chosen = draw(0, len(inputs) - 1)
        dw1, db1, dw2, db2 = changes(inputs[chosen], targets[chosen], w1, b1, w2, b2)
        w1 -= dw1
        b1 -= db1
        w2 -= dw2
        b2 -= db2
    return [w1, b1, w2, b2]


class PlainPython(Trainer):
    """That loop on the data of the original case."""

    def __init__(self, case: Case) -> None:
        self._inputs: list[float] = case.training.inputs[:, 0].tolist()
        self._targets: list[float] = case.training.targets[:, 0].tolist()
        self._theta: list[float] = case.theta.tolist()

    def train(self, steps: int) -> None:
        """Make so many updates with `random.randint`."""
        self._theta = train(self._inputs, self._targets, self._theta, steps, random.randint)

    def follow(self, batches: Indices) -> Array:
        """Make an update with each batch, which is one sample."""
        rows = iter(batches[:, 0].tolist())
        return np.array(train(self._inputs, self._targets, self._theta, len(batches), lambda _least, _most: next(rows)))
