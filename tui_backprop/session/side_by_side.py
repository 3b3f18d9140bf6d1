"""Two runs side by side, in step: the present one, and a branch of it or the same recipe and edits with another rule.

Both are runs of their own: whatever is done here, the session stays as it was.
"""

from __future__ import annotations

from collections.abc import Sequence

from tui_backprop.core.errors import InputError
from tui_backprop.records.checkpoints import MEMORY
from tui_backprop.session.anatomy.phases import Phase, phases
from tui_backprop.session.anatomy.walking import Walker
from tui_backprop.session.branches.branch import Branch, parted
from tui_backprop.session.branches.comparison import (
    Comparison,
    comparison,
    first_difference,
    same_parameters,
    tensors_apart,
)
from tui_backprop.session.frames.frame import Frame
from tui_backprop.session.frames.taking import take_frame
from tui_backprop.session.run.changes import first_segment
from tui_backprop.session.run.edits import Edit
from tui_backprop.session.run.run import Run
from tui_backprop.session.session import Session
from tui_backprop.text.cleaning import clean

_SHARE = 4  # each side has this part of a session's memory


class Side:
    """One of two runs: its name, and the edits that it has still to make."""

    def __init__(self, run: Run, name: str, edits: Sequence[Edit] = ()) -> None:
        self.branch = Branch(run, name, None, 0)
        self._ahead = list(edits)
        self._problem = ""
        run.timeline.limit(MEMORY // _SHARE)
        self._make_edits()

    @property
    def run(self) -> Run:
        """The run."""
        return self.branch.run

    @property
    def stopped(self) -> str:
        """Why it goes no further, in one sentence; empty where it does."""
        broken = self.run.divergence
        return self._problem or ("" if broken is None else broken.sentence)

    def advance(self, to: int) -> None:
        """Go on to a step, making the edits on the way, or as far as it goes."""
        while self.run.step < to and not self.stopped:
            due = min([to, *(edit.step for edit in self._ahead[:1])])
            self.run.advance(due - self.run.step)
            self._make_edits()

    def _make_edits(self) -> None:
        """Make the edits of the present step, with this side's own rule."""
        while self._ahead and self._ahead[0].step == self.run.step:
            edit = self._ahead.pop(0)
            changes = {name: value for name, value in edit.changes if name != "rule"}
            try:
                self.run.edit(dict(edit.parameters), changes)
            except InputError as error:
                self._problem = f"the edit {edit.summary} cannot be made here: {error}"


class SideBySide(Walker):
    """Two runs that move together.

    Args:
        sides: the present run and the other one.
        since: a step up to which they are known to be the same.
        step: where they are to stand; the other one may have to catch up.
    """

    def __init__(self, sides: tuple[Side, Side], since: int, step: int) -> None:
        self.sides = sides
        self.step = step
        """Where both stand, or are to stand."""
        self._since = since
        self._parted: tuple[int, tuple[str, ...]] | None = None
        for side in sides:
            side.run.go_to(min(step, side.run.last_step))

    @property
    def last_step(self) -> int:
        """The furthest step that one of them has reached."""
        return max(side.run.last_step for side in self.sides)

    @property
    def behind(self) -> int:
        """How many steps one of them has to catch up."""
        return max(0 if side.stopped else self.step - side.run.step for side in self.sides)

    @property
    def over(self) -> bool:
        """Whether both go no further."""
        return all(side.stopped for side in self.sides)

    def catch_up(self, steps: int) -> bool:
        """Advance the lagging run by up to `steps`; say whether it still lags."""
        self.phase = None
        for side in self.sides:
            side.advance(min(self.step, side.run.step + steps))
        return self.behind > 0

    def advance(self, steps: int) -> bool:
        """Make `steps` updates in both, of which one in progress is the first; say whether at least one of them goes on."""
        self.phase = None
        self.step += 0 if self.over else steps
        for side in self.sides:
            side.advance(self.step)
        if self.over:
            self.step = max(side.run.step for side in self.sides)
        return not self.over

    def advance_epoch(self) -> bool:
        """Run to the end of the first one's present epoch; say whether at least one of them goes on."""
        return self.advance(max(1, self.sides[0].run.epoch_end() - self.sides[0].run.step))

    def go_to(self, step: int) -> None:
        """Go to a step that one of them has reached; the other one as near to it as it has been.

        Raises:
            ValueError: neither has been there.
        """
        if not 0 <= step <= self.last_step:
            raise ValueError(f"step {step:,} is not between 0 and {self.last_step:,}, where these runs have been")
        self.step, self.phase = step, None
        for side in self.sides:
            side.run.go_to(min(step, side.run.last_step))

    def present_step(self) -> int:
        """Return where both are, or are to be."""
        return self.step

    def phase_count(self) -> int:
        """Phases of a step of the deeper network: the other run waits before its update."""
        return max(len(phases(side.run.problem.network)) for side in self.sides)

    def phase_forward(self) -> None:
        """Go one phase on in both; from the last phase of a step the updates are made."""
        if not self.over and self.enter_next_phase():
            return
        if self.phase is not None:
            self.advance(1)

    def _inside(self, side: Side) -> Phase | None:
        """Return the phase that a run has reached; None between two steps, and where it does not make this one."""
        if self.phase is None or side.run.step != self.step or side.stopped:
            return None
        stages = phases(side.run.problem.network)
        return stages[min(self.phase, len(stages) - 1)]

    def frames(self) -> tuple[Frame, Frame]:
        """Return all that there is to see now of each; its `branches` are the two."""
        both = [side.branch for side in self.sides]
        one, other = (take_frame(both, side.branch, self._inside(side), (), (), ()) for side in self.sides)
        return one, other

    def comparison(self) -> Comparison:
        """Say where they part first, and how far apart they are now."""
        one, other = (side.branch for side in self.sides)
        return comparison(one, other, (one.run.step, other.run.step), *self._first_difference())

    def _first_difference(self) -> tuple[int | None, tuple[str, ...]]:
        """Return the first step at which the parameters differ, and what differs there; what was found is kept."""
        one, other = (side.run for side in self.sides)
        last = min(one.last_step, other.last_step)
        if self._parted is None and last >= self._since:
            if same_parameters(one, other, last):
                self._since = last
            else:
                step = first_difference(one, other, self._since)
                self._parted = None if step is None else (step, tensors_apart(one, other, step))
        return self._parted or (None, ())


def beside_branch(session: Session, branch: Branch) -> SideBySide:
    """Return the present run beside another branch, from where the present one is."""
    sides = tuple(Side(one.run.fork(whole=True), one.name) for one in (session.branch, branch))
    return SideBySide((sides[0], sides[1]), parted(session.branch, branch), session.step)


def beside_rule(session: Session, rule: str) -> SideBySide:
    """Return the present run beside the same recipe and edits from step 0 on with another rule, which has to catch up.

    Raises:
        InputError: the recipe cannot be run by that rule, in one sentence.
    """
    own, first = session.current, session.current.timeline.segments[0]
    other = Run(first_segment(first.asked.replace(rule=rule), first.problem.dataset), MEMORY // _SHARE)
    sides = Side(own.fork(whole=True), clean(session.recipe.rule)), Side(other, rule, own.edits)
    return SideBySide(sides, 0, session.step)
