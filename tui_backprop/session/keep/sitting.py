"""From a session to what a file keeps of it, and back: the runs are made again, bit for bit."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tui_backprop.datasets.source import needs_no_file
from tui_backprop.records.checkpoints import MEMORY
from tui_backprop.session.branches.branch import Branch
from tui_backprop.session.conditions import Condition, Expression
from tui_backprop.session.keep.saved import SavedBranch, SavedBreakpoint, SavedFile, SavedWatch, saved_edits
from tui_backprop.session.keep.session_file import SavedSession, SessionFileError
from tui_backprop.session.recipe.recipe import Recipe, is_file
from tui_backprop.session.run.breakpoints import Breakpoint, Watch
from tui_backprop.session.run.changes import COLUMNS, first_segment, read_data
from tui_backprop.session.run.run import Run
from tui_backprop.session.session import Session
from tui_backprop.system.inputs import InputFileError, read_input, shown_path
from tui_backprop.system.outputs import Output

if TYPE_CHECKING:
    import tempfile

_LARGEST = 2**25  # bytes of a file that a session file holds as a whole
_SLICE = 20_000  # steps between two reports of how far it is

_unpacked: dict[str, tuple[SavedFile, tempfile.TemporaryDirectory[str]]] = {}
"""What session files held of files of the user's own, by where it was put for as long as this program runs."""

Progress = Callable[[int, int], None]
"""Is told how many steps of how many have been made again."""


def saved(session: Session, *, embed: bool = False, layout: Mapping[str, Any] | None = None) -> SavedSession:
    """Return what a file keeps of a session; with `embed` all of its own data as well.

    Raises:
        SessionFileError: a file that the session reads cannot be read any more, or is too large to be embedded.
    """
    branches = tuple(_saved_branch(branch, session.branches) for branch in session.branches)
    paths = dict.fromkeys(path for branch in branches for path in _own_files(branch))
    names = {path: file.path for path, (file, _) in _unpacked.items()}
    return SavedSession(
        tuple(_with_files(branch, names) for branch in branches),
        session.branches.index(session.branch),
        tuple(SavedBreakpoint(one.condition.text, one.enabled, one.once) for one in session.breakpoints),
        tuple(SavedWatch(one.expression.text, one.on_chart) for one in session.watches),
        tuple(_saved_file(path, embed=embed) for path in paths),
        layout,
    )


def write_session(output: Output, kept: SavedSession) -> None:
    """Write a session file; a file that was there is replaced at once, or left as it was.

    Raises:
        OutputError: it cannot be written.
    """
    output.write(kept.as_bytes())


def _saved_branch(branch: Branch, branches: list[Branch]) -> SavedBranch:
    run = branch.run
    return SavedBranch(
        branch.name,
        None if branch.parent is None else branches.index(branch.parent),
        branch.fork_step,
        run.first_recipe,
        saved_edits(run.edits),
        run.step,
        run.last_step,
    )


def _own_files(branch: SavedBranch) -> Iterable[str]:
    """Return the data and rules of the user's own that a branch reads."""
    fields = [{"source": branch.recipe.source, "rule": branch.recipe.rule}, *(edit.changes for edit in branch.edits)]
    for changed in fields:
        source, rule = changed.get("source"), changed.get("rule")
        if source is not None and not needs_no_file(source) and Path(source).exists():
            yield source
        if rule is not None and is_file(rule):
            yield rule


def _saved_file(path: str, *, embed: bool) -> SavedFile:
    if path in _unpacked:
        return _unpacked[path][0]
    content = _content(Path(path), "a file that a session reads")
    if embed and len(content) > _LARGEST:
        raise SessionFileError(
            f"{shown_path(path)}: it has more than {_LARGEST >> 20} MiB: keep it beside the session file"
        )
    return SavedFile(path, _checksum(content), base64.b64encode(content).decode() if embed else None)


def _content(path: Path, wanted: str) -> bytes:
    try:
        return read_input(path, wanted, 2**31)
    except InputFileError as error:
        raise SessionFileError(f"{shown_path(path)}: {error}") from None


def _checksum(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def restored(
    kept: SavedSession, folder: Path, *, allow_scripts: bool = False, progress: Progress | None = None
) -> Session:
    """Return the session that a file keeps: each run is made again from its recipe and edits.

    Args:
        kept: what the file holds.
        folder: where the file is; its data are looked for there too.
        allow_scripts: whether Python files that the session names may run.
        progress: is told how far it is.

    Raises:
        SessionFileError: a file is missing or has changed, or a Python file would run that was not allowed.
        RecipeError: a recipe or an edit that is not possible.
        SourceError: data that cannot be read.
    """
    found = {file.path: _found(file, folder, allow_scripts=allow_scripts) for file in kept.files}
    planned = [_with_files(branch, found) for branch in kept.branches]
    total, made = sum(branch.last_step for branch in planned), 0

    def tell(steps: int) -> None:
        nonlocal made
        made += steps
        if progress is not None:
            progress(made, total)

    branches: list[Branch] = []
    for one in planned:
        if is_file(one.recipe.rule) and not allow_scripts:
            raise _refused(one.recipe.rule)
        parent = None if one.parent is None else branches[one.parent]
        branches.append(Branch(_run(one, tell), one.name, parent, one.fork_step))
    session = Session.of(branches, branches[kept.branch])
    session.breakpoints = [
        Breakpoint(Condition(one.condition), once=one.once, enabled=one.enabled) for one in kept.breakpoints
    ]
    session.watches = [Watch(Expression(one.expression), one.on_chart) for one in kept.watches]
    return session


def _run(branch: SavedBranch, tell: Callable[[int], None]) -> Run:
    """Make a run again, and go to the step where it was left."""
    run = Run(first_segment(branch.recipe, read_data(branch.recipe)), MEMORY)
    for edit in branch.edits:
        _advance(run, edit.step, tell)
        asked = run.segment.asked
        columns = {name: getattr(asked, name) for name in COLUMNS} if "source" in edit.changes else {}
        run.edit(edit.parameters, {**columns, **edit.changes}, origin=edit.origin)
    _advance(run, branch.last_step, tell)
    run.go_to(min(branch.step, run.last_step))
    return run


def _advance(run: Run, to: int, tell: Callable[[int], None]) -> None:
    while run.step < to:
        before = run.step
        run.advance(min(_SLICE, to - before))
        tell(run.step - before)
        if run.divergence is not None:
            return


def _found(file: SavedFile, folder: Path, *, allow_scripts: bool) -> str:
    """Return where a file of the user's own is: at its path, beside the session file, or unpacked from it."""
    if is_file(file.path) and not allow_scripts:
        raise _refused(file.path)
    changed = False
    for path in (Path(file.path), folder / file.path, folder / Path(file.path).name):
        if path.is_file():
            if _checksum(_content(path, "a file that a session reads")) == file.sha256:
                return str(path)
            changed = True
    if file.content is not None:
        return str(_unpack(file, file.content))
    name = shown_path(file.path)
    if changed:
        raise SessionFileError(
            f"{name}: it is not the file that the session was saved with: put that one back, or begin again"
        )
    raise SessionFileError(f"{name}: the session reads this file, and it is not there: put it beside the session file")


def _unpack(file: SavedFile, text: str) -> Path:
    """Write a file that was kept as a whole into a folder of its own."""
    try:
        content = base64.b64decode(text, validate=True)
    except ValueError:
        content = b""
    if _checksum(content) != file.sha256:
        raise SessionFileError(
            f"{shown_path(file.path)}: the session file is damaged: what it holds of this file is not what was saved"
        )
    import tempfile  # noqa: PLC0415  (a run without a file needs none)

    home = tempfile.TemporaryDirectory(prefix="tui-backprop-")
    path = Path(home.name) / Path(file.path).name
    path.write_bytes(content)
    _unpacked[str(path)] = file, home
    return path


def _with_files(branch: SavedBranch, found: Mapping[str, str]) -> SavedBranch:
    """Return a branch that reads its files where they were found."""

    def placed(fields: Mapping[str, Any]) -> dict[str, Any]:
        return {
            name: found.get(value, value) if name in ("source", "rule") else value for name, value in fields.items()
        }

    recipe: Recipe = branch.recipe.replace(**placed({"source": branch.recipe.source, "rule": branch.recipe.rule}))
    edits = tuple(replace(edit, changes=placed(edit.changes)) for edit in branch.edits)
    return replace(branch, recipe=recipe, edits=edits)


def _refused(path: str) -> SessionFileError:
    return SessionFileError(
        f"{shown_path(path)}: the session runs this Python file: read it, and allow it with --allow-scripts"
    )
