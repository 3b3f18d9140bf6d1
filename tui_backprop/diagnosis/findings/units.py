"""Findings about units: saturated, dead, copies of each other, and the same answer for every input."""

from __future__ import annotations

import numpy as np

from tui_backprop.diagnosis.findings.causes import different_units, first_values, way_out
from tui_backprop.diagnosis.findings.evidence import COPIES, Evidence
from tui_backprop.diagnosis.findings.finding import FindingKind, Sighting, Threshold, brief, percent
from tui_backprop.diagnosis.findings.rates import calmer_start, thrown
from tui_backprop.diagnosis.findings.remedies import Remedy, far_targets, first_of, other_seed
from tui_backprop.diagnosis.findings.saturation import SATURATED, saturated_shares

_NEAR_THE_CONSTANT = 0.1  # of the best constant's loss, within which a run is near it


def _saturated(evidence: Evidence, threshold: float) -> Sighting | None:
    shares = saturated_shares(evidence.training.network, evidence.unit_tape)
    worst = max(shares, key=lambda layer: shares[layer], default=0)
    if not worst or shares[worst] <= threshold:
        return None
    sentence, changes = first_of(evidence, far_targets, thrown, _gentle_start, calmer_start, other_seed)
    why = "the rate threw them there, and they pass nothing back" if thrown(evidence) else "they pass nothing back"
    return Sighting(
        f"units of layer {worst} are saturated in {percent(shares[worst])} of all cases: {why}",
        {"layer": worst, "share": shares[worst], "share_by_layer": list(shares.values())},
        sentence,
        f"layer {worst}",
        changes,
    )


def _gentle_start(evidence: Evidence) -> Remedy:
    sentence, changes = first_values(evidence)
    return f"scale the inputs, and {sentence}", changes | {"scale_inputs": "standard"}


def _dead(evidence: Evidence, threshold: float) -> Sighting | None:
    network, tape = evidence.training.network, evidence.unit_tape
    dead: dict[int, list[int]] = {}
    for layer in range(1, network.depth):
        activation = network.activation(layer)
        if activation.kink and np.isfinite(activation.low):
            silent = (activation.slope(tape.z[layer], tape.a[layer]) == 0).all(axis=0)
            dead[layer] = np.flatnonzero(silent).tolist()
    worst = max(dead, key=lambda layer: len(dead[layer]) / network.sizes[layer], default=0)
    if not worst or len(dead[worst]) / network.sizes[worst] <= threshold:
        return None
    units = dead[worst]
    return Sighting(
        f"{len(units)} of {network.sizes[worst]} units of layer {worst} are dead: 0 for every sample, "
        f"{percent(len(units) / network.sizes[worst])} of them",
        {"layer": worst, "units": units, "share": len(units) / network.sizes[worst]},
        "take leaky-relu, which lets them learn again, or begin again with a smaller rate",
        f"layer {worst}",
        {"activation": "leaky-relu"},
    )


def _copies(evidence: Evidence, threshold: float) -> Sighting | None:
    """Units with the same weights in and out are the same for every sample, and get the same update for ever.

    Those that a penalty has taken to 0 in a network that does without them are as they should be.
    """
    if evidence.solved and (evidence.training.l1 or evidence.training.l2):
        return None
    for layer, distance in evidence.unit_distances.items():
        copies = np.flatnonzero(distance <= threshold)
        if not len(copies):
            continue
        furthest = float(distance[copies].max())
        sentence, changes = different_units(evidence)
        return Sighting(
            f"{len(copies)} of {len(distance)} units of layer {layer} are copies of another one: "
            f"their weights differ by {brief(furthest)} of their length",
            {"layer": layer, "copies": copies.tolist(), "distance": furthest},
            sentence,
            f"layer {layer}",
            changes,
        )
    return None


def _same_answer(evidence: Evidence, threshold: float) -> Sighting | None:
    wanted = evidence.facts.target_spread
    if not (evidence.settled and (wanted > 0).any()):
        return None
    spread = evidence.tape.prediction.std(axis=0)
    ratio = float((spread[wanted > 0] / wanted[wanted > 0]).max())
    if not ratio < threshold:
        return None
    prediction, constant = evidence.tape.prediction, evidence.facts.constant_loss
    if abs(evidence.share(evidence.loss) - 1.0) <= _NEAR_THE_CONSTANT:
        where = "the loss is near that of the best constant answer"
    else:
        where = f"the loss is {brief(evidence.loss)}, and the best constant answer has {brief(constant)}"
    sentence, changes = way_out(evidence)
    return Sighting(
        f"every input gets nearly the same answer: the answers spread {brief(ratio)} times as far as the targets; {where}",
        {
            "ratio": ratio,
            "spread_of_answers": spread.tolist(),
            "spread_of_targets": wanted.tolist(),
            "lowest": prediction.min(axis=0).tolist(),
            "highest": prediction.max(axis=0).tolist(),
        },
        sentence,
        "ŷ",
        changes,
    )


KINDS = (
    FindingKind(
        "saturated-units",
        "warning",
        "In hidden layers of sigmoid or tanh: the share of (unit, sample) pairs of a layer with a slope below a "
        "hundredth of the steepest",
        Threshold(
            SATURATED, "above", "share", "a few flat units are as it should be, a layer of them is not", 0.0, 1.0
        ),
        _saturated,
        "Far from 0 a sigmoid or a tanh is flat. A unit that is there for nearly every sample gives the same "
        "whatever comes in, and its slope, by which δ is multiplied on the way back, is nearly 0: neither it nor the "
        "layers before it learn. It comes from weights that are drawn too large, from inputs on a large scale, or "
        "from a rate so high that one update threw the weights there.",
        hinders=True,
    ),
    FindingKind(
        "dead-units",
        "warning",
        "In hidden layers of relu: the share of a layer's units that are 0 for every training sample",
        Threshold(0.25, "above", "share", "a network has units to spare, but not so many", 0.0, 1.0),
        _dead,
        "A relu that is 0 for a sample passes nothing back for it. If it is 0 for all of them it gets no gradient at "
        "all, and stays as it is for ever. It comes from a large update that pushed its bias far below 0, or from "
        "first weights that are all 0.",
        hinders=True,
    ),
    FindingKind(
        "copied-units",
        "warning",
        "The distance of two units of a hidden layer, by bias and weights in and out, beside the length of the longer",
        Threshold(COPIES, "at most", "times", "units that were drawn at random are never so near", 1e-7, 1.0),
        _copies,
        "Units that begin with the same weights compute the same, get the same gradient, and so stay the same in "
        "every step: a layer of copies can do no more than one unit. It is why weights are drawn at random and not "
        "set to 0. Biases may be 0: the weights already make the difference.",
        hinders=True,
    ),
    FindingKind(
        "same-answer",
        "warning",
        "After 100 updates and 10 epochs (or 2,000 updates): "
        "the standard deviation of the answers to the training samples beside that "
        "of their targets, for the output where it is largest",
        Threshold(
            0.1,
            "below",
            "times",
            "the answers then explain at most a hundredth of what differs in the targets",
            0.0,
            1.0,
        ),
        _same_answer,
        "Whatever it is asked, the network says nearly the same, so it makes no use of its inputs. Where its loss is near "
        "that of the best constant answer, it has found the mean of the targets and nothing more; where its loss is higher, "
        "not even that. Look for the cause in this order: is the gradient right, can this network do better at all, does "
        "the training get anywhere.",
        hinders=True,
    ),
)
