"""Backward rules: functions that compute the gradients of a batch from its tape.

A rule is a parameter of the pass. `exact` is backpropagation (Rumelhart, Hinton and Williams 1986, in the notation of
Nielsen, "Neural Networks and Deep Learning", chapter 2, with samples as rows). `posted` is wrong on purpose.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from tui_backprop.core.arrays import Array
from tui_backprop.core.forward import Tape
from tui_backprop.core.network import Network, Parameters
from tui_backprop.core.objective import Objective


@dataclass(frozen=True, eq=False)
class Gradients:
    """What a rule found for one batch."""

    parameters: Parameters
    """∂L/∂θ as the rule has it, in the form of parameters."""
    deltas: tuple[Array, ...]
    """δ_l = ∂L/∂z_l as the rule has it, (rows, units), for layers 1 … depth in order."""


class Rule(Protocol):
    """(network, objective, parameters, tape, target (rows, outputs)) → gradients; it changes none of them."""

    def __call__(
        self, network: Network, objective: Objective, parameters: Parameters, tape: Tape, target: Array, /
    ) -> Gradients:
        """Compute the gradients of the mean loss over the batch."""


def exact(network: Network, objective: Objective, parameters: Parameters, tape: Tape, target: Array) -> Gradients:
    """Compute the chain rule, from the last layer to the first.

    δ_L = ∂L/∂z_L, δ_l = (δ_{l+1} W_{l+1}ᵀ) ⊙ f′(z_l), ∂L/∂W_l = a_{l−1}ᵀ δ_l, ∂L/∂b_l = Σ δ_l over the batch.
    """
    gradients = Parameters.zeros(network)
    delta = objective.delta(tape.z[-1], tape.a[-1], target)
    deltas = [delta]
    for layer in range(network.depth, 0, -1):
        gradients.w(layer)[...] = tape.a[layer - 1].T @ delta
        gradients.b(layer)[...] = delta.sum(axis=0)
        if layer > 1:
            slope = network.activation(layer - 1).slope(tape.z[layer - 1], tape.a[layer - 1])
            delta = (delta @ parameters.w(layer).T) * slope
            deltas.append(delta)
    return Gradients(gradients, tuple(reversed(deltas)))


def posted(network: Network, objective: Objective, parameters: Parameters, tape: Tape, target: Array) -> Gradients:
    """Compute the formulas of the original case, which are wrong, for any network.

    Cross Validated question 464262 has, for one hidden unit h: Δw2 ∝ 2(ŷ−y)·ŷ(1−ŷ)·w2 where the chain rule has h;
    Δw1 with w1 where it has x; and the error carried back to h without ŷ(1−ŷ). In any network:

    - a weight's gradient has the weight itself in place of its input: ∂L/∂W_l := W_l ⊙ Σ δ_l (the sum over the batch);
    - what is carried back is the error without the slope: e_L = ∂L/∂ŷ, e_l = e_{l+1} W_{l+1}ᵀ, while
      δ_l = e_l ⊙ f′(z_l).

    Only ∂L/∂b of the last layer is right.
    """
    gradients = Parameters.zeros(network)
    error = objective.error(tape.a[-1], target)
    delta = objective.delta(tape.z[-1], tape.a[-1], target)
    deltas = [delta]
    for layer in range(network.depth, 0, -1):
        gradients.b(layer)[...] = delta.sum(axis=0)
        gradients.w(layer)[...] = parameters.w(layer) * gradients.b(layer)
        if layer > 1:
            error = error @ parameters.w(layer).T
            delta = error * network.activation(layer - 1).slope(tape.z[layer - 1], tape.a[layer - 1])
            deltas.append(delta)
    return Gradients(gradients, tuple(reversed(deltas)))
