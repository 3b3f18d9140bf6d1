"""Hidden space: the samples as a hidden layer sees them, with what the next layer makes of each place, as arrays.

A layer of two units is drawn as it is. One of three is looked at from a side that can be turned, one of more along the two
directions in which the samples differ most. For one input each unit is a curve.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from tui_backprop.core.arrays import Array, Indices
from tui_backprop.core.forward import Tape, forward
from tui_backprop.records.prediction_curve import Points
from tui_backprop.records.ranges import apart
from tui_backprop.session.frames.frame import Frame
from tui_backprop.session.pictures.plane import rounded
from tui_backprop.session.pictures.prediction import marks, regions_of
from tui_backprop.session.recipe.problem import Problem, Samples

TURNS = 24
"""Sides that three units can be looked at from, all the way round."""

MOST_UNITS = 8
"""Units of a layer, and of the next one, that are drawn; of more none could be told from the others."""

_MOST, _FEWEST = 500, 64  # samples of each part
_BUDGET = 2e6  # nanoseconds that the passes of one part may take, by these rough costs of a unit and of a parameter
_UNIT, _ENTRY = 20.0, 0.1
_TILT = math.radians(20)  # by which three units are looked down on
_EXACT = 64  # units up to which the principal directions are found at once
_TRIED, _ROUNDS = 8, 8  # directions, and rounds, by which those of more units are found
_MARGIN = 0.05  # of a bounded activation's range


class NoHiddenSpaceError(ValueError):
    """There is nothing to draw; its text says why, and what would change it."""


@dataclass(frozen=True)
class HiddenView:
    """What the user wants to see."""

    layer: int | None = None
    """The hidden layer, from 1; None for the last one."""
    turn: int = 2
    """The side that three units are looked at from."""
    points: bool = False
    """For one input: the samples in the layer's space in place of each unit's curve."""

    def of(self, depth: int) -> int:
        """Return the layer in a network of so many layers, the output included."""
        return depth - 1 if self.layer is None else min(max(1, self.layer), depth - 1)


@dataclass(frozen=True, eq=False)
class Border:
    """Where a unit of the next layer has z = 0: z = start + right · across + upward · up."""

    start: float
    right: float
    upward: float


@dataclass(frozen=True, eq=False)
class Regions:
    """What the output makes of each place, each (rows, columns), the lowest row first, as `DecisionSurface` has them."""

    share: Array
    answer: Indices
    band: Indices


@dataclass(frozen=True, eq=False)
class HiddenSpace:
    """The samples in the coordinates of a hidden layer."""

    layer: int
    names: tuple[str, str]
    """Of what goes across and of what goes up."""
    across: tuple[float, float]
    up: tuple[float, float]
    train: Points
    test: Points
    next_layer: Regions | tuple[Border, ...]
    """What the answer is where the output comes next, or else where the next units are 0."""
    shares: tuple[float, float] | None
    """Of all that the samples differ by, along both principal directions; None where the coordinates are units."""
    axes: tuple[tuple[str, float, float], ...]
    """Of three units: their names, and where one leads from the middle of the picture."""
    shown: int
    """Training samples that are drawn."""


@dataclass(frozen=True, eq=False)
class UnitCurves:
    """Each unit of a layer over the only input."""

    layer: int
    x: Array
    """Raw inputs, ascending, (points,)."""
    units: Array
    """Activations of the units that are drawn, (units, points)."""
    count: int
    """Units that the layer has."""
    up: tuple[float, float]
    trained: tuple[float, float]
    """The smallest and the largest training input."""


@dataclass(frozen=True, eq=False)
class _Place:
    """A plane through a layer's space: `centre + u · basis[0] + v · basis[1]`, and what is seen of it."""

    names: tuple[str, str]
    centre: Array
    basis: Array
    """(2, units), two directions of length 1 at right angles; one unit has a second one of length 0."""
    across: tuple[float, float]
    up: tuple[float, float]
    shares: tuple[float, float] | None = None
    axes: tuple[tuple[str, float, float], ...] = ()


def hidden_picture(frame: Frame, view: HiddenView, columns: int, rows: int) -> HiddenSpace | UnitCurves:
    """Return the picture of a hidden layer.

    Args:
        frame: where the network and the data are taken from.
        view: which layer, and from which side.
        columns: points wanted from left to right, at least 2.
        rows: points wanted from bottom to top, at least 2.

    Raises:
        NoHiddenSpaceError: there is no hidden layer, or what it gives is not finite.
    """
    network = frame.network
    if network.depth < 2:
        raise NoHiddenSpaceError(
            "This network has no hidden layer. o gives it one; in the panel Network, J adds one after the inputs."
        )
    layer = view.of(network.depth)
    with np.errstate(all="ignore"):
        if frame.problem.dataset.n_inputs == 1 and not view.points:
            return _curves(frame, layer, columns)
        return _space(frame, layer, view.turn, columns, rows)


def unit_names(layer: int, count: int) -> list[str]:
    """Return what the units of a layer are called, `a1[0]` or `a1` where there is one."""
    return [f"a{layer}[{unit}]" if count > 1 else f"a{layer}" for unit in range(count)]


def _curves(frame: Frame, layer: int, columns: int) -> UnitCurves:
    problem = frame.problem
    raw = np.concatenate([problem.train.raw[:, 0], problem.test.raw[:, 0]])
    x = np.linspace(*apart(float(raw.min()), float(raw.max())), columns)
    units = forward(problem.network, frame.parameters, problem.encode(x[:, np.newaxis])).a[layer].T
    drawn = units[:MOST_UNITS]
    return UnitCurves(
        layer, x, drawn, len(units), _range_of(problem, layer, drawn), (float(raw.min()), float(raw.max()))
    )


def _range_of(problem: Problem, layer: int, values: Array) -> tuple[float, float]:
    """Return what an axis of activations goes over: the whole range of a bounded one, or else that of the values and 0."""
    activation = problem.network.activation(layer)
    if activation.bounded:
        room = _MARGIN * (activation.high - activation.low)
        return activation.low - room, activation.high + room
    seen = values[np.isfinite(values)]
    if not len(seen):
        raise NoHiddenSpaceError("The activations of this layer are not finite: the run broke. b goes back.")
    low, high = min(0.0, float(seen.min())), max(0.0, float(seen.max()))
    return rounded((low + high) / 2, (high - low) / 2)


def _space(frame: Frame, layer: int, turn: int, columns: int, rows: int) -> HiddenSpace:
    problem = frame.problem
    most = _affordable(problem)
    parts = [_passed(frame, samples.head(most)) for samples in (problem.train, problem.test)]
    seen = parts[0][1].a[layer]
    if not np.isfinite(seen).all():
        raise NoHiddenSpaceError("The activations of this layer are not finite: the run broke. b goes back.")
    place = _placed(problem, layer, seen, turn) if seen.shape[1] > 1 else _placed_one(problem, layer, *parts[0])
    train, test = (_points(problem, place, layer, *part) for part in parts)
    return HiddenSpace(
        layer,
        place.names,
        place.across,
        place.up,
        train,
        test,
        _next_layer(frame, place, layer, columns, rows),
        place.shares,
        place.axes,
        len(train),
    )


def _affordable(problem: Problem) -> int:
    """Return how many samples of each part can be drawn in time."""
    network = problem.network
    each = _UNIT * sum(network.sizes[1:]) + _ENTRY * network.size
    return max(_FEWEST, min(_MOST, int(_BUDGET / each)))


def _passed(frame: Frame, samples: Samples) -> tuple[Samples, Tape]:
    return samples, forward(frame.network, frame.parameters, samples.inputs)


def _points(problem: Problem, place: _Place, layer: int, samples: Samples, tape: Tape) -> Points:
    predicted = problem.target_scaler.inverse(tape.prediction)
    across, up = ((tape.a[layer] - place.centre) @ place.basis.T).T
    label, wrong = marks(problem, samples.raw_targets, predicted, 0)
    return Points(across, up if place.basis[1].any() else predicted[:, 0], label, wrong)  # one unit: the answer goes up


def _placed_one(problem: Problem, layer: int, samples: Samples, tape: Tape) -> _Place:
    """Return the plane of a layer's only unit and the first output, in the units of the data."""
    predicted = problem.target_scaler.inverse(tape.prediction)[:, 0]
    seen = np.concatenate([predicted[np.isfinite(predicted)], samples.raw_targets[:, 0]])
    low, high = float(seen.min()), float(seen.max())
    up = rounded((low + high) / 2, (0.5 + _MARGIN) * (high - low))
    across = _range_of(problem, layer, tape.a[layer])
    return _Place((f"a{layer}", "ŷ"), np.zeros(1), np.array([[1.0], [0.0]]), across, up)


def _placed(problem: Problem, layer: int, seen: Array, turn: int) -> _Place:
    """Return the plane that suits a layer of several units, by the activations (rows, units) of the samples."""
    units = seen.shape[1]
    names = unit_names(layer, units)
    if units == 2:
        across, up = (_range_of(problem, layer, seen[:, unit]) for unit in range(2))
        return _Place((names[0], names[1]), np.zeros(2), np.eye(2), across, up)
    if units == 3:
        ends = np.array([_range_of(problem, layer, seen[:, unit]) for unit in range(3)])
        half = float(np.linalg.norm(ends[:, 1] - ends[:, 0])) / 2
        basis = _side(2 * math.pi * turn / TURNS)
        reach = (ends[:, 1] - ends[:, 0]) / 2
        axes = tuple((name, *(reach[unit] * basis[:, unit]).tolist()) for unit, name in enumerate(names))
        return _Place(("", ""), ends.mean(axis=1), basis, (-half, half), (-half, half), axes=axes)
    centre = seen.mean(axis=0)
    basis, shares = principal(seen - centre)
    across, up = (rounded(0.0, float(np.abs((seen - centre) @ one).max()) or 1.0) for one in basis)
    said = [f"{name} direction ({share:.0%})" for name, share in zip(("1st", "2nd"), shares, strict=True)]
    return _Place((said[0], said[1]), centre, basis, across, up, shares)


def _side(angle: float) -> Array:
    """Return what goes right and what goes up where three units are looked at from a side and a little from above."""
    cos, sin = math.cos(angle), math.sin(angle)
    return np.array([[cos, sin, 0.0], [-sin * math.sin(_TILT), cos * math.sin(_TILT), math.cos(_TILT)]])


def principal(away: Array) -> tuple[Array, tuple[float, float]]:
    """Return the two principal directions (2, units) of differences from the mean (rows, units), and their shares.

    Of many units they are found by multiplying a few directions again and again (orthogonal iteration), from a fixed start.
    The largest entry of each is positive, so that a picture does not turn over from one step to the next.
    """
    units = away.shape[1]
    total = float((away**2).sum())
    if units <= _EXACT:
        values, vectors = np.linalg.eigh(away.T @ away)
    else:
        tried = np.random.default_rng(0).standard_normal((units, _TRIED))
        for _ in range(_ROUNDS):
            tried = np.linalg.qr(away.T @ (away @ tried))[0]
        values, inner = np.linalg.eigh((away @ tried).T @ (away @ tried))
        vectors = tried @ inner
    basis = vectors[:, [-1, -2]].T
    basis = basis * np.sign(basis[[0, 1], np.abs(basis).argmax(axis=1)])[:, np.newaxis]
    first, second = (max(0.0, float(value)) / total if total > 0 else 0.0 for value in (values[-1], values[-2]))
    return basis, (first, second)


def _next_layer(frame: Frame, place: _Place, layer: int, columns: int, rows: int) -> Regions | tuple[Border, ...]:
    """Return what the next layer makes of each place of the plane, (rows, columns)."""
    problem, network = frame.problem, frame.network
    weights, biases = frame.parameters.w(layer + 1), frame.parameters.b(layer + 1)
    right, upward = place.basis @ weights
    start = place.centre @ weights + biases
    if layer + 1 < network.depth:
        lines = zip(start.tolist(), right.tolist(), upward.tolist(), strict=True)
        return tuple(Border(*line) for line in lines)[:MOST_UNITS]
    x, y = (_middles(*ends, count) for ends, count in ((place.across, columns), (place.up, rows)))
    z = start + y[:, np.newaxis, np.newaxis] * upward + x[:, np.newaxis] * right  # (rows, columns, next units)
    predicted = problem.target_scaler.inverse(problem.objective.activation.value(z.reshape(rows * columns, -1)))
    share, answer, band = regions_of(problem, predicted, 0)
    shape = rows, columns
    return Regions(share.reshape(shape), answer.reshape(shape), band.reshape(shape))


def _middles(low: float, high: float, cells: int) -> Array:
    return low + (high - low) * (np.arange(cells) + 0.5) / cells
