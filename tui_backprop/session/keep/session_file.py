"""A sitting as text: what a session file (`.tbp`) holds, written and read.

A run is a pure function of its recipe and its edits, so these, the branches and the place are all that is kept: a few KB of
JSON. Data and rules of one's own are kept by path and checksum, or as a whole.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

from tui_backprop.core.errors import InputError
from tui_backprop.session.keep.packing import is_packed, packed, unpacked
from tui_backprop.session.recipe.fields import BY_NAME, FIELDS
from tui_backprop.session.recipe.recipe import Recipe, RecipeError
from tui_backprop.session.recipe.texts import read_texts
from tui_backprop.session.run.edits import Edit, Values
from tui_backprop.system.inputs import InputFileError, read_input, shown
from tui_backprop.system.visitor import refuse_visitor
from tui_backprop.text.cleaning import clean

SUFFIX = ".tbp"
FORMAT = "tui-backprop session"
VERSION = 1

_LARGEST = 2**26  # bytes of a session file, with the data that it may hold
_MOST = 10_000  # branches, edits of one, breakpoints and watches
_SOURCE = "source"

Item = TypeVar("Item")


class SessionFileError(InputError):
    """A session file that cannot be used; the text is one sentence."""


@dataclass(frozen=True)
class SavedEdit:
    """An edit as a file has it."""

    step: int
    changes: Mapping[str, Any]
    """Recipe fields, `source` among them, and their new values."""
    parameters: Mapping[str, Values]
    """Parameters or entries, and their new values: one for all entries, or one for each."""
    origin: str = ""
    """The file that the parameters come from; it is read where there are none yet."""

    @classmethod
    def of(cls, edit: Edit) -> SavedEdit:
        """Return what is kept of an edit."""
        return cls(edit.step, dict(edit.changes), dict(edit.parameters), edit.origin)

    def is_replaced_by(self, following: SavedEdit) -> bool:
        """Whether the next edit makes this one needless: points were drawn one by one at one step."""
        alone = all(set(one.changes) == {"points"} and not one.parameters for one in (self, following))
        return alone and self.step == following.step

    def as_json(self) -> dict[str, Any]:
        """Return it for JSON: values as the command line writes them."""
        found: dict[str, Any] = {"step": self.step}
        if self.changes:
            found["changes"] = _fields_as_texts(self.changes)
        if self.parameters:
            found["parameters"] = {
                name: list(one) if isinstance(one, tuple) else one for name, one in self.parameters.items()
            }
        return found | ({"origin": self.origin} if self.origin else {})

    @classmethod
    def read(cls, value: Any) -> SavedEdit:
        """Read one.

        Raises:
            ValueError: what was expected.
            RecipeError: a field's value that cannot be.
        """
        table = _table(value, "an edit")
        parameters = _table(table.get("parameters", {}), "the parameters of an edit")
        values = [number for one in parameters.values() for number in (one if isinstance(one, list) else [one])]
        if not all(type(number) in (int, float) and math.isfinite(number) for number in values):
            raise ValueError("the parameters of an edit are numbers, or lists of numbers, by name")
        origin = _text(table.get("origin", ""), "the origin of an edit")
        if origin and not parameters:
            raise ValueError("an edit with an origin has the parameters that come from it")
        return cls(
            _whole(table.get("step"), "the step of an edit"),
            _fields_from_texts(table.get("changes", {})),
            {name: tuple(map(float, one)) if isinstance(one, list) else float(one) for name, one in parameters.items()},
            origin,
        )


@dataclass(frozen=True)
class SavedBranch:
    """A branch as a file has it."""

    name: str
    parent: int | None
    """Number of the branch that it left, from 0; None for one that began at step 0."""
    fork_step: int
    recipe: Recipe
    """As it was asked for at step 0."""
    edits: tuple[SavedEdit, ...]
    step: int
    """The present step in it."""
    last_step: int
    """How far it was trained."""

    def as_json(self) -> dict[str, Any]:
        """Return it for JSON."""
        return {
            "name": self.name,
            "parent": self.parent,
            "fork_step": self.fork_step,
            "recipe": recipe_as_texts(self.recipe),
            "edits": [edit.as_json() for edit in self.edits],
            "step": self.step,
            "last_step": self.last_step,
        }

    @classmethod
    def read(cls, value: Any, before: int) -> SavedBranch:
        """Read one; `before` branches were read before it.

        Raises:
            ValueError: what was expected.
            RecipeError: a field's value that cannot be.
        """
        table = _table(value, "a branch")
        parent = table.get("parent")
        if parent is not None and _whole(parent, "the parent of a branch") >= before:
            raise ValueError("the parent of a branch must be an earlier branch")
        branch = cls(
            clean(_text(table.get("name", "run"), "the name of a branch")) or "run",
            parent,
            _whole(table.get("fork_step", 0), "the fork_step of a branch"),
            recipe_from_texts(table.get("recipe")),
            tuple(_list(table.get("edits", []), "the edits of a branch", SavedEdit.read)),
            _whole(table.get("step"), "the step of a branch"),
            _whole(table.get("last_step"), "the last_step of a branch"),
        )
        steps = [edit.step for edit in branch.edits]
        if steps != sorted(steps) or max([branch.step, *steps]) > branch.last_step:
            raise ValueError("the steps of a branch's edits must rise, up to its last_step")
        return branch


def saved_edits(edits: Iterable[Edit]) -> tuple[SavedEdit, ...]:
    """Return what is kept of the edits of a run."""
    found: list[SavedEdit] = []
    for edit in edits:
        if not (edit.changes or edit.parameters):
            continue
        kept = SavedEdit.of(edit)
        if found and found[-1].is_replaced_by(kept):
            found.pop()
        found.append(kept)
    return tuple(found)


@dataclass(frozen=True)
class SavedFile:
    """A file of one's own that a session reads: data, or a rule."""

    path: str
    """As the recipe names it."""
    sha256: str
    content: str | None = None
    """All of it, as base64; None where only the path is kept."""

    def as_json(self) -> dict[str, Any]:
        """Return it for JSON."""
        found = {"path": self.path, "sha256": self.sha256}
        return found if self.content is None else {**found, "content": self.content}

    @classmethod
    def read(cls, value: Any) -> SavedFile:
        """Read one.

        Raises:
            ValueError: what was expected.
        """
        table = _table(value, "a file")
        content = table.get("content")
        return cls(
            _text(table.get("path"), "the path of a file"),
            _text(table.get("sha256"), "the sha256 of a file"),
            None if content is None else _text(content, "the content of a file"),
        )


@dataclass(frozen=True)
class SavedBreakpoint:
    """A breakpoint as a file has it."""

    condition: str
    enabled: bool = True
    once: bool = False


@dataclass(frozen=True)
class SavedWatch:
    """A watch as a file has it."""

    expression: str
    on_chart: bool = False


@dataclass(frozen=True)
class SavedSession:
    """All that a session file holds."""

    branches: tuple[SavedBranch, ...]
    """The oldest first."""
    branch: int
    """Number of the one that is looked at."""
    breakpoints: tuple[SavedBreakpoint, ...] = ()
    watches: tuple[SavedWatch, ...] = ()
    files: tuple[SavedFile, ...] = ()
    layout: Mapping[str, Any] | None = None
    """How the screen was arranged, as the screen has it."""

    @property
    def in_force(self) -> Recipe:
        """The recipe of the branch that is looked at, with what its edits changed."""
        branch = self.branches[self.branch]
        changes = {name: value for edit in branch.edits for name, value in edit.changes.items()}
        return branch.recipe.replace(**changes)

    def as_text(self) -> str:
        """Return the text of the file."""
        found = {
            "format": FORMAT,
            "version": VERSION,
            "branches": [branch.as_json() for branch in self.branches],
            "branch": self.branch,
            "breakpoints": [vars(one) for one in self.breakpoints],
            "watches": [vars(one) for one in self.watches],
            "files": [file.as_json() for file in self.files],
            "layout": dict(self.layout or {}),
        }
        return json.dumps(found, ensure_ascii=True, indent=1) + "\n"

    def as_bytes(self) -> bytes:
        """Return the content of the file: the text, or where arrays were loaded a zip of a text and NumPy's arrays."""
        arrays: dict[str, Sequence[float]] = {}
        branches = tuple(_without_arrays(branch, f"branch-{i}", arrays) for i, branch in enumerate(self.branches))
        if not arrays:
            return self.as_text().encode()
        return packed(replace(self, branches=branches).as_text(), arrays)


def is_session(source: str) -> bool:
    """Whether a source is a session file, by its name."""
    return source.endswith(SUFFIX)


def read_session(path: Path) -> SavedSession:
    """Read a session file.

    Raises:
        SessionFileError: it cannot be read, is something else, or was written by a newer version; one sentence.
    """
    refuse_visitor("session files")
    try:
        content = read_input(path, "a session file", _LARGEST)
        arrays: Mapping[str, list[float]] = {}
        if is_packed(content):
            content, arrays = unpacked(content, _LARGEST)
        return session_from_text(content.decode("utf-8"), arrays)
    except InputFileError as error:
        problem = str(error)
    except UnicodeDecodeError:
        problem = "this is not text: expected a session file"
    except (ValueError, RecipeError) as error:
        problem = str(error)
    raise SessionFileError(f"{shown(path)}: {problem}")


def session_from_text(text: str, arrays: Mapping[str, list[float]] | None = None) -> SavedSession:
    """Read the text of a session file, and the arrays beside it by what the text calls them.

    Raises:
        ValueError: what is wrong with it, in one sentence.
        RecipeError: a recipe in it that cannot be.
    """
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict) or found.get("format") != FORMAT:
        raise ValueError("this is not a session file, which `tui-backprop run --session FILE.tbp` writes")
    version = found.get("version")
    if not isinstance(version, int) or version < 1:
        raise ValueError("the version of a session file is a whole number from 1")
    if version > VERSION:
        raise ValueError(
            f"a newer tui-backprop wrote this session (format {version}; this one reads {VERSION}): update tui-backprop"
        )
    _put_arrays(found, arrays or {})
    branches: list[SavedBranch] = []
    _list(found.get("branches"), "branches", lambda one: branches.append(SavedBranch.read(one, len(branches))))
    branch = _whole(found.get("branch"), "branch")
    if branch >= len(branches):
        raise ValueError("branch is the number of one of the branches, from 0")
    return SavedSession(
        tuple(branches),
        branch,
        tuple(_list(found.get("breakpoints", []), "breakpoints", _breakpoint)),
        tuple(_list(found.get("watches", []), "watches", _watch)),
        tuple(_list(found.get("files", []), "files", SavedFile.read)),
        _table(found.get("layout", {}), "layout"),
    )


def _without_arrays(branch: SavedBranch, name: str, arrays: dict[str, Sequence[float]]) -> SavedBranch:
    """Return a branch whose loaded values are names of arrays, which are added to `arrays`."""
    edits = []
    for i, edit in enumerate(branch.edits):
        values: dict[str, Any] = dict(edit.parameters)
        for tensor, one in edit.parameters.items():
            if isinstance(one, tuple):
                values[tensor] = f"{name}/edit-{i}/{tensor}"
                arrays[values[tensor]] = one
        edits.append(replace(edit, parameters=values))
    return replace(branch, edits=tuple(edits))


def _put_arrays(found: dict[str, Any], arrays: Mapping[str, list[float]]) -> None:
    """Put arrays in the place of their names."""
    for branch in found["branches"] if arrays and isinstance(found.get("branches"), list) else ():
        edits = branch.get("edits") if isinstance(branch, dict) else None
        for edit in edits if isinstance(edits, list) else ():
            values = edit.get("parameters") if isinstance(edit, dict) else None
            if isinstance(values, dict):
                edit["parameters"] = {
                    name: arrays.get(one, one) if isinstance(one, str) else one for name, one in values.items()
                }


def recipe_as_texts(recipe: Recipe) -> dict[str, str]:
    """Return the fields of a recipe that are not the original case's, as the command line writes them."""
    usual = Recipe()
    different = {field.name: getattr(recipe, field.name) for field in FIELDS}
    different = {name: value for name, value in different.items() if value != getattr(usual, name)}
    return {_SOURCE: recipe.source, **_fields_as_texts(different)}


def recipe_from_texts(value: Any) -> Recipe:
    """Read a recipe from what `recipe_as_texts` gives.

    Raises:
        ValueError: what was expected.
        RecipeError: fields that cannot be, all at once.
    """
    fields = _fields_from_texts(value)
    if _SOURCE not in fields:
        raise ValueError("a recipe has a source")
    return Recipe(**fields)


def _fields_as_texts(fields: Mapping[str, Any]) -> dict[str, str]:
    return {name: value if name == _SOURCE else BY_NAME[name].write(value) for name, value in fields.items()}


def _fields_from_texts(value: Any) -> dict[str, Any]:
    table = _table(value, "a recipe")
    texts = {name: _text(text, f"the field {clean(name)}") for name, text in table.items()}
    source = {_SOURCE: texts.pop(_SOURCE)} if _SOURCE in texts else {}
    return {**source, **read_texts({name: [text] for name, text in texts.items()})}


def _breakpoint(value: Any) -> SavedBreakpoint:
    table = _table(value, "a breakpoint")
    condition = _text(table.get("condition"), "the condition of a breakpoint")
    return SavedBreakpoint(condition, bool(table.get("enabled", True)), bool(table.get("once", False)))


def _watch(value: Any) -> SavedWatch:
    table = _table(value, "a watch")
    return SavedWatch(_text(table.get("expression"), "the expression of a watch"), bool(table.get("on_chart", False)))


def _table(value: Any, what: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ValueError(f"{what}: expected an object with names")
    return value


def _list(value: Any, what: str, read: Callable[[Any], Item]) -> Sequence[Item]:
    if not isinstance(value, list) or len(value) > _MOST:
        raise ValueError(f"{what}: expected a list of at most {_MOST:,}")
    return [read(one) for one in value]


def _text(value: Any, what: str) -> str:
    if not isinstance(value, str):
        raise ValueError(f"{what}: expected a text")
    return value


def _whole(value: Any, what: str) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 2**53:
        raise ValueError(f"{what}: expected a whole number from 0")
    return value
