"""`tui-backprop examples`: short commands that are worth trying, and what to look for."""

from __future__ import annotations

import shlex
import textwrap
from collections.abc import Sequence

from tui_backprop.cli.shared.options import Parser

_WIDTH = 100


def command_parser() -> Parser:
    """Return the parser of this command."""
    parser = Parser(prog="tui-backprop examples", description="Runs that are worth trying.", allow_abbrev=False)
    parser.add_argument("--json", action="store_true", help="print one JSON array and nothing else")
    return parser


def main(arguments: Sequence[str]) -> int:
    """List them, as text or as JSON.

    Raises:
        UsageError: the options are wrong.
    """
    options = command_parser().parse(arguments)
    from tui_backprop.cli.output.printing import print_json
    from tui_backprop.session.examples import EXAMPLES

    commands = [shlex.join(["tui-backprop", *shlex.split(one.options)]) for one in EXAMPLES]
    if options.json:
        rows = zip(EXAMPLES, commands, strict=True)
        print_json([{"title": one.title, "command": command, "look": one.look} for one, command in rows], indent=2)
        return 0
    for one, command in zip(EXAMPLES, commands, strict=True):
        print(f"{one.title}\n  {command}")
        print(textwrap.fill(one.look, _WIDTH, initial_indent="  ", subsequent_indent="  "))
        print()
    print("`tui-backprop run …` makes the same run without a screen.")
    return 0
