"""A sitting as text: what a session file (`.tbp`) holds, written and read.

A run is a pure function of its recipe and its edits, so these, the branches and the place are all that is kept: a few KB of
JSON. Data and rules of the user's own are kept by path and checksum, or as a whole.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from tui_backprop.core.errors import InputError
from tui_backprop.session.keep.packing import is_packed, unpacked, zipped
from tui_backprop.session.keep.saved import SavedBranch, SavedBreakpoint, SavedFile, SavedWatch
from tui_backprop.session.keep.values import read_count, read_items, read_object
from tui_backprop.session.recipe.recipe import Recipe, RecipeError
from tui_backprop.system.inputs import InputFileError, read_input, shown_path
from tui_backprop.system.visitor import refuse_visitor

SUFFIX = ".tbp"
FORMAT = "tui-backprop session"
VERSION = 1

_LARGEST = 2**26  # bytes of a session file, with the data that it may hold


class SessionFileError(InputError):
    """A session file that cannot be used; the text is one sentence."""


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
        return zipped(replace(self, branches=branches).as_text(), arrays)


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
    raise SessionFileError(f"{shown_path(path)}: {problem}")


def session_from_text(text: str, arrays: Mapping[str, list[float]] | None = None) -> SavedSession:
    """Read the text of a session file, and the arrays beside it by what the text calls them.

    Raises:
        ValueError: what is wrong with it, in one sentence.
        RecipeError: a recipe in it that is not possible.
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
    read_items(found.get("branches"), "branches", lambda one: branches.append(SavedBranch.read(one, len(branches))))
    branch = read_count(found.get("branch"), "branch")
    if branch >= len(branches):
        raise ValueError("branch is the number of one of the branches, from 0")
    return SavedSession(
        tuple(branches),
        branch,
        tuple(read_items(found.get("breakpoints", []), "breakpoints", SavedBreakpoint.read)),
        tuple(read_items(found.get("watches", []), "watches", SavedWatch.read)),
        tuple(read_items(found.get("files", []), "files", SavedFile.read)),
        read_object(found.get("layout", {}), "layout"),
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
