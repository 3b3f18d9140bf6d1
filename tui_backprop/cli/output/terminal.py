"""Whether there is a terminal for an app: what the app uses is looked at."""

from __future__ import annotations

import os
import sys

from tui_backprop.cli.shared.options import UsageError


def require_terminal(what: str, instead: str) -> None:
    """Check that keys can be read, and that there is something to draw on.

    Textual reads keys from standard input, draws on standard error, and asks standard output how large the terminal is. With
    a driver of its own, as `textual serve` has, it uses none of them like that.

    Raises:
        UsageError: there is no terminal, and which stream is none.
    """
    if os.environ.get("TEXTUAL_DRIVER"):
        return
    streams = {"standard input": sys.stdin, "standard output": sys.stdout, "standard error": sys.stderr}
    missing = [name for name, stream in streams.items() if not stream.isatty()]
    if missing:
        which = "" if len(missing) == len(streams) else f" ({' and '.join(missing)} is none)"
        raise UsageError(f"{what} needs a terminal{which}; without one, use `{instead}`")
