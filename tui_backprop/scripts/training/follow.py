"""Following the training of a script that was read: its course as it is, or with its steps made otherwise."""

from __future__ import annotations

from typing import Any

import numpy as np

from tui_backprop.core.errors import InputError
from tui_backprop.scripts.case import Case
from tui_backprop.scripts.reading.errors import UnreadableError
from tui_backprop.scripts.reading.losses import FORMULAS, Formula, pair
from tui_backprop.scripts.reading.read_trace import read
from tui_backprop.scripts.reading.reading import Reading
from tui_backprop.scripts.running.run import run_trace
from tui_backprop.scripts.source.source import Source
from tui_backprop.scripts.training.asking import products_elsewhere, training_loops
from tui_backprop.scripts.training.places import follow_request
from tui_backprop.scripts.training.training import Measure, ScriptTraining, course_under

_SECONDS = 1.8  # of a training, from its first update
_SHARE = 0.15  # of the time limit


def follow(case: Case) -> ScriptTraining | None:
    """Follow the training of a case; None where its places cannot be hooked or its process fails."""
    if case.reading is None or not case.reading.used or case.setting.line is not None:
        return None  # of several trainings the hooks see the first
    request = follow_request(case.reading)
    if request is None:
        return None
    request["seconds"] = min(_SECONDS, _SHARE * case.setting.limits.timeout)
    request["loops"] = training_loops(case.reading, case.source)
    if request["per_sample"]:
        elsewhere = products_elsewhere(case.reading, case.source)
        request["places"] += [["elsewhere"] for _ in elsewhere]
        request["where"] += elsewhere
    measure = _measure(case)
    course = course_under(case.source, case.setting, request, measure)
    if course is None:
        return None
    return ScriptTraining(case.source, case.setting, request, measure, course)


def follow_fixed(
    case: Case, training: ScriptTraining, source: Source, *, seconds: float | None = None
) -> ScriptTraining | None:
    """Follow the training of the script with edits, in which the places are looked for again."""
    try:
        reading = read(run_trace(source, case.setting))
    except (InputError, UnreadableError):
        return None
    request = follow_request(reading)
    if request is None:
        return None
    request["seconds"] = seconds or training.request["seconds"]
    course = course_under(source, case.setting, request, training.measure)
    if course is None:
        return None
    return ScriptTraining(source, case.setting, request, training.measure, course)


def _measure(case: Case) -> Measure:
    """Return the formula of the loss that is descended, and by how much the script's own loss is a multiple of it."""
    assert case.reading is not None  # noqa: S101  (asked before)
    if case.examination is None:
        return Measure(_mean(FORMULAS[0]), FORMULAS[0], 1.0)
    loss, reading = case.examination.loss, case.reading
    pairs = [pair(reading.graph, one, {}) for step in reading.steps for one in step.residuals]
    same_name = [one for one in FORMULAS if one.name == loss.name and all(one.fits(p, t) for p, t in pairs)]
    formula = loss.formula or (same_name[0] if same_name else FORMULAS[0])
    if loss.record is None:
        return Measure(_mean(formula), formula, 1.0)
    factor = _factor(case.examination.loss_of, reading, formula)
    return Measure(loss.name if factor else _mean(formula), formula, factor or 1.0)


def _mean(formula: Formula) -> str:
    return "mean squared error" if formula.name == "squared error" else formula.name


def _factor(loss_of: Any, reading: Reading, formula: Formula) -> float | None:
    """Return what the script's own loss is a multiple of the formula's by; None where that is not steady."""
    found = []
    for step in reading.steps:
        own = loss_of(step)
        if own is None or own.record is None:
            continue
        pairs = [pair(reading.graph, one, {}) for one in step.residuals]
        if all(p.ndim == 0 for p, _ in pairs):
            pairs = [(np.array([float(p) for p, _ in pairs]), np.array([float(np.ravel(t)[0]) for _, t in pairs]))]
        with np.errstate(all="ignore"):
            value = float(np.mean([formula.value(p, t) for p, t in pairs]))
        found.append(float(np.ravel(reading.graph.value(own.record))[0]) / value if value else np.nan)
    ratios = np.array(found)
    if not len(ratios) or not np.isfinite(ratios).all() or ratios.min() <= 0:
        return None
    return float(np.median(ratios)) if np.ptp(ratios) <= 1e-3 * ratios.max() else None
