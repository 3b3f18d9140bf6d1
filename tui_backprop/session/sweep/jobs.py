"""A sweep cut into jobs: portions of runs that train together, of a size that shows progress and fits into memory."""

from __future__ import annotations

import math
from collections.abc import Collection, Hashable
from dataclasses import dataclass

from tui_backprop.core.step import Training
from tui_backprop.session.recipe.recipe import Recipe
from tui_backprop.session.sweep.plan import CheckedPlan

_SECONDS = 1.0  # that a job should take, about
_FEWEST, _MOST = 32, 2048  # runs of a job that train together: below, calls weigh too much; above, a cache is full
_NUMBERS = 2**21  # of one array of a job, at the most: a dozen arrays are alive at once
_ALONE = 4  # runs of a job that train alone, at the most


@dataclass(frozen=True)
class Job:
    """Some runs of a sweep, for one process to make. All of it can be sent to another machine."""

    runs: tuple[tuple[int, Recipe], ...]
    """(number in the plan, recipe), …."""
    steps: int
    until: str
    together: bool
    """Whether they are expected to train together."""
    cost: float
    """Seconds that it takes, about; only what jobs cost beside each other matters."""


def cut(checked: CheckedPlan, missing: Collection[int], processes: int) -> list[Job]:
    """Return the jobs that make the missing runs, the longest first so that all processes end at about the same time."""
    plan, steps = checked.plan, checked.plan.recipe.steps
    groups: dict[Hashable, list[int]] = {}
    for run in sorted(missing):
        cell = run // plan.seeds
        shared = checked.kinds[cell].shared
        groups.setdefault(("alone", cell) if shared is None else shared, []).append(run)
    jobs = []
    for runs in groups.values():
        kind = checked.kinds[runs[0] // plan.seeds]
        together = kind.shared is not None
        spread = processes if len(groups) < processes else 1
        size = _portion(kind.training, steps, len(runs), spread) if together else min(_ALONE, -(-len(runs) // spread))
        for first in range(0, len(runs), size):
            portion = runs[first : first + size]
            each = cost_together(kind.training, len(portion)) if together else cost_alone(kind.training)
            recipes = tuple((run, plan.recipe_of(run)) for run in portion)
            jobs.append(Job(recipes, steps, plan.until, together, max(steps, 1) * each * len(portion)))
    return sorted(jobs, key=lambda job: -job.cost)


def _portion(training: Training, steps: int, runs: int, spread: int) -> int:
    """Return how many of so many runs a job should have, at least `spread` jobs if they are not too small then."""
    fits = round(_SECONDS / (max(steps, 1) * cost_together(training, _MOST)))
    size = min(_MOST, max(_FEWEST, min(fits, -(-runs // spread))))
    network, rows = training.network, training.sampling.largest_batch
    size = max(1, min(size, _NUMBERS // (rows * max(network.sizes) + network.size)))
    return -(-runs // math.ceil(runs / size))  # all portions are about equal


def cost_together(training: Training, runs: int) -> float:
    """Return about how many seconds one step of one of so many runs takes that train together."""
    network, rows = training.network, training.sampling.largest_batch
    calls = 3e-6 + 3e-6 * network.depth
    units = rows * sum(network.sizes[1:]) * 6e-9
    return calls / runs + units + (1 + rows) * network.size * 2e-9


def cost_alone(training: Training) -> float:
    """Return about how many seconds one step takes of a run that trains alone."""
    network, rows = training.network, training.sampling.largest_batch
    return 20e-6 + 8e-6 * network.depth + rows * network.size * 2e-9
