"""The check of a gradient: right ones pass, wrong ones are found, and a kink raises no false alarm."""

from __future__ import annotations

import numpy as np
import pytest

from tui_backprop.core.activations import HIDDEN_ACTIVATIONS
from tui_backprop.core.backward import exact, posted
from tui_backprop.core.forward import forward
from tui_backprop.core.gradient_check import check_gradient
from tui_backprop.core.network import Network, Parameters
from tui_backprop.core.objective import make_objective

OUTPUTS = [
    ("linear", "squared"),
    ("sigmoid", "half-squared"),
    ("sigmoid", "binary-cross-entropy"),
    ("softmax", "cross-entropy"),
    ("linear", "huber"),
    ("linear", "absolute"),
]


def checked(network, objective, theta, inputs, targets, rule=exact):
    parameters = Parameters(network, theta)
    found = rule(network, objective, parameters, forward(network, parameters, inputs), targets)
    return check_gradient(network, objective, theta, inputs, targets, found.parameters.vector)


@pytest.mark.parametrize("activation", HIDDEN_ACTIVATIONS)
@pytest.mark.parametrize(("output", "loss"), OUTPUTS)
def test_a_right_gradient_passes(activation, output, loss):
    """For every activation and loss, with batches of five."""
    rng = np.random.default_rng(3)
    network = Network((3, 5, 4, 3), (activation, activation, output))
    targets = np.eye(3)[[0, 1, 2, 1, 0]]
    check = checked(
        network, make_objective(output, loss), rng.normal(size=network.size), rng.normal(size=(5, 3)), targets
    )
    assert check.counts() == {"right": network.size, "wrong": 0, "kink": 0}
    analytic = activation in {"sigmoid", "tanh", "sine", "linear"} and "squared" in loss
    assert check.method == ("complex step" if analytic else "central differences")
    if analytic:
        assert check.relative.max() < 1e-10


def test_a_wrong_gradient_is_found_and_the_right_entry_is_not():
    """Of the posted rule only the last bias is right."""
    network = Network((1, 1, 1), ("sigmoid", "sigmoid"))
    theta = np.array([0.3, 0.1, -0.5, 0.2])
    check = checked(network, make_objective("sigmoid", "squared"), theta, np.array([[0.5]]), np.array([[1.0]]), posted)
    assert check.verdicts == ("wrong", "wrong", "wrong", "right")


def test_a_kink_is_explained_and_raises_no_alarm():
    """A relu whose z is exactly 0 has no slope; the bias before it is excused, and the sentence says why."""
    network = Network((1, 1, 1), ("relu", "linear"))
    theta = np.array([0.5, -0.5, 1.0, 0.3])  # z1 = 0.5·1 − 0.5 = 0
    check = checked(network, make_objective("linear", "squared"), theta, np.array([[1.0]]), np.array([[2.0]]))
    assert check.verdicts[:2] == ("kink", "kink")
    assert check.kinks[0] == "z1[0] of sample 1 is at 0, where relu has no slope"
    assert "wrong" not in check.verdicts


def test_a_wrong_gradient_at_a_kink_is_still_wrong():
    """What lies outside the slopes of both sides is no kink's fault."""
    network = Network((1, 1, 1), ("relu", "linear"))
    theta = np.array([0.5, -0.5, 1.0, 0.3])
    objective = make_objective("linear", "squared")
    check = check_gradient(network, objective, theta, np.array([[1.0]]), np.array([[2.0]]), np.full(4, 50.0))
    assert check.verdicts == ("wrong",) * 4


def test_the_absolute_error_at_its_target_is_a_kink_too():
    """Where the prediction hits the target the loss has no slope."""
    network = Network((1, 1), ("linear",))
    check = checked(
        network, make_objective("linear", "absolute"), np.array([1.0, 0.0]), np.ones((1, 1)), np.ones((1, 1))
    )
    assert set(check.verdicts) <= {"kink", "right"}
