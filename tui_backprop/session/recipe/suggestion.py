"""Suggested recipes: a built-in set brings its own, a table gets a sensible one from its size and task."""

from __future__ import annotations

from typing import Any

from tui_backprop.core.arrays import Array
from tui_backprop.datasets.canvas import CANVAS_RECIPE, CANVASES
from tui_backprop.datasets.catalogue import catalogue
from tui_backprop.datasets.dataset import Dataset
from tui_backprop.datasets.source import open_source
from tui_backprop.diagnosis.facts import times_from_one
from tui_backprop.diagnosis.findings.table import BY_ID
from tui_backprop.session.recipe.recipe import Recipe


def suggested_recipe(source: str, **overrides: Any) -> Recipe:
    """Return the recipe that suits `source`, a data set's name or the path of a table, with some fields overridden.

    Raises:
        SourceError: the source cannot be read.
        TypeError: an override that is not a recipe field.
    """
    for entry in catalogue():
        if entry.name == source:
            return Recipe(source=source).replace(**{**dict(entry.recipe), **overrides})
    if source in CANVASES:
        return Recipe(source=source).replace(**{**CANVAS_RECIPE, **overrides})
    recipe = Recipe(source=source).replace(**overrides)
    return recipe.replace(**{**sensible_fields(open_source(source, recipe.reading)), **overrides})


def sensible_fields(dataset: Dataset) -> dict[str, Any]:
    """Return the fields that suit a table of this size and task.

    It is a small tanh network with Adam, on the full batch while that is cheap, for one pass at least.
    """
    small = dataset.rows <= 100
    batch_size = None if small else 32
    steps_per_epoch = 1 if batch_size is None else dataset.rows // batch_size
    return {
        "hidden": (8,) if small else (16,),
        "activation": "tanh",
        "optimizer": "adam",
        "lr": 0.03 if small else 0.01,
        "batch_size": batch_size,
        "sampling": "shuffle",
        "init": "xavier",
        "scale_inputs": "standard",
        "scale_targets": "standard" if dataset.task == "regression" and _is_far(dataset.targets) else "none",
        "test_fraction": 0.0 if dataset.rows < 20 else 0.3,
        "steps": min(max(2000, 50 * steps_per_epoch), 20_000),
    }


def _is_far(targets: Array) -> bool:
    """Whether a network would be said to have targets (rows, outputs) that are far from the scale 1."""
    return bool(times_from_one(targets).max() > BY_ID["target-scales"].threshold.default)
