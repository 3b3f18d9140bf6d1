"""What a remedy is, and the ones that need nothing but the recipe and the data.

A remedy always changes something: one that the recipe has taken already is passed over for the next.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from tui_backprop.diagnosis.facts import times_from_one
from tui_backprop.diagnosis.findings.evidence import Evidence
from tui_backprop.diagnosis.findings.finding import alters

Remedy = tuple[str, dict[str, Any]]
"""A sentence, and the recipe changes that do what it says."""

Cause = Callable[[Evidence], Remedy | None]
"""Looks for one cause, and returns what removes it; None where it is not there."""

FAR_TARGETS, FAR_INPUTS = 10.0, 20.0
"""How far targets and inputs may be from the scale 1, in times."""


def first_of(evidence: Evidence, *causes: Cause) -> Remedy:
    """Return the first remedy that changes something; where none does, what is left that is no matter of the recipe."""
    for cause in causes:
        found = cause(evidence)
        if found is not None and alters(evidence, found[1]):
            return found
    return "nothing in the recipe is known to help: look at the data, what is left may be noise", {}


def far_targets(evidence: Evidence) -> Remedy | None:
    """Targets that are numbers far from the scale 1."""
    if evidence.facts.task != "regression" or times_from_one(evidence.facts.targets).max() <= FAR_TARGETS:
        return None
    changes = target_scaling(evidence)
    return f"scale the targets ({changes['scale_targets']}): they are far from 1 (target-scales)", changes


def target_scaling(evidence: Evidence) -> dict[str, Any]:
    """Return the changes that scale targets that are numbers to what the output can give."""
    output = evidence.training.objective.activation
    if math.isinf(output.low) and math.isinf(output.high):
        return {"scale_targets": "standard"}
    if output.low <= 0.0 and output.high >= 1.0:
        return {"scale_targets": "minmax"}
    return {"scale_targets": "standard", "output_activation": "linear"}


def standardised_inputs(evidence: Evidence) -> Remedy | None:
    """Inputs on scales of their own."""
    scales = evidence.facts.scales
    used = scales[scales > 0]
    if not len(used) or max(float(used.max()), float(used.max() / used.min())) <= FAR_INPUTS:
        return None
    return "scale the inputs to mean 0 and deviation 1 (input-scales)", {"scale_inputs": "standard"}


def off_centre(evidence: Evidence) -> bool:
    """Whether a column of the inputs, as the network gets them, lies to one side of 0: by more than its deviation.

    Hidden units then bend outside the samples to begin with: tanh units learn parity's 1/9 … 1 in a sixth of the time
    where these inputs are centred.
    """
    inputs = evidence.facts.inputs
    spread = inputs.std(axis=0)
    return bool((np.abs(inputs.mean(axis=0)) > spread)[spread > 0].any())


def other_seed(evidence: Evidence) -> Remedy | None:
    """A start from which this network finds nothing better; of a task that is all but solved, the rest may be noise."""
    if evidence.solved:
        return None
    seed = (int(evidence.recipe["seed"]) + 1) % 2**64
    return f"begin again from other first weights, such as those of seed {seed}", {
        "seed": seed,
        "init": evidence.recipe["init"],
    }
