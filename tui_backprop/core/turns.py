"""The backward pass as a small program with choice points, at each of which people take wrong turns.

`Turn` names one way at one choice point; `backward_with` is the program. With no turns at all it is the chain rule
(`tui_backprop.core.backward.exact`); every other way is wrong on purpose. The parts of the program are functions of their
own, so that a search can try the ways of one choice point without running the rest again.

Shapes: rows are samples; δ, error and what is carried back are (rows, units).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from tui_backprop.core.activations import ACTIVATIONS, pull_back
from tui_backprop.core.arrays import Array
from tui_backprop.core.backward import Gradients
from tui_backprop.core.forward import Tape
from tui_backprop.core.losses import LOSSES
from tui_backprop.core.network import Network, Parameters
from tui_backprop.core.objective import Objective
from tui_backprop.core.other_activations import activation_called

Point = Literal[
    "factor",
    "loss",
    "batch",
    "output slope",
    "hidden slope",
    "carried",
    "carried factor",
    "input",
    "weight factor",
    "bias",
    "bias factor",
    "layer gradient",
    "penalty",
]
"""Where the program has a choice: what the whole is multiplied with, whose derivative ∂L/∂ŷ is, how samples are put
together, the slope of the output and of hidden layers, what goes back to a layer and with what factor, the input of a
weight, the gradient of a bias, the factor of either, what becomes of a layer's finished gradient, and a penalty on weights
that is added to it."""

RIGHT = "right"
"""The way of the chain rule, at every point."""


@dataclass(frozen=True)
class Turn:
    """One way at one choice point."""

    point: Point
    way: str
    """Which way: one that `ways` lists, or `another layer`, `another activation` or `another loss`, which mean the first of
    these that there is."""
    layer: int | None = None
    """The layer, 1 … depth, where it is taken; None for every layer that has this point."""
    amount: float = 1.0
    """How much, for factors and for weights already updated (the rate)."""


@dataclass(frozen=True, eq=False)
class Given:
    """What every backward pass is given."""

    network: Network
    objective: Objective
    parameters: Parameters
    tape: Tape
    target: Array
    """(rows, outputs)."""


def backward_with(turns: Sequence[Turn], given: Given) -> Gradients:
    """Compute the gradients of the mean loss over the batch, taking `turns`; a turn that is not possible is not taken."""
    network = given.network
    shares = row_shares(_way(turns, "batch"), given)
    loss, size = _way(turns, "loss"), _amount(turns, "factor")
    error = size * output_error(loss, given, shares)
    delta = size * output_delta(loss, _way(turns, "output slope", network.depth), given, shares)
    raw, gradients, deltas = error, Parameters.zeros(network), [delta]
    for layer in range(network.depth, 0, -1):
        finished = _way(turns, "layer gradient", layer)
        weights = weight_gradient(_way(turns, "input", layer), given, layer, delta)
        biases = bias_gradient(_way(turns, "bias", layer), given, layer, delta)
        gradients.w(layer)[...] = _amount(turns, "weight factor", layer) * finish(finished, weights)
        penalty = _taken(turns, "penalty", layer)
        if penalty is not None:
            gradients.w(layer)[...] += penalty.amount * penalised(penalty.way, given, layer)
        gradients.b(layer)[...] = _amount(turns, "bias factor", layer) * finish(finished, biases)
        if layer > 1:
            before = layer - 1
            turn = _taken(turns, "carried", before)
            through = weights_above(turn, given, layer, gradients.w(layer))
            way = RIGHT if turn is None else turn.way
            upstream = carried(way, given, layer, through, delta=delta, error=error, raw=raw)
            upstream = _amount(turns, "carried factor", before) * upstream
            error = error @ given.parameters.w(layer).T
            delta = back_through(_way(turns, "hidden slope", before), given, before, upstream)
            deltas.append(delta)
    return Gradients(gradients, tuple(reversed(deltas)))


def _taken(turns: Sequence[Turn], point: Point, layer: int | None = None) -> Turn | None:
    """Return the turn that is taken at a point; None for the right way."""
    return next((turn for turn in turns if turn.point == point and turn.layer in (None, layer)), None)


def _way(turns: Sequence[Turn], point: Point, layer: int | None = None) -> str:
    turn = _taken(turns, point, layer)
    return RIGHT if turn is None else turn.way


def _amount(turns: Sequence[Turn], point: Point, layer: int | None = None) -> float:
    turn = _taken(turns, point, layer)
    return 1.0 if turn is None else turn.amount


# The parts of the program, each with its ways.


def row_shares(way: str, given: Given) -> Array:
    """Return how much each sample counts, (rows, 1), where the mean counts each 1 (its 1/rows is in the derivative)."""
    rows = given.tape.rows
    match way:
        case "sum":
            return np.full((rows, 1), float(rows))
        case "last sample":
            return np.eye(rows)[:, -1:] * rows
        case "mean again":
            return np.full((rows, 1), 1.0 / rows)
        case "leftovers":
            return np.arange(rows, 0.0, -1.0)[:, np.newaxis]
    return np.ones((rows, 1))


def _objective(loss: str, given: Given) -> Objective:
    """Return the objective whose derivative is taken."""
    if loss == RIGHT:
        return given.objective
    name = another_loss(given.objective) if loss == "another loss" else loss
    return Objective(given.objective.activation, LOSSES[name])


def output_error(loss: str, given: Given, shares: Array) -> Array:
    """∂L/∂ŷ."""
    return shares * _objective(loss, given).error(given.tape.a[-1], given.target)


def output_delta(loss: str, way: str, given: Given, shares: Array) -> Array:
    """δ of the output layer; `loss` names whose derivative is taken and `way` how the slope is."""
    z, a = given.tape.z[-1], given.tape.a[-1]
    objective = _objective(loss, given)
    if way == RIGHT:
        return shares * objective.delta(z, a, given.target)
    if way == "twice":
        return shares * objective.delta(z, a, given.target) * objective.activation.slope(z, a)
    return output_error(loss, given, shares) * slope(way, given, given.network.depth)


def back_through(way: str, given: Given, layer: int, upstream: Array) -> Array:
    """δ of a hidden layer from `upstream` = ∂L/∂a; the right way of softmax goes through its whole Jacobian."""
    activation = given.network.activation(layer)
    if way in (RIGHT, "twice") and activation.name == "softmax":
        z, a = given.tape.z[layer], given.tape.a[layer]
        once = pull_back(activation, z, a, upstream)
        return once if way == RIGHT else once * activation.slope(z, a)
    return upstream * slope(way, given, layer)


def slope(way: str, given: Given, layer: int) -> Array:
    """f′ of a layer, element by element."""
    z, a, network = given.tape.z[layer], given.tape.a[layer], given.network
    activation = network.activation(layer)
    match way.split():
        case ["left", "out"]:
            return np.ones_like(z)
        case ["twice"]:
            return np.square(activation.slope(z, a))
        case ["of", "the", "activation"]:
            return activation.slope(a, activation.value(a))
        case ["fed", "with", "z"]:
            return activation.slope(z, z)
        case ["activation", "itself"]:
            return a
        case ["one", "minus", "activation"]:
            return 1.0 - a
        case ["of", "layer", number]:
            other = int(number)
            return network.activation(other).slope(given.tape.z[other], given.tape.a[other])
        case ["of", name]:
            return activation_called(name).slope(z, a)
        case ["another", "layer"]:
            others = layers_with_slopes_for(network, layer)
            return slope(f"of layer {others[0]}", given, layer) if others else activation.slope(z, a)
        case ["another", "activation"]:
            return slope("of tanh" if activation.name == "sigmoid" else "of sigmoid", given, layer)
    return activation.slope(z, a)


def weights_above(turn: Turn | None, given: Given, layer: int, gradient: Array) -> Array:
    """Weights of `layer`, (fan_in, fan_out), as they are when the error goes back through them."""
    weights = given.parameters.w(layer)
    return weights - turn.amount * gradient if turn is not None and turn.way == "updated weights" else weights


def carried(way: str, given: Given, layer: int, weights: Array, *, delta: Array, error: Array, raw: Array) -> Array:
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
    match way.split():
        case ["error"]:
            return np.asarray(error @ weights.T)
        case ["raw", "error"]:
            return np.repeat(raw.sum(axis=1, keepdims=True), len(weights), axis=1)
        case ["without", "weights"]:
            return np.repeat(delta.sum(axis=1, keepdims=True), len(weights), axis=1)
        case ["transposed", "weights"] if weights.shape[0] == weights.shape[1]:
            return np.asarray(delta @ weights)
        case ["weights", "of", "layer", number]:
            other = given.parameters.w(int(number))
            return np.asarray(delta @ (other.T if other.shape == weights.shape else other))
        case ["another", "layer"]:
            others = layers_with_weights_for(given.network, layer)
            if others:
                through = f"weights of layer {others[0]}"
                return carried(through, given, layer, weights, delta=delta, error=error, raw=raw)
    return np.asarray(delta @ weights.T)


def weight_gradient(way: str, given: Given, layer: int, delta: Array) -> Array:
    """∂L/∂W of a layer, (fan_in, fan_out); `way` says what stands where the input of the weight belongs."""
    tape = given.tape
    source = tape.a[layer - 1]
    match way:
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
    return source.T @ delta


def bias_gradient(way: str, given: Given, layer: int, delta: Array) -> Array:
    """∂L/∂b of a layer, (fan_out,)."""
    match way:
        case "left out":
            return np.zeros(delta.shape[1])
        case "times input":
            return np.asarray((delta * given.tape.a[layer - 1][:, :1]).sum(axis=0))
        case "mean":
            return np.asarray(delta.mean(axis=0))
        case "sum":
            return np.asarray(delta.sum(axis=0)) * len(delta)
    return np.asarray(delta.sum(axis=0))


def finish(way: str, gradient: Array) -> Array:
    """A layer's gradient as it is given away."""
    if way == "never":
        return np.zeros_like(gradient)
    if way == "transposed" and gradient.ndim == 2 and gradient.shape[0] == gradient.shape[1]:
        return gradient.T
    return gradient


def penalised(way: str, given: Given, layer: int) -> Array:
    """What a penalty with λ = 1 adds to the gradient of a layer's weights, (fan_in, fan_out): W, or its signs."""
    weights = given.parameters.w(layer)
    return np.sign(weights) if way == "on their size" else weights


# Which ways there are.


def another_loss(objective: Objective) -> str:
    """Name the loss that is most easily taken for this one."""
    return {"squared": "absolute", "half-squared": "absolute"}.get(objective.loss.name, "squared")


def layers_with_slopes_for(network: Network, layer: int) -> list[int]:
    """Return the other layers whose slopes can stand for those of `layer`: those with as many units, the nearest first."""
    others = [k for k in range(1, network.depth + 1) if k != layer and network.sizes[k] == network.sizes[layer]]
    return sorted(others, key=lambda k: abs(k - layer))


def layers_with_weights_for(network: Network, layer: int) -> list[int]:
    """Return the other layers through whose weights, as they are or transposed, an error of `layer` fits, nearest first."""
    shape = (network.sizes[layer - 1], network.sizes[layer])
    shapes = {k: (network.sizes[k - 1], network.sizes[k]) for k in range(1, network.depth + 1) if k != layer}
    return sorted((k for k, other in shapes.items() if other in (shape, shape[::-1])), key=lambda k: abs(k - layer))


def ways(point: Point, network: Network, objective: Objective, layer: int = 0) -> list[str]:
    """Return every way but the right one at a choice point, the likelier ones first; `layer` where the point has one."""
    match point:
        case "loss":
            # squared and half-squared differ by a factor, which is a choice point of its own
            own = {"half-squared": "squared"}.get(objective.loss.name, objective.loss.name)
            shares = objective.activation.name in ("sigmoid", "softmax")  # logarithms are of shares
            return [
                one.name
                for one in LOSSES.values()
                if one.name not in (own, "half-squared") and (shares or not one.outputs)
            ]
        case "batch":
            return ["sum", "mean again", "last sample", "leftovers"]
        case "output slope":
            return _slopes(network, network.depth)
        case "hidden slope":
            return _slopes(network, layer)
        case "carried":
            square = network.sizes[layer] == network.sizes[layer + 1] > 1
            return [
                "error",
                "without weights",
                "raw error",
                *(["transposed weights"] if square else []),
                *(f"weights of layer {k}" for k in layers_with_weights_for(network, layer + 1)),
                "updated weights",
            ]
        case "input":
            hidden = layer > 1
            return ["weight", *(["pre-activation", "raw input"] if hidden else []), "left out", "own output"]
        case "bias":
            return ["left out", "times input", "mean", "sum"]
        case "layer gradient":
            square = network.sizes[layer - 1] == network.sizes[layer] > 1
            return ["never", *(["transposed"] if square else [])]
        case "penalty":
            return ["on their squares", "on their size"]
    return []


def _slopes(network: Network, layer: int) -> list[str]:
    name = network.activation_names[layer - 1]
    # linear's is 1, as elu's is where a is relu's; softmax's is that of sigmoid, softplus's σ(z): named already
    alike = {"sigmoid": ("softplus",), "relu": ("elu",)}.get(name, ())
    known = (name, "linear", "softmax", *alike)
    like = [other for other in ACTIVATIONS if other not in known]
    own = [
        "left out",
        "twice",
        "of the activation",
        "fed with z",
        "activation itself",
        "one minus activation",
    ]
    if name == "softmax":  # a(1 − a) alone is what people take first
        own.insert(0, "of sigmoid")
        like.remove("sigmoid")
    return [
        *own,
        *(f"of layer {k}" for k in layers_with_slopes_for(network, layer)),
        *(f"of {other}" for other in like),
    ]
