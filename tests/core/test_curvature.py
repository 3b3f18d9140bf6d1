"""The Hessian against differences of exact gradients, and the noise scale against the gradients of all samples."""

from __future__ import annotations

import math

import numpy as np
import pytest

from tui_backprop.core.backward import exact
from tui_backprop.core.curvature import BENDS, LOSS_BENDS, Hessian, noise_scale, sample_gradient_lengths
from tui_backprop.core.forward import forward
from tui_backprop.core.network import Network, Parameters
from tui_backprop.core.objective import FUSED, make_objective
from tui_backprop.core.operations.activations import ACTIVATIONS, HIDDEN_ACTIVATIONS
from tui_backprop.core.operations.losses import LOSSES
from tui_backprop.core.operations.optimizers import Adam, Momentum, Nesterov, Sgd

PAIRS = [
    (output, loss.name)
    for loss in LOSSES.values()
    for output in ACTIVATIONS
    if not loss.outputs or output in loss.outputs
]
INPUTS = np.random.default_rng(1).standard_normal((7, 2))
TARGETS = np.eye(3)[[0, 1, 2, 0, 1, 2, 0]] * 0.8 + 0.05


def built(hidden, output, loss):
    network = Network((2, 4, 3, 3), (hidden, hidden, output))
    theta = np.random.default_rng(2).standard_normal(network.size)
    objective = make_objective(output, loss)

    def gradient(at, rows=slice(None)):
        parameters = Parameters(network, at)
        tape = forward(network, parameters, INPUTS[rows])
        return exact(network, objective, parameters, tape, TARGETS[rows]).parameters.vector

    return network, objective, theta, gradient


def test_every_activation_and_loss_has_its_second_derivative():
    """A new one needs an entry, or is computed in one piece."""
    assert set(BENDS) == set(HIDDEN_ACTIVATIONS)
    assert set(LOSS_BENDS) == set(LOSSES) - {loss for _, loss in FUSED}


@pytest.mark.parametrize(
    "case", [*((name, "linear", "squared") for name in HIDDEN_ACTIVATIONS), *(("tanh", *p) for p in PAIRS)]
)
def test_a_product_is_what_differences_of_gradients_give(case):
    """To seven digits, for every activation, output and loss."""
    network, objective, theta, gradient = built(*case)
    vector = np.random.default_rng(3).standard_normal(network.size)
    found = Hessian(network, objective, theta, INPUTS, TARGETS).times(vector)
    h = 1e-6
    measured = (gradient(theta + h * vector) - gradient(theta - h * vector)) / (2 * h)
    assert np.linalg.norm(found - measured) <= 1e-7 * max(1.0, np.linalg.norm(measured))


def test_the_largest_eigenvalues_are_those_of_the_whole_matrix():
    """Frozen parameters and the penalty included."""
    network, objective, theta, _ = built("tanh", "softmax", "cross-entropy")
    free = np.ones(network.size)
    free[:8] = 0.0
    hessian = Hessian(network, objective, theta, INPUTS, TARGETS, free=free, decay=0.1)
    whole = np.stack([hessian.times(one) for one in np.eye(network.size)])
    assert np.allclose(whole, whole.T, atol=1e-14)
    assert not whole[:8].any()
    expected = np.linalg.eigvalsh(whole)[::-1]
    assert hessian.largest(3) == pytest.approx(expected[:3], rel=1e-6)


def test_a_round_bowl_and_a_broken_loss():
    """2 for a line through scaled inputs; of what is not finite nothing is known."""
    network, objective = Network((1, 1), ("linear",)), make_objective("linear", "squared")
    inputs = np.array([[-1.0], [1.0]])
    assert Hessian(network, objective, np.zeros(2), inputs, inputs).largest() == pytest.approx([2.0])
    assert np.isnan(Hessian(network, objective, np.full(2, np.nan), inputs, inputs).largest()).all()
    frozen = Hessian(network, objective, np.zeros(2), inputs, inputs, free=np.zeros(2))
    assert frozen.largest() == [0.0]


def test_the_noise_scale_is_that_of_the_samples_gradients():
    """Lengths without building a gradient, and tr Σ / |G|² with them all."""
    network, objective, theta, gradient = built("tanh", "sigmoid", "squared")
    each = np.stack([gradient(theta, slice(row, row + 1)) for row in range(len(INPUTS))])
    parameters = Parameters(network, theta)
    tape = forward(network, parameters, INPUTS)
    lengths = sample_gradient_lengths(tape, exact(network, objective, parameters, tape, TARGETS).deltas)
    assert lengths == pytest.approx(np.linalg.norm(each, axis=1))
    mean = each.mean(axis=0)
    expected = ((each - mean) ** 2).sum(axis=1).mean() / (mean @ mean)
    assert noise_scale(lengths, mean) == pytest.approx(expected)
    assert noise_scale(lengths, np.zeros(network.size)) == np.inf


@pytest.mark.parametrize("optimizer", [Sgd(), Momentum(0.9), Momentum(0.5), Nesterov(0.9), Nesterov(0.0)])
def test_updates_along_an_eigenvector_shrink_below_the_limit_and_grow_above_it(optimizer):
    """In a bowl of curvature 4."""
    ends = []
    for share in (0.98, 1.02):
        theta, slots = np.ones(1), np.zeros((len(optimizer.slots), 1))
        for count in range(1, 800):
            theta, slots = optimizer.update(theta, 4.0 * theta, slots, count, share * optimizer.stable_product / 4.0)
        ends.append(abs(float(theta[0])))
    assert ends[0] < 1e-3
    assert ends[1] > 1e3


def test_an_optimizer_with_a_step_for_each_parameter_has_no_limit():
    """Nothing is said then."""
    assert math.isnan(Adam().stable_product)
