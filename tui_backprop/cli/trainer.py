"""`tui-backprop [SOURCE] [RECIPE OPTIONS]`: open the trainer."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from tui_backprop import __version__
from tui_backprop.cli.options import UsageError, make_parser, recipe_from
from tui_backprop.session.session import Session
from tui_backprop.ui.app import TrainerApp

_DESCRIPTION = """\
A debugger for backpropagation: open the trainer on a data set, paused at step 0.

other commands:
  tui-backprop run [SOURCE] [RECIPE OPTIONS]   the same without a screen
  tui-backprop check FILE.py                   is a backward pass of your own right, and if not, why?
  tui-backprop new-check FILE.py               write such a file to begin with
  tui-backprop datasets                        the built-in data sets"""


def main(arguments: Sequence[str]) -> int:
    """Open the app.

    Raises:
        UsageError: the options are wrong, or there is no terminal to draw on.
        SourceError: the source cannot be read.
        RecipeError: the recipe cannot be run.
    """
    parser = make_parser("tui-backprop", _DESCRIPTION)
    parser.add_argument("--version", action="version", version=f"tui-backprop {__version__}")
    session = Session(recipe_from(parser.parse(arguments)))
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise UsageError("the trainer needs a terminal; without one, use `tui-backprop run`")
    TrainerApp(session).run()
    return 0
