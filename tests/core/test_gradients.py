"""The exact rule against two oracles, and the posted rule caught by both."""

from __future__ import annotations

import autograd
import autograd.numpy as anp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tui_backprop.core.backward import exact
from tui_backprop.core.forward import forward
from tui_backprop.core.gradient_check import batch_loss, relative_error
from tui_backprop.core.network import Network, Parameters
from tui_backprop.core.objective import make_objective
from tui_backprop.core.operations.activations import ACTIVATIONS, HIDDEN_ACTIVATIONS, LEAK
from tui_backprop.core.operations.losses import LOSSES
from tui_backprop.core.rules import RULES
from tui_backprop.core.slopes import slopes_of_loss

PAIRS = [
    (output, loss.name)
    for loss in LOSSES.values()
    for output in ACTIVATIONS
    if not loss.outputs or output in loss.outputs
]


def _log_sum_exp(z):
    top = anp.max(z, axis=1, keepdims=True)
    return top + anp.log(anp.sum(anp.exp(z - top), axis=1, keepdims=True))


# Written for the differentiator, apart from the core's own formulas.
INDEPENDENT = {
    "sigmoid": lambda z: 0.5 * (anp.tanh(0.5 * z) + 1.0),
    "tanh": anp.tanh,
    "relu": lambda z: anp.where(z > 0, z, 0.0),
    "leaky-relu": lambda z: anp.where(z > 0, z, LEAK * z),
    "elu": lambda z: anp.where(z > 0, z, anp.exp(z) - 1.0),
    "softplus": lambda z: anp.logaddexp(0.0, z),
    "gelu": lambda z: 0.5 * z * (1 + anp.tanh(anp.sqrt(2 / anp.pi) * (z + 0.044715 * z * z * z))),
    "swish": lambda z: 0.5 * z * (1 + anp.tanh(0.5 * z)),
    "sine": anp.sin,
    "linear": lambda z: z,
    "softmax": lambda z: anp.exp(z - _log_sum_exp(z)),
}


def _huber(e):
    return anp.where(anp.abs(e) <= 1.0, 0.5 * e * e, anp.abs(e) - 0.5)


def independent_loss(network, loss, inputs, targets):
    """The mean loss of a batch, written once more so that autograd can differentiate it."""

    def value(theta):
        a = inputs
        z = a
        for tensor in network.tensors:
            part = theta[tensor.start : tensor.start + tensor.size].reshape(tensor.shape)
            if tensor.is_weight:
                z = anp.dot(a, part)
            else:
                z = z + part
                a = INDEPENDENT[network.activation_names[tensor.layer - 1]](z)
        if loss == "binary-cross-entropy":
            each = anp.logaddexp(0.0, z) - targets * z
        elif loss == "cross-entropy":
            each = -targets * (z - _log_sum_exp(z))
        else:
            e = a - targets
            each = {"squared": e * e, "half-squared": 0.5 * e * e, "huber": _huber(e), "absolute": anp.abs(e)}[loss]
        return anp.sum(each) / len(inputs)

    return value


@st.composite
def cases(draw):
    """A network, an objective, parameters and a batch, none of them near a kink."""
    hidden = draw(st.lists(st.integers(1, 5), max_size=4))
    activations = [draw(st.sampled_from(HIDDEN_ACTIVATIONS)) for _ in hidden]
    output, loss = draw(st.sampled_from(PAIRS))
    outputs = draw(st.integers(2, 4)) if output == "softmax" else draw(st.integers(1, 3))
    network = Network((draw(st.integers(1, 4)), *hidden, outputs), (*activations, output))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    rows = draw(st.sampled_from([1, 2, 7]))
    inputs = rng.standard_normal((rows, network.sizes[0]))
    if loss == "cross-entropy":
        targets = np.eye(outputs)[rng.integers(outputs, size=rows)]
    elif loss == "binary-cross-entropy":
        targets = rng.integers(2, size=(rows, outputs)).astype(float)
    else:
        targets = rng.uniform(-2, 2, (rows, outputs))
    theta = rng.standard_normal(network.size) * draw(st.sampled_from([0.1, 0.5, 1.0]))
    return network, make_objective(output, loss), theta, inputs, targets


def gradient_of(rule, network, objective, theta, inputs, targets):
    parameters = Parameters(network, theta)
    return rule(network, objective, parameters, forward(network, parameters, inputs), targets).parameters.vector


def distance(found, expected):
    """Largest difference, relative to the largest entry.

    Where everything is saturated and no entry reaches 0.01, float64 itself leaves fewer digits in either oracle (1 − a² with
    a near 1, and differences of losses near 1), so such gradients are compared on that scale.
    """
    return np.abs(found - expected).max() / max(np.abs(expected).max(), 0.01)


def measured(network, objective, theta, inputs, targets):
    """The slope of the loss by central differences."""
    return slopes_of_loss(batch_loss(network, objective, inputs, targets), theta).low


def far_from_kinks(network, objective, theta, inputs, targets):
    """Whether no relu, huber or absolute value changes its branch within a finite difference."""
    tape = forward(network, Parameters(network, theta), inputs)
    margins = [np.abs(tape.z[layer]).min() for layer in range(1, network.depth + 1)]
    error = np.abs(tape.prediction - targets)
    return min(*margins, error.min(), np.abs(error - 1.0).min()) > 1e-3


@settings(max_examples=300)
@given(cases())
def test_exact_rule_equals_an_independent_differentiator(case):
    """The chain rule by hand and autograd's agree to 1e-12 for any network and objective that belong together."""
    network, objective, theta, inputs, targets = case
    found = gradient_of(exact, *case)
    with np.errstate(over="ignore"):  # autograd divides by cosh² to get the slope of a saturated tanh: 1/∞ = 0 is right
        expected = autograd.grad(independent_loss(network, objective.loss.name, inputs, targets))(theta)
    assert distance(found, expected) <= 1e-12


@settings(max_examples=200)
@given(cases())
def test_exact_rule_equals_central_differences(case):
    """The chain rule and the slope measured by small steps agree to 1e-7, away from kinks."""
    if far_from_kinks(*case):
        assert distance(gradient_of(exact, *case), measured(*case)) <= 1e-7


@pytest.mark.parametrize(("output", "loss"), PAIRS)
@pytest.mark.parametrize("activation", HIDDEN_ACTIVATIONS)
@pytest.mark.parametrize("depth", [0, 2, 4])
def test_every_combination_agrees_with_the_oracles(activation, output, loss, depth):
    """No activation, loss or depth is left to chance; the slower oracle, differences, is asked at one depth."""
    rng = np.random.default_rng(depth)
    network = Network((2, *(3,) * depth, 2), ((activation,) * depth) + (output,))
    objective = make_objective(output, loss)
    while True:
        inputs, theta = rng.standard_normal((3, 2)), 0.7 * rng.standard_normal(network.size)
        targets = np.eye(2)[[0, 1, 1]]
        case = (network, objective, theta, inputs, targets)
        if far_from_kinks(*case):
            break
    found = gradient_of(exact, *case)
    assert distance(found, autograd.grad(independent_loss(network, loss, inputs, targets))(theta)) <= 1e-12
    if depth == 2:
        assert distance(found, measured(*case)) <= 1e-7


@pytest.mark.parametrize("sizes", [(1, 1, 1), (2, 3, 1), (3, 4, 2)])
def test_posted_rule_is_caught(sizes):
    """The formulas of the original case differ from central differences everywhere but in the last bias."""
    network = Network(sizes, ("sigmoid", "sigmoid"))
    objective = make_objective("sigmoid", "squared")
    rng = np.random.default_rng(1)
    theta, inputs, targets = rng.uniform(-1, 1, network.size), rng.uniform(0, 1, (4, sizes[0])), np.ones((4, sizes[-1]))
    found = Parameters(network, gradient_of(RULES["posted"], network, objective, theta, inputs, targets))
    numeric = Parameters(network, measured(network, objective, theta, inputs, targets))
    wrong = {name for name in found.by_name() if relative_error(found[name], numeric[name]).max() > 1e-3}
    assert wrong == {"w1", "b1", "w2"}


def test_posted_rule_has_the_formulas_of_the_original_case():
    """For 1-1-1 the rule is 2(ŷ−y)ŷ(1−ŷ)w2, and 2(ŷ−y)w2·h(1−h)·w1 without the output's slope."""
    network = Network((1, 1, 1), ("sigmoid", "sigmoid"))
    w1, b1, w2, b2 = theta = np.array([0.3, -0.2, 0.7, 0.1])
    x, y = 0.5, 1.0
    h = 1 / (1 + np.exp(-(w1 * x + b1)))
    answer = 1 / (1 + np.exp(-(w2 * h + b2)))
    at_output, carried = 2 * (answer - y) * answer * (1 - answer), 2 * (answer - y) * w2 * h * (1 - h)
    found = gradient_of(
        RULES["posted"], network, make_objective("sigmoid", "squared"), theta, np.array([[x]]), np.array([[y]])
    )
    np.testing.assert_allclose(found, [carried * w1, carried, at_output * w2, at_output], rtol=1e-14)


@pytest.mark.parametrize(("output", "loss"), [("sigmoid", "binary-cross-entropy"), ("softmax", "cross-entropy")])
def test_fused_pairs_survive_logits_of_a_thousand(output, loss):
    """A hopelessly wrong and a perfectly right answer both have a finite loss and the right gradient."""
    objective = make_objective(output, loss)
    z = np.array([[1000.0, -1000.0]])
    a = objective.activation.value(z)
    for target, value, delta in (([[0.0, 1.0]], None, [[1.0, -1.0]]), ([[1.0, 0.0]], 0.0, [[0.0, 0.0]])):
        y = np.array(target)
        expected = 2000.0 if value is None else value
        assert objective.mean_loss(z, a, y) == expected
        np.testing.assert_array_equal(objective.delta(z, a, y), delta)


def test_fused_pairs_keep_the_digits_of_a_nearly_certain_answer():
    """At a logit of 40 the gradient is −4.2e-18, not 0."""
    binary = make_objective("sigmoid", "binary-cross-entropy")
    z, y = np.array([[40.0]]), np.array([[1.0]])
    assert binary.delta(z, binary.activation.value(z), y)[0, 0] == pytest.approx(-np.exp(-40), rel=1e-12)
    many = make_objective("softmax", "cross-entropy")
    z, y = np.array([[40.0, 0.0, -3.0]]), np.array([[1.0, 0.0, 0.0]])
    rest = np.exp(-40) + np.exp(-43)
    assert many.delta(z, many.activation.value(z), y)[0, 0] == pytest.approx(-rest, rel=1e-12)
    assert many.mean_loss(z, many.activation.value(z), y) == pytest.approx(rest, rel=1e-12)
