"""Who looks at a run while it goes on: breakpoints, the condition of one call, and watches."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

from tui_backprop.records.spacing import Spacing
from tui_backprop.session.conditions import Condition, ConditionError, Expression
from tui_backprop.session.run.moment import RunMoment
from tui_backprop.session.run.pace import check_spacing
from tui_backprop.session.run.run import Run, Stop, Watcher
from tui_backprop.session.run.timeline import Segment
from tui_backprop.session.run.watching import first_true, next_change


def spacing_of(expression: Expression, segment: Segment) -> Spacing:
    """Return how many steps lie between two checks of an expression."""
    if expression.by_step:
        return Spacing(1, 1)
    return check_spacing(segment, expression.names, by_epoch=expression.by_epoch)


def _next_look(condition: Condition, segment: Segment, step: int, *, closely: bool) -> int:
    """Return the next step after `step` at which a condition is looked at: where it changes, if that is known beforehand."""
    if condition.by_step:
        return next_change(condition, segment, step)
    if condition.by_epoch:  # between two looks it could come and go
        return segment.next_epoch_end(step)
    return step + 1 if closely else spacing_of(condition, segment).next_after(step)


def _came_true(condition: Condition, run: Run, low: int) -> int:
    """Return the step after `low` at which a condition became true that is true at the run's present step."""
    if condition.by_step or condition.by_epoch:  # these are looked at wherever they may change
        return run.step
    return first_true(run, condition.holds, low, run.step)


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
    _looked: tuple[Segment, int] | None = field(default=None, repr=False)

    def begin(self, run: Run) -> None:
        """Note whether the condition can be checked, and whether it is true, where a run sets out.

        Where a run goes on that was only interrupted, what was seen at the last look still counts.
        """
        if self._looked is not None:
            segment, step = self._looked
            if segment is run.segment and step <= run.step < self.next_look(segment, step):
                return
        moment = run.moment()
        try:
            self.condition.check(moment)
        except ConditionError as error:
            self.problem, self._looked = str(error), None
        else:
            self.problem, self._was_true = "", self.condition.holds(moment)
            self._looked = run.segment, run.step

    def next_look(self, segment: Segment, step: int, *, closely: bool = False) -> int:
        """Return the next step after `step` at which it looks."""
        return _next_look(self.condition, segment, step, closely=closely)

    def look(self, run: Run, moment: RunMoment) -> int | None:
        """Return the step at which the condition became true since the last look; None where it did not."""
        low = run.segment.start if self._looked is None else self._looked[1]
        before, self._was_true = self._was_true, self.condition.holds(moment)
        self._looked = run.segment, run.step
        return _came_true(self.condition, run, low) if self._was_true and not before else None

    def halt(self, step: int) -> Stop:
        """Count a hit at `step`, where the run halts."""
        self.hits += 1
        self.enabled = not self.once
        return Stop(self.reason, step, self.condition.text)


@dataclass(frozen=True)
class Until:
    """The condition of one call of `Session.run`: it halts wherever it is true."""

    condition: Condition

    def is_due(self, run: Run) -> bool:
        """Whether a look falls on the run's present step."""
        if self.condition.by_epoch:
            return run.segment.next_epoch_end(run.step - 1) == run.step
        return spacing_of(self.condition, run.segment).has_point(run.step)

    def next_look(self, segment: Segment, step: int, *, closely: bool = False) -> int:
        """Return the next step after `step` at which it looks."""
        return _next_look(self.condition, segment, step, closely=closely)

    def look(self, run: Run, moment: RunMoment) -> int | None:
        """Return the step at which the condition became true since the last look; None where it is not true."""
        if not self.condition.holds(moment):
            return None
        low = max(run.segment.start, spacing_of(self.condition, run.segment).last_before(run.step))
        return _came_true(self.condition, run, low)

    def halt(self, step: int) -> Stop:
        """Halt at `step`."""
        return Stop("until", step)


def watchers(breakpoints: Iterable[Breakpoint], until: Condition | None, run: Run) -> tuple[Watcher, ...]:
    """Return who looks at a run that sets out: the breakpoints that can be checked now, and the condition of the call."""
    enabled = [breakpoint for breakpoint in breakpoints if breakpoint.enabled]
    for breakpoint in enabled:
        breakpoint.begin(run)
    checked = [breakpoint for breakpoint in enabled if not breakpoint.problem]
    return (*checked, *((Until(until),) if until is not None else ()))


@dataclass(frozen=True, eq=False)
class Watch:
    """An expression whose value is shown as the run goes on."""

    expression: Expression
    on_chart: bool = False
    """Whether the loss chart has a line for it."""
