"""A run in one line: the command that makes it, its edits as an option, and a recipe string that any SOURCE takes."""

from __future__ import annotations

import base64
import json
import re
import shlex
import zlib
from typing import Any

from tui_backprop.core.errors import InputError
from tui_backprop.core.network import is_parameter_name
from tui_backprop.datasets.reading import AS_IT_IS
from tui_backprop.datasets.source import needs_no_file
from tui_backprop.session.keep.saved import SavedBranch, SavedEdit, recipe_as_texts, saved_edits
from tui_backprop.session.recipe.fields import BY_NAME, FIELDS
from tui_backprop.session.recipe.recipe import Recipe, RecipeError, is_file
from tui_backprop.session.recipe.suggestion import suggested_recipe
from tui_backprop.session.recipe.texts import options_text, read_texts
from tui_backprop.session.run.run import Run
from tui_backprop.text.cleaning import clean
from tui_backprop.text.unknown import unknown

PREFIX = "tbp1:"
"""What a recipe string begins with."""

_LONGEST = 2**16  # characters of a recipe string
_LARGEST = 2**20  # bytes that it may hold
_EDIT = re.compile(r"\s*(\d[\d_,]*)\s*:\s*([^=]+?)\s*=(.*)", re.DOTALL)
_WEIGHTS = "weights-from"  # what an edit calls a file of weights
_EXAMPLE = "400:lr=1 or 400:w1[0,0]=0.5"


class OneLineError(InputError):
    """A recipe string or an edit that cannot be read or written; the text is one sentence."""


def is_recipe_string(source: str) -> bool:
    """Whether a source is a recipe string."""
    return source.startswith(PREFIX)


def recipe_string(run: Run) -> str:
    """Return a run's recipe and edits as one word that is safe in addresses and in shells.

    Raises:
        OneLineError: it reads files of the user's own, which only a session file can hold.
    """
    edits = saved_edits(run.edits)
    origins = [edit.origin for edit in edits if edit.origin]
    for changed in ({"source": run.first_recipe.source, "rule": run.first_recipe.rule}, *(e.changes for e in edits)):
        own = [] if needs_no_file(changed.get("source", "xor")) else [changed["source"]]
        own += [changed["rule"]] if is_file(changed.get("rule", "")) else []
        own += origins
        if own:
            raise OneLineError(
                f"{clean(own[0])} is a file of yours, which a recipe string cannot hold: save a session, "
                "`tui-backprop run … --session FILE.tbp --embed`"
            )
    held = {"recipe": recipe_as_texts(run.first_recipe), "edits": [edit.as_json() for edit in edits]}
    packed = zlib.compress(json.dumps(held, separators=(",", ":")).encode(), level=9)
    return PREFIX + base64.urlsafe_b64encode(packed).decode().rstrip("=")


def run_from_string(text: str) -> SavedBranch:
    """Return the run of a recipe string, as far as its last edit.

    Raises:
        OneLineError: it cannot be read.
        RecipeError: a recipe in it that is not possible.
    """
    try:
        body = text.removeprefix(PREFIX)
        if len(body) > _LONGEST:
            raise ValueError("it is too long")
        unpacker = zlib.decompressobj()
        held = unpacker.decompress(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)), _LARGEST)
        if not unpacker.eof:
            raise ValueError("it is too long, or its end is missing")
        found = json.loads(held)
        edits = found.get("edits", [])
        last = edits[-1]["step"] if edits else 0
        branch = {"recipe": found["recipe"], "edits": edits, "step": last, "last_step": last}
        return SavedBranch.read(branch, 0)
    except RecipeError:
        raise
    except (ValueError, KeyError, TypeError, IndexError, AttributeError, RecursionError, zlib.error) as error:
        why = str(error) if type(error) is ValueError else "a part of it is missing or changed"
        raise OneLineError(f"{clean(text[:24])}…: this recipe string cannot be read: {clean(why)}") from None


def read_edit(text: str) -> SavedEdit:
    """Read an edit, `STEP:FIELD=VALUE`; FIELD is a recipe field, `source`, or a parameter or an entry of one.

    Raises:
        OneLineError: what was expected.
        RecipeError: a value that is not possible.
    """
    match = _EDIT.fullmatch(text)
    if match is None:
        raise OneLineError(f"--edit: expected STEP:FIELD=VALUE such as {_EXAMPLE}, not '{clean(text)}'")
    step, name, value = int(re.sub(r"[_,]", "", match[1])), match[2], match[3].strip()
    field = next((f for f in FIELDS if name in (f.name, f.flag.removeprefix("--"))), None)
    if name == _WEIGHTS:
        return SavedEdit(step, {}, {}, value)
    if name == "source":
        return SavedEdit(step, {"source": value}, {})
    if field is not None:
        if not (field.in_flight or field.in_place):
            raise OneLineError(
                f"--edit: a run cannot go on with another {field.flag.removeprefix('--')}: give it as the option "
                f"{field.flag}"
            )
        return SavedEdit(step, read_texts({field.name: [value]}), {})
    if not is_parameter_name(name):
        known = [field.flag.removeprefix("--") for field in FIELDS if field.in_flight or field.name == "hidden"]
        raise OneLineError(f"--edit: {unknown('name', name, ['w1[0,0]', *known])}")
    try:
        return SavedEdit(step, {}, {name: float(value)})
    except ValueError:
        raise OneLineError(f"--edit: expected a number for {clean(name)} in '{clean(text)}'") from None


def command_of(run: Run) -> str:
    """Return the shortest command that makes a run: what its data set suggests is left out."""
    recipe = run.first_recipe
    columns = {name: value for name, value in vars(recipe.reading).items() if value != getattr(AS_IT_IS, name)}
    suggested = suggested_recipe(recipe.source, **columns)
    different = columns | differing(recipe, suggested)
    words = ["tui-backprop", shlex.quote(recipe.source), options_text(different)]
    edits = [*saved_edits(run.edits)]
    if edits and edits[0].origin and edits[0].step == 0:
        words.append(f"--weights-from {shlex.quote(edits.pop(0).origin)}")
    words += [f"--edit {shlex.quote(text)}" for edit in edits for text in _edit_texts(edit)]
    return " ".join(word for word in words if word)


def differing(recipe: Recipe, other: Recipe) -> dict[str, Any]:
    """Return the fields of a recipe that another one has otherwise, by name; `source` is not among them."""
    pairs = ((name, getattr(recipe, name), getattr(other, name)) for name in BY_NAME)
    return {name: mine for name, mine, theirs in pairs if mine != theirs}


def _edit_texts(edit: SavedEdit) -> list[str]:
    """Write an edit as the option has it, a text for each thing that it changes."""
    texts = [
        f"{name}={value if name == 'source' else BY_NAME[name].write(value)}"
        for name, value in edit.changes.items()
        if name == "source" or BY_NAME[name].in_flight or BY_NAME[name].in_place
    ]
    if edit.origin:
        return [f"{edit.step}:{_WEIGHTS}={edit.origin}"]
    texts += [f"{name}={value!r}" for name, value in edit.parameters.items()]
    return [f"{edit.step}:{text}" for text in texts]
