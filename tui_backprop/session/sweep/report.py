"""What a sweep leaves: one object, or a table of its runs."""

from __future__ import annotations

import math
from typing import Any

from tui_backprop.session.recipe.fields import BY_NAME
from tui_backprop.session.sweep.plan import SweepPlan
from tui_backprop.session.sweep.summary import Cell, Summary
from tui_backprop.session.sweep.sweep import Sweep
from tui_backprop.system.csv_output import write_csv
from tui_backprop.system.outputs import Output
from tui_backprop.text.json_ready import json_ready

_COLUMNS = ("steps", "stopped_by", "loss", "test_loss", "accuracy", "test_accuracy")


def sweep_report(sweep: Sweep, seconds: float) -> dict[str, Any]:
    """Return the one object that `sweep --json` prints; a number that is not finite is null."""
    plan = sweep.plan
    summary = Summary(plan, sweep.outcomes)
    return {
        **plan.as_dict(),
        "runs": [_run(plan, run) | sweep.outcomes[run].as_json() for run in sorted(sweep.outcomes)],
        "cells": [_cell(plan, cell) for cell in summary.cells],
        "resumed": sweep.resumed,
        "notes": list(sweep.dataset.notices),
        "seconds": seconds,
    }


def write_runs(output: Output, sweep: Sweep) -> None:
    """Write a row for each run: its number, the varied fields, the seed, and what came of it.

    Raises:
        OutputError: it cannot be written; a file that was there is then unchanged.
    """
    plan = sweep.plan
    header = ("run", *(axis.name for axis in plan.axes), "seed", *_COLUMNS)

    def row(run: int) -> tuple[Any, ...]:
        outcome = sweep.outcomes[run].as_json()
        blank = ("" if outcome[name] is None else outcome[name] for name in _COLUMNS)
        return (run, *_written(plan, run // plan.seeds).values(), _run(plan, run)["seed"], *blank)

    write_csv(output, header, (row(run) for run in sorted(sweep.outcomes)))


def _written(plan: SweepPlan, cell: int) -> dict[str, str]:
    return {name: BY_NAME[name].write(value) for name, value in plan.values(cell).items()}


def _run(plan: SweepPlan, run: int) -> dict[str, Any]:
    recipe = plan.recipe_of(run).as_dict()
    return {axis.name: recipe[axis.name] for axis in plan.axes} | {"seed": recipe["seed"]}


def _cell(plan: SweepPlan, cell: Cell) -> dict[str, Any]:
    recipe = plan.recipe_of(cell.number * plan.seeds).as_dict()
    losses = {"median": cell.median, "best": cell.best, "worst": cell.losses[-1] if cell.losses else math.nan}
    return {axis.name: recipe[axis.name] for axis in plan.axes} | {
        "runs": len(cell.outcomes),
        "diverged": cell.diverged,
        "reached": cell.reached,
        "loss": json_ready(losses),
    }
