"""The evidence: a run at one step, and all that the rules read from it.

What costs time is computed when a rule first asks for it, and once. It is a pure function of the run's recipe, its edits
and the step, so the same run has the same findings however the step was reached.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from tui_backprop.core.arrays import Array, Indices, median
from tui_backprop.core.backward import Gradients, exact
from tui_backprop.core.curvature import Hessian
from tui_backprop.core.forward import Tape, forward
from tui_backprop.core.gradient_check import batch_loss
from tui_backprop.core.judge import Judgement
from tui_backprop.core.network import Parameters
from tui_backprop.core.operations.penalties import penalty_gradient
from tui_backprop.core.step import LARGEST, State, StepRecord, Training, first_broken, penalised_gradient, take_step
from tui_backprop.core.truth import QUICKLY, judge_update
from tui_backprop.diagnosis.facts import Facts
from tui_backprop.diagnosis.findings.trial import best_rate

SETTLED_STEPS = 100
"""Updates after which a run can be said to get nowhere, at least."""

SETTLED_EPOCHS = 10
"""Passes over the samples after which it can, at least."""

MANY_STEPS = 2000
"""Updates after which it can, however few passes they are."""

COPIES = 1e-6
"""Distance of two units, as a share of their length, up to which they are copies of each other."""

TO_MOVE = 0.1
"""Share of its length by which θ must move before a network does anything else."""

SOLVED = 0.1
"""Share of the best constant's loss below which a task counts as solved by and large."""

AT_THE_FLOOR = 0.01
"""Share of the best constant's loss within which a run is at its floor."""

FEW_UPDATES = 4
"""Updates from which one can speak of how they go on the whole."""

SLOW = 1e-5
"""Update beside parameters below which a rate is too low."""

WORTH = 0.01
"""Share of the best constant's loss that the gradients promise at least where a rate is called too low."""

_TINY = float(np.finfo(np.float64).tiny)
_UNIT_ROWS = 1000  # most samples over which units and δ are looked at, evenly spread
_TRIAL_ROWS = 250  # most samples over which rates that are tried are compared
_SHORTEST = 1e-12  # length of θ below which a ratio to it says nothing


@dataclass(frozen=True, eq=False)
class LossHistory:
    """Losses at some steps since the training was last changed, evenly spread but for the first and the last."""

    steps: Indices
    """(points,), ascending; the last is the present step."""
    train: Array
    """(points,)."""
    test: Array | None
    """(points,); None without test samples."""

    def quarter(self, values: Array, number: int) -> float:
        """Return the median of those of `values` (points,) that belong to a quarter of the steps, 1 to 4."""
        share = self._share
        return median(values[(share >= (number - 1) / 4) & (share <= number / 4)])

    def latest(self, values: Array) -> Array:
        """Return those of `values` (points,) that belong to the last quarter of the steps."""
        return np.asarray(values[self._share >= 3 / 4])

    @property
    def loss_lately(self) -> float:
        """The training loss of the last quarter: one spike is not a trend."""
        return self.quarter(self.train, 4)

    def lowest(self, values: Array) -> int:
        """Return where `values` (points,) were lowest before the last quarter: what is low just now has not risen."""
        return int(np.argmin(values[self._share < 3 / 4]))

    @property
    def _share(self) -> Array:
        return np.asarray((self.steps - self.steps[0]) / max(1, int(self.steps[-1] - self.steps[0])))


@dataclass(frozen=True, eq=False)
class Evidence:
    """A run at one step."""

    facts: Facts
    recipe: Mapping[str, Any]
    """Recipe fields in force, by name; remedies are changes of these."""
    training: Training
    state: State
    """The present state."""
    first_parameters: Array
    """θ at step 0, or where the network was last rebuilt, (size,)."""
    trial_steps: int
    """How many updates a rate is given where several are tried; 0 where trying takes too long."""
    earlier: State
    """A state a few updates earlier under the same training, from which those updates are made again."""
    course: LossHistory
    epochs: float
    """Passes over the samples since the training was last changed."""
    inputs: Array
    """The training inputs that live losses are computed over, as the network gets them, (rows, inputs)."""
    targets: Array
    """Their targets, (rows, outputs)."""
    answers: Callable[[Array], Indices]
    """Predictions or targets (rows, outputs) → the number of each row's answer, (rows,)."""
    probes: tuple[tuple[tuple[float, ...], tuple[float, ...]], ...]
    """(raw, scaled) of each input asked about."""

    @cached_property
    def coming(self) -> StepRecord:
        """The update that comes next."""
        return take_step(self.training, self.state)

    @cached_property
    def updates(self) -> tuple[StepRecord, ...]:
        """The last few updates, the oldest first; empty where the training has just been changed."""
        found: list[StepRecord] = []
        state = self.earlier
        while state.step < self.state.step:
            found.append(take_step(self.training, state))
            state = found[-1].after
        return tuple(found)

    def breaks(self, limit: float = LARGEST) -> str | None:
        """Name the first tensor that the coming update takes beyond ±`limit` or makes NaN, the training loss last."""
        tensor = first_broken(self.coming, limit)
        if tensor is None and not abs(self._coming_loss) <= limit:
            tensor = "loss"
        return tensor

    @cached_property
    def _coming_loss(self) -> float:
        """The training loss after the coming update."""
        training = self.training
        return batch_loss(training.network, training.objective, self.inputs, self.targets)(self.coming.after.parameters)

    @cached_property
    def overshoots(self) -> Array:
        """By how much each of these updates made the loss of its own batch larger; 0 where it did not, (updates,)."""
        return np.array([max(0.0, _loss_after(update) - update.loss) for update in self.updates])

    @cached_property
    def update_ratio(self) -> float:
        """Length of Δθ beside that of θ, the mean over these updates, of which there is at least one."""
        return float(np.mean([_length_ratio(update) for update in self.updates]))

    @cached_property
    def promise(self) -> float:
        """What moving θ by `TO_MOVE` of its length along these updates' gradients would take off their batches' loss.

        The mean over the updates, by the gradient alone, as a share of the best constant's loss.
        """
        return self.share(TO_MOVE * float(np.linalg.norm(self.state.parameters * self.training.free)) * self.pull)

    @cached_property
    def pull(self) -> float:
        """Length of the gradient with its penalties before it is clipped, the mean over these updates."""
        made = self.updates or (self.coming,)
        found = [
            penalised_gradient(self.training, update.before.parameters, update.gradients.parameters.vector)
            for update in made
        ]
        return float(np.mean([np.linalg.norm(gradient) for gradient in found]))

    @property
    def crawls(self) -> bool:
        """Whether the parameters hardly move though there is something to gain by it."""
        return len(self.updates) >= FEW_UPDATES and self.update_ratio < SLOW and self.promise > WORTH

    @cached_property
    def parameters(self) -> Parameters:
        """θ with its views."""
        return Parameters(self.training.network, self.state.parameters)

    @cached_property
    def tape(self) -> Tape:
        """The forward pass of the training samples."""
        return forward(self.training.network, self.parameters, self.inputs)

    @cached_property
    def unit_tape(self) -> Tape:
        """The same for some of them, which is enough to tell what units do."""
        if len(self.inputs) <= _UNIT_ROWS:
            return self.tape
        chosen = self._unit_rows
        return Tape(tuple(z[chosen] for z in self.tape.z), tuple(a[chosen] for a in self.tape.a))

    @cached_property
    def _unit_rows(self) -> Indices:
        rows = len(self.inputs)
        return np.linspace(0, rows - 1, min(rows, _UNIT_ROWS)).astype(np.int64)

    @cached_property
    def curvature(self) -> float:
        """Largest eigenvalue of the Hessian over those samples, with the penalty, of what is trained."""
        chosen = self._unit_rows
        hessian = Hessian.of(self.training, self.state.parameters, self.inputs[chosen], self.targets[chosen])
        return float(hessian.largest()[0])

    @cached_property
    def _true_gradients(self) -> Gradients:
        """Of those samples by the chain rule, whatever the run's rule is."""
        training, targets = self.training, self.targets[self._unit_rows]
        return exact(training.network, training.objective, self.parameters, self.unit_tape, targets)

    @property
    def deltas(self) -> tuple[Array, ...]:
        """δ of each layer over those samples by the chain rule, (rows, units); whatever the rule, it is the network's."""
        return self._true_gradients.deltas

    @property
    def penalty_ratio(self) -> float:
        """Length of the penalties' gradient beside that of the loss, over the weights; where they balance it is 1."""
        training = self.training
        mask = training.network.weight_mask
        penalty = penalty_gradient(mask, self.state.parameters, l1=training.l1, l2=training.l2)
        loss = float(np.linalg.norm(self._true_gradients.parameters.vector * mask))
        return float(np.linalg.norm(penalty)) / max(loss, _TINY)

    @cached_property
    def unit_distances(self) -> dict[int, Array]:
        """How far each unit is from the nearest one before it in its layer, (units,), by hidden layer of two units or more.

        Units are compared by their bias and their weights, in and out; the distance is a share of the longer vector.
        """
        network, parameters = self.training.network, self.parameters
        return {
            layer: _to_nearest(np.column_stack([parameters.w(layer).T, parameters.b(layer), parameters.w(layer + 1)]))
            for layer in range(1, network.depth)
            if network.sizes[layer] > 1
        }

    @cached_property
    def loss(self) -> float:
        """Mean training loss."""
        return self.training.objective.mean_loss(self.tape.z[-1], self.tape.a[-1], self.targets)

    @cached_property
    def accuracy(self) -> float | None:
        """Share of the training samples answered rightly; None where the targets are numbers."""
        if self.facts.task == "regression":
            return None
        return float((self.answers(self.tape.prediction) == self.answers(self.targets)).mean())

    @property
    def settled(self) -> bool:
        """Whether the training has gone on long enough to say that it gets nowhere."""
        made = int(self.course.steps[-1] - self.course.steps[0])
        return made >= SETTLED_STEPS and (self.epochs >= SETTLED_EPOCHS or made >= MANY_STEPS)

    @property
    def solved(self) -> bool:
        """Whether the task is solved by and large: every answer right, or little left of the best constant's loss."""
        return self.accuracy == 1.0 or self.loss <= SOLVED * self.facts.constant_loss

    @property
    def finished(self) -> bool:
        """Whether there is hardly anything left to train for: every answer right, or the loss at its floor."""
        return self.accuracy == 1.0 or self.to_the_floor <= AT_THE_FLOOR

    @property
    def wavering(self) -> float:
        """How far the loss goes to and fro in the last quarter of the course: the middle four fifths, beside the median."""
        low, middle, high = np.quantile(self.course.latest(self.course.train), (0.1, 0.5, 0.9))
        return float((high - low) / max(middle, _TINY))

    @cached_property
    def spoilt(self) -> bool:
        """Whether the run is worse off than it began, so that it is better begun again."""
        return not self.loss <= self._loss_of(self.first_parameters)

    def working_rate(self, *, below: float = np.inf, above: float = 0.0, again: bool = False) -> float | None:
        """Return the rate below or above another with which a few updates lower the loss the most; None without one.

        The updates are made from where the run is, or `again` from its first parameters.
        """
        asked = (below, above, again)
        if asked not in self._tried:
            training, state = self.training, self.state
            if again:
                training, state = replace(training, slots_since=0), training.first_state(self.first_parameters)
            found = best_rate(training, state, self.trial_steps, self._loss_of, below=below, above=above)
            self._tried[asked] = found
        return self._tried[asked]

    @cached_property
    def _tried(self) -> dict[tuple[float, float, bool], float | None]:
        """What `working_rate` found: several findings ask for the same."""
        return {}

    def _loss_of(self, theta: Array) -> float:
        stride = math.ceil(len(self._unit_rows) / _TRIAL_ROWS)
        training, chosen = self.training, self._unit_rows[::stride]
        return batch_loss(training.network, training.objective, self.inputs[chosen], self.targets[chosen])(theta)

    @property
    def to_the_floor(self) -> float:
        """What training can still take off the loss at the most, as a share of the best constant's loss."""
        return self.share(self.loss - self.facts.floor)

    def share(self, loss: float) -> float:
        """Return a loss as a share of the best constant's loss, the unit in which losses of all problems compare.

        Where one answer fits every sample that is 0, and the loss that the run began with takes its place.
        """
        unit = self.facts.constant_loss or float(self.course.train[0])
        return loss / max(unit, np.finfo(np.float64).tiny)

    @cached_property
    def judgement(self) -> Judgement:
        """What the judge says of the coming update's gradient."""
        return judge_update(self.coming, QUICKLY)

    @property
    def gradient_is_wrong(self) -> bool:
        """Whether the rule is wrong at the coming update, so that nothing can be said of the rate."""
        return bool(self.judgement.wrong.any())


def _loss_after(update: StepRecord) -> float:
    """Loss of an update's own batch after it."""
    training = update.training
    return batch_loss(training.network, training.objective, update.tape.a[0], update.targets)(update.after.parameters)


def _length_ratio(update: StepRecord) -> float:
    before = update.before.parameters
    moved = float(np.linalg.norm(update.after.parameters - before))
    return moved / max(float(np.linalg.norm(before)), _SHORTEST)


def _to_nearest(vectors: Array) -> Array:
    """Distance of each vector (units, n) to the nearest one before it, beside the longer of the two, (units,)."""
    tiny = float(np.finfo(np.float64).tiny)
    scaled = vectors / max(float(np.abs(vectors).max()), tiny)
    squares = (scaled**2).sum(axis=1)
    between = np.maximum(squares[:, np.newaxis] + squares - 2.0 * scaled @ scaled.T, 0.0)
    longer = np.maximum(np.maximum(squares[:, np.newaxis], squares), tiny)
    earlier = np.tril(np.ones(between.shape, dtype=np.bool_), k=-1)
    return np.asarray(np.sqrt(np.where(earlier, between / longer, np.inf).min(axis=1)))
