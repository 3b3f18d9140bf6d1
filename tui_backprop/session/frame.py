"""Frames: what there is to see of a session at one moment, immutable.

A frame holds the state and the data that it was taken from; whatever costs time to compute (losses, predictions, the
numeric gradient) is computed when it is first asked for and kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from tui_backprop.core.arrays import Array, Indices
from tui_backprop.core.backward import exact
from tui_backprop.core.gradient_check import batch_loss, numeric_gradient
from tui_backprop.core.network import Network, Parameters
from tui_backprop.core.step import State, StepRecord
from tui_backprop.session.curve import Curve
from tui_backprop.session.edits import Edit
from tui_backprop.session.problem import Problem, Score
from tui_backprop.session.recipe import Recipe

NUMERIC_LIMIT = 100
"""Most parameters for which a frame has the numeric gradient, which costs two forward passes each."""


@dataclass(frozen=True)
class ReferenceLine:
    """A loss to compare with."""

    name: str
    loss: float


@dataclass(frozen=True)
class Probe:
    """One input asked about."""

    input: tuple[float, ...]
    """Raw, as it was asked, (inputs,)."""
    scaled: tuple[float, ...]
    """As the network gets it, (inputs,)."""
    before: tuple[float, ...]
    """ŷ at step 0, (outputs,)."""
    now: tuple[float, ...]
    """ŷ of this frame, (outputs,)."""


@dataclass(frozen=True)
class Divergence:
    """Where a run broke: the update from `step` gives something that is not finite."""

    step: int
    """The last step whose parameters and loss are finite; the session stands there."""
    tensor: str
    """The first tensor that broke, in the order of computation, such as `z1`, `loss` or `∂L/∂w2`."""

    @property
    def sentence(self) -> str:
        """What people read."""
        return f"diverged: the update from step {self.step:,} makes {self.tensor} infinite or NaN"


@dataclass(frozen=True, eq=False)
class History:
    """Parameters at some earlier steps of the run, evenly spread, oldest first."""

    steps: Indices
    """(points,)."""
    parameters: Array
    """(points, size)."""


@dataclass(frozen=True, eq=False)
class Frame:
    """All that there is to see at one step of a run."""

    recipe: Recipe
    """As it is in force at this step, resolved: nothing in it is auto."""
    problem: Problem
    state: State
    first_parameters: Array
    """θ at step 0, or where the network was last rebuilt, (size,)."""
    last: StepRecord | None
    """The update that led here; None at step 0, and where an edit has just rebuilt the network."""
    last_step: int
    """The furthest step that this run has reached; `step` is before it where somebody went back."""
    epoch: float
    """Passes' worth of samples seen."""
    rate: float
    """η that the next update will use, with the schedule."""
    curve: Curve
    edits: tuple[Edit, ...]
    reference: tuple[ReferenceLine, ...]
    history: History
    divergence: Divergence | None
    """Set where the next update is known to break."""

    @property
    def step(self) -> int:
        """Number of updates made so far."""
        return self.state.step

    @property
    def network(self) -> Network:
        """Sizes and activations."""
        return self.problem.network

    @cached_property
    def parameters(self) -> Parameters:
        """θ with its views."""
        return Parameters(self.network, self.state.parameters)

    @cached_property
    def train_score(self) -> Score:
        """Loss and accuracy over the training set (at most `LIVE_ROWS` of it)."""
        score = self.problem.score(self.state.parameters, self.problem.live_train)
        assert score is not None  # noqa: S101  (a training set has at least one row)
        return score

    @cached_property
    def test_score(self) -> Score | None:
        """Loss and accuracy over the test set (at most `LIVE_ROWS` of it); None without one."""
        return self.problem.score(self.state.parameters, self.problem.live_test)

    @cached_property
    def last_change(self) -> Array | None:
        """Δθ of the last update, (size,)."""
        return None if self.last is None else self.last.after.parameters - self.last.before.parameters

    @cached_property
    def exact_gradients(self) -> Parameters | None:
        """∂L/∂θ of the last update by the exact rule, whichever rule the run uses."""
        if self.last is None:
            return None
        training = self.last.training
        before = Parameters(training.network, self.last.before.parameters)
        with np.errstate(all="ignore"):
            found = exact(training.network, training.objective, before, self.last.tape, self.last.targets)
        return found.parameters

    @cached_property
    def numeric_gradients(self) -> Parameters | None:
        """∂L/∂θ of the last update by central differences; None for more than `NUMERIC_LIMIT` parameters."""
        if self.last is None or self.network.size > NUMERIC_LIMIT:
            return None
        training = self.last.training
        loss = batch_loss(training.network, training.objective, self.last.tape.a[0], self.last.targets)
        with np.errstate(all="ignore"):
            return Parameters(training.network, numeric_gradient(loss, self.last.before.parameters))

    @cached_property
    def probes(self) -> tuple[Probe, ...]:
        """The inputs asked about, before and now."""
        if not self.recipe.probe:
            return ()
        raw = np.array(self.recipe.probe)
        columns = (
            self.problem.scaler.transform(raw),
            self.problem.predict(self.first_parameters, raw),
            self.problem.predict(self.state.parameters, raw),
        )
        return tuple(
            Probe(asked, *(tuple(float(value) for value in column[i]) for column in columns))
            for i, asked in enumerate(self.recipe.probe)
        )
