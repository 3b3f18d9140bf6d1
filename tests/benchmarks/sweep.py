"""How fast many runs train together, as ratios against one run alone: `python tests/benchmarks/sweep.py`.

Prints for the original case (1-1-1, one sample a step) and two larger networks the runs × steps a second at 1 to 4,096
runs, and what one step of one run costs beside a step of the single NumPy engine, medians of several rounds taken in turn;
the exponent of the time against the number of runs; and how much faster two processes are than one.
"""

from __future__ import annotations

import statistics
import time
from dataclasses import dataclass

import numpy as np

from tui_backprop.engines.batched.runs import BatchedRuns
from tui_backprop.engines.choice import make_engine
from tui_backprop.session.changes import first_segment, read_data
from tui_backprop.session.recipe import Recipe
from tui_backprop.session.suggestion import suggested_recipe
from tui_backprop.session.sweep.axes import parse_axis
from tui_backprop.session.sweep.plan import Plan
from tui_backprop.session.sweep.sweep import Sweep
from tui_backprop.session.sweep.workers import Here, Processes
from tui_backprop.session.timeline import Segment

RUNS = (1, 16, 256, 4096)
ROUNDS = 7
SECONDS = 0.3
WANTED = {256: 150.0, 4096: 400.0}
"""Times cheaper than a single run that a step of a run should be, at so many runs of 1-1-1."""

CASES = {
    "1-1-1 batch 1": suggested_recipe("parity"),
    "1-8-1 tanh adam full": suggested_recipe(
        "parity", hidden=(8,), activation="tanh", optimizer="adam", batch_size=None
    ),
    "2-8-8-8-1 relu batch 32": Recipe(
        source="moons", hidden=(8, 8, 8), activation="relu", optimizer="adam", batch_size=32
    ),
}


def segments(recipe: Recipe, runs: int) -> list[Segment]:
    """Return the beginnings of as many runs, each with a seed of its own, which share their data."""
    data = read_data(recipe)
    first = first_segment(recipe, data)
    return [first_segment(recipe.replace(seed=seed), data, first.problem) for seed in range(runs)]


@dataclass(frozen=True)
class Together:
    """How long a step of a run takes alone and among others, in seconds, the median of the rounds."""

    runs: tuple[int, ...]
    single: float
    """With the NumPy engine, alone."""
    reference: float
    """With the core's own step, alone: the step that runs trained together make, bit for bit."""
    each: tuple[float, ...]
    """At each number of runs."""

    @property
    def exponent(self) -> float:
        """The power of the number of runs that the time of a step of all of them grows with."""
        return float(np.polyfit(np.log(self.runs), np.log(np.array(self.each) * self.runs), 1)[0])


def together(batch: BatchedRuns, seconds: float) -> float:
    """Return the seconds of one step of one of the runs."""
    steps, began = 0, time.perf_counter()
    while time.perf_counter() - began < seconds:
        batch.advance(64)
        steps += 64
    return (time.perf_counter() - began) / steps / len(batch)


def alone(segment: Segment, seconds: float = SECONDS, engine: str = "numpy") -> float:
    """Return the seconds of one step of a single run."""
    loop, state = make_engine(engine), segment.entry
    began = time.perf_counter()
    while time.perf_counter() - began < seconds:
        state = loop.advance(segment.training, state, 64)
    return (time.perf_counter() - began) / state.step


def measure(recipe: Recipe, runs: tuple[int, ...], rounds: int = ROUNDS, seconds: float = SECONDS) -> Together:
    """Measure one network at every number of runs, each in every round."""
    found = segments(recipe, runs[-1])
    batches = [BatchedRuns([s.training for s in found[:n]], [s.entry for s in found[:n]]) for n in runs]
    for batch in batches:
        batch.advance(64)
    times = [
        (
            alone(found[0], seconds),
            alone(found[0], seconds, "reference"),
            *(together(batch, seconds) for batch in batches),
        )
        for _ in range(rounds)
    ]
    single, reference, *each = (statistics.median(column) for column in zip(*times, strict=True))
    return Together(runs, single, reference, tuple(each))


def most(name: str) -> tuple[int, ...]:
    """Return the numbers of runs at which a case is measured; thousands are for the smallest."""
    return RUNS if name.startswith("1-1-1") else RUNS[:-1]


def case(name: str, recipe: Recipe) -> None:
    """Measure one network at every number of runs and print it."""
    found = measure(recipe, most(name))
    print(f"{name}: a step takes a single run {found.single * 1e6:.1f} µs, by the core {found.reference * 1e6:.1f} µs")
    for runs, each in zip(found.runs, found.each, strict=True):
        wanted = f"  (wanted {WANTED[runs]:.0f})" if name.startswith("1-1-1") and runs in WANTED else ""
        print(
            f"  {runs:>5,} runs {1 / each:>14,.0f} runs × steps/s   1/{found.single / each:,.0f} of a single run"
            f"{wanted}, 1/{found.reference / each:,.0f} of the core's"
        )
    print(f"  time of a step grows as runs^{found.exponent:.2f}")


def processes() -> float:
    """Return how many times faster two processes make a sweep than one, both warm."""
    axes = tuple(parse_axis(text) for text in ("hidden=2,4,8,16", "lr=0.03:1:log:4"))
    plan = Plan(suggested_recipe("parity", steps=4000), axes, 48)
    times = []
    for count in (1, 2):
        sweep = Sweep(plan)
        sweep.start(lambda dataset, jobs, count=count: Processes(dataset, jobs, count))
        while not sweep.outcomes:
            sweep.poll(0.01)
        known, began = len(sweep.outcomes), time.perf_counter()
        while sweep.going:
            sweep.poll(0.01)
        times.append((time.perf_counter() - began) / (len(plan) - known))
    return times[0] / times[1]


def whole() -> float:
    """Return how many times faster a sweep of 1-1-1 is than its runs one after the other, everything included."""
    plan = Plan(suggested_recipe("parity", steps=2000), (), 256)
    began = time.perf_counter()
    sweep = Sweep(plan)
    sweep.start(Here)
    while sweep.going:
        sweep.poll(0.0)
    took = time.perf_counter() - began
    return alone(segments(plan.recipe, 1)[0]) * 2000 * 256 / took


def main() -> None:
    """Measure and print."""
    for name, recipe in CASES.items():
        case(name, recipe)
    print(f"a sweep of 256 × 1-1-1, everything included: {statistics.median(whole() for _ in range(ROUNDS)):.0f} times")
    print(f"two processes beside one: {statistics.median(processes() for _ in range(3)):.2f} times")


if __name__ == "__main__":
    main()
