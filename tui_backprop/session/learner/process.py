"""The process that somebody's file runs in: started, asked, limited in time, and ended with one clear sentence."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
import tokenize
from pathlib import Path
from typing import IO, Any

from tui_backprop.core.errors import InputError
from tui_backprop.datasets.text import clean

TIMEOUT = 10.0
"""Seconds that somebody's file may take for all that is asked of it at once."""

_GRACE = 2.0  # seconds after its time that the process has to end itself, before it is ended
_PACKAGES = Path(__file__).resolve().parents[3]
_FRAME = re.compile(r'File "(?P<file>[^"]*)", line (?P<line>\d+) in (?P<function>\S+)')


class LearnerError(InputError):
    """Somebody's file cannot be used; one sentence, which begins with the file and, where it is known, the line."""


class LearnerProcess:
    """A process with somebody's file in it.

    The file is read once, here. `ask` gives its functions work to do; whatever it does (raise, exit, crash, never end)
    becomes a `LearnerError`, after which the next question starts a new process with the same text.

    Raises:
        LearnerError: the file cannot be read; one sentence.
    """

    def __init__(self, path: str, timeout: float = TIMEOUT, source: str | None = None) -> None:
        self.path = path
        self.name = clean(Path(path).name)
        """The file as messages call it."""
        self._source = _text_of(path) if source is None else source
        self._timeout = self._left = timeout
        self._interrupted = False
        self._process: subprocess.Popen[str] | None = None
        self._answers: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._stderr: IO[str] | None = None

    @property
    def alive(self) -> bool:
        """Whether there is a process; there is none before the first question, and none after it crashed or was ended."""
        return self._process is not None

    def twin(self) -> LearnerProcess:
        """Return another process for the same text, whatever the file has by now."""
        return LearnerProcess(self.path, self._timeout, self._source)

    def renew(self) -> None:
        """Give the file its whole time again, for another question."""
        self._left = self._timeout

    def ask(self, question: str, **details: Any) -> Any:
        """Return the answer of a handler of `tui_backprop.session.learner.worker`.

        Raises:
            LearnerError: the file cannot be read or run, raised something, ended its process or took too long.
        """
        if self._process is None:
            self._start()
            self._exchange("load", path=self.path, source=self._source)
        return self._exchange(question, **details)

    def interrupt(self) -> None:
        """Kill the process, from any thread: the question that it is being asked ends with an error at once."""
        process = self._process
        if process is not None:
            self._interrupted = True
            process.kill()

    def close(self) -> None:
        """End the process, and those that the file has started from it."""
        process, self._process = self._process, None
        if process is not None:
            if os.name == "posix":
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
            process.kill()
            process.wait()
            for pipe in (process.stdin, self._stderr):  # whoever reads its standard output closes that
                if pipe is not None:
                    with contextlib.suppress(BrokenPipeError):
                        pipe.close()

    def _start(self) -> None:
        self._interrupted = False
        paths = [str(_PACKAGES), *filter(None, [os.environ.get("PYTHONPATH")])]
        self._stderr = tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace")  # noqa: SIM115  (closed with the process)
        self._answers = queue.SimpleQueue()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tui_backprop.session.learner.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._stderr,
            env={
                **os.environ,
                "PYTHONPATH": os.pathsep.join(paths),
                "OMP_NUM_THREADS": "1",
                "OPENBLAS_NUM_THREADS": "1",
            },
            encoding="utf-8",
            start_new_session=True,  # ^C is for us: the process is ended, and does not print a traceback of its own
        )
        threading.Thread(target=_read, args=(self._process.stdout, self._answers), daemon=True).start()

    def _exchange(self, question: str, **details: Any) -> Any:
        """Send one question and wait for its answer."""
        started = time.monotonic()
        process = self._process
        assert process is not None  # noqa: S101  (it was started just now)
        assert process.stdin is not None  # noqa: S101  (it is a pipe)
        try:
            process.stdin.write(json.dumps({"question": question, "seconds": self._left, **details}) + "\n")
            process.stdin.flush()
            answer = json.loads(self._answers.get(timeout=self._left + _GRACE))
        except (
            BrokenPipeError,
            queue.Empty,
            ValueError,
        ):  # ended, endless, or the file wrote where answers are written
            answer = None
        except BaseException:  # ^C: what it was asked is not wanted any more
            self.close()
            raise
        self._left -= time.monotonic() - started
        if not isinstance(answer, dict):
            raise self._gone(question)
        if "error" in answer:
            raise LearnerError(f"{self._place(answer.get('line'))}: {clean(answer['error'], 300)}")
        return answer["answer"]

    def _place(self, line: int | None) -> str:
        return self.name if line is None else f"{self.name}:{line}"

    def _gone(self, question: str) -> LearnerError:
        """Say why there was no answer, and forget the process."""
        process, stderr = self._process, self._stderr
        assert process is not None  # noqa: S101  (there was one to ask)
        assert stderr is not None  # noqa: S101  (it was opened with the process)
        if process.poll() is None:
            try:
                process.wait(_GRACE)
            except subprocess.TimeoutExpired:
                process.kill()
        status = process.wait()
        stderr.seek(0)
        said = stderr.read()
        self.close()
        doing = "being loaded" if question == "load" else "being asked for its numbers"
        frames = [found for found in _FRAME.finditer(said) if Path(found["file"]).name == Path(self.path).name]
        if self._interrupted:
            return LearnerError(f"{self.name}: it was interrupted while {doing}")
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
    if not Path(path).is_file():
        there = "this is a folder" if Path(path).is_dir() else "there is no such file"
        raise LearnerError(f"{clean(path)}: {there}")
    try:
        with tokenize.open(path) as file:  # in the encoding that the file names
            return file.read()
    except (SyntaxError, UnicodeDecodeError, LookupError):
        raise LearnerError(f"{clean(path)}: this is not text: expected a Python file") from None
    except OSError as error:
        raise LearnerError(f"{clean(path)}: {error.strerror}") from None


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


def _read(pipe: IO[str], answers: queue.SimpleQueue[str]) -> None:
    """Hand every line on; an empty one says that the process has ended."""
    with contextlib.suppress(OSError, ValueError), pipe:
        for line in pipe:
            answers.put(line)
    answers.put("")
