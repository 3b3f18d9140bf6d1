"""Gradients by central differences, to hold a rule's gradients against."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from tui_backprop.core.arrays import Array
from tui_backprop.core.forward import forward
from tui_backprop.core.network import Network, Parameters
from tui_backprop.core.objective import Objective

_STEP = float(np.cbrt(np.finfo(np.float64).eps))
"""The step that balances the error of the formula, O(h²), against rounding, O(ε/h) (Press et al. 2007, section 5.7)."""


def numeric_gradient(loss: Callable[[Array], float], theta: Array) -> Array:
    """∂L/∂θ by central differences, (size,): (L(θ+h) − L(θ−h)) / 2h, h = ∛ε · max(1, |θ|) entry by entry."""
    gradient = np.empty_like(theta)
    moved = theta.copy()
    for i, value in enumerate(theta):
        h = _STEP * max(1.0, abs(value))
        moved[i] = value + h
        above, width = loss(moved), moved[i]
        moved[i] = value - h
        width -= moved[i]  # the step that float64 really took
        gradient[i] = (above - loss(moved)) / width
        moved[i] = value
    return gradient


def batch_loss(network: Network, objective: Objective, inputs: Array, targets: Array) -> Callable[[Array], float]:
    """Return θ (size,) → mean loss over a batch: inputs (rows, inputs), targets (rows, outputs)."""

    def loss(theta: Array) -> float:
        tape = forward(network, Parameters(network, theta), inputs)
        return objective.mean_loss(tape.z[-1], tape.a[-1], targets)

    return loss


def relative_error(found: Array, expected: Array) -> Array:
    """|found − expected| / max(|found|, |expected|), entry by entry; 0 where both are 0."""
    scale = np.maximum(np.abs(found), np.abs(expected))
    return np.divide(np.abs(found - expected), scale, out=np.zeros_like(scale), where=scale > 0)
