"""Calls that are derived from the core's own formulas, for what no calls were written by hand.

A formula is run once on arrays that note every call (`tui_backprop.engines.recording`). What computes something else for
other numbers cannot be noted; it is then called as it is, which is slower and as right.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import numpy as np

from tui_backprop.core.arrays import Array
from tui_backprop.core.operations.activations import Activation
from tui_backprop.core.operations.losses import Loss
from tui_backprop.core.operations.optimizers import Optimizer
from tui_backprop.engines.calls import Call, Scratch
from tui_backprop.engines.numpy_plan.bound import BoundActivation, BoundOptimizer, Slope
from tui_backprop.engines.recording.notes import root
from tui_backprop.engines.recording.recorder import CallRecorder, CannotRecord


def derived_activation(activation: Activation) -> BoundActivation:
    """Return the calls of an activation that works element by element."""

    def value(z: Array, a: Array, _scratch: Scratch) -> list[Call]:
        return _calls(activation.value, a, z)

    def pull(z: Array, a: Array, upstream: Array, delta: Array, _scratch: Scratch) -> list[Call]:
        return _calls(lambda z, a, upstream: upstream * activation.slope(z, a), delta, z, a, upstream)

    return BoundActivation(value, pull)


def derived_slope(loss: Loss) -> Slope:
    """Return the calls for ∂L/∂ŷ of the mean over the batch."""

    def slope(a: Array, y: Array, upstream: Array, _scratch: Scratch) -> list[Call]:
        return _calls(lambda a, y: loss.slope(a, y) / a.shape[1], upstream, a, y)

    return slope


def derived_optimizer(optimizer: Optimizer) -> BoundOptimizer:
    """Return the calls of an optimizer. Its numbers are the rate, and β to the power of the count for each β that it has."""
    one = np.zeros(1)
    tried = _record_update(optimizer, one, one.copy(), np.zeros((len(optimizer.slots), 1)), np.zeros(()))
    bases = [base for base, _ in tried.powers]

    def calls(
        one: Optimizer, theta: Array, gradient: Array, slots: Array, numbers: Sequence[Array], _scratch: Scratch
    ) -> list[Call]:
        rate, *powers = numbers
        recorder = _record_update(one, theta, gradient, slots, rate)
        places = {id(made): power for (_, made), power in zip(recorder.powers, powers, strict=True)}
        return [
            note.moved(lambda array: places.get(id(root(array)), array)).bound() for note in recorder.cheaper_notes()
        ]

    def numbers(_one: Optimizer, rate: float, count: int) -> tuple[float, ...]:
        return (rate, *(base**count for base in bases))

    return BoundOptimizer(calls, numbers, counts=bool(bases))


def _calls(formula: Callable[..., Array], out: Array, *arguments: Array) -> list[Call]:
    """Return the calls that fill `out` with what a formula makes of the arguments."""
    recorder = CallRecorder()
    try:
        with np.errstate(all="ignore"):
            np.copyto(out, formula(*(recorder.watch(one) for one in arguments)))
    except CannotRecord:
        return [partial(_compute, formula, out, *arguments)]
    return [note.bound() for note in recorder.cheaper_notes()]


def _compute(formula: Callable[..., Array], out: Array, *arguments: Array) -> None:
    np.copyto(out, formula(*arguments))


def _record_update(optimizer: Optimizer, theta: Array, gradient: Array, slots: Array, rate: Array) -> CallRecorder:
    """Note the calls of an update in place; the arrays have the same contents afterwards."""
    recorder, before = CallRecorder(), (theta.copy(), slots.copy())
    watched, memory, pace = recorder.watch(theta), recorder.watch(slots), recorder.watch(rate)
    with np.errstate(all="ignore"):
        moved, new = optimizer.update(watched, recorder.watch(gradient, spent=True), memory, recorder.count(), pace)
        np.copyto(watched, moved)
        if new is not memory:
            np.copyto(memory, new)
    theta[...], slots[...] = before
    return recorder
