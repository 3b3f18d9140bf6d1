"""How the program ends when it crashes by a mistake of its own: one line, and a file with all that is known of it."""

from __future__ import annotations

import os
import platform
import sys
import tempfile
import traceback
from collections.abc import Sequence

from tui_backprop import __version__
from tui_backprop.core.errors import CrashError
from tui_backprop.text.cleaning import clean

EXIT_CRASH = 70
"""What sysexits.h calls EX_SOFTWARE."""

_MESSAGE = 200  # characters of the error's own text that the line has


def crashed(error: Exception, arguments: Sequence[str]) -> int:
    """Write the traceback to a temporary file of its own, name it in one line on standard error, and return 70.

    A temporary file, since it needs neither a home nor a working folder that can be written to.
    """
    cause = error.__cause__ if isinstance(error, CrashError) and error.__cause__ is not None else error
    said = clean(f"{type(cause).__name__}: {' '.join(str(cause).split())}".rstrip(": "), _MESSAGE)
    try:
        place = f"the traceback is in {clean(_write(cause, arguments), _MESSAGE)}"
    except OSError as problem:
        place = f"the traceback cannot be written: {problem.strerror}"
    print(
        f"error: tui-backprop crashed ({said}), which is a mistake in it, not in your input; {place}", file=sys.stderr
    )
    return EXIT_CRASH


def _write(error: BaseException, arguments: Sequence[str]) -> str:
    """Write all that helps to find the mistake, and return where."""
    about = [
        f"tui-backprop {__version__}, Python {platform.python_version()}, {platform.platform()}",
        f"TERM={os.environ.get('TERM', '')} COLORTERM={os.environ.get('COLORTERM', '')}",
        f"arguments: {list(arguments)!r}",
        "",
    ]
    text = "\n".join(about) + "\n" + "".join(traceback.format_exception(error))
    handle, path = tempfile.mkstemp(prefix="tui-backprop-crash-", suffix=".txt")
    with os.fdopen(handle, "w", encoding="utf-8", errors="backslashreplace") as file:
        file.write(text)
    return path
