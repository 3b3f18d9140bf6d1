"""The process that the user's file runs in: started, asked, limited in time, and ended with one clear sentence."""

from __future__ import annotations

import contextlib
import json
import re
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from tui_backprop.core.errors import InputError
from tui_backprop.scripts.running.limits import TIMEOUT
from tui_backprop.system.inputs import InputFileError, read_python, shown_path
from tui_backprop.system.process import LONGEST, Child, OverlongError
from tui_backprop.text.cleaning import clean

_GRACE = 2.0  # seconds after its time that the process has to end itself, before it is ended
_FRAME = re.compile(r'File "(?P<file>[^"]*)", line (?P<line>\d+) in (?P<function>\S+)')

Answer = TypeVar("Answer")


class LearnerError(InputError):
    """The user's file cannot be used; one sentence, which begins with the file and, where it is known, the line."""


class AnswerError(ValueError):
    """An answer that is not one; the text says what was expected, in a few words."""


class LearnerProcess:
    """A process with the user's file in it.

    The file is read once, here. `ask` gives its functions work to do; whatever it does (raise, exit, crash, never end, or
    write where answers are written) becomes a `LearnerError`, after which the next question starts a new process with the
    same text.

    Raises:
        LearnerError: the file cannot be read; one sentence.
    """

    def __init__(self, path: str, timeout: float = TIMEOUT, source: str | None = None) -> None:
        self.path = path
        self.name = clean(Path(path).name)
        """The file as messages call it."""
        self._source = _text_of(path) if source is None else source
        self._timeout = self._left = timeout
        self._child: Child | None = None
        self._loading = False

    @property
    def alive(self) -> bool:
        """Whether there is a process; there is none before the first question, and none after it crashed or was ended."""
        return self._child is not None

    def renew(self) -> None:
        """Give the file its whole time again, for another question."""
        self._left = self._timeout

    def start(self) -> None:
        """Start the process and have it load the file, without waiting for it; the first question does this otherwise."""
        self._child = Child(
            "tui_backprop.scripts.functions.worker",
            environment={"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
        )
        self._loading = True
        self._send("load", path=self.path, source=self._source)

    def ask(self, question: str, read: Callable[[Any], Answer], **details: Any) -> Answer:
        """Return the answer of a handler of `tui_backprop.scripts.functions.worker`.

        Args:
            question: the handler.
            read: makes what is expected of the answer, as JSON has it, or raises `AnswerError`.
            details: its arguments.

        Raises:
            LearnerError: the file cannot be read or run, raised something, ended its process, took too long or gave an
                answer that is not one.
        """
        if self._child is None:
            self.start()
        if self._loading:
            self._loading = False
            self._receive("load")
        self._send(question, **details)
        found = self._receive(question)
        try:
            return read(found)
        except AnswerError as error:
            raise self._unusable(question, str(error)) from None

    def close(self) -> None:
        """End the process, and those that the file has started from it."""
        child, self._child = self._child, None
        if child is not None:
            child.close()

    def _send(self, question: str, **details: Any) -> None:
        """Send one question; that its process has ended is seen where the answer is waited for."""
        assert self._child is not None  # noqa: S101  (it was started before)
        with contextlib.suppress(OSError):
            self._child.send(json.dumps({"question": question, "seconds": self._left, **details}).encode() + b"\n")

    def _receive(self, question: str) -> Any:
        """Wait for the answer to the question that was sent."""
        started = time.monotonic()
        child = self._child
        assert child is not None  # noqa: S101  (it was asked)
        line, answer = b"", None
        try:
            line = child.receive(self._left + _GRACE)
            answer = json.loads(line) if line else None
        except OverlongError:
            raise self._unusable(question, f"it is longer than {LONGEST // 2**20} MiB") from None
        except (OSError, ValueError, RecursionError):  # it ended, is endless, or wrote something else
            pass
        except BaseException:  # ^C: what it was asked is not wanted any more
            self.close()
            raise
        self._left -= time.monotonic() - started
        match answer:
            case {"answer": found}:
                return found
            case {"error": str(sentence), "line": int() | None as at}:
                raise LearnerError(f"{self._place(at)}: {clean(sentence, 300)}")
        if line:
            raise self._unusable(question, "it is not an answer")
        raise self._gone(question)

    def _place(self, line: int | None) -> str:
        return self.name if line is None else f"{self.name}:{line}"

    def _unusable(self, question: str, why: str) -> LearnerError:
        """Say what is wrong with an answer, and end the process, of which nothing can be believed any more."""
        self.close()
        return LearnerError(
            f"{self.name}: the answer of its process to '{question}' cannot be used: {why}; "
            "does the file write to files that it did not open?"
        )

    def _gone(self, question: str) -> LearnerError:
        """Say why there was no answer, and forget the process."""
        child = self._child
        assert child is not None  # noqa: S101  (there was one to ask)
        if self._left > 0:
            child.wait(_GRACE)
        status = child.close()
        said = child.said()
        self._child = None
        doing = "being loaded" if question == "load" else "being asked for its numbers"
        frames = [found for found in _FRAME.finditer(said) if Path(found["file"]).name == Path(self.path).name]
        if self._left <= 0 or "Timeout (" in said:
            place = f"{self._place(int(frames[0]['line']))}: " if frames else f"{self.name}: "
            inside = f" in {clean(frames[0]['function'])}" if frames else ""
            return LearnerError(
                f"{place}it did not end within {self._timeout:g} s{inside}: is there a loop without an end?"
            )
        if status < 0:
            return LearnerError(f"{self.name}: it crashed ({_signal_name(-status)}) while {doing}")
        return LearnerError(f"{self.name}: it ended its own process (status {status}) while {doing}")


def _text_of(path: str) -> str:
    try:
        return read_python(Path(path))
    except InputFileError as error:
        raise LearnerError(f"{shown_path(path)}: {error}") from None


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
