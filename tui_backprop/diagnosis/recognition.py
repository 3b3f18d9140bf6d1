"""Which network is this? A multilayer perceptron recognised by experiment, from predictions and their derivatives alone.

Nothing is known of somebody's network but numbers: θ as one vector of entries, predictions, and ∂ŷ/∂θ by differences. It is
peeled layer by layer from the input. The entries that lead into one unit betray themselves: ∂ŷ/∂w = s·φ, where φ is the
input of that weight and s = ∂ŷ/∂z is the same for all of them, and for the bias ∂ŷ/∂b = s. Once the units of a layer are
found, its pre-activations are known, and the activation is the one under which the next layer can be found.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from tui_backprop.core.activations import ACTIVATIONS, HIDDEN_ACTIVATIONS
from tui_backprop.core.arrays import Array, Indices
from tui_backprop.core.losses import LOSSES
from tui_backprop.core.network import MAX_HIDDEN_LAYERS, Network

_RELATIVE = 1e-5  # of a derivative by differences
_ABSOLUTE = 1e-9  # below it a derivative by differences is rounding
_ALIVE = 1e-7  # length, per number, of the derivatives of an entry that matters at all
_PATIENCE = 400  # guesses about layers of which nothing is known but one weight for each unit
_PREDICTED = 1e-9  # of a prediction that is computed anew


@dataclass(frozen=True, eq=False)
class Experiment:
    """What somebody's network did at one θ."""

    theta: Array
    """(entries,)."""
    inputs: Array
    """(samples, inputs)."""
    predictions: Array
    """(samples, outputs)."""
    jacobian: Array
    """∂ŷ/∂θ, (entries, samples, outputs)."""


@dataclass(frozen=True, eq=False)
class Recognition:
    """Somebody's network as one of ours."""

    network: Network
    entries: Indices
    """For each entry of our θ, (network.size,), the entry of theirs; −1 where a layer has no biases. Units that share a bias
    have the same entry there."""

    def theta(self, theirs: Array) -> Array:
        """Return their θ (entries,) as ours, (network.size,); biases that are not there are 0."""
        return np.where(self.entries >= 0, theirs[self.entries], 0.0)

    def gradient(self, ours: Array, entries: int) -> Array:
        """Return our gradient (network.size,) as theirs, (entries,): the sum where entries are shared, 0 where not used."""
        there = self.entries >= 0
        summed = np.zeros(entries)
        np.add.at(summed, self.entries[there], ours[there])
        return summed


def recognise(experiments: Sequence[Experiment], groups: Sequence[slice]) -> Recognition | None:
    """Return the multilayer perceptron that does what the experiments show, or None.

    Args:
        experiments: several, at different θ; enough samples in all that no unit is silent in every one.
        groups: which entries are of one parameter.
    """
    search = _Peeling(experiments, groups)
    layers = search.peel([], search.inputs, search.alive) or search.peel([], search.inputs, search.alive, guessing=True)
    if layers is None:
        return None
    network = Network(
        (search.inputs.shape[1], *(len(one.units) for one in layers)), tuple(one.activation for one in layers)
    )
    entries = []
    for layer in layers:
        weights = np.array([unit.weights for unit in layer.units])  # (fan_out, fan_in)
        entries += [weights.T.ravel(), np.array([unit.bias for unit in layer.units])]
    return Recognition(network, np.concatenate(entries).astype(np.int64))


@dataclass(frozen=True)
class _Unit:
    weights: tuple[int, ...]
    bias: int


@dataclass(frozen=True)
class _Layer:
    units: tuple[_Unit, ...]
    activation: str


class _Peeling:
    """The experiments side by side, and the search for layers in them."""

    def __init__(self, experiments: Sequence[Experiment], groups: Sequence[slice]) -> None:
        self.inputs = np.concatenate([one.inputs for one in experiments])
        self._predictions = np.concatenate([one.predictions for one in experiments])
        self._theta = np.concatenate([np.tile(one.theta, (len(one.inputs), 1)) for one in experiments])
        slopes = np.concatenate([one.jacobian for one in experiments], axis=1)
        self._outputs = slopes.shape[2]
        self._slopes = slopes.reshape(len(slopes), -1)  # (entries, samples · outputs)
        self._groups = groups
        self._guesses = 0
        lengths = np.linalg.norm(self._slopes, axis=1)
        self.alive = frozenset(np.flatnonzero(lengths > _ALIVE * np.sqrt(self._slopes.shape[1])).tolist())

    def peel(
        self, above: list[_Layer], features: Array, left: frozenset[int], *, guessing: bool = False
    ) -> list[_Layer] | None:
        """Return all layers, those in `above` first; `features` (samples, fan_in) are the inputs of the next one.

        With `guessing` a layer whose units have one weight each and no bias, so that nothing can be compared, is taken to be
        any of the parameters.
        """
        self._guesses += guessing
        if not left or len(above) > MAX_HIDDEN_LAYERS or self._guesses > _PATIENCE:
            return None
        for units in self._units(features, left, guessing=guessing):
            used = {entry for unit in units for entry in (*unit.weights, unit.bias)}
            rest = left - used
            z = self._pre_activations(units, features)
            if not rest:
                last = self._last(units, z)
                if last is not None:
                    return [*above, last]
                continue
            for name in HIDDEN_ACTIVATIONS:
                with np.errstate(all="ignore"):
                    values = ACTIVATIONS[name].value(z)
                found = self.peel([*above, _Layer(units, name)], values, rest, guessing=guessing)
                if found is not None:
                    return found
        return None

    def _pre_activations(self, units: Sequence[_Unit], features: Array) -> Array:
        columns = []
        for unit in units:
            bias = self._theta[:, unit.bias] if unit.bias >= 0 else 0.0
            columns.append((features * self._theta[:, unit.weights]).sum(axis=1) + bias)
        return np.stack(columns, axis=1)

    def _last(self, units: Sequence[_Unit], z: Array) -> _Layer | None:
        """Return the last layer with its units in the order of the outputs, if it gives the predictions."""
        if z.shape[1] != self._outputs:
            return None
        for name, activation in ACTIVATIONS.items():
            if name == "softmax" and self._outputs == 1:
                continue
            with np.errstate(all="ignore"):
                gaps = np.abs(activation.value(z)[:, :, np.newaxis] - self._predictions[:, np.newaxis, :]).max(axis=0)
            order = gaps.argmin(axis=0)
            fits = gaps[order, np.arange(self._outputs)] <= _PREDICTED * max(
                1.0, float(np.abs(self._predictions).max())
            )
            if fits.all() and len(set(order.tolist())) == self._outputs:
                return _Layer(tuple(units[i] for i in order), name)
        return None

    def _units(self, features: Array, left: frozenset[int], *, guessing: bool) -> Iterator[tuple[_Unit, ...]]:
        """Yield what the units of the next layer may be."""
        with_bias = self._complete(features, None, left)
        if with_bias:
            yield with_bias
            return
        if features.shape[1] == 1:
            for group in self._groups if guessing else ():
                entries = range(group.start, group.stop)
                if left.issuperset(entries):
                    yield self._shared(features, 0, tuple(_Unit((entry,), -1) for entry in entries), left)
            return
        surest = int((np.abs(features) > _ABSOLUTE).sum(axis=0).argmax())
        without = self._complete(features, surest, left)
        if without:
            yield self._shared(features, surest, without, left)

    def _complete(self, features: Array, reference: int | None, left: frozenset[int]) -> tuple[_Unit, ...]:
        """Return the units that have all their entries, each told by one of them: the bias, or the weight of `reference`."""
        entries = np.array(sorted(left))
        wide = np.repeat(features, self._outputs, axis=0).T  # (fan_in, samples · outputs)
        scale = np.ones(wide.shape[1]) if reference is None else wide[reference]
        known = np.abs(scale) > _ABSOLUTE
        slopes, wide, scale = self._slopes[:, known], wide[:, known], scale[known]
        sketch = np.random.default_rng(0).standard_normal((slopes.shape[1], 1))[:, 0]
        marks = slopes[entries] @ sketch
        order = marks.argsort()
        found: list[_Unit] = []
        taken: set[int] = set()
        for entry in entries.tolist():
            if entry in taken:
                continue
            wanted = wide * (slopes[entry] / scale)
            weights = []
            for i, line in enumerate(wanted):
                match = entry if i == reference else self._match(line, sketch, marks, order, entries, slopes)
                if match is None or match in taken or match in weights or (match == entry and i != reference):
                    break
                weights.append(match)
            else:
                unit = _Unit(tuple(weights), entry if reference is None else -1)
                found.append(unit)
                taken.update((*unit.weights, entry))
        return tuple(sorted(found, key=lambda unit: unit.weights))

    def _match(
        self, line: Array, sketch: Array, marks: Array, order: Indices, entries: Indices, slopes: Array
    ) -> int | None:
        """Return the entry whose derivatives are `line`."""
        length = float(np.linalg.norm(line))
        allowed = _RELATIVE * length + _ABSOLUTE * np.sqrt(len(line))
        if length <= _ALIVE * np.sqrt(len(line)):
            return None
        mark, spread = float(line @ sketch), allowed * float(np.linalg.norm(sketch))
        low, high = np.searchsorted(marks, (mark - spread, mark + spread), sorter=order)
        near = entries[order[low:high]]
        if not len(near):
            return None
        gaps = np.linalg.norm(slopes[near] - line, axis=1)
        best = int(gaps.argmin())
        return int(near[best]) if gaps[best] <= allowed else None

    def _shared(
        self, features: Array, reference: int, units: tuple[_Unit, ...], left: frozenset[int]
    ) -> tuple[_Unit, ...]:
        """Give the units the one bias that they share, if there is one: its derivative is the sum of theirs."""
        wide = np.repeat(features[:, reference], self._outputs)
        known = np.abs(wide) > _ABSOLUTE
        total = np.sum([self._slopes[unit.weights[reference]] for unit in units], axis=0)[known] / wide[known]
        used = {entry for unit in units for entry in unit.weights}
        for entry in sorted(left - used):
            gap = np.linalg.norm(self._slopes[entry][known] - total)
            if gap <= _RELATIVE * np.linalg.norm(total) + _ABSOLUTE * np.sqrt(len(total)):
                return tuple(_Unit(unit.weights, entry) for unit in units)
        return units


@dataclass(frozen=True)
class LossFound:
    """Somebody's loss as one of ours."""

    name: str
    scale: float
    """What ours is multiplied with."""
    summed: bool
    """Whether theirs is the sum over the batch where ours is the mean."""


def recognise_loss(predictions: Sequence[Array], targets: Sequence[Array], values: Sequence[float]) -> LossFound | None:
    """Return the loss that has these values, or None.

    Args:
        predictions: batches, (samples, outputs) each, not all of the same number of samples where a batch is possible.
        targets: of the same shapes.
        values: what somebody's loss gave for each batch.
    """
    theirs = np.array(values)
    sizes = np.array([len(one) for one in predictions], dtype=np.float64)
    found = []
    for loss in LOSSES.values():
        with np.errstate(all="ignore"):
            means = np.array([loss.value(p, y).mean() for p, y in zip(predictions, targets, strict=True)])
            for summed in (False, True):
                ratios = theirs / (means * sizes if summed else means)
                scale = float(np.median(ratios))
                if np.isfinite(ratios).all() and scale > 0 and np.abs(ratios - scale).max() <= 1e-6 * scale:
                    found.append(LossFound(loss.name, 1.0 if abs(scale - 1.0) < 1e-6 else scale, summed))
    return min(found, key=lambda one: (one.scale != 1.0, one.summed), default=None)
