"""A training in the numbers that the compiled loop takes, and the loop over what the samplings draw at a time."""

from __future__ import annotations

import ctypes
import math
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np

from tui_backprop.core.arrays import Array, Indices
from tui_backprop.core.step import State, Training
from tui_backprop.engines.compiled import activations, draws, kernel, layers, objectives, updates
from tui_backprop.engines.compiled.jit import AnyArray, Piece
from tui_backprop.engines.pieces import draws_rows, is_large, loop_name, pieces_of, products_of

_NEVER = 2**62  # a step that no run reaches, as large as the loop's whole numbers may be

_MAKERS: Mapping[str, Callable[..., Piece]] = {
    "loop": kernel.make_loop,
    "descent": kernel.make_descent,
    "draws": draws.make_draws,
    "product": layers.make_product,
    "values": activations.make_values,
    "pulls": activations.make_pulls,
    "errors": objectives.make_errors,
    "update": updates.make_update,
    "factor": updates.make_factor,
}
_made: dict[str, Piece] = {}


def make(names: Iterable[str]) -> None:
    """Compile the pieces of these names, or load them, where that was not done in this process."""
    for name in names:
        if name not in _made:
            kind, _, which = name.partition(" ")
            _made[name] = _MAKERS[kind](which)


def piece_named(name: str) -> Piece:
    """Return a piece, made if it was not."""
    make([name])
    return _made[name]


class CompiledPlan:
    """The steps of one training. It has scratch arrays, so one thread at a time may use it."""

    def __init__(self, training: Training) -> None:
        make(pieces_of(training))
        self._training = training
        self._task, self._kept = _task(training)
        self._loop = piece_named(loop_name(training)).call
        self._draws = draws.BatchRows(piece_named("draws"), training.sampling) if draws_rows(training) else None
        self._frozen, self._held = self._kept["frozen"], self._kept["held"]

    def advance(self, state: State, steps: int) -> State:
        """Make `steps` updates from a state. Overflow gives ±∞ or NaN and raises nothing."""
        theta, slots = np.array(state.parameters, order="C"), np.array(state.slots, order="C")
        self._held[...] = theta[self._frozen]
        step, end = state.step, state.step + steps
        while step < end:
            drawn = self._drawn(step)
            step += self.train(theta, slots, drawn, step, end - step)
        return State(end, theta, slots)

    def _drawn(self, step: int) -> Indices:
        found = self._draws.of(step) if self._draws is not None else None
        return self._training.sampling.drawn(step) if found is None else found

    def train(self, theta: Array, slots: Array, drawn: Indices, step: int, steps: int) -> int:
        """Make up to `steps` updates in place with the samples drawn for them; return how many."""
        rows = np.ascontiguousarray(drawn, dtype=np.int64)
        count = step - self._training.slots_since + 1
        arguments = (self._task.ctypes.data, _floats(theta), _floats(slots), _integers(rows), len(rows))
        return int(self._loop(*arguments, step, count, steps))


def _floats(array: Array) -> Any:
    return array.ctypes.data_as(ctypes.POINTER(ctypes.c_double))


def _integers(array: Indices) -> Any:
    return array.ctypes.data_as(ctypes.POINTER(ctypes.c_int64))


def _task(training: Training) -> tuple[AnyArray, dict[str, AnyArray]]:
    """Return a training as a record, and the arrays that it has the addresses of."""
    kept = _arrays(training)
    network, sampling, schedule = training.network, training.sampling, training.schedule
    loss, optimizer = training.objective.loss.name, type(training.optimizer).__name__
    task = np.zeros(1, dtype=kernel.TASK)
    for name, array in kept.items():
        if name in (kernel.TASK.names or ()):
            task[name] = array.ctypes.data
    numbers = {
        "errors": piece_named(f"errors {loss}").address,
        "update": piece_named(f"update {optimizer}").address,
        "factor": piece_named(f"factor {schedule.kind}").address,
        "descend": piece_named("descent").address,
        **{name: piece_named(f"product {name}").address for name in products_of(training)},
        "depth": len(network.activation_names),
        "size": network.size,
        "frozen_count": len(kept["frozen"]),
        "batch": sampling.largest_batch,
        "epoch": sampling.epoch_size or _NEVER,
        "whole": sampling.batch_size is None,
        "fused": loss in objectives.WHOLE,
        "penalised": bool(training.l1 or training.l2),
        "plain": schedule.is_constant
        and not (training.l1 or training.l2 or len(kept["frozen"]) or training.clip is not None),
        "period": min(schedule.period, _NEVER),
        "warmup": min(schedule.warmup, _NEVER),
        "rate": training.rate,
        "gamma": schedule.gamma,
        "clip": math.inf if training.clip is None else training.clip,
    }
    for name, number in numbers.items():
        task[name] = number
    return task, kept


def _arrays(training: Training) -> dict[str, AnyArray]:
    """Return the arrays of a training by name, each as machine code reads it."""
    network, sampling = training.network, training.sampling
    sizes = np.array(network.sizes, dtype=np.int64)
    offsets = np.concatenate([[0], np.cumsum(sizes + 1)]).astype(np.int64)
    stride, frozen, mask = (
        kernel.stride_of(sampling.largest_batch, sampling.largest_batch),
        np.flatnonzero(training.free == 0),
        network.weight_mask,
    )
    names = network.activation_names
    starts = [tensor.start for tensor in network.tensors if tensor.is_weight]
    arrays: dict[str, AnyArray] = {
        "inputs": np.array(training.inputs, dtype=np.float64, order="C"),
        "targets": np.array(training.targets, dtype=np.float64, order="C"),
        "l1": np.array(training.l1 * mask, dtype=np.float64),
        "l2": np.array(training.l2 * mask, dtype=np.float64),
        "settings": updates.record_of(training.optimizer),
        "held": np.empty(len(frozen)),
        "g": np.empty(network.size),
        **{name: np.zeros(int(offsets[-1]) * stride) for name in ("z", "a", "delta")},
        "y": np.empty(int(sizes[-1]) * stride),
        "sizes": sizes,
        "starts": np.array(starts, dtype=np.int64),
        "offsets": offsets,
        "frozen": frozen.astype(np.int64),
        "values": np.array([piece_named(f"values {name}").address for name in names], dtype=np.int64),
        "pulls": np.array([piece_named(f"pulls {name}").address for name in names], dtype=np.int64),
    }
    if is_large(training):
        arrays["blas"], parts = layers.find_blas()
        arrays |= {f"blas_{place}": part for place, part in enumerate(parts)}
    return arrays
