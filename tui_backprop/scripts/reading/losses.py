"""The losses that a script may be descending: the one that it computes, and the usual ones on its residuals."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from tui_backprop.scripts.reading.reading import Step
from tui_backprop.scripts.reading.residuals import Residual, target_value
from tui_backprop.scripts.replay.graph import Graph
from tui_backprop.scripts.replay.rules import unbroadcast

Array = np.ndarray
_NAMES = re.compile(r"loss|cost|err|mse|entropy|nll|wrong|total|energy|sse|\bE\b|\bJ\b|\bL\b|\bC\b", re.IGNORECASE)
OWN = "its own loss"
"""What a computed loss is called that is a multiple of no formula."""
_PRODUCTS = ("mul", "matmul", "dot", "np.outer", "np.einsum")


@dataclass(frozen=True, slots=True)
class Formula:
    """A loss of a prediction P and a target T, by its derivative."""

    name: str
    slope: Callable[[Array, Array], Array]
    value: Callable[[Array, Array], float]
    fits: Callable[[Array, Array], bool]


def _unit(p: Array, t: Array) -> bool:
    return bool(((p >= 0) & (p <= 1)).all() and ((t >= 0) & (t <= 1)).all())


def _simplex(p: Array, t: Array) -> bool:
    """Whether predictions sum to 1 over an axis, and so do targets."""
    if not _unit(p, t) or p.size < 2:
        return False
    return any(
        np.allclose(p.sum(axis=axis), 1) and np.allclose(t.sum(axis=axis), 1)
        for axis in range(p.ndim)
        if p.shape[axis] > 1
    )


def _huber(d: Array) -> Array:
    return np.asarray(np.clip(d, -1, 1))


FORMULAS = (
    Formula("squared error", lambda p, t: p - t, lambda p, t: float(((p - t) ** 2).mean()), lambda p, t: True),
    Formula(
        "cross-entropy",
        lambda p, t: np.where(p == t, 0.0, (p - t) / (p * (1 - p))),
        lambda p, t: float(-(t * np.log(p + 1e-300) + (1 - t) * np.log(1 - p + 1e-300)).mean()),
        lambda p, t: _unit(p, t) and not _simplex(p, t),
    ),
    Formula(
        "cross-entropy",
        lambda p, t: np.where(t == 0, 0.0, -t / p),
        lambda p, t: float(-(t * np.log(p + 1e-300)).sum() / len(p)),
        _simplex,
    ),
    Formula("absolute error", lambda p, t: np.sign(p - t), lambda p, t: float(abs(p - t).mean()), lambda p, t: True),
    Formula(
        "Huber loss",
        lambda p, t: _huber(p - t),
        lambda p, t: float(abs(p - t).mean()),
        lambda p, t: bool((abs(p - t) > 1).any()),
    ),
    Formula(
        "cross-entropy of targets −1 and 1",
        lambda p, t: (p - t) / (1 - p * p),
        lambda p, t: float(
            -(0.5 * (1 + t) * np.log(0.5 + p / 2 + 1e-300) + 0.5 * (1 - t) * np.log(0.5 - p / 2 + 1e-300)).mean()
        ),
        lambda p, t: bool((abs(p) < 1).all() and (abs(t) == 1).all()),
    ),
)


@dataclass(frozen=True, slots=True)
class LossHypothesis:
    """A hypothesis about what a script descends."""

    name: str
    record: int | None
    """The record of the loss that the script computes; None where it is inferred from its residuals."""
    formula: Formula | None
    """Where the derivative is taken from this formula, and not from the record's own operations."""
    weight: float = 1.0
    """What the formula is multiplied by."""

    @property
    def inferred(self) -> bool:
        """Whether the script does not compute it."""
        return self.record is None

    def seeds(self, graph: Graph, residuals: list[Residual], values: Mapping[int, Any]) -> dict[int, Array]:
        """Return ∂L/∂P of each prediction, or 1 for the loss itself."""
        if self.formula is None:
            assert self.record is not None  # noqa: S101  (one of the two is there)
            return {self.record: np.ones(graph.shape(self.record))}
        out: dict[int, Array] = {}
        with np.errstate(all="ignore"):
            for one in residuals:
                p, t = pair(graph, one, values)
                slope = self.weight * self.formula.slope(p, t)
                seed = unbroadcast(np.asarray(slope, dtype=float), p.shape)
                out[one.prediction] = out[one.prediction] + seed if one.prediction in out else seed
        return out


def pair(graph: Graph, one: Residual, values: Mapping[int, Any]) -> tuple[Array, Array]:
    """Return a residual's prediction and target."""
    p = values[one.prediction] if one.prediction in values else graph.value(one.prediction)
    return np.asarray(p, dtype=float), np.asarray(target_value(graph, one, dict(values)), dtype=float)


def possible_losses(graph: Graph, step: Step) -> list[LossHypothesis]:
    """Return the losses that a step may descend, the ones that the script computes first.

    A computed cross-entropy is among them twice: with the number that keeps its logarithm finite, and without it.
    """
    losses: list[LossHypothesis] = []
    for record in computed_losses(graph, step):
        formula, weight = _formula_of(graph, record, step.residuals)
        losses.append(LossHypothesis(OWN if formula is None else formula.name, record, None))
        if formula is not None and formula.name.startswith("cross-entropy"):
            losses.append(LossHypothesis(formula.name, record, formula, weight))
    pairs = [pair(graph, one, {}) for one in step.residuals]
    usual = [formula for formula in FORMULAS if all(formula.fits(p, t) for p, t in pairs)]
    return [*losses, *(LossHypothesis(formula.name, None, formula) for formula in usual)]


def computed_losses(graph: Graph, step: Step) -> list[int]:
    """Return the records of a step that may be its loss: single numbers made from all predictions, the last first."""
    wanted = {one.prediction for one in step.residuals}
    inside = {one.record for one in step.residuals}
    changed = {one.record for one in step.updates}
    found: list[int] = []
    for record in range(step.end, step.start, -1):
        if (
            record not in step.learned
            or int(np.prod(graph.shape(record), dtype=int)) != 1
            or graph.ops[record].startswith(("branch", "choice"))
        ):
            continue
        if record in inside or record in wanted or not _named_like_loss(graph, record):
            continue
        cone = graph.cone([record], step.start)
        if not wanted <= cone or _counts(graph, cone) or cone & changed or any(one in cone for one in found):
            continue
        if _carried_back(graph, cone, inside, step):
            continue
        found.append(record)
        if len(found) >= 3:
            break
    return found


def _carried_back(graph: Graph, cone: set[int], residuals: set[int], step: Step) -> bool:
    """Return whether an error in a cone was multiplied by what the forward pass made: then it goes back, and is no loss."""
    led: set[int] = set()
    made = (step.forward & step.learned | set(step.parameters)) - {one.prediction for one in step.residuals}
    for record in sorted(cone):
        operands = graph.args[record]
        if record in residuals or any(one in led for one in operands):
            led.add(record)
            if graph.ops[record] in _PRODUCTS and record not in residuals and any(one in made for one in operands):
                return True
    return False


def _named_like_loss(graph: Graph, record: int) -> bool:
    labels = graph.trace.labels.get(record, [])
    return any(_NAMES.search(label) for label, _ in labels) or (not graph.users[record] and not labels)


def _counts(graph: Graph, cone: set[int]) -> bool:
    return any(graph.ops[one] in ("eq", "gt", "lt", "np.argmax", "method:argmax") for one in cone)


def _formula_of(graph: Graph, record: int, residuals: list[Residual]) -> tuple[Formula | None, float]:
    """Return the formula that a computed loss is a multiple of, by its derivative at the predictions, and the multiple."""
    cone = graph.cone([record], min(one.prediction for one in residuals) - 1)
    try:
        gradients = graph.sweep({record: np.ones(graph.shape(record))}, cone, {})
    except Exception:
        return None, 1.0
    for formula in FORMULAS:
        factors = []
        for one in residuals:
            p, t = pair(graph, one, {})
            g = gradients.get(one.prediction)
            if g is None or not formula.fits(p, t):
                break
            with np.errstate(all="ignore"):
                want = unbroadcast(np.asarray(formula.slope(p, t), dtype=float), p.shape).ravel()
            have = np.asarray(g).ravel()
            scale = float(want @ have) / max(float(want @ want), 1e-300)
            if not np.allclose(have, scale * want, rtol=1e-4, atol=1e-9 * (abs(have).max() + 1e-300)):
                break
            factors.append(scale)
        else:
            if factors and min(factors) > 0:
                return formula, float(np.median(factors))
    return None, 1.0
