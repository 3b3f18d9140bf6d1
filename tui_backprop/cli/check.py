"""`tui-backprop check FILE`: is this backward pass right, and if not, which mistake is it?"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

from tui_backprop.cli.options import Parser, seconds
from tui_backprop.cli.printing import print_json
from tui_backprop.scripts.clinic.check import check
from tui_backprop.scripts.clinic.checkup import Checkup
from tui_backprop.scripts.clinic.checkup_text import SpanLine, checkup_text
from tui_backprop.scripts.forms import is_functions
from tui_backprop.scripts.functions.process import TIMEOUT, LearnerError
from tui_backprop.scripts.functions.rule_network import open_learner

_WIDTH = 80
_COLORS = {"right": "34", "scaled": "33", "wrong": "1;33", "formula": "1"}  # blue and yellow: not red and green

_DESCRIPTION = """\
Check a backward pass that you wrote yourself against values of your own loss, and name the mistake.

FILE is Python and runs, because you name it here, in a process of its own. It is a script that trains a network by hand,
as it is: its updates are followed, its wrong line is named, and a fix is proven where there is one. Or it has either
  parameters, forward(parameters, x), backward(parameters, x, y) or update(parameters, x, y, lr),
  and if you like loss(prediction, y) and data; or
  backward(network, parameters, tape, y), a rule for the built-in network.
`tui-backprop new-check FILE` writes one to begin with."""


def main(arguments: Sequence[str]) -> int:
    """Check and say what came of it: 0 right or only scaled, 1 wrong, 2 could not check.

    Raises:
        UsageError: the options are wrong.
        LearnerError: the file cannot be used.
    """
    own, script_arguments = _split(list(arguments))
    options = command_parser().parse(own)
    if len(options.files) > 1 or not is_functions(options.files[0]):
        from tui_backprop.cli.check_scripts import check_scripts  # noqa: PLC0415  (loaded where a script is checked)

        return check_scripts(options, script_arguments)
    try:
        learner = open_learner(options.files[0], options.timeout)
        try:
            checkup = check(learner)
        finally:
            learner.close()
    except LearnerError as error:
        if options.json:
            print_json(Checkup.failed(options.files[0], error).as_json())
        raise
    if options.json:
        print_json(checkup.as_json())
    else:
        color = sys.stdout.isatty() and not os.environ.get("NO_COLOR")
        print("\n".join(_painted(line, color=color) for line in checkup_text(checkup, _WIDTH)))
    return 1 if checkup.verdict == "wrong" else 0


def _split(arguments: list[str]) -> tuple[list[str], list[str]]:
    """Return our arguments, and those after `--`, which are the script's."""
    at = arguments.index("--") if "--" in arguments else len(arguments)
    return arguments[:at], arguments[at + 1 :]


def command_parser() -> Parser:
    """Return the parser of this command."""
    parser = Parser(
        prog="tui-backprop check",
        description=_DESCRIPTION,
        allow_abbrev=False,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "files", metavar="FILE", nargs="+", help="a Python file, a notebook, a folder, or - (standard input)"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object a file and nothing else")
    parser.add_argument(
        "--format", choices=("text", "json", "csv"), default="text", help="how a script's answer is printed (text)"
    )
    parser.add_argument(
        "--fix", action="store_true", help="write NAME.fixed.py beside a script whose mistakes have a proven fix"
    )
    parser.add_argument("--python", metavar="PATH", help="the interpreter that runs a script: 3.9 or newer, with NumPy")
    parser.add_argument("--verbose", action="store_true", help="let a script's own output through")
    parser.add_argument(
        "--timeout",
        metavar="SECONDS",
        type=seconds,
        default=TIMEOUT,
        help=f"how long the file may run in all ({TIMEOUT:g})",
    )
    return parser


def _painted(line: SpanLine, *, color: bool) -> str:
    """Return a line as the terminal gets it."""
    return "".join(
        f"\x1b[{_COLORS[span.kind]}m{span.text}\x1b[0m" if color and span.kind in _COLORS else span.text
        for span in line
    )
