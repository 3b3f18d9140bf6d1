"""Frames: what there is to see of a session at one moment, immutable.

A frame holds the state and the data that it was taken from; whatever costs time to compute (losses, predictions, what the
judge says of the gradient) is computed when it is first asked for and kept.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from tui_backprop.core.arrays import Array
from tui_backprop.core.judge import Judgement
from tui_backprop.core.network import Network, Parameters
from tui_backprop.core.step import State, StepRecord
from tui_backprop.core.truth import QUICKLY, judge_update
from tui_backprop.diagnosis.findings.finding import Finding
from tui_backprop.records.curve import Curve
from tui_backprop.session.anatomy.phases import Phase, PhaseKind, has_happened
from tui_backprop.session.recipe.problem import Problem, Score
from tui_backprop.session.recipe.recipe import Recipe
from tui_backprop.session.run.edits import Edit
from tui_backprop.session.run.history import Divergence, History, PathPoint, WatchedValues


@dataclass(frozen=True)
class ReferenceLine:
    """A loss to compare with."""

    name: str
    """What the chart calls it."""
    key: str
    """What the report calls it."""
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


@dataclass(frozen=True, eq=False)
class WatchView:
    """A watched expression."""

    text: str
    trace: WatchedValues
    on_chart: bool

    @property
    def value(self) -> float:
        """Its value now; NaN where it has none."""
        return float(self.trace.values[-1])


@dataclass(frozen=True)
class BreakpointView:
    """A breakpoint as it is now."""

    text: str
    enabled: bool
    once: bool
    hits: int
    interval: int
    """Steps between two checks."""
    problem: str
    """Why it cannot be checked now; empty otherwise."""


@dataclass(frozen=True, eq=False)
class BranchView:
    """One of the session's runs."""

    name: str
    label: str
    """What it trains, and at which rate."""
    beside: bool
    """Whether its losses compare with those of the active one: those of another data set do not."""
    curve: Curve
    step: int
    """The present step in it."""
    last_step: int
    final_loss: float
    """The training loss at the last point of its curve; NaN where it has none."""
    active: bool


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
    """The furthest step that this run has reached; `step` is before it where the user went back."""
    epoch: float
    """Passes' worth of samples seen."""
    rate: float
    """η that the next update will use, with the schedule."""
    curve: Curve
    edits: tuple[Edit, ...]
    reference: tuple[ReferenceLine, ...]
    history: History
    path: tuple[PathPoint, ...]
    """Kept states of the run with this network, evenly spread, oldest first, then where it was since, the present last."""
    divergence: Divergence | None
    """Set where the next update is known to break."""
    inside: Phase | None = None
    """Where the step in progress is; None between two steps."""
    coming: StepRecord | None = None
    """The update in progress, computed but not made; None between two steps."""
    branches: tuple[BranchView, ...] = ()
    """Every run of the session, the oldest first."""
    breakpoints: tuple[BreakpointView, ...] = ()
    watches: tuple[WatchView, ...] = ()
    findings: tuple[Finding, ...] = ()
    """What can be said of the run, the worst first; while it goes on, as it was found a moment ago."""

    def with_findings(self, findings: tuple[Finding, ...]) -> Frame:
        """Return the frame with these findings; what was computed of it already is known to it as well."""
        twin = replace(self, findings=findings)
        twin.__dict__.update({name: value for name, value in self.__dict__.items() if name not in twin.__dict__})
        return twin

    @property
    def record(self) -> StepRecord | None:
        """The update to look at: the one in progress, or else the last."""
        return self.coming if self.coming is not None else self.last

    def happened(self, kind: PhaseKind, layer: int = 0) -> bool:
        """Whether a phase of the update to look at has happened."""
        if self.record is None:
            return False
        return has_happened(self.network, Phase(kind, layer), self.inside)

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
        """Δθ of the update to look at, (size,)."""
        return None if self.record is None else self.record.after.parameters - self.record.before.parameters

    @cached_property
    def judgement(self) -> Judgement | None:
        """What the judge says of the gradient of the update to look at, whichever rule the run uses."""
        return None if self.record is None else judge_update(self.record, QUICKLY)

    @cached_property
    def probes(self) -> tuple[Probe, ...]:
        """The inputs asked about, before and now."""
        if not self.recipe.probe:
            return ()
        raw = np.array(self.recipe.probe)
        columns = (
            self.problem.encode(raw),
            self.problem.predict(self.first_parameters, raw),
            self.problem.predict(self.state.parameters, raw),
        )
        return tuple(
            Probe(asked, *(tuple(float(value) for value in column[i]) for column in columns))
            for i, asked in enumerate(self.recipe.probe)
        )
