"""The objective: a loss together with the output activation before it.

Where the two are the usual pair (sigmoid with binary cross-entropy, softmax with cross-entropy) the logarithm of the
one cancels the exponential of the other. The pair is then computed from the pre-activations z of the output layer, so that
neither a large |z| overflows nor a nearly certain prediction loses its digits.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tui_backprop.core.arrays import Array
from tui_backprop.core.operations.activations import ACTIVATIONS, Activation, pull_back, sigmoid
from tui_backprop.core.operations.losses import LOSSES, Loss


def sigmoid_cross_entropy(z: Array, target: Array) -> Array:
    """Σ over outputs of max(z, 0) − yz + log(1 + e⁻|ᶻ|), which equals −[y log σ(z) + (1 − y) log(1 − σ(z))].

    Shapes: z and target (rows, outputs), result (rows,).
    """
    return np.asarray((np.maximum(z, 0.0) - target * z + np.log1p(np.exp(-np.abs(z)))).sum(axis=-1))


def sigmoid_cross_entropy_delta(z: Array, target: Array) -> Array:
    """∂/∂z of `sigmoid_cross_entropy`: σ(z) − y, written (1 − y)σ(z) − yσ(−z) so that nothing cancels near 1."""
    return (1.0 - target) * sigmoid(z) - target * sigmoid(-z)


def log_softmax(z: Array) -> Array:
    """log softmax along the last axis: z − max − log(1 + Σ of the other exponentials).

    The largest term, whose exponential is exactly 1, is left out of the sum and put back by log1p, so that the logarithm
    of a probability near 1 keeps all its digits. Shape in and out: (rows, outputs).
    """
    shifted = z - z.max(axis=-1, keepdims=True)
    others = np.exp(shifted)
    np.put_along_axis(others, shifted.argmax(axis=-1)[..., np.newaxis], 0.0, axis=-1)
    return np.asarray(shifted - np.log1p(others.sum(axis=-1, keepdims=True)))


def softmax_cross_entropy(z: Array, target: Array) -> Array:
    """−Σ yₖ log softmax(z)ₖ. Shapes: z and target (rows, outputs), result (rows,)."""
    return np.asarray(-(target * log_softmax(z)).sum(axis=-1))


def softmax_cross_entropy_delta(z: Array, target: Array) -> Array:
    """∂/∂z of `softmax_cross_entropy` for targets that sum to 1: p − y, as (1 − y)p + y(p − 1) so that nothing cancels."""
    log_p = log_softmax(z)
    return (1.0 - target) * np.exp(log_p) + target * np.expm1(log_p)


FUSED = {
    ("sigmoid", "binary-cross-entropy"): (sigmoid_cross_entropy, sigmoid_cross_entropy_delta),
    ("softmax", "cross-entropy"): (softmax_cross_entropy, softmax_cross_entropy_delta),
}
"""The pairs that are computed in one piece, each with its loss of (z, y) and the slope of that in z."""


@dataclass(frozen=True)
class Objective:
    """What training makes small: `loss` of the output of `activation`, a mean over the batch.

    What is element by element (`sample_losses`, `error`, `delta`) also takes a stack of batches, (…, rows, outputs).
    """

    activation: Activation
    loss: Loss

    @property
    def fused(self) -> bool:
        """Whether the pair is computed in one piece from z."""
        return (self.activation.name, self.loss.name) in FUSED

    def sample_losses(self, z: Array, a: Array, target: Array) -> Array:
        """Loss of each sample, (rows,), from the output layer's z and a and the target, each (rows, outputs)."""
        if self.fused:
            value, _ = FUSED[self.activation.name, self.loss.name]
            return value(z, target)
        return self.loss.value(a, target)

    def mean_loss(self, z: Array, a: Array, target: Array) -> float:
        """Mean of `sample_losses` over the rows."""
        return float(self.sample_losses(z, a, target).mean())

    def error(self, a: Array, target: Array) -> Array:
        """∂L/∂ŷ, (rows, outputs), where L is the mean over the batch."""
        return np.asanyarray(self.loss.slope(a, target) / a.shape[-2])

    def delta(self, z: Array, a: Array, target: Array) -> Array:
        """δ = ∂L/∂z of the output layer, (rows, outputs), where L is the mean over the batch."""
        if self.fused:
            _, delta = FUSED[self.activation.name, self.loss.name]
            return np.asanyarray(delta(z, target) / z.shape[-2])
        return pull_back(self.activation, z, a, self.error(a, target))


def make_objective(activation: str, loss: str) -> Objective:
    """Return the objective of an output activation and a loss, both by name.

    Raises:
        KeyError: a name that `ACTIVATIONS` or `LOSSES` does not have.
        ValueError: the two do not belong together.
    """
    chosen = Objective(ACTIVATIONS[activation], LOSSES[loss])
    if chosen.loss.outputs is not None and activation not in chosen.loss.outputs:
        raise ValueError(
            f"loss {loss} needs the output activation {' or '.join(chosen.loss.outputs)}, not {activation}"
        )
    return chosen
