"""A script run once under the recorder, in a process of its own that ends with ours."""

from __future__ import annotations

import contextlib
import math
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tui_backprop.scripts.running.limits import SCRIPT_TIMEOUT
from tui_backprop.scripts.running.processes import ProcessRun, ScriptProcesses
from tui_backprop.scripts.source.source import ScriptError, Source
from tui_backprop.scripts.source.trainings import beginning
from tui_backprop.system.process import OverlongError

if TYPE_CHECKING:
    from tui_backprop.scripts.trace import Trace


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of a script is followed."""

    updates: int = 30
    records: int = 150_000
    size: int = 200_000_000  # bytes of values
    seconds: float = 6.0  # until it has shown enough
    patience: float = 14.0  # for how much longer its first updates are waited for
    timeout: float = SCRIPT_TIMEOUT  # until the process is ended


@dataclass(frozen=True, slots=True)
class ScriptOptions:
    """How a script is run: its interpreter, arguments and seed."""

    python: str = sys.executable
    arguments: tuple[str, ...] = ()
    seed: int = 0
    verbose: bool = False
    line: int | None = None
    """A line of the training that is followed; None for the first one."""
    limits: Limits = field(default_factory=Limits)
    until: float = math.inf
    """When everything that is run for one answer has to have ended, by the monotonic clock."""
    processes: ScriptProcesses | None = field(default=None, compare=False, repr=False)
    """Where the processes of its runs come from; None for one that is started for each."""

    @property
    def left(self) -> float:
        """Return the seconds that the next process has."""
        return max(0.0, min(self.limits.timeout, self.until - time.monotonic()))


class ScriptRun:
    """A script that runs under the recorder, from here on; what it shows is asked for later.

    Raises:
        OSError: its process cannot be started.
        ScriptError: there is no statement in the line that was chosen.
    """

    def __init__(self, source: Source, setting: ScriptOptions, **more: Any) -> None:
        self._source, self._setting = source, setting
        begin = _beginning(source, setting)
        import tempfile  # noqa: PLC0415  (a check of functions needs none, and it is a tenth of their start)

        self._scratch = tempfile.TemporaryDirectory(prefix="tui-backprop-")
        self._answer = Path(self._scratch.name) / "trace.npz"
        request = {
            **request_for(source, setting, self._scratch.name),
            "answer": str(self._answer),
            "begin": begin,
            **more,
        }
        try:
            self._run = ProcessRun(setting.processes or _single(), setting.python, request, setting.left)
        except OSError:
            self._scratch.cleanup()
            raise

    def trace(self) -> Trace:
        """Wait for the end of the script and return its trace; called once.

        Raises:
            ScriptError: the process crashed, or did not end in time.
        """
        from tui_backprop.scripts.trace import load_trace  # noqa: PLC0415  (a script runs before NumPy is loaded here)

        return load_trace(self.written())

    def written(self) -> Path:
        """Wait for the end of the script and return the file that its process wrote, which is there until `close`.

        Raises:
            ScriptError: the process crashed, or did not end in time.
        """
        try:
            self._run.wait(verbose=self._setting.verbose)
        except (TimeoutError, OverlongError):
            raise ScriptError(
                f"{self._source.name}: it did not end within {self._setting.limits.timeout:g} s and showed no update "
                "(see --timeout)"
            ) from None
        if not self._answer.exists():
            raise ScriptError(f"{self._source.name}: its process ended without an answer: {self._run.said()}")
        return self._answer

    def close(self) -> None:
        """End the process if it is at work still, and remove its files; may be called twice."""
        self._run.close()
        self._scratch.cleanup()


def _single() -> ScriptProcesses:
    """Return processes of which none waits for a second run."""
    found = ScriptProcesses()
    found.close()
    return found


def request_for(source: Source, setting: ScriptOptions, scratch: str) -> dict[str, Any]:
    """Return what the process of a script is told: the source, and how it is run; what it writes lands in `scratch`."""
    limits = setting.limits
    return {
        "path": source.path,
        "source": source.text,
        "folder": source.folder,
        "supplied": source.supplied,
        "modules": source.modules,
        "scratch": scratch,
        "arguments": list(setting.arguments),
        "seed": setting.seed,
        "verbose": setting.verbose,
        "updates": limits.updates,
        "records": limits.records,
        "size": limits.size,
        "seconds": limits.seconds,
        "patience": limits.patience,
    }


def _beginning(source: Source, setting: ScriptOptions) -> tuple[int, int] | None:
    """Return where recording begins; None for at once.

    Raises:
        ScriptError: there is no statement in the line that was chosen.
    """
    if setting.line is None:
        return None
    found = beginning(source.text, setting.line)
    if found is None:
        raise ScriptError(f"{source.name}: --line {setting.line}: there is no statement in that line")
    return found


def run_trace(source: Source, setting: ScriptOptions, **more: Any) -> Trace:
    """Run a script and return its trace.

    Raises:
        ScriptError: the process crashed, or did not end in time.
    """
    with contextlib.closing(ScriptRun(source, setting, **more)) as run:
        return run.trace()
