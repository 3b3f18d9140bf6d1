"""Many losses at once are the reference's losses."""

from __future__ import annotations

import numpy as np
import pytest

from tui_backprop.core.forward import forward
from tui_backprop.core.network import Network, Parameters
from tui_backprop.core.objective import make_objective
from tui_backprop.core.operations.activations import HIDDEN_ACTIVATIONS
from tui_backprop.core.operations.losses import LOSSES
from tui_backprop.engines.batched.plane_losses import plane_losses

OUTPUTS = {"binary-cross-entropy": "sigmoid", "cross-entropy": "softmax"}


def reference(network, objective, plane, points, inputs, targets):
    """One forward pass of the core for each point."""
    origin, across, up = plane
    found = []
    for x, y in points:
        tape = forward(network, Parameters(network, origin + x * across + y * up), inputs)
        found.append(objective.mean_loss(tape.z[-1], tape.a[-1], targets))
    return found


def case(sizes, hidden="tanh", output="sigmoid", loss="squared"):
    rng = np.random.default_rng(0)
    network = Network(sizes, (*[hidden] * (len(sizes) - 2), output))
    targets = np.eye(sizes[-1])[rng.integers(0, sizes[-1], 6)] if sizes[-1] > 1 else rng.integers(0, 2, (6, 1)) * 1.0
    return network, make_objective(output, loss), rng.normal(size=(6, sizes[0])), targets, rng


@pytest.mark.parametrize("hidden", HIDDEN_ACTIVATIONS)
@pytest.mark.parametrize("loss", LOSSES)
def test_losses_on_a_plane_are_the_references(hidden, loss):
    """Every activation and every loss, along two random directions."""
    network, objective, inputs, targets, rng = case((2, 4, 3, 3), hidden, OUTPUTS.get(loss, "linear"), loss)
    plane, points = rng.normal(size=(3, network.size)), rng.normal(size=(50, 2))
    found = plane_losses(network, objective, plane, points, inputs, targets)
    np.testing.assert_allclose(found, reference(network, objective, plane, points, inputs, targets), rtol=1e-11)


@pytest.mark.parametrize("sizes", [(1, 1), (3, 1), (1, 1, 1), (2, 5, 4, 3, 1)])
def test_two_entries_wherever_they_lie(sizes):
    """Every pair of entries: in one layer, in two, in the first or the last."""
    network, objective, inputs, targets, rng = case(sizes)
    origin, points = rng.normal(size=network.size), rng.normal(size=(7, 2))
    unit = np.eye(network.size)
    for first in range(network.size):
        for second in range(network.size):
            plane = np.stack([origin, unit[first], unit[second]])
            found = plane_losses(network, objective, plane, points, inputs, targets)
            assert found == pytest.approx(reference(network, objective, plane, points, inputs, targets), rel=1e-11)


def test_a_plane_that_goes_nowhere_has_one_loss():
    """Both directions 0: every point has the loss of the origin."""
    network, objective, inputs, targets, rng = case((2, 3, 1))
    plane = np.stack([rng.normal(size=network.size), *np.zeros((2, network.size))])
    found = plane_losses(network, objective, plane, np.ones((9, 2)), inputs, targets)
    assert found == pytest.approx(reference(network, objective, plane, np.ones((9, 2)), inputs, targets))


def test_what_overflows_is_not_finite_and_raises_nothing():
    """Far out the loss of a linear output is infinite, near it is not."""
    network, objective, inputs, targets, _ = case((2, 3, 1), output="linear")
    plane = np.stack([np.zeros(network.size), np.ones(network.size), np.ones(network.size)])
    found = plane_losses(network, objective, plane, np.array([[1e300, 1e300], [1.0, 1.0]]), inputs, targets)
    assert np.isfinite(found).tolist() == [False, True]
