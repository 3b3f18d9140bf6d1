"""`tui-backprop check FILE`: is this backward pass right, and if not, which mistake is it?"""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from tui_backprop.cli.shared.options import HelpText, Parser, UsageError, seconds
from tui_backprop.scripts.functions.process import LearnerProcess
from tui_backprop.scripts.running.limits import SCRIPT_TIMEOUT, TIMEOUT
from tui_backprop.scripts.source.forms import is_functions

_MOST_LINES = 10**7

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
    if script_arguments and not any(not word.startswith("-") or word == "-" for word in own):
        raise UsageError(
            "no FILE before --: what follows it goes to the script; a file whose name begins with - is called by its "
            "folder, ./-net.py"
        )
    options = command_parser().parse(own)
    if options.json and options.format not in (None, "json"):
        raise UsageError(f"--json and --format {options.format} are two forms: give one of them")
    options.format = options.format or "text"
    if "" in options.files:
        raise UsageError("FILE: the name is empty: expected a Python file, a notebook or a folder")
    several = len(options.files) > 1 or options.watch or options.format == "csv"
    if several or not is_functions(options.files[0]):
        from tui_backprop.cli.checks.check_scripts import check_scripts

        return check_scripts(options, script_arguments)
    process = LearnerProcess(options.files[0], options.timeout or TIMEOUT)
    process.start()  # the file is loaded while this process loads what judges it
    from tui_backprop.cli.checks.check_functions import check_functions

    return check_functions(process, options)


def _split(arguments: list[str]) -> tuple[list[str], list[str]]:
    """Return our arguments, and those after `--`, which are the script's."""
    at = arguments.index("--") if "--" in arguments else len(arguments)
    return arguments[:at], arguments[at + 1 :]


def _line(text: str) -> int:
    """Read a line's number.

    Raises:
        argparse.ArgumentTypeError: it is none, in a few words.
    """
    if not text.isdecimal() or not 0 < int(text) < _MOST_LINES:
        raise argparse.ArgumentTypeError(f"expected a line's number from 1, not {text!r}")
    return int(text)


def command_parser() -> Parser:
    """Return the parser of this command."""
    parser = Parser(
        prog="tui-backprop check",
        description=_DESCRIPTION,
        allow_abbrev=False,
        formatter_class=HelpText,
    )
    parser.add_argument(
        "files", metavar="FILE", nargs="+", help="a Python file, a notebook, a folder, or - (standard input)"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object for each file and nothing else")
    parser.add_argument("--format", choices=("text", "json", "csv"), help="how a script's answer is printed (text)")
    parser.add_argument(
        "--fix", action="store_true", help="write NAME.fixed.py beside a script whose mistakes have a proven fix"
    )
    parser.add_argument(
        "--line",
        metavar="N",
        type=_line,
        help="a line of the training that is followed, where a script has several (the first)",
    )
    parser.add_argument("--watch", action="store_true", help="check again whenever a file is saved, until ^C")
    parser.add_argument("--data-out", metavar="FILE.csv", help="write the samples that the script trains on")
    parser.add_argument("--python", metavar="PATH", help="the interpreter that runs a script: 3.9 or newer, with NumPy")
    parser.add_argument("--verbose", action="store_true", help="show what the script itself prints")
    parser.add_argument(
        "--timeout",
        metavar="SECONDS",
        type=seconds,
        default=None,
        help=f"how long the file may run in all ({TIMEOUT:g}), or the answer to a script take ({SCRIPT_TIMEOUT:g})",
    )
    return parser
