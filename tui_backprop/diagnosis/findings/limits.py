"""Findings about what this network can do at all: its floor, its range, and the loss it is trained by."""

from __future__ import annotations

import math

import numpy as np

from tui_backprop.diagnosis.findings.causes import fitting_output, floor_share, raise_the_floor
from tui_backprop.diagnosis.findings.evidence import Evidence
from tui_backprop.diagnosis.findings.finding import FindingKind, Sighting, Threshold, brief, percent


def _cannot_do_better(evidence: Evidence, threshold: float) -> Sighting | None:
    bound, share = evidence.facts.floors.highest, floor_share(evidence)
    if bound is None or not share:
        return None
    near = share >= threshold
    sentence, changes = raise_the_floor(evidence)
    return Sighting(
        f"this network cannot go below a loss of {brief(bound.loss)} (now {brief(evidence.loss)}), {percent(share)} of it: "
        f"{bound.reason}",
        {
            "floor": bound.loss,
            "loss": evidence.loss,
            "share": share,
            "constant": evidence.facts.constant_loss,
            "bound": bound.name,
            "bounds": {one.name: one.loss for one in evidence.facts.floors.bounds},
        },
        sentence,
        "network",
        changes,
        None if near else "info",
    )


def _targets_out_of_range(evidence: Evidence, threshold: float) -> Sighting | None:
    activation, targets = evidence.training.objective.activation, evidence.facts.targets
    low, high = activation.low, activation.high
    outside = ((targets < low) | (targets > high)).any(axis=1)
    what = f"the {activation.name} output, {low:g} to {high:g}"
    if activation.name == "softmax":
        outside |= np.abs(targets.sum(axis=1) - 1.0) > _SUM
        what = "the softmax outputs, which sum to 1"
    share = float(outside.mean())
    if not share > threshold:
        return None
    sentence, changes = fitting_output(evidence)
    return Sighting(
        f"{percent(share)} of the training targets lie outside the range of {what}",
        {
            "share": share,
            "lowest": float(targets.min()),
            "highest": float(targets.max()),
            "output": activation.name,
        },
        sentence,
        "targets",
        changes,
    )


def _output_and_loss(evidence: Evidence, threshold: float) -> Sighting | None:
    """Labels are 0 and 1: how many times wider the output's range is says how much of it means nothing."""
    objective = evidence.training.objective
    activation, loss = objective.activation, objective.loss
    if evidence.facts.task == "regression":
        return None
    unfit = activation.name == "softmax" and loss.name != "cross-entropy"
    width = _UNFIT if unfit else activation.high - activation.low
    if not width > threshold:
        return None
    if unfit:
        said = f"a softmax output goes with cross-entropy, and {loss.name} fades where it is surely wrong"
    else:
        wide = "without an end" if math.isinf(width) else f"{width:g} times as wide as that"
        said = f"the targets are 0 and 1, and the range of the {activation.name} output is {wide}"
    sentence, changes = fitting_output(evidence)
    return Sighting(
        said,
        {"output": activation.name, "loss": loss.name, "width": width if math.isfinite(width) else None},
        sentence,
        "output",
        changes,
    )


_SUM = 1e-9  # rounding of a sum that should be 1
_UNFIT = 2.0  # what a softmax without cross-entropy counts as: as unfit as a range that is twice too wide

KINDS = (
    FindingKind(
        "cannot-do-better",
        "warning",
        "The floor beside the present loss, where the floor is more than a tenth of the best constant's loss; below "
        "the threshold it is an info",
        Threshold(0.8, "at least", "share", "most of the loss is then beyond all training", 0.0, 1.0),
        _cannot_do_better,
        "Some losses are out of reach whatever the rate, the seed and the number of steps. A chain of single units "
        "can only rise or only fall with its input, and the best curve of that kind is computed (isotonic regression). "
        "A network without a bend in a hidden layer is a linear model, and the best one can be computed. "
        "Samples with equal inputs and different targets get one answer between them. Targets outside the output's "
        "range are never met. The line 'best this network can do' on the loss chart is the highest of these. What "
        "helps is another network or other inputs.",
    ),
    FindingKind(
        "targets-out-of-range",
        "warning",
        "The share of training samples with a target outside the range of the output activation (for a softmax: that "
        "do not sum to 1)",
        Threshold(0.0, "above", "share", "not one of them can ever be met", 0.0, 1.0),
        _targets_out_of_range,
        "A sigmoid gives 0 to 1 and a tanh −1 to 1, so a target of 3 stays out of reach: the output saturates on its "
        "way there, and its weights grow without end. Numbers go with a linear output, or are scaled to the range "
        "first.",
    ),
    FindingKind(
        "output-and-loss",
        "warning",
        "For targets that are labels: the width of the output activation's range, where 0 to 1 is 1; a "
        "softmax without cross-entropy counts as 2",
        Threshold(1.0, "above", "times", "an answer outside 0 to 1 is neither yes nor no", 1.0),
        _output_and_loss,
        "Labels are 0 and 1, and an answer is read as how sure the network is. A sigmoid (or a softmax for classes) "
        "says just that. With another output the squared error also punishes an answer that is right and more than "
        "sure, and pulls it back. A softmax is made for cross-entropy: their slopes cancel, so an answer that is "
        "surely wrong still learns.",
    ),
)
