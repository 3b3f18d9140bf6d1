"""The process that a script is stepped in, seen from here: commands go in, recorded updates come out."""

from __future__ import annotations

import json
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tui_backprop.core.errors import InputError
from tui_backprop.scripts.processes import ENVIRONMENT
from tui_backprop.scripts.running import ScriptOptions, request_for
from tui_backprop.scripts.source.source import ScriptError, Source
from tui_backprop.scripts.stepping.loop import TrainingLoop
from tui_backprop.scripts.trace import Trace, load_trace
from tui_backprop.system.process import Child, OverlongError
from tui_backprop.text.cleaning import clean


@dataclass(frozen=True, slots=True)
class Recorded:
    """An update that was recorded."""

    update: int
    trace: Trace


@dataclass(frozen=True, slots=True)
class Passing:
    """The process is on its way to an update, and is before this one now."""

    update: int


@dataclass(frozen=True, slots=True)
class RunStopped:
    """A run has stopped before an update, or at a line of it."""

    update: int
    reason: str
    event: int | None = None
    """Which statement of the update it is, where it stopped at a line."""


@dataclass(frozen=True, slots=True)
class Ended:
    """The script has ended, after so many updates."""

    updates: int
    error: str = ""
    line: int | None = None


Report = Recorded | Passing | RunStopped | Ended


class Stepper:
    """A script in a process of its own, which waits before its first update.

    Raises:
        OSError: no process can be started.
    """

    def __init__(self, source: Source, setting: ScriptOptions, loop: TrainingLoop) -> None:
        self.source = source
        self.position = 1
        """The update that comes next."""
        self.reported = False
        """Whether it has reported anything yet."""
        self.ended: Ended | None = None
        self._scratch = tempfile.TemporaryDirectory(prefix="tui-backprop-", ignore_cleanup_errors=True)
        request = request_for(source, setting, self._scratch.name)
        request["tick"] = [loop.file, loop.line, loop.column, loop.every]
        self._child = Child("tui_backprop.scripts.tracing.stepping", python=setting.python, environment=ENVIRONMENT)
        self._send(request)

    def record(self, first: int, last: int) -> None:
        """Have some updates recorded, `first` being the next one or a later one; it waits after the last."""
        self._send({"do": "record", "from": first, "to": last})

    def run(self, conditions: tuple[str, ...] = (), lines: tuple[tuple[str, int], ...] = ()) -> None:
        """Let it run until it is told to pause, a condition comes true, or a line (file, number) is reached."""
        self._send({"do": "run", "conditions": list(conditions), "lines": [list(one) for one in lines]})

    def watch(self, expressions: tuple[str, ...]) -> None:
        """Have expressions computed at the beginning of each update that is recorded from now on."""
        self._send({"do": "watch", "expressions": list(expressions)})

    def pause(self) -> None:
        """Have it stop before the next update, which is recorded."""
        self._send({"do": "pause"})

    def _send(self, command: dict[str, Any]) -> None:
        try:
            self._child.send(json.dumps(command).encode() + b"\n")
        except OSError:
            return  # that it has ended is seen where its answer is waited for

    def next(self, timeout: float) -> Report:
        """Return what it reports next.

        Raises:
            TimeoutError: nothing came within so many seconds.
            ScriptError: its process crashed.
        """
        end = time.monotonic() + timeout
        while True:
            try:
                line = self._child.receive(end - time.monotonic())
            except OverlongError:
                line = b""
            if not line:
                status = self._child.wait(1.0)
                said = clean((self._child.said().strip().splitlines() or [""])[-1])
                raise ScriptError(f"{self.source.name}: its process ended (status {status}) {said}".rstrip())
            found = self._read(line)
            if found is not None:
                self.reported = True
                return found

    def _read(self, line: bytes) -> Report | None:
        try:
            answer = json.loads(line)
            if "window" in answer:
                return self._recorded(int(answer["update"]), str(answer["window"]))
            if "passing" in answer:
                self.position = int(answer["passing"])
                return Passing(self.position)
            if "stopped" in answer:
                update, event = int(answer["update"]), answer.get("event")
                self.position = update + (event is not None)  # an update that has run to a line is made whole
                return RunStopped(update, clean(str(answer["stopped"])), None if event is None else int(event))
            if "ended" in answer:
                error = answer.get("error") or {}
                said = clean(f"{error['type']}: {error['text']}") if error else ""
                self.ended = Ended(int(answer["ended"]), said, error.get("line") if error else None)
                return self.ended
        except (ValueError, KeyError, TypeError):
            return None  # the script has written to our pipe
        return None

    def _recorded(self, update: int, path: str) -> Report | None:
        file = Path(path)
        self._send({"do": "seen"})
        if file.parent != Path(self._scratch.name).resolve():
            return None
        try:
            trace = load_trace(file)
        except InputError:
            return None
        finally:
            file.unlink(missing_ok=True)
        self.position = update + 1
        return Recorded(update, trace)

    def close(self) -> None:
        """End the process and all that it started."""
        self._child.close()
        self._scratch.cleanup()

    def interrupt(self) -> None:
        """Have the process killed; returns at once."""
        self._child.end()
