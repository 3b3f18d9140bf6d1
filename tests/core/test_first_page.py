"""The page that is read first says what the rest of the room says."""

from __future__ import annotations

import doctest

import numpy as np
import pytest

from tui_backprop.core import first_page
from tui_backprop.core.backward import exact
from tui_backprop.core.forward import forward
from tui_backprop.core.network import Network, Parameters
from tui_backprop.core.objective import make_objective
from tui_backprop.core.operations.optimizers import OPTIMIZERS
from tui_backprop.core.sampling import Sampling
from tui_backprop.core.step import Training, take_step

SIZES = [(1, 1, 1), (2, 4, 1), (3, 5, 2)]


def drawn(sizes, seed=0):
    """A network of the first page, its θ as one vector and as four arrays, and samples."""
    rng = np.random.default_rng(seed)
    network = Network(sizes, ("sigmoid", "sigmoid"))
    vector = rng.normal(size=network.size)
    theta = tuple(Parameters(network, vector).by_name().values())
    return network, vector, theta, rng.normal(size=(7, sizes[0])), rng.random((7, sizes[2]))


def joined(arrays):
    return np.concatenate([array.ravel() for array in arrays])


@pytest.mark.parametrize("sizes", SIZES)
def test_the_page_computes_what_the_room_computes(sizes):
    """Activations, gradient and one update are those of the general functions."""
    network, vector, theta, x, y = drawn(sizes)
    objective = make_objective("sigmoid", "squared")
    parameters = Parameters(network, vector)
    tape = forward(network, parameters, x)
    for ours, theirs in zip(first_page.forward(theta, x), tape.a[1:], strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-14)
    gradient = first_page.backward(theta, x, y)
    rule = exact(network, objective, parameters, tape, y).parameters.vector
    np.testing.assert_allclose(joined(gradient), rule, rtol=1e-12)
    training = Training(
        network=network,
        objective=objective,
        inputs=x,
        targets=y,
        sampling=Sampling("sequential", len(x), None, 0),
        rule=exact,
        optimizer=OPTIMIZERS["sgd"](0.0),
        rate=0.3,
        free=np.ones(network.size),
    )
    step = take_step(training, training.first_state(vector))
    assert first_page.loss(theta, x, y) == pytest.approx(step.loss, rel=1e-14)
    np.testing.assert_allclose(joined(first_page.update(theta, gradient, 0.3)), step.after.parameters, rtol=1e-12)


@pytest.mark.parametrize("sizes", SIZES)
def test_the_gradient_is_the_slope_of_the_loss(sizes):
    """Central differences of the page's own loss give the same."""
    network, vector, theta, x, y = drawn(sizes, seed=1)
    slopes = []
    for i in range(network.size):
        at = [vector.copy(), vector.copy()]
        at[0][i] -= 1e-5
        at[1][i] += 1e-5
        below, above = (first_page.loss(tuple(Parameters(network, one).by_name().values()), x, y) for one in at)
        slopes.append((above - below) / 2e-5)
    np.testing.assert_allclose(joined(first_page.backward(theta, x, y)), slopes, rtol=1e-6, atol=1e-9)


def test_its_example_learns_what_it_says():
    """The example in the docstring runs as it is written."""
    result = doctest.testmod(first_page)
    assert (result.failed, result.attempted) == (0, 4)
