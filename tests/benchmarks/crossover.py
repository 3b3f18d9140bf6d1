"""Where one engine becomes worth more than another: `python -m tests.benchmarks.crossover [--quick]`.

Measures a step of many networks with each engine, taken in turn, and prints the constants that fit them best (least squares
of relative errors, none below 0), how far those in `engines/work.py` are off, how many of the networks `auto` would give to
the slower engine, from which size on NumPy is as fast as compiled loops, and how long the compiled engine takes to load.
"""

from __future__ import annotations

import itertools
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial

import numpy as np
from scipy.optimize import nnls

from tests.benchmarks.competitors.measure import Effort, take_turns
from tests.benchmarks.growth import training
from tests.benchmarks.machine import use_one_thread
from tui_backprop.core.arrays import Array
from tui_backprop.core.operations.optimizers import Adam, Momentum, Optimizer, Sgd
from tui_backprop.core.step import Training
from tui_backprop.engines.choice import LARGEST_COMPILED, LOADING_TIME, make_engine
from tui_backprop.engines.work import Work, work_of_training

NETWORKS = (
    (1, 1, 1), (1, 8, 1), (2, 4, 2, 1), (2, 8, 8, 8, 1), (8, 8, 8, 8, 8, 8, 1), (4, 32, 3), (16, 64, 1), (64, 32, 10),
    (16, 128, 128, 4), (64, 256, 10),
)  # fmt: skip
BATCHES = (1, 8, 32, 256)
OPTIMIZERS: tuple[Optimizer, ...] = (Sgd(), Momentum(0.9), Adam())
ACTIVATIONS = ("relu", "tanh")
EFFORT, QUICK = Effort(rounds=5, seconds=0.02), Effort(rounds=3, seconds=0.005)
LARGE = ((16, 4), (32, 4), (64, 4), (64, 32), (128, 32), (256, 32), (256, 128), (256, 512))
"""Width of two hidden layers, and batch, of growing networks on which compiled loops are held against NumPy."""
TERMS = {
    "reference": ("depth", "slots", "values", "multiplications", "entries"),
    "numpy": ("depth", "slots", "values", "multiplications", "entries"),
    "compiled": ("depth", "values", "multiplications", "entries"),
}
"""What the time of a step is a sum of, besides a constant."""
LOAD = (
    "from tui_backprop.engines.compiled_engine import load_pieces; from tui_backprop.engines.pieces import all_pieces;"
    "load_pieces(all_pieces()[:8])"
)
IMPORT = "from tui_backprop.engines import choice"


def microseconds(one: Training, effort: Effort) -> dict[str, float]:
    """Return the median time of a step with each engine."""
    start = one.first_state(np.random.default_rng(0).normal(size=one.network.size) * 0.1)
    ways: dict[str, Callable[[int], object]] = {
        engine: partial(make_engine(engine).advance, one, start) for engine in TERMS
    }
    times = take_turns(ways, effort)
    return {engine: times.seconds(engine) * 1e6 for engine in TERMS}


def fitted(engine: str, works: list[Work], times: Array) -> Array:
    """Return the constants of an engine, the term of all steps first, that least miss the times (networks,), relatively."""
    terms = np.array([[1.0, *(getattr(work, term) for term in TERMS[engine])] for work in works])
    return np.asarray(nnls(terms / times[:, np.newaxis], np.ones(len(times)))[0])


def report(engine: str, works: list[Work], times: Array) -> None:
    """Print the constants that fit, and how far those in use are off."""
    constants = zip(("every step", *TERMS[engine]), fitted(engine, works, times), strict=True)
    print(f"{engine:<10}µs: " + ", ".join(f"{constant:.3g} {term}" for term, constant in constants))
    ratios = np.array([getattr(work, engine) for work in works]) / times
    print(f"{'':<10}in use: estimate / measured {np.quantile(ratios, [0, 0.1, 0.5, 0.9, 1]).round(2).tolist()}")


def loading_time() -> float:
    """Return the seconds that loading adds to a process, where the machine code is on the disk."""

    def seconds(code: str) -> float:
        began = time.perf_counter()
        subprocess.run([sys.executable, "-c", code], check=True)
        return time.perf_counter() - began

    seconds(LOAD)
    return statistics.median(seconds(LOAD) - seconds(IMPORT) for _ in range(5))


def main(arguments: list[str]) -> None:
    """Measure and print."""
    use_one_thread()
    effort = QUICK if "--quick" in arguments else EFFORT
    works, found = [], []
    for sizes, batch, optimizer, activation in itertools.product(NETWORKS, BATCHES, OPTIMIZERS, ACTIVATIONS):
        one = training(sizes, batch, activation=activation, optimizer=optimizer)
        works.append(work_of_training(one))
        found.append(microseconds(one, effort))
    times = {engine: np.array([one[engine] for one in found]) for engine in TERMS}
    print(f"{len(works)} networks, one after the other; quantiles are 0, 10, 50, 90 and 100 %")
    for engine in TERMS:
        report(engine, works, times[engine])
    small = np.array([work.multiplications < LARGEST_COMPILED for work in works])
    wrong = (times["compiled"] < times["numpy"]) != small
    print(f"the slower of numpy and compiled in a run without end: {wrong.sum()} of {len(works)} networks")
    for width, batch in LARGE:
        one = training((width, width, width, 4), batch)
        took = microseconds(one, effort)
        name = f"{width}, batch {batch}"
        weights = f"{work_of_training(one).multiplications:,} weights × samples"
        print(f"{name:<14}{weights:<34}numpy / compiled {took['numpy'] / took['compiled']:.2f}")
    print(f"loading takes {loading_time():.2f} s; in use is {LOADING_TIME} s")


if __name__ == "__main__":
    main(sys.argv[1:])
