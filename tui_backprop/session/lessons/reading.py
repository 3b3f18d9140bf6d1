"""Reading lessons: a TOML file each, checked so that what is wrong is one line."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Collection, Mapping
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from tui_backprop.core.errors import InputError
from tui_backprop.session.conditions import Condition, ConditionError
from tui_backprop.session.lessons.lesson import Fields, Lesson, LessonScreen, paragraphs
from tui_backprop.session.lessons.moment import unknown_names
from tui_backprop.session.lessons.schema import LESSON, SCREEN
from tui_backprop.session.recipe.recipe import is_file
from tui_backprop.session.recipe.texts import read_texts
from tui_backprop.session.run.changes import first_segment, read_data
from tui_backprop.system.inputs import read_input
from tui_backprop.text.cleaning import clean
from tui_backprop.text.unknown import unknown

_LONGEST = 2000  # characters of a paragraph
_MOST = 2**20  # bytes of a file

Wanted = TypeVar("Wanted")


class LessonError(InputError):
    """A lesson that cannot be read; the text is one sentence that begins with the file's name."""


@cache
def lessons() -> tuple[Lesson, ...]:
    """Return the built-in lessons, in their order."""
    folder = Path(__file__).resolve().parents[2] / "lessons"
    return tuple(sorted(map(read_lesson, folder.glob("*.toml")), key=lambda lesson: (lesson.order, lesson.id)))


def open_lesson(name: str) -> Lesson:
    """Return a built-in lesson by its name, or one of the user's own by the path of its file.

    Raises:
        LessonError: there is none, or its file cannot be read or is wrong.
    """
    for lesson in lessons():
        if lesson.id == name:
            return lesson
    if name.endswith(".toml"):
        lesson = read_lesson(Path(name))
        _rehearse(lesson)
        return lesson
    names = [lesson.id for lesson in lessons()]
    raise LessonError(unknown("lesson", name, [*names, "a file NAME.toml of your own"]))


def read_lesson(path: Path) -> Lesson:
    """Read one file.

    Raises:
        LessonError: it cannot be read, is not TOML, or not a lesson.
    """
    shown = clean(path.name)
    try:
        table = tomllib.loads(read_input(path, "a lesson", _MOST).decode("utf-8"))
        return _lesson(clean(path.stem), table)
    except UnicodeDecodeError:
        raise LessonError(f"{shown}: this is not UTF-8 text") from None
    except RecursionError:
        raise LessonError(f"{shown}: there are too many brackets within each other") from None
    except ValueError as error:  # what tomllib raises is one as well
        raise LessonError(f"{shown}: {clean(str(error), _LONGEST)}") from None


def _rehearse(lesson: Lesson) -> None:
    """Prepare every run of a lesson, so that what is not possible is said before it begins.

    Raises:
        LessonError: a run that is not possible, in one sentence.
    """
    for number in range(len(lesson.screens)):
        try:
            recipe = lesson.recipe_at(number)
            if recipe is not None:
                first_segment(recipe, read_data(recipe))
        except InputError as error:
            raise LessonError(f"{lesson.id}.toml: screen {number + 1}: {error}") from None


def _lesson(name: str, table: Mapping[str, Any]) -> Lesson:
    _check_names(table, LESSON)
    screens = _get(table, "screens", list)
    if not screens:
        raise ValueError("screens: expected at least one [[screens]]")
    recipe = _fields(_get(table, "recipe", dict))
    if "source" not in recipe:
        raise ValueError("recipe: expected a source, the name of a data set")
    return Lesson(
        id=name,
        order=float(_get(table, "order", (int, float), 1000)),
        title=_line(table, "title"),
        about=_line(table, "about"),
        minutes=_get(table, "minutes", int),
        recipe=recipe,
        screens=tuple(_at_screen(number, screen) for number, screen in enumerate(screens, start=1)),
    )


def _at_screen(number: int, table: Any) -> LessonScreen:
    try:
        if not isinstance(table, dict):
            raise ValueError("expected [[screens]] and fields below it")
        return _screen(table)
    except ValueError as error:
        raise ValueError(f"screen {number}: {error}") from None


def _screen(table: Mapping[str, Any]) -> LessonScreen:
    _check_names(table, SCREEN)
    keys, claims = _get(table, "keys", list, []), _get(table, "claims", list, [])
    for name, listed in (("keys", keys), ("claims", claims)):
        if not all(isinstance(one, str) for one in listed):
            raise ValueError(f"{name}: expected a list of texts")
    return LessonScreen(
        title=_line(table, "title"),
        text=_paragraphs(table, "text"),
        keys=tuple(clean(key) for key in keys),
        panel=clean(_get(table, "panel", str, "")),
        recipe=_fields(table["recipe"]) if "recipe" in table else None,
        halt=_condition("halt", table["halt"]) if "halt" in table else None,
        seen=_condition("seen", table["seen"]) if "seen" in table else None,
        then=_paragraphs(table, "then") if "then" in table else (),
        claims=tuple(_condition("claims", claim) for claim in claims),
    )


def _check_names(table: Mapping[str, Any], known: Collection[str]) -> None:
    for name in table:
        if name not in known:
            raise ValueError(unknown("field", name, sorted(known)))


def _get(
    table: Mapping[str, Any], name: str, kind: Callable[..., Wanted] | tuple[type, ...], default: Any = None
) -> Any:
    """Return a field of the kind that is wanted."""
    value = table.get(name, default)
    if value is None:
        raise ValueError(f"{name} is missing")
    wanted = kind if isinstance(kind, tuple) else (kind,)
    if type(value) not in wanted:
        words = {str: "a text", int: "a whole number", float: "a number", list: "a list", dict: "a table"}
        raise ValueError(f"{name}: expected {words[wanted[-1]]}, not {clean(repr(value))}")  # type: ignore[index]
    return value


def _line(table: Mapping[str, Any], name: str) -> str:
    text = clean(_get(table, name, str).strip(), 120)
    if not text:
        raise ValueError(f"{name}: expected a text")
    return text


def _paragraphs(table: Mapping[str, Any], name: str) -> tuple[str, ...]:
    found = tuple(clean(part, _LONGEST) for part in paragraphs(_get(table, name, str)))
    if not found:
        raise ValueError(f"{name}: expected a text")
    return found


def _fields(table: Any) -> Fields:
    """Read recipe fields as the command line writes them."""
    if not isinstance(table, dict):
        raise ValueError("recipe: expected fields such as lr = 0.1")
    texts: dict[str, list[str]] = {}
    for name, value in table.items():
        given = value if isinstance(value, list) else [value]
        if not given or not all(type(one) in (str, int, float) for one in given):
            raise ValueError(f"recipe: {clean(name)}: expected a text or a number, not {clean(repr(value))}")
        texts[clean(name).replace("-", "_")] = [str(one) for one in given]
    source = texts.pop("source", None)
    try:
        fields = read_texts(texts)
    except InputError as error:
        raise ValueError(f"recipe: {error}") from None
    if is_file(fields.get("rule", "")):
        raise ValueError("recipe: rule: a lesson is data, so it trains by a built-in rule, not by a file of code")
    return fields if source is None else {"source": source[0], **fields}


def _condition(name: str, text: Any) -> Condition:
    if not isinstance(text, str):
        raise ValueError(f"{name}: expected a condition such as loss < 0.1, not {clean(repr(text))}")
    try:
        condition = Condition(text)
    except ConditionError as error:
        raise ValueError(f"{name}: {error}") from None
    not_known = unknown_names(condition)
    if not_known:
        raise ValueError(f"{name}: {text!r}: unknown name {not_known[0]}")
    return condition
