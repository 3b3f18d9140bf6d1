"""What is compared, and what comes of it, for one parameter."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from tui_backprop.scripts.reading.reading import Step

Verdict = Literal["right", "scaled", "wrong", "unsure"]
Array = np.ndarray


@dataclass(slots=True)
class Draw:
    """One update computed again at drawn parameters."""

    step: Step
    values: dict[int, Any]
    changes: dict[int, Array]
    """What is added to each parameter, by its record before the update."""
    floors: dict[int, float]
    """What the arithmetic alone may have changed in it."""


@dataclass(slots=True)
class ParameterVerdict:
    """What was found of one parameter."""

    verdict: Verdict
    error: float
    """Relative difference from the nearest multiple of the true gradient."""
    scale: float | None
    """The factor of the true gradient, over that of the other parameters; None where it is wrong or not known."""
    reason: str = ""
    decay: float | None = None
    """By which share of itself it also shrinks at each update, where its loss has no such penalty."""
