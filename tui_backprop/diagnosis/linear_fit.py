"""The best linear models: least squares, and logistic and softmax regression by Newton's method."""

from __future__ import annotations

import numpy as np

from tui_backprop.core.arrays import Array
from tui_backprop.core.objective import sigmoid_cross_entropy, softmax_cross_entropy
from tui_backprop.core.operations.activations import sigmoid, softmax

_NEWTON_STEPS = 60
_ENOUGH = 1e-11  # squared Newton decrement, about twice what is left to gain, at which the optimum counts as found
_HALVINGS = 40


def least_squares(inputs: Array, targets: Array) -> Array:
    """Return the predictions (rows, outputs) of the linear model with the smallest squared error; inputs (rows, inputs)."""
    design = _design(inputs)
    found, *_ = np.linalg.lstsq(design, targets, rcond=None)
    return np.asarray(design @ found)


def lowest_cross_entropy(inputs: Array, targets: Array, *, softmax_outputs: bool) -> float | None:
    """Return a loss that no linear model goes below, within rounding of the lowest one; None where it is not found.

    The mean cross-entropy of a linear model is convex, so Newton's method with halved steps finds its optimum (Boyd and
    Vandenberghe 2004, section 9.5). Where the samples can be told apart there is none, and the loss goes down to 0.

    Args:
        inputs: (rows, inputs).
        targets: (rows, outputs), of 0 and 1; for a softmax each row sums to 1.
        softmax_outputs: whether the outputs share one softmax; otherwise each is a sigmoid of its own.
    """
    design = _design(inputs)
    if softmax_outputs:
        return _newton(design, targets, softmax_outputs=True)
    found = [_newton(design, targets[:, [output]], softmax_outputs=False) for output in range(targets.shape[1])]
    return None if None in found else float(sum(loss for loss in found if loss is not None))


def _design(inputs: Array) -> Array:
    """Columns with mean 0 and deviation 1, which Newton's method is at ease with, and one of ones for the bias."""
    spread = inputs.std(axis=0)
    scaled = (inputs - inputs.mean(axis=0)) / np.where(spread > 0, spread, 1.0)
    return np.column_stack([scaled, np.ones(len(inputs))])


def _newton(design: Array, targets: Array, *, softmax_outputs: bool) -> float | None:
    value, probability = (softmax_cross_entropy, softmax) if softmax_outputs else (sigmoid_cross_entropy, sigmoid)
    weights = np.zeros((design.shape[1], targets.shape[1]))
    loss = float(value(design @ weights, targets).mean())
    for _ in range(_NEWTON_STEPS):
        p = probability(design @ weights)
        gradient = design.T @ (p - targets) / len(design)
        direction = _solve(_hessian(design, p, softmax_outputs=softmax_outputs), gradient)
        decrement = float((gradient * direction).sum())
        if decrement <= _ENOUGH:
            return max(0.0, loss - max(decrement, 0.0))
        step = 1.0
        for _ in range(_HALVINGS):
            tried = float(value(design @ (weights - step * direction), targets).mean())
            if tried <= loss - 0.25 * step * decrement:
                break
            step *= 0.5
        else:
            return None
        weights, loss = weights - step * direction, tried
    return None


def _hessian(design: Array, p: Array, *, softmax_outputs: bool) -> Array:
    """∂²L/∂W², (outputs · columns, outputs · columns), output by output: XᵀDX / rows with D_{kl} = p_k(1_{kl} − p_l)."""
    rows, columns = design.shape
    outputs = p.shape[1]
    blocks = np.empty((outputs, columns, outputs, columns))
    for k in range(outputs):
        for other in range(outputs):
            slope = p[:, k] * ((k == other) - p[:, other]) if softmax_outputs else p[:, k] * (1.0 - p[:, k])
            blocks[k, :, other, :] = design.T @ (design * slope[:, np.newaxis]) / rows
    return blocks.reshape(outputs * columns, outputs * columns)


def _solve(hessian: Array, gradient: Array) -> Array:
    """H⁻¹g in the shape of g (columns, outputs); least squares, since a softmax has a direction without slope."""
    found, *_ = np.linalg.lstsq(hessian, gradient.T.reshape(-1), rcond=1e-13)
    return np.asarray(found.reshape(gradient.shape[1], gradient.shape[0]).T)
