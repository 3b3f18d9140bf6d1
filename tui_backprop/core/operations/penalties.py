"""What is added to the gradient, or done to it, before the optimizer sees it."""

from __future__ import annotations

import math

import numpy as np

from tui_backprop.core.arrays import Array


def penalty_gradient(weight_mask: Array, vector: Array, *, l1: float | Array, l2: float | Array) -> Array:
    """Gradient of λ₁Σ|w| + ½λ₂Σw² over the weights, (size,); biases are not penalised (Goodfellow et al. 2016, 7.1).

    `weight_mask` (size,) is 1 at the weights of `vector` and 0 at its biases; λ₁ and λ₂ may be one for each entry.
    """
    return weight_mask * (l1 * np.sign(vector) + l2 * vector)


def clip_factor(gradient: Array, limit: float) -> float:
    """Return what shortens the gradient (size,) to the Euclidean length `limit`; 1 where it is short enough.

    It is limit / (norm + 1e-6), as in PyTorch's `clip_grad_norm_` (Pascanu et al. 2013).
    """
    norm = math.sqrt(float(gradient @ gradient))
    return 1.0 if norm <= limit else min(1.0, limit / (norm + 1e-6))


def clip_by_norm(gradient: Array, limit: float) -> Array:
    """Return the gradient times its `clip_factor`."""
    return gradient * clip_factor(gradient, limit)
