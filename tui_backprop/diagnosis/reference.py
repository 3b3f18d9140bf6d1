"""The best constant answer: the loss of a network that has learned nothing from its inputs."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from tui_backprop.core.arrays import Array, Indices
from tui_backprop.core.operations.losses import LOSSES, huber_slope

BISECTIONS = 200
"""Halvings that bring an interval of any size to neighbours, or to far less than anyone sees."""


def _means(targets: Array, group: Indices) -> Array:
    sums = np.column_stack([np.bincount(group, column) for column in targets.T])
    return np.asarray(sums / np.bincount(group)[:, np.newaxis])


def _medians(targets: Array, group: Indices) -> Array:
    sizes = np.bincount(group)
    first = np.cumsum(sizes) - sizes
    ordered = np.column_stack([column[np.lexsort((column, group))] for column in targets.T])
    return np.asarray(0.5 * ordered[first + (sizes - 1) // 2] + 0.5 * ordered[first + sizes // 2])


def _huber_centres(targets: Array, group: Indices) -> Array:
    """Where the mean slope of huber crosses 0, group by group; the slope rises, so bisection finds it."""
    shape = (int(group.max()) + 1, targets.shape[1])
    low, high = np.full(shape, np.inf), np.full(shape, -np.inf)
    np.minimum.at(low, group, targets)
    np.maximum.at(high, group, targets)
    for _ in range(BISECTIONS):
        middle = low + 0.5 * (high - low)
        if ((middle == low) | (middle == high)).all():
            break
        rising = _means(huber_slope(middle[group], targets), group) > 0
        low, high = np.where(rising, low, middle), np.where(rising, middle, high)
    return np.asarray(low + 0.5 * (high - low))


_CENTRES: dict[str, Callable[[Array, Indices], Array]] = {"absolute": _medians, "huber": _huber_centres}


def best_answers(loss: str, targets: Array, group: Indices) -> Array:
    """Return the answer with the smallest mean loss over each group of samples, (groups, outputs).

    It is the mean of the group's targets (for absolute their median, for huber where its slope crosses 0).

    Args:
        loss: a loss by name.
        targets: (rows, outputs).
        group: the number of each sample's group, (rows,); every number up to the largest occurs.
    """
    return _CENTRES.get(loss, _means)(targets, group)


def best_constant(loss: str, targets: Array) -> tuple[Array, float]:
    """Return the one prediction (outputs,) with the smallest mean loss over `targets` (rows, outputs), and that loss.

    For the cross-entropies the loss is the entropy of the targets. A network that does no better has learned nothing from
    its inputs.
    """
    prediction = best_answers(loss, targets, np.zeros(len(targets), dtype=np.int64))[0]
    return prediction, float(LOSSES[loss].value(np.broadcast_to(prediction, targets.shape), targets).mean())
