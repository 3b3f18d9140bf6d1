"""Reference lines: losses that a run is compared with."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from tui_backprop.core.arrays import Array
from tui_backprop.core.losses import LOSSES, huber_slope

_BISECTIONS = 200  # halves an interval of any float64 numbers down to neighbours


def _mean(targets: Array) -> Array:
    return np.asarray(targets.mean(axis=0))


def _median(targets: Array) -> Array:
    return np.median(targets, axis=0)


def _huber_centre(targets: Array) -> Array:
    """Where the mean slope of huber crosses 0, output by output; the slope rises, so bisection finds it."""
    low, high = targets.min(axis=0), targets.max(axis=0)
    for _ in range(_BISECTIONS):
        middle = low + 0.5 * (high - low)
        rising = huber_slope(middle, targets).mean(axis=0) > 0
        low, high = np.where(rising, low, middle), np.where(rising, middle, high)
    return np.asarray(low + 0.5 * (high - low))


_BEST_CONSTANT: dict[str, Callable[[Array], Array]] = {"absolute": _median, "huber": _huber_centre}


def best_constant(loss: str, targets: Array) -> tuple[Array, float]:
    """Return the one prediction (outputs,) with the smallest mean loss over `targets` (rows, outputs), and that loss.

    It is the mean of the targets (for absolute their median, for huber where its slope crosses 0), which for the
    cross-entropies gives the entropy of the targets. A network that does no better has learned nothing from its inputs.
    """
    prediction = _BEST_CONSTANT.get(loss, _mean)(targets)
    return prediction, float(LOSSES[loss].value(np.broadcast_to(prediction, targets.shape), targets).mean())
