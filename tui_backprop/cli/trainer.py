"""`tui-backprop [SOURCE] [RECIPE OPTIONS]`: open the trainer, or a screen for SOURCE, a Python file or notebook."""

from __future__ import annotations

import argparse
import contextlib
import os
from collections.abc import Callable, Sequence

from tui_backprop.cli.main import COMMANDS
from tui_backprop.cli.shared.options import Parser, UsageError, add_session_options, make_parser, seconds
from tui_backprop.scripts.running.limits import TIMEOUT
from tui_backprop.session.recipe.fields import FIELDS
from tui_backprop.text.cleaning import clean

TYPE_CHECKING = False  # what typing calls so: loading it takes a third of the start of Python
if TYPE_CHECKING:
    from tui_backprop.session.script_run.stepped import SteppedScript
    from tui_backprop.ui.app import TrainerApp
    from tui_backprop.ui.script.base import ScriptBase

_DESCRIPTION = """\
A debugger for backpropagation: open the trainer on a data set, paused at step 0, or with SOURCE my_net.py step
through a network of your own.

other commands:
  tui-backprop run [SOURCE] [RECIPE OPTIONS]   the same without a screen
  tui-backprop sweep --vary lr=0.01:10:log:4   many runs with fields varied, from many seeds
  tui-backprop export [SOURCE] --code net.py   code, weights and papers of what was learned
  tui-backprop check FILE.py                   is a backward pass of your own right, and if not, why?
  tui-backprop new-check FILE.py               write such a file to begin with
  tui-backprop datasets                        the built-in data sets
  tui-backprop examples                        runs that are worth trying
  tui-backprop draw                            a data set drawn by hand
  tui-backprop lessons [NAME]                  guided runs: list them, or take one
  tui-backprop serve                           the trainer in a browser
  tui-backprop config                          where your settings are, and what they are
  tui-backprop completion bash|zsh|fish        completion for your shell
  tui-backprop help [TOPIC]                    the manual"""


def command_parser() -> Parser:
    """Return the parser of the program without a command."""
    parser = make_parser("tui-backprop", _DESCRIPTION)
    parser.add_argument("-V", "--version", action="store_true", help="print the version and leave")
    parser.add_argument(
        "--verbose", action="store_true", help="with --version: Python, packages, platform and terminal"
    )
    parser.add_argument(
        "--timeout",
        metavar="SECONDS",
        type=seconds,
        help=f"how long a file of your own may take for one thing that it is asked ({TIMEOUT:g})",
    )
    add_session_options(parser.add_argument_group("the sitting"))
    return parser


def main(arguments: Sequence[str]) -> int:
    """Open the app.

    Raises:
        UsageError: the options are wrong, or there is no terminal to draw on.
        SourceError: the source cannot be read.
        RecipeError: the recipe cannot be run.
        LearnerError: a file of the user's own cannot be used.
    """
    if {"-V", "--version"} & set(arguments) and set(arguments) <= {"-V", "--version", "--verbose"}:
        return _print_version(verbose="--verbose" in arguments)
    _refuse_nearly_a_command(arguments)
    options = command_parser().parse(arguments)
    if options.version:
        return _print_version(verbose=options.verbose)
    if options.verbose:
        raise UsageError("--verbose is for --version: `tui-backprop --version --verbose`")
    if options.source.endswith((".py", ".ipynb")):
        return _open_own(options)
    if options.timeout is not None:
        raise UsageError("--timeout is for a file of your own, NAME.py")
    return open_trainer(options, offer=not arguments)


def open_trainer(options: argparse.Namespace, *, offer: bool = False, draws: bool = False) -> int:
    """Open the app on a data set, a table, a session file or a recipe string, until it is left.

    Args:
        options: the command line, parsed.
        offer: whether the sitting before may be offered.
        draws: whether it opens with a pen on the predictions.

    Raises:
        UsageError: there is no terminal to draw on.
        SourceError: the source cannot be read.
        RecipeError: the recipe cannot be run.
        LearnerError: a file of the user's own cannot be used.
    """
    from tui_backprop.cli.output.first_frame import first_frame

    with first_frame(options.source):
        app = _make_app(options, offer=offer)
        app.draws = draws
    app.run()
    return 0


def _make_app(options: argparse.Namespace, *, offer: bool) -> TrainerApp:
    from tui_backprop.cli.shared.sessions import make_edits, open_session

    opened = open_session(options)
    session = opened.session
    make_edits(session, opened.edits)
    from tui_backprop.cli.output.terminal import require_terminal

    require_terminal("the trainer", "tui-backprop run")
    from tui_backprop.session.keep.remembered import Remembered
    from tui_backprop.system.settings import read_settings, settings_path
    from tui_backprop.system.visitor import is_visitor
    from tui_backprop.ui.app import TrainerApp
    from tui_backprop.ui.keys import action_ids

    if is_visitor():  # what the machine's user has kept and set is none of a visitor's business
        return TrainerApp(session)
    app = TrainerApp(session, remembered=Remembered.of_user(), offer=offer)
    app.apply_settings(read_settings(settings_path(), action_ids()))
    return app


def _print_version(*, verbose: bool) -> int:
    from tui_backprop.cli.output.version import version_lines

    print("\n".join(version_lines(verbose=verbose)))
    return 0


def _refuse_nearly_a_command(arguments: Sequence[str]) -> None:
    """Check that the first word is not a command with a slip in it.

    Raises:
        UsageError: it is, and which one is meant.
    """
    word = arguments[0] if arguments else "-"
    if word.startswith("-") or "." in word or os.path.exists(word):  # noqa: PTH110  (pathlib takes long to load)
        return
    import difflib

    from tui_backprop.datasets.catalogue import catalogue

    close = difflib.get_close_matches(word, [*(entry.name for entry in catalogue()), *COMMANDS], n=1)
    if close and close[0] in COMMANDS:
        raise UsageError(f"unknown command {clean(word)}; did you mean `tui-backprop {close[0]}`?")


def _open_own(options: argparse.Namespace) -> int:
    """Open the screen of a file of the user's own."""
    given = [field.flag for field in FIELDS if getattr(options, field.name) is not None]
    if given:
        name = clean(options.source)
        raise UsageError(
            f"{', '.join(given)}: {name} has a network, data and formulas of its own, to which no recipe applies; "
            "change them in the file"
        )
    from tui_backprop.system.visitor import refuse_visitor

    refuse_visitor(clean(options.source), options.source)
    from tui_backprop.cli.output.terminal import require_terminal
    from tui_backprop.session.script_run.stepped import SteppedScript

    script = SteppedScript(options.source, timeout=TIMEOUT if options.timeout is None else options.timeout)
    try:
        require_terminal("the screen of a file", "tui-backprop check")
    except UsageError:
        with contextlib.closing(script):
            script.complete()  # what is wrong with the file itself is said first
        raise
    from tui_backprop.ui.script.app import ScriptApp

    return show_script(script, ScriptApp)


def show_script(script: SteppedScript, make: Callable[[SteppedScript], ScriptBase]) -> int:
    """Show a script on its screen, and each network that is carried over from it in the trainer, until it is left.

    Raises:
        InputError: its functions cannot be used; the screen has closed.
    """
    try:
        while True:
            app = make(script)
            app.run()
            if app.problem is not None:
                raise app.problem
            if app.carried is None:
                return 0
            from tui_backprop.ui.app import TrainerApp

            TrainerApp(app.carried).run()
    finally:
        script.close()
