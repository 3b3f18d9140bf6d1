"""Times of a step, of several ways of making it, taken in turn so that all share what else the machine does."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass

from tests.benchmarks.competitors.cases import Case
from tests.benchmarks.competitors.table import Competitor


@dataclass(frozen=True)
class Effort:
    """How long is measured."""

    rounds: int
    seconds: float
    """About how long each of them goes on in a round."""


FULL = Effort(rounds=15, seconds=0.15)
QUICK = Effort(rounds=3, seconds=0.05)


@dataclass(frozen=True)
class Times:
    """Seconds of a step of each way by name, one for each round."""

    rounds: Mapping[str, Sequence[float]]

    def seconds(self, name: str) -> float:
        """The median seconds of a step."""
        return statistics.median(self.rounds[name])

    def ratio(self, ours: str, theirs: str) -> float:
        """How many times faster `ours` is: the median over the rounds of what they took beside each other."""
        pairs = zip(self.rounds[ours], self.rounds[theirs], strict=True)
        return statistics.median(their / our for our, their in pairs)


def take_turns(ways: Mapping[str, Callable[[int], object]], effort: Effort) -> Times:
    """Measure ways of making a number of steps. Each goes on for a while first, so that what is compiled is compiled."""
    steps = {name: steps_in(train, effort.seconds) for name, train in ways.items()}
    rounds: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(effort.rounds):
        for name, train in ways.items():
            began = time.perf_counter()
            train(steps[name])
            rounds[name].append((time.perf_counter() - began) / steps[name])
    return Times(rounds)


def steps_in(train: Callable[[int], object], seconds: float) -> int:
    """Return about how many steps are made in so many seconds, found by making more and more of them."""
    train(1)  # what is loaded or prepared once is no part of a step
    steps = 1
    while True:
        began = time.perf_counter()
        train(steps)
        took = time.perf_counter() - began
        if took >= seconds / 2:
            return max(1, round(steps * seconds / took))
        steps *= 2 if took > seconds / 100 else 10


def measure(case: Case, competitors: Sequence[Competitor], effort: Effort) -> Times:
    """Measure competitors in a case that is for them, each first shown to train the same.

    Raises:
        AssertionError: one of them computes something else.
    """
    with ExitStack() as stack:
        ways: dict[str, Callable[[int], object]] = {}
        for one in competitors:
            assert one.is_the_same(case, steps=3), f"{one.name} trains another network on {case.name}"
            trainer = one.make(one.adapt(case))
            stack.callback(trainer.close)
            ways[one.name] = trainer.train
        return take_turns(ways, effort)
