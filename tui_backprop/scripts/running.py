"""A script run once under the recorder, in a process of its own that ends with ours."""

from __future__ import annotations

import contextlib
import json
import math
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tui_backprop.scripts.limits import SCRIPT_TIMEOUT
from tui_backprop.scripts.source.source import ScriptError, Source
from tui_backprop.scripts.source.trainings import beginning
from tui_backprop.system.process import Child, OverlongError
from tui_backprop.text.cleaning import clean

if TYPE_CHECKING:
    from tui_backprop.scripts.trace import Trace

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


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of a script is followed."""

    updates: int = 30
    records: int = 150_000
    size: int = 200_000_000  # bytes of values
    seconds: float = 6.0  # until it has shown enough
    timeout: float = SCRIPT_TIMEOUT  # until the process is ended


@dataclass(frozen=True, slots=True)
class Setting:
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

    def __init__(self, source: Source, setting: Setting, **more: Any) -> None:
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
            self._child = Child("tui_backprop.scripts.tracing.main", python=setting.python, environment=ENVIRONMENT)
        except OSError:
            self._scratch.cleanup()
            raise
        self._end = time.monotonic() + setting.left
        with contextlib.suppress(OSError):  # that it has ended is seen where its answer is waited for
            self._child.send(json.dumps(request).encode() + b"\n")

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
        said = self._waited()
        if not self._answer.exists():
            raise ScriptError(f"{self._source.name}: its process ended without an answer: {said}")
        return self._answer

    def close(self) -> None:
        """End the process and remove its files; may be called twice."""
        self._child.close()
        self._scratch.cleanup()

    def _waited(self) -> str:
        """Wait until the process ends, and return the last line of what it complained about."""
        child, setting = self._child, self._setting
        try:
            while line := child.receive(self._end - time.monotonic()):
                if setting.verbose:
                    sys.stderr.write(clean(line.decode(errors="replace")) + "\n")
            status = child.wait(max(0.0, self._end - time.monotonic()))
        except (TimeoutError, OverlongError):
            raise ScriptError(
                f"{self._source.name}: it did not end within {setting.limits.timeout:g} s and showed no update "
                "(see --timeout)"
            ) from None
        child.close()
        said = child.said().strip().splitlines()
        return clean(said[-1]) if said else f"status {status}"


def request_for(source: Source, setting: Setting, scratch: str) -> dict[str, Any]:
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
    }


def _beginning(source: Source, setting: Setting) -> tuple[int, int] | None:
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


def run_trace(source: Source, setting: Setting, **more: Any) -> Trace:
    """Run a script and return its trace.

    Raises:
        ScriptError: the process crashed, or did not end in time.
    """
    with contextlib.closing(ScriptRun(source, setting, **more)) as run:
        return run.trace()
