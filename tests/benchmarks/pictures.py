"""What it costs to draw a picture, as a ratio against the loss chart of the same app: `python tests/benchmarks/pictures.py`.

Prints for networks of several kinds, in the grid of a 120 by 36 terminal and maximised in it, the median processor time from
a frame to all lines of the panel *Network*, and how many times that of the panel *Loss* in the grid it is.
"""

from __future__ import annotations

import asyncio
import os
import statistics
import time
from typing import Any

from tui_backprop.session.session import Session
from tui_backprop.session.suggestion import suggested_recipe
from tui_backprop.ui.app import TrainerApp
from tui_backprop.ui.panels.loss import LossPanel
from tui_backprop.ui.panels.network import NetworkPanel
from tui_backprop.ui.panels.panel import Panel

NETWORKS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("parity", {}), ("xor", {}), ("moons", {}), ("spiral", {}), ("circle", {"hidden": (8, 8, 8)}), ("digits", {}),
    ("circle", {"hidden": (29, 29, 29)}),
)  # fmt: skip
SIZE = (120, 36)
FRAMES = 40


def drawing_time(app: TrainerApp, panel: Panel) -> float:
    """Return the median seconds from a new frame to its lines."""
    times = []
    for _ in range(FRAMES):
        app.session.run(1)
        frame = app.session.frame()
        began = time.process_time()
        panel.show(frame)
        for row in range(panel.size.height):
            panel.render_line(row)
        times.append(time.process_time() - began)
    return statistics.median(times)


async def measure(source: str, fields: dict[str, Any]) -> None:
    """Draw one network in both places and print."""
    app = TrainerApp(Session(suggested_recipe(source, **fields)))
    async with app.run_test(size=SIZE) as pilot:
        app.session.run(50)
        await pilot.press("7")
        await pilot.pause()
        panel, loss = app.query_one(NetworkPanel), drawing_time(app, app.query_one(LossPanel))
        for place in ("grid", "maximised"):
            if place == "maximised":
                await pilot.press("z")
                await pilot.pause()
            took = drawing_time(app, panel)
            size = f"{panel.size.width}×{panel.size.height}"
            print(f"{app.session.problem.network.name:<16}{place:<10}{size:>8}{took * 1e3:7.1f} ms{took / loss:7.2f}")


async def main() -> None:
    """Measure and print."""
    os.environ["COLORTERM"] = "truecolor"
    for source, fields in NETWORKS:
        await measure(source, fields)


if __name__ == "__main__":
    asyncio.run(main())
