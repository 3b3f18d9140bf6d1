"""Which loss is it? Recognised by its values for predictions and targets that are chosen."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from tui_backprop.core.arrays import Array
from tui_backprop.core.losses import LOSSES

_SAME = 1e-6  # relative difference of two values of one loss
_LARGEST_GUARD = 1e-5  # ε in log(p + ε) up to which it is taken for a guard against log 0
_SIZES = (4, 3, 5, 2)  # batches that a loss of shares is asked about
_SHARES = ("binary-cross-entropy", "cross-entropy")

Batch = tuple[Array, Array]
"""Predictions and targets, (samples, outputs) each."""

Ask = Callable[[Sequence[Batch]], Sequence[float]]
"""Batches → what the loss gives for each."""


@dataclass(frozen=True)
class LossFound:
    """Somebody's loss as one of ours."""

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


def recognise_loss(ask: Ask, batches: Sequence[Batch], sizes: bool) -> LossFound | None:
    """Return the loss that has the values that `ask` gives, or None.

    Args:
        ask: the loss.
        batches: predictions of the network with targets, not all of the same number of samples where `sizes`.
        sizes: whether a batch may have any number of samples; otherwise as many as the first of `batches`.
    """
    values = ask(batches)
    found = []
    for name in LOSSES:
        if name not in _SHARES:
            found += _fits(name, batches, values)
    if not found:
        rows = len(batches[0][0])
        found = _of_shares(ask, batches[0][0].shape[1], _SIZES if sizes else (rows,) * len(_SIZES))
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
                scale = float(np.median(ratios))
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


def _of_shares(ask: Ask, outputs: int, sizes: Sequence[int]) -> list[LossFound]:
    """Return the losses of shares with these values; predictions are drawn, since a network's may be too near 0."""
    random = np.random.default_rng(0)
    batches = []
    for size in sizes:
        p = random.uniform(0.1, 0.9, (size, outputs))
        p = p / p.sum(axis=1, keepdims=True) if outputs > 1 else p
        batches.append((p, _one_hot(random, size, outputs)))
    values = ask(batches)
    if not np.isfinite(values).all():
        return []
    found = []
    for name in ("cross-entropy",) if outputs > 1 else ("binary-cross-entropy",):
        found += _with_guard(ask, name, batches, values)
    if outputs > 1 and not found:
        found = _with_guard(ask, "binary-cross-entropy", batches, values)
    return found


def _one_hot(random: np.random.Generator, size: int, outputs: int) -> Array:
    if outputs == 1:
        return random.integers(2, size=(size, 1)).astype(np.float64)
    return np.eye(outputs)[random.integers(outputs, size=size)]


def _with_guard(ask: Ask, name: str, batches: Sequence[Batch], values: Sequence[float]) -> list[LossFound]:
    means = np.array([LOSSES[name].value(p, y).mean() for p, y in batches])
    sizes = np.array([len(p) for p, _ in batches], dtype=np.float64)
    found = []
    for whole in (means, means * sizes):
        guard = _guard(ask, name, batches[0][0], float(np.median(np.array(values) / whole)), whole is not means)
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
