"""Runs that train together."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, fields, replace

import numpy as np

from tui_backprop.core.arrays import Array, Indices
from tui_backprop.core.operations.optimizers import Optimizer
from tui_backprop.core.operations.penalties import penalty_gradient
from tui_backprop.core.step import State, Training
from tui_backprop.engines.batched.draws import SharedBatches
from tui_backprop.engines.batched.layout import Stack
from tui_backprop.engines.batched.passes import BATCHED_RULES, Passes
from tui_backprop.engines.calls import Call
from tui_backprop.engines.recording.notes import Note, aligned_zeros
from tui_backprop.engines.recording.recorder import CallRecorder, CannotRecord


def shared_by(training: Training) -> Hashable | None:
    """Return what runs must have in common to train together; None for a run that can only train alone.

    Rates, seeds, the settings of the optimizer such as its momentum, the amounts of penalties, the limit of a clipped
    gradient, first parameters and the numbers in the data may differ from run to run.
    """
    if training.rule not in BATCHED_RULES:
        return None
    optimizer = training.optimizer
    return (
        training.network,
        training.objective,
        training.inputs.shape,
        training.sampling.kind,
        training.sampling.batch_size,
        training.rule,
        replace(optimizer, **dict.fromkeys(_settings(optimizer), 0.0)),
        training.schedule,
        bool(training.l1 or training.l2),
        training.clip is None,
        training.free.tobytes(),
        training.slots_since,
    )


@dataclass(frozen=True, eq=False)
class Snapshot:
    """All runs at one step, as `BatchedRuns` keeps them."""

    step: int
    theta: Array
    slots: Array


class BatchedRuns:
    """Several runs, step by step together; each has the same bits as `core.step.take_step` gives it alone.

    Raises:
        ValueError: they have not in common what `shared_by` says.
    """

    def __init__(self, trainings: Sequence[Training], states: Sequence[State]) -> None:
        first = trainings[0]
        if len({shared_by(training) for training in trainings} | {None}) != 2 or shared_by(first) is None:
            raise ValueError("these runs do not share shapes, so they cannot train together")
        self._schedule, self._slots_since = first.schedule, first.slots_since
        self.step = states[0].step
        """Number of updates made so far, the same for all."""
        self._theta = Stack(first.network, len(trainings))
        self._gradients = Stack(first.network, len(trainings))
        spread = self._theta.spread
        self._theta.flat[...] = spread(np.stack([state.parameters for state in states]))
        self._slots = aligned_zeros(len(first.optimizer.slots), self._theta.flat.size)
        for i, slot in enumerate(self._slots):
            slot[...] = spread(np.stack([state.slots[i] for state in states]))
        rates = [training.rate for training in trainings]
        self._rate = spread(_column(rates)) if len(set(rates)) > 1 else np.array(rates[:1])
        """η before the schedule: of each entry, or one for all of them, which is read without memory."""
        self._optimizer = _joint_optimizer([training.optimizer for training in trainings], self._theta)
        self._weight_mask = spread(first.network.weight_mask)
        self._penalised = bool(first.l1 or first.l2)
        self._l1 = spread(_column([training.l1 for training in trainings]))
        self._l2 = spread(_column([training.l2 for training in trainings]))
        self._clip = None if first.clip is None else np.array([training.clip for training in trainings])
        self._free = None if first.free.all() else spread(first.free) > 0
        self._draws = SharedBatches(trainings)
        self._passes = Passes(first.objective, self._theta, self._gradients)
        self._rule = BATCHED_RULES[first.rule]
        self._rate_now = aligned_zeros(len(self._rate))
        """With what the schedule makes of it."""
        self._rate_now[...] = self._rate
        gradient, update = self._record(self._recorded_passes), self._record(self._recorded_update)
        self._gradient_calls = self._in_all_places(gradient.cheaper_notes())
        """Of a whole batch in each place of the draws; none in any place where they cannot be written down."""
        self._update_calls = [note.bound() for note in update.cheaper_notes()]
        """None where they cannot be written down."""
        self._powers = update.powers
        self._calls: list[list[Call]] = []
        """All calls of a step for the samples in each place; none where a step may need something else."""
        if self._update_calls and self._draws.even:
            self._calls = [calls + self._update_calls for calls in self._gradient_calls]

    def __len__(self) -> int:
        return self._theta.runs

    @property
    def parameters(self) -> Array:
        """θ of each run, (runs, size), copied."""
        return self._theta.flat[self._theta.places]

    def state(self, run: int) -> State:
        """Return the state of one run, copied."""
        places = self._theta.places[run]
        return State(self.step, self._theta.flat[places], self._slots[:, places])

    def snapshot(self) -> Snapshot:
        """Return what `states` needs to give the runs as they are now."""
        return Snapshot(self.step, self._theta.flat.copy(), self._slots.copy())

    def states(self, snapshot: Snapshot, runs: Indices) -> list[State]:
        """Return the states of some runs as they were, copied."""
        places = self._theta.places[runs]
        return [State(snapshot.step, snapshot.theta[place], snapshot.slots[:, place]) for place in places]

    def advance(self, steps: int) -> None:
        """Make `steps` updates of every run. Overflow gives ±∞ or NaN in that run alone, and raises nothing."""
        end = self.step + steps
        renewing = bool(self._powers) or not self._schedule.is_constant
        with np.errstate(all="ignore"):
            while self.step < end:
                places = self._draws.places(self.step, end - self.step)
                if self._calls:
                    for step, place in enumerate(places, self.step):
                        if renewing:
                            self._renew(step)
                        for call in self._calls[place]:
                            call()
                else:
                    for step, place in enumerate(places, self.step):
                        self._make(step, place)
                self.step += len(places)

    def _renew(self, step: int) -> None:
        """Put the numbers where the calls read them that depend on the step: the rate, and powers of the update's number."""
        if not self._schedule.is_constant:
            np.multiply(self._rate, self._schedule.factor(step), self._rate_now)
        for base, power in self._powers:
            power[...] = base ** self._count(step)

    def _count(self, step: int) -> int:
        return step - self._slots_since + 1

    def _make(self, step: int, place: int) -> None:
        """Make one step with the samples in a place of the draws."""
        self._renew(step)
        inputs, targets, length = self._draws.inputs[place], self._draws.targets[place], self._draws.length(step)
        if self._gradient_calls and length == inputs.shape[1]:
            for call in self._gradient_calls[place]:
                call()
        else:
            self._rule(self._passes, inputs[:, :length], targets[:, :length])
        if self._update_calls:
            for call in self._update_calls:
                call()
        else:
            self._update(self._theta.flat, self._gradients.flat, self._slots, self._count(step), self._rate_now)

    def _update(self, theta: Array, gradient: Array, slots: Array, count: int, rate: Array) -> None:
        """Update θ and slots in place."""
        moved, new = self._optimizer.update(theta, self._descent(theta, gradient), slots, count, rate)
        if self._free is None:
            np.copyto(theta, moved)
        else:
            np.copyto(theta, moved, where=self._free)
        if new is not slots:
            np.copyto(slots, new)

    def _descent(self, theta: Array, gradient: Array) -> Array:
        """What the optimizer is given, as in `core.step.take_step`: gradients with penalties, frozen entries 0, clipped."""
        if self._penalised:
            gradient = gradient + penalty_gradient(self._weight_mask, theta, l1=self._l1, l2=self._l2)
        if self._free is not None:
            gradient = np.where(self._free, gradient, 0.0)
        if self._clip is not None:
            gradient = gradient * self._theta.spread(self._clip_factors(gradient)[:, np.newaxis])
        return gradient

    def _record(self, compute: Callable[[CallRecorder], None]) -> CallRecorder:
        """Write down the calls that a computation is made of; none where it is not the same calls at every step."""
        recorder, theta, slots = CallRecorder(), self._theta.flat.copy(), self._slots.copy()
        try:
            with np.errstate(all="ignore"):
                compute(recorder)
        except CannotRecord:
            return CallRecorder()
        finally:
            self._theta.flat[...], self._slots[...] = theta, slots
        return recorder

    def _recorded_passes(self, recorder: CallRecorder) -> None:
        passes = Passes(self._passes.objective, self._theta.watched(recorder), self._gradients.watched(recorder))
        self._rule(passes, recorder.watch(self._draws.inputs[0]), recorder.watch(self._draws.targets[0]))

    def _recorded_update(self, recorder: CallRecorder) -> None:
        theta, slots, rate = (recorder.watch(one) for one in (self._theta.flat, self._slots, self._rate_now))
        self._update(theta, recorder.watch(self._gradients.flat, spent=True), slots, recorder.count(), rate)

    def _in_all_places(self, notes: list[Note]) -> list[list[Call]]:
        """Return the calls for the samples in each place of the draws, from those for the first place."""
        if not notes:
            return []
        samples = self._draws.inputs, self._draws.targets
        moving = [(i, note) for i, note in enumerate(notes) if note.touches(samples)]
        found = [[note.bound() for note in notes]]
        for place in range(1, len(self._draws.inputs)):
            found.append(found[0].copy())
            for i, note in moving:
                found[place][i] = note.at_place(place, samples).bound()
        return found

    def _clip_factors(self, gradient: Array) -> Array:
        """`core.operations.penalties.clip_factor` of each run, (runs,)."""
        rows = gradient[self._theta.places]
        norms = np.sqrt((rows[:, np.newaxis, :] @ rows[:, :, np.newaxis])[:, 0, 0])
        assert self._clip is not None  # noqa: S101  (who asks for factors has limits)
        return np.where(norms <= self._clip, 1.0, np.fmin(1.0, self._clip / (norms + 1e-6)))


def _column(values: Sequence[float]) -> Array:
    return np.array(values, dtype=np.float64)[:, np.newaxis]


def _settings(optimizer: Optimizer) -> dict[str, float]:
    """Return the numbers that an optimizer is made with, by name; they may differ from run to run."""
    values = {field.name: getattr(optimizer, field.name) for field in fields(optimizer)}
    return {name: value for name, value in values.items() if isinstance(value, int | float)}


def _joint_optimizer(optimizers: Sequence[Optimizer], stack: Stack) -> Optimizer:
    """Return one optimizer for all; a setting that differs is then an array, with that of each run at its entries."""
    settings = [_settings(one) for one in optimizers]
    apart = {name: [one[name] for one in settings] for name in settings[0] if len({one[name] for one in settings}) > 1}
    return replace(optimizers[0], **{name: stack.spread(_column(values)) for name, values in apart.items()})
