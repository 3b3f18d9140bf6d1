"""The bytes of a source: a file or standard input, unpacked where they are packed, never more than a limit."""

from __future__ import annotations

import gzip
import io
import sys
import zlib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, BinaryIO

from tui_backprop.datasets.dataset import SourceError
from tui_backprop.system.inputs import InputFileError, open_input
from tui_backprop.text.cleaning import clean

MAX_BYTES = 2**29
"""Bytes of a file, and of what it unpacks to, at the most."""

STANDARD_INPUT = "-"
"""The name of standard input."""

_GZIP = b"\x1f\x8b"
_HEAD = 4096


@dataclass(frozen=True, eq=False)
class Content:
    """Bytes that can be read again and again."""

    shown: str
    """What messages call it."""
    suffix: str
    """The end of its name, such as `.csv`, in small letters and without `.gz`."""
    path: Path | None
    data: bytes | None = None
    """All of it, where it is not simply the file."""

    def open(self) -> BinaryIO:
        """Open it at its beginning.

        Raises:
            SourceError: it cannot be read.
        """
        if self.data is not None:
            return io.BytesIO(self.data)
        return _open(self.path or Path(), self.shown)

    @property
    def head(self) -> bytes:
        """Its first bytes."""
        with self.open() as file:
            return file.read(_HEAD)

    def read(self, limit: int, what: str) -> bytes:
        """Return all of it.

        Raises:
            SourceError: it cannot be read, or has more than `limit` bytes.
        """
        try:
            with self.open() as file:
                data = file.read(limit + 1)
        except OSError as error:
            raise SourceError(f"{self.shown}: {error.strerror or error}") from None
        if len(data) > limit:
            raise SourceError(f"{self.shown}: {what} has at most {limit // 2**20} MiB here: a CSV file may have more")
        return data


def content_of(source: str) -> Content:
    """Return the bytes of a file by its path, or of standard input where it is `-`.

    Raises:
        SourceError: it cannot be read, unpacks to too much, or is damaged.
    """
    if source == STANDARD_INPUT:
        return _unpacked(Content("standard input", "", None, _all_of(sys.stdin)))
    path = Path(source)
    return _unpacked(Content(clean(path.name or source), path.suffix.lower(), path))


def _unpacked(content: Content) -> Content:
    try:
        with content.open() as file:
            if file.read(len(_GZIP)) != _GZIP:
                return content
            file.seek(0)
            data = gzip.GzipFile(fileobj=file).read(MAX_BYTES + 1)
    except (gzip.BadGzipFile, EOFError, zlib.error):
        raise SourceError(f"{content.shown}: the gzip file is damaged or not complete") from None
    except OSError as error:
        raise SourceError(f"{content.shown}: {error.strerror or error}") from None
    if len(data) > MAX_BYTES:
        raise SourceError(f"{content.shown}: it unpacks to more than {MAX_BYTES // 2**20} MiB")
    inner = Path(content.path.stem).suffix.lower() if content.path is not None else ""
    return Content(content.shown, inner, content.path, data)


def _open(path: Path, shown: str) -> BinaryIO:
    try:
        return open_input(path, "a table", MAX_BYTES)
    except InputFileError as error:
        raise SourceError(f"{shown}: {error}") from None


@lru_cache(maxsize=1)
def _all_of(stream: Any) -> bytes:
    """Read all of standard input; it is asked for more than once, and can be read once."""
    data: bytes = stream.buffer.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise SourceError(f"standard input: more than {MAX_BYTES // 2**20} MiB")
    return data
