"""Findings about gradients: wrong, not finite, vanishing, exploding."""

from __future__ import annotations

import numpy as np

from tui_backprop.core.arrays import Array
from tui_backprop.core.step import LARGEST
from tui_backprop.diagnosis.findings.causes import fewer_layers, first_values, penalties, wrong_rule
from tui_backprop.diagnosis.findings.evidence import Evidence
from tui_backprop.diagnosis.findings.finding import FindingKind, Sighting, Threshold, brief
from tui_backprop.diagnosis.findings.rates import calm, calmer_start
from tui_backprop.diagnosis.findings.remedies import Remedy, first_of, other_seed

_STACK = 3  # layers from which one can speak of a first and a last one with something between


def _wrong_gradient(evidence: Evidence, threshold: float) -> Sighting | None:
    judgement, network = evidence.judgement, evidence.training.network
    wrong = np.flatnonzero(judgement.wrong & (judgement.relative > threshold))
    if not len(wrong):
        return None
    tensors = [t.name for t in network.tensors if ((wrong >= t.span.start) & (wrong < t.span.stop)).any()]
    worst = float(judgement.relative[wrong].max())
    named = ", ".join(tensors[:6]) + (" …" if len(tensors) > 6 else "")
    rule = str(evidence.recipe["rule"])
    named_there = f" (tui-backprop check {rule} names the mistake)" if rule.endswith(".py") else ""
    return Sighting(
        f"{len(wrong)} of {network.size} gradients are not the slope of the loss ({named}): "
        f"they differ from {judgement.truth.method} by up to {brief(worst)} of their size",
        {
            "wrong": len(wrong),
            "parameters": network.size,
            "tensors": tensors,
            "largest_relative_error": worst if np.isfinite(worst) else None,
            "method": judgement.truth.method,
        },
        f"mend the formulas of the rule {rule}{named_there}, or train by exact",
        ", ".join(tensors),
        {"rule": "exact"},
    )


def _non_finite(evidence: Evidence, threshold: float) -> Sighting | None:
    step, tensor = evidence.state.step, evidence.breaks(threshold)
    if tensor is None:
        return None
    what = "infinite or NaN" if evidence.breaks() == tensor else f"larger than {threshold:g}"
    rate = evidence.training.rate
    remedy, changes = first_of(evidence, wrong_rule, calm)
    return Sighting(
        f"the update from step {step:,} makes {tensor} {what}; the run is at step {step:,}, still finite",
        {"step": step, "tensor": tensor, "rate": rate},
        remedy,
        tensor,
        changes,
    )


def _root_mean_square(delta: Array) -> float:
    return float(np.sqrt((delta**2).mean()))


def _first_to_last(evidence: Evidence) -> float | None:
    """Return the size of δ of a unit of the first layer beside one of the last; None where there is nothing to compare."""
    deltas = evidence.deltas
    first, last = _root_mean_square(deltas[0]), _root_mean_square(deltas[-1])
    if evidence.training.network.depth < _STACK or not (np.isfinite(first) and np.isfinite(last) and last > 0):
        return None
    return first / last


def _layer_sizes(evidence: Evidence) -> list[float]:
    return [_root_mean_square(delta) for delta in evidence.deltas]


def _no_sigmoids(evidence: Evidence) -> Remedy | None:
    if evidence.recipe["activation"] != "sigmoid":
        return None
    return "hidden layers of tanh, with first weights by xavier", {"activation": "tanh", "init": "xavier"}


def _vanishing(evidence: Evidence, threshold: float) -> Sighting | None:
    ratio = _first_to_last(evidence)
    if ratio is None or ratio >= threshold:
        return None
    sentence, changes = first_of(
        evidence, penalties, _no_sigmoids, first_values, calmer_start, fewer_layers, other_seed
    )
    return Sighting(
        f"δ of the first layer is {brief(ratio)} times that of the last: hardly anything comes back to it",
        {"ratio": ratio, "delta_by_layer": _layer_sizes(evidence)},
        sentence,
        "layer 1",
        changes,
    )


def _clip(_evidence: Evidence) -> Remedy:
    return "clip the gradient to the length 1", {"clip": 1.0}


def _exploding(evidence: Evidence, threshold: float) -> Sighting | None:
    ratio = _first_to_last(evidence)
    if ratio is None or ratio <= threshold:
        return None
    sentence, changes = first_of(evidence, first_values, _clip, calmer_start, fewer_layers)
    return Sighting(
        f"δ of the first layer is {brief(ratio)} times that of the last: it grows on its way back",
        {"ratio": ratio, "delta_by_layer": _layer_sizes(evidence)},
        sentence,
        "layer 1",
        changes,
    )


KINDS = (
    FindingKind(
        "wrong-gradient",
        "error",
        "The largest relative error of an entry of the coming update's gradient that differs from the slope of the "
        "loss by more than rounding, which is measured; the slope is that of the chain rule in higher precision",
        Threshold(
            1e-6, "above", "of the larger of the two", "rounding leaves less, a wrong formula far more", 1e-6, 2.0
        ),
        _wrong_gradient,
        "A gradient is the slope of the loss: move a parameter a little, and the loss changes by as much (`c` measures "
        "that). Here the rule says something else. Training then follows some other direction, and may still look "
        "as if it worked for a while. Every other finding is worth reading only after this one is mended. Where a "
        "relu is at its kink any slope between both sides is right, and no error is raised.",
    ),
    FindingKind(
        "non-finite",
        "error",
        "The size of a value that the coming update computes, in order, and of the training loss after it; NaN is "
        "above all",
        Threshold(LARGEST, "above", "size of a value", "float64 has no larger number", 1.0, LARGEST),
        _non_finite,
        "The first tensor that breaks is named, in the order of computation: what comes after it is broken by it. "
        "Nearly always the rate is too high for the size of the gradients: each update overshoots, the next gradient "
        "is larger, and a few steps later the numbers leave the range of float64. The run stops at the last step "
        "that is finite, so one can look at what came before.",
    ),
    FindingKind(
        "vanishing-gradients",
        "warning",
        "With two hidden layers or more: δ of the first layer beside δ of the last, root mean square over units and "
        "samples",
        Threshold(0.01, "below", "times", "the first layer then learns a hundred times slower than the last", 0.0, 1.0),
        _vanishing,
        "Going back, δ is multiplied by the weights and by the slope of the activation at every layer. The slope of "
        "a sigmoid is at most ¼, so in a stack of sigmoids δ shrinks layer by layer, and the first layers, which all "
        "others build on, stay nearly as they were drawn.",
        hinders=True,
    ),
    FindingKind(
        "exploding-gradients",
        "warning",
        "With two hidden layers or more: δ of the first layer beside δ of the last, root mean square over units and "
        "samples",
        Threshold(100.0, "above", "times", "no rate then suits both the first and the last layer", 1.0),
        _exploding,
        "Going back, δ is multiplied by the weights of every layer. Where these are large for the number of units, δ "
        "grows from layer to layer: the first layer is thrown about while the last hardly moves, and a rate that "
        "suits the one is wrong for the other.",
        hinders=True,
    ),
)
