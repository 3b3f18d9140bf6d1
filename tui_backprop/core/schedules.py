"""Learning-rate schedules: the factor on the rate as a pure function of the step."""

from __future__ import annotations

import math
from dataclasses import dataclass

SCHEDULES = ("constant", "step", "exponential", "cosine")
"""Kinds of schedule, by PyTorch's names and definitions (StepLR, ExponentialLR, CosineAnnealingLR)."""


@dataclass(frozen=True)
class Schedule:
    """A schedule; `rate(t)` = base rate × `factor(t)`, with t counted from 0.

    Raises:
        ValueError: a kind or a number that cannot be, in one sentence.
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
        match self.kind:
            case "step":
                return rise * self.gamma ** (step // self.period)
            case "exponential":
                return rise * self.gamma**step
            case "cosine":
                return rise * 0.5 * (1.0 + math.cos(math.pi * min(step / self.period, 1.0)))
        return rise


CONSTANT = Schedule()
"""The rate as it is."""


def parse_schedule(text: str, warmup: int = 0) -> Schedule:
    """Read `constant`, `step:PERIOD[,FACTOR]`, `exponential:FACTOR` or `cosine:PERIOD`.

    Raises:
        ValueError: what was expected, in one sentence.
    """
    kind, _, rest = text.partition(":")
    numbers = [part.strip() for part in rest.split(",")] if rest else []
    try:
        match kind, numbers:
            case "constant", []:
                return Schedule("constant", warmup=warmup)
            case "step", [period]:
                return Schedule("step", period=int(period), warmup=warmup)
            case "step", [period, gamma]:
                return Schedule("step", period=int(period), gamma=float(gamma), warmup=warmup)
            case "exponential", [gamma]:
                return Schedule("exponential", gamma=float(gamma), warmup=warmup)
            case "cosine", [period]:
                return Schedule("cosine", period=int(period), warmup=warmup)
    except ValueError as error:
        if str(error).startswith("schedule:"):
            raise
    raise ValueError(
        "schedule: constant, step:PERIOD,FACTOR, exponential:FACTOR or cosine:PERIOD "
        f"(for example step:1000,0.5), not {text!r}"
    )
