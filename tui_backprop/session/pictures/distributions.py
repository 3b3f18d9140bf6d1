"""Distributions as arrays: how weights, activations, δ, gradients and updates are spread, by layer, now and over the run."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal
from weakref import WeakKeyDictionary

import numpy as np

from tui_backprop.core.arrays import Array, Indices
from tui_backprop.core.backward import exact
from tui_backprop.core.forward import forward
from tui_backprop.core.network import Parameters
from tui_backprop.core.operations.activations import Activation
from tui_backprop.core.step import State, Training, take_step
from tui_backprop.scripts.functions.outside import OutsideRule
from tui_backprop.session.frames.frame import Frame
from tui_backprop.session.run.history import PathPoint

QuantityId = Literal["weights", "activations", "deltas", "gradients", "ratios"]

FEW = 12
"""Most values that are shown one by one."""

NEAR_ENDS = 0.05
"""Share of its activation's range, at either end, in which a value counts as near an end; the finding looks at slopes."""

MOST_ROWS = 256
"""Most training samples that activations, δ and gradients are over."""

_ROW_COST = 6e5  # rows times parameters that one moment of the run may cost
_SKETCH = 33  # numbers that are kept of a layer's values at an earlier step: all of them, or quantiles
_SKETCHED = (
    4096  # values, about, that these are quantiles of: to sort a large layer's is expensive, and no picture shows it
)
_DECADES = 12  # of a logarithmic axis at the most


@dataclass(frozen=True)
class Distributed:
    """Something that each layer has many of."""

    id: QuantityId
    name: str
    symbol: str
    log: bool = False
    """Whether its size is shown, on a logarithmic axis; exact zeros are counted apart."""
    guide: float | None = None
    """A value to compare with."""


QUANTITIES: tuple[Distributed, ...] = (
    Distributed("weights", "weights", "w"),
    Distributed("activations", "activations", "a"),
    Distributed("deltas", "δ of each sample", "|δ|", log=True),
    Distributed("gradients", "gradients", "|∂L/∂w|", log=True),
    Distributed("ratios", "updates against weights", "|Δw|/|w|", log=True, guide=1e-3),
)
"""What can be shown. About a thousandth of each weight is a usual size for an update (Stanford CS231n, notes 3)."""


@dataclass(frozen=True, eq=False)
class LayerDistribution:
    """The values of one layer. Those of a logarithmic quantity are log₁₀ of their size."""

    layer: int
    """1 for the first after the input."""
    activation: str
    axis: tuple[float, float]
    """Values at the ends of the bins."""
    count: int
    """How many values there are, zeros and what is not finite included."""
    few: Array | None
    """Each of them, ascending, where they are at most `FEW`."""
    histogram: Array
    """Share of the fullest bin in each bin, lowest value first, (bins,)."""
    over_time: Array
    """Share of the fullest band in each band, lowest value first, at each of the picture's steps, (bands, steps)."""
    medians: Array
    """Median at each of the picture's steps, the present one last, (steps,); NaN where there is none."""
    spread: tuple[float, float]
    """Values below which a tenth and nine tenths lie; NaN where there are none."""
    zeros: float
    """Share of exact zeros."""
    near_ends: float | None
    """Share within `NEAR_ENDS` of an end of the activation's range.

    None for other quantities, ranges without end, and an output whose loss needs no slope of it: there it is certainty.
    """
    dead: int | None
    """Units that are 0 for every sample; None for other quantities and where an activation is seldom 0."""


@dataclass(frozen=True, eq=False)
class DistributionPicture:
    """All layers, the first after the input first."""

    quantity: Distributed
    layers: tuple[LayerDistribution, ...]
    steps: Indices
    """Steps of the run at which they are shown, the present one last."""
    over: str
    """What the values are of, such as `9 of 9 samples`; empty where they are of nothing else than the run itself."""


@dataclass(frozen=True, eq=False)
class _LayerValues:
    """What is known of one layer at one moment."""

    finite: Array
    """Ascending; without zeros, and as log₁₀ of the size, for a logarithmic quantity."""
    count: int
    zeros: int
    dead: int

    @property
    def sketch(self) -> Array:
        """All values, or evenly spaced quantiles of them."""
        if len(self.finite) <= _SKETCH:
            return self.finite
        return self.finite[np.linspace(0, len(self.finite) - 1, _SKETCH).astype(np.int64)]


class Distributions:
    """Makes one picture after another; what it found at an earlier step of the run it keeps as long as the run keeps it."""

    def __init__(self) -> None:
        self._sketches: WeakKeyDictionary[State, dict[tuple[QuantityId, Training], list[Array]]] = WeakKeyDictionary()

    def picture(self, frame: Frame, quantity: Distributed, bins: int, bands: int, columns: int) -> DistributionPicture:
        """Return the picture of a frame.

        Args:
            frame: where the run is taken from.
            quantity: what is shown.
            bins: of the histogram as it is now, at least 1.
            bands: of the picture over time, from the lowest value to the highest, at least 1.
            columns: most steps of the picture over time, at least 2.
        """
        points = _spread(frame.path, columns)
        now = _values(points[-1], quantity)
        past = [self._sketch(point, quantity) for point in points[:-1]]
        sketches = [[*(one[i] for one in past), now[i].sketch] for i in range(frame.network.depth)]
        common = None if quantity.id == "activations" else _axis([s for layer in sketches for s in layer], quantity)
        layers = []
        for i, (values, over_time) in enumerate(zip(now, sketches, strict=True)):
            activation = frame.network.activations[i]
            axis = common or _activation_axis(activation, over_time)
            certain = i + 1 == frame.network.depth and frame.problem.objective.fused
            layers.append(_layer(i + 1, activation, quantity, values, over_time, axis, bins, bands, certain=certain))
        steps = np.array([point.state.step for point in points], dtype=np.int64)
        return DistributionPicture(quantity, tuple(layers), steps, _over(points[-1].training, quantity.id))

    def _sketch(self, point: PathPoint, quantity: Distributed) -> list[Array]:
        known = self._sketches.setdefault(point.state, {})
        key = (quantity.id, point.training)
        if key not in known:
            known[key] = [values.sketch for values in _values(point, quantity, _SKETCHED)]
        return known[key]


def _spread(path: Sequence[PathPoint], columns: int) -> list[PathPoint]:
    """Return at most `columns` of a path, the last included; by powers of two, so that mostly the same come again."""
    earlier = path[:-1]
    stride = 1 << max(0, math.ceil(len(earlier) / (columns - 1)) - 1).bit_length()
    return [*earlier[::stride], path[-1]]


def _rows(training: Training) -> Indices:
    """Return the training samples that a moment is looked at over, evenly spread; the larger the network, the fewer."""
    most = int(np.clip(_ROW_COST / training.network.size, 16, MOST_ROWS))
    rows = len(training.inputs)
    return np.arange(rows) if rows <= most else np.linspace(0, rows - 1, most).astype(np.int64)


def _over(training: Training, quantity: QuantityId) -> str:
    """Say what the values of a quantity are of."""
    if quantity == "weights":
        return ""
    if quantity == "ratios":
        return "the coming update"
    if quantity == "gradients" and isinstance(training.rule, OutsideRule):
        return "the coming update’s batch"
    return f"{len(_rows(training)):,} of {len(training.inputs):,} samples"


def _values(point: PathPoint, quantity: Distributed, most: int | None = None) -> list[_LayerValues]:
    """Return what is known of each layer at a moment of the run, or about `most` values of it say, evenly spread."""
    with np.errstate(all="ignore"):
        return [_sorted(_thinned(raw, most or raw.size), quantity) for raw in _raw(point, quantity.id)]


def _thinned(raw: Array, most: int) -> Array:
    """Return every so-many-th value; an odd number of them, so that no unit of an even layer is always passed over."""
    return raw if raw.size <= most else raw.ravel()[:: raw.size // most | 1]


def _raw(point: PathPoint, quantity: QuantityId) -> list[Array]:
    """Return the values of each layer: (rows, units) for activations and δ, else (fan_in, fan_out)."""
    training, network = point.training, point.training.network
    parameters = Parameters(network, point.state.parameters)
    layers = range(1, network.depth + 1)
    if quantity == "weights":
        return [parameters.w(layer) for layer in layers]
    outside = isinstance(training.rule, OutsideRule)
    if quantity == "ratios" or (quantity == "gradients" and outside):
        record = take_step(training, point.state)
        if quantity == "gradients":  # a file is asked for nothing but what the run itself asks it for
            return [record.gradients.parameters.w(layer) for layer in layers]
        after = Parameters(network, record.after.parameters)
        return [np.abs(after.w(layer) - parameters.w(layer)) / np.abs(parameters.w(layer)) for layer in layers]
    rows = _rows(training)
    tape = forward(network, parameters, training.inputs[rows])
    if quantity == "activations":
        return list(tape.a[1:])
    rule = exact if outside else training.rule  # a file gives away no δ
    found = rule(network, training.objective, parameters, tape, training.targets[rows])
    if quantity == "gradients":
        return [found.parameters.w(layer) for layer in layers]
    return [delta * len(rows) for delta in found.deltas]  # a batch's δ are divided by its size


def _sorted(raw: Array, quantity: Distributed) -> _LayerValues:
    flat = raw.ravel()
    finite = flat[np.isfinite(flat)]
    zeros = int((finite == 0).sum())
    if quantity.log:
        finite = np.log10(np.abs(finite[finite != 0]))
    dead = int((raw == 0).all(axis=0).sum()) if quantity.id == "activations" else 0
    return _LayerValues(np.sort(finite), raw.size, zeros, dead)


def _axis(sketches: Sequence[Array], quantity: Distributed) -> tuple[float, float]:
    """Return an axis for all layers and steps: ± the largest weight, or whole decades with a few stragglers outside."""
    ends = [(one[int(0.05 * len(one))], one[int(0.98 * (len(one) - 1))]) for one in sketches if len(one)]
    if not ends:
        return (-1.0, 0.0) if quantity.log else (-1.0, 1.0)
    low, high = min(float(a) for a, _ in ends), max(float(b) for _, b in ends)
    if not quantity.log:
        largest = max(abs(float(end)) for one in sketches if len(one) for end in (one[0], one[-1])) or 1.0
        return -largest, largest
    top = math.ceil(high) if math.ceil(high) > high else math.ceil(high) + 1
    return float(max(min(math.floor(low), top - 1), top - _DECADES)), float(top)


def _activation_axis(activation: Activation, sketches: Sequence[Array]) -> tuple[float, float]:
    """Return the range of an activation, or where it has none the values that there were."""
    if math.isfinite(activation.low) and math.isfinite(activation.high):
        return activation.low, activation.high
    ends = [(float(one[0]), float(one[-1])) for one in sketches if len(one)]
    low, high = min((a for a, _ in ends), default=0.0), max((b for _, b in ends), default=1.0)
    low = max(low, activation.low) if low < 0 else 0.0
    return low, max(high, low + 1e-9 * (1.0 + abs(low)), 0.0)


def _layer(
    layer: int,
    activation: Activation,
    quantity: Distributed,
    now: _LayerValues,
    over_time: Sequence[Array],
    axis: tuple[float, float],
    bins: int,
    bands: int,
    *,
    certain: bool,
) -> LayerDistribution:
    values, activations = now.finite, quantity.id == "activations"
    bounded = activations and math.isfinite(activation.low) and math.isfinite(activation.high)
    edge = NEAR_ENDS * (activation.high - activation.low)
    outer = (values < activation.low + edge) | (values > activation.high - edge) if bounded and not certain else None
    return LayerDistribution(
        layer=layer,
        activation=activation.name,
        axis=axis,
        count=now.count,
        few=values if now.count <= FEW else None,
        histogram=_shares(values, axis, bins),
        over_time=np.stack([_shares(one, axis, bands) for one in over_time], axis=1),
        medians=np.array([_quantile(one, 0.5) for one in over_time]),
        spread=(_quantile(values, 0.1), _quantile(values, 0.9)),
        zeros=now.zeros / now.count,
        near_ends=None if outer is None else float(outer.mean()) if len(values) else 0.0,
        dead=now.dead if activations and activation.low == 0 and not bounded else None,
    )


def _quantile(ascending: Array, share: float) -> float:
    """Return a quantile of ascending values, on a line between neighbours, as `np.quantile` has it; NaN of none."""
    if not len(ascending):
        return math.nan
    at = share * (len(ascending) - 1)
    before, after = ascending[int(at)], ascending[math.ceil(at)]
    return float(before + (at - int(at)) * (after - before))


def _shares(values: Array, axis: tuple[float, float], bins: int) -> Array:
    """Return each bin's share of the fullest, (bins,); what lies outside the axis is in the first or last bin."""
    low, high = axis
    at = np.clip(((values - low) / (high - low) * bins).astype(np.int64), 0, bins - 1)
    counts = np.bincount(at, minlength=bins).astype(np.float64)
    return counts / max(1.0, float(counts.max()))
