"""Changes against gradients: one positive factor over all parameters is the rate; what has another, or none, is said."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import numpy as np

from tui_backprop.core.judge import RELATIVE, Truth, judge
from tui_backprop.scripts.reading.reading import Reading
from tui_backprop.scripts.verdict.judgement import Draw, ParameterVerdict

Array = np.ndarray
_ROUNDING = 1e-9
"""Share of its largest entry by which long sums may take an entry of a gradient away."""
_ZERO = 1e-13
"""Share of the largest change or gradient of a draw below which a parameter's is taken for nothing."""


class _Series:
    """A parameter's changes and gradients, a pair for each draw, with the step that it belongs to."""

    def __init__(self) -> None:
        self.changes: list[Array] = []
        self.gradients: list[Array] = []
        self.values: list[Array] = []
        self.steps: list[int] = []
        self.floors: list[float] = []
        self.noise: list[float] = []


def is_multiple(claimed: Array, true: Array) -> bool:
    """Return whether the judge finds a claimed gradient (size,) a positive multiple of the true one."""
    if not np.isfinite(claimed).all() or not np.any(true):
        return False
    scale = float(claimed @ true) / float(true @ true)
    return scale > 0 and not judge(claimed, truth_of(scale * true)).wrong.any()


def truth_of(right: Array, floor: float = 0.0) -> Truth:
    """Return what is known of a gradient (size,) that the derivatives of the script's own operations give.

    Both it and the script's are sums of products of numbers as large as its largest; `floor` is what rounding does besides.
    """
    rounding = _ROUNDING * float(abs(right).max(initial=0.0)) + floor
    return Truth(right, right, np.full(right.shape, rounding), np.zeros(right.shape), "derivatives of its operations")


def compare(
    reading: Reading, draws: list[Draw], gradients: list[dict[int, Any]], *, constant: bool = False
) -> tuple[dict[str, ParameterVerdict], float, list[str]]:
    """Return the verdict on each parameter by name, the common factor, and notes."""
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
            one.changes.append(np.concatenate([draw.changes[old].ravel() for old in olds]))
            shapes = [np.zeros(reading.graph.shape(old)) for old in olds]
            one.gradients.append(
                np.concatenate([np.ravel(found.get(old, zero)) for old, zero in zip(olds, shapes, strict=True)])
            )
            one.values.append(
                np.concatenate(
                    [np.ravel(np.asarray(draw.values.get(old, reading.graph.value(old)), dtype=float)) for old in olds]
                )
            )
            one.steps.append(draw.step.number)
            one.floors.append(max(*(draw.floors[old] for old in olds), _ZERO * scale_c))
            one.noise.append(_ZERO * scale_g)
    factors = {name: _factors(one) for name, one in series.items()}
    schedule, rate = _schedule(factors)
    if constant:  # one value a step proves no schedule
        schedule = {}
    notes: list[str] = []
    out: dict[str, ParameterVerdict] = {}
    for name, one in series.items():
        out[name] = _judged(one, factors[name], schedule, rate, notes, name)
    return out, rate, notes


def _factors(one: _Series) -> dict[int, tuple[float, float]]:
    """Return for each step the factor between change and gradient, and the relative difference that is left."""
    out: dict[int, tuple[float, float]] = {}
    for step in dict.fromkeys(one.steps):
        picked = [n for n, s in enumerate(one.steps) if s == step]
        t = np.concatenate([one.changes[n] for n in picked])
        g = np.concatenate([one.gradients[n] for n in picked])
        floor = max(one.floors[n] for n in picked)
        out[step] = _fit(t, g, floor, max(one.noise[n] for n in picked))
    return out


def _fit(t: Array, g: Array, floor: float, noise: float) -> tuple[float, float]:
    size, truth = float(np.linalg.norm(t)), float(np.linalg.norm(g))
    if not np.isfinite(size):
        return float("nan"), float("inf")
    silent = truth <= noise * np.sqrt(g.size)
    if size <= floor * np.sqrt(t.size) * 10:
        return (0.0, 0.0) if silent else (0.0, 1.0)
    if silent:
        return float("nan"), 1.0
    scale = -float(t @ g) / float(g @ g)
    left = float(np.linalg.norm(t + scale * g))
    error = max(0.0, left - 4 * floor * np.sqrt(t.size)) / size
    return scale, error


def _schedule(factors: dict[str, dict[int, tuple[float, float]]]) -> tuple[dict[int, float], float]:
    """Return how the common factor goes from step to step (over its first), and its size."""
    good = {}
    for name, steps in factors.items():
        usable = {step: f for step, (f, error) in steps.items() if error < RELATIVE and np.isfinite(f) and f != 0}
        if usable:
            good[name] = usable
    constant = dict.fromkeys(sorted({step for usable in good.values() for step in usable}), 1.0)
    sizes = [list(usable.values()) for usable in good.values()]
    rate = _middle([values[0] for values in sizes if values[0] > 0] or [abs(values[0]) for values in sizes])
    for numbers in sizes:
        values = np.array(numbers)
        if len(values) > 1 and np.allclose(values, values[0], rtol=1e-5):
            return constant, rate
    patterns: list[dict[int, float]] = []
    for usable in good.values():
        first = next(iter(usable))
        patterns.append({step: f / usable[first] for step, f in usable.items()})
    best, votes = constant, 0
    for one in patterns:
        agree = sum(all(np.isclose(other[s], one[s], rtol=1e-5) for s in other if s in one) for other in patterns)
        if agree > votes and len(one) > 1:
            best, votes = {**constant, **one}, agree
    return (best if votes > 1 else constant), rate


def _middle(values: list[float]) -> float:
    if not values:
        return float("nan")
    ordered = sorted(values)
    counts = [sum(bool(np.isclose(one, other, rtol=1e-5)) for other in ordered) for one in ordered]
    return ordered[int(np.argmax(counts))]


def _judged(
    one: _Series,
    factors: dict[int, tuple[float, float]],
    schedule: dict[int, float],
    rate: float,
    notes: list[str],
    name: str,
) -> ParameterVerdict:
    known = {step: (f / schedule.get(step, 1.0), error) for step, (f, error) in factors.items() if error > 0 or f != 0}
    if not known:
        silent = all(abs(g).max(initial=0) <= n for g, n in zip(one.gradients, one.noise, strict=True))
        return ParameterVerdict("right" if silent else "unsure", 0.0, None, "its gradient is zero in all that was seen")
    worst = max(error for _, error in known.values())
    values = [f for f, _ in known.values()]
    if worst > RELATIVE:
        decay = _decay(one)
        if decay is not None:
            notes.append(f"{name}: weight decay {decay[1]:.3g} is part of the update and not of the loss")
            return ParameterVerdict("right", worst, None)
        return ParameterVerdict("wrong", worst, None)
    middle = float(np.median(values))
    if not np.allclose(values, middle, rtol=1e-5) or middle < 0:
        return ParameterVerdict(
            "wrong",
            float(abs(np.array(values) / rate - 1).max()) if rate else 1.0,
            middle / rate if middle < 0 else None,
        )
    scale = middle / rate
    if abs(scale - 1) < 1e-5:
        return ParameterVerdict("right", worst, 1.0)
    return ParameterVerdict("scaled", abs(scale - 1), scale)


def _decay(one: _Series) -> tuple[float, float] | None:
    """Return the factors of gradient and value whose sum a change is, where their proportion is always the same."""
    found = []
    for step in dict.fromkeys(one.steps):
        picked = [n for n, s in enumerate(one.steps) if s == step]
        t, g, v = (np.concatenate([x[n] for n in picked]) for x in (one.changes, one.gradients, one.values))
        if t.size < 4:
            return None
        matrix = np.stack([g, v], axis=1)
        solution, _, rank, _ = np.linalg.lstsq(matrix, -t, rcond=None)
        left = float(np.linalg.norm(t + matrix @ solution))
        if rank < 2 or left > RELATIVE * float(np.linalg.norm(t)) or solution[0] <= 0 or solution[1] <= 0:
            return None
        found.append((float(solution[0]), float(solution[1])))
    ratios = [d / c for c, d in found]
    return found[0] if ratios and np.allclose(ratios, ratios[0], rtol=1e-3) else None
