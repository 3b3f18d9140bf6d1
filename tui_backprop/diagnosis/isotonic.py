"""Isotonic regression: the best answer that only rises, or only falls."""

from __future__ import annotations

import numpy as np

from tui_backprop.core.arrays import Array


def rising_fit(values: Array, weights: Array) -> Array:
    """Return the never falling sequence (n,) with the smallest weighted squared distance from `values` (n,).

    Pool adjacent violators (Ayer et al. 1955): a value below the one before it is pooled with it, and both become their
    mean. The same sequence is the best one for any loss that a group's mean makes smallest, the binary cross-entropy
    among them (Barlow et al. 1972, theorem 1.10).
    """
    means: list[float] = []
    masses: list[float] = []
    counts: list[int] = []
    for value, weight in zip(values.tolist(), weights.tolist(), strict=True):
        mean, mass, count = value, weight, 1
        while means and means[-1] > mean:
            before = masses.pop()
            mean = (mean * mass + means.pop() * before) / (mass + before)
            mass += before
            count += counts.pop()
        means.append(mean)
        masses.append(mass)
        counts.append(count)
    return np.repeat(means, counts)


def monotone_fits(x: Array, targets: Array) -> tuple[Array, Array]:
    """Return the best rising and the best falling answer to each target, both (rows, outputs), for inputs `x` (rows,).

    Rows of equal x have the same answer, so they are pooled first.
    """
    _, group, sizes = np.unique(x, return_inverse=True, return_counts=True)
    weights = sizes.astype(np.float64)
    rising, falling = np.empty_like(targets), np.empty_like(targets)
    for output in range(targets.shape[1]):
        means = np.bincount(group, targets[:, output]) / weights
        rising[:, output] = rising_fit(means, weights)[group]
        falling[:, output] = -rising_fit(-means, weights)[group]
    return rising, falling
