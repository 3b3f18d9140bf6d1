"""Learning-rate schedules: the factor on the rate as a pure function of the step."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Shape:
    """How the rate goes from step to step."""

    factor: Callable[[int, int, float], float]
    """(step, period, gamma) → the factor on the rate; plain arithmetic, which the compiled engine takes as it is."""
    numbers: tuple[str, ...] = ()
    """Which numbers it has, in the order in which people write them: `period`, `gamma`."""
    optional: int = 0
    """How many of them may be left out, from the last one on."""

    def written(self, name: str) -> str:
        """Say how it is written, `step:PERIOD,FACTOR`."""
        words = {"period": "PERIOD", "gamma": "FACTOR"}
        return ":".join([name, *([",".join(words[one] for one in self.numbers)] if self.numbers else [])])


def _constant(_step: int, _period: int, _gamma: float) -> float:
    """1 at every step."""
    return 1.0


def _step(step: int, period: int, gamma: float) -> float:
    """γ to the number of whole periods that have passed."""
    return math.pow(gamma, step // period)


def _exponential(step: int, _period: int, gamma: float) -> float:
    """γ to the number of steps that have passed."""
    return math.pow(gamma, step)


def _cosine(step: int, period: int, _gamma: float) -> float:
    """½(1 + cos(πt/P)): from 1 down to 0 over a period, and 0 after it."""
    return 0.5 * (1.0 + math.cos(math.pi * min(step / period, 1.0)))


SCHEDULES: dict[str, Shape] = {
    "constant": Shape(_constant),
    "step": Shape(_step, ("period", "gamma"), optional=1),
    "exponential": Shape(_exponential, ("gamma",)),
    "cosine": Shape(_cosine, ("period",)),
}
"""Kinds of schedule, by PyTorch's names and definitions (StepLR, ExponentialLR, CosineAnnealingLR)."""


@dataclass(frozen=True)
class Schedule:
    """A schedule; `rate(t)` = base rate × `factor(t)`, with t counted from 0.

    Raises:
        ValueError: a kind or a number that is not possible, in one sentence.
    """

    kind: str = "constant"
    period: int = 1000
    """`step`: steps between two drops; `cosine`: steps down to 0, after which the rate stays 0."""
    gamma: float = 0.1
    """`step`: factor of one drop; `exponential`: factor of one step."""
    warmup: int = 0
    """Steps over which the factor first rises in a straight line; 0 for none."""

    def __post_init__(self) -> None:
        if self.kind not in SCHEDULES:
            raise ValueError(f"schedule: one of {', '.join(SCHEDULES)}, not {self.kind!r}")
        if self.period < 1 or self.warmup < 0:
            raise ValueError("schedule: a period is 1 step or more, and a warm-up 0 steps or more")
        if not 0 < self.gamma <= 1:
            raise ValueError(f"schedule: a factor above 0 and at most 1, not {self.gamma:g}")

    @property
    def is_constant(self) -> bool:
        """Whether the factor is 1 at every step."""
        return self.kind == "constant" and not self.warmup

    def factor(self, step: int) -> float:
        """Return what the rate is multiplied with at `step`; during the warm-up (step + 1) / (warmup + 1) of it."""
        rise = min(1.0, (step + 1) / (self.warmup + 1))
        return rise * SCHEDULES[self.kind].factor(step, self.period, self.gamma)


CONSTANT = Schedule()
"""The rate as it is."""


def parse_schedule(text: str, warmup: int = 0) -> Schedule:
    """Read a schedule as people write it: `constant`, `step:1000,0.5`.

    Raises:
        ValueError: what was expected, in one sentence.
    """
    kind, _, rest = text.partition(":")
    numbers = [part.strip() for part in rest.split(",")] if rest else []
    shape = SCHEDULES.get(kind)
    if shape is not None and 0 <= len(shape.numbers) - len(numbers) <= shape.optional:
        try:
            named = dict(zip(shape.numbers, numbers, strict=False))
            period, gamma = int(named.get("period", Schedule.period)), float(named.get("gamma", Schedule.gamma))
            return Schedule(kind, period=period, gamma=gamma, warmup=warmup)
        except ValueError as error:
            if str(error).startswith("schedule:"):
                raise
    *others, last = (one.written(name) for name, one in SCHEDULES.items())
    raise ValueError(f"schedule: {', '.join(others)} or {last} (for example step:1000,0.5), not {text!r}")
