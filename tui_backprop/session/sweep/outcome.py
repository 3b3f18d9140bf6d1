"""What came of one run."""

from __future__ import annotations

import math
import sys
import zlib
from dataclasses import dataclass
from typing import Any

import numpy as np

from tui_backprop.core.arrays import Array
from tui_backprop.session.recipe.problem import Problem

_LARGEST = sys.float_info.max

STOPPED_BY = ("steps", "until", "diverged")
"""How a run can end."""


@dataclass(frozen=True)
class Outcome:
    """The end of one run. Losses and accuracies are over the whole training and test set."""

    run: int
    """Its number in the plan."""
    steps: int
    """Updates that it made; for one that diverged, up to its last finite state."""
    stopped_by: str
    """One of `STOPPED_BY`."""
    loss: float
    test_loss: float | None
    """None without a test set."""
    accuracy: float | None
    """None where the targets are numbers."""
    test_accuracy: float | None
    checksum: int
    """CRC-32 of the bytes of θ at the end, by which the run that the trainer makes again is recognised."""

    @property
    def diverged(self) -> bool:
        """Whether it broke."""
        return self.stopped_by == "diverged"

    def as_json(self) -> dict[str, Any]:
        """Every field; a number that is not finite is null."""
        found = vars(self).copy()
        for name in ("loss", "test_loss"):
            found[name] = _finite(found[name])
        return found


def from_json(found: Any, runs: int, steps: int) -> Outcome:
    """Return the outcome that `as_json` wrote, of a sweep with so many runs of so many steps.

    Raises:
        ValueError: it is not one.
    """
    try:
        outcome = Outcome(**found)
    except TypeError:
        raise ValueError("not the outcome of a run") from None
    limits = ((outcome.run, runs - 1), (outcome.steps, steps), (outcome.checksum, 2**32 - 1))
    if not (
        all(type(value) is int and 0 <= value <= limit for value, limit in limits) and outcome.stopped_by in STOPPED_BY
    ):
        raise ValueError("not the outcome of a run of this sweep")
    read = {name: _number(getattr(outcome, name)) for name in ("loss", "test_loss", "accuracy", "test_accuracy")}
    if read["loss"] is None:
        read["loss"] = math.inf
    return Outcome(**{**vars(outcome), **read})


def _number(value: Any) -> float | None:
    """Return a finite number or None.

    Raises:
        ValueError: it is neither.
    """
    if value is None:
        return None
    if type(value) not in (int, float) or not -_LARGEST <= value <= _LARGEST:
        raise ValueError("not a number that float64 has")
    return float(value)


def outcome_of(run: int, problem: Problem, theta: Array, steps: int, stopped_by: str) -> Outcome:
    """Return the outcome of a run that ended with θ (size,)."""
    train, test = problem.score(theta, problem.train), problem.score(theta, problem.test)
    assert train is not None  # noqa: S101  (there is no training set without rows)
    return Outcome(
        run=run,
        steps=steps,
        stopped_by=stopped_by,
        loss=train.loss,
        test_loss=None if test is None else test.loss,
        accuracy=train.accuracy,
        test_accuracy=None if test is None else test.accuracy,
        checksum=checksum(theta),
    )


def checksum(theta: Array) -> int:
    """CRC-32 of θ's values, where 0.0 is −0.0 and a NaN is any NaN, as in `State.same_values`."""
    return zlib.crc32(np.where(np.isnan(theta), np.nan, theta + 0.0).tobytes())


def _finite(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None
