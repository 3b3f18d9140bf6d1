"""What the commands print: notices, JSON, one line for an error, on streams that take any character."""

from __future__ import annotations

import codecs
import os
import sys

from tui_backprop.core.errors import InputError
from tui_backprop.text.cleaning import clean, json_escaped
from tui_backprop.text.plain import PLAIN

TYPE_CHECKING = False  # what typing calls so: loading it takes a third of the start of Python
if TYPE_CHECKING:
    from typing import Any, TextIO

_LONGEST = 2000  # characters of a notice or of an error
_STANDARD_ERROR = 2  # its file descriptor, the last of the three


class ClosedError(InputError):
    """There is no standard output."""


def prepare_streams() -> None:
    """See to it that standard input, output and error are there, and that printing to them never fails for a character.

    Raises:
        ClosedError: standard output is closed.
    """
    _fill_closed_descriptors()
    if sys.stdin is None:
        sys.stdin = open(0, closefd=False)  # noqa: SIM115  (for as long as the program runs)
    if sys.stderr is None:
        sys.stderr = open(2, "w", closefd=False)  # noqa: SIM115
    if sys.stdout is None:
        raise ClosedError(
            "standard output is closed, so nothing can be printed: send it somewhere, such as > /dev/null"
        )
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            piped = os.name == "nt" and not stream.isatty() and "PYTHONIOENCODING" not in os.environ
            stream.reconfigure(errors=PLAIN, encoding="utf-8" if piped else None)


def _fill_closed_descriptors() -> None:
    """Open nothing as every standard stream that is closed, so that no file that is opened later is taken for one."""
    while (descriptor := os.open(os.devnull, os.O_RDWR)) <= _STANDARD_ERROR:
        pass
    os.close(descriptor)


def flush_output() -> None:
    """See to it that all that was printed to standard output is there.

    Raises:
        BrokenPipeError: its reader has ended.
        OSError: it cannot be written; the error says where.
    """
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        raise OSError(error.errno, error.strerror, "standard output") from None


def end_output() -> None:
    """Write what is left for standard output; where that fails, drop it, since Python would say so at exit."""
    if sys.stdout is not None:
        try:
            sys.stdout.flush()
        except OSError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def note(text: str) -> None:
    """Print a notice to standard error."""
    print(f"note: {clean(text, _LONGEST)}", file=sys.stderr)


def print_error(error: Exception) -> None:
    """Print what was wrong to standard error, in one line."""
    said = str(error)
    if isinstance(error, OSError) and error.strerror:
        said = error.strerror if error.filename is None else f"{error.filename}: {error.strerror}"
    print(f"error: {clean(' '.join(said.split()), _LONGEST)}", file=sys.stderr)


def print_json(value: Any, *, indent: int | None = None) -> None:
    """Print a value as JSON to standard output: valid in any encoding, with harmful characters escaped."""
    import json

    text = json.dumps(value, ensure_ascii=not _has_all_characters(sys.stdout), allow_nan=False, indent=indent)
    print(json_escaped(text))


def _has_all_characters(stream: TextIO) -> bool:
    return codecs.lookup(stream.encoding or "ascii").name.startswith("utf")
