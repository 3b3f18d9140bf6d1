"""What findings cost, as a share of the time of the run itself: `python -m tests.benchmarks.findings`.

Prints for each data set the time of 1,000 and of 10,000 steps without findings, and what is added to it by the first look,
at the end, as `tui-backprop run` has it, and by looking again as often as the app may while the run goes on; medians of
several rounds.
"""

from __future__ import annotations

import statistics
import time
from itertools import product

from tests.benchmarks.machine import use_one_thread
from tui_backprop.session.recipe.suggestion import suggested_recipe
from tui_backprop.session.session import Session

SOURCES = ("parity", "moons", "spiral", "digits")
STEPS = (1_000, 10_000)
SLICE = 50  # steps between two looks at the clock
ROUNDS = 5


def measure(source: str, steps: int, *, live: bool) -> tuple[float, float, int]:
    """Return the seconds of a run and of its findings, and how often these were looked for."""
    session = Session(suggested_recipe(source))
    session.run(100)
    if live:  # where it looked before, what holds whatever is trained is known
        session.findings()
    began, spent, looks, due = time.perf_counter(), 0.0, 0, 0.0
    while session.step < steps:
        session.run(min(SLICE, steps - session.step))
        now = time.perf_counter()
        if session.step == steps or (live and now >= due):
            session.findings()
            spent += time.perf_counter() - now
            due = time.perf_counter() + session.examiner.pause
            looks += 1
    return time.perf_counter() - began - spent, spent, looks


def first_look(source: str, steps: int) -> tuple[float, float]:
    """Return the seconds of a run and of the first look at its findings, the least of several rounds each."""
    rounds = [measure(source, steps, live=False) for _ in range(ROUNDS)]
    return min(run for run, _, _ in rounds), min(look for _, look, _ in rounds)


def main() -> None:
    """Measure and print."""
    use_one_thread()
    for source, steps, live in product(SOURCES, STEPS, (False, True)):
        rounds = [measure(source, steps, live=live) for _ in range(ROUNDS)]
        run = statistics.median(seconds for seconds, _, _ in rounds)
        share = statistics.median(spent / seconds for seconds, spent, _ in rounds)
        looks = statistics.median(looks for _, _, looks in rounds)
        how = f"{looks:.0f} looks on the way" if live else "the first look at the end"
        print(f"{source:<8}{steps:>6,} steps {run:6.2f} s   {how:<24}adds {share:6.1%}")


if __name__ == "__main__":
    main()
