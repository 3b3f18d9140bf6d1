"""`tui-backprop check` for a file of functions: the user's own network, or a backward rule for the trainer's."""

from __future__ import annotations

import argparse
import os
import sys
from typing import Any

from tui_backprop.cli.checks.functions import checked_functions
from tui_backprop.scripts.clinic.checkup_text import SpanLine, checkup_text
from tui_backprop.scripts.functions.process import LearnerError, LearnerProcess
from tui_backprop.text.cleaning import clean

_WIDTH = 80
_COLORS = {"right": "34", "scaled": "33", "wrong": "1;33", "formula": "1"}  # blue and yellow: not red and green


def check_functions(process: LearnerProcess, options: argparse.Namespace) -> int:
    """Check the file of a process, print what came of it and end the process; 0 right or only scaled, 1 wrong.

    Raises:
        LearnerError: the file cannot be used.
    """
    as_json = options.json or options.format == "json"
    try:
        form, checkup = checked_functions(process)
    except LearnerError as error:
        if as_json:
            _print_as_json(clean(options.files[0]), error=str(error))
        raise
    if as_json:
        _print_as_json(checkup.file, form=form, checkup=checkup)
    else:
        color = sys.stdout.isatty() and not os.environ.get("NO_COLOR")
        print("\n".join(_painted(line, color=color) for line in checkup_text(checkup, _WIDTH)))
    return 1 if checkup.verdict == "wrong" else 0


def _print_as_json(name: str, **found: Any) -> None:
    from tui_backprop.cli.checks.checked import Checked
    from tui_backprop.cli.output.printing import print_json

    print_json(Checked(name, 0.0, **found).as_json())


def _painted(line: SpanLine, *, color: bool) -> str:
    """Return a line as the terminal gets it."""
    return "".join(
        f"\x1b[{_COLORS[span.kind]}m{span.text}\x1b[0m" if color and span.kind in _COLORS else span.text
        for span in line
    )
