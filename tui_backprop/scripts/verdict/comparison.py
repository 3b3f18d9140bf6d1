"""Changes against gradients: one positive factor over all parameters is the rate; what has another, or none, is said."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from tui_backprop.core.judge import CAUTION, RELATIVE, Truth, judge
from tui_backprop.scripts.reading.reading import Reading
from tui_backprop.scripts.verdict.judgement import Draw, ParameterVerdict

Array = np.ndarray
_ROUNDING = 1e-9
"""Share of its largest entry by which long sums may take an entry of a gradient away."""
_ZERO = 500 * float(np.finfo(float).eps)
"""Share of the largest change or gradient of a draw below which a parameter's is taken for nothing."""
SAME = CAUTION * RELATIVE
"""Relative difference of two factors that were each found with the judge's tolerance."""
_DOUBTFUL = 1e-3
"""Relative difference of a whole parameter above which no rounding is looked for."""
_MEASURED = 3
"""Draws at which the rounding of a parameter is measured."""

Nudged = Callable[[int], list[tuple[dict[int, Array], dict[int, Any]]]]
"""Returns for a draw, by its number, changes and gradients at parameters that differ from its own in their last bits."""


@dataclass(frozen=True, slots=True)
class _Fit:
    """A parameter's changes over a step's draws as a multiple of its gradients."""

    scale: float
    error: float
    """Relative difference that is left of the whole parameter."""
    wrong: bool
    """Whether the judge finds an entry that is wrong."""


class _Series:
    """A parameter's changes and gradients, a pair for each draw, with the step that it belongs to."""

    def __init__(self) -> None:
        self.changes: list[Array] = []
        self.gradients: list[Array] = []
        self.values: list[Array] = []
        self.steps: list[int] = []
        self.olds: list[list[int]] = []
        self.floors: list[float] = []
        self.noise: list[float] = []


def is_multiple(claimed: Array, true: Array) -> bool:
    """Return whether the judge finds a claimed gradient (size,) a positive multiple of the true one."""
    if not np.isfinite(claimed).all() or not np.any(true):
        return False
    scale = float(claimed @ true) / float(true @ true)
    return scale > 0 and not judge(claimed, traced_truth(scale * true)).wrong.any()


def traced_truth(right: Array, floor: float = 0.0) -> Truth:
    """Return what is known of a gradient (size,) that the derivatives of the script's own operations give.

    Both it and the script's are sums of products of numbers as large as its largest; `floor` is what rounding does besides.
    """
    rounding = _ROUNDING * float(abs(right).max(initial=0.0)) + floor
    return Truth(right, right, np.full(right.shape, rounding), np.zeros(right.shape), "derivatives of its operations")


def compare_gradients(
    reading: Reading,
    draws: list[Draw],
    gradients: list[dict[int, Any]],
    nudged: Nudged,
    *,
    constant: bool = False,
) -> tuple[dict[str, ParameterVerdict], float]:
    """Return the verdict on each parameter by name, and the common factor."""
    series = _series_of(reading, draws, gradients)
    fits = {name: _fits(one, nudged) for name, one in series.items()}
    schedule, rate = _schedule(fits)
    if constant:  # one value a step proves no schedule
        schedule = {}
    return {name: _judged(one, fits[name], schedule, rate) for name, one in series.items()}, rate


def _series_of(reading: Reading, draws: list[Draw], gradients: list[dict[int, Any]]) -> dict[str, _Series]:
    series: dict[str, _Series] = defaultdict(_Series)
    for draw, found in zip(draws, gradients, strict=True):
        by_name: dict[str, list[int]] = defaultdict(list)
        for old in draw.step.parameters:
            by_name[reading.names[old]].append(old)
        scale_c = max((float(abs(c).max(initial=0)) for c in draw.changes.values()), default=0.0)
        scale_g = max(
            (float(abs(np.asarray(found.get(old, 0.0))).max(initial=0)) for old in draw.step.parameters), default=0.0
        )
        for name, olds in by_name.items():
            one = series[name]
            one.changes.append(_joined(draw.changes, olds, draw.changes))
            one.gradients.append(_joined(found, olds, draw.changes))
            values = {old: draw.values.get(old, reading.graph.value(old)) for old in olds}
            one.values.append(_joined(values, olds, draw.changes))
            one.olds.append(olds)
            one.steps.append(draw.step.number)
            one.floors.append(max(*(draw.floors[old] for old in olds), _ZERO * scale_c))
            one.noise.append(_ZERO * scale_g)
    return series


def _joined(values: Mapping[int, Any], olds: list[int], like: Mapping[int, Array]) -> Array:
    """Return the numbers of some parameters, 0 for those without any, as one array (size,)."""
    parts = [np.asarray(values.get(old, np.zeros(like[old].shape)), dtype=float).ravel() for old in olds]
    return np.concatenate(parts)


def _fits(one: _Series, nudged: Nudged) -> dict[int, _Fit]:
    """Return for each step the factor between change and gradient, and what is left."""
    out: dict[int, _Fit] = {}
    rounding: float | None = None
    for step in dict.fromkeys(one.steps):
        picked = [n for n, s in enumerate(one.steps) if s == step]
        t = np.concatenate([one.changes[n] for n in picked])
        g = np.concatenate([one.gradients[n] for n in picked])
        floor = max(one.floors[n] for n in picked)
        noise = max(one.noise[n] for n in picked)
        fit = _fit(t, g, floor, noise)
        if fit.wrong and fit.error < _DOUBTFUL:
            rounding = _rounding(one, picked, fit.scale, nudged) if rounding is None else rounding
            fit = _fit(t, g, max(floor, rounding * float(abs(t).max())), noise)
        out[step] = fit
    return out


def _rounding(one: _Series, picked: list[int], scale: float, nudged: Nudged) -> float:
    """Measure what rounding makes of the difference between changes and gradients, as a share of the largest change.

    It is by how much this difference scatters where the parameters are moved in their last bits.
    """

    def left(n: int) -> Array:
        return np.asarray(one.changes[n] + scale * one.gradients[n])

    worst = sorted(picked, key=lambda n: -float(abs(left(n)).max(initial=0)))[:_MEASURED]
    shares = [0.0]
    for n in worst:
        for changes, gradients in nudged(n):
            if any(old not in changes for old in one.olds[n]):
                continue  # it was not changed there, as where another branch was taken
            moved = _joined(changes, one.olds[n], changes) + scale * _joined(gradients, one.olds[n], changes)
            gap = float(abs(moved - left(n)).max(initial=0))
            shares.append(gap / float(abs(one.changes[n]).max()) if np.isfinite(gap) else 0.0)
    return max(shares)


def _fit(t: Array, g: Array, floor: float, noise: float) -> _Fit:
    size, truth = float(np.linalg.norm(t)), float(np.linalg.norm(g))
    if not np.isfinite(size):
        return _Fit(float("nan"), float("inf"), True)
    silent = truth <= noise * np.sqrt(g.size)
    if size <= floor * np.sqrt(t.size) * CAUTION:
        return _Fit(0.0, 0.0 if silent else 1.0, not silent)
    if silent:
        return _Fit(float("nan"), 1.0, True)
    scale = -float(t @ g) / float(g @ g)
    right = -scale * g
    zeros = np.zeros(t.shape)
    truth_here = Truth(right, right, np.full(t.shape, floor), zeros, "derivatives of its operations")
    return _Fit(scale, float(np.linalg.norm(t - right)) / size, bool(judge(t, truth_here).wrong.any()))


def _schedule(fits: dict[str, dict[int, _Fit]]) -> tuple[dict[int, float], float]:
    """Return how the common factor goes from step to step (over its first), and its size."""
    good = {}
    for name, steps in fits.items():
        usable = {step: one.scale for step, one in steps.items() if not one.wrong and one.scale != 0}
        if usable:
            good[name] = usable
    constant = dict.fromkeys(sorted({step for usable in good.values() for step in usable}), 1.0)
    sizes = [list(usable.values()) for usable in good.values()]
    rate = _middle([values[0] for values in sizes if values[0] > 0] or [abs(values[0]) for values in sizes])
    for numbers in sizes:
        values = np.array(numbers)
        if len(values) > 1 and np.allclose(values, values[0], rtol=SAME):
            return constant, rate
    patterns: list[dict[int, float]] = []
    for usable in good.values():
        first = next(iter(usable))
        patterns.append({step: f / usable[first] for step, f in usable.items()})
    best, votes = constant, 0
    for one in patterns:
        agree = sum(all(np.isclose(other[s], one[s], rtol=SAME) for s in other if s in one) for other in patterns)
        if agree > votes and len(one) > 1:
            best, votes = {**constant, **one}, agree
    return (best if votes > 1 else constant), rate


def _middle(values: list[float]) -> float:
    if not values:
        return float("nan")
    ordered = sorted(values)
    counts = [sum(bool(np.isclose(one, other, rtol=SAME)) for other in ordered) for one in ordered]
    return ordered[int(np.argmax(counts))]


def _judged(one: _Series, fits: dict[int, _Fit], schedule: dict[int, float], rate: float) -> ParameterVerdict:
    known = {step: fit for step, fit in fits.items() if fit.wrong or fit.scale != 0}
    if not known:
        silent = all(abs(g).max(initial=0) <= n for g, n in zip(one.gradients, one.noise, strict=True))
        return ParameterVerdict("right" if silent else "unsure", 0.0, None, "its gradient is zero in all that was seen")
    worst = max(fit.error for fit in known.values())
    if any(fit.wrong for fit in known.values()):
        decay = _decay(one)
        if decay is not None:
            return ParameterVerdict("right", worst, None, decay=decay)
        return ParameterVerdict("wrong", worst, None)
    values = [fit.scale / schedule.get(step, 1.0) for step, fit in known.items()]
    middle = float(np.median(values))
    if not np.allclose(values, middle, rtol=SAME) or middle < 0:
        return ParameterVerdict(
            "wrong",
            float(abs(np.array(values) / rate - 1).max()) if rate else 1.0,
            middle / rate if middle < 0 else None,
        )
    scale = middle / rate
    if abs(scale - 1) < SAME:
        return ParameterVerdict("right", worst, 1.0)
    return ParameterVerdict("scaled", abs(scale - 1), scale)


def _decay(one: _Series) -> float | None:
    """Return by which share of itself a parameter shrinks besides, where that is all that its change has more."""
    found = []
    for step in dict.fromkeys(one.steps):
        picked = [n for n, s in enumerate(one.steps) if s == step]
        t, g, v = (np.concatenate([x[n] for n in picked]) for x in (one.changes, one.gradients, one.values))
        if t.size < 4 or not np.any(g) or not np.any(v):
            return None
        sizes = np.array([np.linalg.norm(g), np.linalg.norm(v)])
        matrix = np.stack([g, v], axis=1) / sizes
        solution, _, rank, singular = np.linalg.lstsq(matrix, -t, rcond=None)
        left = float(np.linalg.norm(t + matrix @ solution))
        if rank < 2 or left > RELATIVE * float(np.linalg.norm(t)) or min(solution) <= 0:
            return None
        c, d = solution / sizes
        found.append((float(d / c), float(d), float(singular[0] / singular[-1] * np.linalg.norm(t) / min(solution))))
    ratio, share, _ = found[0]
    steady = all(abs(other - ratio) <= SAME * worse * abs(ratio) for other, _, worse in found)
    return share if steady else None
