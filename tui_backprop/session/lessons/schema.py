"""The form of a lesson's file, as a JSON schema: for editors, and for the reader's list of fields."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tui_backprop.session.recipe.fields import FIELDS

Schema = dict[str, Any]

_TEXT = {"type": "string", "minLength": 1}
_CONDITION = {"type": "string", "description": "A condition such as loss < 0.1."}

LESSON: Schema = {
    "title": {**_TEXT, "description": "The title."},
    "about": {**_TEXT, "description": "One line for the list of lessons."},
    "order": {"type": "number", "description": "The place in the list."},
    "minutes": {"type": "integer", "description": "How long the lesson takes."},
    "recipe": {"description": "The run that the lesson begins: a source, and options as the command line writes them."},
    "screens": {"type": "array", "minItems": 1, "description": "The screens, three to eight."},
}
"""The fields of a lesson: what each holds."""

SCREEN: Schema = {
    "title": {**_TEXT, "description": "The title of the screen."},
    "text": {**_TEXT, "description": "Paragraphs, with `keys` and formulas in backticks and *panels* in asterisks."},
    "panel": {"type": "string", "description": "The panel to bring to the front."},
    "keys": {"type": "array", "description": "What to press, in order; 'type 0.5' types a text."},
    "halt": {**_CONDITION, "description": "Where the run halts by itself while this screen is shown."},
    "seen": {**_CONDITION, "description": "The check: the screen shows ✓ once it has held."},
    "then": {**_TEXT, "description": "What to read once the check has held."},
    "claims": {"type": "array", "items": _CONDITION, "description": "What the texts say of the run at that moment."},
    "recipe": {"description": "Another run begins at this screen: the fields that differ from the lesson's recipe."},
}
"""The fields of a screen: what each holds."""

_REQUIRED_OF_LESSON = ["title", "about", "minutes", "recipe", "screens"]
_REQUIRED_OF_SCREEN = ["title", "text"]


def lesson_schema(panels: Sequence[str], keys: Sequence[str]) -> Schema:
    """Return the schema of a lesson's file; `panels` and `keys` are what a screen may name."""
    fields = _recipe_fields()
    screen = {
        **SCREEN,
        "panel": {**SCREEN["panel"], "enum": list(panels)},
        "keys": {**SCREEN["keys"], "items": {"type": "string", "anyOf": [{"enum": list(keys)}, {"pattern": "^type "}]}},
        "recipe": {**SCREEN["recipe"], **_table(fields, [])},
    }
    lesson = {
        **LESSON,
        "recipe": {**LESSON["recipe"], **_table(fields, ["source"])},
        "screens": {**LESSON["screens"], "items": _table(screen, _REQUIRED_OF_SCREEN)},
    }
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "A lesson of tui-backprop",
        **_table(lesson, _REQUIRED_OF_LESSON),
    }


def _table(properties: Schema, required: list[str]) -> Schema:
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}


def _recipe_fields() -> Schema:
    """Return the recipe's fields as a lesson may give them: texts or numbers, with - or _ in their names, or lists."""
    found: Schema = {"source": {"type": "string", "description": "A data set's name, or a CSV file."}}
    for field in FIELDS:
        one: Schema = {"enum": list(field.choices)} if field.choices else {"type": ["string", "number"]}
        value = {"anyOf": [one, {"type": "array", "items": one}]} if field.repeatable else one
        for name in {field.name, field.name.replace("_", "-")}:
            found[name] = {"description": field.help, **value}
    return found
