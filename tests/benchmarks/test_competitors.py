"""What is measured beside the engines computes the same training, or the numbers would say nothing."""

from __future__ import annotations

import numpy as np
import pytest

from tests.benchmarks.competitors import tables
from tests.benchmarks.competitors.cases import CASES, Case
from tests.benchmarks.competitors.goals import Goal
from tests.benchmarks.competitors.measure import Effort, Times, measure, take_turns
from tests.benchmarks.competitors.table import BARE, COMPETITORS, COMPILED, NUMPY, PYTHON, Competitor
from tests.benchmarks.competitors.trainer import Trainer
from tests.benchmarks.growth import Growth
from tests.benchmarks.limit import Peaks, needs_of
from tests.benchmarks.memory import held
from tui_backprop.core.arrays import Array, Indices

PAIRS = [pytest.param(one, case, id=f"{one.name} on {case.name}") for case in CASES for one in COMPETITORS]
BY_NAME = {one.name: one for one in COMPETITORS}


@pytest.mark.parametrize(("competitor", "case"), PAIRS)
def test_everybody_reaches_the_parameters_of_the_core(competitor: Competitor, case: Case):
    """From the same parameters, with the same batches, some dozens of updates lead to the core's own parameters."""
    if excuse := competitor.excuse(case):
        pytest.skip(excuse)
    assert competitor.is_the_same(case)
    assert np.array([5e-324]).sum() > 0  # what it loads leaves the processor's arithmetic as it was


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_cases_train(case: Case):
    """Nobody is measured at a network that stands still: some hundred updates move the parameters and keep them finite."""
    after = case.expected(300)
    assert np.isfinite(after).all()
    assert np.abs(after - case.theta).max() > 1e-3


class _WrongRate(Trainer):
    def __init__(self, case: Case) -> None:
        self._case = case

    def train(self, steps: int) -> None:
        """Make none."""

    def follow(self, batches: Indices) -> Array:
        """Go where another rate would lead."""
        return self._case.theta + 1.001 * (self._case.expected(len(batches)) - self._case.theta)


def test_a_competitor_that_trains_something_else_is_not_measured():
    """A rate that is a thousandth off is noticed, and nothing is measured."""
    wrong = Competitor("wrong", _WrongRate)
    assert not wrong.is_the_same(CASES[0])
    with pytest.raises(AssertionError, match="wrong trains another network"):
        measure(CASES[0], [wrong], Effort(1, 0.001))


def test_competitors_are_measured_in_turn():
    """One after the other in every round, and every round has a time of each."""
    turns: list[str] = []
    times = take_turns({"a": lambda _n: turns.append("a"), "b": lambda _n: turns.append("b")}, Effort(3, 1e-9))
    assert turns[-6:] == ["a", "b"] * 3
    assert all(len(rounds) == 3 for rounds in times.rounds.values())


def test_the_engine_and_the_bare_calls_can_be_measured():
    """A measurement of a moment has a ratio that is a number."""
    times = measure(CASES[0], [BY_NAME[NUMPY], BY_NAME[BARE]], Effort(2, 0.001))
    assert times.ratio(NUMPY, BARE) > 0
    assert times.seconds(NUMPY) > 0


def test_what_is_not_installed_is_told_in_a_line():
    """A competitor whose package is missing says so and is left out."""
    assert Competitor("none", _WrongRate, ("no_such_module",)).excuse(CASES[0]) == "no_such_module is not installed"
    assert BY_NAME["plain Python"].excuse(CASES[1]) == "the loop of the original case is for 1-1-1 alone"


TIMES = Times({COMPILED: [1e-6, 1e-6, 9e-6], PYTHON: [8e-6, 8e-6, 8e-6], NUMPY: [4e-6, 4e-6, 36e-6]})


def test_a_goal_is_reached_or_not():
    """The line of a goal has the median of the ratios of the rounds, and says where it is not reached."""
    measured = {CASES[0].name: TIMES}
    assert Goal("1-1-1", COMPILED, PYTHON, 8.0).verdict(measured).endswith("8.00 times")
    assert Goal("1-1-1", COMPILED, PYTHON, 8.1).verdict(measured).endswith("8.00 times, not reached")
    assert Goal("1-1-1", COMPILED, BARE, 1.0).verdict(measured) is None
    assert Goal("64-32-10", COMPILED, PYTHON, 1.0).verdict(measured) is None


def test_the_tables_have_what_was_measured_and_why_the_rest_was_not():
    """You should see steps a second, ratios to both engines, and a reason in the line of whoever was left out."""
    lines = tables.case_lines(CASES[1], TIMES)
    assert any(line.split()[:3] == ["numpy", "engine", "250,000"] and "4.00×" in line for line in lines)
    without = Times({NUMPY: [4e-6]})
    assert any(
        "the loop of the original case is for 1-1-1 alone" in line for line in tables.case_lines(CASES[1], without)
    )
    readme = tables.markdown({CASES[0].name: TIMES})
    assert "| plain Python | 125,000 (8×) |" in readme
    assert not any(BARE in line for line in readme)


def test_an_exponent_is_fitted_where_the_time_grows():
    """What costs the same at first and then grows with the square has exponent 2; what never grows, 0."""
    sizes = (1, 2, 4, 8, 16, 32)
    assert abs(Growth("", sizes, (16e-6, 16e-6, 16e-6, 64e-6, 256e-6, 1024e-6)).exponent - 2) < 1e-9
    assert abs(Growth("", sizes, (5e-6,) * 6).exponent) < 1e-9


def test_what_a_run_holds_is_measured_in_a_process_of_its_own():
    """A short run has some bytes for its curve and checkpoints, far below a megabyte."""
    found = held("parity", 500)
    assert 0 < found.traced < 1e6
    assert "500 steps" in found.line()


def test_the_limit_counts_what_a_step_needs():
    """1-1-1: products of two layers for three purposes but one; a peak twice as high leaves half of the time."""
    needs = needs_of(CASES[0])
    assert needs.operations == 2 * 5 + 2 * 24 + 2 * 4
    assert needs.bytes == 8 * (5 * 4 + 8 * 3)
    assert needs.seconds(Peaks(1e9, 1e12)) == 2 * needs.seconds(Peaks(2e9, 1e12))
    assert needs.seconds(Peaks(1e15, 1e9)) == needs.bytes / 1e9
