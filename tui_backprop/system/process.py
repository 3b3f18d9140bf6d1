"""Processes of ours that run what a user named: started away from the working folder, bounded, and ended for certain."""

from __future__ import annotations

import contextlib
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO

LONGEST = 2**26
"""Bytes of one line that a process may answer with, 64 MiB."""

_LAUNCH = Path(__file__).with_name("launch.py")
_KEPT = 2**16  # bytes of its standard error that are kept, the last ones
_AT_ONCE = 2**14  # bytes that fit into an empty pipe everywhere
_PATIENCE = 5.0  # seconds that a guard has to kill what it guards


class OverlongError(ValueError):
    """A process wrote a line that is longer than `LONGEST`."""


class Child:
    """A process that runs `main()` of one of our modules, and ends when this one does, however that happens.

    On POSIX a guard is between: it ends the process and all that this has started (threads, forks, daemons) as soon as
    `end` is called or this process is gone. The working folder is not on the new process's path, and of modules of our name
    it has this very package. Whatever it writes, memory here is bounded.

    Args:
        module: of this package, with a function `main()`.
        arguments: what it finds in `sys.argv[1:]`.
        python: the interpreter.
        environment: variables besides those of this process.
        folder: its working folder; that of this process if left out.

    Raises:
        OSError: it cannot be started.
    """

    def __init__(
        self,
        module: str,
        *arguments: str,
        python: str = sys.executable,
        environment: Mapping[str, str] | None = None,
        folder: Path | None = None,
    ) -> None:
        self._lock = threading.Lock()
        lifeline, self._lifeline = os.pipe()
        try:
            self._process = subprocess.Popen(  # noqa: S603  (a module of ours)
                [python, str(_LAUNCH), str(lifeline), module, *arguments],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env=safe_environment() | dict(environment or {}),
                cwd=folder,
                start_new_session=True,  # ^C is for us
                pass_fds=(lifeline,) if os.name == "posix" else (),
            )
        except BaseException:
            os.close(self._lifeline)
            raise
        finally:
            os.close(lifeline)
        self._wanted = threading.Semaphore(0)
        self._lines: queue.SimpleQueue[bytes | OverlongError] = queue.SimpleQueue()
        self._said = bytearray()
        self._begin(self._read, self._process.stdout)
        self._draining = self._begin(self._drain, self._process.stderr)

    # What is said to it, and what it says.

    def send(self, data: bytes) -> None:
        """Write to its standard input; never waits, whether it reads or not.

        Raises:
            BrokenPipeError: it is known to have ended.
        """
        pipe = self._process.stdin
        assert pipe is not None  # noqa: S101  (it was asked for)
        if len(data) <= _AT_ONCE:
            _write(pipe, data)
        else:
            self._begin(_try_to_write, pipe, data)

    def receive(self, timeout: float) -> bytes:
        """Return the next line of its standard output, nothing at its end.

        Raises:
            TimeoutError: none came within so many seconds.
            OverlongError: it is too long; there is nothing more to read then.
        """
        self._wanted.release()
        try:
            line = self._lines.get(timeout=max(timeout, 0.0))
        except queue.Empty:
            raise TimeoutError from None
        if isinstance(line, OverlongError):
            raise line
        return line

    def said(self) -> str:
        """Return the end of what it wrote to its standard error; all of that once it has ended."""
        if self._process.poll() is not None:
            self._draining.join(_PATIENCE)
        return bytes(self._said).decode("utf-8", errors="replace")

    # Its end.

    def end(self) -> None:
        """Have it killed with all that it started; returns at once, and may be called from any thread, and twice."""
        with self._lock:
            lifeline, self._lifeline = self._lifeline, -1
        if lifeline >= 0:
            os.close(lifeline)
            if os.name != "posix":
                self._process.kill()

    def wait(self, timeout: float) -> int | None:
        """Return its exit status, as `subprocess` has it; None if it still runs after so many seconds."""
        try:
            return self._process.wait(timeout)
        except subprocess.TimeoutExpired:
            return None

    def close(self) -> int:
        """End it, wait until it and all that it started have ended, and return its exit status."""
        self.end()
        self._draining.join(
            _PATIENCE
        )  # until no process can write to it: that is told at once, and its status looked for
        status = self.wait(_PATIENCE)
        if status is None:  # something keeps the guard from its work
            self._process.kill()
            status = self._process.wait()
        self._wanted.release()
        if self._process.stdin is not None:
            with contextlib.suppress(OSError):
                self._process.stdin.close()
        return status

    # Threads.

    def _begin(self, work: object, *arguments: object) -> threading.Thread:
        thread = threading.Thread(target=work, args=arguments, daemon=True)  # type: ignore[arg-type]
        thread.start()
        return thread

    def _read(self, pipe: IO[bytes]) -> None:
        """Read a line whenever one is wanted: what was not asked for stays in the pipe."""
        with contextlib.suppress(OSError, ValueError), pipe:
            while True:
                self._wanted.acquire()
                line = pipe.readline(LONGEST + 1)
                if len(line) > LONGEST:
                    self._lines.put(OverlongError())
                    return
                self._lines.put(line)
                if not line:
                    return

    def _drain(self, pipe: IO[bytes]) -> None:
        """Read all, so that it never has to wait, and keep the last of it."""
        with contextlib.suppress(OSError, ValueError), pipe:
            while part := pipe.read1(_KEPT):  # type: ignore[attr-defined]
                self._said += part
                del self._said[:-_KEPT]


def safe_environment() -> dict[str, str]:
    """Return the environment of this process without what would put the working folder on the path of a new one."""
    found = {name: value for name, value in os.environ.items() if name != "PYTHONINSPECT"}
    paths = [path for path in found.get("PYTHONPATH", "").split(os.pathsep) if Path(path).is_absolute()]
    found["PYTHONPATH"] = os.pathsep.join(paths)
    return found


@contextlib.contextmanager
def environment_of_children() -> Iterator[None]:
    """Let processes that a library starts meanwhile begin with `safe_environment`, and no working folder on their path."""
    wanted = safe_environment() | {"PYTHONSAFEPATH": "1"}
    names = {name for name in (*wanted, *os.environ) if os.environ.get(name) != wanted.get(name)}
    kept = {name: os.environ.get(name) for name in names}
    _set_variables({name: wanted.get(name) for name in names})
    try:
        yield
    finally:
        _set_variables(kept)


def _set_variables(values: Mapping[str, str | None]) -> None:
    for name, value in values.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value


def _write(pipe: IO[bytes], data: bytes) -> None:
    pipe.write(data)
    pipe.flush()


def _try_to_write(pipe: IO[bytes], data: bytes) -> None:
    with contextlib.suppress(OSError, ValueError):  # that it ended is seen where its answer is waited for
        _write(pipe, data)
