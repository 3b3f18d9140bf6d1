"""A training in the numbers that the compiled loop takes, and the loop over what the samplings draw at a time."""

from __future__ import annotations

import math

import numpy as np

from tui_backprop.core.backward import exact
from tui_backprop.core.network import Network
from tui_backprop.core.objective import make_objective
from tui_backprop.core.operations.optimizers import Sgd
from tui_backprop.core.sampling import Sampling
from tui_backprop.core.step import State, Training
from tui_backprop.engines.compiled import activations, objectives, updates
from tui_backprop.engines.compiled.kernel import Scratch, Task, train

_NEVER = 2**62  # a step that no run reaches, as large as the loop's whole numbers may be


class CompiledPlan:
    """The steps of one training. It has scratch arrays, so one thread at a time may use it."""

    def __init__(self, training: Training) -> None:
        self._training = training
        self._task = _task(training)
        units = int(self._task.offsets[-1]) * training.sampling.largest_batch
        size, outputs = training.network.size, training.network.sizes[-1]
        self._work = Scratch(
            gradient=np.empty(size),
            held=np.empty(len(self._task.frozen)),
            z=np.empty(units),
            a=np.empty(units),
            delta=np.empty(units),
            y=np.empty(outputs * training.sampling.largest_batch),
        )

    def advance(self, state: State, steps: int) -> State:
        """Make `steps` updates from a state. Overflow gives ±∞ or NaN and raises nothing."""
        theta, slots = state.parameters.copy(), state.slots.copy()
        self._work.held[...] = theta[self._task.frozen]
        step, end = state.step, state.step + steps
        while step < end:
            drawn = self._training.sampling.drawn(step)
            count = step - self._training.slots_since + 1
            step += train(self._task, self._work, theta, slots, drawn, step, count, end - step)
        return State(end, theta, slots)


def _task(training: Training) -> Task:
    """Return a training in numbers, each of one type: for another one the loop would be compiled again."""
    network, sampling, schedule = training.network, training.sampling, training.schedule
    sizes = np.array(network.sizes, dtype=np.int64)
    mask = network.weight_mask
    return Task(
        inputs=np.array(training.inputs, order="C"),  # a copy: what is read-only has another type
        targets=np.array(training.targets, order="C"),
        sizes=sizes,
        activations=np.array([activations.CODES[name] for name in network.activation_names], dtype=np.int64),
        starts=np.array([tensor.start for tensor in network.tensors if tensor.is_weight], dtype=np.int64),
        offsets=np.concatenate([[0], np.cumsum(sizes + 1)]).astype(np.int64),
        loss=objectives.CODES[training.objective.loss.name],
        optimizer=updates.OPTIMIZER_CODES[type(training.optimizer)],
        batch=sampling.largest_batch,
        epoch=sampling.epoch_size or _NEVER,
        whole=sampling.batch_size is None,
        rate=float(training.rate),
        schedule=updates.SCHEDULE_CODES[schedule.kind],
        period=min(schedule.period, _NEVER),
        gamma=float(schedule.gamma),
        warmup=min(schedule.warmup, _NEVER),
        penalised=bool(training.l1 or training.l2),
        l1=training.l1 * mask,
        l2=training.l2 * mask,
        frozen=np.flatnonzero(training.free == 0),
        clip=math.inf if training.clip is None else float(training.clip),
        settings=updates.record_of(training.optimizer),
    )


def warm_up() -> None:
    """Load the machine code, or make it, by a step of the smallest network."""
    network = Network((1, 1), ("linear",))
    training = Training(
        network=network,
        objective=make_objective("linear", "squared"),
        inputs=np.zeros((1, 1)),
        targets=np.zeros((1, 1)),
        sampling=Sampling("sequential", 1, 1, 0),
        rule=exact,
        optimizer=Sgd(),
        rate=0.0,
        free=np.ones(network.size),
    )
    CompiledPlan(training).advance(training.first_state(np.zeros(network.size)), 1)
