"""Findings: one diagnosis each, with its evidence in numbers and a remedy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal


@dataclass(frozen=True)
class Finding:
    """One diagnosis."""

    id: str
    severity: Literal["info", "warning", "error"]
    message: str
    """What was found, in one sentence."""
    evidence: Mapping[str, Any]
    """The numbers behind it."""
    remedy: str
    """What to do, in one sentence."""


def non_finite(step: int, tensor: str, rate: float) -> Finding:
    """Return the finding of a run that broke at the update from `step`, where `tensor` was the first that is not finite."""
    return Finding(
        "non-finite",
        "error",
        f"the update from step {step:,} makes {tensor} infinite or NaN; the run stands at step {step:,}, still finite",
        {"step": step, "tensor": tensor, "rate": rate},
        f"choose a smaller rate than {rate:g}, or clip the gradient",
    )
