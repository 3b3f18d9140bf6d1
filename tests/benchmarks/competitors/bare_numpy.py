"""The NumPy calls that the arithmetic of a step needs, and nothing else: what any loop over NumPy costs at the least.

Every call is bound beforehand to arrays that it reads and writes, there are as few of them as could be found, and the
batches lie ready: drawing and fetching samples costs nothing here. Arrays are (units, batch), and a layer's biases are one
more row of its weights, which a row of ones is multiplied with.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from functools import partial

import numpy as np

from tests.benchmarks.competitors.cases import Case
from tests.benchmarks.competitors.trainer import Trainer
from tui_backprop.core.arrays import Array, Indices

Call = Callable[[], object]

READY = 32
"""Batches that lie ready, one after the other."""
ONE, ZERO = np.array(1.0), np.array(0.0)


class BareNumpy(Trainer):
    """The calls of one case."""

    def __init__(self, case: Case) -> None:
        self._case = case
        self._theta = case.theta.copy()
        both = np.empty((2, case.network.size))
        self._gradient, self._moments = both[0], _Moments(case.recipe.lr, both) if case.adam else None
        self._sizes, self._names = case.network.sizes, case.network.activation_names
        self._a = [np.ones((units + 1, case.batch)) for units in self._sizes]
        self._z, self._delta, self._spare, self._other = (
            [np.empty((units, case.batch)) for units in self._sizes] for _ in range(4)
        )
        self._column = np.empty((1, case.batch))
        self._ready = [self._calls(rows) for rows in case.batches(READY)]

    def train(self, steps: int) -> None:
        """Make so many updates with the batches that lie ready."""
        with np.errstate(all="ignore"):
            for calls in itertools.islice(itertools.cycle(self._ready), steps):
                for call in calls:
                    call()

    def follow(self, batches: Indices) -> Array:
        """Make an update with each batch."""
        for rows in batches:
            for call in self._calls(rows):
                call()
        return self._theta

    def _matrix(self, vector: Array, layer: int) -> Array:
        """The weights and biases of a layer, (fan_in + 1, fan_out), a view."""
        weights, biases = self._case.network.tensors[2 * layer - 2 : 2 * layer]
        return vector[weights.start : biases.span.stop].reshape(-1, self._sizes[layer])

    def _calls(self, rows: Indices) -> list[Call]:
        training, last = self._case.training, len(self._sizes) - 1
        x = np.vstack([training.inputs[rows].T, np.ones(len(rows))])
        y = np.ascontiguousarray(training.targets[rows].T)
        activations = [x, *self._a[1:]]
        calls: list[Call] = []
        for layer in range(1, last + 1):
            calls.append(partial(self._matrix(self._theta, layer).T.dot, activations[layer - 1], self._z[layer]))
            if layer < last or self._names[-1] != "softmax":
                calls += self._activate(layer)
        calls += self._softmax_delta(y) if self._names[-1] == "softmax" else self._squared_delta(y)
        for layer in range(last, 0, -1):
            matrix = self._matrix(self._gradient, layer)
            calls.append(partial(activations[layer - 1].dot, self._delta[layer].T, matrix))
            if layer > 1:
                upstream = self._z[layer - 1]  # nobody reads z any more
                calls.append(partial(self._matrix(self._theta, layer)[:-1].dot, self._delta[layer], upstream))
                calls += self._times_slope(layer - 1, upstream)
        return calls + self._descend()

    def _activate(self, layer: int) -> list[Call]:
        z, a, s, t = self._z[layer], self._a[layer][:-1], self._spare[layer], self._other[layer]
        match self._names[layer - 1]:
            case "sigmoid":
                exponential = [partial(np.negative, z, s), partial(np.exp, s, t)]
                return [*exponential, partial(np.add, t, ONE, s), partial(np.reciprocal, s, a)]
            case "tanh":
                return [partial(np.tanh, z, a)]
            case _:
                return [partial(np.maximum, z, ZERO, out=a)]

    def _times_slope(self, layer: int, upstream: Array) -> list[Call]:
        """δ = upstream · slope."""
        a, s, t, delta = self._a[layer][:-1], self._spare[layer], self._other[layer], self._delta[layer]
        match self._names[layer - 1]:
            case "sigmoid":
                slope = [partial(np.subtract, ONE, a, s), partial(np.multiply, s, a, t)]
            case "tanh":
                slope = [partial(np.multiply, a, a, s), partial(np.subtract, ONE, s, t)]
            case _:
                slope = [partial(np.sign, a, t)]
        return [*slope, partial(np.multiply, upstream, t, delta)]

    def _squared_delta(self, y: Array) -> list[Call]:
        """Squared error, or half of it, and the slope of the output's activation; the mean over the batch."""
        last = len(self._sizes) - 1
        error, upstream = self._other[last], self._z[last]
        factor = np.array((2.0 if self._case.recipe.loss == "squared" else 1.0) / self._case.batch)
        calls: list[Call] = [partial(np.subtract, self._a[last][:-1], y, error)]
        return [*calls, partial(np.multiply, error, factor, upstream), *self._times_slope(last, upstream)]

    def _softmax_delta(self, y: Array) -> list[Call]:
        """(softmax(z) − y) / batch."""
        last = len(self._sizes) - 1
        z, s, t, delta = self._z[last], self._spare[last], self._other[last], self._delta[last]
        return [
            partial(np.maximum.reduce, z, 0, None, self._column, True),
            partial(np.subtract, z, self._column, s),
            partial(np.exp, s, t),
            partial(np.add.reduce, t, 0, None, self._column, True),
            partial(np.divide, t, self._column, s),
            partial(np.subtract, s, y, t),
            partial(np.multiply, t, np.array(1.0 / self._case.batch), delta),
        ]

    def _descend(self) -> list[Call]:
        if self._moments is not None:
            return self._moments.calls(self._theta)
        change = np.empty_like(self._gradient)
        moved = partial(np.multiply, self._gradient, np.array(self._case.recipe.lr), change)
        return [moved, partial(np.subtract, self._theta, change, self._theta)]


class _Moments:
    """Adam, with both moments as two rows that are updated together. `both` is the gradient, and room for its square."""

    def __init__(self, rate: float, both: Array) -> None:
        self._rate, self._both = rate, both
        self._slots, self._shares = np.zeros_like(both), np.empty_like(both)
        self._scale, self._epsilon = np.array(0.0), np.array(0.0)
        self._count = 0

    def calls(self, theta: Array) -> list[Call]:
        """Return the calls of an update."""
        decay = np.array([[0.9], [0.999]])
        (g, squares), s, t = self._both, np.empty_like(theta), np.empty_like(theta)
        return [
            self._next,
            partial(np.multiply, g, g, squares),
            partial(np.multiply, self._both, 1.0 - decay, self._shares),
            partial(np.multiply, self._slots, decay, self._slots),
            partial(np.add, self._slots, self._shares, self._slots),
            partial(np.sqrt, self._slots[1], s),
            partial(np.add, s, self._epsilon, t),
            partial(np.divide, self._slots[0], t, s),
            partial(np.multiply, s, self._scale, t),
            partial(np.subtract, theta, t, theta),
        ]

    def _next(self) -> None:
        """Set η√(1−β₂ᵗ)/(1−β₁ᵗ) and ε√(1−β₂ᵗ)."""
        self._count += 1
        root = math.sqrt(1.0 - 0.999**self._count)
        self._scale[()], self._epsilon[()] = self._rate * root / (1.0 - 0.9**self._count), 1e-8 * root
