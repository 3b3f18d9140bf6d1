"""The loop of the original case as people write it: floats, `math`, a function for each formula; with the right formulas."""

from __future__ import annotations

import math
import random

RATE = 0.1


def sigmoid(z: float) -> float:
    """σ(z)."""
    return 1 / (1 + math.exp(-z))


def sigmoid_slope(a: float) -> float:
    """σ′ in a = σ(z)."""
    return a * (1 - a)


def cost(error: float) -> float:
    """The loss of one sample."""
    return error * error


def cost_slope(error: float) -> float:
    """Its derivative."""
    return 2 * error


def predict(x: float, w1: float, b1: float, w2: float, b2: float) -> tuple[float, float]:
    """Hidden unit and output."""
    h = sigmoid(w1 * x + b1)
    return h, sigmoid(w2 * h + b2)


def changes(inputs: list[float], targets: list[float], w1: float, b1: float, w2: float, b2: float) -> tuple[float, ...]:
    """What one random sample would change."""
    chosen = random.randint(0, len(inputs) - 1)
    x, y = inputs[chosen], targets[chosen]
    h, out = predict(x, w1, b1, w2, b2)
    error = out - y
    cost(error)
    delta_out = cost_slope(error) * sigmoid_slope(out)
    delta_hidden = delta_out * w2 * sigmoid_slope(h)
    return RATE * delta_hidden * x, RATE * delta_hidden, RATE * delta_out * h, RATE * delta_out


def train(steps: int) -> tuple[float, ...]:
    """Make so many updates from random weights."""
    inputs = [n / 9 for n in range(1, 10)]
    targets = [float(n % 2 == 0) for n in range(1, 10)]
    w1, w2 = random.uniform(-1, 1), random.uniform(-1, 1)
    b1 = b2 = 0.0
    for _ in range(steps):
        dw1, db1, dw2, db2 = changes(inputs, targets, w1, b1, w2, b2)
        w1 -= dw1
        b1 -= db1
        w2 -= dw2
        b2 -= db2
    return w1, b1, w2, b2
