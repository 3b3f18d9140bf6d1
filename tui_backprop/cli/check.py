"""`tui-backprop check FILE`: is this backward pass right, and if not, which mistake is it?"""

from __future__ import annotations

import argparse
import json
import os
import sys
import textwrap
from collections.abc import Callable, Iterator, Sequence

from tui_backprop.cli.options import Parser
from tui_backprop.session.clinic import Checkup, ParameterCheck, check
from tui_backprop.session.learner.process import TIMEOUT, LearnerError
from tui_backprop.session.learner.rule_network import open_learner

_WIDTH = 80
_DAY = 86_400.0
_ROWS = 40  # parameters that the table lists at the most, the wrong ones first
_MARKS = {"right": "✓ right", "scaled": "~ scaled", "wrong": "✗ wrong"}
_COLORS = {"right": "34", "scaled": "33", "wrong": "1;33"}  # blue and yellow, as the screen has them: not red and green

_DESCRIPTION = """\
Check a backward pass that you wrote yourself against values of your own loss, and name the mistake.

FILE is Python and runs, because you name it here, in a process of its own. It has either
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
    options = _parser().parse(arguments)
    try:
        learner = open_learner(options.file, options.timeout)
        try:
            checkup = check(learner)
        finally:
            learner.close()
    except LearnerError as error:
        if options.json:
            _print_json(Checkup(options.file, "unchecked", (), (), None, (str(error),)))
        raise
    if options.json:
        _print_json(checkup)
    else:
        print("\n".join(_text(checkup, color=sys.stdout.isatty() and not os.environ.get("NO_COLOR"))))
    return 1 if checkup.verdict == "wrong" else 0


def _parser() -> Parser:
    parser = Parser(
        prog="tui-backprop check",
        description=_DESCRIPTION,
        allow_abbrev=False,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("file", metavar="FILE", help="the Python file that has it")
    parser.add_argument("--json", action="store_true", help="print one JSON object and nothing else")
    parser.add_argument(
        "--timeout",
        metavar="SECONDS",
        type=_seconds,
        default=TIMEOUT,
        help=f"how long the file may run in all ({TIMEOUT:g})",
    )
    return parser


def _seconds(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value <= _DAY:
        raise argparse.ArgumentTypeError(f"expected a number of seconds above 0, not {text!r}")
    return value


def _print_json(checkup: Checkup) -> None:
    json.dump(checkup.as_json(), sys.stdout, ensure_ascii=False, allow_nan=False)
    print()


def _text(checkup: Checkup, *, color: bool) -> Iterator[str]:
    """Yield the lines, none wider than 80 columns where names allow it."""

    def paint(text: str, code: str) -> str:
        """The text in a colour, if there is colour."""
        return f"\x1b[{code}m{text}\x1b[0m" if color else text

    yield from _wrapped(checkup.file if checkup.recognised is None else f"{checkup.file}: {checkup.recognised.line}")
    yield ""
    yield from _table(checkup.parameters, paint)
    yield ""
    wrong = [one for one in checkup.mistakes if not one.harmless]
    verdict = {
        "right": "✓ right: every gradient is the one of the loss",
        "scaled": "~ scaled: every gradient is a multiple of the right one, which is harmless",
        "wrong": f"✗ wrong: {_count(len(wrong), 'mistake')}" if wrong else "✗ wrong",
        "unchecked": "could not check",
    }[checkup.verdict]
    yield paint(verdict, _COLORS.get(checkup.verdict, "0"))
    for number, mistake in enumerate(sorted(checkup.mistakes, key=lambda one: one.harmless), start=1):
        yield ""
        yield from _wrapped(mistake.sentence, f"{number}. ")
        for what, formula in (("as it is", mistake.formula_as_is), ("right", mistake.formula_right)):
            yield f"   {what:<9}{paint(formula, '1') if what == 'right' else formula}"
    for note in checkup.notes:
        yield ""
        yield from _wrapped(note)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _wrapped(text: str, bullet: str = "") -> list[str]:
    return textwrap.wrap(
        text, _WIDTH, initial_indent=bullet, subsequent_indent=" " * len(bullet), break_on_hyphens=False
    )


def _table(parameters: Sequence[ParameterCheck], paint: Callable[[str, str], str]) -> Iterator[str]:
    """Yield a line for each parameter: the entry that is furthest off, in both versions, and the verdict."""
    order = ("wrong", "scaled", "right")
    shown = (
        sorted(parameters, key=lambda one: order.index(one.verdict))[:_ROWS] if len(parameters) > _ROWS else parameters
    )
    width = min(max(len("parameter"), *(len(one.entry) for one in shown)), 24)
    yield f"{'parameter':<{width}}  {'yours':>12}  {'numeric':>12}  {'relative error':>14}"
    for one in shown:
        verdict = _MARKS[one.verdict]
        if one.verdict == "scaled" and one.scale is not None:
            verdict = f"{verdict} ×{one.scale:.4g}"
        yield (
            f"{one.entry:<{width}}  {one.theirs:>+12.5g}  {one.numeric:>+12.5g}  {one.relative_error:>14.1e}  "
            f"{paint(verdict, _COLORS[one.verdict])}"
        ).replace("-", "−")
    if len(parameters) > len(shown):
        yield f"and {len(parameters) - len(shown):,} more"
