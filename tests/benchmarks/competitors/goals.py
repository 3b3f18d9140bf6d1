"""How fast the engines are meant to be beside what people would use instead."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tests.benchmarks.competitors.measure import Times
from tests.benchmarks.competitors.table import BARE, COMPILED, NUMPY, OBJECTS, PYTHON, SCIKIT, TORCH, TYPED, C


@dataclass(frozen=True)
class Goal:
    """At least so many times as fast, in the case whose name begins so."""

    case: str
    ours: str
    theirs: str
    least: float

    def verdict(self, measured: Mapping[str, Times]) -> str | None:
        """One line that says whether it is reached; None where one of the two was not measured."""
        found = next((times for name, times in measured.items() if name.startswith(self.case)), None)
        if found is None or not {self.ours, self.theirs} <= found.rounds.keys():
            return None
        ratio = found.ratio(self.ours, self.theirs)
        return f"{self.words()}: {ratio:.2f} times" + ("" if ratio >= self.least else ", not reached")

    def words(self) -> str:
        """What is meant to be."""
        return f"{self.case}: {self.ours} at least {self.least:.2f} times as fast as {self.theirs}"


SMALL = ("1-1-1", "2-4-2-1", "2-8-8-8-1")
ALL = (*SMALL, "64-32-10")

GOALS = (
    Goal("1-1-1", COMPILED, PYTHON, 10.0),
    Goal("2-4-2-1", COMPILED, TYPED, 1.3),
    Goal("2-4-2-1", COMPILED, OBJECTS, 2.0),
    Goal("2-4-2-1", COMPILED, TORCH, 50.0),
    Goal("64-32-10", COMPILED, NUMPY, 1.0),
    Goal("64-32-10", COMPILED, BARE, 1.0),
    *(Goal(case, COMPILED, C, 1 / 1.5) for case in ALL),
    *(Goal(case, NUMPY, TORCH, 4.0) for case in SMALL),
    *(Goal(case, NUMPY, SCIKIT, 1.0) for case in ALL),
    *(Goal(case, NUMPY, BARE, 1 / 1.2) for case in ALL),
)
"""C is compiled for one case. Against bare NumPy calls a goal is a bound on what the engine costs beyond the arithmetic."""
