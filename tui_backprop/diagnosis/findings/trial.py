"""Trying rates: a few updates with each, and what they make of the training loss."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

import numpy as np

from tui_backprop.core.arrays import Array
from tui_backprop.core.backward import exact
from tui_backprop.core.operations.schedules import CONSTANT
from tui_backprop.core.step import State, Training, take_step

_LOWEST = 1e-12  # rate at which the search ends
_FURTHER = 9.5  # times away from the present rate that is one that is not tried
_BEYOND = 2  # worse rates in a row after which better ones are not to be expected


def best_rate(
    training: Training,
    state: State,
    steps: int,
    loss: Callable[[Array], float],
    *,
    below: float = np.inf,
    above: float = 0.0,
) -> float | None:
    """Return the rate between two bounds with which `steps` updates by the exact rule lower the training loss the most.

    Rates are 1 and 3 times powers of ten, at least three times away from the bounds. None where none of them lowers it.

    Args:
        training: of the run; its schedule is left out.
        state: from where the updates are made.
        steps: how many updates each rate is given; 0 to take the next one that is ten times away, without a trial.
        loss: θ (size,) → the training loss.
        below: the rate that is too high.
        above: the rate that is too low.
    """
    candidates = _candidates(training.optimizer.highest_rate, below, above)
    if not steps:
        return next((rate for rate in candidates if _FURTHER * above <= rate <= below / _FURTHER), None)
    best, lowest, worse = None, loss(state.parameters), 0
    for rate in candidates:
        reached = loss(_after(replace(training, rate=rate, schedule=CONSTANT, rule=exact), state, steps))
        if reached < lowest or not np.isfinite(lowest):
            best, lowest, worse = rate, reached, 0
        else:
            worse += 1
            if best is not None and worse >= _BEYOND:
                break
    return best


def _candidates(highest: float, below: float, above: float) -> Iterable[float]:
    """Rates to try: downwards from below a rate that is too high, upwards from above one that is too low."""
    first, last = int(np.floor(np.log10(_LOWEST))), int(np.ceil(np.log10(highest)))
    grid = [float(f"{digit}e{power}") for power in range(first, last + 1) for digit in (1, 3)]
    # The grid has two digits for each power, so that a neighbour is about three times away.
    fit = [rate for rate in grid if rate <= highest and 2.9 * above <= rate <= below / 2.9]
    return fit if above else reversed(fit)


def _after(training: Training, state: State, steps: int) -> Array:
    for _ in range(steps):
        state = take_step(training, state).after
        if not np.isfinite(state.parameters).all():
            break
    return state.parameters
