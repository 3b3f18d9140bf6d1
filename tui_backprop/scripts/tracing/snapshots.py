"""Forks of a script's process that wait at earlier updates, so that it goes on from there again, not from its start.

The first process waits at the first update, and what runs is a fork of it. A snapshot waits for a line in a named pipe in
the scratch folder: `run` has it fork a process that goes on, `end` ends it. All of them end with the process of the guard.
"""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
import stat
import sys
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any

try:
    import resource
except ImportError:  # Windows, which has no forks either
    resource = None  # type: ignore[assignment]

_CLOSE = 0.1  # seconds of processor time between two snapshots on the way to an update
_APART = 0.3  # seconds between two of a run at the least: to go on after a fork costs some milliseconds
_SHARE = 24  # part of the time that a run took, which lies between two later ones
_LARGEST = 500_000_000  # bytes of a process of which snapshots are taken
_PATIENCE = 2.0  # seconds that a process has to die
_OURS = ("update-", "snapshot-")  # files of the scratch folder that the script did not write
_exit = os._exit


class Snapshots:
    """The snapshots that one process takes of itself.

    Args:
        folder: where their pipes are.
        lifted: allows what the script must not do: fork and kill.
        resumed: called in a process that goes on from a snapshot, with the number of its run.
        died: called where such a process has crashed, with the number of its run and its status.
    """

    def __init__(
        self,
        folder: str,
        lifted: Callable[[], AbstractContextManager[None]],
        resumed: Callable[[int], None],
        died: Callable[[int, int], None],
    ) -> None:
        self.folder = folder
        self.lifted = lifted
        self.resumed = resumed
        self.died = died
        self.known = {one for one, _ in _open_files()}
        self.spent = self.latest = 0.0
        self.often = False
        """Whether snapshots are close to one another, as on the way to an update that is looked at."""

    def begin(self, update: int) -> int:
        """Make this process the first snapshot, and go on in a fork of it; return its bytes, 0 where there are no forks."""
        if self._possible(1):
            signal.signal(signal.SIGCHLD, signal.SIG_IGN)
            inbox = self._inbox(update)
            if inbox >= 0:
                self._wait(update, inbox, 1)
                return _size()
        self.resumed(1)
        return 0

    def take(self, update: int) -> int:
        """Take a snapshot where one is due, and return how many bytes it has at the most; 0 where none was taken."""
        now = self.spent + time.process_time()
        if now - self.latest < (_CLOSE if self.often else max(_APART, now / _SHARE)):
            return 0
        self.latest = now
        size = _size()
        inbox = self._inbox(update) if size <= _LARGEST and self._possible(2) else -1
        if inbox < 0:
            return 0
        if self._fork() == 0:
            self.spent = now
            self._wait(update, inbox, 0)
            return 0
        os.close(inbox)
        return size

    def _possible(self, threads: int) -> bool:
        """Return whether a fork is all there is to the script's state: no other threads, and nothing in files."""
        if not hasattr(os, "fork") or threading.active_count() != threads:
            return False
        if threading.current_thread() is not threading.main_thread():
            return False
        return not self._has_files()

    def _has_files(self) -> bool:
        if any(not name.startswith(_OURS) for name in os.listdir(self.folder)):
            return True
        return any(_is_unread(one, found) for one, found in _open_files() if one not in self.known)

    def _inbox(self, update: int) -> int:
        """Open the pipe of a snapshot; -1 where there is one at this update already."""
        path = self._path(update)
        try:
            os.mkfifo(path, 0o600)
            return os.open(path, os.O_RDWR)
        except OSError:
            return -1

    def _path(self, update: int) -> str:
        return os.path.join(self.folder, f"snapshot-{update}")

    def _fork(self) -> int:
        with warnings.catch_warnings(), self.lifted():
            warnings.simplefilter("ignore")  # of the thread that waits for commands, which the fork does without
            drawn = random.getstate()
            process = os.fork()
            if process == 0:
                random.setstate(drawn)  # Python seeds it again in a fork
            return process

    def _wait(self, update: int, inbox: int, run: int) -> None:
        """Be a snapshot; returns in a process that goes on from it, never in this one."""
        if run and self._goes_on(inbox, run):
            return
        waiting = b""
        while True:
            line, mark, rest = waiting.partition(b"\n")
            if not mark:
                waiting += os.read(inbox, 4096)
                continue
            waiting = rest
            command: dict[str, Any] = json.loads(line)
            if command["do"] == "end":
                with contextlib.suppress(OSError):
                    os.unlink(self._path(update))
                _exit(0)
            self._kill(command["kill"])
            if self._goes_on(inbox, command["run"]):
                return

    def _goes_on(self, inbox: int, run: int) -> bool:
        """Fork a process that goes on, and one that tells if it crashes; return whether this is the former."""
        if self._fork():
            return False
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        runner = self._fork()
        if runner:
            os.close(inbox)
            _, status = os.waitpid(runner, 0)
            if status:
                self.died(run, status)
            _exit(0)
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)
        os.close(inbox)
        self.latest = self.spent
        self.resumed(run)
        return True

    def _kill(self, process: int) -> None:
        """Kill the process that has gone on so far, and wait until it is gone: it must not read what is asked next."""
        end = time.monotonic() + (_PATIENCE if process > 1 else 0.0)  # less than that means many processes
        with contextlib.suppress(OSError), self.lifted():
            while time.monotonic() < end:
                os.kill(process, signal.SIGKILL)
                time.sleep(0)


def _open_files() -> Iterator[tuple[int, os.stat_result]]:
    """Yield the descriptors that are open, and what they are of."""
    folder = next((one for one in ("/proc/self/fd", "/dev/fd") if os.path.isdir(one)), None)
    for one in range(64) if folder is None else map(int, os.listdir(folder)):
        with contextlib.suppress(OSError):  # of the folder itself, which is closed again
            yield one, os.fstat(one)


def _is_unread(one: int, found: os.stat_result) -> bool:
    """Return whether there is something to read from a descriptor still: its place in a file is the same in all forks."""
    if stat.S_ISREG(found.st_mode):
        return os.lseek(one, 0, os.SEEK_CUR) != found.st_size
    return not stat.S_ISCHR(found.st_mode)


def _size() -> int:
    """Return the bytes that this process has had in memory at the most."""
    found = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return found if sys.platform == "darwin" else found * 1024
