"""Floors: what they are where it is known, and that nothing ever goes below them."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tui_backprop.core.forward import forward
from tui_backprop.core.network import Network, Parameters
from tui_backprop.core.objective import make_objective
from tui_backprop.core.operations import losses
from tui_backprop.diagnosis.floors import MOST_ROWS, floors_of
from tui_backprop.diagnosis.isotonic import rising_fit
from tui_backprop.diagnosis.linear_fit import least_squares, lowest_cross_entropy
from tui_backprop.session.recipe.suggestion import suggested_recipe
from tui_backprop.session.session import Session

PARITY = np.arange(1, 10)[:, np.newaxis] / 9, (np.arange(1, 10) % 2 == 0).astype(float)[:, np.newaxis]


def floors(sizes, activations, loss, inputs, targets):
    return floors_of(Network(sizes, activations), make_objective(activations[-1], loss), inputs, targets)


def names(found):
    return [bound.name for bound in found.bounds]


@pytest.mark.parametrize("hidden", ["sigmoid", "tanh", "relu", "softplus", "elu", "leaky-relu"])
def test_a_chain_of_single_units_cannot_take_parity_below_two_ninths(hidden):
    """The floor of the original case is 2/9, whatever the monotone activation."""
    found = floors((1, 1, 1), (hidden, "sigmoid"), "squared", *PARITY)
    assert found.highest.loss == pytest.approx(2 / 9, abs=1e-15)
    assert names(found) == ["monotone"]
    assert "rise" in found.highest.reason


def test_the_other_losses_of_parity_have_their_own_floors():
    """Half of the squared error has half the floor; the cross-entropy pools the same samples: 4 of 9 are left unsure."""
    assert floors((1, 1, 1), ("tanh", "sigmoid"), "half-squared", *PARITY).highest.loss == pytest.approx(1 / 9)
    assert floors((1, 1, 1), ("tanh", "sigmoid"), "absolute", *PARITY).highest.loss == pytest.approx(4 / 9)
    assert floors((1, 1, 1), ("tanh", "sigmoid"), "huber", *PARITY).highest.loss == pytest.approx(1 / 9)
    entropy = floors((1, 1, 1), ("tanh", "sigmoid"), "binary-cross-entropy", *PARITY).highest.loss
    fit = rising_fit("binary-cross-entropy", PARITY[1][:, 0], np.arange(9))
    by_hand = -np.mean(
        [np.log(max(p, 1e-300)) if y else np.log(1 - p) for p, y in zip(fit, PARITY[1][:, 0], strict=True)]
    )
    assert entropy == pytest.approx(by_hand)


@pytest.mark.parametrize(
    ("sizes", "activations"),
    [
        ((1, 2, 1), ("tanh", "sigmoid")),  # two units can rise and fall
        ((1, 2, 1, 1), ("tanh", "tanh", "sigmoid")),  # the first layer bends already
        ((1, 1, 2, 1), ("tanh", "tanh", "sigmoid")),  # the second does
        ((1, 1, 1), ("sine", "sigmoid")),  # a sine is not monotone
        ((1, 1, 1), ("gelu", "sigmoid")),  # nor is gelu
    ],
)
def test_a_network_that_can_rise_and_fall_has_no_floor(sizes, activations):
    """No line is drawn where nothing is proven."""
    assert floors(sizes, activations, "squared", *PARITY).bounds == ()


def test_several_inputs_through_one_unit_have_no_floor():
    """The direction in which one unit looks is free, so nothing is said."""
    inputs = np.random.default_rng(0).standard_normal((30, 2))
    assert floors((2, 1, 1), ("tanh", "sigmoid"), "squared", inputs, (inputs[:, :1] > 0) * 1.0).bounds == ()


def test_each_output_may_rise_or_fall_on_its_own():
    """One output that rises and one that falls with x are both met."""
    x = np.linspace(-1, 1, 9)[:, np.newaxis]
    assert floors((1, 1, 2), ("tanh", "linear"), "squared", x, np.hstack([x**3, -x])).bounds == ()
    both = floors((1, 1, 2), ("tanh", "linear"), "squared", x, np.hstack([x**2, -x])).highest.loss
    alone = floors((1, 1, 1), ("tanh", "linear"), "squared", x, x**2).highest.loss
    assert both == pytest.approx(alone)


@pytest.mark.parametrize("loss", ["squared", "absolute", "huber"])
@given(values=st.lists(st.sampled_from([0.0, 0.5, 1.0, 3.0, -2.5]), min_size=1, max_size=5), same=st.integers(0, 4))
def test_a_rising_fit_is_the_best_of_all_rising_sequences(loss, values, same):
    """Held against every rising sequence on a grid, which has the best one where the loss has corners."""
    targets = np.array([*values, values[0]])
    place = np.append(np.arange(len(values)), min(same, len(values) - 1))  # one place has two samples
    fit = rising_fit(loss, targets, place)
    assert (np.diff(fit) >= 0).all()

    def cost(answers):
        return losses.LOSSES[loss].value(answers[place][:, np.newaxis], targets[:, np.newaxis]).sum()

    others = itertools.combinations_with_replacement(np.unique([*targets, *np.linspace(-2.5, 3, 12)]), len(values))
    assert cost(fit) <= min(cost(np.array(one)) for one in others) + 1e-12


def test_rising_fits_are_the_largest_of_the_smallest_means():
    """The squared error's fit at a place is the max over what begins before it of the min over what ends after it."""
    values = np.random.default_rng(0).standard_normal(60) + np.linspace(0, 2, 60)
    expected = [
        max(min(values[first : last + 1].mean() for last in range(i, 60)) for first in range(i + 1)) for i in range(60)
    ]
    assert rising_fit("squared", values, np.arange(60)) == pytest.approx(expected, abs=1e-13)


def test_equal_inputs_with_different_targets_share_one_answer():
    """0 and 1 for the same input leave a squared error of ¼ each; for absolute and huber the centre is their own."""
    inputs, targets = np.array([[1.0], [1.0], [1.0], [2.0]]), np.array([[0.0], [0.0], [3.0], [5.0]])
    found = {
        loss: floors((1, 4, 1), ("tanh", "linear"), loss, inputs, targets) for loss in ("squared", "absolute", "huber")
    }
    assert found["squared"].highest.loss == pytest.approx((1 + 1 + 4) / 4)
    assert found["absolute"].highest.loss == pytest.approx(3 / 4)
    assert found["huber"].highest.loss == pytest.approx((0.125 + 0.125 + 2.0) / 4)
    assert "3 samples have equal inputs" in found["squared"].highest.reason
    assert floors((1, 4, 1), ("tanh", "linear"), "squared", np.array([[0.0], [-0.0]]), np.eye(2)[:, :1]).bounds
    assert not floors((1, 4, 1), ("tanh", "linear"), "squared", inputs, np.array([[1.0], [1], [1], [5]])).bounds


def test_targets_outside_the_range_are_at_a_distance_from_it():
    """A sigmoid answers 2 with 1 at the most; within its range nothing is lost."""
    inputs = np.arange(3.0)[:, np.newaxis]
    found = floors((1, 8, 1), ("tanh", "sigmoid"), "squared", inputs, np.array([[2.0], [0.5], [-1.0]]))
    assert names(found) == ["range"]
    assert found.highest.loss == pytest.approx((1 + 0 + 1) / 3)


def test_xor_has_no_better_line_than_the_constant():
    """Without a hidden layer the cross-entropy of xor stays at log 2, and hidden layers without a bend change nothing."""
    xor = np.array([[0.0, 0], [0, 1], [1, 0], [1, 1]]), np.array([[0.0], [1], [1], [0]])
    for sizes, activations in (((2, 1), ("sigmoid",)), ((2, 5, 1), ("linear", "sigmoid"))):
        assert floors(sizes, activations, "binary-cross-entropy", *xor).highest.loss == pytest.approx(np.log(2))
    assert floors((2, 4, 1), ("tanh", "sigmoid"), "binary-cross-entropy", *xor).bounds == ()
    assert floors((2, 1), ("linear",), "squared", *xor).highest.loss == pytest.approx(0.25)


def test_what_a_line_can_tell_apart_has_no_floor():
    """And and or go down to 0 without a hidden layer."""
    for name in ("and", "or"):
        problem = Session(suggested_recipe(name, loss="binary-cross-entropy")).problem
        assert problem.facts.floor == 0


@pytest.mark.parametrize("softmax_outputs", [False, True])
def test_no_linear_model_has_a_lower_cross_entropy(softmax_outputs):
    """Gradient descent from many places comes near the optimum and never below it."""
    rng = np.random.default_rng(1)
    inputs = rng.standard_normal((60, 2))
    scores = inputs @ rng.standard_normal((2, 3)) + 1.5 * rng.standard_normal((60, 3))
    targets = np.eye(3)[scores.argmax(axis=1)] if softmax_outputs else (scores > 0).astype(float)
    lowest = lowest_cross_entropy(inputs, targets, softmax_outputs=softmax_outputs)
    objective = make_objective(
        *(("softmax", "cross-entropy") if softmax_outputs else ("sigmoid", "binary-cross-entropy"))
    )
    design, best = np.column_stack([inputs, np.ones(60)]), np.inf
    for _ in range(3):
        weights = rng.standard_normal((3, 3))
        for _ in range(3000):
            z = design @ weights
            weights = weights - design.T @ objective.delta(z, objective.activation.value(z), targets)
        z = design @ weights
        best = min(best, objective.mean_loss(z, objective.activation.value(z), targets))
    assert lowest <= best + 1e-9
    assert lowest == pytest.approx(best, abs=1e-6)


def test_the_least_squares_have_no_gradient_left():
    """What is left of the targets is at right angles to every input, constant and duplicate columns included."""
    rng = np.random.default_rng(2)
    inputs = rng.standard_normal((40, 3))
    inputs = np.column_stack([inputs, inputs[:, 0], np.ones(40)])
    targets = rng.standard_normal((40, 2))
    left = targets - least_squares(inputs, targets)
    assert np.abs(np.column_stack([inputs, np.ones(40)]).T @ left).max() < 1e-10


def test_what_takes_too_long_is_not_computed_and_said():
    """Many samples, or a linear model of many inputs, have no floor but a reason."""
    rows = MOST_ROWS + 1
    many = floors((1, 1, 1), ("tanh", "linear"), "squared", np.arange(rows)[:, np.newaxis] * 1.0, np.ones((rows, 1)))
    assert "20,000" in many.unknown
    wide = np.random.default_rng(0).standard_normal((1000, 400))
    labels = (wide[:, :1] > 0) * 1.0
    assert "too long" in floors((400, 1), ("sigmoid",), "binary-cross-entropy", wide, labels).unknown


LOSSES = {
    "sigmoid": ("squared", "half-squared", "binary-cross-entropy", "huber", "absolute"),
    "softmax": ("cross-entropy", "squared"),
    "linear": ("squared", "huber", "absolute"),
    "tanh": ("squared", "absolute"),
    "relu": ("squared", "huber"),
}


@settings(max_examples=300)
@given(st.data())
def test_no_parameters_go_below_a_floor(data):
    """Whatever the network, the samples and the parameters, the loss is at least the floor."""
    output = data.draw(st.sampled_from(sorted(LOSSES)))
    loss = data.draw(st.sampled_from(LOSSES[output]))
    inputs_wide, outputs = data.draw(st.integers(1, 2)), data.draw(st.integers(2 if output == "softmax" else 1, 3))
    hidden = data.draw(st.lists(st.integers(1, 2), max_size=2))
    names_of_hidden = [data.draw(st.sampled_from(["sigmoid", "tanh", "relu", "linear", "sine"])) for _ in hidden]
    rng = np.random.default_rng(data.draw(st.integers(0, 2**32)))
    inputs = rng.integers(-2, 3, (12, inputs_wide)).astype(float)
    if loss == "cross-entropy":
        targets = np.eye(outputs)[rng.integers(outputs, size=12)]
    elif loss == "binary-cross-entropy":
        targets = rng.integers(2, size=(12, outputs)).astype(float)
    else:
        targets = rng.normal(0.5, 1.0, (12, outputs))
    network = Network((inputs_wide, *hidden, outputs), (*names_of_hidden, output))
    objective = make_objective(output, loss)
    found = floors_of(network, objective, inputs, targets)
    floor = found.highest.loss if found.highest else 0.0
    for scale in (0.1, 1.0, 10.0):
        theta = Parameters(network, scale * rng.standard_normal(network.size))
        tape = forward(network, theta, inputs)
        assert objective.mean_loss(tape.z[-1], tape.a[-1], targets) >= floor * (1 - 1e-9)


@pytest.mark.parametrize(
    ("source", "changes", "near"),
    [
        ("line", {}, 1e-9),
        ("moons", {"hidden": (), "loss": "binary-cross-entropy"}, 1e-3),
        ("spirals3", {"hidden": ()}, 1e-3),
        ("xor", {"hidden": (), "output_activation": "linear"}, 1e-9),
        ("parity", {"optimizer": "adam", "lr": 0.1, "batch_size": None}, 0.03),
    ],
)
def test_training_comes_down_to_the_floor_and_no_further(source, changes, near):
    """A run that is trained long enough ends just above its floor."""
    session = Session(suggested_recipe(source, **changes))
    session.run(3000)
    problem = session.problem
    loss, floor = problem.loss(session.state.parameters, problem.train), problem.facts.floor
    assert floor * (1 - 1e-9) <= loss <= floor + near
