"""Which engine a recipe means, and what is to be said of it."""

from __future__ import annotations

from tui_backprop.datasets.dataset import Dataset
from tui_backprop.engines.choice import choose_engine
from tui_backprop.engines.compiled_engine import why_not
from tui_backprop.engines.work import slots_of, work_of
from tui_backprop.session.recipe.recipe import Recipe, RecipeError
from tui_backprop.text.cleaning import clean


def engine_for(recipe: Recipe, dataset: Dataset) -> str:
    """Return the name of the engine that makes a run of a recipe whose fields are checked.

    Raises:
        RecipeError: one was asked for that is not installed.
    """
    if recipe.engine == "compiled" and (problem := why_not()) is not None:
        raise RecipeError((problem,))
    rows = max(1, round((dataset.base or dataset).rows * (1 - recipe.test_fraction)))
    batch = rows if recipe.batch_size is None else recipe.batch_size
    work = work_of(
        (len(recipe.features) or dataset.n_inputs, *recipe.hidden, dataset.n_outputs), batch, slots_of(recipe.optimizer)
    )
    return choose_engine(recipe.engine, work, recipe.steps, chain_rule=recipe.rule == "exact")


def engine_notes(asked: Recipe, recipe: Recipe) -> tuple[str, ...]:
    """Return what is to be said where the engine of a resolved recipe is not the one that was asked for."""
    if asked.engine in ("auto", recipe.engine):
        return ()
    return (
        f"the rule {clean(recipe.rule)} is run by the {recipe.engine} engine: "
        f"the {asked.engine} one has the chain rule alone",
    )
