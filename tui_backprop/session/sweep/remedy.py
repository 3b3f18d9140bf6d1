"""What does help, where nothing that was varied did."""

from __future__ import annotations

from tui_backprop.diagnosis.reference import best_constant
from tui_backprop.session.recipe.problem import Problem
from tui_backprop.session.recipe.suggestion import sensible_fields
from tui_backprop.session.sweep.plan import SweepPlan
from tui_backprop.session.sweep.summary import Summary
from tui_backprop.session.sweep.sweep import Sweep

_LEARNED = 0.5  # of the best constant answer's loss: below that, something was learned from the inputs
_TRIED = ("activation", "optimizer", "lr", "batch_size", "sampling", "init")


def constant_loss(problem: Problem) -> float:
    """Return the smallest loss of one answer to everything, over the training set."""
    return best_constant(problem.objective.loss.name, problem.train.targets)[1]


def remedy_plan(sweep: Sweep) -> SweepPlan | None:
    """Return a sweep of the same network sizes and seeds with the settings that suit a table of this size and task.

    None where a cell of the sweep has learned already (its median loss is less than half of the best constant answer's),
    where a condition says what is wanted, or where the sweep has those settings itself.
    """
    plan = sweep.plan
    best = Summary(plan, sweep.outcomes).best_cell()
    if plan.until or best is None or best.median < _LEARNED * constant_loss(sweep.first_problem):
        return None
    fields = {name: value for name, value in sensible_fields(sweep.dataset).items() if name in _TRIED}
    tried = plan.recipe.replace(**fields, rule="exact")
    if tried == plan.recipe:
        return None
    return SweepPlan(tried, tuple(axis for axis in plan.axes if axis.name == "hidden"), plan.seeds)
