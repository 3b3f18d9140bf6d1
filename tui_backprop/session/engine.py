"""Which engine a recipe means, what is to be said of it, and when a run should go on with a faster one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui_backprop.datasets.dataset import Dataset
from tui_backprop.datasets.text import clean
from tui_backprop.engines.choice import choose_engine, is_worth_compiling
from tui_backprop.engines.compiled_engine import EngineError, is_installed, is_loaded, load, load_in_background, why_not
from tui_backprop.engines.work import slots_of, work_of, work_of_training
from tui_backprop.session.recipe import Recipe, RecipeError

if TYPE_CHECKING:
    from tui_backprop.session.run import Run
    from tui_backprop.session.session import Session

__all__ = [
    "EngineError",
    "engine_for",
    "engine_notes",
    "faster_engine",
    "go_on_without",
    "is_ready",
    "load_engine",
    "load_in_background",
]


def engine_for(recipe: Recipe, dataset: Dataset) -> str:
    """Return the name of the engine that makes a run of a recipe whose fields are checked.

    Raises:
        RecipeError: one was asked for that is not installed.
    """
    if recipe.engine == "compiled" and (problem := why_not()) is not None:
        raise RecipeError((problem,))
    rows = max(1, round(dataset.rows * (1 - recipe.test_fraction)))
    batch = rows if recipe.batch_size is None else recipe.batch_size
    work = work_of((dataset.n_inputs, *recipe.hidden, dataset.n_outputs), batch, slots_of(recipe.optimizer))
    return choose_engine(recipe.engine, work, recipe.steps, chain_rule=recipe.rule == "exact")


def is_ready(run: Run, engine: str = "") -> bool:
    """Whether an engine, by default the run's own, would make a step at once and need not be loaded first."""
    return (engine or run.recipe.engine) != "compiled" or is_loaded()


def load_engine(session: Session) -> str | None:
    """Load the engine of the run that is looked at; return what is to be said where another one has to be taken.

    Raises:
        EngineError: the engine that was asked for by name cannot be used here.
    """
    if is_ready(session.current):
        return None
    try:
        load()
    except EngineError:
        if session.current.segment.asked.engine != "auto":
            raise
        return go_on_without(session)
    return None


def go_on_without(session: Session) -> str | None:
    """Let the run go on by NumPy where its engine is known not to work here; return what is to be said of it."""
    problem = why_not()
    if problem is None or is_ready(session.current):
        return None
    return f"{problem}; {session.change(engine='numpy').notice}"


def engine_notes(asked: Recipe, recipe: Recipe) -> tuple[str, ...]:
    """Return what is to be said where the engine of a resolved recipe is not the one that was asked for."""
    if asked.engine in ("auto", recipe.engine):
        return ()
    return (
        f"the rule {clean(recipe.rule)} is run by the {recipe.engine} engine: "
        f"the {asked.engine} one has the chain rule alone",
    )


def faster_engine(run: Run) -> str | None:
    """Return the engine that a run should go on with where it stands; None where the one it has is right.

    `auto` chose by the steps that were meant to be made. A run that has gone on until another engine would have been worth
    its loading is likely to go on for as long again. To change over is an edit like any other, so the run stays a function
    of its recipe and its edits.
    """
    segment = run.segment
    if segment.asked.engine != "auto" or segment.recipe.engine != "numpy" or segment.recipe.rule != "exact":
        return None
    worth = run.step == run.last_step and is_worth_compiling(work_of_training(segment.training), run.step)
    return "compiled" if worth and is_installed() else None
