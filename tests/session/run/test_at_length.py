"""What README and the first lesson say of the original case holds for as long as they say."""

from __future__ import annotations

import numpy as np
import pytest

from tui_backprop.engines.batched.runs import BatchedRuns
from tui_backprop.engines.compiled_engine import is_installed
from tui_backprop.session.recipe.suggestion import suggested_recipe
from tui_backprop.session.session import Session


def spread(session, theta):
    """How far apart the nine answers are."""
    return float(np.ptp(session.problem.predict(theta, session.problem.train.raw)))


@pytest.mark.parametrize("rule", ["exact", "posted"])
def test_nearly_one_answer_for_the_first_sixty_thousand_steps(rule):
    """The nine answers lie within a tenth of each other, by the posted formulas and by the right ones."""
    sessions = [Session(suggested_recipe("parity", rule=rule, seed=seed)) for seed in range(5)]
    together = BatchedRuns([one.current.segment.training for one in sessions], [one.state for one in sessions])
    for _ in range(4):
        together.advance(15_000)
        for session, theta in zip(sessions, together.parameters, strict=True):
            assert spread(session, theta) < 0.1


@pytest.mark.usefixtures("machine_code")
@pytest.mark.skipif(not is_installed(), reason="millions of steps are for the compiled engine")
def test_the_right_formulas_leave_the_plateau_later_and_never_pass_the_floor():
    """After three million steps the loss is near 2/9 and not below, and no more of the answers are right."""
    for seed in range(3):
        session = Session(suggested_recipe("parity", seed=seed, engine="compiled"))
        session.run(3_000_000)
        score = session.frame().train_score
        assert 2 / 9 <= score.loss < 0.235
        assert spread(session, session.state.parameters) > 0.2
        assert score.accuracy <= 5 / 9
