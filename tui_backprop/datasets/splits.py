"""Training and test parts, and noise, as pure functions of the seed."""

from __future__ import annotations

import numpy as np

from tui_backprop.core.arrays import Array, Indices, distinct
from tui_backprop.core.randomness import Stream
from tui_backprop.datasets.dataset import Task


def split(rows: int, test_fraction: float, seed: int, strata: Array | None = None) -> tuple[Indices, Indices]:
    """Return the rows of the training and of the test part, each ascending.

    With `strata` (rows,) each value of it is split by itself, so that both parts have about the same share of each. Every
    stratum keeps at least one row for training.
    """
    groups = [np.arange(rows)] if strata is None else [np.flatnonzero(strata == value) for value in distinct(strata)]
    test = []
    for number, group in enumerate(groups):
        wanted = min(round(len(group) * test_fraction), len(group) - 1)
        (order,) = Stream.of(seed, "split", number).permutations(len(group), 0, 1)
        test.append(group[order[:wanted]])
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
        noises = Stream.of(seed, "input noise").normal(0, inputs.size).reshape(inputs.shape)
        inputs = inputs + noise * inputs.std(axis=0) * noises
    if label_noise:
        draws = Stream.of(seed, "label noise")
        if task == "regression":
            noises = draws.normal(0, targets.size).reshape(targets.shape)
            targets = targets + label_noise * targets.std(axis=0) * noises
        elif task == "binary":
            wrong = (draws.unit(0, targets.size) < label_noise).reshape(targets.shape)
            targets = np.where(wrong, 1.0 - targets, targets)
        else:
            rows, classes = targets.shape
            others = 1 + Stream.of(seed, "wrong label").below(max(1, classes - 1), 0, rows)
            shift = np.where(draws.unit(0, rows) < label_noise, others, 0)
            targets = np.eye(classes)[(targets.argmax(axis=1) + shift) % classes]
    return inputs, targets
