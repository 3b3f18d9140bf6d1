"""The gallery of mistakes: each is wrong in its own way, and all turns right is the chain rule."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from tui_backprop.core.backward import exact, posted
from tui_backprop.core.forward import forward
from tui_backprop.core.mistakes.gallery import MISTAKES, MistakenRule
from tui_backprop.core.mistakes.turns import BackwardInputs, row_shares
from tui_backprop.core.mistakes.ways import Turn, Way
from tui_backprop.core.network import Network, Parameters
from tui_backprop.core.objective import make_objective
from tui_backprop.core.rules import RULES, describe

NETWORKS = [
    (Network((1, 1, 1), ("sigmoid", "sigmoid")), "squared"),
    (Network((2, 3, 1), ("tanh", "sigmoid")), "squared"),
    (Network((3, 4, 2), ("sigmoid", "linear")), "half-squared"),
    (Network((2, 3, 3, 1), ("tanh", "tanh", "sigmoid")), "binary-cross-entropy"),
    (Network((2, 4, 3), ("sigmoid", "softmax")), "cross-entropy"),
    (Network((2, 4, 3), ("sigmoid", "softmax")), "squared"),
]


def gradient(rule, network, loss, rows=3):
    rng = np.random.default_rng(5)
    parameters = Parameters(network, rng.normal(size=network.size))
    outputs = network.sizes[-1]
    targets = (
        np.eye(outputs)[rng.integers(outputs, size=rows)] if outputs > 1 else rng.integers(2, size=(rows, 1)) * 1.0
    )
    tape = forward(network, parameters, rng.normal(size=(rows, network.sizes[0])))
    objective = make_objective(network.activation_names[-1], loss)
    return rule(network, objective, parameters, tape, targets)


@pytest.mark.parametrize(("network", "loss"), NETWORKS, ids=lambda value: getattr(value, "name", value))
def test_all_turns_right_is_the_chain_rule(network, loss):
    """The program with choice points, taken the right way everywhere, is backpropagation; gradients and δ."""
    right = MistakenRule("right", "", "", ())
    found, true = gradient(right, network, loss), gradient(exact, network, loss)
    np.testing.assert_allclose(found.parameters.vector, true.parameters.vector, rtol=1e-12)
    for delta, wanted in zip(found.deltas, true.deltas, strict=True):
        np.testing.assert_allclose(delta, wanted, rtol=1e-12)


@pytest.mark.parametrize(("network", "loss"), NETWORKS, ids=lambda value: getattr(value, "name", value))
def test_the_original_case_is_two_of_them_together(network, loss):
    """Its formulas are the weight in place of the input, and the error carried back without slopes."""
    both = MistakenRule("both", "", "", (Turn("input", Way("weight")), Turn("carried", Way("error"))))
    found, theirs = gradient(both, network, loss), gradient(posted, network, loss)
    np.testing.assert_allclose(found.parameters.vector, theirs.parameters.vector, rtol=1e-12)


@pytest.mark.parametrize("name", MISTAKES)
def test_every_mistake_is_wrong_somewhere(name):
    """On at least one of the networks its gradient is not the true one."""
    parts = [
        np.abs(
            gradient(MISTAKES[name], network, loss).parameters.vector - gradient(exact, network, loss).parameters.vector
        )
        for network, loss in NETWORKS
    ]
    assert max(part.max() for part in parts) > 1e-3


def test_no_two_mistakes_are_the_same_everywhere():
    """Each can be told from each other by its numbers on one of the networks."""
    numbers = {
        name: np.concatenate([gradient(one, network, loss).parameters.vector for network, loss in NETWORKS])
        for name, one in MISTAKES.items()
    }
    for one, other in itertools.combinations(numbers, 2):
        assert np.abs(numbers[one] - numbers[other]).max() > 1e-6, (one, other)


@pytest.mark.parametrize("name", RULES)
def test_every_rule_says_what_it_does_and_what_comes_of_it(name):
    """Two sentences, without a full stop, that begin in the middle."""
    for sentence in describe(name):
        assert sentence
        assert not sentence.endswith(".")


def test_an_unknown_way_is_an_error():
    """What a point does not have is refused where it is made, and where it would be taken."""
    with pytest.raises(ValueError, match="input: unknown way 'lef out'"):
        Turn("input", Way("lef out"))
    square = Network((1, 1), ("linear",))
    tape = forward(square, Parameters.zeros(square), np.ones((2, 1)))
    with pytest.raises(ValueError, match="batch: unknown way 'some'"):
        row_shares(
            Way("some"),
            BackwardInputs(square, make_objective("linear", "squared"), Parameters.zeros(square), tape, tape.a[1]),
        )
