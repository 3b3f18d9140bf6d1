"""A plan: all calls of a step bound to buffers, for one training, and the loop that makes them."""

from __future__ import annotations

from functools import partial

import numpy as np

from tui_backprop.core.arrays import Array, Indices
from tui_backprop.core.backward import exact
from tui_backprop.core.network import Network
from tui_backprop.core.step import State, Training
from tui_backprop.engines.calls import Call, Scratch
from tui_backprop.engines.numpy_plan.activations import bound_activation
from tui_backprop.engines.numpy_plan.objectives import output_delta_calls, reads_z_alone
from tui_backprop.engines.numpy_plan.updates import bound_optimizer, gradient_calls

_PLACES = 32  # steps that are made in a row, at most
_FETCHED = 32_768  # numbers that are fetched for them, about: they stay in the processor's cache


def has_plan(training: Training) -> bool:
    """Whether a training can be planned: by the chain rule."""
    return training.rule is exact


class Plan:
    """The steps of one training, for as long as nothing of it is edited. It has buffers, so one engine alone may use it."""

    def __init__(self, training: Training) -> None:
        network = training.network
        self.training = training
        self.theta = np.empty(network.size)
        self.slots = np.empty((len(training.optimizer.slots), network.size))
        self.gradient = np.empty(network.size)
        self.held = np.empty(network.size)
        """Where frozen entries get their values back from, (size,)."""
        self.inputs = np.column_stack([training.inputs, np.ones(len(training.inputs))])
        """Inputs with the 1 that the first biases are multiplied with, (rows, inputs + 1)."""
        self.targets = np.ascontiguousarray(training.targets)
        self.one_hot = bool(np.isin(self.targets, (0.0, 1.0)).all() and (self.targets.sum(axis=1) == 1.0).all())
        """Whether every sample's targets are 1 for one output and 0 for the others."""
        self._batches: dict[int, BatchPlan] = {}

    def advance(self, state: State, steps: int) -> State:
        """Make `steps` updates from a state. Overflow gives ±∞ or NaN and raises nothing."""
        step, end = state.step, state.step + steps
        self.theta[...] = self.held[...] = state.parameters
        self.slots[...] = state.slots
        with np.errstate(all="ignore"):
            while step < end:
                rows = self.training.sampling.batches(step, min(end - step, _PLACES))
                step += self._batch_plan(rows.shape[1]).make(step, rows)
        return State(end, self.theta.copy(), self.slots.copy())

    def _batch_plan(self, batch: int) -> BatchPlan:
        if batch not in self._batches:
            self._batches[batch] = BatchPlan(self, batch)
        return self._batches[batch]


class BatchPlan:
    """The calls for batches of one size.

    A few steps are made in a row, each at its place: their samples are fetched together, and the calls of a place are
    bound to where its samples lie. They are bound when the place is first used.
    """

    def __init__(self, plan: Plan, batch: int) -> None:
        training, sizes = plan.training, plan.training.network.sizes
        self._plan = plan
        self._whole = training.sampling.batch_size is None
        fetched = 1 if self._whole else int(np.clip(_FETCHED // (batch * (sizes[0] + sizes[-1])), 1, _PLACES))
        self._x = np.empty((fetched, batch, sizes[0] + 1))
        self._targets = np.empty((fetched, batch, sizes[-1]))
        self._y = np.empty((fetched, sizes[-1], batch))
        if self._whole:
            self._fetch(np.arange(batch)[np.newaxis])
        self._most = _PLACES if self._whole else fetched
        self._optimizer = bound_optimizer(training.optimizer)
        self._numbers = np.array(self._numbers_for(training.slots_since, self._most))
        self._steady = training.schedule.is_constant and not self._optimizer.counts
        self._scratch = Scratch()
        self._layers = [LayerBuffers(training.network, layer, batch) for layer in range(1, training.network.depth + 1)]
        self._places: list[list[Call]] = []

    def make(self, step: int, rows: Indices) -> int:
        """Make the updates from `step` on with the samples of `rows` (steps, batch), or the first few; return how many."""
        count = min(len(rows), self._most)
        if not self._whole:
            self._fetch(rows[:count])
        if not self._steady:
            self._numbers[:count] = self._numbers_for(step, count)
        while len(self._places) < count:
            self._places.append(self._bind(len(self._places)))
        for calls in self._places[:count]:
            for call in calls:
                call()
        return count

    def _fetch(self, rows: Indices) -> None:
        plan, count = self._plan, len(rows)
        # No row is outside; without "clip" NumPy would make another copy to be safe.
        plan.inputs.take(rows, 0, self._x[:count], "clip")
        plan.targets.take(rows, 0, self._targets[:count], "clip")
        self._y[:count] = self._targets[:count].transpose(0, 2, 1)

    def _numbers_for(self, step: int, count: int) -> list[tuple[float, ...]]:
        """Return what differs from step to step for `count` of them; made with Python's numbers, each by itself."""
        training, optimizer, numbers = self._plan.training, self._plan.training.optimizer, self._optimizer.numbers
        first = step - training.slots_since + 1
        if training.schedule.is_constant:
            return [numbers(optimizer, training.rate, first + place) for place in range(count)]
        return [numbers(optimizer, training.rate_at(step + place), first + place) for place in range(count)]

    def _bind(self, place: int) -> list[Call]:
        """Return the calls of the step at a place: forward, loss, backward, update."""
        plan, training, scratch = self._plan, self._plan.training, self._scratch
        theta, gradient, last = plan.theta, plan.gradient, self._layers[-1]
        calls: list[Call] = []
        fetched = 0 if self._whole else place
        a = x = self._x[fetched].T
        for layer in self._layers:
            calls += layer.forward(theta, a)
            if layer is not last or not reads_z_alone(training.objective):
                calls += layer.activate(scratch)
            a = layer.a_and_one
        calls += output_delta_calls(
            training.objective, last.z, last.a, self._y[fetched], last.delta, scratch, one_hot=plan.one_hot
        )
        for before, layer in zip(reversed([None, *self._layers[:-1]]), reversed(self._layers), strict=True):
            calls += layer.backward(theta, gradient, x if before is None else before.a_and_one)
            if before is not None:
                calls += layer.carry_back(theta, before, scratch)
        calls += gradient_calls(training, theta, gradient, scratch)
        numbers = [self._numbers[place, k, ...] for k in range(self._numbers.shape[1])]
        calls += self._optimizer.calls(training.optimizer, theta, gradient, plan.slots, numbers, scratch)
        frozen = training.free == 0
        if frozen.any():
            calls.append(partial(np.copyto, theta, plan.held, where=frozen))
        return calls


class LayerBuffers:
    """One layer's buffers for batches of one size, and its calls.

    A layer's weights and then its biases lie in one piece of θ: read as one matrix (fan_in + 1, fan_out) it is multiplied
    with the activations before it and a row of ones, and its gradient comes from one product as well.
    """

    def __init__(self, network: Network, layer: int, batch: int) -> None:
        weights, biases = network.tensors[2 * layer - 2], network.tensors[2 * layer - 1]
        self._fan_in, self._fan_out = weights.shape
        self._span = slice(weights.start, biases.span.stop)
        self._activation = bound_activation(network.activation(layer))
        self.a_and_one = np.ones((self._fan_out + 1, batch))
        """Its activations and a row of ones below them, (fan_out + 1, batch)."""
        self.a = self.a_and_one[:-1]
        """Its activations, (fan_out, batch)."""
        self.z = np.empty((self._fan_out, batch))
        """Its pre-activations, (fan_out, batch)."""
        self.delta = np.empty((self._fan_out, batch))
        """∂L/∂z, (fan_out, batch)."""

    def _matrix(self, vector: Array) -> Array:
        return vector[self._span].reshape(self._fan_in + 1, self._fan_out)

    def forward(self, theta: Array, a_before: Array) -> list[Call]:
        """Return the calls for z; `a_before` is (fan_in + 1, batch), the last row ones."""
        return [partial(self._matrix(theta).T.dot, a_before, self.z)]

    def activate(self, scratch: Scratch) -> list[Call]:
        """Return the calls for a."""
        return self._activation.value(self.z, self.a, scratch)

    def backward(self, theta: Array, gradient: Array, a_before: Array) -> list[Call]:
        """Return the calls that fill the layer's part of the gradient (size,) from its δ."""
        return [partial(a_before.dot, self.delta.T, self._matrix(gradient))]

    def carry_back(self, theta: Array, before: LayerBuffers, scratch: Scratch) -> list[Call]:
        """Return the calls that fill δ of the layer before from this layer's."""
        upstream = scratch.like(before.delta, "upstream")
        product = partial(self._matrix(theta)[:-1].dot, self.delta, upstream)
        return [product, *before._activation.pull(before.z, before.a, upstream, before.delta, scratch)]
