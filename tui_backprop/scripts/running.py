"""A script run once under the recorder, in a process of its own that ends with ours."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tui_backprop.scripts.source import ScriptError, Source
from tui_backprop.scripts.trace import Trace, load_trace

_LAUNCH = """\
import sys
sys.path[:] = [one for one in sys.path if one not in ("", ".")]
import importlib.util
spec = importlib.util.spec_from_file_location("tui_backprop_tracing", {init!r}, submodule_search_locations=[{folder!r}])
module = sys.modules["tui_backprop_tracing"] = importlib.util.module_from_spec(spec)
spec.loader.exec_module(module)
from tui_backprop_tracing.main import main
main()
"""


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
    folder = Path(__file__).parent / "tracing"
    program = _LAUNCH.format(init=str(folder / "__init__.py"), folder=str(folder))
    environment = {
        **os.environ,
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "MKL_NUM_THREADS": "1",
        "PYTHONHASHSEED": "0",
        "PYTHONDONTWRITEBYTECODE": "1",
        "MPLBACKEND": "Agg",
        "TF_CPP_MIN_LOG_LEVEL": "3",
    }
    process = subprocess.Popen(  # noqa: S603  (the interpreter of ours, or the one that was named)
        [setting.python, "-c", program],
        stdin=subprocess.PIPE,
        stdout=None if setting.verbose else subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        env=environment,
        start_new_session=True,
    )
    try:
        _, said = process.communicate(json.dumps(request).encode() + b"\n", timeout=setting.limits.timeout)
    except subprocess.TimeoutExpired:
        raise ScriptError(
            f"{source.name}: it did not end within {setting.limits.timeout:g} s and showed no update (see --timeout)"
        ) from None
    finally:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stderr):
            if pipe is not None:
                with contextlib.suppress(BrokenPipeError):
                    pipe.close()
    lines = said.decode(errors="replace").strip().splitlines()
    return lines[-1] if lines else f"status {process.returncode}"
