"""What a file with training needs of a run: its beginning, its samples, and the order of its batches."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tui_backprop.core.arrays import Array
from tui_backprop.core.errors import InputError
from tui_backprop.core.step import Training
from tui_backprop.session.recipe.problem import Problem
from tui_backprop.session.recipe.recipe import Recipe
from tui_backprop.session.session import Session
from tui_backprop.text.cleaning import clean

MOST_NUMBERS = 400_000
"""Numbers of the samples, and of the order of the batches, that a file may have."""

_WITHOUT_EFFECT = {"steps", "probe", "thresholds", "engine"}  # on the parameters


@dataclass(frozen=True, eq=False)
class TrainingHistory:
    """How the parameters of a run came about."""

    recipe: Recipe
    """Resolved."""
    problem: Problem
    training: Training
    first: Array
    """θ at step 0, (size,)."""
    steps: int
    batches: list[list[int]] | None
    """The rows of each step's batch; None where every batch is all of them."""

    def mask(self, name: str) -> NDArray[np.bool_] | None:
        """Return which entries of a tensor are trained, in its shape; None where all are."""
        tensor = self.problem.network.tensor(name)
        free = self.training.free[tensor.span].reshape(tensor.shape) > 0
        return None if free.all() else free


def history_of(session: Session) -> TrainingHistory:
    """Return what has to be known to train again as a session's run did.

    Raises:
        InputError: why a file cannot do that, in one sentence.
    """
    run = session.current
    first = [one for one in run.timeline.segments if one.start == 0][-1]  # with what was set or loaded at step 0
    for edit in run.edits:
        if 0 < edit.step <= run.step and (edit.parameters or {name for name, _ in edit.changes} - _WITHOUT_EFFECT):
            raise InputError(
                f"--with-training writes a run that nothing was changed in, and at step {edit.step:,} this one has "
                f"{clean(edit.summary)}: leave out --with-training, or make it the recipe of a new run"
            )
    recipe, problem, training = first.recipe, first.problem, first.training
    if recipe.rule != "exact":
        raise InputError(
            f"--with-training writes the chain rule, and this run has the rule {clean(recipe.rule)}: give --rule exact"
        )
    numbers = problem.train.raw.size + problem.train.raw_targets.size
    sampling = training.sampling
    if sampling.batch_size is not None:
        numbers += sum(sampling.batch_length(step) for step in range(run.step)) if run.step < MOST_NUMBERS else run.step
    if numbers > MOST_NUMBERS:
        raise InputError(
            f"--with-training writes all samples and the order of their batches, at most {MOST_NUMBERS:,} numbers, and "
            f"this run has {numbers:,}: give fewer --steps, --batch-size full or less data"
        )
    batches = None if sampling.batch_size is None else [sampling.batch(step).tolist() for step in range(run.step)]
    return TrainingHistory(recipe, problem, training, first.entry.parameters, run.step, batches)
