"""What was swept, and what its tables show, in a line each."""

from __future__ import annotations

from tui_backprop.session.sweep.plan import SweepPlan
from tui_backprop.session.sweep.summary import Summary
from tui_backprop.session.sweep.sweep import Sweep
from tui_backprop.session.sweep.wording import counted
from tui_backprop.text.cleaning import clean


def headline(sweep: Sweep) -> str:
    """Say what was swept: the data, the network and the settings that are not varied."""
    plan, problem = sweep.plan, sweep.first_problem
    given = plan.recipe
    network = problem.network
    varied = {axis.name for axis in plan.axes}
    sizes = f"{network.sizes[0]}-hidden-{network.sizes[-1]}" if "hidden" in varied else network.name
    parts = [
        clean(sweep.dataset.name),
        sizes,
        *(() if "activation" in varied or len(network.sizes) == 2 else (given.activation,)),
        *(() if "loss" in varied else (problem.objective.loss.name,)),
        *(() if "optimizer" in varied else (given.optimizer,)),
        *(() if "lr" in varied else (f"η {given.lr:g}",)),
        counted(given.steps, "step"),
        f"{counted(plan.seeds, 'seed')} from {given.seed}",
    ]
    return " · ".join(parts)


def counts(sweep: Sweep, summary: Summary, seconds: float | None) -> str:
    """Say how many runs there are, and how long they took where that is told."""
    done, total = len(sweep.outcomes), len(sweep.plan)
    diverged = sum(cell.diverged for cell in summary.cells)
    parts = [counted(done, "run") if done == total else f"{done:,} of {total:,} runs"]
    if sweep.resumed:
        parts.append(f"{sweep.resumed:,} of them from the file")
    if diverged:
        parts.append(f"{diverged:,} diverged (div)")
    if seconds is not None:
        parts.append(f"{seconds:.1f} s")
    return ", ".join(parts)


def table_legend(plan: SweepPlan, constant: float) -> str:
    """Say what the cells of a table are."""
    if plan.until:
        return f"share of runs that reach {plan.until}, then the median of their steps"
    return f"median loss, then the best; one constant answer has {constant:.4g}"
