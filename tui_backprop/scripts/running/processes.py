"""The processes that scripts run in: each run is a fork of one that has loaded NumPy and the recorder already."""

from __future__ import annotations

import contextlib
import json
import secrets
import sys
import time
from typing import Any

from tui_backprop.system.process import Child
from tui_backprop.text.cleaning import clean

ENVIRONMENT = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "PYTHONHASHSEED": "0",
    "PYTHONDONTWRITEBYTECODE": "1",
    "MPLBACKEND": "Agg",
    "TF_CPP_MIN_LOG_LEVEL": "3",
}
"""Variables of the process that a script runs in."""


class ScriptProcesses:
    """Processes that wait for the next run of a script, and end with `close`.

    A run has a process to itself, forked from one of these: nothing that a script does reaches the next run.
    """

    def __init__(self) -> None:
        self._idle: dict[str, list[Child]] = {}
        self._open = True

    def __enter__(self) -> ScriptProcesses:
        return self

    def __exit__(self, *problem: object) -> None:
        self.close()

    def take(self, python: str) -> Child:
        """Return a process of an interpreter that waits, or a new one.

        Raises:
            OSError: it cannot be started.
        """
        waiting = self._idle.get(python)
        if waiting:
            return waiting.pop()
        return Child("tui_backprop.scripts.tracing.main", python=python, environment=ENVIRONMENT)

    def give_back(self, python: str, child: Child) -> None:
        """Keep a process that waits again for the next run."""
        if self._open:
            self._idle.setdefault(python, []).append(child)
        else:
            child.close()

    def close(self) -> None:
        """End all that wait; one that is at work ends with its run."""
        self._open = False
        for waiting in self._idle.values():
            while waiting:
                waiting.pop().close()


class ProcessRun:
    """One run in one of the processes, from here on.

    Raises:
        OSError: the process cannot be started.
    """

    def __init__(self, processes: ScriptProcesses, python: str, request: dict[str, Any], seconds: float) -> None:
        self._processes, self._python = processes, python
        self._child: Child | None = processes.take(python)
        self._mark = secrets.token_hex(8)
        self._status: int | None = None
        self._end = time.monotonic() + seconds
        with contextlib.suppress(OSError):  # that it has ended is seen where its answer is waited for
            self._child.send(json.dumps({**request, "mark": self._mark}).encode() + b"\n")

    def wait(self, *, verbose: bool) -> None:
        """Wait for the end of the script, whose output goes to standard error where it is wanted.

        Raises:
            TimeoutError: it did not end in time.
            OverlongError: it wrote a line that is too long.
        """
        child = self._child
        while child is not None and (line := child.receive(self._end - time.monotonic())):
            text, marked, status = line.partition(self._mark.encode())
            if verbose and text.strip(b"\n"):
                sys.stderr.write(clean(text.decode(errors="replace")) + "\n")
            if marked:
                self._status = int(status)
                if self._status == 0:
                    self._processes.give_back(self._python, child)
                    self._child = None
                return

    def said(self) -> str:
        """Return the last line that the process complained about, where it gave no answer."""
        if self._child is None:
            return f"status {self._status}"
        status = self._child.wait(max(0.0, self._end - time.monotonic())) if self._status is None else self._status
        self._child.close()
        said = self._child.said().strip().splitlines()
        return clean(said[-1]) if said else f"status {status}"

    def close(self) -> None:
        """End the process if it is at work still; may be called twice."""
        if self._child is not None:
            self._child.close()
            self._child = None
