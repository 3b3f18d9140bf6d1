"""Training and test parts, and noise, as pure functions of the seed."""

from __future__ import annotations

import numpy as np

from tui_backprop.core.arrays import Array, Indices
from tui_backprop.core.randomness import generator
from tui_backprop.datasets.dataset import Task


def split(rows: int, test_fraction: float, seed: int, strata: Array | None = None) -> tuple[Indices, Indices]:
    """Return the rows of the training and of the test part, each ascending.

    With `strata` (rows,) each value of it is split by itself, so that both parts have about the same share of each. Every
    stratum keeps at least one row for training.
    """
    rng = generator(seed, "split")
    groups = [np.arange(rows)] if strata is None else [np.flatnonzero(strata == value) for value in np.unique(strata)]
    test = []
    for group in groups:
        wanted = min(round(len(group) * test_fraction), len(group) - 1)
        test.append(rng.permutation(group)[:wanted])
    chosen = np.zeros(rows, dtype=bool)
    chosen[np.concatenate(test)] = True
    return np.flatnonzero(~chosen), np.flatnonzero(chosen)


def add_noise(
    inputs: Array, targets: Array, task: Task, *, noise: float, label_noise: float, seed: int
) -> tuple[Array, Array]:
    """Return inputs (rows, inputs) and targets (rows, outputs) with noise; without any, the arrays themselves.

    Args:
        inputs: raw inputs.
        targets: targets in the form of `Dataset.targets`.
        task: decides what a wrong target is.
        noise: standard deviation of Gaussian noise on every input, in standard deviations of its column.
        label_noise: share of samples whose label becomes another one; for regression the standard deviation of Gaussian
            noise, in standard deviations of the target.
        seed: where the draws come from.
    """
    if noise:
        draws = generator(seed, "input noise").standard_normal(inputs.shape)
        inputs = inputs + noise * inputs.std(axis=0) * draws
    if label_noise:
        rng = generator(seed, "label noise")
        if task == "regression":
            targets = targets + label_noise * targets.std(axis=0) * rng.standard_normal(targets.shape)
        elif task == "binary":
            targets = np.where(rng.random(targets.shape) < label_noise, 1.0 - targets, targets)
        else:
            wrong = rng.random(len(targets)) < label_noise
            others = rng.integers(1, max(2, targets.shape[1]), size=len(targets))
            label = (targets.argmax(axis=1) + np.where(wrong, others, 0)) % targets.shape[1]
            targets = np.eye(targets.shape[1])[label]
    return inputs, targets
