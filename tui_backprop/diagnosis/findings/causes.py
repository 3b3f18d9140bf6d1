"""Remedies that several findings share: what lies behind a run that gets nowhere, the likeliest cause first."""

from __future__ import annotations

from typing import Any

from tui_backprop.core.operations.activations import ACTIVATIONS
from tui_backprop.diagnosis.findings.evidence import COPIES, SOLVED, Evidence
from tui_backprop.diagnosis.findings.rates import (
    FULL_BATCH_ROWS,
    calmer_start,
    clipped,
    faded,
    from_too_low,
    lower_rate,
    noisy,
    other_optimizer,
    thrown,
)
from tui_backprop.diagnosis.findings.remedies import (
    Remedy,
    far_targets,
    first_of,
    off_centre,
    other_seed,
    standardised_inputs,
)

WEAK_PENALTY = 1e-3
"""The penalty that is advised against overfitting: no more than that holds a run back."""

_LADDER: tuple[tuple[tuple[int, ...], float], ...] = (
    ((8,), 0.03),
    ((16, 16), 0.01),
    ((32, 32), 0.01),
    ((64, 64), 0.003),
)
# Hidden layers and the rate for Adam: eight units learn every small task of the catalogue but the spirals.
_CENTRED = "inputs scaled to mean 0 and deviation 1"
_LITTLE = 0.8  # of the best constant's loss, above which a run has learned little
_HELD = 0.3  # length of the penalties' gradient beside that of the loss, from which the penalties hold the weights


def way_out(evidence: Evidence) -> Remedy:
    """Return the remedy for a run that gets nowhere: the formula, the model, its units, or the way it is trained."""
    return first_of(
        evidence,
        wrong_rule,
        low_floor,
        frozen,
        faded,
        penalties,
        clipped,
        far_targets,
        standardised_inputs,
        thrown,
        copied,
        belonging_output,
        straight,
        too_few_units,
        other_optimizer,
        noisy,
        lower_rate,
        wider,
        other_seed,
    )


def faster(evidence: Evidence) -> Remedy:
    """Return the remedy for a run that goes the right way and takes its time."""
    return first_of(
        evidence,
        wrong_rule,
        frozen,
        faded,
        penalties,
        clipped,
        far_targets,
        standardised_inputs,
        straight,
        other_optimizer,
        from_too_low,
        noisy,
        lower_rate,
        wider,
        other_seed,
    )


# The formula and what the network can do.


def wrong_rule(evidence: Evidence) -> Remedy | None:
    """The gradient is not the slope of the loss."""
    return ("mend the gradient first (wrong-gradient)", {"rule": "exact"}) if evidence.gradient_is_wrong else None


def floor_share(evidence: Evidence) -> float:
    """Return which share of the present loss no training removes; 0 where that is too little to matter."""
    floor = evidence.facts.floor
    if evidence.share(floor) <= SOLVED or evidence.loss <= 0:
        return 0.0
    return min(1.0, floor / evidence.loss)


def low_floor(evidence: Evidence) -> Remedy | None:
    """The network cannot do much better than it does."""
    if not floor_share(evidence):
        return None
    sentence, changes = raise_the_floor(evidence)
    return f"this network cannot do much better (cannot-do-better): {sentence}", changes


def raise_the_floor(evidence: Evidence) -> Remedy:
    """Return what lets the network go below its floor: what makes up most of it."""
    bounds = {bound.name: bound.loss for bound in evidence.facts.floors.bounds}
    most = 0.5 * evidence.facts.floor
    if bounds.get("range", 0.0) >= most:
        return fitting_output(evidence)
    if bounds.get("conflict", 0.0) >= most:
        return "give it an input that tells those samples apart, or mend their targets", {}
    return first_of(evidence, wider)


def wider(evidence: Evidence) -> Remedy | None:
    """Too few units that bend: the next network of the ladder, and a training that makes use of it."""
    present = evidence.recipe["hidden"]
    bends = evidence.recipe["activation"] != "linear"
    for sizes, rate in _LADDER:
        hidden = sizes if len(present) < len(sizes) else tuple(max(size, sizes[0]) for size in present)
        changes = _trained_well(evidence, hidden, rate)
        if hidden == present and sizes == _LADDER[0][0] and (better := _better_training(evidence, changes)) is not None:
            return better
        if hidden != present or not bends:
            shape = "-".join(
                map(str, (evidence.training.network.sizes[0], *hidden, evidence.training.network.sizes[-1]))
            )
            what = "give the network more units, such as" if present else "add a hidden layer, such as"
            how = "tanh and Adam" if "scale_inputs" not in changes else f"tanh, Adam and {_CENTRED}"
            return f"{what} {shape} with {how}", changes
    return None


def _trained_well(evidence: Evidence, hidden: tuple[int, ...], rate: float) -> dict[str, Any]:
    changes: dict[str, Any] = {
        "hidden": hidden,
        "activation": "tanh",
        "optimizer": "adam",
        "lr": rate,
        "init": "xavier",
    }
    if len(evidence.training.inputs) <= FULL_BATCH_ROWS:
        changes["batch_size"] = None
    if off_centre(evidence):
        changes["scale_inputs"] = "standard"
    if evidence.recipe["set"] or evidence.recipe["freeze"]:
        changes |= {"set": (), "freeze": ()}
    return changes


def _better_training(evidence: Evidence, changes: dict[str, Any]) -> Remedy | None:
    """Of a training that suits a network which has that size already, what is missing; None where nothing is."""
    names = {
        "activation": "tanh",
        "optimizer": "Adam",
        "batch_size": "the full batch",
        "init": "first weights by xavier",
        "scale_inputs": _CENTRED,
    }
    missing = [name for name in names if name in changes and evidence.recipe[name] != changes[name]]
    if not missing:
        return None
    kept = {name: changes[name] for name in missing}
    if "optimizer" in missing:
        kept["lr"] = changes["lr"]
    return f"train it with {' and '.join(names[name] for name in missing)}", kept


def straight(evidence: Evidence) -> Remedy | None:
    """No hidden layer that bends, or a chain of single units."""
    sizes = evidence.recipe["hidden"]
    bends = evidence.recipe["activation"] != "linear" and min(sizes, default=0) > 1
    return None if bends else wider(evidence)


def too_few_units(evidence: Evidence) -> Remedy | None:
    """Fewer units than the smallest network that is advised, and a loss that is near that of the best constant."""
    few = len(evidence.recipe["hidden"]) == 1 and evidence.recipe["hidden"][0] < _LADDER[0][0][0]
    return wider(evidence) if few and evidence.share(evidence.loss) >= _LITTLE else None


def fitting_output(evidence: Evidence) -> Remedy:
    """Return the output and the loss that belong to the targets."""
    output, loss = {
        "regression": ("linear", "squared"),
        "binary": ("sigmoid", "squared"),
        "classes": ("softmax", "cross-entropy"),
    }[evidence.facts.task]
    return f"let output activation and loss follow the targets: {output} and {loss}", {
        "output_activation": output,
        "loss": loss,
    }


def belonging_output(evidence: Evidence) -> Remedy | None:
    """An output that can be dead, one that does not belong to labels, or a loss that is content with the commonest label."""
    objective, labels = evidence.training.objective, evidence.facts.task != "regression"
    unfit = objective.activation.high - objective.activation.low > 1.0 or objective.loss.name == "absolute"
    return fitting_output(evidence) if objective.activation.name == "relu" or (labels and unfit) else None


# What is held still, or moves in steps too small.


def frozen(evidence: Evidence) -> Remedy | None:
    """Parameters that are not trained."""
    held = evidence.recipe["freeze"]
    return (f"let the frozen parameters be trained ({', '.join(held)})", {"freeze": ()}) if held else None


def penalties(evidence: Evidence) -> Remedy | None:
    """Penalties that pull the weights to 0 as hard as the loss pulls them away."""
    l1, l2 = evidence.recipe["l1"], evidence.recipe["l2"]
    if max(l1, l2) <= WEAK_PENALTY or evidence.penalty_ratio < _HELD:
        return None
    named = " and ".join(f"{name} {value:g}" for name, value in (("l1", l1), ("l2", l2)) if value)
    return f"take the penalty away ({named}): it holds the weights near 0", {"l1": 0.0, "l2": 0.0}


# The data.


# First values and units.


def copied(evidence: Evidence) -> Remedy | None:
    """Units that are copies of each other."""
    if not any((distance <= COPIES).any() for distance in evidence.unit_distances.values()):
        return None
    sentence, changes = different_units(evidence)
    return f"its units are copies of each other (copied-units): {sentence}", changes


def good_init(evidence: Evidence) -> str:
    """Return the first weights that suit the hidden activation."""
    return "he" if ACTIVATIONS[evidence.recipe["activation"]].one_sided else "xavier"


def first_values(evidence: Evidence) -> Remedy:
    """Return first weights that suit the hidden activation: of the size that keeps signals alive from layer to layer."""
    init = good_init(evidence)
    changes: dict[str, Any] = {"init": init}
    if evidence.recipe["set"]:
        changes["set"] = ()
    return f"draw the first weights by {init}", changes


def different_units(evidence: Evidence) -> Remedy:
    """Return what keeps the units of a layer from being copies of each other."""
    sentence, changes = first_of(evidence, penalties, first_values, calmer_start, wider, other_seed)
    redrawn = "init" in changes and "lr" not in changes
    return f"{sentence}: units must begin differently to become different" if redrawn else sentence, changes


def fewer_layers(evidence: Evidence) -> Remedy | None:
    """A stack so deep that little comes through."""
    hidden = evidence.recipe["hidden"]
    if len(hidden) <= 2:
        return None
    sizes = tuple(max(size, 8) for size in hidden[:2])
    return f"take fewer layers, such as {'-'.join(map(str, sizes))}", {"hidden": sizes, "set": (), "freeze": ()}


# The way it is trained.
