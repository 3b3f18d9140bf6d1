"""The forward and the backward pass of many runs at once.

The formulas are those of `core.forward` and `core.backward`, with the runs as a leading axis: `np.matmul` multiplies each
run's matrices as it would alone, and a product over an inner size of 1 is written element by element, which is the same
number and many times faster. Arrays are (runs, rows, units); where all runs share a full batch its inputs have 1 for runs.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from tui_backprop.core.arrays import Array
from tui_backprop.core.backward import Rule, exact, posted
from tui_backprop.core.objective import Objective
from tui_backprop.engines.batched.layout import Stack


class Passes:
    """Forward and backward over one stack of parameters, into one stack of gradients."""

    def __init__(self, objective: Objective, parameters: Stack, gradients: Stack) -> None:
        network = parameters.network
        self.objective = objective
        self._activations = network.activations
        self._weights, self._biases = parameters.weights, parameters.biases
        self._transposed = [w.swapaxes(1, 2) for w in parameters.weights]
        self._weight_gradients, self._bias_gradients = gradients.weights, gradients.biases
        self._bias_rows = [b[:, 0] for b in gradients.biases]

    def _forward(self, inputs: Array) -> tuple[list[Array], list[Array]]:
        """Return z and a of every layer, (runs, rows, units), by layer as in `core.forward.Tape`."""
        z, a = [inputs], [inputs]
        for weights, biases, activation in zip(self._weights, self._biases, self._activations, strict=True):
            before = a[-1]
            total = before * weights if weights.shape[1] == 1 else before @ weights
            total += biases
            z.append(total)
            a.append(activation.value(total))
        return z, a

    def exact(self, inputs: Array, targets: Array) -> None:
        """The chain rule, `core.backward.exact`."""
        z, a = self._forward(inputs)
        delta = self.objective.delta(z[-1], a[-1], targets)
        alone = delta.shape[1] == 1
        for layer in range(len(self._weights) - 1, -1, -1):
            source = a[layer].swapaxes(1, 2)
            if alone:
                np.multiply(source, delta, out=self._weight_gradients[layer])
                np.copyto(self._bias_gradients[layer], delta)
            else:
                np.matmul(source, delta, out=self._weight_gradients[layer])
                np.add.reduce(delta, axis=1, out=self._bias_rows[layer])
            if layer:
                slope = self._activations[layer - 1].slope(z[layer], a[layer])
                delta = _carried(delta, self._transposed[layer])
                delta *= slope

    def posted(self, inputs: Array, targets: Array) -> None:
        """The formulas of the original case, `core.backward.posted`."""
        z, a = self._forward(inputs)
        error = self.objective.error(a[-1], targets)
        delta = self.objective.delta(z[-1], a[-1], targets)
        for layer in range(len(self._weights) - 1, -1, -1):
            np.add.reduce(delta, axis=1, out=self._bias_rows[layer])
            np.multiply(self._weights[layer], self._bias_gradients[layer], out=self._weight_gradients[layer])
            if layer:
                error = _carried(error, self._transposed[layer])
                delta = error * self._activations[layer - 1].slope(z[layer], a[layer])


def _carried(delta: Array, transposed: Array) -> Array:
    """δ Wᵀ, (runs, rows, fan_in), from δ (runs, rows, fan_out) and Wᵀ (runs, fan_out, fan_in)."""
    return np.asanyarray(delta * transposed if delta.shape[2] == 1 else delta @ transposed)


BATCHED_RULES: dict[Rule, Callable[[Passes, Array, Array], None]] = {exact: Passes.exact, posted: Passes.posted}
"""The rules that can be computed for many runs at once; (passes, inputs, targets) leaves the gradients in their stack."""
