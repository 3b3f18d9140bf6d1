"""The backward pass as a small program with choice points, at each of which people take wrong turns.

`tui_backprop.core.mistakes.ways.Turn` names one way at one choice point; `backward_with` is the program. With no turns at
all it is the chain rule (`tui_backprop.core.backward.exact`); every other way is wrong on purpose. The parts of the program
are functions of their own, so that a search can try the ways of one choice point without running the rest again.

Shapes: rows are samples; δ, error and what is carried back are (rows, units).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tui_backprop.core.arrays import Array
from tui_backprop.core.backward import Gradients
from tui_backprop.core.forward import Tape
from tui_backprop.core.mistakes.ways import RIGHT, Point, Turn, Way, amount_at, taken, unknown_way, way_at
from tui_backprop.core.network import Network, Parameters
from tui_backprop.core.objective import Objective
from tui_backprop.core.operations.activations import pull_back
from tui_backprop.core.operations.losses import LOSSES
from tui_backprop.core.operations.other_activations import activation_called


@dataclass(frozen=True, eq=False)
class BackwardInputs:
    """What every backward pass is given."""

    network: Network
    objective: Objective
    parameters: Parameters
    tape: Tape
    target: Array
    """(rows, outputs)."""


def backward_with(turns: Sequence[Turn], given: BackwardInputs) -> Gradients:
    """Compute the gradients of the mean loss over the batch, taking `turns`; a turn that is not possible is not taken."""
    network, objective = given.network, given.objective

    def way(point: Point, layer: int | None = None) -> Way:
        return way_at(turns, point, network, objective, layer)

    shares = row_shares(way("batch"), given)
    loss, size = way("loss"), amount_at(turns, "factor")
    error = size * output_error(loss, given, shares)
    delta = size * output_delta(loss, way("output slope", network.depth), given, shares)
    raw, gradients, deltas = error, Parameters.zeros(network), [delta]
    for layer in range(network.depth, 0, -1):
        finished = way("layer gradient", layer)
        weights = weight_gradient(way("input", layer), given, layer, delta)
        biases = bias_gradient(way("bias", layer), given, layer, delta)
        gradients.w(layer)[...] = amount_at(turns, "weight factor", layer) * finish(finished, weights)
        penalty = taken(turns, "penalty", layer)
        if penalty is not None:
            gradients.w(layer)[...] += penalty.amount * unit_penalty(penalty.way, given, layer)
        gradients.b(layer)[...] = amount_at(turns, "bias factor", layer) * finish(finished, biases)
        if layer > 1:
            before = layer - 1
            through = weights_above(taken(turns, "carried", before), given, layer, gradients.w(layer))
            upstream = carried(way("carried", before), given, layer, through, delta=delta, error=error, raw=raw)
            upstream = amount_at(turns, "carried factor", before) * upstream
            error = error @ given.parameters.w(layer).T
            delta = back_through(way("hidden slope", before), given, before, upstream)
            deltas.append(delta)
    return Gradients(gradients, tuple(reversed(deltas)))


# The parts of the program, each with its ways.


def row_shares(way: Way, given: BackwardInputs) -> Array:
    """Return how much each sample counts, (rows, 1), where the mean counts each 1 (its 1/rows is in the derivative)."""
    rows = given.tape.rows
    match way.kind:
        case "right":
            return np.ones((rows, 1))
        case "sum":
            return np.full((rows, 1), float(rows))
        case "last sample":
            return np.eye(rows)[:, -1:] * rows
        case "mean again":
            return np.full((rows, 1), 1.0 / rows)
        case "leftovers":
            return np.arange(rows, 0.0, -1.0)[:, np.newaxis]
    raise unknown_way("batch", way)


def _objective(loss: Way, given: BackwardInputs) -> Objective:
    """Return the objective whose derivative is taken."""
    match loss.kind:
        case "right":
            return given.objective
        case "of a loss":
            return Objective(given.objective.activation, LOSSES[loss.name])
    raise unknown_way("loss", loss)


def output_error(loss: Way, given: BackwardInputs, shares: Array) -> Array:
    """∂L/∂ŷ."""
    return shares * _objective(loss, given).error(given.tape.a[-1], given.target)


def output_delta(loss: Way, way: Way, given: BackwardInputs, shares: Array) -> Array:
    """δ of the output layer; `loss` names whose derivative is taken and `way` how the slope is."""
    z, a = given.tape.z[-1], given.tape.a[-1]
    objective = _objective(loss, given)
    if way == RIGHT:
        return shares * objective.delta(z, a, given.target)
    if way.kind == "twice":
        return shares * objective.delta(z, a, given.target) * objective.activation.slope(z, a)
    return output_error(loss, given, shares) * slope(way, given, given.network.depth)


def back_through(way: Way, given: BackwardInputs, layer: int, upstream: Array) -> Array:
    """δ of a hidden layer from `upstream` = ∂L/∂a; the right way of softmax goes through its whole Jacobian."""
    activation = given.network.activation(layer)
    if way.kind in ("right", "twice") and activation.name == "softmax":
        z, a = given.tape.z[layer], given.tape.a[layer]
        once = pull_back(activation, z, a, upstream)
        return once if way == RIGHT else once * activation.slope(z, a)
    return upstream * slope(way, given, layer)


def slope(way: Way, given: BackwardInputs, layer: int) -> Array:
    """f′ of a layer, element by element."""
    z, a, network = given.tape.z[layer], given.tape.a[layer], given.network
    activation = network.activation(layer)
    match way.kind:
        case "right":
            return activation.slope(z, a)
        case "left out":
            return np.ones_like(z)
        case "twice":
            return np.square(activation.slope(z, a))
        case "of the activation":
            return activation.slope(a, activation.value(a))
        case "fed with z":
            return (activation.slope_in_a or activation.slope)(z, z)
        case "activation itself":
            return a
        case "one minus activation":
            return 1.0 - a
        case "of layer" if way.layer is not None:
            other = way.layer
            return network.activation(other).slope(given.tape.z[other], given.tape.a[other])
        case "of an activation":
            return activation_called(way.name).slope(z, a)
    raise unknown_way("slope", way)


def weights_above(turn: Turn | None, given: BackwardInputs, layer: int, gradient: Array) -> Array:
    """Weights of `layer`, (fan_in, fan_out), as they are when the error goes back through them."""
    weights = given.parameters.w(layer)
    return weights - turn.amount * gradient if turn is not None and turn.way.kind == "updated weights" else weights


def carried(
    way: Way, given: BackwardInputs, layer: int, weights: Array, *, delta: Array, error: Array, raw: Array
) -> Array:
    """∂L/∂a of the layer before `layer`, (rows, fan_in).

    Args:
        way: what goes back, and through what.
        given: the pass.
        layer: the layer that it goes back from.
        weights: its weights, (fan_in, fan_out).
        delta: δ of `layer`.
        error: ∂L/∂ŷ carried back to `layer` without any slope.
        raw: ∂L/∂ŷ itself.
    """
    match way.kind:
        case "error":
            return np.asarray(error @ weights.T)
        case "raw error":
            return np.repeat(raw.sum(axis=1, keepdims=True), len(weights), axis=1)
        case "without weights":
            return np.repeat(delta.sum(axis=1, keepdims=True), len(weights), axis=1)
        case "transposed weights" if weights.shape[0] == weights.shape[1]:
            return np.asarray(delta @ weights)
        case "weights of layer" if way.layer is not None:
            other = given.parameters.w(way.layer)
            return np.asarray(delta @ (other.T if other.shape == weights.shape else other))
        case "right" | "updated weights" | "transposed weights":  # the last between layers of different size
            return np.asarray(delta @ weights.T)
    raise unknown_way("carried", way)


def weight_gradient(way: Way, given: BackwardInputs, layer: int, delta: Array) -> Array:
    """∂L/∂W of a layer, (fan_in, fan_out); `way` says what is where the input of the weight belongs."""
    tape = given.tape
    source = tape.a[layer - 1]
    match way.kind:
        case "right":
            pass
        case "weight":
            return np.asarray(given.parameters.w(layer) * delta.sum(axis=0))
        case "pre-activation":
            source = tape.z[layer - 1]
        case "raw input":
            source = np.resize(tape.a[0].T, source.shape[::-1]).T  # as many columns as are wanted, from the first again
        case "own output":
            return np.repeat((tape.a[layer] * delta).sum(axis=0)[np.newaxis], source.shape[1], axis=0)
        case "left out":
            source = np.ones_like(source)
        case _:
            raise unknown_way("input", way)
    return source.T @ delta


def bias_gradient(way: Way, given: BackwardInputs, layer: int, delta: Array) -> Array:
    """∂L/∂b of a layer, (fan_out,)."""
    match way.kind:
        case "right":
            return np.asarray(delta.sum(axis=0))
        case "left out":
            return np.zeros(delta.shape[1])
        case "times input":
            return np.asarray((delta * given.tape.a[layer - 1][:, :1]).sum(axis=0))
        case "mean":
            return np.asarray(delta.mean(axis=0))
        case "sum":
            return np.asarray(delta.sum(axis=0)) * len(delta)
    raise unknown_way("bias", way)


def finish(way: Way, gradient: Array) -> Array:
    """A layer's gradient as it is given away."""
    match way.kind:
        case "never":
            return np.zeros_like(gradient)
        case "transposed" if gradient.ndim == 2 and gradient.shape[0] == gradient.shape[1]:
            return gradient.T
        case "right" | "transposed":  # the latter where it cannot be
            return gradient
    raise unknown_way("layer gradient", way)


def unit_penalty(way: Way, given: BackwardInputs, layer: int) -> Array:
    """What a penalty with λ = 1 adds to the gradient of a layer's weights, (fan_in, fan_out): W, or its signs."""
    weights = given.parameters.w(layer)
    return np.sign(weights) if way.kind == "on their size" else weights
