"""What breakpoints and time travel cost, as ratios against the same run without them: `python tests/benchmarks/debugger.py`.

Prints for each breakpoint how many times slower full speed is with it, the median of several rounds taken in turn, and how
long the slowest way to any step of a long run takes beside one second of that run.
"""

from __future__ import annotations

import random
import statistics
import time

from tui_backprop.session.breakpoints import Breakpoint
from tui_backprop.session.conditions import Condition
from tui_backprop.session.session import Session
from tui_backprop.session.suggestion import suggested_recipe

EXPRESSIONS = (
    "loss < 0", "abs(w1[0,0]) > 1000", "step == 10**9", "grad_norm > 10**6", "any(isnan(parameters))",
    "max(abs(delta1)) < 0", "accuracy > 2", "loss rises 1000 epochs",
)  # fmt: skip
ROUNDS = 5
SECONDS = 0.4
LONG = 1_000_000


def speed(source: str, expression: str | None) -> float:
    """Return the steps a second of a data set's suggested recipe, with a breakpoint that is never hit."""
    session = Session(suggested_recipe(source))
    if expression is not None:
        session.breakpoints.append(Breakpoint(Condition(expression)))
    session.run(200)
    began, first = time.perf_counter(), session.step
    while time.perf_counter() - began < SECONDS:
        session.run(100)
    return (session.step - first) / (time.perf_counter() - began)


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


def main() -> None:
    """Measure and print."""
    for source in ("parity", "moons"):
        for expression in EXPRESSIONS:
            ratios = [speed(source, None) / speed(source, expression) for _ in range(ROUNDS)]
            print(f"{source:<8}{expression:<28}times slower {statistics.median(ratios):6.2f}")
    whole, slowest = travel()
    print(f"any of {LONG:,} steps: {slowest:.3f} s at the most; the run itself took {whole:.1f} s")


if __name__ == "__main__":
    main()
