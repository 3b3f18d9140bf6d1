"""From a command line to a session: a data set, a table, a session file or a recipe string, with its options and edits."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from tui_backprop.cli.output.progress import Progress
from tui_backprop.cli.shared.options import UsageError, given_fields, recipe_from
from tui_backprop.session.keep.one_line import is_recipe_string, read_edit, run_from_string
from tui_backprop.session.keep.saved import SavedEdit
from tui_backprop.session.keep.session_file import SavedSession, is_session, read_session
from tui_backprop.session.keep.sitting import restored
from tui_backprop.session.keep.weights.reading import read_weights, scaling_note
from tui_backprop.session.run.changes import is_in_flight
from tui_backprop.session.session import Session


@dataclass(frozen=True)
class OpenedSession:
    """A session and what is still to be done with it."""

    session: Session
    edits: tuple[SavedEdit, ...]
    """To be made on the way, by their steps."""
    steps: int
    """The step up to which it is to be trained."""
    reads: dict[str, Path]
    """The files that it was read from, by what they have."""
    notes: tuple[str, ...] = ()
    """What there is to say of them, a sentence each."""


def open_session(options: argparse.Namespace) -> OpenedSession:
    """Open what SOURCE and the options say.

    Raises:
        InputError: what cannot be used, in one sentence.
    """
    edits = tuple(sorted(map(read_edit, options.edit), key=lambda edit: edit.step))
    if options.weights_from is not None:
        return _with_weights(_opened(options, edits), Path(options.weights_from))
    return _opened(options, edits)


def _with_weights(opened: OpenedSession, path: Path) -> OpenedSession:
    """Begin with the parameters of a file; it is read at once, so that what is wrong with it is told before the work."""
    session = opened.session
    first = SavedEdit(session.step, {}, read_weights(path, session.problem.network), str(path))
    note = scaling_note(path, session.problem)
    return replace(
        opened,
        edits=(first, *opened.edits),
        reads=opened.reads | {"the weights": path},
        notes=(note,) if note else (),
    )


def _opened(options: argparse.Namespace, edits: tuple[SavedEdit, ...]) -> OpenedSession:
    if is_session(options.source):
        return _from_file(options, edits)
    if is_recipe_string(options.source):
        edits = tuple(sorted((*run_from_string(options.source).edits, *edits), key=lambda edit: edit.step))
    recipe = recipe_from(options)
    _check_reach(edits, recipe.steps)
    return OpenedSession(Session(recipe), edits, recipe.steps, {})


def make_edits(session: Session, edits: Sequence[SavedEdit]) -> None:
    """Train up to each edit and make it.

    Raises:
        RecipeError: one that is not possible.
        SourceError: data that cannot be read.
    """
    for edit in edits:
        session.run(edit.step - session.step)
        if session.step < edit.step:
            return
        make_edit(session, edit)


def make_edit(session: Session, edit: SavedEdit) -> None:
    """Make an edit at the present step; parameters that are in a file are read from it.

    Raises:
        RecipeError: one that is not possible.
        SourceError: data that cannot be read.
        WeightsError: a file of weights that cannot be used.
    """
    values = edit.parameters
    if edit.origin and not values:
        values = read_weights(Path(edit.origin), session.problem.network)
    session.current.edit(values, edit.changes, origin=edit.origin)


def _from_file(options: argparse.Namespace, edits: Sequence[SavedEdit]) -> OpenedSession:
    path = Path(options.source)
    kept = read_session(path)
    session = _made_again(kept, path, allow_scripts=options.allow_scripts)
    changes = given_fields(options)
    steps = changes.pop("steps", None)
    if not is_in_flight(changes):
        raise UsageError(
            "a session goes on from where it was saved: options that begin another run, such as --hidden, do not apply"
        )
    if changes:
        session.change(**changes)
    end = session.step + steps if steps is not None else max(session.step, session.recipe.steps)
    early = [edit.step for edit in edits if edit.step < session.step]
    if early:
        raise UsageError(f"--edit {early[0]:,}: the session is at step {session.step:,} already")
    _check_reach(edits, end)
    return OpenedSession(session, tuple(edits), end, {"the session": path})


def _made_again(kept: SavedSession, path: Path, *, allow_scripts: bool) -> Session:
    shown = Progress(max(1, sum(branch.last_step for branch in kept.branches)))
    try:
        return restored(
            kept,
            path.resolve().parent,
            allow_scripts=allow_scripts,
            progress=lambda made, _: shown.show(made),
        )
    finally:
        shown.close()


def _check_reach(edits: Sequence[SavedEdit], last: int) -> None:
    if edits and edits[-1].step > last:
        raise UsageError(f"--edit {edits[-1].step:,}: the run ends at step {last:,}: give it more --steps")
