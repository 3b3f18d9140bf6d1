"""How fast many runs train together, as ratios against one run alone: `python tests/benchmarks/sweep.py`.

Prints for the original case (1-1-1, one sample a step) and two larger networks the runs × steps a second at 1 to 4,096
runs, and what one step of one run costs beside a step of the single NumPy engine, medians of several rounds taken in turn,
with the drawing of the samples; the exponent of the time against the number of runs; what it costs to draw the batch of any
step, and a step where the runs share their seeds; and how much faster two processes are than one, with both engines.
"""

from __future__ import annotations

import statistics
import time
from dataclasses import dataclass

import numpy as np

from tui_backprop.core.sampling import Sampling
from tui_backprop.engines.batched.runs import BatchedRuns
from tui_backprop.engines.choice import make_engine
from tui_backprop.engines.compiled_engine import is_installed
from tui_backprop.session.recipe.recipe import Recipe
from tui_backprop.session.recipe.suggestion import suggested_recipe
from tui_backprop.session.run.changes import first_segment, read_data
from tui_backprop.session.run.timeline import Segment
from tui_backprop.session.sweep.axes import parse_axis
from tui_backprop.session.sweep.plan import SweepPlan
from tui_backprop.session.sweep.sweep import Sweep
from tui_backprop.session.sweep.workers import Here, LocalWorkers

RUNS = (1, 16, 256, 4096)
AT_ONCE = 256  # steps
ROUNDS = 7
SECONDS = 0.3
WANTED = {256: 150.0, 4096: 1000.0}
"""Times cheaper than a single run that a step of a run should be, at so many runs of 1-1-1."""
PROCESSES = {"NumPy, all together": ("auto", 20_000, 48), "compiled, one after the other": ("compiled", 100_000, 6)}
"""How the runs of a sweep that two processes make are trained: engine, steps and seeds."""
WANTED_OF_BATCH = 20e-6
"""Seconds in which the batch of any step should be drawn."""
WANTED_OF_TWO = 1.7
"""Times faster that two processes should be than one."""

CASES = {
    "1-1-1 batch 1": suggested_recipe("parity"),
    "1-8-1 tanh adam full": suggested_recipe(
        "parity", hidden=(8,), activation="tanh", optimizer="adam", batch_size=None
    ),
    "2-8-8-8-1 relu batch 32": Recipe(
        source="moons", hidden=(8, 8, 8), activation="relu", optimizer="adam", batch_size=32
    ),
}


def segments(recipe: Recipe, runs: int, seeds: int | None = None) -> list[Segment]:
    """Return the beginnings of as many runs, which share their data.

    Each has a seed of its own; or there are `seeds`, each at several rates, as the cells of a sweep have them.
    """
    data = read_data(recipe)
    first = first_segment(recipe, data)
    seeds = runs if seeds is None else seeds
    return [
        first_segment(recipe.replace(seed=run % seeds, lr=recipe.lr * (1 + run // seeds)), data, first.problem)
        for run in range(runs)
    ]


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
    """Return the seconds of one step of one of the runs, with the drawing of its samples."""
    steps, began = 0, time.perf_counter()
    while time.perf_counter() - began < seconds:
        batch.advance(AT_ONCE)
        steps += AT_ONCE
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


def shared_seeds(runs: int = RUNS[-1], seeds: int = 64) -> float:
    """Return the seconds of one step of one run of 1-1-1 where the runs share their seeds, and so their draws."""
    found = segments(CASES["1-1-1 batch 1"], runs, seeds)
    batch = BatchedRuns([one.training for one in found], [one.entry for one in found])
    return statistics.median(together(batch, SECONDS) for _ in range(ROUNDS))


def any_batch(sampling: Sampling) -> float:
    """Return the seconds that the batch of a step takes when nothing near it was drawn before."""
    times = []
    for step in range(0, 10**9, 10**7 + 1):
        began = time.perf_counter()
        sampling.batch(step)
        times.append(time.perf_counter() - began)
    return statistics.median(times)


def processes(recipe: Recipe, seeds: int) -> float:
    """Return how many times faster two processes make a sweep than one, all warm: each has done a job before."""
    plan = SweepPlan(recipe, tuple(parse_axis(text) for text in ("hidden=2,3,4,5,6,7,8,9", "lr=0.03:1:log:4")), seeds)
    times = []
    for count in (1, 2):
        sweep = Sweep(plan)
        sweep.start(lambda dataset, jobs, count=count: LocalWorkers(dataset, jobs, count))
        for _ in range(count):
            while not sweep.poll(0.01):
                pass
        known, began = len(sweep.outcomes), time.perf_counter()
        while sweep.going:
            sweep.poll(0.01)
        times.append((time.perf_counter() - began) / (len(plan) - known))
    return times[0] / times[1]


def whole() -> float:
    """Return how many times faster a sweep of 1-1-1 is than its runs one after the other, everything included."""
    plan = SweepPlan(suggested_recipe("parity", steps=2000), (), 256)
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
    for rows in (9, 300, 1258):
        for kind in ("random", "shuffle"):
            took = any_batch(Sampling(kind, rows, 1, 0))
            print(
                f"the batch of any step, {kind}, {rows:,} rows: {took * 1e6:.0f} µs  (wanted {WANTED_OF_BATCH * 1e6:.0f})"
            )
    each = shared_seeds()
    print(f"4,096 runs of 64 seeds at 64 rates: {each * 1e9:.1f} ns a step of a run")
    for name, (engine, steps, seeds) in PROCESSES.items():
        if engine == "compiled" and not is_installed():
            print(f"two processes beside one, {name}: not installed")
            continue
        recipe = suggested_recipe("parity", steps=steps, engine=engine)
        found = statistics.median(processes(recipe, seeds) for _ in range(3))
        print(f"two processes beside one, {name}: {found:.2f} times  (wanted {WANTED_OF_TWO})")


if __name__ == "__main__":
    main()
