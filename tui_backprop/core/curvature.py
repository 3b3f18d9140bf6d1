"""The curvature of the loss, and the noise of its gradient.

The Hessian H = ∂²L/∂θ² is never built. What it makes of a vector is computed exactly, by differentiating the forward and the
backward pass along that vector (Pearlmutter 1994, "Fast exact multiplication by the Hessian"); Lanczos' method finds its
largest eigenvalues from a few such products. Gradient descent with the rate η is stable along an eigenvector only where
η < 2/λ. The noise scale is the batch size at which the noise of a batch's gradient is as long as the gradient itself
(McCandlish and others 2018, "An empirical model of large-batch training", section 2.2).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from tui_backprop.core.arrays import Array
from tui_backprop.core.backward import exact
from tui_backprop.core.errors import require
from tui_backprop.core.forward import Tape, forward
from tui_backprop.core.network import Network, Parameters
from tui_backprop.core.objective import Objective
from tui_backprop.core.operations.activations import (
    GELU_CUBIC,
    GELU_SATURATED,
    GELU_SCALE,
    HIDDEN_ACTIVATIONS,
    sigmoid,
)
from tui_backprop.core.operations.losses import HUBER_THRESHOLD
from tui_backprop.core.step import Training

ROUNDS = 20
"""Products of the Hessian with a vector that the largest eigenvalues are found from."""

_SEED = 0
_EXHAUSTED = 1e-10  # of the largest entry of the small matrix: no direction is left


def _gelu_bend(z: Array, _a: Array) -> Array:
    t = np.tanh(GELU_SCALE * (z + GELU_CUBIC * z**3))
    inner, bend = GELU_SCALE * (1.0 + 3 * GELU_CUBIC * z**2), 6 * GELU_SCALE * GELU_CUBIC * z
    found = (1.0 - t * t) * (inner + 0.5 * z * (bend - 2.0 * t * inner**2))
    return np.where(np.abs(z) < GELU_SATURATED, found, 0.0)


def _swish_bend(z: Array, _a: Array) -> Array:
    share = sigmoid(z)
    return share * (1.0 - share) * (2.0 + z * (1.0 - 2.0 * share))


def _flat(z: Array, _a: Array) -> Array:
    return np.zeros_like(z)


BENDS: Mapping[str, Callable[[Array, Array], Array]] = {
    "sigmoid": lambda _z, a: a * (1.0 - a) * (1.0 - 2.0 * a),
    "tanh": lambda _z, a: -2.0 * a * (1.0 - a * a),
    "relu": _flat,
    "leaky-relu": _flat,
    "elu": lambda z, _a: np.where(z > 0, 0.0, np.exp(np.minimum(z, 0.0))),
    "softplus": lambda z, _a: sigmoid(z) * sigmoid(-z),
    "gelu": _gelu_bend,
    "swish": _swish_bend,
    "sine": lambda _z, a: -a,
    "linear": _flat,
}
"""(z, a) → d²a/dz² of each hidden activation; at a kink it is 0."""

require("the second derivative of activations", BENDS, HIDDEN_ACTIVATIONS)

LOSS_BENDS: Mapping[str, Callable[[Array, Array], Array]] = {
    "squared": lambda prediction, _target: np.full_like(prediction, 2.0),
    "half-squared": lambda prediction, _target: np.ones_like(prediction),
    "huber": lambda prediction, target: (np.abs(prediction - target) <= HUBER_THRESHOLD).astype(np.float64),
    "absolute": lambda prediction, _target: np.zeros_like(prediction),
}
"""(ŷ, y) → ∂²loss/∂ŷ² of each loss that is not computed in one piece with its activation."""


class Hessian:
    """The Hessian of the mean loss over some samples at θ, as a product with vectors.

    Args:
        network: the network.
        objective: what its output is compared by.
        theta: θ, (size,).
        inputs: (rows, inputs), as the network gets them.
        targets: (rows, outputs).
        free: 1 where a parameter is trained and 0 where it is frozen, (size,); by default all are trained.
        decay: λ₂ of the penalty on the weights.
    """

    def __init__(
        self,
        network: Network,
        objective: Objective,
        theta: Array,
        inputs: Array,
        targets: Array,
        *,
        free: Array | None = None,
        decay: float = 0.0,
    ) -> None:
        self._network, self._objective, self._targets = network, objective, targets
        self._parameters = Parameters(network, theta)
        self._tape = forward(network, self._parameters, inputs)
        self._gradients = exact(network, objective, self._parameters, self._tape, targets)
        self._free = np.ones(network.size) if free is None else free
        self._decay = decay * network.weight_mask

    @classmethod
    def of(cls, training: Training, theta: Array, inputs: Array, targets: Array) -> Hessian:
        """Return that of a training's loss at θ (size,) over some samples, with its penalty and its frozen parameters."""
        network, objective = training.network, training.objective
        with np.errstate(all="ignore"):
            return cls(network, objective, theta, inputs, targets, free=training.free, decay=training.l2)

    def times(self, vector: Array) -> Array:
        """Return H·v, (size,), for v (size,), over the parameters that are trained."""
        network, tape, parameters = self._network, self._tape, self._parameters
        along = Parameters(network, vector * self._free)
        moved, moved_z = self._forward(along)
        found = Parameters.zeros(network)
        turned = self._last_delta(moved_z[-1])
        for layer in range(network.depth, 0, -1):
            delta = self._gradients.deltas[layer - 1]
            found.w(layer)[...] = moved[layer - 1].T @ delta + tape.a[layer - 1].T @ turned
            found.b(layer)[...] = turned.sum(axis=0)
            if layer > 1:
                activation, z, a = network.activation(layer - 1), tape.z[layer - 1], tape.a[layer - 1]
                error = delta @ parameters.w(layer).T
                turned = (turned @ parameters.w(layer).T + delta @ along.w(layer).T) * activation.slope(z, a)
                turned = turned + error * BENDS[activation.name](z, a) * moved_z[layer - 1]
        return np.asarray((found.vector + self._decay * along.vector) * self._free)

    def _forward(self, along: Parameters) -> tuple[list[Array], list[Array]]:
        """Return how every a and z moves as θ moves along a vector."""
        network, tape = self._network, self._tape
        moved, moved_z = [np.zeros_like(tape.a[0])], [np.zeros_like(tape.a[0])]
        for layer in range(1, network.depth + 1):
            step = moved[-1] @ self._parameters.w(layer) + tape.a[layer - 1] @ along.w(layer) + along.b(layer)
            moved_z.append(step)
            moved.append(step * network.activation(layer).slope(tape.z[layer], tape.a[layer]))
        return moved, moved_z

    def _last_delta(self, moved_z: Array) -> Array:
        """Return how δ of the output layer moves as its z moves."""
        objective, z, a = self._objective, self._tape.z[-1], self._tape.a[-1]
        softmax = objective.activation.name == "softmax"
        moved = a * (moved_z - (a * moved_z).sum(axis=-1, keepdims=True)) if softmax else None
        if objective.fused:
            turned = a * (1.0 - a) * moved_z if moved is None else moved
            return np.asarray(turned / len(z))
        error = objective.loss.slope(a, self._targets)
        bend = LOSS_BENDS[objective.loss.name](a, self._targets)
        if moved is None:
            slope = objective.activation.slope(z, a)
            return np.asarray((bend * slope**2 + error * BENDS[objective.activation.name](z, a)) * moved_z / len(z))
        turned_error = bend * moved
        level = (error * a).sum(axis=-1, keepdims=True)
        turned_level = (turned_error * a + error * moved).sum(axis=-1, keepdims=True)
        return np.asarray((moved * (error - level) + a * (turned_error - turned_level)) / len(z))

    def noise_scale(self) -> float:
        """Return the noise scale of the gradient over these samples, without the penalty."""
        lengths = sample_gradient_lengths(self._tape, self._gradients.deltas)
        return noise_scale(lengths, self._gradients.parameters.vector)

    def largest(self, count: int = 1, rounds: int = ROUNDS) -> Array:
        """Return its largest eigenvalues, the largest first, (count or fewer,); NaN where the loss is not finite."""
        search = self.search(rounds)
        while not search.done:
            search.advance()
        return search.largest(count)[0]

    def search(self, rounds: int = ROUNDS) -> Lanczos:
        """Return a search for its largest eigenvalues, at its beginning."""
        return Lanczos(self.times, self._free, rounds)


class Lanczos:
    """The search for the largest eigenvalues of a symmetric matrix by its products with vectors, a product at a time.

    It begins in a fixed random direction, and each new one is made orthogonal to all before it.

    Args:
        times: v → H·v, (size,).
        free: 1 where a direction may have a part and 0 elsewhere, (size,).
        rounds: products at the most.
    """

    def __init__(self, times: Callable[[Array], Array], free: Array, rounds: int = ROUNDS) -> None:
        self._times = times
        self.rounds = min(rounds, int(free.sum()))
        """Products that it makes at the most."""
        self._basis: list[Array] = []
        self._small = np.zeros((self.rounds, self.rounds))
        self._next = np.random.default_rng(_SEED).standard_normal(len(free)) * free
        self._left = 0.0  # length of what the next direction is made of
        self.done = self.rounds == 0
        """Whether no round would find more."""

    def advance(self) -> None:
        """Make one product, and take its direction in."""
        at = len(self._basis)
        with np.errstate(all="ignore"):
            self._basis.append(self._next / np.linalg.norm(self._next))
            product = self._times(self._basis[-1])
            self._small[at, at] = self._basis[-1] @ product
            found = np.stack(self._basis)
            for _ in range(2):  # twice is enough for all digits
                product = product - found.T @ (found @ product)
            self._left = float(np.linalg.norm(product))
            exhausted = not self._left > _EXHAUSTED * float(np.abs(self._small).max())
        self._left *= not exhausted
        self.done = exhausted or at + 1 == self.rounds
        if not self.done:
            self._small[at, at + 1] = self._small[at + 1, at] = self._left
            self._next = product

    def largest(self, count: int) -> tuple[Array, Array]:
        """Return the largest eigenvalues so far, the largest first, and by how much each may be off, (count or fewer,).

        They are NaN where the matrix is not finite, and one 0 where nothing is free.
        """
        rounds = len(self._basis)
        if not rounds:
            return np.zeros(1), np.zeros(1)
        small = self._small[:rounds, :rounds]
        if not np.isfinite(small).all():
            return np.array([np.nan]), np.array([np.nan])
        values, vectors = np.linalg.eigh(small)
        return values[::-1][:count], np.abs(self._left * vectors[-1])[::-1][:count]


def sample_gradient_lengths(tape: Tape, deltas: tuple[Array, ...]) -> Array:
    """Return the length of each sample's own gradient, (rows,), from the δ of the mean loss: no gradient is built."""
    squares = np.zeros(tape.rows)
    for layer, delta in enumerate(deltas):
        squares += ((tape.a[layer] ** 2).sum(axis=1) + 1.0) * (delta**2).sum(axis=1)
    return np.asarray(tape.rows * np.sqrt(squares))


def noise_scale(lengths: Array, gradient: Array) -> float:
    """Return the batch size at which a batch's noise is as long as the gradient; ∞ where the gradient is 0.

    Args:
        lengths: of the samples' gradients, (rows,).
        gradient: their mean, (size,).
    """
    signal = float(gradient @ gradient)
    spread = max(float((lengths**2).mean()) - signal, 0.0)
    return spread / signal if signal else np.inf
