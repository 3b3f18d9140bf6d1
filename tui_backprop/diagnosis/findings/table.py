"""The table of findings, and how a run is compared with it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import chain

import numpy as np

from tui_backprop.diagnosis.findings import course, data, gradients, limits, overshoot, standstill, units
from tui_backprop.diagnosis.findings.evidence import Evidence
from tui_backprop.diagnosis.findings.finding import SEVERITIES, Finding, FindingKind
from tui_backprop.text.unknown import unknown

KINDS: tuple[FindingKind, ...] = tuple(
    chain(gradients.KINDS, limits.KINDS, standstill.KINDS, overshoot.KINDS, units.KINDS, course.KINDS, data.KINDS)
)
"""Every kind of finding, causes before what comes of them. A new one is an entry of the file that it belongs to."""

BY_ID: Mapping[str, FindingKind] = {kind.id: kind for kind in KINDS}


def find(evidence: Evidence, thresholds: Mapping[str, float]) -> tuple[Finding, ...]:
    """Return all that can be said of a run, the worst first, and among equals in the order of the table.

    Args:
        evidence: the run at one step.
        thresholds: by id, where they are not the kinds' own.
    """
    with np.errstate(all="ignore"):
        found = [kind.find(evidence, thresholds.get(kind.id)) for kind in KINDS]
    return tuple(sorted((one for one in found if one is not None), key=lambda one: SEVERITIES.index(one.severity)))


def told_as_one(findings: Sequence[Finding]) -> tuple[tuple[Finding, ...], ...]:
    """Return findings of one severity that one change of the recipe remedies together, each under the first of them.

    Args:
        findings: as `find` returns them, causes before what comes of them.
    """
    groups: list[list[Finding]] = []
    for one in findings:
        like = (
            group
            for group in groups
            if one.changes and (group[0].severity, group[0].changes) == (one.severity, one.changes)
        )
        group = next(like, None)
        if group is None:
            groups.append([one])
        else:
            group.append(one)
    return tuple(map(tuple, groups))


def check_threshold(name: str, value: float) -> float:
    """Return a threshold that the user gave, as it is.

    Raises:
        ValueError: there is no such finding, or its threshold cannot be that, in one sentence.
    """
    if name not in BY_ID:
        raise ValueError(unknown("finding", name, BY_ID))
    threshold = BY_ID[name].threshold
    if not (math.isfinite(value) and threshold.low <= value <= threshold.high):
        raise ValueError(f"{name}: expected a number {threshold.range}, not {value:g}")
    return value
