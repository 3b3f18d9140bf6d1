"""The chain rule once more, in any kind of numbers and without cancellation: what the exact rule is compared with.

It takes the `precise` formulas of activations and losses, which share nothing with those that networks are trained by: where
the textbook writes a(1 − a), which loses all digits where a is nearly 1, they have σ(z)σ(−z). Together with more digits than
float64 has, this gives the true gradient to far more digits than any rule in float64 can.

Where a unit is exactly at a kink, as far as rounding lets one say so, its slope is an interval, and so is the gradient: from
the sum over the samples of each one's smallest slope to that of the largest. An interval is carried as its middle and half
its width (`half`, None where it is 0 everywhere).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tui_backprop.core.arrays import Array
from tui_backprop.core.errors import require
from tui_backprop.core.network import Network
from tui_backprop.core.numbers import Many, Numbers, counting_with
from tui_backprop.core.objective import Objective
from tui_backprop.core.operations.activations import ACTIVATIONS, precise_sigmoid, precise_softmax
from tui_backprop.core.operations.losses import LOSSES

_ROUNDING = 0.5 * float(np.finfo(np.float64).eps)
_PART = 0.03  # seconds that a part of the work may take: what goes on beside it is not held up for longer


def _sigmoid_delta(n: Numbers, z: Many, target: Many) -> Many:
    return (1 - target) * precise_sigmoid(n, z)[0] - target * precise_sigmoid(n, -z)[0]


def _softmax_delta(n: Numbers, z: Many, target: Many) -> Many:
    """Σⱼ(yⱼ)·p − y, where nothing cancels when p is nearly 1: 1 − p is the sum of the others."""
    share = precise_softmax(n, z)[0]
    others = share @ (1 - n.of(np.eye(z.shape[-1])))
    return (1 - target) * share - target * others + share * (target.sum(axis=-1, keepdims=True) - 1)


DELTAS: dict[tuple[str, str], Callable[[Numbers, Many, Many], Many]] = {
    ("sigmoid", "binary-cross-entropy"): _sigmoid_delta,
    ("softmax", "cross-entropy"): _softmax_delta,
}
"""∂loss/∂z of the pairs in which a logarithm cancels an exponential: (numbers, z, target) → (rows, outputs)."""

_ACTIVATIONS = {name: one.precise for name, one in ACTIVATIONS.items() if one.precise is not None}
_LOSSES = {name: one.precise for name, one in LOSSES.items() if one.precise is not None}
require("the precise formula of activations", _ACTIVATIONS, ACTIVATIONS)
require("the precise slope of losses", {*_LOSSES, *(loss for _, loss in DELTAS)}, LOSSES)


@dataclass(frozen=True, eq=False)
class Kinks:
    """The units and outputs that are at a kink, as far as rounding lets one say."""

    units: tuple[NDArray[np.bool_], ...]
    """Of each layer, 1 … depth, (rows, units)."""
    outputs: NDArray[np.bool_]
    """Predictions that are at their target, where the loss has no slope there, (rows, outputs)."""

    @property
    def any(self) -> bool:
        """Whether there are some."""
        return bool(self.outputs.any() or any(layer.any() for layer in self.units))

    def sentence(self, network: Network, own_layer: int, unit: int) -> str:
        """Say which kink the gradient of a unit's weights or bias has: its own if it has one, else one behind it."""
        for layer in range(own_layer, network.depth + 1):
            at = self.units[layer - 1] if layer > own_layer else self.units[layer - 1][:, [unit]]
            if at.any():
                row, found = np.unravel_index(int(at.argmax()), at.shape)
                name = network.activation_names[layer - 1]
                which = found if layer > own_layer else unit
                return f"z{layer}[{which}] of sample {row + 1} is at 0, where {name} has no slope"
        rows, units = np.nonzero(self.outputs)
        return f"output {units[0]} of sample {rows[0] + 1} is at its target, where the loss has no slope"


@dataclass(frozen=True, eq=False)
class PreciseGradient:
    """∂L/∂θ of the mean loss over a batch, rounded to float64 at the end."""

    low: Array
    """(size,)."""
    high: Array
    """(size,): another one than `low` only where a kink leaves room."""
    kinks: Kinks


def precise_gradient(
    numbers: Numbers,
    network: Network,
    objective: Objective,
    theta: Array,
    inputs: Array,
    targets: Array,
    progress: Callable[[float], None] = lambda _: None,
) -> PreciseGradient:
    """Compute it in a kind of numbers.

    Args:
        numbers: what it is computed in.
        network: sizes and activations.
        objective: the loss and the output activation.
        theta: θ, (size,).
        inputs: (rows, inputs).
        targets: (rows, outputs).
        progress: is told the share of the work that is done, after each part of it.
    """
    rows = len(inputs)
    together = max(1, int(_PART / work(numbers, network, 1)))
    parts = []
    for first in range(0, rows, together):
        chosen = slice(first, first + together)
        with counting_with(numbers):
            parts.append(_Pass(numbers, network, objective, theta, inputs[chosen], targets[chosen], rows))
        progress(min(1.0, (first + together) / rows))
    with counting_with(numbers):
        middle = sum(part.middle for part in parts)
        half = sum(part.half for part in parts)
        low, high = (np.asarray(end, dtype=np.float64) for end in (middle - half, middle + half))
    layers = zip(*(part.kinks.units for part in parts), strict=True)
    units = tuple(np.concatenate(layer) for layer in layers)
    return PreciseGradient(low, high, Kinks(units, np.concatenate([part.kinks.outputs for part in parts])))


def work(numbers: Numbers, network: Network, rows: int) -> float:
    """Return about how many seconds the gradient of a batch takes."""
    return 3e-9 * network.size * rows * numbers.cost


class _Pass:
    """Forward and backward through some rows of a batch; `middle` and `half` are their share of its gradient, (size,)."""

    def __init__(
        self,
        numbers: Numbers,
        network: Network,
        objective: Objective,
        theta: Array,
        inputs: Array,
        targets: Array,
        rows: int,
    ) -> None:
        self._numbers, self._network, self._objective, self._rows = numbers, network, objective, rows
        self._targets = numbers.of(targets)
        wide = numbers.of(theta)
        tensors = network.tensors
        self._weights = [wide[tensor.span].reshape(tensor.shape) for tensor in tensors[0::2]]
        biases = [wide[tensor.span] for tensor in tensors[1::2]]
        self._a, self._z, self._slopes = [numbers.of(inputs)], [numbers.of(inputs)], [numbers.of(inputs)]
        for weights, bias, name in zip(self._weights, biases, network.activation_names, strict=True):
            self._z.append(self._a[-1] @ weights + bias)
            value, slope = _ACTIVATIONS[name](numbers, self._z[-1])
            self._a.append(value)
            self._slopes.append(slope)
        self.kinks = self._find_kinks(biases)
        self.middle, self.half = self._back()

    def _find_kinks(self, biases: list[Many]) -> Kinks:
        """Follow through the layers how far float64 may be off, and see which units are that near to a kink."""
        network, error = self._network, np.zeros(self._a[0].shape)
        if not (any(one.kink for one in network.activations) or self._objective.loss.kink):
            nowhere = tuple(np.zeros(z.shape, dtype=np.bool_) for z in self._z[1:])
            return Kinks(nowhere, nowhere[-1])
        found = []
        for layer in range(1, network.depth + 1):
            weights = _size(self._weights[layer - 1])
            size = _size(self._a[layer - 1]) @ weights + _size(biases[layer - 1])
            error = error @ weights + (len(weights) + 2) * _ROUNDING * size
            found.append((_size(self._z[layer]) <= error) & network.activation(layer).kink)
            slope = np.where(found[-1], 1.0, _size(self._slopes[layer]))
            error = slope * error + 4 * _ROUNDING * _size(self._a[layer])
        gap = _size(self._a[-1] - self._targets)
        outputs = (gap <= error + _ROUNDING * _size(self._targets)) & self._objective.loss.kink
        return Kinks(tuple(found), outputs)

    def _back(self) -> tuple[Many, Many]:
        """Go back through the layers; where no unit is at a kink, half the width of the interval is 0."""
        middle: list[Many] = []
        widths: list[Many] = []
        delta, half = self._output_delta()
        for layer in range(self._network.depth, 0, -1):
            before = self._a[layer - 1]
            middle += [delta.sum(axis=0), (before.T @ delta).ravel()]
            if half is not None:
                widths += [half.sum(axis=0), (abs(before).T @ half).ravel()]
            if layer > 1:
                weights = self._weights[layer - 1]
                half = None if half is None else half @ abs(weights).T
                delta, half = self._through(layer - 1, delta @ weights.T, half)
        found = np.concatenate(middle[::-1])
        width = self._numbers.of(np.zeros(found.shape))
        if widths:  # they begin where the last kink on the way is
            known = np.concatenate(widths[::-1])
            width[: len(known)] = known
        return found, width

    def _output_delta(self) -> tuple[Many, Many | None]:
        """Return δ of the output layer as an interval."""
        n, objective, rows = self._numbers, self._objective, self._rows
        name = objective.activation.name
        if (name, objective.loss.name) in DELTAS:
            return DELTAS[name, objective.loss.name](n, self._z[-1], self._targets) / rows, None
        error = _LOSSES[objective.loss.name](n, self._a[-1] - self._targets) / rows
        half = None
        if self.kinks.outputs.any():
            error = np.where(self.kinks.outputs, n.of(np.zeros(error.shape)), error)
            half = n.of(self.kinks.outputs.astype(np.float64)) / rows
        return self._through(self._network.depth, error, half)

    def _through(self, layer: int, upstream: Many, half: Many | None) -> tuple[Many, Many | None]:
        """Multiply an interval of ∂L/∂a with that of the layer's slopes; softmax has a whole Jacobian."""
        if self._network.activation_names[layer - 1] == "softmax":
            share = self._a[layer]
            through = share[:, :, np.newaxis] * (upstream[:, :, np.newaxis] - upstream[:, np.newaxis, :])
            width = None if half is None else share * (half + (share * half).sum(axis=-1, keepdims=True))
            return (through * share[:, np.newaxis, :]).sum(axis=-1), width
        slope, at = self._slopes[layer], self.kinks.units[layer - 1]
        if not at.any():
            return upstream * slope, None if half is None else half * abs(slope)
        sides = self._network.activation(layer).sides or (np.nan, np.nan)  # NaN: no unit of it is ever found at a kink
        left, right = (self._numbers.of(np.full(at.shape, side)) for side in sides)
        ends = (np.where(at, left, slope), np.where(at, right, slope))
        width = self._numbers.of(np.zeros(at.shape)) if half is None else half
        products = np.stack([one * two for one in ends for two in (upstream - width, upstream + width)])
        low, high = products.min(axis=0), products.max(axis=0)
        return (low + high) / 2, (high - low) / 2


def _size(values: Many) -> Array:
    """|values| in float64."""
    return np.asarray(np.abs(values.astype(np.float64)))
