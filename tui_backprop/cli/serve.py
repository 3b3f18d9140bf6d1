"""`tui-backprop serve`: the trainer in a browser, on this machine unless told otherwise."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from importlib.util import find_spec

from tui_backprop.cli.options import Parser, UsageError, whole

_DESCRIPTION = """\
Show the trainer in a browser. The printed address has a token: who has it may open a sitting. Each sitting is a process of
its own, with the built-in data sets and a table that the visitor uploads, and no access to files of this machine."""


def command_parser() -> Parser:
    """Return the parser of this command."""
    parser = Parser(
        prog="tui-backprop serve",
        description=_DESCRIPTION,
        allow_abbrev=False,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    port, sittings = whole("a port", 65535), whole("a number of sittings", 100)
    parser.add_argument("--host", default="127.0.0.1", help="the address to listen at (127.0.0.1: this machine alone)")
    parser.add_argument("--port", metavar="PORT", type=port, default=8000, help="the port to listen at (8000)")
    parser.add_argument("--sessions", metavar="N", type=sittings, default=8, help="sittings at one time, at most (8)")
    parser.add_argument(
        "--allow-scripts",
        action="store_true",
        help="let visitors upload scripts and run them, which can do what you can: only for people whom you trust with it",
    )
    return parser


def main(arguments: Sequence[str]) -> int:
    """Serve until ^C.

    Raises:
        UsageError: the options are wrong, or the extra is not installed.
        OSError: the port is taken.
    """
    options = command_parser().parse(arguments)
    if find_spec("textual_serve") is None:
        raise UsageError("serve needs textual-serve: pip install 'tui-backprop[web]'")
    from tui_backprop.cli.web_server import TokenServer

    TokenServer(options.host, options.port, options.sessions, allow_scripts=options.allow_scripts).serve()
    return 0
