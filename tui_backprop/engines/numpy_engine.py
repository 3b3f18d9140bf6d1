"""The NumPy engine: the core's step as NumPy calls in a row, without a new array in the loop.

It computes the same formulas as `core.step.take_step`, in another order where that saves calls, so the two agree to a few
roundings a step. A backward rule that is not the chain rule is the core's own: such a run makes the core's step.
"""

from __future__ import annotations

from tui_backprop.core.step import State, Training
from tui_backprop.engines.numpy_plan.plan import Plan, has_plan
from tui_backprop.engines.recent import Recent
from tui_backprop.engines.reference_engine import ReferenceEngine
from tui_backprop.engines.work import work_of_training


class NumpyEngine:
    """Plans for the trainings that it was last asked for; one thread at a time may use it."""

    name = "numpy"

    def __init__(self) -> None:
        self._plans = Recent(Plan)
        self._core = ReferenceEngine()

    def advance(self, training: Training, state: State, steps: int) -> State:
        """Make `steps` updates."""
        if has_plan(training):
            return self._plans.of(training).advance(state, steps)
        return self._core.advance(training, state, steps)

    def step_time(self, training: Training) -> float:
        """About how many microseconds a step takes."""
        return work_of_training(training).numpy if has_plan(training) else self._core.step_time(training)
