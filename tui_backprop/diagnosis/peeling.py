"""The layers of a network, found one after the other from the input.

The entries that lead into one unit betray themselves: ∂ŷ/∂w = s·φ, where φ is the input of that weight and s = ∂ŷ/∂z is the
same for all of them, and for the bias ∂ŷ/∂b = s. Once the units of a layer are found, its pre-activations are known, and the
activation is the one under which the next layer can be found.

A layer with one input and no bias has nothing that could be compared: one weight for each unit. There a sum rule tells which
entries it has, φ·∂ŷ/∂φ = Σ w·∂ŷ/∂w over the weights that φ goes through; where that leaves a choice, it is guessed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from tui_backprop.core.arrays import Array
from tui_backprop.core.network import MAX_HIDDEN_LAYERS
from tui_backprop.core.operations.activations import ACTIVATIONS, Activation
from tui_backprop.core.operations.other_activations import OTHER_NAMES, activation_called
from tui_backprop.diagnosis.branches import LIKELY, branch_names, last_branch_names
from tui_backprop.diagnosis.experiments import ABSOLUTE, RELATIVE, Experiment, JoinedExperiments

PREDICTED = 1e-9
"""Relative difference up to which a prediction that is computed again is the same."""

_PATIENCE = 600  # guesses about layers of which nothing is known but one weight for each unit
_CLEAN = 0.02  # how far from 0 or 1 a share may be that says whether an entry belongs to a layer
_NAMES = ("linear", *(name for name in ACTIVATIONS if name not in ("linear", "softmax")), *OTHER_NAMES)


@dataclass(frozen=True)
class Unit:
    """A unit by its entries of θ."""

    weights: tuple[int, ...]
    bias: int
    """−1 where it has none."""


@dataclass(frozen=True)
class PeeledLayer:
    """A layer that was found."""

    units: tuple[Unit, ...]
    activation: str


@dataclass(frozen=True, eq=False)
class _Reached:
    """How far the search has come: where the next layer's inputs come from."""

    above: tuple[PeeledLayer, ...]
    features: Array
    """Inputs of the next layer, (samples, fan_in)."""
    left: frozenset[int]
    """Entries that do not belong to a layer yet."""
    effect: Array | None
    """φ·∂ŷ/∂φ of the only input of the next layer, (samples · outputs,), NaN where it is not known; None where there are
    several inputs."""


class Peeling:
    """The experiments side by side, and the search for layers in them."""

    def __init__(self, experiments: Sequence[Experiment], groups: Sequence[Sequence[int]]) -> None:
        self._evidence = JoinedExperiments(experiments)
        self.inputs = self._evidence.inputs
        """(samples, inputs)."""
        self._groups = groups
        self._guesses = 0

    def layers(self, *, guessing: bool) -> tuple[PeeledLayer, ...] | None:
        """Return all layers, or None.

        Args:
            guessing: a layer whose units have one weight each and no bias is taken to be any of the groups of entries.
        """
        effect = self._evidence.stretched if self.inputs.shape[1] == 1 else None
        return self._peel(_Reached((), self.inputs, self._evidence.alive, effect), guessing=guessing)

    def _peel(self, at: _Reached, *, guessing: bool) -> tuple[PeeledLayer, ...] | None:
        self._guesses += guessing
        if not at.left or len(at.above) > MAX_HIDDEN_LAYERS or self._guesses > _PATIENCE:
            return None
        for units in self._units(at, guessing=guessing):
            rest = at.left - {entry for unit in units for entry in (*unit.weights, unit.bias)}
            z = self._pre_activations(units, at.features)
            if not rest:
                last = self._last(units, z)
                if last is not None:
                    return (*at.above, last)
                continue
            for name in self._activations(z, rest, guessing=guessing):
                found = self._peel(self._behind(at, units, z, name, rest), guessing=guessing)
                if found is not None:
                    return found
        return None

    def _activations(self, z: Array, rest: frozenset[int], *, guessing: bool) -> Iterator[str]:
        """Yield what the activation of a hidden layer may be, the likelier ones first."""
        yield from _NAMES
        if z.shape[1] > 1:
            yield "softmax"
        yield from branch_names(self._evidence, z, sorted(rest), self._groups)
        if guessing:
            yield from LIKELY

    def _behind(self, at: _Reached, units: tuple[Unit, ...], z: Array, name: str, rest: frozenset[int]) -> _Reached:
        activation = activation_called(name)
        with np.errstate(all="ignore"):
            values = activation.value(z)
            effect = self._effect(at, units[0], z, values, activation) if len(units) == 1 else None
        return _Reached((*at.above, PeeledLayer(units, name)), values, rest, effect)

    def _effect(self, at: _Reached, unit: Unit, z: Array, a: Array, activation: Activation) -> Array:
        """Return a·∂ŷ/∂a of the only unit of a layer, from the s = ∂ŷ/∂z that its entries tell."""
        evidence = self._evidence
        if unit.bias >= 0:
            s = evidence.slopes[unit.bias]
        else:
            column = int((np.abs(at.features) > ABSOLUTE).sum(axis=0).argmax())
            s = evidence.slopes[unit.weights[column]] / evidence.wide(at.features[:, column])
        slope = evidence.wide(activation.slope(z, a)[:, 0])
        return np.where(np.abs(slope) > RELATIVE, evidence.wide(a[:, 0]) * s / slope, np.nan)

    def _pre_activations(self, units: Sequence[Unit], features: Array) -> Array:
        theta = self._evidence.theta
        columns = []
        for unit in units:
            bias = theta[:, unit.bias] if unit.bias >= 0 else 0.0
            columns.append((features * theta[:, unit.weights]).sum(axis=1) + bias)
        return np.stack(columns, axis=1)

    def _last(self, units: Sequence[Unit], z: Array) -> PeeledLayer | None:
        """Return the last layer with its units in the order of the outputs, if it gives the predictions."""
        predictions, outputs = self._evidence.predictions, self._evidence.outputs
        if z.shape[1] != outputs:
            return None
        allowed = PREDICTED * max(1.0, float(np.abs(predictions).max()))
        for name in (*_NAMES, *(["softmax"] if outputs > 1 else []), *last_branch_names(z, predictions)):
            with np.errstate(all="ignore"):
                made = activation_called(name).value(z)
                gaps = np.abs(made[:, :, np.newaxis] - predictions[:, np.newaxis, :]).max(axis=0)
            order = gaps.argmin(axis=0)
            fits = gaps[order, np.arange(outputs)] <= allowed
            if fits.all() and len(set(order.tolist())) == outputs:
                return PeeledLayer(tuple(units[i] for i in order), name)
        return None

    # Which entries the units of a layer have.

    def _units(self, at: _Reached, *, guessing: bool) -> Iterator[tuple[Unit, ...]]:
        """Yield what the units of the next layer may be."""
        with_bias = self._complete(at, None)
        if with_bias:
            yield with_bias
            return
        if at.features.shape[1] == 1:
            for entries in self._single(at, guessing=guessing):
                yield self._shared(at, 0, tuple(Unit((entry,), -1) for entry in entries))
            return
        surest = int((np.abs(at.features) > ABSOLUTE).sum(axis=0).argmax())
        without = self._complete(at, surest)
        if without:
            yield self._shared(at, surest, without)

    def _single(self, at: _Reached, *, guessing: bool) -> Iterator[tuple[int, ...]]:
        """Yield the entries that a layer with one input and no bias may have: those whose w·∂ŷ/∂w add up to φ·∂ŷ/∂φ."""
        evidence, entries = self._evidence, np.array(sorted(at.left))
        if at.effect is None:
            return
        known = np.isfinite(at.effect)
        weights = np.repeat(evidence.theta[:, entries], evidence.outputs, axis=0).T
        table, effect = (weights * evidence.slopes[entries])[:, known], at.effect[known]
        if not np.isfinite(table).all():
            return
        told = _only_shares(table.T, effect)
        if told is not None:
            yield tuple(entries[told].tolist())
        elif guessing:
            allowed = 10 * (RELATIVE * float(np.linalg.norm(effect)) + ABSOLUTE * np.sqrt(len(effect)))
            for group in self._guesses_among(entries.tolist()):
                members = np.isin(entries, group)
                if np.linalg.norm(table[members].sum(axis=0) - effect) <= allowed:
                    yield group

    def _guesses_among(self, order: Sequence[int]) -> Iterator[tuple[int, ...]]:
        """Yield sets of entries: groups of which all are left, and the first or the last few in a row."""
        runs = [order[:end] for end in range(1, len(order))] + [order[start:] for start in range(1, len(order))]
        left = set(order)
        for group in dict.fromkeys(tuple(one) for one in (*self._groups, *runs)):
            alive = tuple(entry for entry in group if entry in self._evidence.alive)
            if alive and left.issuperset(alive):
                yield alive

    def _complete(self, at: _Reached, reference: int | None) -> tuple[Unit, ...]:
        """Return the units that have all their entries, each told by one of them: the bias, or the weight of `reference`."""
        evidence, entries = self._evidence, np.array(sorted(at.left))
        wide = np.repeat(at.features, evidence.outputs, axis=0).T  # (fan_in, samples · outputs)
        scale = np.ones(wide.shape[1]) if reference is None else wide[reference]
        known = np.asarray(np.abs(scale) > ABSOLUTE)
        finder, wide, scale = evidence.finder(entries, known), wide[:, known], scale[known]
        found: list[Unit] = []
        taken: set[int] = set()
        for entry in entries.tolist():
            if entry in taken:
                continue
            wanted = wide * (finder.slopes[entry] / scale)
            weights: list[int] = []
            for i, line in enumerate(wanted):
                match = entry if i == reference else finder.find(line)
                if match is None or match in taken or match in weights or (match == entry and i != reference):
                    break
                weights.append(match)
            else:
                unit = Unit(tuple(weights), entry if reference is None else -1)
                found.append(unit)
                taken.update((*unit.weights, entry))
        return tuple(sorted(found, key=lambda unit: unit.weights))

    def _shared(self, at: _Reached, reference: int, units: tuple[Unit, ...]) -> tuple[Unit, ...]:
        """Give the units the one bias that they share, if there is one: its derivative is the sum of theirs."""
        evidence = self._evidence
        wide = evidence.wide(at.features[:, reference])
        known = np.abs(wide) > ABSOLUTE
        total = np.sum([evidence.slopes[unit.weights[reference]] for unit in units], axis=0)[known] / wide[known]
        used = {entry for unit in units for entry in unit.weights}
        for entry in sorted(at.left - used):
            gap = np.linalg.norm(evidence.slopes[entry][known] - total)
            if gap <= RELATIVE * np.linalg.norm(total) + ABSOLUTE * np.sqrt(len(total)):
                return tuple(Unit(unit.weights, entry) for unit in units)
        return units


def _only_shares(table: Array, wanted: Array) -> list[int] | None:
    """Return which columns of a table (rows, columns) add up to what is wanted; None where that cannot be told."""
    sizes = np.linalg.norm(table, axis=0)
    if len(table) < len(sizes) or not sizes.min() > 0.0:
        return None
    shares, _, rank, _ = np.linalg.lstsq(table / sizes, wanted, rcond=1e-8)
    shares = shares / sizes
    if rank < len(sizes) or not (np.minimum(np.abs(shares), np.abs(shares - 1.0)) <= _CLEAN).all():
        return None
    return np.flatnonzero(shares > 0.5).tolist() or None
