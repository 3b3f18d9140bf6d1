"""The judge in both directions, and slopes that are measured from values of a loss alone."""

from __future__ import annotations

import numpy as np
import pytest

from tui_backprop.core.judge import Truth, judge
from tui_backprop.core.slopes import slopes_of_loss


def truth(value, *, high=None, floor=0.0, blur=0.0):
    low = np.atleast_1d(np.asarray(value, dtype=float))
    top = low if high is None else np.atleast_1d(np.asarray(high, dtype=float))
    return Truth(low, top, np.full_like(low, floor), np.full_like(low, blur), "a test")


@pytest.mark.parametrize(
    ("claimed", "given", "verdict"),
    [
        (1.0, truth(1.0), "right"),
        (1.0 + 1e-7, truth(1.0), "right"),
        (1.0 + 1e-5, truth(1.0), "wrong"),
        (-1.0, truth(1.0), "wrong"),
        (-3e-10, truth(-1.7e-6), "wrong"),  # however large the other entries are
        (0.0, truth(0.0), "right"),
        (1e-17, truth(0.0, floor=1e-17), "right"),  # what float64 makes of a right formula
        (1e-12, truth(0.0, floor=1e-17), "wrong"),
        (0.7, truth(0.0, high=1.0), "right"),  # between the slopes of both sides of a kink
        (1.1, truth(0.0, high=1.0), "wrong"),
        (1e-12, truth(1.5e-12, blur=1e-12), "unsure"),  # the measurement hides it
        (1.0, truth(1.5e-12, blur=1e-12), "wrong"),
        (1.0, truth(np.nan), "unsure"),
        (np.nan, truth(1.0), "wrong"),
        (np.inf, truth(1.0), "wrong"),
    ],
)
def test_an_entry_is_judged_by_its_own_size_and_the_noise(claimed, given, verdict):
    """A right value within rounding is right, a wrong one is wrong, and what nothing can be known of is unsure."""
    judgement = judge(np.array([claimed]), given)
    assert judgement.verdict(0) == verdict
    assert judgement.counts()[verdict] == 1
    assert bool(judgement.reason(0)) == (verdict == "unsure")


def test_a_multiple_of_the_truth_is_told_from_something_else():
    """−2 times the gradient is judged as such, kinks included."""
    given = truth([1.0, -3.0], high=[2.0, -3.0])
    assert judge(np.array([-3.0, 6.0]), given.scaled(-2.0)).right.all()
    assert judge(np.array([-1.0, 6.0]), given.scaled(-2.0)).wrong.tolist() == [True, False]
    assert judge(np.array([-3.0]), given.chosen(slice(1, 2))).right.all()


def squares(theta):
    return (np.array([1.0, 2.0, 3.0]) * theta[0] + theta[1] - np.array([1.0, 0.0, 2.0])) ** 2


@pytest.mark.parametrize("size", [1e-6, 1.0, 1e6])
@pytest.mark.parametrize("per_sample", [True, False])
def test_measured_slopes_agree_with_the_formula_at_any_size_of_the_loss(size, per_sample):
    """The noise that is measured is no smaller than how far the slope is off, and small beside it."""
    theta, x, y = np.array([0.4, -0.3]), np.array([1.0, 2.0, 3.0]), np.array([1.0, 0.0, 2.0])
    error = 2 * (theta[0] * x + theta[1] - y) * size / 3
    right = np.array([(error * x).sum(), error.sum()])
    found = slopes_of_loss(
        lambda point: squares(point) * size if per_sample else float(squares(point).mean() * size), theta
    )
    assert (np.abs(found.low - right) <= 10 * found.blur).all()
    assert (found.blur <= 1e-7 * np.abs(right)).all()
    assert judge(right, found).right.all()
    assert judge(right * (1 + 1e-4), found).wrong.all()


def test_a_slope_that_rounding_hides_is_not_told():
    """Beside a loss of 1e12 a slope of 1e-9 cannot be seen; a claimed slope of 1e9 still can."""
    found = slopes_of_loss(lambda point: 1e12 + 1e-9 * float(point[0]), np.array([1.0]))
    assert judge(np.array([1e-9]), found).verdict(0) == "unsure"
    assert judge(np.array([2e-9]), found).verdict(0) == "unsure"
    assert judge(np.array([1e9]), found).verdict(0) == "wrong"


def test_at_a_kink_of_several_samples_all_between_the_sums_of_their_slopes_is_right():
    """One sample bends up and one down: the slopes of the mean are both ½, and right is anything from 0 to 1."""

    def losses(point):
        return np.array([max(point[0], 0.0), min(point[0], 0.0)])

    found = slopes_of_loss(losses, np.zeros(1))
    assert judge(np.array([0.0]), found).verdict(0) == "right"
    assert judge(np.array([1.0]), found).verdict(0) == "right"
    assert judge(np.array([1.01]), found).verdict(0) == "unsure"
    assert "kink" in judge(np.array([1.01]), found).reason(0)
    whole = slopes_of_loss(lambda point: float(losses(point).mean()), np.zeros(1))
    assert judge(np.array([0.5]), whole).verdict(0) == "right"


def test_a_loss_without_a_value_has_no_slope():
    """NaN at θ and around it."""
    found = slopes_of_loss(lambda _: float("nan"), np.zeros(2))
    judgement = judge(np.zeros(2), found)
    assert judgement.unsure.all()
    assert judgement.reason(0).startswith("values of the loss do not settle on a slope here")


def test_a_quickly_turning_loss_is_measured_by_small_steps():
    """sin(10⁵·θ): the usual steps see nothing of it."""
    found = slopes_of_loss(lambda point: float(np.sin(1e5 * point[0])), np.array([0.3]))
    assert judge(np.array([1e5 * np.cos(3e4)]), found).verdict(0) == "right"
    assert judge(np.array([1.01e5 * np.cos(3e4)]), found).verdict(0) == "wrong"
