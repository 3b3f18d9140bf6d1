"""What visitors of `tui-backprop serve` bring: a table or a script, each in a folder of its own until the server ends."""

from __future__ import annotations

import re
import secrets
import shutil
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

LARGEST = 2**24
"""Bytes of a file, at the most."""

MOST = 32
"""Files that are kept; the oldest makes room."""

_TABLES = (".csv", ".tsv", ".txt", ".gz", ".npy", ".npz", ".json", ".jsonl", ".xlsx", ".parquet")
_SCRIPTS = (".py", ".ipynb")
_NAME = 60  # characters of a file's name


class UploadError(Exception):
    """A file that is not taken; the text is one sentence.

    Args:
        status: of the answer that says so.
    """

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status


class Uploads:
    """The files that visitors brought, by keys that cannot be guessed."""

    def __init__(self, *, allow_scripts: bool) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="tui-backprop-")
        self._allow_scripts = allow_scripts
        self._paths: dict[str, Path] = {}

    @property
    def kinds(self) -> tuple[str, ...]:
        """How the names of files end that are taken."""
        return _TABLES + (_SCRIPTS if self._allow_scripts else ())

    def path(self, key: str) -> Path | None:
        """Return where a file is; None for a key that there is not, or no longer."""
        return self._paths.get(key)

    async def keep(self, name: str, chunks: AsyncIterator[bytes]) -> str:
        """Write a file and return its key.

        Raises:
            UploadError: it is of a kind that is not taken, is empty or too large.
        """
        safe = self._checked(name)
        key = secrets.token_urlsafe(12)
        folder = Path(self._folder.name) / key
        folder.mkdir()
        try:
            size = 0
            with (folder / safe).open("xb") as file:
                async for chunk in chunks:
                    size += len(chunk)
                    if size > LARGEST:
                        raise UploadError(413, f"the file has more than {LARGEST // 2**20} MiB")
                    file.write(chunk)
            if size == 0:
                raise UploadError(400, "the file is empty: choose a table first")
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        self._paths[key] = folder / safe
        while len(self._paths) > MOST:
            oldest = next(iter(self._paths))
            shutil.rmtree(self._paths.pop(oldest).parent, ignore_errors=True)
        return key

    def _checked(self, name: str) -> str:
        """Return a name that means nothing to a shell or a file system."""
        path = Path(name.replace("\\", "/"))
        suffix = path.suffix.lower()
        if suffix in _SCRIPTS and not self._allow_scripts:
            raise UploadError(403, "this server runs no scripts: it was started without --allow-scripts")
        if suffix not in self.kinds:
            raise UploadError(415, f"expected a file of one of these kinds: {' '.join(self.kinds)}")
        stem = re.sub(r"[^A-Za-z0-9_]+", "_", path.name[: -len(suffix)])[:_NAME].strip("_")
        return f"{stem or 'data'}{suffix}"

    def close(self) -> None:
        """Delete all of them."""
        self._folder.cleanup()
