"""What the panels Loss surface and Distributions cost, as ratios: `python tests/benchmarks/pictures_of_the_run.py`.

Prints, for several networks at the size the panels have at 120 by 36, the processor time of one redraw while the run goes on
(a few steps before each), and its ratio to that of the panel Loss, which plotext draws.
"""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import Callable

from tui_backprop.session.recipe.suggestion import suggested_recipe
from tui_backprop.session.session import Session
from tui_backprop.ui.app import TrainerApp
from tui_backprop.ui.panels.panel import Panel

ROUNDS = 40
STEPS = 5
NETWORKS = {
    "1-1-1": ("parity", {}),
    "2-4-1": ("xor", {}),
    "2-8-1": ("moons", {}),
    "2-16-16-1": ("spiral", {}),
    "4-8-3": ("iris", {}),
    "64-32-10": ("digits", {}),
    "64-256-256-10": ("digits", {"hidden": (256, 256)}),
}
VIEWS = {
    "loss": ("1",),
    "surface, entries": ("8",),
    "surface, gradient": ("8", "m"),
    "surface, path": ("8", "m", "m"),
    "activations": ("9",),
    "gradients": ("9", "right", "right"),
    "updates": ("9", "left", "left"),
}


async def redraws(source: str, fields: dict[str, object], keys: tuple[str, ...]) -> tuple[float, float]:
    """Return median and largest seconds of one redraw of the panel that the keys lead to."""
    app = TrainerApp(Session(suggested_recipe(source, **fields)))
    async with app.run_test(size=(120, 36)) as pilot:
        app.session.run(50)
        await pilot.press(*keys)
        await pilot.pause()
        panel = app.query_one(f"#{app.active}", Panel)
        times = []
        for _ in range(ROUNDS):
            app.session.run(STEPS)
            frame = app.session.frame()
            _ = frame.train_score  # the header asks for it in any case
            times.append(spent(lambda frame=frame: panel.show(frame)))
        return statistics.median(times), max(times)


def spent(work: Callable[[], object]) -> float:
    """Return the processor seconds that some work takes."""
    began = time.thread_time()
    work()
    return time.thread_time() - began


def main() -> None:
    """Measure and print."""
    print(f"{'network':<16}{'picture':<22}{'median':>9}{'largest':>10}{'× loss':>9}")
    for name, (source, fields) in NETWORKS.items():
        against = 1.0
        for view, keys in VIEWS.items():
            median, largest = asyncio.run(redraws(source, fields, keys))
            against = median if view == "loss" else against
            print(f"{name:<16}{view:<22}{median * 1e3:>6.2f} ms{largest * 1e3:>7.1f} ms{median / against:>9.2f}")


if __name__ == "__main__":
    main()
