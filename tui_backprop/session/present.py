"""The place that the user looks at, the present step of a run, and what there is to see of it."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence

from tui_backprop.core.judge import Judgement
from tui_backprop.core.step import State, StepRecord, take_step
from tui_backprop.core.truth import QUICKLY, judge_update
from tui_backprop.records.curve import Curve
from tui_backprop.session.anatomy.phases import Phase, phases
from tui_backprop.session.anatomy.walking import Walker
from tui_backprop.session.recipe.engine import engine_notes
from tui_backprop.session.recipe.problem import Problem
from tui_backprop.session.recipe.recipe import Recipe
from tui_backprop.session.run.run import Run
from tui_backprop.session.run.what_if import what_if


class PresentStep(Walker):
    """One step of a run, or the phase that the step after it has reached."""

    @property
    @abstractmethod
    def current(self) -> Run:
        """The run that is looked at."""

    @property
    def recipe(self) -> Recipe:
        """The recipe in force at the present step, resolved: nothing in it is auto."""
        return self.current.recipe

    @property
    def problem(self) -> Problem:
        """The data, the network and the objective at the present step."""
        return self.current.problem

    @property
    def notices(self) -> tuple[str, ...]:
        """What there is to say of the data and the engine before a run sets out, one sentence each."""
        return (*self.problem.dataset.notices, *engine_notes(self.current.segment.asked, self.recipe))

    @property
    def state(self) -> State:
        """The present state."""
        return self.current.state

    @property
    def step(self) -> int:
        """Number of updates made so far, at the place where the session is."""
        return self.current.step

    @property
    def last_step(self) -> int:
        """The furthest step that this run has reached."""
        return self.current.last_step

    @property
    def curve(self) -> Curve:
        """Loss curves of the whole run, copied."""
        return self.current.curve

    @property
    def inside(self) -> Phase | None:
        """The phase that the step in progress has reached; None between two steps."""
        return None if self.phase is None else phases(self.problem.network)[self.phase]

    def last_record(self) -> StepRecord | None:
        """Return the update that led here in full; None at step 0 and where the network was just rebuilt."""
        return self.current.last_record()

    def record(self) -> StepRecord | None:
        """Return the update to look at: the one in progress, or else the last."""
        return self.current.next_record() if self.phase is not None else self.last_record()

    def record_to_check(self) -> StepRecord:
        """Return the update whose gradient is checked: the one to look at, at step 0 the coming one."""
        return self.record() or take_step(self.current.segment.training, self.state)

    def judgement(self) -> Judgement:
        """Return what the judge says of the gradient of that update."""
        return judge_update(self.record_to_check(), QUICKLY)

    def what_if(self, inputs: Sequence[float], target: Sequence[float] | None = None) -> StepRecord:
        """Return the update that one sample of the user's own would make from the present state; it is not made.

        Args:
            inputs: raw input values, one for each column.
            target: one value for each output; without it the network's own answer, which gives no error.

        Raises:
            InputError: a wrong number of values.
        """
        return what_if(self.current, inputs, target)

    def present_step(self) -> int:
        """Return the number of updates made so far, as `step` does."""
        return self.step

    def phase_count(self) -> int:
        """Return how many phases a step of the network has."""
        return len(phases(self.problem.network))
