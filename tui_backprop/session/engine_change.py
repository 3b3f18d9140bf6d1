"""Whether a run's engine is loaded, and when a run should go on with a faster one, or without the one it has."""

from __future__ import annotations

from collections.abc import Callable

from tui_backprop.engines import compiled_engine
from tui_backprop.engines.choice import is_worth_compiling
from tui_backprop.engines.compiled_engine import EngineError, is_installed, is_loaded, load_pieces, why_not
from tui_backprop.engines.pieces import pieces_of
from tui_backprop.engines.work import work_of_training
from tui_backprop.session.run.run import Run
from tui_backprop.session.session import Session

__all__ = ["EngineError", "faster_engine", "go_on_without", "is_ready", "load_engine", "load_engine_of"]


def is_ready(run: Run, engine: str = "") -> bool:
    """Whether an engine, by default the run's own, would make a step at once and need not be loaded first."""
    return (engine or run.recipe.engine) != "compiled" or is_loaded(run.segment.training)


def load_engine(session: Session) -> str | None:
    """Load the engine of the run that is looked at; return what is to be said where another one has to be taken.

    Raises:
        EngineError: the engine that was asked for by name cannot be used here.
    """
    if is_ready(session.current):
        return None
    try:
        load_pieces(pieces_of(session.current.segment.training))
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


def load_engine_of(run: Run, then: Callable[[EngineError | None], None]) -> None:
    """Load what the run needs of the compiled engine, and call `then`, in another thread, as its engine's loading does."""
    compiled_engine.load_in_background(run.segment.training, then)


def faster_engine(run: Run) -> str | None:
    """Return the engine that a run should go on with where it is; None where the one it has is right.

    `auto` chose by the steps that were meant to be made. A run that has gone on until another engine would have been worth
    its loading is likely to go on for as long again. To change over is an edit like any other, so the run stays a function
    of its recipe and its edits.
    """
    segment = run.segment
    if segment.asked.engine != "auto" or segment.recipe.engine != "numpy" or segment.recipe.rule != "exact":
        return None
    worth = run.step == run.last_step and is_worth_compiling(work_of_training(segment.training), run.step)
    return "compiled" if worth and is_installed() else None
