"""`tui-backprop serve`: the trainer in a browser, on this machine unless told otherwise."""

from __future__ import annotations

import argparse
import errno
import os
import socket
from collections.abc import Sequence
from importlib.util import find_spec

from tui_backprop.cli.shared.options import Parser, UsageError, whole_option
from tui_backprop.text.cleaning import clean

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
    port, sittings = whole_option("a port", 65535), whole_option("a number of sittings", 100)
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
        UsageError: the options are wrong, the extra is not installed, or the address or the port cannot be had.
    """
    options = command_parser().parse(arguments)
    if find_spec("textual_serve") is None:
        raise UsageError("serve needs textual-serve: pip install 'tui-backprop[web]'")
    _try_address(options.host, options.port)
    from tui_backprop.cli.web.server import TokenServer

    TokenServer(options.host, options.port, options.sessions, allow_scripts=options.allow_scripts).serve()
    return 0


def _try_address(host: str, port: int) -> None:
    """Find out whether the server can listen there, before an address is printed.

    Raises:
        UsageError: it cannot; the text says what can be given instead.
    """
    try:
        places = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        for family, kind, _, _, address in places:
            with socket.socket(family, kind) as tried:
                if os.name == "posix":
                    tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                tried.bind(address)
    except (socket.gaierror, UnicodeError):
        problem = f"--host {host}: there is no such address: expected one of this machine's, such as 127.0.0.1"
    except OSError as error:
        match error.errno:
            case errno.EADDRNOTAVAIL:
                problem = f"--host {host}: this machine does not have this address: 127.0.0.1 is always its own"
            case errno.EADDRINUSE:
                problem = f"--port {port}: another program listens there: give another port"
            case _:
                problem = f"--port {port}: {error.strerror}: ports from 1024 on need no permission"
    else:
        return
    raise UsageError(clean(problem, 200))
