"""The parts of a session file: a branch with its edits, a file of the user's own, a breakpoint and a watch."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from tui_backprop.session.keep.values import read_count, read_items, read_object, read_string
from tui_backprop.session.recipe.fields import BY_NAME, FIELDS
from tui_backprop.session.recipe.recipe import Recipe
from tui_backprop.session.recipe.texts import read_texts
from tui_backprop.session.run.edits import Edit, Values
from tui_backprop.text.cleaning import clean

_SOURCE = "source"


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
            RecipeError: a field's value that is not possible.
        """
        found = read_object(value, "an edit")
        parameters = read_object(found.get("parameters", {}), "the parameters of an edit")
        values = [number for one in parameters.values() for number in (one if isinstance(one, list) else [one])]
        if not all(type(number) in (int, float) and math.isfinite(number) for number in values):
            raise ValueError("the parameters of an edit are numbers, or lists of numbers, by name")
        origin = read_string(found.get("origin", ""), "the origin of an edit")
        if origin and not parameters:
            raise ValueError("an edit with an origin has the parameters that come from it")
        return cls(
            read_count(found.get("step"), "the step of an edit"),
            _fields_from_texts(found.get("changes", {})),
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
            RecipeError: a field's value that is not possible.
        """
        found = read_object(value, "a branch")
        parent = found.get("parent")
        if parent is not None and read_count(parent, "the parent of a branch") >= before:
            raise ValueError("the parent of a branch must be an earlier branch")
        branch = cls(
            clean(read_string(found.get("name", "run"), "the name of a branch")) or "run",
            parent,
            read_count(found.get("fork_step", 0), "the fork_step of a branch"),
            recipe_from_texts(found.get("recipe")),
            tuple(read_items(found.get("edits", []), "the edits of a branch", SavedEdit.read)),
            read_count(found.get("step"), "the step of a branch"),
            read_count(found.get("last_step"), "the last_step of a branch"),
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
    """A file of the user's own that a session reads: data, or a rule."""

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
        found = read_object(value, "a file")
        content = found.get("content")
        return cls(
            read_string(found.get("path"), "the path of a file"),
            read_string(found.get("sha256"), "the sha256 of a file"),
            None if content is None else read_string(content, "the content of a file"),
        )


@dataclass(frozen=True)
class SavedBreakpoint:
    """A breakpoint as a file has it."""

    condition: str
    enabled: bool = True
    once: bool = False

    @classmethod
    def read(cls, value: Any) -> SavedBreakpoint:
        """Read one.

        Raises:
            ValueError: what was expected.
        """
        found = read_object(value, "a breakpoint")
        condition = read_string(found.get("condition"), "the condition of a breakpoint")
        return cls(condition, bool(found.get("enabled", True)), bool(found.get("once", False)))


@dataclass(frozen=True)
class SavedWatch:
    """A watch as a file has it."""

    expression: str
    on_chart: bool = False

    @classmethod
    def read(cls, value: Any) -> SavedWatch:
        """Read one.

        Raises:
            ValueError: what was expected.
        """
        found = read_object(value, "a watch")
        return cls(
            read_string(found.get("expression"), "the expression of a watch"), bool(found.get("on_chart", False))
        )


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
        RecipeError: fields that are not possible, all at once.
    """
    fields = _fields_from_texts(value)
    if _SOURCE not in fields:
        raise ValueError("a recipe has a source")
    return Recipe(**fields)


def _fields_as_texts(fields: Mapping[str, Any]) -> dict[str, str]:
    return {name: value if name == _SOURCE else BY_NAME[name].write(value) for name, value in fields.items()}


def _fields_from_texts(value: Any) -> dict[str, Any]:
    found = read_object(value, "a recipe")
    texts = {name: read_string(one, f"the field {clean(name)}") for name, one in found.items()}
    source = {_SOURCE: texts.pop(_SOURCE)} if _SOURCE in texts else {}
    return {**source, **read_texts({name: [one] for name, one in texts.items()})}
