"""The recipe options of every command, made from the table of recipe fields."""

from __future__ import annotations

import argparse
import re
from collections.abc import Sequence
from typing import NoReturn

from tui_backprop.core.errors import InputError
from tui_backprop.session.fields import FIELDS, Field
from tui_backprop.session.recipe import Recipe
from tui_backprop.session.suggestion import suggested_recipe
from tui_backprop.session.texts import read_texts

_DAY = 86_400.0
_NEGATIVE = re.compile(r"-[0-9.]")

_GROUPS = {
    "data": "the data",
    "network": "the network",
    "training": "the training",
    "run": "the run",
}


class UsageError(InputError):
    """The command line is wrong; the text is one sentence."""


class Parser(argparse.ArgumentParser):
    """A parser whose errors are one line, raised."""

    def error(self, message: str) -> NoReturn:
        """Raise instead of printing and leaving.

        Raises:
            UsageError: always.
        """
        raise UsageError(f"{message} (see {self.prog} --help)")

    def parse(self, arguments: Sequence[str]) -> argparse.Namespace:
        """Parse, taking what follows an option as its value where it is a negative number: `--probe -1,2`."""
        joined: list[str] = []
        for argument in arguments:
            if joined and _NEGATIVE.match(argument) and re.fullmatch(r"--[a-z0-9-]+", joined[-1]):
                joined[-1] += f"={argument}"
            else:
                joined.append(argument)
        return self.parse_args(joined)


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


def make_parser(program: str, description: str) -> Parser:
    """Return a parser with SOURCE and every recipe option."""
    parser = Parser(
        prog=program,
        description=description,
        allow_abbrev=False,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog="What is not given is what the data set suggests; `tui-backprop datasets` lists them.",
    )
    parser.add_argument(
        "source", metavar="SOURCE", nargs="?", default="parity", help="a data set's name, or a CSV file (parity)"
    )
    for name, title in _GROUPS.items():
        group = parser.add_argument_group(title)
        for field in (field for field in FIELDS if field.group == name):
            _add(group, field)
    return parser


def _add(group: argparse._ArgumentGroup, field: Field) -> None:
    text = (f"{field.help}: {', '.join(field.choices)}" if field.choices else field.help).replace("%", "%%")
    group.add_argument(
        field.flag,
        dest=field.name,
        metavar=field.name.upper(),
        action="append",
        help=f"{text} (repeatable)" if field.repeatable else text,
    )


def recipe_from(options: argparse.Namespace) -> Recipe:
    """Return the suggested recipe of the source with the options that were given.

    Raises:
        RecipeError: options that cannot be read, each in one sentence, all at once.
        SourceError: the source cannot be read.
    """
    given = {field.name: getattr(options, field.name) for field in FIELDS}
    return suggested_recipe(options.source, **read_texts({name: texts for name, texts in given.items() if texts}))
