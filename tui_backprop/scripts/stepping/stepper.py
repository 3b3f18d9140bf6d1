"""The process that a script is stepped in, seen from here: commands go in, recorded updates come out."""

from __future__ import annotations

import json
import os
import tempfile
import time
from bisect import insort
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tui_backprop.core.errors import InputError
from tui_backprop.scripts.running.processes import ENVIRONMENT
from tui_backprop.scripts.running.run import ScriptOptions, request_for
from tui_backprop.scripts.source.source import ScriptError, Source
from tui_backprop.scripts.stepping.loop import TrainingLoop
from tui_backprop.scripts.trace import Trace, load_trace
from tui_backprop.system.process import Child, OverlongError
from tui_backprop.text.cleaning import clean

_BEGIN = 5.0  # seconds that a snapshot has to go on
_SNAPSHOTS = 12  # that are kept at the most
_NEWEST = 2  # snapshots that are kept whatever is close to them
_MEMORY = 1_000_000_000  # bytes that all of them may have together, if nothing is shared


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
        self._run = 1  # which process of the script's is asked: the last one that began at a snapshot
        self._process = -1
        self._snapshots: list[int] = []  # the updates that they wait at, in order
        self._newest: list[int] = []  # the last ones that were taken
        self._watched: tuple[str, ...] = ()
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
        self._watched = expressions
        self._send({"do": "watch", "expressions": list(expressions)})

    def pause(self) -> None:
        """Have it stop before the next update, which is recorded."""
        self._send({"do": "pause"})

    def reaches(self, update: int) -> bool:
        """Return whether its process is before an update, and nearer to it than all snapshots."""
        nearer = any(self.position < one <= update for one in self._snapshots)
        return self.ended is None and self.position <= update and not nearer

    def back_to(self, update: int) -> bool:
        """Go on from the last snapshot that waits at an update or before it, and return whether there was one."""
        while self._snapshots and self._snapshots[0] <= update:
            at = max(one for one in self._snapshots if one <= update)
            if self._tell(at, {"do": "run", "run": self._run + 1, "kill": self._process}):
                self._run, self._process, self.ended = self._run + 1, -1, None
                if self._has_begun():
                    self.position = at
                    self.watch(self._watched)
                    return True
            self._snapshots.remove(at)
        return False

    def _has_begun(self) -> bool:
        end = time.monotonic() + _BEGIN
        while self._process < 0:
            try:
                line = self._child.receive(end - time.monotonic())
            except (TimeoutError, OverlongError):
                return False
            if not line:
                return False
            self._read(line)
        return True

    def _tell(self, at: int, command: dict[str, Any]) -> bool:
        """Tell a snapshot something, and return whether it was there."""
        try:
            inbox = os.open(Path(self._scratch.name) / f"snapshot-{at}", os.O_WRONLY | os.O_NONBLOCK)
        except OSError:
            return False
        try:
            return os.write(inbox, json.dumps(command).encode() + b"\n") > 0
        except OSError:
            return False
        finally:
            os.close(inbox)

    def _keep(self, update: int, size: int) -> None:
        """Take note of a snapshot; where there are too many, end the one next to which others are closest."""
        if update in self._snapshots:
            return
        insort(self._snapshots, update)
        self._newest = [*self._newest, update][-_NEWEST:]
        while len(self._snapshots) > max(_NEWEST + 1, min(_SNAPSHOTS, _MEMORY // max(1, size))):
            ends = [*self._snapshots[2:], self.position + 1]
            inner = zip(self._snapshots, self._snapshots[1:], ends, strict=False)
            gaps = [(after - before, one) for before, one, after in inner if one not in self._newest]
            if not gaps:
                return
            dropped = min(gaps)[1]
            self._snapshots.remove(dropped)
            self._tell(dropped, {"do": "end"})

    def _send(self, command: dict[str, Any]) -> None:
        try:
            self._child.send(json.dumps({**command, "of": self._run}).encode() + b"\n")
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
                raise self._crash(self._child.wait(1.0))
            found = self._read(line)
            if found is not None:
                self.reported = True
                return found

    def _crash(self, status: int | None) -> ScriptError:
        said = clean((self._child.said().strip().splitlines() or [""])[-1])
        return ScriptError(f"{self.source.name}: its process ended (status {status}) {said}".rstrip())

    def _read(self, line: bytes) -> Report | None:
        try:
            answer = json.loads(line)
            if answer["of"] != self._run:
                return None  # of a process that was killed
            if "began" in answer:
                self._process = int(answer["began"])
            if "snapshot" in answer:
                self._keep(int(answer["snapshot"]), int(answer["size"]))
            if "died" in answer:
                raise self._crash(int(answer["died"]))
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
                self._process = 0  # another process may get its number
                error = answer.get("error") or {}
                said = clean(f"{error['type']}: {error['text']}") if error else ""
                self.ended = Ended(int(answer["ended"]), said, error.get("line") if error else None)
                return self.ended
        except ScriptError:
            raise
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
