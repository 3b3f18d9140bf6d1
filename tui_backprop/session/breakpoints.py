"""Who looks at a run while it goes on: breakpoints, the condition of one call, and watches."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

from tui_backprop.session.conditions import Condition, ConditionError, Expression
from tui_backprop.session.moment import RunMoment, check_interval
from tui_backprop.session.run import Run, Stop, Watcher
from tui_backprop.session.timeline import Segment


def interval_of(expression: Expression, segment: Segment) -> int:
    """Return how many steps lie between two checks of an expression."""
    return check_interval(segment, expression.names, by_epoch=expression.by_epoch)


@dataclass(eq=False)
class Breakpoint:
    """A condition at which a run halts.

    It halts where the condition becomes true, not at every step at which it is: who goes on from there goes on.
    """

    condition: Condition
    once: bool = False
    """Whether it disables itself after it was hit."""
    enabled: bool = True
    hits: int = 0
    """How often the run has halted for it."""
    reason: Literal["breakpoint", "lesson"] = "breakpoint"
    """What its halt is called: the learner's own, or a lesson's."""
    problem: str = ""
    """Why it cannot be checked now, where the data or the network that it speaks of has gone; empty otherwise."""
    _was_true: bool = field(default=False, repr=False)

    def begin(self, moment: RunMoment) -> None:
        """Note whether the condition can be checked, and whether it is true, where a run sets out."""
        try:
            self.condition.check(moment)
        except ConditionError as error:
            self.problem = str(error)
        else:
            self.problem, self._was_true = "", self.condition.holds(moment)

    def interval(self, segment: Segment) -> int:
        """Steps between two checks."""
        return interval_of(self.condition, segment)

    def stop(self, moment: RunMoment) -> Stop | None:
        """Halt where the condition has become true, and count that."""
        before, self._was_true = self._was_true, self.condition.holds(moment)
        if before or not self._was_true:
            return None
        self.hits += 1
        self.enabled = not self.once
        return Stop(self.reason, moment.value("step"), self.condition.text)


@dataclass(frozen=True)
class Until:
    """The condition of one call of `Session.run`: it halts wherever it is true."""

    condition: Condition

    def interval(self, segment: Segment) -> int:
        """Steps between two checks."""
        return interval_of(self.condition, segment)

    def stop(self, moment: RunMoment) -> Stop | None:
        """Halt where the condition holds."""
        return Stop("until", moment.value("step")) if self.condition.holds(moment) else None


def watchers(breakpoints: Iterable[Breakpoint], until: Condition | None, run: Run) -> tuple[Watcher, ...]:
    """Return who looks at a run that sets out: the breakpoints that can be checked now, and the condition of the call."""
    enabled = [breakpoint for breakpoint in breakpoints if breakpoint.enabled]
    if enabled:
        moment = run.moment()
        for breakpoint in enabled:
            breakpoint.begin(moment)
    checked = [breakpoint for breakpoint in enabled if not breakpoint.problem]
    return (*checked, *((Until(until),) if until is not None else ()))


@dataclass(frozen=True, eq=False)
class Watch:
    """An expression whose value is shown as the run goes on."""

    expression: Expression
    on_chart: bool = False
    """Whether the loss chart has a line for it."""
