"""Pictures of what a network predicts, as arrays: a curve, a surface, a confusion matrix or a cloud of points."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tui_backprop.core.arrays import Array, Indices
from tui_backprop.session.frame import Frame
from tui_backprop.session.problem import Samples

SHOWN_SAMPLES = 1000
"""Most samples of each part that a picture has."""


@dataclass(frozen=True, eq=False)
class PredictionCurve:
    """ŷ(x) of a network with one input."""

    x: Array
    """Raw inputs, ascending, (points,)."""
    before: Array
    """ŷ at step 0, (points, outputs)."""
    now: Array
    """ŷ of the frame, (points, outputs)."""
    train: Samples
    test: Samples

    def resampled(self, points: int) -> PredictionCurve:
        """Return the curve with another number of points, between the known ones along straight lines."""
        x = np.linspace(self.x[0], self.x[-1], points)
        before, now = (
            np.stack([np.interp(x, self.x, values) for values in curve.T], axis=1) for curve in (self.before, self.now)
        )
        return PredictionCurve(x, before, now, self.train, self.test)


@dataclass(frozen=True, eq=False)
class DecisionSurface:
    """The answer of a network with two inputs, over a grid of raw inputs."""

    x1: Array
    """Raw values of the first input, ascending, (columns,)."""
    x2: Array
    """Raw values of the second input, ascending, (rows,)."""
    prediction: Array
    """ŷ, (rows, columns, outputs)."""
    train: Samples
    test: Samples


@dataclass(frozen=True, eq=False)
class Confusion:
    """How often each class was answered for each class, over one part of the data."""

    part: str
    """`train` or `test`."""
    labels: tuple[str, ...]
    counts: Indices
    """(true class, answered class)."""


@dataclass(frozen=True, eq=False)
class Scatter:
    """Predicted against true numbers, of one output."""

    part: str
    """`train` or `test`."""
    target: Array
    """(points,)."""
    prediction: Array
    """(points,)."""


Picture = PredictionCurve | DecisionSurface | Confusion | Scatter


def prediction_picture(frame: Frame, columns: int, rows: int, output: int = 0) -> Picture:
    """Return the picture that suits the data: one input a curve, two a surface, more a confusion matrix or a scatter.

    Args:
        frame: where the network and the data are taken from.
        columns: points wanted from left to right, at least 2.
        rows: points wanted from top to bottom of a surface, at least 2.
        output: which output a scatter, or a confusion matrix of 0/1 targets, shows, from 0.

    Confusion and scatter are over the test set where there is one.
    """
    problem = frame.problem
    match problem.network.sizes[0]:
        case 1:
            return _curve(frame, columns)
        case 2:
            return _surface(frame, columns, rows)
    part, samples = ("test", problem.live_test) if len(problem.test) else ("train", problem.live_train)
    predicted = problem.predict(frame.state.parameters, samples.raw)
    if problem.dataset.task == "regression":
        return Scatter(part, samples.targets[:, output], predicted[:, output])
    labels = problem.labels
    targets = samples.targets
    if problem.dataset.task == "binary":  # of several 0/1 outputs, the one that is asked for
        labels, targets, predicted = ("0", "1"), targets[:, output : output + 1], predicted[:, output : output + 1]
    counts = np.zeros((len(labels), len(labels)), dtype=np.int64)
    np.add.at(counts, (problem.answers(targets), problem.answers(predicted)), 1)
    return Confusion(part, labels, counts)


def _curve(frame: Frame, columns: int) -> PredictionCurve:
    problem = frame.problem
    seen = np.concatenate([problem.train.raw[:, 0], problem.test.raw[:, 0], [p[0] for p in frame.recipe.probe]])
    x = _span(seen, columns, margin=0.0)
    return PredictionCurve(
        x,
        problem.predict(frame.first_parameters, x[:, np.newaxis]),
        problem.predict(frame.state.parameters, x[:, np.newaxis]),
        problem.train.head(SHOWN_SAMPLES),
        problem.test.head(SHOWN_SAMPLES),
    )


def _surface(frame: Frame, columns: int, rows: int) -> DecisionSurface:
    problem = frame.problem
    x1, x2, grid = input_grid(frame, columns, rows)
    predicted = problem.predict(frame.state.parameters, grid).reshape(rows, columns, -1)
    return DecisionSurface(x1, x2, predicted, problem.train.head(SHOWN_SAMPLES), problem.test.head(SHOWN_SAMPLES))


def input_grid(frame: Frame, columns: int, rows: int) -> tuple[Array, Array, Array]:
    """Return a grid over the data of two inputs: x1 (columns,), x2 (rows,) and the raw inputs (rows · columns, 2)."""
    problem = frame.problem
    seen = np.concatenate([problem.train.raw, problem.test.raw])
    x1, x2 = _span(seen[:, 0], columns, margin=0.05), _span(seen[:, 1], rows, margin=0.05)
    return x1, x2, np.stack(np.meshgrid(x1, x2), axis=-1).reshape(-1, 2)


def _span(values: Array, points: int, margin: float) -> Array:
    """Return evenly spaced numbers over the values and a margin; around a single value, one unit to each side."""
    low, high = float(values.min()), float(values.max())
    room = (high - low) * margin if high > low else 1.0
    return np.linspace(low - room, high + room, points)
