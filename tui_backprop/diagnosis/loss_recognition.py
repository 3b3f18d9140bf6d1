"""Which loss is it? Recognised by its values for predictions and targets that are chosen."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from tui_backprop.core.arrays import Array, median
from tui_backprop.core.operations.losses import LOSSES

_SAME = 1e-6  # relative difference of two values of one loss
_LARGEST_GUARD = 1e-5  # ε in log(p + ε) up to which it is taken for a guard against log 0
_SPREAD = 2.0  # of the predictions that a loss is asked about
_SEED = 0
_SHARES = ("binary-cross-entropy", "cross-entropy")

Batch = tuple[Array, Array]
"""Predictions and targets, (samples, outputs) each."""

Ask = Callable[[Sequence[Batch]], Sequence[float]]
"""Batches → what the loss gives for each."""


@dataclass(frozen=True)
class LossFound:
    """The user's loss as one of ours."""

    name: str
    scale: float
    """What ours is multiplied with."""
    summed: bool
    """Whether theirs is the sum over the batch where ours is the mean."""
    guard: float = 0.0
    """ε where it takes log(p + ε), or keeps p at least ε away from 0; 0 where it does not."""

    def factor(self, samples: int) -> float:
        """Return what our mean over some samples is multiplied with to be theirs."""
        return self.scale * (samples if self.summed else 1)


def recognise_loss(ask: Ask, targets: Sequence[Array]) -> LossFound | None:
    """Return the loss that has the values that `ask` gives, or None.

    Args:
        ask: the loss.
        targets: batches of targets, (samples, outputs), not all of the same number of samples where a batch may have any.
    """
    random = np.random.default_rng(_SEED)
    found = []
    batches = [(_SPREAD * random.standard_normal(y.shape), y) for y in targets]
    values = ask(batches)
    for name in LOSSES:
        if name not in _SHARES:
            found += _fits(name, batches, values)
    if not found:
        ones = [np.eye(y.shape[1])[random.integers(y.shape[1], size=len(y))] for y in targets]
        if targets[0].shape[1] == 1:
            ones = [random.integers(2, size=y.shape).astype(np.float64) for y in targets]
        batches = [(random.uniform(0.1, 0.9, y.shape), y) for y in ones]
        values = ask(batches)
        if np.isfinite(values).all():
            for name in _SHARES[: 1 if targets[0].shape[1] == 1 else 2]:
                found += _with_guard(ask, name, batches, values)
    return min(found, key=lambda one: (one.scale != 1.0, one.summed), default=None)


def _fits(name: str, batches: Sequence[Batch], values: Sequence[float], guard: float = 0.0) -> list[LossFound]:
    """Return the loss of this name as a mean and as a sum, where it has these values."""
    theirs, sizes = np.array(values), np.array([len(p) for p, _ in batches], dtype=np.float64)
    found = []
    for value in _ways_to_guard(name, guard):
        with np.errstate(all="ignore"):
            means = np.array([value(p, y).mean() for p, y in batches])
            for summed in (False, True):
                ratios = theirs / (means * sizes if summed else means)
                scale = median(ratios)
                if np.isfinite(ratios).all() and scale > 0 and np.abs(ratios - scale).max() <= _SAME * scale:
                    found.append(LossFound(name, _plain(scale), summed, guard))
    return found


def _plain(scale: float) -> float:
    """Return the whole number, or one divided by a whole number, that a scale is."""
    for plain in (float(round(scale)), 1.0 / max(round(1.0 / scale), 1)):
        if abs(scale - plain) <= _SAME * scale:
            return plain
    return scale


def _ways_to_guard(name: str, guard: float) -> list[Callable[[Array, Array], Array]]:
    """Return the loss, or the ways in which people keep ε between it and log 0."""
    if guard == 0.0:
        return [LOSSES[name].value]

    def added(p: Array, y: Array) -> Array:
        losses = -(y * np.log(p + guard))
        if name == "binary-cross-entropy":
            losses = losses - (1.0 - y) * np.log(1.0 - p + guard)
        return np.asarray(losses.sum(axis=-1))

    return [added, LOSSES[name].value]  # what is cut at ε is the loss itself where p is larger


def _with_guard(ask: Ask, name: str, batches: Sequence[Batch], values: Sequence[float]) -> list[LossFound]:
    means = np.array([LOSSES[name].value(p, y).mean() for p, y in batches])
    sizes = np.array([len(p) for p, _ in batches], dtype=np.float64)
    found = []
    for whole in (means, means * sizes):
        guard = _guard(ask, name, batches[0][0], median(np.array(values) / whole), whole is not means)
        found += _fits(name, batches, values, guard)
    return list(dict.fromkeys(found))


def _guard(ask: Ask, name: str, like: Array, scale: float, summed: bool) -> float:
    """Return ε, read off the loss where the share of the right class is 0; 0.0 where it is infinite there."""
    p, y = np.full_like(like, 0.5), np.zeros_like(like)
    p[:, 0], y[:, 0] = 0.0, 1.0
    try:
        (value,) = ask([(p, y)])
    except ArithmeticError:
        return 0.0
    others = (like.shape[1] - 1) * math.log(2.0) if name == "binary-cross-entropy" else 0.0
    exponent = value / (scale * (len(like) if summed else 1)) - others
    guard = math.exp(-exponent) if -math.log(_LARGEST_GUARD) <= exponent < 700.0 else 0.0
    return guard if math.isfinite(guard) else 0.0
