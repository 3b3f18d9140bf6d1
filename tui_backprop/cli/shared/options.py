"""The recipe options of every command, made from the table of recipe fields."""

from __future__ import annotations

import argparse
import os
import re
import sys
from collections.abc import Callable, Sequence

from tui_backprop.cli.shared.names import NAMES
from tui_backprop.core.errors import InputError
from tui_backprop.session.recipe.field import Field
from tui_backprop.session.recipe.fields import FIELDS
from tui_backprop.text.cleaning import clean

TYPE_CHECKING = False  # what typing calls so: loading it takes a third of the start of Python
if TYPE_CHECKING:
    from pathlib import Path
    from typing import Any, NoReturn

    from tui_backprop.session.recipe.recipe import Recipe

_SOURCE = "a data set's name, a table, - (standard input), a session file NAME.tbp, or a recipe string tbp1:… (parity)"
_DAY = 86_400.0
_USUAL = 80  # columns
_LONGEST = 300  # characters of a message with what was typed
_NEGATIVE = re.compile(r"-[0-9.]")

_PYTHON = (".py", ".ipynb")

_GROUPS = {
    "data": "the data",
    "network": "the network",
    "training": "the training",
    "run": "the run",
}


class UsageError(InputError):
    """The command line is wrong; the text is one sentence."""


class HelpText(argparse.RawDescriptionHelpFormatter):
    """Help as wide as the terminal; argparse would look again for each option, and load much for it."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog, width=_columns() - 2)


class Parser(argparse.ArgumentParser):
    """A parser whose errors are one line, raised."""

    def error(self, message: str) -> NoReturn:
        """Raise instead of printing and leaving.

        Raises:
            UsageError: always.
        """
        raise UsageError(f"{clean(message, _LONGEST)} (see {self.prog} --help)")

    def parse(self, arguments: Sequence[str]) -> argparse.Namespace:
        """Parse, taking what follows an option as its value where it is a negative number: `--probe -1,2`."""
        joined: list[str] = []
        for argument in arguments:
            if joined and _NEGATIVE.match(argument) and re.fullmatch(r"--[a-z0-9-]+", joined[-1]):
                joined[-1] += f"={argument}"
            else:
                joined.append(argument)
        found, unknown = self.parse_known_args(joined)
        if unknown:
            self._refuse(unknown)
        return found

    def _refuse(self, unknown: Sequence[str]) -> NoReturn:
        """Say which argument there is not, and which option is meant."""
        name = next((word for word in unknown if word.startswith("-")), None)
        if name is None:
            self.error(f"one argument too many: {unknown[0]}")
        name = name.partition("=")[0]
        import difflib

        typed = name.lstrip("-").lower().replace("_", "-")
        close = difflib.get_close_matches(typed, [flag.lstrip("-") for flag in self._option_string_actions], n=1)
        self.error(f"unknown option {name}" + (f"; did you mean --{close[0]}?" if close else ""))


def _columns() -> int:
    """Return the width of help as argparse chooses it: $COLUMNS, that of the terminal, or 80."""
    try:
        return int(os.environ.get("COLUMNS", "0")) or os.get_terminal_size(sys.stdout.fileno()).columns or _USUAL
    except (AttributeError, ValueError, OSError):
        return _USUAL


def seconds(text: str) -> float:
    """Read a time limit in seconds.

    Raises:
        argparse.ArgumentTypeError: it is not a time, in a few words.
    """
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value <= _DAY:
        raise argparse.ArgumentTypeError(f"expected a number of seconds above 0, not {text!r}")
    return value


def whole_option(wanted: str, high: int) -> Callable[[str], int]:
    """Return what reads a whole number from 1 to `high`, and says that `wanted` was expected.

    The reader raises argparse.ArgumentTypeError where it is not one.
    """

    def read(text: str) -> int:
        if not (text.isascii() and text.isdecimal() and 1 <= int(text[:18]) <= high):
            raise argparse.ArgumentTypeError(f"expected {wanted} from 1 to {high}, not {text!r}")
        return int(text)

    return read


def add_quiet_options(group: argparse._ArgumentGroup) -> None:
    """Add the options that say less on standard error."""
    group.add_argument("-q", "--quiet", action="store_true", help="no notices and no progress; errors are still said")
    group.add_argument("--no-progress", action="store_true", help="no progress bar")


def is_silent(options: argparse.Namespace) -> bool:
    """Whether no progress is to be shown."""
    return bool(options.quiet or options.no_progress)


def make_parser(program: str, description: str) -> Parser:
    """Return a parser with SOURCE and every recipe option."""
    parser = Parser(
        prog=program,
        usage="%(prog)s [SOURCE] [OPTIONS]",  # written out, some forty options would be above what the command is for
        description=description,
        allow_abbrev=False,
        formatter_class=HelpText,
        epilog="What is not given is what the data set suggests; `tui-backprop datasets` lists them.",
    )
    parser.add_argument(
        "source",
        metavar="SOURCE",
        nargs="?",
        default="parity",
        help=_SOURCE,
    )
    for name, title in _GROUPS.items():
        group = parser.add_argument_group(title)
        for field in (field for field in FIELDS if field.group == name):
            _add(group, field)
    return parser


def _add(group: argparse._ArgumentGroup, field: Field) -> None:
    if field.is_flag:
        group.add_argument(field.flag, dest=field.name, action="append_const", const="yes", help=field.help)
        return
    text = (f"{field.help}: {', '.join(NAMES[field.name])}" if field.has_choices else field.help).replace("%", "%%")
    group.add_argument(
        field.flag,
        dest=field.name,
        metavar=field.name.upper(),
        action="append",
        help=f"{text} (repeatable)" if field.repeatable else text,
    )


def add_session_options(group: argparse._ArgumentGroup) -> None:
    """Add the options of a command that opens a session."""
    group.add_argument(
        "--edit",
        metavar="STEP:FIELD=VALUE",
        action="append",
        default=[],
        help="change a field, or a parameter such as w1[0,0], at a step of the run (repeatable)",
    )
    group.add_argument(
        "--weights-from",
        metavar="FILE.npz",
        help="begin with the parameters of a file: .npz or .safetensors, of this program or another one",
    )
    group.add_argument(
        "--allow-scripts", action="store_true", help="let the Python files run that a session file names"
    )


def recipe_from(options: argparse.Namespace) -> Recipe:
    """Return the recipe of the source, or what suits it, with the options that were given.

    Raises:
        UsageError: the source is a program.
        RecipeError: options that cannot be read, each in one sentence, all at once.
        SourceError: the source cannot be read.
    """
    from pathlib import Path

    if options.source.endswith(_PYTHON):
        from tui_backprop.system.inputs import shown_path

        name = shown_path(options.source)
        raise UsageError(
            f"{name}: this is Python, not data: `tui-backprop check {name}` says whether its gradients are right, and "
            f"`tui-backprop {name}` steps through it"
        )
    from tui_backprop.session.keep.one_line import is_recipe_string, run_from_string
    from tui_backprop.session.keep.session_file import is_session, read_session
    from tui_backprop.session.recipe.suggestion import suggested_recipe

    changes = given_fields(options)
    if is_recipe_string(options.source):
        return run_from_string(options.source).recipe.replace(**changes)
    if is_session(options.source):
        return read_session(Path(options.source)).in_force.replace(**changes)
    return suggested_recipe(options.source, **changes)


def given_fields(options: argparse.Namespace) -> dict[str, Any]:
    """Return the recipe fields that the options give.

    Raises:
        RecipeError: options that cannot be read, each in one sentence, all at once.
    """
    from tui_backprop.session.recipe.texts import read_texts

    given = {field.name: getattr(options, field.name) for field in FIELDS}
    return read_texts({name: texts for name, texts in given.items() if texts})


def files_read(recipe: Recipe) -> dict[str, Path]:
    """Return the files that a recipe's run reads, by what they have; none of them may be written to."""
    from pathlib import Path

    from tui_backprop.datasets.source import source_path
    from tui_backprop.session.recipe.recipe import is_file

    found = {"the data": source_path(recipe.source)}
    return found | {"the rule": Path(recipe.rule)} if is_file(recipe.rule) else found
