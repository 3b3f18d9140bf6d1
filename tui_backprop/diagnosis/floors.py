"""Floors: losses below which a network cannot go on its training samples, whatever its parameters.

Each is a bound that is proven, not a guess, and each looks at the whole training set, since a bound on some of the
samples is none on all of them. The floor of a problem is the highest of the bounds that hold.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tui_backprop.core.arrays import Array, Indices
from tui_backprop.core.network import Network
from tui_backprop.core.objective import Objective
from tui_backprop.diagnosis.isotonic import monotone_fits
from tui_backprop.diagnosis.linear_fit import least_squares, lowest_cross_entropy
from tui_backprop.diagnosis.reference import best_answers, best_constant

MOST_ROWS = 20_000
"""Most training samples for which the bounds that need sorting or fitting are computed: they take a fraction of a second."""

_MOST_WORK = 1e8  # multiplications that a linear fit may cost: a fraction of a second
_NEGLIGIBLE = 1e-6  # share of the best constant's loss below which a floor is 0 but for rounding
_SQUARED = ("squared", "half-squared")
_ENTROPIES = ("binary-cross-entropy", "cross-entropy")


@dataclass(frozen=True)
class Bound:
    """A loss that this network cannot go below on these samples."""

    name: str
    """`range`, `conflict`, `monotone` or `linear`."""
    loss: float
    reason: str
    """Why, as a clause: `a chain of single units can only rise or only fall with x`."""


@dataclass(frozen=True)
class Floors:
    """The bounds that hold for a network on its training samples."""

    bounds: tuple[Bound, ...]
    """Those above 0, the highest first."""
    unknown: str
    """Why some bounds were not computed; empty where all were that there are."""

    @property
    def highest(self) -> Bound | None:
        """The bound that counts; None where nothing is known to keep the loss above 0."""
        return self.bounds[0] if self.bounds else None


def floors_of(network: Network, objective: Objective, inputs: Array, targets: Array, input_name: str = "x") -> Floors:
    """Return the bounds for a network on scaled training inputs (rows, inputs) and targets (rows, outputs)."""
    found: list[Bound | None] = [_out_of_range(objective, targets)]
    unknown = ""
    if len(inputs) > MOST_ROWS:
        unknown = f"there are more than {MOST_ROWS:,} training samples"
    elif not np.isfinite(inputs).all():
        unknown = "not every input is finite"
    else:
        found += [
            _conflicts(objective, inputs, targets),
            _monotone(network, objective, inputs, targets, input_name),
        ]
        if is_linear(network):
            if _fit_work(inputs, targets, objective) > _MOST_WORK:
                unknown = "the best linear model of so many inputs takes too long to find"
            else:
                found.append(_linear(objective, inputs, targets))
    smallest = _NEGLIGIBLE * best_constant(objective.loss.name, targets)[1]
    bounds = [bound for bound in found if bound is not None and bound.loss > smallest]
    return Floors(tuple(sorted(bounds, key=lambda bound: -bound.loss)), unknown)


def is_linear(network: Network) -> bool:
    """Whether the last pre-activations are a linear function of the inputs."""
    return all(name == "linear" for name in network.activation_names[:-1])


def is_monotone(network: Network) -> bool:
    """Whether each output can only rise or only fall with the one input: a chain of single units up to the last layer."""
    chain = all(size == 1 for size in network.sizes[:-1])
    return chain and all(activation.monotone for activation in network.activations)


def _loss(objective: Objective, prediction: Array, targets: Array) -> Array:
    """Loss of each output of each sample, (rows, outputs): every loss here is a sum over the outputs."""
    shape = (*targets.shape, 1)
    return objective.loss.value(prediction.reshape(shape), targets.reshape(shape))


def _within(objective: Objective, prediction: Array) -> Array:
    """The nearest answers that the output can give. For a convex loss the best of these is the best answer, limited."""
    return np.clip(prediction, objective.activation.low, objective.activation.high)


def _out_of_range(objective: Objective, targets: Array) -> Bound:
    loss = float(_loss(objective, _within(objective, targets), targets).sum(axis=1).mean())
    low, high = objective.activation.low, objective.activation.high
    return Bound("range", loss, f"some targets lie outside the output's range, {low:g} to {high:g}")


def _conflicts(objective: Objective, inputs: Array, targets: Array) -> Bound | None:
    """Samples with the same inputs get the same answer, so the best one for each such group is a bound."""
    group = _same_rows(inputs)
    first = np.unique(group, return_index=True)[1]
    differing = (targets != targets[first[group]]).any(axis=1)
    if not differing.any():
        return None
    answers = _within(objective, best_answers(objective.loss.name, targets, group))[group]
    loss = float(_loss(objective, answers, targets).sum(axis=1).mean())
    several = int(np.isin(group, group[differing]).sum())
    return Bound("conflict", loss, f"{several} samples have equal inputs and different targets")


def _same_rows(inputs: Array) -> Indices:
    """Number the distinct rows of inputs (rows, inputs), (rows,); 0 and −0 are the same."""
    known: dict[bytes, int] = {}
    return np.array([known.setdefault(row.tobytes(), len(known)) for row in inputs + 0.0], dtype=np.int64)


def _monotone(network: Network, objective: Objective, inputs: Array, targets: Array, input_name: str) -> Bound | None:
    """Each output takes the better of rising and falling; how it could do both at once does not matter for a bound."""
    if not is_monotone(network):
        return None
    fits = monotone_fits(objective.loss.name, inputs[:, 0], targets)
    ways = [_loss(objective, _within(objective, fit), targets).mean(axis=0) for fit in fits]
    what = "a chain of single units" if network.depth > 1 else "a network without a hidden layer"
    reason = f"{what} can only rise or only fall with {input_name}"
    return Bound("monotone", float(np.minimum(*ways).sum()), reason)


def _fit_work(inputs: Array, targets: Array, objective: Objective) -> float:
    rows, columns, outputs = len(inputs), inputs.shape[1] + 1, targets.shape[1]
    if objective.loss.name in _SQUARED:
        return float(rows * columns * columns)
    softmax_outputs = objective.activation.name == "softmax"
    size = columns * outputs if softmax_outputs else columns
    return float(20 * (rows * size**2 + size**3) * (1 if softmax_outputs else outputs))


def _linear(objective: Objective, inputs: Array, targets: Array) -> Bound | None:
    reason = "without a bend in a hidden layer it is a linear model, and this is the best one"
    if objective.loss.name in _SQUARED and objective.activation.name == "linear":
        losses = _loss(objective, least_squares(inputs, targets), targets)
        return Bound("linear", float(losses.sum(axis=1).mean()), reason)
    if objective.loss.name in _ENTROPIES:
        softmax_outputs = objective.activation.name == "softmax"
        lowest = lowest_cross_entropy(inputs, targets, softmax_outputs=softmax_outputs)
        return None if lowest is None else Bound("linear", lowest, reason)
    return None
