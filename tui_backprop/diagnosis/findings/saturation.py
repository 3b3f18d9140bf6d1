"""How many units are saturated, and whether it was the rate that threw them there."""

from __future__ import annotations

import numpy as np

from tui_backprop.core.forward import Tape, forward
from tui_backprop.core.network import Network, Parameters
from tui_backprop.diagnosis.findings.evidence import Evidence

SATURATED = 0.8
"""Share of a layer's (unit, sample) pairs above which it is saturated."""

_FLAT = 0.01  # share of the steepest slope below which a unit is saturated
_TOO_HIGH = 3.0  # times the rate that works best from the start, from which a rate is the cause


def saturated_shares(network: Network, tape: Tape) -> dict[int, float]:
    """Return the share of (unit, sample) pairs that are saturated, by hidden layer of an activation with two ends."""
    shares: dict[int, float] = {}
    for layer in range(1, network.depth):
        activation = network.activation(layer)
        if activation.monotone and np.isfinite(activation.low) and np.isfinite(activation.high):
            middle = np.zeros(1)
            steepest = float(activation.slope(middle, activation.value(middle))[0])
            slopes = activation.slope(tape.z[layer], tape.a[layer])
            shares[layer] = float((slopes < _FLAT * steepest).mean())
    return shares


def thrown_flat(evidence: Evidence) -> bool:
    """Whether units are saturated that were not at the start, under a rate far above the one that works best from there."""
    network, rate = evidence.training.network, evidence.training.rate
    now = saturated_shares(network, evidence.unit_tape)
    if not evidence.trial_steps or max(now.values(), default=0.0) <= SATURATED:
        return False
    first = forward(network, Parameters(network, evidence.first_parameters), evidence.unit_tape.a[0])
    if max(saturated_shares(network, first).values()) > SATURATED:
        return False
    best = evidence.working_rate(below=_TOO_HIGH * rate, again=True)
    return best is not None and best * _TOO_HIGH <= rate
