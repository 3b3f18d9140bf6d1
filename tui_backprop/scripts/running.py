"""A script run once under the recorder, in a process of its own that ends with ours."""

from __future__ import annotations

import json
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tui_backprop.scripts.source import ScriptError, Source
from tui_backprop.scripts.trace import Trace, load_trace
from tui_backprop.system.process import Child, OverlongError
from tui_backprop.text.cleaning import clean

_ENVIRONMENT = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "PYTHONHASHSEED": "0",
    "PYTHONDONTWRITEBYTECODE": "1",
    "MPLBACKEND": "Agg",
    "TF_CPP_MIN_LOG_LEVEL": "3",
}


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of a script is followed."""

    updates: int = 30
    records: int = 150_000
    size: int = 200_000_000  # bytes of values
    seconds: float = 6.0  # until it has shown enough
    timeout: float = 60.0  # until the process is ended


@dataclass(frozen=True, slots=True)
class Setting:
    """How a script is run: its interpreter, arguments and seed."""

    python: str = sys.executable
    arguments: tuple[str, ...] = ()
    seed: int = 0
    verbose: bool = False
    limits: Limits = field(default_factory=Limits)


def run_trace(source: Source, setting: Setting, **more: Any) -> Trace:
    """Run a script and return its trace.

    Raises:
        ScriptError: the process crashed, or did not end in time.
    """
    with tempfile.TemporaryDirectory(prefix="tui-backprop-") as scratch:
        answer = Path(scratch) / "trace.npz"
        limits = setting.limits
        request = {
            "path": source.path,
            "source": source.text,
            "folder": source.folder,
            "supplied": source.supplied,
            "modules": source.modules,
            "scratch": scratch,
            "answer": str(answer),
            "arguments": list(setting.arguments),
            "seed": setting.seed,
            "verbose": setting.verbose,
            "updates": limits.updates,
            "records": limits.records,
            "size": limits.size,
            "seconds": limits.seconds,
            **more,
        }
        said = _run(request, setting, source)
        if not answer.exists():
            raise ScriptError(f"{source.name}: its process ended without an answer: {said}")
        return load_trace(answer)


def _run(request: dict[str, Any], setting: Setting, source: Source) -> str:
    """Run the script until its process ends, and return the last line of what the process complained about."""
    child = Child("tui_backprop.scripts.tracing.main", python=setting.python, environment=_ENVIRONMENT)
    end = time.monotonic() + setting.limits.timeout
    try:
        child.send(json.dumps(request).encode() + b"\n")
        while line := child.receive(end - time.monotonic()):
            if setting.verbose:
                sys.stderr.write(clean(line.decode(errors="replace")) + "\n")
        status = child.wait(max(0.0, end - time.monotonic()))
    except (TimeoutError, OverlongError):
        raise ScriptError(
            f"{source.name}: it did not end within {setting.limits.timeout:g} s and showed no update (see --timeout)"
        ) from None
    finally:
        child.close()
    said = child.said().strip().splitlines()
    return clean(said[-1]) if said else f"status {status}"
