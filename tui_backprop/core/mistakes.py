"""Backpropagation with wrong turns: the mistakes that people make when they write the backward pass by hand.

The pass is a small program with choice points. `Turns` says which way is taken at each; all of them right is the chain rule,
and each entry of `MISTAKES` takes one wrong turn, has a name, and tells what comes of it. All are wrong on purpose.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from tui_backprop.core.activations import Activation
from tui_backprop.core.arrays import Array
from tui_backprop.core.backward import Gradients
from tui_backprop.core.forward import Tape
from tui_backprop.core.network import Network, Parameters
from tui_backprop.core.objective import Objective

Slope = Literal["right", "left out", "twice", "of the activation", "fed with z"]
"""How f′ is taken: f′(z), 1, f′(z)², f′(a), or the formula in a with z put in for a."""

Input = Literal["right", "weight", "pre-activation", "raw input", "own output", "left out"]
"""What stands in a weight's gradient where its input belongs."""


@dataclass(frozen=True)
class Turns:
    """Which way the backward pass takes at each of its choice points."""

    factor: float = 1.0
    """What the derivative of the loss is multiplied with: −1 for a wrong sign, ½ for a 2 that was forgotten."""
    batch: Literal["mean", "sum", "last sample"] = "mean"
    output_slope: Slope = "right"
    hidden_slope: Slope = "right"
    carried: Literal["delta", "error", "without weights"] = "delta"
    """What goes back to the layer before: δW, the error without the slope times W, or δ through no weights."""
    input: Input = "right"
    bias: Literal["right", "left out", "times input", "mean"] = "right"
    trained: Literal["all layers", "last layer"] = "all layers"


@dataclass(frozen=True)
class Mistake:
    """A backward rule that takes wrong turns; it is called like every other rule."""

    name: str
    sentence: str
    """What it does where the chain rule does something else."""
    effect: str
    """What that does to training, and how to recognise it."""
    turns: Turns

    def __call__(
        self, network: Network, objective: Objective, parameters: Parameters, tape: Tape, target: Array
    ) -> Gradients:
        """Compute the gradients by the wrong turns; shapes as in `tui_backprop.core.backward.exact`."""
        turns = self.turns
        error = turns.factor * _over(turns, objective.error(tape.a[-1], target))
        delta = _output_delta(turns, objective, tape, target)
        gradients, deltas = Parameters.zeros(network), [delta]
        for layer in range(network.depth, 0, -1):
            if turns.trained == "all layers" or layer == network.depth:
                gradients.w(layer)[...] = _weight_gradient(turns, parameters, tape, layer, delta)
                gradients.b(layer)[...] = _bias_gradient(turns, tape, layer, delta)
            if layer > 1:
                upstream = _carried(turns, parameters.w(layer), delta, error)
                error = error @ parameters.w(layer).T
                delta = upstream * _slope(
                    turns.hidden_slope, network.activation(layer - 1), tape.z[layer - 1], tape.a[layer - 1]
                )
                deltas.append(delta)
        return Gradients(gradients, tuple(reversed(deltas)))


def _over(turns: Turns, values: Array) -> Array:
    """Take the part of a batch that the turn takes; `values` (rows, units) hold 1/rows already."""
    if turns.batch == "sum":
        return values * len(values)
    if turns.batch == "last sample":
        kept = np.zeros_like(values)
        kept[-1] = values[-1] * len(values)
        return kept
    return values


def _output_delta(turns: Turns, objective: Objective, tape: Tape, target: Array) -> Array:
    """δ of the output layer. Of a fused pair the slope has cancelled already, so that to leave it out changes nothing."""
    z, a = tape.z[-1], tape.a[-1]
    how = turns.output_slope
    if how == "right" or (objective.fused and how == "left out"):
        found = objective.delta(z, a, target)
    elif how == "twice":
        found = objective.delta(z, a, target) * objective.activation.slope(z, a)
    else:
        found = objective.error(a, target) * _slope(how, objective.activation, z, a)
    return turns.factor * _over(turns, found)


def _slope(how: Slope, activation: Activation, z: Array, a: Array) -> Array:
    match how:
        case "left out":
            return np.ones_like(z)
        case "twice":
            return np.square(activation.slope(z, a))
        case "of the activation":
            return activation.slope(a, activation.value(a))
        case "fed with z":
            return activation.slope(z, z)
    return activation.slope(z, a)


def _carried(turns: Turns, weights: Array, delta: Array, error: Array) -> Array:
    """∂L/∂a of the layer before as the turn has it, (rows, fan_in)."""
    match turns.carried:
        case "error":
            return error @ weights.T
        case "without weights":
            return np.repeat(delta.sum(axis=1, keepdims=True), len(weights), axis=1)
    return delta @ weights.T


def _weight_gradient(turns: Turns, parameters: Parameters, tape: Tape, layer: int, delta: Array) -> Array:
    """∂L/∂W as the turn has it, (fan_in, fan_out)."""
    given = tape.a[layer - 1]
    match turns.input:
        case "weight":
            return np.asarray(parameters.w(layer) * delta.sum(axis=0))
        case "pre-activation":
            given = tape.z[layer - 1]
        case "raw input":
            given = np.resize(tape.a[0].T, given.shape[::-1]).T  # as many columns as are wanted, from the first again
        case "own output":
            return np.repeat((tape.a[layer] * delta).sum(axis=0)[np.newaxis], given.shape[1], axis=0)
        case "left out":
            given = np.ones_like(given)
    return given.T @ delta


def _bias_gradient(turns: Turns, tape: Tape, layer: int, delta: Array) -> Array:
    """∂L/∂b as the turn has it, (fan_out,)."""
    match turns.bias:
        case "left out":
            return np.zeros(delta.shape[1])
        case "times input":
            return np.asarray((delta * tape.a[layer - 1][:, :1]).sum(axis=0))
        case "mean":
            return np.asarray(delta.mean(axis=0))
    return np.asarray(delta.sum(axis=0))


MISTAKES: dict[str, Mistake] = {
    one.name: one
    for one in (
        Mistake(
            "weight-for-input",
            "∂L/∂w = δ·w: the weight itself stands where its input belongs",
            "weights near 0 hardly move and their sign decides the direction; the loss stalls or rises",
            Turns(input="weight"),
        ),
        Mistake(
            "z-for-input",
            "∂L/∂w = δ·z: the layer before gives its pre-activation instead of its activation",
            "often it still learns, more slowly and unsteadily, since z and a have mostly the same sign",
            Turns(input="pre-activation"),
        ),
        Mistake(
            "raw-input",
            "∂L/∂w = δ·x in every layer: the network's input stands where the layer's own input belongs",
            "the first layer is right and the others are not: the output layer learns something else than it is used for",
            Turns(input="raw input"),
        ),
        Mistake(
            "own-output",
            "∂L/∂w = δ·a of the unit itself instead of the unit before",
            "all weights into a unit get the same gradient, so a unit never learns which input matters",
            Turns(input="own output"),
        ),
        Mistake(
            "no-input",
            "∂L/∂w = δ: the input of the weight is left out",
            "weights move like biases: the answer shifts as a whole and hardly depends on the input",
            Turns(input="left out"),
        ),
        Mistake(
            "no-output-slope",
            "δ of the output layer = ∂L/∂ŷ: the slope of its activation is left out",
            "the right direction with another length: it learns, faster where the output is saturated",
            Turns(output_slope="left out"),
        ),
        Mistake(
            "no-hidden-slope",
            "δ of a hidden layer = δW: the slope f′(z) is left out",
            "layers near the input get gradients that are too large; with relu, dead units seem to learn",
            Turns(hidden_slope="left out"),
        ),
        Mistake(
            "output-slope-twice",
            "the slope of the output is multiplied twice; with softmax and cross-entropy it has cancelled and is put back",
            "training is slow, and a confident wrong answer is hardly corrected",
            Turns(output_slope="twice"),
        ),
        Mistake(
            "hidden-slope-twice",
            "δ of a hidden layer has f′(z)²",
            "layers near the input learn far too slowly: each layer takes another factor of ¼ with sigmoid",
            Turns(hidden_slope="twice"),
        ),
        Mistake(
            "slope-of-activation",
            "the slope is f′(a) instead of f′(z): σ(a)(1 − σ(a)) where a(1 − a) is meant",
            "it is never near 0, so saturated units get gradients as if they were not; it learns, but not by the gradient",
            Turns(output_slope="of the activation", hidden_slope="of the activation"),
        ),
        Mistake(
            "slope-fed-with-z",
            "the formula in a is given z: z(1 − z) where a(1 − a) is meant",
            "for negative z the sign turns round and the unit runs away from the answer",
            Turns(output_slope="fed with z", hidden_slope="fed with z"),
        ),
        Mistake(
            "error-carried-back",
            "what goes back is the error without the slope of the layers it has passed",
            "the last layer is right, all before it are scaled wrongly, most where units are saturated",
            Turns(carried="error"),
        ),
        Mistake(
            "not-through-weights",
            "the error goes back without being multiplied by the weights",
            "hidden units all get the same error: they become copies of each other, and half of them go the wrong way",
            Turns(carried="without weights"),
        ),
        Mistake(
            "wrong-sign",
            "the error is y − ŷ where ŷ − y is meant, and it is still subtracted",
            "the loss rises from the first step",
            Turns(factor=-1.0),
        ),
        Mistake(
            "half-the-gradient",
            "the 2 of the squared error's derivative is left out",
            "harmless: the same as half the rate",
            Turns(factor=0.5),
        ),
        Mistake(
            "sum-over-batch",
            "gradients are summed over the batch where the loss is a mean",
            "harmless: the same as a rate that is the batch size times larger, which may be too large",
            Turns(batch="sum"),
        ),
        Mistake(
            "last-sample-only",
            "only the last sample of a batch counts: the gradient is overwritten where it should be added to",
            "the loss is as noisy as with single samples, however large the batch",
            Turns(batch="last sample"),
        ),
        Mistake(
            "no-bias-gradient",
            "biases have no gradient",
            "biases stay where they began; what needs a shifted threshold is never learned",
            Turns(bias="left out"),
        ),
        Mistake(
            "bias-times-input",
            "∂L/∂b = δ·x: the bias is treated like a weight of the first input",
            "biases hardly move where the input is near 0, and to the wrong side where it is negative",
            Turns(bias="times input"),
        ),
        Mistake(
            "bias-mean-again",
            "bias gradients are divided by the batch size once more",
            "biases learn as slowly as if the rate were divided by the batch size; with single samples it is right",
            Turns(bias="mean"),
        ),
        Mistake(
            "last-layer-only",
            "only the last layer is ever updated",
            "the hidden layer stays random: it learns what random features allow, then stands still",
            Turns(trained="last layer"),
        ),
    )
}
"""Every single wrong turn by name."""
