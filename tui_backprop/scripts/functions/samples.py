"""Samples that the user's network is asked about: their own, and drawn ones of the same kind."""

from __future__ import annotations

import numpy as np

from tui_backprop.scripts.functions.network import Batch, Learner

MOST_ROWS = 256
"""Samples of their own data in one batch, at the most."""


def batch_rows(learner: Learner) -> int:
    """Return how many samples a batch has: as many as their own data, since their code may count on it."""
    if not learner.batches:
        return 1
    return 5 if learner.data is None else min(len(learner.data[0]), MOST_ROWS)


def own_batch(learner: Learner, rows: int) -> Batch:
    """Return the first of the samples that the file brings; asked only where it brings some."""
    assert learner.data is not None  # noqa: S101  (asked only where there is data)
    inputs, targets = learner.data
    return inputs[:rows], targets[:rows]


def draw_batch(learner: Learner, random: np.random.Generator, rows: int) -> Batch:
    """Draw inputs, and targets of the kind that theirs are."""
    inputs = random.standard_normal((rows, learner.inputs))
    known = None if learner.data is None else learner.data[1]
    outputs = learner.outputs
    if learner.y_form in ("label", "labels"):
        return inputs, np.eye(outputs)[random.integers(outputs, size=rows)]
    if known is None:
        if not learner.own_loss:
            return inputs, random.uniform(0.1, 0.9, (rows, outputs))
        if outputs > 1:
            return inputs, np.eye(outputs)[random.integers(outputs, size=rows)]
        return inputs, random.integers(2, size=(rows, 1)).astype(np.float64)
    if np.isin(known, (0.0, 1.0)).all():
        if outputs == 1:
            return inputs, random.integers(2, size=(rows, 1)).astype(np.float64)
        if (known.sum(axis=1) == 1.0).all():
            return inputs, np.eye(outputs)[random.integers(outputs, size=rows)]
        return inputs, known[random.integers(len(known), size=rows)]
    low, high = float(known.min()), float(known.max())
    return inputs, random.uniform(low, high if high > low else low + 1.0, (rows, outputs))
