"""The loop that trains: every step from its samples to its update, with nothing of Python between two steps."""

from __future__ import annotations

from typing import Any

import numpy as np

from tui_backprop.core.arrays import Array, Indices
from tui_backprop.engines.compiled import activations, layers, objectives, updates
from tui_backprop.engines.compiled.jit import (
    FLOATS,
    INTEGER,
    INTEGERS,
    NOTHING,
    Piece,
    caller,
    floats,
    inlined,
    integers,
    piece,
    record_viewed,
)
from tui_backprop.engines.compiled.lanes import LANES
from tui_backprop.engines.pieces import LARGE

_NUMBERS = ("rate", "gamma", "clip")

TASK = np.dtype(
    [
        (name, np.float64 if name in _NUMBERS else np.int64)
        for name in (
            # Addresses of numbers:
            "inputs",  # (rows, inputs)
            "targets",  # (rows, outputs)
            "l1",  # λ₁ of each parameter, (size,)
            "l2",
            "settings",  # of the optimizer, as `updates.record_of` makes it
            "held",  # values of the frozen parameters
            "g",  # scratch, (size,)
            "z",  # scratch, pre-activations of all layers, flat, enough for the largest batch; the same for the next two
            "a",
            "delta",
            "y",  # scratch, targets of the batch
            # Addresses of whole numbers:
            "sizes",  # units of each layer, input first, (depth + 1,)
            "starts",  # where each layer's parameters begin in θ, (depth,)
            "offsets",  # where each layer's rows begin among those of all layers, each with a row of ones, (depth + 2,)
            "frozen",  # positions in θ that are not trained
            "values",  # addresses of the loops of each layer's activation, (depth,)
            "pulls",
            # Addresses of pieces, and of the record `layers.BLAS`:
            "errors",
            "update",
            "factor",
            "descend",
            "forward",
            "carry",
            "gradients",
            "forward_large",
            "carry_large",
            "gradients_large",
            "blas",
            # Numbers:
            "depth",
            "size",  # of θ
            "frozen_count",
            "batch",  # samples of a step
            "epoch",  # samples of an epoch, at whose end a batch may be short; very many where rows are drawn at random
            "whole",  # 1 where every step has all samples in their order
            "plain",  # 1 where the update is the optimizer's alone, at a constant rate
            "fused",  # 1 where the loss gives ∂L/∂z
            "penalised",
            "period",
            "warmup",
            "rate",
            "gamma",
            "clip",  # largest length of a gradient; ∞ for no limit
        )
    ]
)
"""All of a training that a step needs, in numbers."""

_task_at = record_viewed(TASK)
_activation = caller(activations.SIGNATURE)
_errors = caller(objectives.SIGNATURE)
_product = caller(layers.SIGNATURE)
_update = caller(updates.UPDATE)
_factor = caller(updates.FACTOR)
_NO_LIMIT = float("inf")

_TRAIN = INTEGER(INTEGER, FLOATS, FLOATS, INTEGERS, INTEGER, INTEGER, INTEGER, INTEGER)
_DESCEND = NOTHING(INTEGER, FLOATS, FLOATS, INTEGER, INTEGER)
_descend = caller(_DESCEND)


def make_loop(name: str) -> Piece:
    """Return the loop for batches of one, `one`, or of more, `many`.

    Its arguments: the address of what is trained, a record `TASK`; θ (size,) and the optimizer's slots (slots, size), which
    are changed in place; the row numbers drawn for the first step's batch, the next one's and so on, which end where an
    epoch does, and how many they are; the number of updates made before; the number of the first update since the slots
    were 0, from 1; and how many updates to make at most. It returns how many it made.
    """
    return piece(f"loop {name}", _TRAIN, {"one": _train_one, "many": _train_many}[name])


def make_descent(_name: str) -> Piece:
    """Return what makes an update of a gradient."""
    return piece("descent", _DESCEND, _update_from_gradient)


def stride_of(batch: int, largest: int) -> int:
    """Return how far a unit's numbers are from the next one's, for a batch of a training with batches of up to `largest`.

    The numbers behind the batch repeat its first sample, and their δ is 0.
    """
    return 1 if largest == 1 else (batch + LANES - 1) // LANES * LANES


_stride = inlined(stride_of)


def _train_one(
    task: int, theta: Array, slots: Array, drawn: Indices, length: int, step: int, count: int, steps: int
) -> int:
    t = _task_at(task)
    _put_ones(t, 1)
    made = min(steps, length)
    for place in range(made):
        if place == 0 or t.whole == 0:
            _fetch(t, drawn, place, 1, 1)
        _pass_one(t, theta)
        if t.plain != 0:
            _update(t.update, (theta, floats(t.g), slots, t.size, count + place, t.rate, t.settings))
        else:
            _descend(t.descend, (task, theta, slots, step + place, count + place))
    return made


def _train_many(
    task: int, theta: Array, slots: Array, drawn: Indices, length: int, step: int, count: int, steps: int
) -> int:
    t = _task_at(task)
    made, place, batch, stride = 0, 0, 0, 0
    while made < steps and place < length:
        left = length - place
        if left > t.epoch:
            left = (left - 1) % t.epoch + 1
        size = min(t.batch, left)
        if size != batch:
            batch = size
            stride = _stride(batch, t.batch)
            _put_ones(t, stride)
        if made == 0 or t.whole == 0:
            _fetch(t, drawn, place, batch, stride)
        _pass(t, theta, batch, stride)
        if t.plain != 0:
            _update(t.update, (theta, floats(t.g), slots, t.size, count + made, t.rate, t.settings))
        else:
            _descend(t.descend, (task, theta, slots, step + made, count + made))
        place += batch
        made += 1
    return made


@inlined
def _put_ones(t: Any, stride: int) -> None:
    a, offsets = floats(t.a), integers(t.offsets)
    for layer in range(1, t.depth + 2):
        row = (offsets[layer] - 1) * stride
        for r in range(stride):
            a[row + r] = 1.0


@inlined
def _fetch(t: Any, drawn: Indices, place: int, batch: int, stride: int) -> None:
    inputs, targets, a, y = floats(t.inputs), floats(t.targets), floats(t.a), floats(t.y)
    sizes = integers(t.sizes)
    columns, outputs = sizes[0], sizes[t.depth]
    for r in range(stride):
        row = drawn[place + r] if r < batch else drawn[place]
        for i in range(columns):
            a[i * stride + r] = inputs[row * columns + i]
        for j in range(outputs):
            y[j * stride + r] = targets[row * outputs + j]


@inlined
def _pass_one(t: Any, theta: Array) -> None:
    """Forward, loss and backward of one sample: fill the gradient."""
    a, z, delta, g = floats(t.a), floats(t.z), floats(t.delta), floats(t.g)
    sizes, starts, offsets = integers(t.sizes), integers(t.starts), integers(t.offsets)
    values, pulls, depth = integers(t.values), integers(t.pulls), t.depth
    to, fan_out = 0, 0
    for layer in range(depth):
        fan_in, fan_out, first, to = sizes[layer], sizes[layer + 1], offsets[layer], offsets[layer + 1]
        layers.forward_one(theta, starts[layer], a, first, fan_in, z, to, fan_out)
        _activation(values[layer], (z, a, delta, to, to + fan_out, 1))
    _errors(t.errors, (z, a, floats(t.y), delta, to, to + fan_out, 1, 1.0))
    if t.fused == 0:
        _activation(pulls[depth - 1], (z, a, delta, to, to + fan_out, 1))
    for layer in range(depth - 1, -1, -1):
        fan_in, fan_out, first, to = sizes[layer], sizes[layer + 1], offsets[layer], offsets[layer + 1]
        layers.gradients_one(a, first, fan_in, delta, to, fan_out, g, starts[layer])
        if layer > 0:
            layers.carry_one(theta, starts[layer], delta, to, fan_out, first, fan_in)
            _activation(pulls[layer - 1], (z, a, delta, first, first + fan_in, 1))


@inlined
def _pass(t: Any, theta: Array, batch: int, stride: int) -> None:
    """Forward, loss and backward of a batch: fill the gradient."""
    a, z, delta, g = floats(t.a), floats(t.z), floats(t.delta), floats(t.g)
    sizes, starts, offsets = integers(t.sizes), integers(t.starts), integers(t.offsets)
    values, pulls, depth, blas = integers(t.values), integers(t.pulls), t.depth, t.blas
    for layer in range(depth):
        fan_in, fan_out, start = sizes[layer], sizes[layer + 1], starts[layer]
        first, to = offsets[layer] * stride, offsets[layer + 1] * stride
        forward = t.forward_large if fan_in * fan_out * batch >= LARGE else t.forward
        _product(forward, (blas, theta, start, a, first, fan_in, z, to, fan_out, stride))
        _activation(values[layer], (z, a, delta, to, to + fan_out * stride, stride))
    _output_delta(t, batch, stride)
    for layer in range(depth - 1, -1, -1):
        fan_in, fan_out, start = sizes[layer], sizes[layer + 1], starts[layer]
        first, to = offsets[layer] * stride, offsets[layer + 1] * stride
        large = fan_in * fan_out * batch >= LARGE
        gradients = t.gradients_large if large else t.gradients
        _product(gradients, (blas, g, start, a, first, fan_in, delta, to, fan_out, stride))
        if layer > 0:
            carry = t.carry_large if large else t.carry
            _product(carry, (blas, theta, start, delta, first, fan_in, delta, to, fan_out, stride))
            _activation(pulls[layer - 1], (z, a, delta, first, first + fan_in * stride, stride))


@inlined
def _output_delta(t: Any, batch: int, stride: int) -> None:
    a, z, delta, depth = floats(t.a), floats(t.z), floats(t.delta), t.depth
    outputs, lower = integers(t.sizes)[depth], integers(t.offsets)[depth] * stride
    upper = lower + outputs * stride
    _errors(t.errors, (z, a, floats(t.y), delta, lower, upper, stride, 1.0 / batch))
    if t.fused == 0:
        _activation(integers(t.pulls)[depth - 1], (z, a, delta, lower, upper, stride))
    for j in range(outputs):
        for r in range(batch, stride):
            delta[lower + j * stride + r] = 0.0


def _update_from_gradient(task: int, theta: Array, slots: Array, step: int, count: int) -> None:
    """Penalties, frozen entries, clipping, and the optimizer's update."""
    t = _task_at(task)
    g, frozen, held, size = floats(t.g), integers(t.frozen), floats(t.held), t.size
    if t.penalised != 0:
        updates.penalise(theta, g, floats(t.l1), floats(t.l2), size)
    for k in range(t.frozen_count):
        g[frozen[k]] = 0.0
    if t.clip < _NO_LIMIT:
        updates.clip(g, size, t.clip)
    rise = (step + 1) / (t.warmup + 1) if step < t.warmup else 1.0
    rate = t.rate * (rise * _factor(t.factor, (step, t.period, t.gamma)))
    _update(t.update, (theta, g, slots, size, count, rate, t.settings))
    for k in range(t.frozen_count):
        theta[frozen[k]] = held[k]
