"""Optimizers against the published definitions, schedules, penalties and clipping."""

from __future__ import annotations

import math

import numpy as np
import pytest

from tui_backprop.core.network import Network
from tui_backprop.core.operations.optimizers import OPTIMIZERS
from tui_backprop.core.operations.penalties import clip_by_norm, penalty_gradient
from tui_backprop.core.operations.schedules import Schedule, parse_schedule

GRADIENTS = [0.5, -1.0, 0.25]
RATE = 0.1

# θ after each of the three gradients above, from θ = 1, worked out by hand from the definitions in torch.optim.
TORCH = {
    "sgd": [0.95, 1.05, 1.025],
    "momentum": [0.95, 1.005, 1.0295],
    "nesterov": [0.905, 1.0545, 1.05155],
}


@pytest.mark.parametrize("name", TORCH)
def test_trajectory_is_pytorchs(name):
    """Step by step the parameter is where torch.optim would have it."""
    assert trajectory(name) == pytest.approx(TORCH[name], abs=1e-12)


def trajectory(name):
    optimizer = OPTIMIZERS[name](0.9)
    theta, slots, seen = np.array([1.0]), np.zeros((len(optimizer.slots), 1)), []
    for count, g in enumerate(GRADIENTS, start=1):
        theta, slots = optimizer.update(theta, np.array([g]), slots, count, RATE)
        seen.append(float(theta[0]))
    return seen


def by_hand(name):
    """The textbook's recurrences in plain floats."""
    theta, m, v, seen = 1.0, 0.0, 0.0, []
    for t, g in enumerate(GRADIENTS, start=1):
        if name == "adagrad":
            v += g * g
            theta -= RATE * g / (math.sqrt(v) + 1e-10)
        elif name == "rmsprop":
            v = 0.99 * v + 0.01 * g * g
            theta -= RATE * g / (math.sqrt(v) + 1e-8)
        elif name == "lion":
            theta -= math.copysign(RATE, 0.9 * m + 0.1 * g)
            m = 0.99 * m + 0.01 * g
        else:
            if name == "adamw":
                theta -= RATE * 0.01 * theta
            m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g * g
            theta -= RATE * (m / (1 - 0.9**t)) / (math.sqrt(v / (1 - 0.999**t)) + 1e-8)
        seen.append(theta)
    return seen


@pytest.mark.parametrize("name", ["adagrad", "rmsprop", "adam", "adamw", "lion"])
def test_trajectory_is_the_definitions(name):
    """The adaptive optimizers follow their papers in the form and with the defaults of torch.optim."""
    assert trajectory(name) == pytest.approx(by_hand(name), abs=1e-12)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_an_update_changes_none_of_its_arguments(name):
    """An optimizer is a pure function: going back depends on it."""
    optimizer = OPTIMIZERS[name](0.9)
    theta, gradient, slots = np.ones(3), np.arange(3.0), np.ones((len(optimizer.slots), 3))
    before = [array.copy() for array in (theta, gradient, slots)]
    optimizer.update(theta, gradient, slots, 1, RATE)
    for array, old in zip((theta, gradient, slots), before, strict=True):
        np.testing.assert_array_equal(array, old)


@pytest.mark.parametrize(
    ("text", "step", "factor"),
    [
        ("constant", 10**6, 1.0),
        ("step:100,0.5", 99, 1.0),
        ("step:100,0.5", 250, 0.25),
        ("step:100", 100, 0.1),
        ("exponential:0.9", 2, 0.81),
        ("cosine:100", 50, 0.5),
        ("cosine:100", 100, 0.0),
        ("cosine:100", 10**6, 0.0),
    ],
)
def test_schedules_follow_pytorchs_definitions(text, step, factor):
    """The factor on the rate at a step."""
    assert parse_schedule(text).factor(step) == pytest.approx(factor, abs=1e-15)


def test_warm_up_rises_in_a_straight_line():
    """With a warm-up of 3 steps the rate is a quarter, a half, three quarters, then all of it."""
    assert [Schedule(warmup=3).factor(t) for t in range(5)] == [0.25, 0.5, 0.75, 1.0, 1.0]


@pytest.mark.parametrize("text", ["", "cosine", "cosine:0", "step:1,2", "step:x", "exponential:0", "linear:3"])
def test_what_is_no_schedule_is_refused_in_a_sentence(text):
    """A wrong schedule says what was expected."""
    with pytest.raises(ValueError, match="schedule: "):
        parse_schedule(text)


def test_penalties_are_on_weights_alone():
    """Biases are never pulled to 0."""
    network = Network((1, 1, 1), ("tanh", "linear"))
    found = penalty_gradient(network.weight_mask, np.array([2.0, 3.0, -4.0, 5.0]), l1=0.1, l2=0.5)
    np.testing.assert_allclose(found, [1.1, 0.0, -2.1, 0.0])


def test_clipping_shortens_only_what_is_longer():
    """A gradient of length 5 is cut to 1 in its own direction; one of length 1 is left as it is."""
    np.testing.assert_allclose(clip_by_norm(np.array([3.0, 4.0]), 1.0), [0.6, 0.8], rtol=1e-6)
    np.testing.assert_array_equal(clip_by_norm(np.array([0.6, 0.8]), 1.0), [0.6, 0.8])
