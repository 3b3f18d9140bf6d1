"""In the process of the user's file: many updates in a row, made by their formulas."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from tui_backprop.core.arrays import Array

Update = Callable[[Array, Array, Array], tuple[Array, Array]]
"""θ, inputs and targets of a batch → new θ, and the gradient that led to it."""


class DivergedError(ArithmeticError):
    """An update gives something that is not finite; one sentence."""


def make_updates(
    update: Update,
    loss: Callable[[Array], float],
    theta: Sequence[float],
    samples: tuple[Array, Array],
    batches: Sequence[Sequence[int]],
    points: Sequence[int],
    within: float,
) -> dict[str, Any]:
    """Make one update for each batch, in order, as far as they go.

    It ends before an update that cannot be made. Only if that is the first one is its exception raised: so what was made
    before it is kept, and the next caller is told. It ends as well with the update in which the time is over.

    Args:
        update: one update.
        loss: of θ, for the curve.
        theta: to begin with.
        samples: inputs and targets as rows.
        batches: row numbers of each batch.
        points: numbers of updates, 1 for the first, after which the loss is wanted.
        within: seconds that it may go on for.
    """
    values, before, gradient = np.array(theta), None, None
    wanted, losses, made = set(points), [], 0
    end = time.monotonic() + within
    for rows in batches:
        try:
            moved, found = update(values, samples[0][rows], samples[1][rows])
            if not np.isfinite(moved).all():
                raise DivergedError("the update makes parameters infinite or NaN: the rate may be too high")
            value = loss(moved) if made + 1 in wanted else None
        except Exception:
            if made == 0:
                raise
            break
        before, values, gradient, made = values, moved, found, made + 1
        if value is not None:
            losses.append((made, value))
        if time.monotonic() > end:
            break
    return {
        "theta": values.tolist(),
        "made": made,
        "losses": losses,
        "before": None if before is None else before.tolist(),
        "gradient": None if gradient is None else gradient.tolist(),
    }
