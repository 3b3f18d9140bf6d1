"""What one redraw of each panel costs, as ratios: `python tests/benchmarks/pictures.py`.

Prints for each data set and panel the processor time from a new frame to the lines of the panel, at 120 by 36 in its place
and given the whole screen, as a share of the tenth of a second that lies between two frames, and against the loss chart
beside it. The bound is 15 ms, a share of 0.15. Each is the median of several rounds.
"""

from __future__ import annotations

import asyncio
import os
import statistics
import time
from typing import Any

from textual.geometry import Region

from tui_backprop.session.recipe.suggestion import suggested_recipe
from tui_backprop.session.session import Session
from tui_backprop.ui.app import TrainerApp
from tui_backprop.ui.panels.panel import Panel

RUNS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("parity", {}), ("xor", {}), ("moons", {}), ("spiral", {}), ("spirals3", {}), ("iris", {}),
    ("circle", {"hidden": (8, 8, 8)}), ("circle", {"hidden": (29, 29, 29)}), ("digits", {}),
)  # fmt: skip
SIZE = (120, 36)
ROUNDS = 15
FRAME = 0.1


def redraw(panel: Panel, session: Session) -> float:
    """Return the seconds that a panel takes for a frame that it has not seen, to the lines that the terminal gets."""
    session.run(1)
    frame = session.frame()
    began = time.thread_time()
    panel.show(frame)
    panel.render_lines(Region(0, 0, *panel.outer_size))
    return time.thread_time() - began


async def measure(source: str, fields: dict[str, Any]) -> dict[str, tuple[float, float]]:
    """Return for each panel the median seconds of a redraw in its place, and with the whole screen."""
    app = TrainerApp(Session(suggested_recipe(source, **fields)))
    found: dict[str, tuple[float, float]] = {}
    async with app.run_test(size=SIZE) as pilot:
        app.session.run(300)
        for panel in app.screen.query(Panel):
            app.action_panel(str(panel.id))
            times = []
            for _ in range(2):
                await pilot.pause()
                redraw(panel, app.session)
                times.append(statistics.median(redraw(panel, app.session) for _ in range(ROUNDS)))
                app.action_maximise()
            found[str(panel.id)] = times[0], times[1]
    return found


def main() -> None:
    """Measure and print."""
    print(f"{'':<10}{'':<14}{'in its place':>14}{'of a frame':>12}{'to loss':>9}{'maximised':>14}{'of a frame':>12}")
    os.environ.update(TERM="xterm-256color", COLORTERM="truecolor")
    for source, fields in RUNS:
        found = asyncio.run(measure(source, fields))
        for name, (placed, whole) in found.items():
            ratio = placed / found["loss"][0]
            print(
                f"{source:<10}{name:<14}{placed * 1e3:>11.1f} ms{placed / FRAME:>12.3f}{ratio:>9.2f}"
                f"{whole * 1e3:>11.1f} ms{whole / FRAME:>12.3f}"
            )


if __name__ == "__main__":
    main()
