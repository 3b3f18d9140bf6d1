"""Blank canvases: data sets to draw by hand. Each has a sample in two corners, for a network needs some to begin with."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import numpy as np

from tui_backprop.datasets.dataset import Dataset

CANVASES = ("canvas", "canvas-1d")
"""Their names: two inputs and 0 or 1, and one input and a number."""

CANVAS_RECIPE: Mapping[str, Any] = MappingProxyType(
    {
        "hidden": (8,),
        "activation": "tanh",
        "optimizer": "adam",
        "lr": 0.03,
        "batch_size": None,
        "init": "xavier",
        "scale_inputs": "none",
        "steps": 3000,
    }
)
"""The fields of the recipe that suits one; inputs are not scaled, so that a point moves no other."""


def canvas(name: str) -> Dataset:
    """Return a canvas by its name."""
    corners = np.array([[-1.0], [1.0]])
    if name == "canvas-1d":
        return Dataset(name, corners, corners.copy(), ("x",), ("y",), "regression")
    return Dataset(name, corners.repeat(2, axis=1), np.array([[0.0], [1.0]]), ("x1", "x2"), ("y",), "binary")
