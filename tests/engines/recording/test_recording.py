"""A computation that was written down gives, made again, the very numbers that the formulas give."""

from __future__ import annotations

import numpy as np
import pytest

from tui_backprop.core.objective import log_softmax
from tui_backprop.core.operations.activations import ACTIVATIONS
from tui_backprop.core.operations.losses import LOSSES
from tui_backprop.core.operations.optimizers import OPTIMIZERS
from tui_backprop.engines.recording.recorder import CallRecorder, CannotRecord

RNG = np.random.default_rng(0)
SHAPE = (50, 3, 4)


def again(compute, *first, then):
    """Record a computation of some arrays, give these other contents, make the calls again, and return the results."""
    recorder, arrays = CallRecorder(), [one.copy() for one in first]
    results = compute(*(recorder.watch(one) for one in arrays))
    for array, other in zip(arrays, then, strict=True):
        array[...] = other
    for note in recorder.cheaper_notes(*results):
        note.bound()()
    return [np.array(one) for one in results]


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_every_activation_and_its_slope_can_be_made_again(name):
    """To the last bit, for other numbers than those it was written down with."""
    activation = ACTIVATIONS[name]

    def compute(z):
        a = activation.value(z)
        return a, activation.slope(z, a)

    other = 5 * RNG.standard_normal(SHAPE)
    found = again(compute, RNG.standard_normal(SHAPE), then=[other])
    assert [one.tobytes() for one in found] == [one.tobytes() for one in compute(other)]


@pytest.mark.parametrize("name", LOSSES)
def test_every_loss_slope_can_be_made_again(name):
    """Of predictions and targets that were others."""

    def compute(prediction, target):
        return (LOSSES[name].slope(prediction, target),)

    others = RNG.random(SHAPE), RNG.random(SHAPE)
    found = again(compute, RNG.random(SHAPE), RNG.random(SHAPE), then=others)
    assert found[0].tobytes() == compute(*others)[0].tobytes()


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_every_optimizers_update_can_be_made_again(name):
    """Of other parameters, gradients and slots, and for another number of the update."""
    optimizer = OPTIMIZERS[name](0.9)
    first, other = (RNG.random((2 + len(optimizer.slots), 50)) for _ in range(2))
    recorder, arrays = CallRecorder(), first.copy()
    theta, gradient, slots = (recorder.watch(part) for part in (arrays[0], arrays[1], arrays[2:]))
    rate = recorder.watch(np.full(50, 0.1))
    results = optimizer.update(theta, gradient, slots, recorder.count(), rate)
    arrays[...] = other
    for base, power in recorder.powers:
        power[...] = base**7
    for note in recorder.cheaper_notes(*results):
        note.bound()()
    wanted = optimizer.update(other[0], other[1], other[2:], 7, 0.1)
    assert [np.array(one).tobytes() for one in results] == [one.tobytes() for one in wanted]


def test_what_depends_on_the_numbers_is_not_written_down():
    """The place of the largest and entries by number would be others the next time."""
    watched = CallRecorder().watch(RNG.random((4, 3)))
    for refused in (lambda: log_softmax(watched), lambda: watched[[0, 2]], lambda: np.sort(watched)):
        with pytest.raises(CannotRecord):
            refused()
