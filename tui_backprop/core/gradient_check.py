"""Gradients from values of the loss alone, and a rule's gradients held against them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from tui_backprop.core.arrays import Array
from tui_backprop.core.forward import Tape, forward
from tui_backprop.core.network import Network, Parameters
from tui_backprop.core.objective import Objective
from tui_backprop.core.step import StepRecord

_STEP = float(np.cbrt(np.finfo(np.float64).eps))
"""The step that balances the error of the formula, O(h²), against rounding, O(ε/h) (Press et al. 2007, section 5.7)."""


def numeric_gradient(loss: Callable[[Array], float], theta: Array, step: float = _STEP) -> Array:
    """∂L/∂θ by central differences, (size,): (L(θ+h) − L(θ−h)) / 2h, h = step · max(1, |θ|) entry by entry."""
    return _Ends.around(loss, theta, step).slope


def numeric_gradient_at_once(losses: Callable[[Array], Array], theta: Array, step: float = _STEP) -> Array:
    """The same from `losses`, which takes many θ at once, (points, size), and returns the loss at each, (points,).

    All 2·size points are made, which is much for a large network, and a small one has its slopes many times sooner.
    """
    h = step * np.maximum(1.0, np.abs(theta))
    ends = losses(theta + np.concatenate([np.diag(h), -np.diag(h)]))
    return _Ends(ends[: theta.size], ends[theta.size :], h, (theta + h) - (theta - h)).slope


@dataclass(frozen=True, eq=False)
class _Ends:
    """The loss a step away from θ on both sides, entry by entry, each (size,)."""

    above: Array
    below: Array
    step: Array
    """h."""
    width: Array
    """2h as float64 really took it."""

    @classmethod
    def around(cls, loss: Callable[[Array], float], theta: Array, step: float) -> _Ends:
        """Move each entry by h = step · max(1, |θ|), the others held."""
        h, moved = step * np.maximum(1.0, np.abs(theta)), theta.copy()
        above, below = np.empty_like(theta), np.empty_like(theta)
        for i, value in enumerate(theta):
            moved[i] = value + h[i]
            above[i] = loss(moved)
            moved[i] = value - h[i]
            below[i] = loss(moved)
            moved[i] = value
        return cls(above, below, h, (theta + h) - (theta - h))

    @property
    def slope(self) -> Array:
        """The slope between the two."""
        return (self.above - self.below) / self.width

    def gap(self, here: float) -> Array:
        """By how much the slopes on the two sides differ, where `here` is the loss at θ."""
        return (self.above - 2 * here + self.below) / self.step


def batch_loss(network: Network, objective: Objective, inputs: Array, targets: Array) -> Callable[[Array], float]:
    """Return θ (size,) → mean loss over a batch: inputs (rows, inputs), targets (rows, outputs)."""

    def loss(theta: Array) -> float:
        tape = forward(network, Parameters(network, theta), inputs)
        return objective.mean_loss(tape.z[-1], tape.a[-1], targets)

    return loss


def relative_error(found: Array, expected: Array) -> Array:
    """|found − expected| / max(|found|, |expected|), entry by entry; 0 where both are 0."""
    scale = np.maximum(np.abs(found), np.abs(expected))
    return np.divide(np.abs(found - expected), scale, out=np.zeros_like(scale), where=scale > 0)


Verdict = Literal["right", "wrong", "kink"]

_STEPS = (1e-4, 1e-5, 1e-6)  # relative steps that are tried for each entry; the two nearest results tell the error
_COMPLEX_STEP = 1e-20  # so small that the next term of the series is below the last bit (Squire and Trapp 1998)
_RELATIVE = 1e-6  # relative error that a right gradient stays below
_ABSOLUTE = 1e-9  # the same for an entry that is far smaller than the largest one, as a share of that one


def disagrees(found: Array, expected: Array, doubt: Array | float = 0.0) -> NDArray[np.bool_]:
    """Say of each entry (size,) whether `found` is not `expected`, whose own error is about `doubt`; NaN never agrees."""
    scale = np.maximum(np.abs(found), np.abs(expected))
    largest = float(np.abs(expected).max(initial=0.0))
    allowed = _RELATIVE * scale + _ABSOLUTE * largest + 10 * doubt
    return np.asarray(~(np.abs(found - expected) <= allowed))


def rounding(inputs: Array, targets: Array) -> float:
    """Return about what rounding does to a gradient of a batch, inputs (rows, inputs) and targets (rows, outputs).

    A gradient is a mean of ŷ − y times inputs. Where that is 0, as at the bottom of a valley, rounding is left.
    """
    sizes = [max(1.0, float(np.abs(values).max(initial=0.0))) for values in (inputs, targets)]
    return float(np.finfo(np.float64).eps) * sizes[0] * sizes[1]


@dataclass(frozen=True, eq=False)
class GradientCheck:
    """A rule's gradient held against one that was found from values of the loss alone, entry by entry, each (size,)."""

    found: Array
    numeric: Array
    relative: Array
    """`relative_error` of the two."""
    method: Literal["complex step", "central differences"]
    verdicts: tuple[Verdict, ...]
    kinks: Mapping[int, str]
    """For an entry at a kink: which unit of which sample has no slope there, one sentence."""

    def counts(self, positions: slice = slice(None)) -> dict[Verdict, int]:
        """Return how many entries there are of each verdict."""
        chosen = self.verdicts[positions]
        return {verdict: chosen.count(verdict) for verdict in ("right", "wrong", "kink")}


def check_gradient(
    network: Network, objective: Objective, theta: Array, inputs: Array, targets: Array, found: Array
) -> GradientCheck:
    """Hold the gradient `found` (size,) of the mean loss over a batch against the loss itself.

    Where activations and loss allow it the gradient is found by the complex step, ∂L/∂θ = Im L(θ + ih) / h, which has no
    rounding error; elsewhere by central differences, with the step for each entry at which two steps agree best. An entry is
    at a kink where a relu (or the absolute error) changes sides within the step: any value between the slopes of the two
    sides is right there.

    Args:
        network: sizes and activations.
        objective: the loss and the output activation.
        theta: θ, (size,).
        inputs: (rows, inputs).
        targets: (rows, outputs).
        found: ∂L/∂θ as a rule has it, (size,).
    """
    loss = batch_loss(network, objective, inputs, targets)
    holomorphic = all(one.holomorphic for one in network.activations) and objective.loss.holomorphic
    with np.errstate(all="ignore"):
        if holomorphic:
            numeric, doubt = _complex_step(network, objective, theta, inputs, targets), np.zeros_like(theta)
        else:
            numeric, doubt = best_differences(loss, theta)
        agrees = ~disagrees(found, numeric, doubt + rounding(inputs, targets))
        sides = _Sides(network, objective, theta, inputs, targets)
        kinks = {
            int(i): where for i in np.flatnonzero(~agrees) if (where := sides.crossed(int(i), float(found[i]), loss))
        }
    verdicts: list[Verdict] = ["right" if ok else "wrong" for ok in agrees]
    for i in kinks:
        verdicts[i] = "kink"
    return GradientCheck(
        found,
        numeric,
        relative_error(found, numeric),
        "complex step" if holomorphic else "central differences",
        tuple(verdicts),
        kinks,
    )


def check_update(record: StepRecord) -> GradientCheck:
    """Check the gradient that an update was made of, whichever rule gave it."""
    training = record.training
    return check_gradient(
        training.network,
        training.objective,
        record.before.parameters,
        record.tape.a[0],
        record.targets,
        record.gradients.parameters.vector,
    )


def _complex_step(network: Network, objective: Objective, theta: Array, inputs: Array, targets: Array) -> Array:
    gradient = np.empty_like(theta)
    moved = theta.astype(np.complex128)
    for i in range(len(theta)):
        moved[i] += 1j * _COMPLEX_STEP
        prediction = forward(network, Parameters(network, moved), inputs).prediction  # type: ignore[arg-type]  # complex on purpose
        gradient[i] = objective.loss.value(prediction, targets).mean().imag / _COMPLEX_STEP
        moved[i] = theta[i]
    return gradient


def best_differences(loss: Callable[[Array], float], theta: Array) -> tuple[Array, Array]:
    """Return the gradient (size,), and how far two steps differ about it (size,)."""
    return _best([_Ends.around(loss, theta, step) for step in _STEPS])


def cautious_differences(loss: Callable[[Array], float], theta: Array) -> tuple[Array, Array]:
    """Return the same, in doubt also by how far the slopes on the two sides of θ differ, which no central difference sees.

    The slopes over a step h, (L(θ+h) − L(θ)) / h and (L(θ) − L(θ−h)) / h, differ by the kink and by h·L″. Two steps tell the
    one from the other; they are the two smallest that are tried.
    """
    ends, here = [_Ends.around(loss, theta, step) for step in _STEPS], loss(theta)
    gradient, doubt = _best(ends)
    ratio = _STEPS[-2] / _STEPS[-1]
    kink = np.abs(ratio * ends[-1].gap(here) - ends[-2].gap(here)) / (ratio - 1)
    return gradient, np.maximum(doubt, kink)


def _best(ends: Sequence[_Ends]) -> tuple[Array, Array]:
    tried = np.stack([one.slope for one in ends])
    gaps = np.abs(np.diff(tried, axis=0))
    best = gaps.argmin(axis=0)
    entries = np.arange(tried.shape[1])
    return tried[best + 1, entries], gaps[best, entries]


class _Sides:
    """On which side of its kink each unit is, and which of them changes sides when a parameter moves a little."""

    def __init__(self, network: Network, objective: Objective, theta: Array, inputs: Array, targets: Array) -> None:
        self._network, self._objective = network, objective
        self._theta, self._inputs, self._targets = theta, inputs, targets

    def crossed(self, entry: int, found: float, loss: Callable[[Array], float]) -> str:
        """Name the first unit that changes sides and whose two slopes have `found` between them; empty if there is none."""
        h = _STEPS[-1] * max(1.0, abs(self._theta[entry]))
        moved = [self._theta.copy() for _ in range(2)]
        moved[0][entry] += h
        moved[1][entry] -= h
        above, below = (forward(self._network, Parameters(self._network, theta), self._inputs) for theta in moved)
        unit = self._first_difference(above, below)
        here = loss(self._theta)
        slopes = sorted(((loss(moved[0]) - here) / h, (here - loss(moved[1])) / h))
        slack = 1e-3 * max(abs(slopes[0]), abs(slopes[1]), 1e-9)
        return unit if unit and slopes[0] - slack <= found <= slopes[1] + slack else ""

    def _first_difference(self, above: Tape, below: Tape) -> str:
        for layer in range(1, self._network.depth + 1):
            if self._network.activation(layer).kink:
                rows, units = np.nonzero((above.z[layer] > 0) != (below.z[layer] > 0))
                if len(rows):
                    name = self._network.activation_names[layer - 1]
                    return f"z{layer}[{units[0]}] of sample {rows[0] + 1} is at 0, where {name} has no slope"
        if self._objective.loss.kink:
            rows, units = np.nonzero((above.a[-1] > self._targets) != (below.a[-1] > self._targets))
            if len(rows):
                return f"output {units[0]} of sample {rows[0] + 1} is at its target, where the loss has no slope"
        return ""
