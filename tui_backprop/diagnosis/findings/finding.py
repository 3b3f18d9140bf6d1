"""What a finding is, and what a kind of finding is."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from tui_backprop.diagnosis.findings.evidence import Evidence
from tui_backprop.text.minus import minus

Severity = Literal["error", "warning", "info"]

SEVERITIES: tuple[Severity, ...] = ("error", "warning", "info")
"""The worst first: `error` makes the run worthless, `warning` keeps it from learning well, `info` is good to know."""


@dataclass(frozen=True)
class Finding:
    """One diagnosis."""

    id: str
    severity: Severity
    where: str
    """The tensor, layer, probe or column; empty where it is the whole run."""
    message: str
    """What was found, in one sentence, with the number and its threshold."""
    evidence: Mapping[str, Any]
    """The numbers behind it: numbers, texts and lists of them."""
    remedy: str
    """What to do, in one sentence."""
    explanation: str
    """What it means and why it matters, in a few sentences."""
    changes: Mapping[str, Any]
    """The remedy as recipe fields and their new values, for one edit; empty where it is no matter of the recipe."""


@dataclass(frozen=True)
class Sighting:
    """What a rule saw in one run."""

    message: str
    """What was found, in one sentence, with the number; its threshold is added."""
    evidence: Mapping[str, Any]
    remedy: str
    where: str = ""
    changes: Mapping[str, Any] = field(default_factory=dict)
    severity: Severity | None = None
    """Where it is not that of the kind."""


@dataclass(frozen=True)
class Threshold:
    """The number that decides whether a finding is raised."""

    default: float
    side: Literal["above", "at least", "below", "at most"]
    """On which side of it the finding is raised."""
    unit: str
    """What the number counts."""
    why: str
    """Why the default is what it is, as a clause."""
    low: float = 0.0
    high: float = math.inf

    @property
    def range(self) -> str:
        """Which numbers it may be."""
        return f"of at least {self.low:g}" if math.isinf(self.high) else f"from {self.low:g} to {self.high:g}"

    def text(self, value: float) -> str:
        """Return how people read it, a share in percent as messages have it: `below 10 %`, `above 20`."""
        return f"{self.side} {100 * value:g} %" if self.unit == "share" else f"{self.side} {value:g}"


@dataclass(frozen=True)
class FindingKind:
    """One kind of finding: everything that there is to say about it, in one place."""

    id: str
    severity: Severity
    rule: str
    """The number that is measured, and when: it is raised where that number is on the threshold's side."""
    threshold: Threshold
    look: Callable[[Evidence, float], Sighting | None]
    """(evidence, threshold) → what was seen, or None."""
    explanation: str
    """What it means and why it matters, in a few sentences."""
    hinders: bool = False
    """Whether it is raised only because it keeps a run from learning: a run that is finished does not have it."""

    def find(self, evidence: Evidence, threshold: float | None = None) -> Finding | None:
        """Return the finding where there is one, by the threshold given or else by the kind's own."""
        limit = self.threshold.default if threshold is None else threshold
        seen = None if self.hinders and evidence.finished else self.look(evidence, limit)
        if seen is None:
            return None
        return Finding(
            self.id,
            seen.severity or self.severity,
            seen.where,
            f"{seen.message} (threshold: {self.threshold.text(limit)})",
            seen.evidence,
            seen.remedy,
            self.explanation,
            seen.changes if alters(evidence, seen.changes) else {},
        )


def alters(evidence: Evidence, changes: Mapping[str, Any]) -> bool:
    """Whether recipe changes change anything."""
    return any(evidence.recipe[name] != value for name, value in changes.items())


def brief(value: float) -> str:
    """Return a number as messages have it, with three digits: `0.222`, `1.3e-07`."""
    return minus(f"{value:.3g}") if math.isfinite(value) else str(value)


def percent(share: float) -> str:
    """Return a share as messages have it: `12.3 %`."""
    return f"{brief(100 * share)} %"
