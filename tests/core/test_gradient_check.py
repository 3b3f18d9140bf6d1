"""Gradients of our own networks are judged: right, wrong or at a kink, beside what values of the loss say."""

from __future__ import annotations

import numpy as np
import pytest

from tests.core.drawn_judgements import Outcome, draw, look_at
from tui_backprop.core.backward import exact, posted
from tui_backprop.core.forward import forward
from tui_backprop.core.gradient_check import COMPLEX_STEP, check_update
from tui_backprop.core.judge import judge
from tui_backprop.core.mistakes.gallery import MISTAKES
from tui_backprop.core.network import Network, Parameters
from tui_backprop.core.numbers import DECIMAL, FLOAT, LONG
from tui_backprop.core.objective import make_objective
from tui_backprop.core.operations.activations import ACTIVATIONS, HIDDEN_ACTIVATIONS
from tui_backprop.core.operations.optimizers import Sgd
from tui_backprop.core.sampling import Sampling
from tui_backprop.core.step import Training, take_step
from tui_backprop.core.truth import Batch, truth_of

OUTPUTS = [
    ("sigmoid", "squared"),
    ("linear", "half-squared"),
    ("sigmoid", "binary-cross-entropy"),
    ("softmax", "cross-entropy"),
    ("linear", "huber"),
    ("linear", "absolute"),
]


def record(network, objective, theta, inputs, targets, rule=exact):
    """The update of one full batch."""
    sampling = Sampling("random", len(inputs), None, 0)
    training = Training(network, objective, inputs, targets, sampling, rule, Sgd(), 0.1, np.ones(network.size))
    return take_step(training, training.first_state(theta))


def checked(*case, rule=exact):
    return check_update(record(*case, rule=rule))


@pytest.mark.parametrize("activation", HIDDEN_ACTIVATIONS)
@pytest.mark.parametrize(("output", "loss"), OUTPUTS)
def test_a_right_gradient_passes(activation, output, loss):
    """For every activation and loss, with batches of five, also if values of the loss alone are asked."""
    rng = np.random.default_rng(3)
    network = Network((3, 5, 4, 3), (activation, activation, output))
    targets = np.eye(3)[[0, 1, 2, 1, 0]]
    check = checked(
        network, make_objective(output, loss), rng.normal(size=network.size), rng.normal(size=(5, 3)), targets
    )
    assert check.judgement.counts() == {"right": network.size, "wrong": 0, "unsure": 0}
    assert check.judgement.relative.max() < 1e-9
    assert judge(check.judgement.claimed, check.measured).right.all()
    analytic = all(ACTIVATIONS[name].holomorphic for name in network.activation_names) and "squared" in loss
    assert check.measured.method == (COMPLEX_STEP if analytic else "central differences")


def test_a_wrong_gradient_is_found_and_the_right_entry_is_not():
    """Of the posted rule only the last bias is right."""
    network = Network((1, 1, 1), ("sigmoid", "sigmoid"))
    theta = np.array([0.3, 0.1, -0.5, 0.2])
    objective = make_objective("sigmoid", "squared")
    check = checked(network, objective, theta, np.array([[0.5]]), np.array([[1.0]]), rule=posted)
    assert check.judgement.wrong.tolist() == [True, True, True, False]
    assert judge(check.judgement.claimed, check.measured).wrong.tolist() == [True, True, True, False]


def test_where_the_complex_step_overflows_differences_take_its_place():
    """A sigmoid with z below −709: e⁻ᶻ is infinite, and its complex value NaN."""
    network = Network((1, 1, 1), ("sigmoid", "sigmoid"))
    theta = np.array([-2000.0, 0.1, -0.5, 0.2])
    check = checked(network, make_objective("sigmoid", "squared"), theta, np.ones((1, 1)), np.ones((1, 1)))
    assert check.judgement.right.all()
    assert check.measured.method == "central differences"
    assert not judge(check.judgement.claimed, check.measured).wrong.any()


def test_a_kink_is_explained_and_raises_no_alarm():
    """A relu whose z is exactly 0 has no slope; the bias before it is excused, and the sentence says why."""
    network = Network((1, 1, 1), ("relu", "linear"))
    theta = np.array([0.5, -0.5, 1.0, 0.3])  # z1 = 0.5·1 − 0.5 = 0
    judgement = checked(
        network, make_objective("linear", "squared"), theta, np.array([[1.0]]), np.array([[2.0]])
    ).judgement
    assert judgement.right.all()
    assert judgement.reason(0) == judgement.reason(1) == "z1[0] of sample 1 is at 0, where relu has no slope"
    assert judgement.truth.high[0] == 0.0
    assert judgement.truth.low[0] == pytest.approx(-3.4)  # 2(0.3 − 2)·1·1


def test_a_wrong_gradient_at_a_kink_is_still_wrong():
    """What lies outside the slopes of both sides is no kink's fault."""
    network = Network((1, 1, 1), ("relu", "linear"))
    batch = Batch(
        network,
        make_objective("linear", "squared"),
        np.array([0.5, -0.5, 1.0, 0.3]),
        np.array([[1.0]]),
        np.array([[2.0]]),
    )
    assert judge(np.full(4, 50.0), truth_of(batch)).wrong.all()


def test_with_several_samples_at_a_kink_all_between_the_sums_of_their_slopes_is_right():
    """Two samples pull the unit that is at 0 for both, one up and one down: the two slopes of the mean are equal."""
    network = Network((1, 1, 1), ("relu", "linear"))
    objective = make_objective("linear", "half-squared")
    batch = Batch(
        network, objective, np.array([0.0, 0.0, 1.0, 0.0]), np.array([[1.0], [-1.0]]), np.array([[-1.0], [-1.0]])
    )
    truth = truth_of(batch)
    assert (truth.low[0], truth.high[0]) == (-0.5, 0.5)  # each sample may count 0 or ±1, the mean of both
    assert judge(np.array([0.25, 0.5, 0.0, 1.0]), truth).right.all()
    assert judge(np.array([0.6, 0.5, 0.0, 1.0]), truth).wrong.tolist() == [True, False, False, False]


def test_the_absolute_error_at_its_target_is_a_kink_too():
    """Where the prediction hits the target the loss has no slope."""
    network = Network((1, 1), ("linear",))
    objective = make_objective("linear", "absolute")
    judgement = checked(network, objective, np.array([1.0, 0.0]), np.ones((1, 1)), np.ones((1, 1))).judgement
    assert judgement.right.all()
    assert judgement.reason(0) == "output 0 of sample 1 is at its target, where the loss has no slope"


def test_small_gradients_of_the_first_layers_are_judged_by_their_own_size():
    """Six sigmoid layers that are left with the wrong power of the slope: −3e-10 is not −1.7e-6."""
    network = Network((2, *(8,) * 6, 1), ("sigmoid",) * 7)
    rng = np.random.default_rng(0)
    case = (network, make_objective("sigmoid", "squared"), rng.normal(size=network.size) * 0.5, rng.normal(size=(4, 2)))
    check = checked(*case, np.ones((4, 1)), rule=MISTAKES["hidden-slope-twice"])
    assert np.abs(check.judgement.true[network.tensors[0].span]).max() < 2e-4 * np.abs(check.judgement.true).max()
    assert check.judgement.wrong[network.tensors[0].span].all()


def test_of_a_large_network_the_loss_is_asked_about_some_entries_of_each_tensor():
    """All entries are judged, some are measured, the check says how far it is, and what it is then raised ends it."""
    network = Network((30, 40, 30, 2), ("tanh", "relu", "linear"))
    rng = np.random.default_rng(0)
    one = record(
        network,
        make_objective("linear", "squared"),
        rng.normal(size=network.size) * 0.1,
        rng.normal(size=(64, 30)),
        rng.normal(size=(64, 2)),
    )
    shares = []
    check = check_update(one, shares.append)
    assert check.judgement.right.all()
    assert len(check.entries) < network.size
    assert all(((t.span.start <= check.entries) & (check.entries < t.span.stop)).any() for t in network.tensors)
    assert judge(check.judgement.claimed[check.entries], check.measured).right.all()
    assert shares == sorted(shares)
    assert 0 < shares[0] < shares[-1] <= 1

    def ended(share):
        if share > 0.5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        check_update(one, ended)


@pytest.mark.parametrize("numbers", [FLOAT, LONG, DECIMAL], ids=lambda one: one.name)
def test_each_kind_of_numbers_gives_the_gradient(numbers):
    """float64 to its last digits, the others to more; a batch that is computed in parts is the same."""
    network = Network((2, 200, 3), ("gelu", "softmax"))
    rng = np.random.default_rng(0)
    rows = 60 if numbers is not DECIMAL else 3
    batch = Batch(
        network,
        make_objective("softmax", "cross-entropy"),
        rng.normal(size=network.size),
        rng.normal(size=(rows, 2)),
        np.eye(3)[rng.integers(3, size=rows)],
    )
    parameters = Parameters(network, batch.theta)
    right = exact(network, batch.objective, parameters, forward(network, parameters, batch.inputs), batch.targets)
    shares = []
    found = batch.gradient(numbers, shares.append)
    np.testing.assert_allclose(found.low, right.parameters.vector, rtol=1e-9, atol=1e-15)
    assert shares[-1] == 1.0


def test_drawn_cases_are_judged_in_both_directions():
    """Of 300 cases the exact rule is never called wrong, and no mistake of the gallery that changes an entry is missed."""
    outcome = Outcome()
    deep_in_a_sine = 4434  # z of 10¹⁹: also numbers a little wider than float64 have no digit of its sine
    at_a_slight_kink, at_the_bottom = 21469, 21391  # of which values of the loss alone said too much
    for number in (*range(300), deep_in_a_sine, at_a_slight_kink, at_the_bottom):
        look_at(draw(number), outcome)
    assert outcome.accused == []
    assert outcome.missed == []
    assert outcome.changed > 50_000
    assert outcome.seen_in_files > 0.99 * outcome.changed
    assert outcome.seen_by_differences > 0.6 * outcome.changed
    assert outcome.entries["in higher precision", "unsure"] == 0
