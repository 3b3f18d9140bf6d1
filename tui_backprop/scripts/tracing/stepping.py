"""The program of the process that a script is stepped in: requests and answers are lines of JSON, updates are files.

It begins with the request of a trace and the place of the training loop. Then it takes commands, at the beginning of an
update and nowhere else: `record` (from one update to another), `run` (until told to pause, or a condition holds, or a line
is reached), `pause`. Each has the number of the run that it is for: a run ends where another one begins from a snapshot.
"""

from __future__ import annotations

import ast
import json
import math
import os
import queue
import sys
import threading
import time
import types
from typing import Any

import numpy as np

from .doubling import doubled
from .dump import dump
from .following import Follower
from .names import collect
from .snapshots import Snapshots
from .traced_run import TracedRun, leave

_SLICE = 0.02  # seconds of plain running between two looks at the clock
_LIVELY = 0.5  # seconds at the beginning of a run in which half of the time may go into looking
_SHARE = 4  # times the cost of a recorded update that lies between two, later
_GROWTH = 1.25  # times the last recorded update after which another one is recorded, at the beginning
_BURST = 60  # updates that may wait to be looked at, at the beginning
_UNSEEN = 4  # updates that were sent and not yet looked at, at the most
_TEXT = 200  # characters of a value that is no number
_NUMBERS = 64  # of a watched array
_OFTEN = 0.1  # seconds between two recorded updates at least, later: a frame of the screen


class SteppedRun(TracedRun):
    """A script that is stepped."""

    def __init__(self, request: dict[str, Any], requests: int) -> None:
        super().__init__(request)
        self.recorder: Follower = Follower(self.wanted, self.done, request["tick"][3])  # type: ignore[assignment]
        self.hooks = self.recorder
        self.requests = requests
        self.run = 1
        self.listens = False
        self.commands: queue.Queue[dict[str, Any]] = queue.Queue()
        self.answers = os.fdopen(os.dup(1), "w", buffering=1)
        nothing = os.open(os.devnull, os.O_RDWR)
        os.dup2(nothing, 0)
        os.dup2(nothing, 1)
        self.watches: list[tuple[str, Any]] = []
        self.watched: dict[str, Any] = {}
        self.unseen = 0  # updates that were sent and not yet looked at
        self.first = self.until = 0  # the first and the last update that are to be recorded
        self.running = False
        self.conditions: list[tuple[str, Any]] = []
        self.was_true: list[bool] = []
        self.cost = 0.002  # seconds that a recorded update takes
        self.began = self.looked = self.opened = 0.0
        self.looked_at = 0
        self.told = 0.0
        self.snapshots = Snapshots(self.sandbox.scratch, self.sandbox.lifted, self._begin, self._died)

    def _begin(self, run: int) -> None:
        """Listen to commands from here on, in the process that runs the script."""
        self.run, self.listens = run, True
        self.unseen = 0
        self.commands = queue.Queue()
        self.say(began=os.getpid())
        threading.Thread(target=self._listen, daemon=True).start()

    def _died(self, run: int, status: int) -> None:
        """Tell that a process which ran the script has crashed."""
        self.run = run
        self.say(died=-os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status))

    def _listen(self) -> None:
        waiting = b""
        while True:
            found = os.read(self.requests, 65536)
            if not found:
                leave(0)
            *lines, waiting = (waiting + found).split(b"\n")
            for line in lines:
                self._hear(json.loads(line))

    def _hear(self, command: dict[str, Any]) -> None:
        """Take note of a command, which is carried out before an update."""
        if command["of"] == self.run:
            if command["do"] == "seen":
                self.unseen -= 1
            elif command["do"] == "watch":
                self.watches = [(text, compile(text, "<watch>", "eval")) for text in command["expressions"]]
            else:
                self.commands.put(command)
                self.recorder.next_look = 0

    def compile(self, source: str, path: str) -> types.CodeType:
        """Return a source file as code that can be looked at."""
        tree = ast.parse(source, path)
        number = self.places.add_file(path)
        self.recorder.traced.add(path)
        file, line, column, _ = self.request["tick"]
        here = (line, column) if path == file else None
        return compile(doubled(tree, self.places, number, here), path, "exec", dont_inherit=True)

    # commands

    def say(self, **answer: Any) -> None:
        """Send one answer, on a line of its own also where a process was killed while it wrote."""
        self.answers.write("\n" * ("began" in answer) + json.dumps({**answer, "of": self.run}) + "\n")

    def wanted(self, update: int, frame: types.FrameType) -> bool:
        """Take commands before an update, and say whether it is to be recorded; then what is watched is computed."""
        found = self._wanted(update, frame)
        if found:
            self.watched = {text: _shown(self._computed(code, frame)) for text, code in self.watches}
        return found

    def _wanted(self, update: int, frame: types.FrameType) -> bool:
        keep = self.snapshots.take if self.listens else self.snapshots.begin
        if size := keep(update):
            self.say(snapshot=update, size=size)
        now = time.monotonic()
        if self.running:
            stopped = self._stopped(update, frame)
            if stopped:
                self.running = False
                self.first = self.until = update
                self.say(stopped=stopped, update=update)
        while not self.commands.empty() or (not self.running and update > self.until):
            self._take(self.commands.get(), update, frame)
        self.opened = time.monotonic()
        if not self.running:
            record = update >= self.first
            if not record and now - self.told > 0.2:
                self.told = now
                self.say(passing=update)
            self.recorder.next_look = update + 1 if record else self._ahead(update, self.first)
            return record
        return self._live(update)

    def _take(self, command: dict[str, Any], update: int, frame: types.FrameType) -> None:
        self.running = False
        self.snapshots.often = command["do"] != "run"
        self.recorder.breaks = set()
        if command["do"] == "record":
            self.first, self.until = command["from"], command["to"]
        elif command["do"] == "pause":
            self.first = self.until = update
            self.say(stopped="pause", update=update)
        elif command["do"] == "run":
            self.running = True
            self.conditions = [(text, compile(text, "<condition>", "eval")) for text in command["conditions"]]
            self.was_true = [self._holds(code, frame) is True for _, code in self.conditions]
            lines = {tuple(one) for one in command["lines"]}
            self.recorder.breaks = {
                n for n, row in enumerate(self.places.rows)
                if row[5] == "statement" and (self.places.files[row[0]], row[1]) in lines
            }  # fmt: skip
            self.first = 2**62
            self.began = time.monotonic()
            self.looked, self.looked_at = 0.0, update

    def _ahead(self, update: int, goal: int) -> int:
        """Return the update before which the clock is looked at next."""
        now = time.monotonic()
        rate = max(1.0, (update - self.looked_at) / max(now - self.looked, 1e-6)) if self.looked else 1.0
        self.looked, self.looked_at = now, update
        return int(min(goal, update + max(1, rate * _SLICE)))

    def _live(self, update: int) -> bool:
        """Say whether an update of a run is recorded: so many that the plain ones have most of the time."""
        look = self.recorder
        if look.breaks:
            look.next_look = update + 1
            return True
        now = time.monotonic()
        lively = now - self.began < _LIVELY
        wait = self.cost if lively else max(_OFTEN, _SHARE * self.cost)
        due = self.looked == 0 or now - self.looked >= wait or (lively and update >= _GROWTH * self.looked_at)
        if due and self.unseen < (_BURST if lively else _UNSEEN):
            self.pace(update, now)
            return True
        look.next_look = update + self.stride if not self.conditions else update + 1
        return False

    stride = 1
    """Updates between two looks at the clock."""

    def pace(self, update: int, now: float) -> None:
        """Find how many updates pass between two looks at the clock."""
        if self.looked:
            rate = (update - self.looked_at) / max(now - self.looked, 1e-6)
            self.stride = int(min(max(1.0, rate * self.cost / 4), max(1, update // 8)))
        self.looked, self.looked_at = now, update
        self.recorder.next_look = update + 1

    # stops

    def _stopped(self, update: int, frame: types.FrameType) -> str:
        """Return why a run stops before an update; nothing where it goes on."""
        if self.recorder.hit:
            self.recorder.hit = False
        for n, (text, code) in enumerate(self.conditions):
            holds = self._holds(code, frame)
            if isinstance(holds, str):
                self.conditions.pop(n)
                self.was_true.pop(n)
                return f"{text}: {holds}"
            before, self.was_true[n] = self.was_true[n], holds
            if holds and not before:
                return text
        return ""

    def _holds(self, code: Any, frame: types.FrameType) -> Any:
        """Return whether a condition over the script's names holds; a sentence where it cannot be computed."""
        found = self._computed(code, frame)
        try:
            return found if isinstance(found, str) else bool(np.all(found))
        except Exception as error:
            return _told(error)

    def _computed(self, code: Any, frame: types.FrameType) -> Any:
        """Return an expression over the script's names; a sentence where it cannot be computed."""
        try:
            names = {**_WORDS, **frame.f_globals, **frame.f_locals, "__builtins__": {}}
            return eval(code, names)  # noqa: S307  (checked before; it runs beside the script, in its process)
        except Exception as error:
            return _told(error)

    # updates

    def done(self, update: int, frame: types.FrameType) -> None:
        """Send a recorded update."""
        recorder = self.recorder
        hit = recorder.hit
        if self.running and recorder.breaks and not hit and not self._due():
            return
        path = os.path.join(self.sandbox.scratch, f"update-{update}.npz")
        window = {
            "update": update,
            "events": recorder.events,
            "made": recorder.made,
            "watched": self.watched,
            "trouble": recorder.trouble or "",
        }
        frames = [frame]
        more = {
            "reason": "window",
            "notes": self.sandbox.notes,
            "window": window,
            "paths": collect(recorder.store, frames),
        }
        recorder.trouble = None
        dump(path, recorder, self.places, more)
        if self.running and hit:
            self.running = False
            self.first = self.until = update
            at = next(n for n, one in enumerate(recorder.events) if n and one[0] in recorder.breaks)
            recorder.breaks = set()
            recorder.next_look = 0
            self.say(window=path, update=update)
            self.say(stopped="line", update=update, event=at)
        else:
            self.say(window=path, update=update)
        self.unseen += 1
        now = time.monotonic()
        self.cost += 0.3 * (now - self.opened - self.cost)
        self.looked = now
        self.looked_at = update

    def _due(self) -> bool:
        return time.monotonic() - self.looked >= max(_OFTEN, _SHARE * self.cost)

    def finish(self, reason: str, error: BaseException | None = None) -> None:
        """Say how the script ended, and end."""
        recorder = self.recorder
        recorder.end(sys._getframe(1))
        answer: dict[str, Any] = {"ended": recorder.update, "notes": self.sandbox.notes}
        if error is not None and not (isinstance(error, SystemExit) and not error.code):
            answer["error"] = self._described(error)
        self.say(**answer)
        leave(0)


def _told(error: Exception) -> str:
    return f"{type(error).__name__}: {error}".removesuffix(": ")[:_TEXT]


def _shown(value: Any) -> Any:
    """Return a watched value as JSON has it: numbers, of a large array every so many, or a text."""
    try:
        found = np.asarray(value, dtype=float)
        flat = found.ravel()
        return float(found) if found.ndim == 0 else flat[:: max(1, -(-len(flat) // _NUMBERS))].tolist()
    except (TypeError, ValueError):
        return str(value)[:_TEXT]


_WORDS = {
    "abs": abs, "min": min, "max": max, "sum": sum, "len": len, "any": np.any, "all": np.all, "isnan": np.isnan,
    "isinf": np.isinf, "isfinite": np.isfinite, "mean": np.mean, "norm": np.linalg.norm, "sqrt": np.sqrt, "exp": np.exp,
    "log": np.log, "inf": math.inf, "nan": math.nan, "True": True, "False": False,
}  # fmt: skip


def main() -> None:
    """Step one script."""
    requests, first = os.dup(0), b""
    while not first.endswith(b"\n"):  # what comes after the first line is for the process that runs it
        found = os.read(requests, 1)
        if not found:
            return
        first += found
    SteppedRun(json.loads(first), requests).go()
