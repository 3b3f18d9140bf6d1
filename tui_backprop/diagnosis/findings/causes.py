"""Remedies that several findings share: what lies behind a run that gets nowhere."""

from __future__ import annotations

import math
from typing import Any

from tui_backprop.diagnosis.findings.evidence import COPIES, SOLVED, Evidence

_WIDE = 8  # units that learn every small task of the catalogue, the original case among them
_FULL_BATCH_ROWS = 1000  # rows up to which a full batch is cheap

Remedy = tuple[str, dict[str, Any]]
"""A sentence, and the recipe changes that do what it says."""


def wider(evidence: Evidence) -> Remedy:
    """Return the remedy for a network that bends too little: several units, and a training that makes use of them."""
    hidden = tuple(max(size, _WIDE) for size in evidence.recipe["hidden"]) or (_WIDE,)
    changes: dict[str, Any] = {"hidden": hidden, "activation": "tanh", "optimizer": "adam", "lr": 0.03}
    if len(evidence.training.inputs) <= _FULL_BATCH_ROWS:
        changes["batch_size"] = None
    if evidence.recipe["set"] or evidence.recipe["freeze"]:
        changes |= {"set": (), "freeze": ()}
    sizes = "-".join(map(str, (evidence.training.network.sizes[0], *hidden, evidence.training.network.sizes[-1])))
    return f"give the network more units, such as {sizes} with tanh and Adam", changes


def floor_share(evidence: Evidence) -> float:
    """Return which share of the present loss no training removes; 0 where that is too little to matter."""
    floor = evidence.facts.floor
    if evidence.share(floor) <= SOLVED or evidence.loss <= 0:
        return 0.0
    return min(1.0, floor / evidence.loss)


def raise_the_floor(evidence: Evidence) -> Remedy:
    """Return what lets the network go below its floor."""
    bound = evidence.facts.floors.highest
    match bound.name if bound is not None else "":
        case "range":
            return belonging_output(evidence)
        case "conflict":
            return "give it an input that tells those samples apart, or mend their targets", {}
    return wider(evidence)


def belonging_output(_evidence: Evidence) -> Remedy:
    """Return the output and the loss that belong to the targets."""
    return (
        "let output activation and loss follow the targets",
        {"output_activation": "auto", "loss": "auto"},
    )


def first_values(evidence: Evidence) -> Remedy:
    """Return first weights that suit the hidden activation: of the size that keeps signals alive from layer to layer."""
    init = "he" if evidence.recipe["activation"] in ("relu", "leaky-relu", "elu", "softplus", "gelu") else "xavier"
    changes: dict[str, Any] = {"init": init}
    if evidence.recipe["set"]:
        changes["set"] = ()
    return f"draw the first weights by {init}", changes


def different_units(evidence: Evidence) -> Remedy:
    """Return what keeps the units of a layer from being copies of each other."""
    sentence, changes = first_values(evidence)
    return f"{sentence}: units must begin differently to become different", changes


def way_out(evidence: Evidence) -> Remedy:
    """Return the remedy for a run that gets nowhere: the formula, the model, its units, or the way it is trained."""
    if evidence.gradient_is_wrong:
        return "mend the gradient first (wrong-gradient)", {"rule": "exact"}
    if floor_share(evidence):
        sentence, changes = raise_the_floor(evidence)
        return f"this network cannot do much better (cannot-do-better): {sentence}", changes
    if any((distance <= COPIES).any() for distance in evidence.unit_distances.values()):
        sentence, changes = different_units(evidence)
        return f"its units are copies of each other (copied-units): {sentence}", changes
    if evidence.recipe["optimizer"] not in ("adam", "adamw", "rmsprop"):
        return "try Adam, which gives each parameter a step of its own", {"optimizer": "adam", "lr": 0.03}
    return wider(evidence)


def target_scaling(evidence: Evidence) -> dict[str, Any]:
    """Return the changes that scale targets that are numbers to what the output can give."""
    output = evidence.training.objective.activation
    if math.isinf(output.low) and math.isinf(output.high):
        return {"scale_targets": "standard"}
    if output.low <= 0.0 and output.high >= 1.0:
        return {"scale_targets": "minmax"}
    return {"scale_targets": "standard", "output_activation": "linear"}
