"""A sweep on disk: a line that says what is swept, then a line for each run that has finished."""

from __future__ import annotations

import json
import os
import weakref
from collections.abc import Iterable
from contextlib import suppress
from typing import Any, BinaryIO

from tui_backprop.session.sweep.axes import SweepError
from tui_backprop.session.sweep.outcome import Outcome, from_json
from tui_backprop.system.outputs import Output
from tui_backprop.text.cleaning import clean

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

FORMAT = "tui-backprop sweep"
VERSION = 1

_LONGEST_HEAD = 2**24  # bytes of the line that says what is swept
_LONGEST = 2**12  # bytes of the line of a run


class SweepFile:
    """The file of one sweep. Whatever happens while it is written, every whole line in it is a run that finished.

    It is locked from the beginning, until `unlock`: two sweeps never write to one file.
    """

    def __init__(self, output: Output, fingerprint: dict[str, Any], runs: int, steps: int) -> None:
        """Open a file, or begin one. What is no regular file is only written to.

        Raises:
            SweepError: it is the file of another sweep or of something else, or another sweep writes to it; one sentence.
            OutputError: it cannot be written.
            OSError: it cannot be read or written.
        """
        self._output, self._limits = output, (runs, steps)
        self._name = clean(output.path.name)
        self._file: BinaryIO | None = None
        self.outcomes: dict[int, Outcome] = {}
        """What it held when it was opened, by run."""
        head = {"format": FORMAT, "version": VERSION, "runs": runs, "plan": fingerprint}
        if output.is_regular:
            self._file = output.path.open("a+b")
            weakref.finalize(self, self._file.close)
            self.lock()
            self._file.seek(0)
            if self._is_begun(head):
                self._read(self._file, head)
                return
            self._file.truncate(0)
        self._write(_line(head))

    def lock(self) -> None:
        """Keep every other sweep from writing to it.

        Raises:
            SweepError: another one does.
        """
        if self._file is None or fcntl is None:
            return
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise SweepError(
                f"{self._name}: another sweep is writing to this file: wait until it has ended, or name another file"
            ) from None
        except OSError:  # a file system that cannot lock
            pass

    def unlock(self) -> None:
        """Let others write to it."""
        if self._file is not None and fcntl is not None:
            with suppress(OSError):
                fcntl.flock(self._file, fcntl.LOCK_UN)

    def _is_begun(self, head: dict[str, Any]) -> bool:
        """Whether there is anything in it but the first bytes of its own head, where the program was stopped."""
        assert self._file is not None  # noqa: S101  (asked of a file that was opened)
        found, own = self._file.read(_LONGEST_HEAD), _line(head).encode()
        mark = own[: own.index(b",")]
        return bool(found) and not (found.startswith(mark) and len(found) < len(own) and own.startswith(found))

    def _read(self, file: BinaryIO, head: dict[str, Any]) -> None:
        file.seek(0)
        self._check_head(file.readline(_LONGEST_HEAD), head)
        number, whole = 1, file.tell()
        while line := file.readline(_LONGEST):
            number += 1
            if not line.endswith(b"\n") and len(line) < _LONGEST:
                file.truncate(whole)  # it was being written when the program was stopped
                return
            try:
                outcome = from_json(json.loads(line), *self._limits)
            except (ValueError, RecursionError):
                raise SweepError(f"{self._name}:{number}: expected the outcome of a run of this sweep") from None
            self.outcomes[outcome.run] = outcome
            whole = file.tell()

    def _check_head(self, line: bytes, head: dict[str, Any]) -> None:
        try:
            found = json.loads(line)
        except (ValueError, RecursionError):
            found = None
        if not isinstance(found, dict) or found.get("format") != FORMAT:
            raise SweepError(f"{self._name}: this is not a saved sweep")
        version = found.get("version")
        if type(version) is not int or version != VERSION:
            written = clean(json.dumps(version), 20)
            raise SweepError(f"{self._name}: a sweep of version {written}; this program reads version {VERSION}")
        if found != json.loads(json.dumps(head)):
            raise SweepError(
                f"{self._name}: this file has another sweep ({_difference(found.get('plan'), head['plan'])}); "
                "name another file, or give the command that began it"
            )

    def add(self, outcomes: Iterable[Outcome]) -> None:
        """Append runs that finished, and see that they reach the disk.

        Raises:
            OutputError: it cannot be written.
            OSError: the same.
        """
        self._write("".join(_line(outcome.as_json()) for outcome in outcomes))

    def _write(self, text: str) -> None:
        if self._file is None:
            with self._output.writing() as stream:
                stream.write(text)
            return
        self._file.write(text.encode())
        self._file.flush()
        os.fsync(self._file.fileno())


def _line(value: dict[str, Any]) -> str:
    """Write an object in one line of ASCII, whatever is in its names."""
    return json.dumps(value, allow_nan=False) + "\n"


def _difference(found: Any, wanted: dict[str, Any]) -> str:
    """Name what differs between two plans, with `recipe` entered one level down."""
    if not isinstance(found, dict):
        return "its plan cannot be read"
    wanted = json.loads(json.dumps(wanted))
    names = [name for name in wanted if found.get(name) != wanted[name]]
    if "recipe" in names and isinstance(found.get("recipe"), dict):
        fields = [name for name in wanted["recipe"] if found["recipe"].get(name) != wanted["recipe"][name]]
        names[names.index("recipe")] = ", ".join(fields) or "recipe"
    return f"{', '.join(names) or 'the number of runs'} differ"
