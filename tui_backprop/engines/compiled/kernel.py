"""The loop that trains: every step from its samples to its update, with nothing of Python between two steps."""

from __future__ import annotations

from typing import NamedTuple

from tui_backprop.core.arrays import Array, Indices
from tui_backprop.engines.compiled import layers, updates
from tui_backprop.engines.compiled.activations import activate, pull_back
from tui_backprop.engines.compiled.jit import at, entry, inlined
from tui_backprop.engines.compiled.objectives import CROSS_ENTROPY, output_delta


class Task(NamedTuple):
    """All of a training that a step needs, in numbers."""

    inputs: Array
    """(rows, inputs)."""
    targets: Array
    """(rows, outputs)."""
    sizes: Indices
    """Units of each layer, input first, (depth + 1,)."""
    activations: Indices
    """Their numbers, (depth,)."""
    starts: Indices
    """Where each layer's parameters begin in θ, (depth,)."""
    offsets: Indices
    """Where each layer's rows begin among those of all layers, each with a row of ones, (depth + 2,)."""
    loss: int
    optimizer: int
    batch: int
    """Samples of a step."""
    epoch: int
    """Samples of an epoch, at whose end a batch may be short; very many where rows are drawn at random."""
    whole: bool
    """Whether every step has all samples in their order."""
    rate: float
    schedule: int
    period: int
    gamma: float
    warmup: int
    penalised: bool
    l1: Array
    """λ₁ of each parameter, (size,)."""
    l2: Array
    frozen: Indices
    """Positions in θ that are not trained."""
    clip: float
    """Largest length of a gradient; ∞ for no limit."""
    settings: Array
    """Of the optimizer, as `updates.record_of` makes it, (1,)."""


class Scratch(NamedTuple):
    """Arrays that a step writes to."""

    gradient: Array
    """(size,)."""
    held: Array
    """Values of the frozen parameters, (frozen,)."""
    z: Array
    """Pre-activations of all layers, flat, enough for the largest batch; the same for the next two."""
    a: Array
    delta: Array
    y: Array
    """Targets of the batch, flat."""


@entry
def train(
    task: Task, work: Scratch, theta: Array, slots: Array, drawn: Indices, step: int, count: int, steps: int
) -> int:
    """Make up to `steps` updates in place with the samples `drawn` for them, one batch after the other; return how many.

    Args:
        task: what is trained.
        work: scratch.
        theta: θ, (size,).
        slots: the optimizer's, (slots, size).
        drawn: row numbers of the first step's batch, the next one's and so on; they end where an epoch does.
        step: number of updates made before.
        count: number of the first update since the slots were 0, from 1.
        steps: updates to make, at most.
    """
    made, place, batch = 0, 0, 0
    units = task.offsets[-1]
    a = z = delta = work.a[:0].reshape(units, 0)
    while made < steps and place < len(drawn):
        left = len(drawn) - place
        if left > task.epoch:
            left = (left - 1) % task.epoch + 1
        size = min(task.batch, left)
        if size != batch:
            batch = size
            a = work.a[: units * batch].reshape(units, batch)
            z = work.z[: units * batch].reshape(units, batch)
            delta = work.delta[: units * batch].reshape(units, batch)
            _put_ones(task, a)
        if made == 0 or not task.whole:
            _fetch(task, work, a, drawn, place)
        _pass(task, work, theta, z, a, delta)
        _descend(task, work, theta, slots, step + made, count + made)
        place += batch
        made += 1
    return made


@inlined
def _put_ones(task: Task, a: Array) -> None:
    for layer in range(1, len(task.offsets)):
        ones = a[task.offsets[layer] - 1]
        for r in range(len(ones)):
            ones[r] = 1.0


@inlined
def _fetch(task: Task, work: Scratch, a: Array, drawn: Indices, place: int) -> None:
    batch = a.shape[1]
    for r in range(batch):
        row = drawn[at(place + r)]
        for i in range(task.inputs.shape[1]):
            a[i, r] = task.inputs[row, i]
        for j in range(task.targets.shape[1]):
            work.y[j * batch + r] = task.targets[row, j]


@inlined
def _pass(task: Task, work: Scratch, theta: Array, z: Array, a: Array, delta: Array) -> None:
    """Forward, loss and backward: fill the gradient."""
    depth, batch = len(task.starts), a.shape[1]
    lower = upper = 0
    for layer in range(depth):
        fan_in, fan_out = task.sizes[layer], task.sizes[layer + 1]
        first, to = task.offsets[layer], task.offsets[layer + 1]
        if batch == 1:
            layers.forward_one(theta, task.starts[layer], work.a, first, fan_in, work.z, to, fan_out)
        else:
            layers.forward(theta, task.starts[layer], a, first, fan_in, z, to, fan_out)
        lower, upper = to * batch, (to + fan_out) * batch
        if layer < depth - 1 or task.loss != CROSS_ENTROPY:  # that one is computed from z in one piece
            activate(task.activations[layer], work.z, work.a, lower, upper, batch)
    output_delta(task.loss, task.activations[depth - 1], work.z, work.a, work.y, work.delta, lower, upper, batch)
    for layer in range(depth - 1, -1, -1):
        fan_in, fan_out = task.sizes[layer], task.sizes[layer + 1]
        first, to, start = task.offsets[layer], task.offsets[layer + 1], task.starts[layer]
        if batch == 1:
            layers.gradients_one(work.a, first, fan_in, work.delta, to, fan_out, work.gradient, start)
        else:
            layers.gradients(a, first, fan_in, delta, to, fan_out, work.gradient, start)
        if layer > 0:
            if batch == 1:
                layers.carry_one(theta, start, work.delta, to, fan_out, first, fan_in)
            else:
                layers.carry(theta, start, delta, to, fan_out, first, fan_in)
            lower, upper = first * batch, (first + fan_in) * batch
            pull_back(task.activations[layer - 1], work.z, work.a, work.delta, lower, upper, batch)


@inlined
def _descend(task: Task, work: Scratch, theta: Array, slots: Array, step: int, count: int) -> None:
    """Penalties, frozen entries, clipping, and the optimizer's update."""
    g = work.gradient
    if task.penalised:
        updates.penalise(theta, g, task.l1, task.l2)
    for k in range(len(task.frozen)):
        g[task.frozen[k]] = 0.0
    if task.clip < float("inf"):
        updates.clip(g, task.clip)
    rate = task.rate * updates.schedule_factor(task.schedule, task.period, task.gamma, task.warmup, step)
    updates.update(task.optimizer, theta, g, slots, count, rate, task.settings)
    for k in range(len(task.frozen)):
        theta[task.frozen[k]] = work.held[k]
