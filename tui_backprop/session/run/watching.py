"""Where a condition becomes true, found without looking at every step: before a step is made, or after many were."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from tui_backprop.core.arrays import Indices
from tui_backprop.session.conditions import Condition
from tui_backprop.session.run.timeline import Segment

if TYPE_CHECKING:
    from tui_backprop.session.run.moment import RunMoment
    from tui_backprop.session.run.run import Run

_AHEAD = 65_536  # steps that are looked ahead at a time: to look costs some hundred µs

CLOSE = 512
"""Most steps between two looks that are looked at one by one."""


class StepsAhead:
    """Many coming steps at once, as an expression of the step and the epoch alone sees them."""

    names = ("step", "epoch")

    def __init__(self, segment: Segment, steps: Indices) -> None:
        self._segment, self._steps = segment, steps

    def value(self, name: str) -> Any:
        """The steps, or the epochs they are in, (steps,)."""
        return self._steps if name == "step" else self._segment.epochs_at(self._steps)

    def epochs_ago(self, count: int) -> None:
        """No epoch is known yet."""


def next_change(condition: Condition, segment: Segment, step: int) -> int:
    """Return the first step after `step` at which a condition of the step alone changes; at most so many steps further."""
    steps = np.arange(step, step + _AHEAD + 1, dtype=np.int64)
    true = np.broadcast_to(condition.holds_each(StepsAhead(segment, steps)), steps.shape)
    changes = np.flatnonzero(true[1:] != true[:-1])
    return int(steps[changes[0] + 1]) if len(changes) else int(steps[-1])


def first_true(run: Run, holds: Callable[[RunMoment], bool], low: int, high: int) -> int:
    """Return a step after `low` and not after `high` at which something becomes true; it is true at `high`.

    It is the first such step, unless there are so many steps between that half of them are passed over at a time.
    """
    while high - low > CLOSE:
        middle = (low + high) // 2
        if holds(run.moment(middle)):
            high = middle
        else:
            low = middle
    return next((step for step in range(low + 1, high) if holds(run.moment(step))), high)
