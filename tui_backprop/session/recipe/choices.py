"""What the rooms below know by name, for the fields of a recipe: the texts that a field may have, and its limits."""

from __future__ import annotations

from collections.abc import Mapping

from tui_backprop.core.network import MAX_HIDDEN_LAYERS, MAX_UNITS
from tui_backprop.core.operations.activations import ACTIVATIONS, HIDDEN_ACTIVATIONS
from tui_backprop.core.operations.initializers import INITIALIZERS
from tui_backprop.core.operations.losses import LOSSES
from tui_backprop.core.operations.optimizers import OPTIMIZERS
from tui_backprop.core.operations.schedules import parse_schedule
from tui_backprop.core.rules import RULES
from tui_backprop.core.sampling import SAMPLINGS
from tui_backprop.datasets.reading import DECIMALS, MISSING, TASKS
from tui_backprop.datasets.scaling import SCALINGS
from tui_backprop.diagnosis.findings.table import check_threshold
from tui_backprop.engines.choice import ENGINES
from tui_backprop.session.recipe.recipe import is_file

__all__ = ["CHOICES", "MAX_HIDDEN_LAYERS", "MAX_UNITS", "RULES", "check_threshold", "is_file", "parse_schedule"]

CHOICES: Mapping[str, tuple[str, ...]] = {
    "missing": MISSING,
    "task": TASKS,
    "decimal": DECIMALS,
    "no_header": ("no", "yes"),
    "scale_inputs": tuple(SCALINGS),
    "scale_targets": tuple(SCALINGS),
    "activation": HIDDEN_ACTIVATIONS,
    "output_activation": ("auto", *ACTIVATIONS),
    "init": tuple(INITIALIZERS),
    "loss": ("auto", *LOSSES),
    "optimizer": tuple(OPTIMIZERS),
    "sampling": tuple(SAMPLINGS),
    "engine": ("auto", *ENGINES),
}
"""The texts of each field that has few."""
