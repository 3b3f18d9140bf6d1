"""How the time of a step grows with width, depth, batch, rows and runs: `python -m tests.benchmarks.growth`.

Prints the medians of rounds that are taken in turn, and the exponent p of time ~ size^p: least squares of the logarithms,
over the range where it grows, which begins with the last size that takes less than twice as long as the quickest; over all
sizes where that leaves fewer than three. BLAS has one thread: where a second one joins in, the curve has a jump that says
nothing of growth.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from tests.benchmarks import sweep
from tests.benchmarks.competitors.measure import FULL, QUICK, Effort, take_turns
from tests.benchmarks.machine import ONE_THREAD, use_one_thread
from tui_backprop.core.arrays import Array
from tui_backprop.core.backward import exact
from tui_backprop.core.network import Network
from tui_backprop.core.objective import make_objective
from tui_backprop.core.operations.optimizers import Optimizer, Sgd
from tui_backprop.core.sampling import Sampling
from tui_backprop.core.step import Training
from tui_backprop.engines.choice import make_engine
from tui_backprop.engines.compiled_engine import is_installed
from tui_backprop.session.recipe.suggestion import suggested_recipe


def training(
    sizes: tuple[int, ...],
    batch: int,
    rows: int = 4096,
    *,
    activation: str = "tanh",
    optimizer: Optimizer | None = None,
) -> Training:
    """Return a training of a network, by plain descent unless another optimizer is given, on numbers drawn at random."""
    network = Network(sizes, (*[activation] * (len(sizes) - 2), "linear"))
    random = np.random.default_rng(0)
    return Training(
        network=network,
        objective=make_objective("linear", "squared"),
        inputs=random.normal(size=(rows, sizes[0])),
        targets=random.normal(size=(rows, sizes[-1])),
        sampling=Sampling("random", rows, batch, 0),
        rule=exact,
        optimizer=optimizer or Sgd(),
        rate=1e-4,
        free=np.ones(network.size),
    )


@dataclass(frozen=True)
class Axis:
    """One thing that grows while all else stays."""

    name: str
    sizes: tuple[int, ...]
    make: Callable[[int], Training]


AXES = (
    Axis("width, of 16-n-n-4, batch 32", (4, 8, 16, 32, 64, 128, 256), lambda n: training((16, n, n, 4), 32)),
    Axis("depth, n layers of 8, batch 32", (1, 2, 3, 4, 6, 8), lambda n: training((8, *[8] * n, 1), 32)),
    Axis("batch, of 2-8-8-1", (1, 4, 16, 64, 256, 1024, 4096), lambda n: training((2, 8, 8, 1), n)),
    Axis("rows, of 2-8-8-1, batch 32", (100, 1_000, 10_000, 100_000), lambda n: training((2, 8, 8, 1), 32, n)),
)


CHECKOUT = Path(__file__).parents[2]
RUNS = (1, 16, 256, 1024, 4096, 16_384)


@dataclass(frozen=True)
class Growth:
    """Times of a step along an axis."""

    way: str
    sizes: tuple[int, ...]
    seconds: tuple[float, ...]

    @property
    def grows_from(self) -> int:
        """Place of the first size that the exponent is fitted to."""
        first = max(i for i, one in enumerate(self.seconds) if one < 2 * min(self.seconds))
        return first if len(self.sizes) - first >= 3 else 0

    @property
    def exponent(self) -> float:
        """p of time ~ size^p over that range."""
        first = self.grows_from
        times: Array = np.array(self.seconds[first:])
        return float(np.polyfit(np.log(self.sizes[first:]), np.log(times), 1)[0])

    def line(self) -> str:
        """The exponent, its range, and the times."""
        times = "  ".join(f"{n:,}: {s * 1e6:.2f}" for n, s in zip(self.sizes, self.seconds, strict=True))
        return f"{self.way:<16}exponent {self.exponent:5.2f} from {self.sizes[self.grows_from]:,} on   µs {times}"


def along(axis: Axis, effort: Effort) -> list[Growth]:
    """Measure an axis with every engine that is installed."""
    engines = ("numpy", "compiled") if is_installed() else ("numpy",)
    ways: dict[str, Callable[[int], object]] = {}
    for size in axis.sizes:
        one = axis.make(size)
        start = one.first_state(np.random.default_rng(0).normal(size=one.network.size) * 0.1)
        for engine in engines:
            ways[f"{engine} {size}"] = partial(make_engine(engine).advance, one, start)
    times = take_turns(ways, effort)
    return [
        Growth(engine, axis.sizes, tuple(times.seconds(f"{engine} {size}") for size in axis.sizes))
        for engine in engines
    ]


def runs(effort: Effort) -> Growth:
    """Measure runs of 1-1-1 that are trained together."""
    found = sweep.measure(suggested_recipe("parity"), RUNS, effort.rounds, effort.seconds)
    whole = tuple(each * count for each, count in zip(found.each, found.runs, strict=True))
    return Growth("sweep", found.runs, whole)


def lines(*, quick: bool) -> Iterator[str]:
    """Measure in a process of its own, since BLAS asks for its threads when NumPy is loaded; the lines as they are known."""
    command = [sys.executable, "-m", "tests.benchmarks.growth", *(["--quick"] if quick else [])]
    environment = {**os.environ, **ONE_THREAD}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=CHECKOUT, env=environment) as child:
        assert child.stdout is not None
        yield from (line.rstrip() for line in child.stdout)


def main(arguments: list[str]) -> None:
    """Measure and print."""
    use_one_thread()
    effort = QUICK if "--quick" in arguments else FULL
    for axis in AXES:
        print(axis.name, *(f"  {growth.line()}" for growth in along(axis, effort)), sep="\n", flush=True)
    print("runs of 1-1-1 together", f"  {runs(effort).line()}", sep="\n")


if __name__ == "__main__":
    main(sys.argv[1:])
