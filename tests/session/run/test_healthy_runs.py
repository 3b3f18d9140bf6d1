"""A healthy run raises no alarm: the suggested recipe of every built-in set, from ten seeds, at its end."""

from __future__ import annotations

import pytest

from tui_backprop.datasets.catalogue import catalogue
from tui_backprop.session.recipe.suggestion import suggested_recipe
from tui_backprop.session.session import Session

SEEDS = range(10)

TRUE = {
    # The original case is there for its troubles: a chain of single units, asked about 16 as well.
    "parity": {"cannot-do-better", "same-answer", "stuck-at-constant", "probe-out-of-range"},
}
"""Warnings that are true from every seed."""

TRUE_FROM_SOME_SEEDS = {
    # From this seed the run ends in a local minimum: two of the four answers stay at ½, and the loss at an eighth.
    ("xor", 6): {"plateau"},
    # Three of the 45 flowers kept for testing are answered wrongly, and more surely with every step: their loss turns at
    # step 336 and is 1.8 times as high near the end, while that of the other 105 falls.
    ("iris", 1): {"overfitting"},
}
"""Warnings that are true from a seed, beside those of the set."""


@pytest.mark.parametrize("name", [entry.name for entry in catalogue()])
def test_a_suggested_recipe_ends_with_no_alarm_but_true_ones(name):
    """Whatever else is said at the end is an info; what is listed as true is said indeed."""
    for seed in SEEDS:
        session = Session(suggested_recipe(name, seed=seed))
        session.run(session.recipe.steps)
        said = {finding.id for finding in session.findings() if finding.severity != "info"}
        assert said == TRUE.get(name, set()) | TRUE_FROM_SOME_SEEDS.get((name, seed), set()), f"seed {seed}"


def test_the_local_minimum_of_xor_is_one():
    """The run that ends on a plateau answers two of four inputs with ½, and has no gradient left to follow."""
    session = Session(suggested_recipe("xor", seed=6))
    session.run(session.recipe.steps)
    problem, theta = session.problem, session.state.parameters
    answers = problem.predict(theta, problem.train.raw)[:, 0]
    assert sorted(answers) == pytest.approx([0, 0.5, 0.5, 1], abs=0.01)
    assert session.current.moment().value("grad_norm") < 1e-3
