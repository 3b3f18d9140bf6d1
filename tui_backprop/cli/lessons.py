"""`tui-backprop lessons`: the guided runs."""

from __future__ import annotations

import tempfile
import textwrap
from collections.abc import Sequence
from pathlib import Path

from tui_backprop.cli.output.printing import print_json
from tui_backprop.cli.output.terminal import require_terminal
from tui_backprop.cli.shared.options import Parser
from tui_backprop.session.lessons.lesson import Lesson
from tui_backprop.session.lessons.reading import lessons, open_lesson
from tui_backprop.session.lessons.schema import lesson_schema
from tui_backprop.session.recipe.texts import options_text
from tui_backprop.session.script_run.lesson import NAME, script_lesson
from tui_backprop.session.session import Session

_WIDTH = 100
_DESCRIPTION = "Guided runs: list them, or take one in the trainer."


def command_parser() -> Parser:
    """Return the parser of this command."""
    parser = Parser(prog="tui-backprop lessons", description=_DESCRIPTION, allow_abbrev=False)
    parser.add_argument(
        "name", metavar="NAME", nargs="?", help="the lesson to take, or a file NAME.toml of your own; none to list them"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON array and nothing else")
    parser.add_argument("--schema", action="store_true", help="print a JSON schema of lesson files, for your editor")
    return parser


def main(arguments: Sequence[str]) -> int:
    """List the lessons, as text or as JSON, or open one.

    Raises:
        UsageError: the options are wrong, or there is no terminal to draw on.
        LessonError: there is no such lesson, or its file is wrong.
    """
    options = command_parser().parse(arguments)
    if options.schema:
        _print_schema()
    elif options.json:
        chosen = lessons() if options.name is None else (open_lesson(options.name),)
        print_json([_as_dict(lesson) for lesson in chosen], indent=2)
    elif options.name is None:
        for lesson in lessons():
            print(f"{lesson.id:<13}{lesson.title}  ({lesson.minutes} min, {len(lesson.screens)} screens)")
            print(textwrap.fill(lesson.about, _WIDTH, initial_indent="  ", subsequent_indent="  "))
            print(f"  {_begins(lesson)}\n")
        on_script = script_lesson()
        print(f"{NAME:<13}{on_script.title}  ({on_script.minutes} min, {len(on_script.screens)} screens)")
        print(textwrap.fill(on_script.about, _WIDTH, initial_indent="  ", subsequent_indent="  "))
        print("  on a script, line by line\n")
        print("`tui-backprop lessons NAME` takes one; those in the trainer are under L there as well.")
    elif options.name == NAME:
        _take_on_script()
    else:
        _take(open_lesson(options.name))
    return 0


def _print_schema() -> None:
    from tui_backprop.ui.keys import IN_PANELS, KEYS
    from tui_backprop.ui.layout import PANELS

    schema = lesson_schema([panel.id for panel in PANELS], [*(key.shown for key in KEYS), *IN_PANELS])
    print_json(schema, indent=2)


def _take(lesson: Lesson) -> None:
    require_terminal("a lesson", "tui-backprop lessons --json")
    from tui_backprop.ui.app import TrainerApp

    recipe = lesson.recipe_at(0)
    assert recipe is not None  # noqa: S101  (the first screen always begins a run)
    TrainerApp(Session(recipe), lesson).run()


def _take_on_script() -> None:
    """Open the lesson on a copy of its script, so that fixes can be written beside it."""
    require_terminal("a lesson", "tui-backprop lessons --json")
    from tui_backprop.cli.trainer import show_script
    from tui_backprop.session.script_run.stepped import SteppedScript
    from tui_backprop.ui.script.app import ScriptApp

    lesson = script_lesson()
    with tempfile.TemporaryDirectory(prefix="tui-backprop-") as folder:
        copy = Path(folder) / lesson.file
        copy.write_text(lesson.script, encoding="utf-8")
        show_script(SteppedScript(str(copy)), lambda script: ScriptApp(script, lesson))


def _begins(lesson: Lesson) -> str:
    """The recipe that it begins with, as options."""
    return f"tui-backprop {lesson.source} {options_text(lesson.recipe)}".rstrip()


def _as_dict(lesson: Lesson) -> dict[str, object]:
    recipe = lesson.recipe_at(0)
    assert recipe is not None  # noqa: S101  (the first screen always begins a run)
    return {
        "name": lesson.id,
        "title": lesson.title,
        "about": lesson.about,
        "minutes": lesson.minutes,
        "recipe": recipe.as_dict(),
        "screens": [
            {"title": screen.title, "text": list(screen.text), "keys": list(screen.keys)} for screen in lesson.screens
        ],
    }
