"""How fast a script's own loop runs on its screen beside `python SCRIPT`: `python -m tests.benchmarks.script_screen`.

Each script is run plainly, and then on a pseudo-terminal with all panels in sight: from `space` to the end of its training.
Start and imports are taken off the plain run. Printed are the updates a second of both, their ratio (half is wanted), the
frames a second of the screen, and the seconds that the way back to some earlier updates takes. Medians of a few rounds.
"""

from __future__ import annotations

import asyncio
import json
import random
import statistics
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from textual.pilot import Pilot

from tests.benchmarks.machine import use_one_thread
from tests.benchmarks.terminal import on_a_terminal
from tests.own_scripts import COUNTING, NEURONS, ORIGINAL, PERCEPTRON
from tui_backprop.session.script_run.stepped import SteppedScript
from tui_backprop.ui.script.app import ScriptApp

SCRIPTS = {
    "globals": (ORIGINAL, "range(10000)", "range({})", 1_000_000),
    "class": (PERCEPTRON, "range(400)", "range({})", 40_000),
    "neurons": (NEURONS, "range(300)", "range({})", 40_000),
    "recurrent": (COUNTING, "range(500)", "range({})", 6_000),
}
"""Text, the part with the number of passes, how that is written, and passes that take some seconds."""
SIZE = (200, 60)
ROUNDS = 3
BACK = 5


def plain(path: Path) -> float:
    """Return the seconds of a script run by Python alone."""
    began = time.perf_counter()
    subprocess.run([sys.executable, str(path)], stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - began


async def drive(app: ScriptApp, notes: Path) -> None:
    """Run the script on its screen to its end, go back a few times, and write down what that took."""
    script, frames = app.script, 0

    async def settled() -> None:
        while app._turn.locked() or app._following or script.frame.window is None:
            await asyncio.sleep(0.01)

    await settled()
    redraw = app.redraw

    def counted() -> None:
        nonlocal frames
        frames += 1
        redraw()

    app.redraw = counted  # type: ignore[method-assign]
    first, began = script.frame.update, time.perf_counter()
    app.action_toggle_run()
    while script.version.total is None:
        await asyncio.sleep(0.005)
    took = time.perf_counter() - began
    await settled()
    shown = time.perf_counter() - began - took
    ways = []
    for update in random.Random(0).sample(range(2, script.version.last), BACK):
        began = time.perf_counter()
        app.begin(lambda update=update: script.go_to(update))  # type: ignore[misc]
        while script.frame.update != update:
            await asyncio.sleep(0.005)
        ways.append(time.perf_counter() - began)
    said = {"updates": script.version.last - first, "seconds": took, "frames": frames, "shown": shown, "ways": ways}
    notes.write_text(json.dumps(said), encoding="ascii")


def show(path: Path, notes: Path) -> None:
    """Open the script on this terminal for as long as it takes."""
    script = SteppedScript(str(path), timeout=120.0)
    app = ScriptApp(script)

    async def pilot(_pilot: Pilot[None]) -> None:
        await asyncio.create_task(drive(app, notes))
        app.exit()

    app.run(auto_pilot=pilot)
    script.close()


def on_screen(path: Path, notes: Path) -> dict[str, Any]:
    """Return what was noted of a script on a pseudo-terminal."""
    on_a_terminal(SIZE, lambda: show(path, notes))
    found: dict[str, Any] = json.loads(notes.read_text(encoding="ascii"))
    return found


def main() -> None:
    """Measure and print; names of scripts as arguments choose some."""
    use_one_thread()
    print(f"{'':<12}{'plain':>12}{'screen':>12}{'ratio':>8}{'frames/s':>10}{'last seen':>11}{'way back':>10}")
    for name in sys.argv[1:] or SCRIPTS:
        text, part, written, passes = SCRIPTS[name]
        with TemporaryDirectory() as folder:
            path, notes, short = Path(folder) / f"{name}.py", Path(folder) / "notes", Path(folder) / "short.py"
            path.write_text(text.replace(part, written.format(passes)), encoding="utf-8")
            short.write_text(text.replace(part, written.format(1)), encoding="utf-8")
            rounds = [(plain(path) - plain(short), on_screen(path, notes)) for _ in range(ROUNDS)]
        updates = rounds[0][1]["updates"]
        alone = statistics.median(seconds for seconds, _ in rounds)
        seen = statistics.median(one["seconds"] for _, one in rounds)
        frames = statistics.median(one["frames"] / one["seconds"] for _, one in rounds)
        shown = statistics.median(one["shown"] for _, one in rounds)
        back = statistics.median(way for _, one in rounds for way in one["ways"])
        print(
            f"{name:<12}{updates / alone:>10,.0f}/s{updates / seen:>10,.0f}/s{alone / seen:>8.2f}{frames:>10.1f}"
            f"{shown:>9.2f} s{back:>8.2f} s",
            flush=True,
        )


if __name__ == "__main__":
    main()
