"""Files that are read: only regular ones, and only up to a size that is named."""

from __future__ import annotations

import io
import os
import stat
import tokenize
from pathlib import Path
from typing import BinaryIO

from tui_backprop.core.errors import InputError
from tui_backprop.system.visitor import refuse_visitor
from tui_backprop.text.cleaning import clean

_KINDS = (
    (stat.S_ISDIR, "a folder"),
    (stat.S_ISFIFO, "a pipe"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
    (stat.S_ISSOCK, "a socket"),
)


class InputFileError(InputError):
    """A file that cannot be read; the text is one sentence that does not name it."""


def file_kind(mode: int) -> str:
    """Return what a file is, for a sentence; nothing for a regular one."""
    return next((kind for test, kind in _KINDS if test(mode)), "")


def open_input(path: Path, wanted: str, limit: int) -> BinaryIO:
    """Open a file, without ever waiting for one.

    Args:
        path: where it is.
        wanted: what is expected there, such as `a CSV file`.
        limit: bytes that it may have at the most.

    Raises:
        InputFileError: there is none, it is not a regular one, is too large or cannot be read.
        VisitorError: the user is a visitor, and it is neither the visitor's nor the program's own.
    """
    refuse_visitor(shown_path(path), str(path))
    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    except (FileNotFoundError, ValueError):  # a name that no file can have is a ValueError
        raise InputFileError("there is no such file") from None
    except OSError as error:
        raise InputFileError(error.strerror or "it cannot be opened") from None
    found = os.fstat(descriptor)
    kind = file_kind(found.st_mode)
    problem = ""
    if kind:
        problem = f"this is {kind}: expected {wanted}"
    elif found.st_size > limit:
        problem = f"the file has {_size(found.st_size)}, and {wanted} has at most {_size(limit)}"
    if problem:
        os.close(descriptor)
        raise InputFileError(problem)
    return os.fdopen(descriptor, "rb")


def read_input(path: Path, wanted: str, limit: int) -> bytes:
    """Return all of a file.

    Raises:
        InputFileError: it cannot be read, or is too large.
    """
    with open_input(path, wanted, limit) as file:
        try:
            data = file.read(limit + 1)
        except OSError as error:
            raise InputFileError(error.strerror or "it cannot be read") from None
    if len(data) > limit:
        raise InputFileError(f"{wanted} has at most {_size(limit)}")
    return data


def read_python(path: Path, limit: int = 2**22) -> str:
    """Return the text of a Python file, in the encoding that it names.

    Raises:
        InputFileError: it cannot be read, is too large or is not text.
    """
    data = read_input(path, "a Python file", limit)
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
        return io.TextIOWrapper(io.BytesIO(data), encoding).read()
    except (SyntaxError, UnicodeDecodeError, LookupError):
        raise InputFileError("this is not text: expected a Python file") from None


def shown_path(path: Path | str) -> str:
    """Return a path as messages have it: its end, where it is long."""
    text = clean(str(path), 4096)
    return text if len(text) <= 80 else f"…{text[-79:]}"


def _size(count: int) -> str:
    """Write a number of bytes."""
    for unit, name in ((2**30, "GiB"), (2**20, "MiB"), (2**10, "KiB")):
        if count >= unit:
            return f"{count / unit:.4g} {name}"
    return f"{count:,} bytes"
