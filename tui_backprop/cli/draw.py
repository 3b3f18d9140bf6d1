"""`tui-backprop draw [SOURCE] [RECIPE OPTIONS]`: open the trainer with a pen on the data, on a blank canvas by default."""

from __future__ import annotations

from collections.abc import Sequence

from tui_backprop.cli.shared.options import Parser, add_session_options, make_parser
from tui_backprop.cli.trainer import open_trainer

_DESCRIPTION = """\
Draw a data set by hand and train on it: the trainer opens with a pen on its predictions. SOURCE is canvas (two inputs, 0 or
1; the default), canvas-1d (one input, a number), or any other data set."""


def command_parser() -> Parser:
    """Return the parser of this command."""
    parser = make_parser("tui-backprop draw", _DESCRIPTION)
    add_session_options(parser.add_argument_group("the sitting"))
    parser.set_defaults(source="canvas")
    return parser


def main(arguments: Sequence[str]) -> int:
    """Open the trainer.

    Raises:
        UsageError: the options are wrong, or there is no terminal to draw on.
        SourceError: the source cannot be read.
        RecipeError: the recipe cannot be run.
    """
    return open_trainer(command_parser().parse(arguments), draws=True)
