"""What the whole screen costs at ten frames a second, as a share of a core: `python -m tests.benchmarks.whole_screen`.

Each size is a real pseudo-terminal on which the trainer redraws everything in sight every tenth of a second, a few steps of
training apart. Printed is the processor time of the process without that of the training, in shares of the time that
went by: the median of several stretches, and the largest. The bound is half a core, with every panel in sight.
"""

from __future__ import annotations

import asyncio
import statistics
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from textual.pilot import Pilot

from tests.benchmarks.machine import use_one_thread
from tests.benchmarks.terminal import on_a_terminal
from tui_backprop.session.recipe.suggestion import suggested_recipe
from tui_backprop.session.session import Session
from tui_backprop.ui.app import TrainerApp

RUNS: tuple[tuple[str, dict[str, Any]], ...] = (("parity", {}), ("moons", {}), ("iris", {}), ("spirals3", {}))
SIZES = ((120, 36), (200, 60))
FRAME = 0.1
STEPS = 5
FRAMES = 20
STRETCHES = 5


async def beat(app: TrainerApp, notes: Path) -> None:
    """Redraw ten times a second as a run does, and write down what it costs."""
    await asyncio.sleep(1.0)
    shares = []
    for _ in range(STRETCHES):
        trained, cpu, began = 0.0, time.process_time(), time.perf_counter()
        for frame in range(1, FRAMES + 1):
            before = time.process_time()
            app.session.run(STEPS)
            trained += time.process_time() - before
            app.redraw()
            await asyncio.sleep(max(0.0, began + frame * FRAME - time.perf_counter()))
        shares.append((time.process_time() - cpu - trained) / (time.perf_counter() - began))
    notes.write_text(f"{statistics.median(shares)} {max(shares)}", encoding="ascii")


def show(session: Session, notes: Path) -> None:
    """Open the trainer on this terminal for as long as it takes."""
    app = TrainerApp(session)

    async def drive(_pilot: Pilot[None]) -> None:
        app.training = asyncio.create_task(beat(app, notes))
        await app.training
        app.exit()

    app.run(auto_pilot=drive)


def measure(source: str, fields: dict[str, Any], size: tuple[int, int]) -> tuple[float, float]:
    """Return the median and the largest share of a core on a pseudo-terminal of this size."""
    with TemporaryDirectory() as folder:
        notes = Path(folder) / "shares"

        def trained() -> None:
            session = Session(suggested_recipe(source, **fields))
            session.run(300)
            show(session, notes)

        on_a_terminal(size, trained)
        median, largest = notes.read_text(encoding="ascii").split()
        return float(median), float(largest)


def main() -> None:
    """Measure and print."""
    use_one_thread()
    print(f"{'':<10}{'size':>10}{'of a core':>12}{'largest':>10}")
    for source, fields in RUNS:
        for size in SIZES:
            median, largest = measure(source, fields, size)
            print(f"{source:<10}{size[0]:>6}×{size[1]:<3}{median:>12.2f}{largest:>10.2f}")


if __name__ == "__main__":
    main()
