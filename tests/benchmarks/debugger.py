"""What breakpoints and time travel cost, as ratios against the same run without them: `python -m tests.benchmarks.debugger`.

Prints what the curve, and what the curve and a breakpoint add to the time of the bare steps, medians of several rounds
taken in turn, and how long the slowest way to any step of a long run takes beside one second of that run.
"""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Sequence

from tests.benchmarks.machine import use_one_thread
from tui_backprop.engines.compiled_engine import is_installed
from tui_backprop.session.conditions import Condition
from tui_backprop.session.recipe.suggestion import suggested_recipe
from tui_backprop.session.run.breakpoints import Breakpoint
from tui_backprop.session.session import Session

EXPRESSIONS = (
    "loss < 0", "abs(w1[0,0]) > 1000", "step == 10**9", "grad_norm > 10**6", "any(isnan(parameters))",
    "max(abs(delta1)) < 0", "accuracy > 2",
)  # fmt: skip
TREND = "loss rises 1000 epochs"
"""It is looked at at every epoch's end, so a twentieth of the steps shows what it costs."""
CASES = (
    ("parity", "numpy", 160_000),
    ("parity", "compiled", 10_000_000),
    ("moons", "numpy", 80_000),
    ("moons", "compiled", 800_000),
    ("digits", "numpy", 30_000),
    ("digits", "compiled", 60_000),
)
"""Data set, engine, and steps that take it about a second."""
ROUNDS = 5
LONG = 1_000_000


def bare(source: str, engine: str, steps: int) -> float:
    """Return the seconds of so many steps of a data set's suggested recipe that nobody looks at."""
    segment = Session(suggested_recipe(source, engine=engine)).current.segment
    began = time.perf_counter()
    segment.engine.advance(segment.training, segment.entry, steps)
    return time.perf_counter() - began


def looked_at(source: str, engine: str, steps: int, expression: str) -> float:
    """Return the seconds of the same steps with their curve, and with a breakpoint that is never hit if there is one."""
    session = Session(suggested_recipe(source, engine=engine))
    if expression:
        session.breakpoints.append(Breakpoint(Condition(expression)))
    began = time.perf_counter()
    session.run(steps)
    return time.perf_counter() - began


def travel() -> tuple[float, float]:
    """Return the seconds of a long run of the original case, and of the slowest of many ways to a step of it."""
    session = Session(suggested_recipe("parity"))
    began = time.perf_counter()
    session.run(LONG)
    whole = time.perf_counter() - began
    times = []
    for step in random.Random(0).sample(range(LONG), 50):
        began = time.perf_counter()
        session.go_to(step)
        times.append(time.perf_counter() - began)
    return whole, max(times)


def added(source: str, engine: str, steps: int, expressions: Sequence[str]) -> list[float]:
    """Return what the curve and each expression (the curve alone for an empty one) add to the bare steps, as shares."""
    rounds = []
    for _ in range(ROUNDS):
        alone = bare(source, engine, steps)
        rounds.append([looked_at(source, engine, steps, expression) / alone - 1 for expression in expressions])
    return [statistics.median(column) for column in zip(*rounds, strict=True)]


def main() -> None:
    """Measure and print."""
    use_one_thread()
    for source, engine, steps in CASES:
        if engine == "compiled" and not is_installed():
            print(f"{source:<8}{engine:<10}left out: the extra `fast` is not installed")
            continue
        bare(source, engine, 10)  # loads the machine code
        expressions = ("", *EXPRESSIONS)
        shares = added(source, engine, steps, expressions) + added(source, engine, steps // 20, (TREND,))
        for expression, share in zip((*expressions, TREND), shares, strict=True):
            print(f"{source:<8}{engine:<10}{expression or 'the curve alone':<28}adds {share:6.1%}", flush=True)
    whole, slowest = travel()
    print(f"any of {LONG:,} steps: {slowest:.3f} s at the most; the run itself took {whole:.1f} s")


if __name__ == "__main__":
    main()
