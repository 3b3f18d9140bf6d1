"""The check of a file of functions, which loads nothing of what a script's check needs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui_backprop.scripts.functions.process import LearnerProcess

if TYPE_CHECKING:
    from tui_backprop.scripts.clinic.checkup import Checkup


def checked_functions(process: LearnerProcess) -> tuple[str, Checkup]:
    """Check the file of a process and end the process; return its form and what was found.

    Raises:
        LearnerError: the file cannot be used.
    """
    from tui_backprop.scripts.clinic.check import check
    from tui_backprop.scripts.functions.rule_network import RuleNetwork, learner_in

    try:
        learner = learner_in(process)
        return "rule" if isinstance(learner, RuleNetwork) else "network", check(learner)
    finally:
        process.close()
