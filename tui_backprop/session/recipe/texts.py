"""Recipe fields as people write them: read from texts, and written as the options of the command line."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from typing import Any

from tui_backprop.session.recipe.fields import BY_NAME
from tui_backprop.session.recipe.recipe import RecipeError


def read_texts(texts: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """Read fields from texts, at least one for each; of several the last counts, and a repeatable field has them all.

    Raises:
        RecipeError: one sentence for each that cannot be read or that there is not, all at once.
    """
    found: dict[str, Any] = {}
    problems = []
    for name, given in texts.items():
        if name not in BY_NAME:
            problems.append(f"unknown recipe field {name}")
            continue
        field = BY_NAME[name]
        try:
            values = [field.parse(text) for text in given]
        except ValueError as error:
            problems.append(str(error))
            continue
        found[name] = tuple(item for value in values for item in value) if field.repeatable else values[-1]
    if problems:
        raise RecipeError(tuple(problems))
    return found


def options_text(fields: Mapping[str, Any]) -> str:
    """Write recipe fields as the options of the command line that make them; `source` is not among those."""
    known = ((BY_NAME[name], value) for name, value in fields.items() if name in BY_NAME)
    return " ".join(
        field.flag if field.is_flag else f"{field.flag} {shlex.quote(field.write(value))}"
        for field, value in known
        if value or not field.is_flag
    )
