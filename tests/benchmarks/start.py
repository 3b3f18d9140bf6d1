"""What a start costs: processor time and seconds of commands, beside those of Python with nothing to do."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from importlib import resources
from pathlib import Path

ROUNDS = 9
PROGRAM = "import sys; from tui_backprop.cli.main import main; sys.exit(main(sys.argv[1:]))"


def seconds(*arguments: str, **environment: str) -> float:
    """Return how long Python takes with these arguments."""
    began = time.perf_counter()
    subprocess.run([sys.executable, *arguments], env={**os.environ, **environment}, capture_output=True, check=False)
    return time.perf_counter() - began


def starts() -> dict[str, tuple[float, float]]:
    """Return for each command its seconds and those of `python -c pass`: the least of rounds that are taken in turn.

    What else the machine does makes a start longer and never shorter.
    """
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "my_net.py"
        file.write_text((resources.files("tui_backprop.cli.templates") / "own_network.py").read_text("utf-8"), "utf-8")
        commands = {"--version": ["--version"], "--help": ["--help"], "check of a small file": ["check", str(file)]}
        rounds: dict[str, list[float]] = {name: [] for name in ("", *commands)}
        for _ in range(ROUNDS):
            rounds[""].append(seconds("-c", "pass"))
            for name, arguments in commands.items():
                rounds[name].append(seconds("-c", PROGRAM, *arguments))
    return {name: (min(rounds[name]), min(rounds[""])) for name in commands}


def first_compiled_step() -> tuple[float, float]:
    """Return the seconds of ten compiled steps with no machine code on the disk, and with it there."""
    with tempfile.TemporaryDirectory() as folder:
        run = ("-c", PROGRAM, "run", "--engine", "compiled", "--steps", "10")
        return tuple(seconds(*run, XDG_CACHE_HOME=folder) for _ in range(2))  # type: ignore[return-value]
