"""Backpropagation on one page: read this first.

The network has one hidden layer of sigmoid units and a sigmoid output. The loss is the squared error, a mean over the
samples. Samples are rows, so x is (rows, inputs) and y is (rows, outputs). A gradient has the shape of its parameter.

The other files of this room are the same three functions for any depth, activation, loss and optimizer: `forward`,
`backward` (where a rule is a parameter) and `step` (where an update is made).

    >>> x, y = np.array([[0, 0], [0, 1], [1, 0], [1, 1.0]]), np.array([[0], [1], [1], [0.0]])
    >>> theta = (np.array([[5, -4], [-4, 5.0]]), np.array([-2, -2.0]), np.array([[4], [4.0]]), np.array([-3.0]))
    >>> for _ in range(2000):
    ...     theta = update(theta, backward(theta, x, y), rate=2.0)
    >>> forward(theta, x)[-1].round().ravel()
    array([0., 1., 1., 0.])
"""

from __future__ import annotations

import numpy as np

from tui_backprop.core.arrays import Array

Theta = tuple[Array, Array, Array, Array]
"""(w1, b1, w2, b2): w1 (inputs, hidden), b1 (hidden,), w2 (hidden, outputs), b2 (outputs,)."""


def sigmoid(z: Array) -> Array:
    """σ(z) = 1 / (1 + e⁻ᶻ)."""
    return 1 / (1 + np.exp(-z))


def forward(theta: Theta, x: Array) -> tuple[Array, Array]:
    """Return the hidden activations a1 (rows, hidden) and the prediction ŷ = a2 (rows, outputs)."""
    w1, b1, w2, b2 = theta
    a1 = sigmoid(x @ w1 + b1)
    a2 = sigmoid(a1 @ w2 + b2)
    return a1, a2


def loss(theta: Theta, x: Array, y: Array) -> float:
    """Return L: (ŷ − y)², summed over the outputs, averaged over the rows."""
    _, a2 = forward(theta, x)
    return float(((a2 - y) ** 2).sum(axis=1).mean())


def backward(theta: Theta, x: Array, y: Array) -> Theta:
    """Return the gradient of L: how L changes with each parameter.

    δ = ∂L/∂z is computed from the last layer to the first: it is ∂L/∂a times σ′(z) = a(1 − a). A weight's gradient is δ
    times the *input* of that weight. A bias has the input 1.
    """
    _, _, w2, _ = theta
    a1, a2 = forward(theta, x)
    delta2 = 2 * (a2 - y) / len(x) * a2 * (1 - a2)  # ∂L/∂z2: ∂L/∂ŷ times σ′(z2)
    delta1 = delta2 @ w2.T * a1 * (1 - a1)  # ∂L/∂z1: δ2 back through the weights, times σ′(z1)
    return x.T @ delta1, delta1.sum(axis=0), a1.T @ delta2, delta2.sum(axis=0)


def update(theta: Theta, gradient: Theta, rate: float) -> Theta:
    """Return θ − η ∂L/∂θ: each parameter goes a little way downhill."""
    w1, b1, w2, b2 = (value - rate * slope for value, slope in zip(theta, gradient, strict=True))
    return w1, b1, w2, b2
