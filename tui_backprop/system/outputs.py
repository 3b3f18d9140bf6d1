"""Files that are written: tried before the work begins, and no file is harmed by it.

Only a regular file is ever replaced: at once, when all of the new one is there, with its permissions kept and symbolic links
followed. Whatever else has a name (a device, a pipe, standard output) is written to. What a command reads, or writes for
another purpose, is no output: files are told apart by what they are, however their names are spelled.
"""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import stat
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from tui_backprop.core.errors import InputError
from tui_backprop.system.inputs import file_kind, shown_path
from tui_backprop.system.visitor import refuse_visitor

STANDARD_OUTPUT = "-"
"""The name of standard output."""

_NAME = 60  # characters of a new file's name, without its number and suffix
_MOST = 9999  # new files of one name, told apart by their numbers
_READER = 4.0  # seconds that a pipe waits for its reader

Identity = tuple[int, int] | tuple[int, int, str]
"""Device and number of a file, which it has under all its names; of its folder, and its name, where it is not there yet."""


class OutputError(InputError):
    """A file that cannot be written; the text is one sentence."""


class Output:
    """Where a command writes one thing.

    Raises:
        OutputError: it cannot be written.
    """

    def __init__(self, what: str, path: Path) -> None:
        self.what = what
        """What the user calls it, such as `--curve`."""
        self.path = path
        self.identity: Identity | None = None
        """None for what many may write to, /dev/null."""
        self.stream: TextIO | None = None
        """Standard output or standard error, where it is one of them."""
        self._open_file: TextIO | None = None
        refuse_visitor(what)
        try:
            self._try()
        except OutputError:
            raise
        except (OSError, ValueError) as error:  # a name that no file can have is a ValueError
            raise self._error(getattr(error, "strerror", None) or str(error)) from None

    @property
    def is_regular(self) -> bool:
        """Whether it is a file that is replaced, or will be one; otherwise it is written to."""
        return self.stream is None and self._open_file is None

    def _error(self, problem: str) -> OutputError:
        return OutputError(f"{self.what}: {shown_path(self.path)}: {problem}")

    def _try(self) -> None:
        """Find out what is there, and whether it can be written."""
        if str(self.path) == STANDARD_OUTPUT:
            self.stream, self.identity = sys.stdout, _identity_of(sys.stdout)
            return
        try:
            found = self.path.stat()
        except FileNotFoundError:
            self._try_new()
            return
        if not _is_null(found):
            self.identity = (found.st_dev, found.st_ino)
            self.stream = next((s for s in (sys.stdout, sys.stderr) if _identity_of(s) == self.identity), None)
        if self.stream is None and stat.S_ISREG(found.st_mode):
            os.close(os.open(self.path, os.O_WRONLY))
            self._try_new()
        elif self.stream is None:
            self._open_file = self._opened(found.st_mode)

    def _try_new(self) -> None:
        """Try whether a file can be made where it will be."""
        target = target_of(self.path)
        if not target.parent.is_dir():
            raise self._error(f"there is no folder {shown_path(target.parent)}")
        if self.identity is None:
            folder = target.parent.stat()
            self.identity = (folder.st_dev, folder.st_ino, target.name)
        with _beside(target) as (file, temporary):
            file.close()
            temporary.unlink()

    def _opened(self, mode: int) -> TextIO:
        """Open what is not a regular file; a pipe waits a moment for its reader."""
        if not (stat.S_ISFIFO(mode) or stat.S_ISCHR(mode)):
            raise self._error(f"this is {file_kind(mode)}: expected a file")
        end = time.monotonic() + _READER
        while True:
            try:
                descriptor = os.open(self.path, os.O_WRONLY | getattr(os, "O_NONBLOCK", 0))
                break
            except OSError as error:
                if not stat.S_ISFIFO(mode):
                    raise
                if time.monotonic() > end:
                    raise self._error(f"nothing reads this pipe ({error.strerror})") from None
                time.sleep(0.02)
        os.set_blocking(descriptor, True)
        return os.fdopen(descriptor, "w", encoding="utf-8", newline="")

    @contextmanager
    def writing(self) -> Iterator[TextIO]:
        """Give what is written to; a regular file is there when all of it is, and as it was if something fails.

        Raises:
            OutputError: it cannot be written.
        """
        try:
            if self.stream is not None:
                yield self.stream
                self.stream.flush()
            elif self._open_file is not None:
                yield self._open_file
                self._open_file.flush()
            else:
                with replacing(self.path) as file:
                    yield file
        except BrokenPipeError:
            if self.stream is sys.stdout:
                raise
            raise self._error("nothing reads this pipe any more") from None
        except OSError as error:
            raise self._error(error.strerror or str(error)) from None

    def write(self, content: bytes) -> None:
        """Write all of it; a regular file has all of it afterwards, or is as it was.

        Raises:
            OutputError: it cannot be written.
        """
        with self.writing() as file:
            file.flush()
            file.buffer.write(content)

    def close(self) -> None:
        """Let go of it."""
        if self._open_file is not None:
            with contextlib.suppress(OSError):
                self._open_file.close()


class Outputs:
    """All that a command writes besides its report.

    Args:
        wanted: paths, by what the user calls them; None for what is not wanted.
        sources: what the command reads, by what it has.
        json_report: whether standard output is taken, by one JSON object.

    Raises:
        OutputError: one cannot be written, is a source, or is the same as another one.
    """

    def __init__(
        self, wanted: Mapping[str, Path | None], sources: Mapping[str, Path], *, json_report: bool = False
    ) -> None:
        self._outputs: dict[str, Output] = {}
        read = {identity: what for what, path in sources.items() if (identity := _identity_at(path)) is not None}
        try:
            for what, path in wanted.items():
                if path is not None:
                    self._outputs[what] = self._checked(Output(what, path), read, json_report=json_report)
        except BaseException:
            self.close()
            raise

    def _checked(self, output: Output, read: Mapping[Identity, str], *, json_report: bool) -> Output:
        problem = ""
        if json_report and output.stream is sys.stdout:
            problem = "standard output has the JSON object: name another file"
        elif output.identity is not None:
            if output.identity in read:
                problem = f"this is the file that {read[output.identity]} is read from: name another one"
            same = next((other for other in self._outputs.values() if other.identity == output.identity), None)
            if same is not None:
                problem = f"this is the file of {same.what} as well: name another one"
        if problem:
            output.close()
            raise OutputError(f"{output.what}: {shown_path(output.path)}: {problem}")
        return output

    def get(self, what: str) -> Output | None:
        """Return one by what the user calls it; None where it is not wanted."""
        return self._outputs.get(what)

    @property
    def on_standard_output(self) -> bool:
        """Whether one of them is standard output, so that the report has to be elsewhere."""
        return any(output.stream is sys.stdout for output in self._outputs.values())

    def close(self) -> None:
        """Let go of them."""
        for output in self._outputs.values():
            output.close()


def target_of(path: Path) -> Path:
    """Return where a file is, behind all symbolic links."""
    return Path(os.path.realpath(path))


@contextmanager
def replacing(path: Path) -> Iterator[TextIO]:
    """Give a file to write to that takes the place of `path` at once when all went well, and not at all otherwise.

    Permissions, and as far as possible the owner, are those of the file that is replaced.

    Raises:
        OSError: it cannot be written.
    """
    target = target_of(path)
    with _beside(target) as (file, temporary):
        yield file
        file.flush()
        os.fsync(file.fileno())
        _take_permissions(file.fileno(), temporary, target)
        file.close()
        temporary.replace(target)


@contextmanager
def _beside(target: Path) -> Iterator[tuple[TextIO, Path]]:
    """Make a file in the folder of another one; if anything fails it is gone."""
    temporary = target.with_name(f".{target.name[:40]}.{secrets.token_hex(6)}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o666)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as file:
            yield file, temporary
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def _take_permissions(descriptor: int, temporary: Path, target: Path) -> None:
    """Give a file the owner and the mode of the one that it is to replace."""
    try:
        found = target.stat()
    except FileNotFoundError:
        return
    if not stat.S_ISREG(found.st_mode):
        raise OSError(f"this is {file_kind(found.st_mode)} by now")
    own = os.fstat(descriptor)
    if hasattr(os, "fchown") and (found.st_uid, found.st_gid) != (own.st_uid, own.st_gid):
        with contextlib.suppress(PermissionError):  # another's file, in a folder of ours
            os.fchown(descriptor, found.st_uid, found.st_gid)
    temporary.chmod(stat.S_IMODE(found.st_mode))


def _identity_of(stream: TextIO) -> Identity | None:
    try:
        found = os.fstat(stream.fileno())
    except (OSError, ValueError, AttributeError):  # a stream without a file
        return None
    return None if _is_null(found) else (found.st_dev, found.st_ino)


def _identity_at(path: Path) -> Identity | None:
    try:
        found = path.stat()
    except (OSError, ValueError):
        return None
    return found.st_dev, found.st_ino


def _is_null(found: os.stat_result) -> bool:
    """Whether a file is the device that swallows everything."""
    return stat.S_ISCHR(found.st_mode) and found.st_rdev == Path(os.devnull).stat().st_rdev


def write_new(folder: Path, name: str, suffix: str, content: bytes) -> Path:
    """Write a file that was not there before, and return where it is: `name.suffix`, or `name-2.suffix` and so on.

    Args:
        folder: where it is put.
        name: what it is to be called; whatever might mean something to a shell or a file system becomes `-`.
        suffix: such as `svg`.
        content: all of it.

    Raises:
        OSError: it cannot be written; nothing is left behind, and no other file is touched.
    """
    refuse_visitor("pictures")
    stem = re.sub(r"[^A-Za-z0-9]+", "-", name)[:_NAME].strip("-").lower() or "picture"
    for number in range(1, _MOST + 1):
        path = folder / (f"{stem}.{suffix}" if number == 1 else f"{stem}-{number}.{suffix}")
        try:
            file = path.open("xb")
        except FileExistsError:
            continue
        try:
            with file:
                file.write(content)
        except BaseException:
            path.unlink(missing_ok=True)
            raise
        return path
    raise OSError(f"{folder}: there are {_MOST:,} files called {stem} already")
