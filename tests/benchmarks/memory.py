"""What a long run holds in memory: `python -m tests.benchmarks.memory`.

Each run is a session in a process of its own, with its curve, its checkpoints, and findings looked for a hundred times on
the way. Prints what Python has allocated since the session was opened (traced), and what the process holds of the machine's
memory before the first step and after the last (resident, Linux alone).
"""

from __future__ import annotations

import json
import subprocess
import sys
import tracemalloc
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tui_backprop.engines.compiled_engine import is_installed
from tui_backprop.session.recipe.suggestion import suggested_recipe
from tui_backprop.session.session import Session

CHECKOUT = Path(__file__).parents[2]
LOOKS = 100
RUNS = {"parity": (10**4, 10**5, 10**6, 10**7), "digits": (10**4, 10**5, 10**6)}
"""Steps for each data set, with its suggested recipe: the smallest network, and the largest."""
FEWER = {"parity": (10**4, 10**5, 10**6), "digits": (10**4,)}


@dataclass(frozen=True)
class Held:
    """What a run of so many steps holds, in bytes."""

    source: str
    steps: int
    traced: int
    before: int
    """Resident before the first step; 0 where the system does not say."""
    after: int

    def line(self) -> str:
        """The numbers in MB."""
        resident = f"resident {self.before / 1e6:6.1f} → {self.after / 1e6:6.1f} MB" if self.after else ""
        return f"{self.source:<8}{self.steps:>12,} steps   traced {self.traced / 1e6:6.2f} MB   {resident}"


def resident() -> int:
    """Bytes of the machine's memory that this process holds."""
    status = Path("/proc/self/status")
    lines = status.read_text(encoding="ascii").splitlines() if status.exists() else []
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("VmRSS:")), 0)


def run(source: str, steps: int, *, traced: bool) -> tuple[int, int, int]:
    """Make a run in this process; return the bytes traced, and resident before and after."""
    engine = "compiled" if is_installed() else "numpy"
    recipe = suggested_recipe(source, engine=engine, steps=steps)
    Session(recipe).run(64)  # what is loaded and compiled once is no part of the run
    if traced:
        tracemalloc.start()
    session = Session(recipe)
    before = resident()
    for _ in range(LOOKS):
        session.run(steps // LOOKS)
        session.findings()
    return (tracemalloc.get_traced_memory()[0] if traced else 0), before, resident()


def held(source: str, steps: int) -> Held:
    """Make a run twice, each in a process of its own: tracing takes memory itself."""
    answers = []
    for traced in ("traced", ""):
        command = [sys.executable, "-m", "tests.benchmarks.memory", source, str(steps), traced]
        child = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, cwd=CHECKOUT)
        answers.append(json.loads(child.stdout))
    return Held(source, steps, answers[0][0], answers[1][1], answers[1][2])


def everything(*, quick: bool = False) -> Iterator[Held]:
    """Measure every run, one after the other."""
    for source, counts in (FEWER if quick else RUNS).items():
        yield from (held(source, steps) for steps in counts)


def main(arguments: list[str]) -> None:
    """Measure and print; with arguments make one run and print its bytes."""
    if arguments:
        source, steps, traced = arguments
        print(json.dumps(run(source, int(steps), traced=bool(traced))))
        return
    for found in everything():
        print(found.line())


if __name__ == "__main__":
    main(sys.argv[1:])
