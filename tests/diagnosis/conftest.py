"""Networks of the gallery's test-bed, and the user's numbers made from wrong turns."""

from __future__ import annotations

import numpy as np

from tui_backprop.core.forward import forward
from tui_backprop.core.mistakes.turns import BackwardInputs, backward_with
from tui_backprop.core.network import Network, Parameters
from tui_backprop.core.objective import make_objective
from tui_backprop.diagnosis.search import Observation

BATCHES = (4, 3, 5, 2, 4, 3)
SINGLE = (1,) * 8

NETWORKS = {
    "1-1-1": (Network((1, 1, 1), ("sigmoid", "sigmoid")), "squared"),
    "2-3-1": (Network((2, 3, 1), ("tanh", "sigmoid")), "squared"),
    "3-4-2": (Network((3, 4, 2), ("sigmoid", "linear")), "half-squared"),
    "2-3-3-1": (Network((2, 3, 3, 1), ("tanh", "tanh", "sigmoid")), "binary-cross-entropy"),
    "2-4-3 softmax": (Network((2, 4, 3), ("sigmoid", "softmax")), "cross-entropy"),
}


def observations(name, turns, sizes, seed=1):
    """Gradients by wrong turns on fresh draws of parameters and batches, as a search is given them."""
    network, loss = NETWORKS[name]
    objective, rng, outputs = (
        make_objective(network.activation_names[-1], loss),
        np.random.default_rng(seed),
        network.sizes[-1],
    )
    found = []
    for rows in sizes:
        parameters = Parameters(network, rng.standard_normal(network.size))
        inputs = rng.standard_normal((rows, network.sizes[0]))
        if loss == "cross-entropy":
            targets = np.eye(outputs)[rng.integers(outputs, size=rows)]
        elif loss == "binary-cross-entropy":
            targets = rng.integers(2, size=(rows, outputs)).astype(float)
        else:
            targets = rng.uniform(0.1, 0.9, (rows, outputs))
        given = BackwardInputs(network, objective, parameters, forward(network, parameters, inputs), targets)
        made = backward_with(turns, given).parameters
        layers = range(1, network.depth + 1)
        found.append(Observation(given, tuple(made.w(i) for i in layers), tuple(made.b(i) for i in layers)))
    return found


def same_numbers(name, turns, others, sizes):
    """Whether two sets of wrong turns give the same gradients on draws that no search has seen."""
    for one, other in zip(observations(name, turns, sizes, 7), observations(name, others, sizes, 7), strict=True):
        parts = list(zip((*one.weights, *one.biases), (*other.weights, *other.biases), strict=True))
        largest = max(float(np.abs(a).max()) for a, _ in parts)
        if any(np.abs(a - b).max() > 1e-6 * max(float(np.abs(a).max()), 1e-9 * largest) for a, b in parts):
            return False
    return True
