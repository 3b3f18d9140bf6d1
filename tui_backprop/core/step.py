"""One step of training, in full and in order: sample, forward, loss, backward, update.

This is the reference that every engine is compared with: a pure function from a state to the next one, together with
all that was computed on the way.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np

from tui_backprop.core.arrays import Array, Indices
from tui_backprop.core.backward import Gradients, Rule
from tui_backprop.core.forward import Tape, forward
from tui_backprop.core.network import Network, Parameters
from tui_backprop.core.objective import Objective
from tui_backprop.core.operations.optimizers import Optimizer
from tui_backprop.core.operations.penalties import clip_by_norm, penalty_gradient
from tui_backprop.core.operations.schedules import CONSTANT, Schedule
from tui_backprop.core.sampling import Sampling

LARGEST = float(np.finfo(np.float64).max)
"""The largest number that is not infinite."""


@dataclass(frozen=True, eq=False)
class Training:
    """All that a step needs besides the state. It holds between two edits of a run."""

    network: Network
    objective: Objective
    inputs: Array
    """Scaled training inputs, (rows, inputs)."""
    targets: Array
    """Training targets, (rows, outputs)."""
    sampling: Sampling
    rule: Rule
    optimizer: Optimizer
    rate: float
    """η before the schedule."""
    free: Array
    """1 where a parameter is trained and 0 where it is frozen, (size,)."""
    schedule: Schedule = CONSTANT
    l1: float = 0.0
    l2: float = 0.0
    clip: float | None = None
    """Largest Euclidean length of the gradient that reaches the optimizer; None for no limit."""
    slots_since: int = 0
    """Step at which the optimizer's slots were last 0."""
    input_names: tuple[str, ...] = ()
    """What the columns of `inputs` are called; empty for no names."""

    def rate_at(self, step: int) -> float:
        """η at `step`, with the schedule."""
        return self.rate * self.schedule.factor(step)

    def stable_rate(self, curvature: float) -> float:
        """Return the rate above which updates along an eigenvector of the Hessian grow, for its eigenvalue λ: 2/λ for SGD.

        ∞ where the loss does not curve up; NaN for an optimizer that has no such limit.
        """
        product = self.optimizer.stable_product
        if math.isnan(product) or math.isnan(curvature):
            return math.nan
        return product / curvature if curvature > 0 else math.inf

    def first_state(self, parameters: Array, step: int = 0) -> State:
        """Return a state at `step` with empty slots; `parameters` (size,) is copied."""
        return State(step, parameters.copy(), np.zeros((len(self.optimizer.slots), self.network.size)))


@dataclass(frozen=True, eq=False)
class State:
    """All that changes from step to step. Two states are the same when their values are: see `same_values`."""

    step: int
    """Number of updates made so far."""
    parameters: Array
    """θ, (size,)."""
    slots: Array
    """What the optimizer remembers, (slots, size)."""

    def same_values(self, other: State) -> bool:
        """Whether both have the same step and the same numbers in every place.

        Numbers are compared by value, which for all but two kinds means by bits: 0.0 is −0.0, and a NaN is any NaN. Which of
        those comes out depends on how an engine sums (0 + (−0.0) is 0.0), and no other number of a run depends on it.
        """
        return (
            self.step == other.step
            and np.array_equal(self.parameters, other.parameters, equal_nan=True)
            and np.array_equal(self.slots, other.slots, equal_nan=True)
        )


@runtime_checkable
class SteppingRule(Protocol):
    """A rule that can make many updates at once, with the bits that `take_step` gives with it one by one."""

    def advance(self, training: Training, state: State, steps: int, /) -> State:
        """Make `steps` updates, or fewer, none included."""


@dataclass(frozen=True, eq=False)
class StepRecord:
    """Everything that one step computed, in order."""

    training: Training
    before: State
    rows: Indices
    """Row numbers of the batch in the training set, (batch,)."""
    targets: Array
    """(batch, outputs)."""
    tape: Tape
    loss: float
    """Mean loss of the batch before the update, without penalties."""
    gradients: Gradients
    """∂L/∂θ of the batch as the rule has it, without penalties."""
    descent: Array
    """What the optimizer was given: the gradient with penalties, frozen entries 0, clipped, (size,)."""
    rate: float
    """η of this step, with the schedule."""
    after: State


def take_step(training: Training, state: State) -> StepRecord:
    """Make one update and return it with all that led to it. Overflow gives ±∞ or NaN and raises nothing."""
    network = training.network
    with np.errstate(all="ignore"):
        rows = training.sampling.batch(state.step)
        targets = training.targets[rows]
        parameters = Parameters(network, state.parameters)
        tape = forward(network, parameters, training.inputs[rows])
        loss = training.objective.mean_loss(tape.z[-1], tape.a[-1], targets)
        gradients = training.rule(network, training.objective, parameters, tape, targets)
        descent, after = updated(training, state, gradients.parameters.vector)
    rate = training.rate_at(state.step)
    return StepRecord(training, state, rows, targets, tape, loss, gradients, descent, rate, after)


def updated(training: Training, state: State, gradient: Array) -> tuple[Array, State]:
    """Return what the optimizer is given of a batch's ∂L/∂θ, (size,), and the state after its update."""
    descent = penalised_gradient(training, state.parameters, gradient)
    if training.clip is not None:
        descent = clip_by_norm(descent, training.clip)
    count = state.step - training.slots_since + 1
    moved, slots = training.optimizer.update(
        state.parameters, descent, state.slots, count, training.rate_at(state.step)
    )
    theta = np.where(training.free > 0, moved, state.parameters)
    return descent, State(state.step + 1, theta, slots)


def penalised_gradient(training: Training, vector: Array, gradient: Array) -> Array:
    """Return the gradient (size,) with the penalties of the parameters `vector` (size,) added and frozen entries 0."""
    if training.l1 or training.l2:
        gradient = gradient + penalty_gradient(training.network.weight_mask, vector, l1=training.l1, l2=training.l2)
    return np.where(training.free > 0, gradient, 0.0)


def first_broken(record: StepRecord, limit: float = LARGEST) -> str | None:
    """Name the first tensor of a step beyond ±`limit` or NaN: z1, a1, …, loss, δ2, ∂L/∂w2, …, w1; None if none is."""
    network = record.training.network
    named: list[tuple[str, Array]] = []
    for layer in range(1, network.depth + 1):
        named += [(f"z{layer}", record.tape.z[layer]), (f"a{layer}", record.tape.a[layer])]
    named.append(("loss", np.array(record.loss)))
    gradients = record.gradients.parameters
    for layer in range(network.depth, 0, -1):
        named += [
            (f"δ{layer}", record.gradients.deltas[layer - 1]),
            (f"∂L/∂w{layer}", gradients.w(layer)),
            (f"∂L/∂b{layer}", gradients.b(layer)),
        ]
    named += Parameters(network, record.after.parameters).by_name().items()
    return next((name for name, values in named if not (np.abs(values) <= limit).all()), None)
