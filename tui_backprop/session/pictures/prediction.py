"""Pictures of what a network predicts, as arrays: a curve, a surface, a confusion matrix or a cloud of points."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from tui_backprop.core.arrays import Array, Indices
from tui_backprop.records.prediction_curve import Points, PredictionCurve
from tui_backprop.records.ranges import apart
from tui_backprop.session.frames.frame import Frame
from tui_backprop.session.recipe.problem import Problem, Samples

SHOWN_SAMPLES = 1000
"""Most samples of each part that a picture has."""

_BUDGET = 6e6  # nanoseconds that a surface's forward passes may take, by the rough costs below
_UNIT, _ENTRY, _INPUT = 20.0, 0.1, 4.0  # nanoseconds for each point: a unit, a parameter, an input to scale
_TENTHS = 10  # labels that numbers get on a surface
_SURE = (0.25, 0.5, 0.75)  # shares at which a confidence contour is drawn


@dataclass(frozen=True)
class PredictionView:
    """What the user wants to see of the predictions."""

    output: int = 0
    """Which output a curve, a scatter, a confusion matrix of 0/1 targets and a surface of numbers show, from 0."""
    surface: bool = False
    """Of more than two inputs: a surface over two of them instead of the confusion matrix or the scatter."""
    inputs: tuple[int, int] | None = None
    """The inputs across and up; None for those that vary most."""
    held: int = 0
    """The training sample, from 0, whose values the other inputs have."""
    window: tuple[tuple[float, float], tuple[float, float]] | None = None
    """The values at the edges, across and up, raw; None for those of the samples and some room."""

    def fitted(self, problem: Problem) -> PredictionView:
        """Return the look with the output and the sample that `problem` has, where it has fewer than were counted to."""
        return replace(self, output=self.output % problem.dataset.n_outputs, held=self.held % len(problem.train))

    def axes(self, problem: Problem) -> tuple[int, int]:
        """Return the inputs across and up of a surface, of a problem with two or more."""
        if self.inputs is not None and max(self.inputs) < problem.dataset.n_inputs:
            return self.inputs
        spread = problem.train.inputs.std(axis=0).round(6)
        first, second = sorted(np.argsort(-spread, kind="stable")[:2].tolist())  # the first ones where they are alike
        return first, second

    def turned(self, problem: Problem, axis: int, by: int) -> PredictionView:
        """Return the look with the next input (`by` 1) or the one before (−1) across (axis 0) or up (axis 1)."""
        axes, count = self.axes(problem), problem.dataset.n_inputs
        chosen = (axes[axis] + by) % count
        if chosen == axes[1 - axis]:
            chosen = (chosen + by) % count
        return replace(self, inputs=(chosen, axes[1]) if axis == 0 else (axes[0], chosen))


@dataclass(frozen=True, eq=False)
class DecisionSurface:
    """The answer of a network over a grid of two raw inputs."""

    inputs: tuple[int, int]
    """Which inputs go across and up."""
    held: tuple[float, float] | None
    """Where the training sample lies, across and up, whose values the other inputs have; None where there are no others."""
    x1: Array
    """Raw values of the input across, ascending, (columns,)."""
    x2: Array
    """Raw values of the input up, ascending, (rows,)."""
    share: Array
    """(rows, columns), 0 … 1: ŷ of 0/1 targets, the place in the range of the training targets of numbers, and for classes
    the largest output."""
    answer: Indices
    """What is answered, (rows, columns): 0 or 1, for numbers the lower or upper half of the range, or the class."""
    band: Indices
    """Finer regions, (rows, columns), which end where the answer changes, and at 25 and 75 % (of classes at 75 %)."""
    train: Points
    test: Points


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


def prediction_picture(frame: Frame, columns: int, rows: int, look: PredictionView | None = None) -> Picture:
    """Return the picture that suits the data: one input a curve, two a surface, more a confusion matrix or a scatter.

    Args:
        frame: where the network and the data are taken from.
        columns: points wanted from left to right, at least 2.
        rows: points wanted from top to bottom of a surface, at least 2.
        look: what is wanted of it.

    Confusion and scatter are over the test set where there is one.
    """
    problem = frame.problem
    look = (look or PredictionView()).fitted(problem)
    if problem.dataset.n_inputs == 1:
        return _curve(frame, columns, look)
    if problem.dataset.n_inputs == 2 or look.surface:
        return _surface(frame, columns, rows, look)
    part, samples = ("test", problem.live_test) if len(problem.test) else ("train", problem.live_train)
    predicted = problem.predict(frame.state.parameters, samples.raw)
    if problem.dataset.task == "regression":
        return Scatter(part, samples.raw_targets[:, look.output], predicted[:, look.output])
    labels, counts = answer_labels(problem), np.zeros((len(answer_labels(problem)),) * 2, dtype=np.int64)
    np.add.at(
        counts, (_answers(problem, samples.raw_targets, look.output), _answers(problem, predicted, look.output)), 1
    )
    return Confusion(part, labels, counts)


def answer_labels(problem: Problem) -> tuple[str, ...]:
    """Return what the answers of one picture are called: the classes, or 0 and 1; empty for numbers."""
    return ("0", "1") if problem.dataset.task == "binary" else problem.dataset.classes


def _answers(problem: Problem, values: Array, output: int) -> Indices:
    """Return the answers (rows,) in predictions or targets (rows, outputs); of several 0/1 outputs the one asked for."""
    return problem.answers(values[:, output : output + 1] if problem.dataset.task == "binary" else values)


def _points(frame: Frame, samples: Samples, x: int, y: int | None, output: int) -> Points:
    """Return samples with their inputs `x` across and `y` up; where y is None the target is up."""
    problem = frame.problem
    shown = samples.head(SHOWN_SAMPLES)
    up = shown.raw_targets[:, output] if y is None else shown.raw[:, y]
    known = problem.dataset.task == "regression"
    predicted = shown.raw_targets if known else problem.predict(frame.state.parameters, shown.raw)
    label, wrong = marks(problem, shown.raw_targets, predicted, output)
    return Points(shown.raw[:, x], up, wrong if known and y is None else label, wrong)


def marks(problem: Problem, targets: Array, predicted: Array, output: int) -> tuple[Indices, Indices]:
    """Return the labels of samples, each (rows,), and which of them are answered wrongly, as `Points` has both.

    Args:
        problem: says what the targets are.
        targets: raw, (rows, outputs).
        predicted: ŷ in the units of the data, (rows, outputs); of no account where the targets are numbers.
        output: which of several 0/1 targets or numbers is looked at.
    """
    if problem.dataset.task == "regression":
        share = _share_of_range(problem, targets[:, output], output)
        return np.minimum((share * _TENTHS).astype(np.int64), _TENTHS - 1), np.zeros(len(targets), dtype=np.int64)
    label = _answers(problem, targets, output)
    return label, (_answers(problem, predicted, output) != label).astype(np.int64)


def _share_of_range(problem: Problem, values: Array, output: int) -> Array:
    """Return where values of an output lie in the range of its training targets, 0 … 1."""
    targets = problem.train.raw_targets[:, output]
    low, high = float(targets.min()), float(targets.max())
    if high <= low:
        return np.full(values.shape, 0.5)
    share = (values / 2 - low / 2) / (high / 2 - low / 2)  # halves can be subtracted, however large they are
    return np.clip(np.nan_to_num(share, nan=0.5, posinf=1.0, neginf=0.0), 0.0, 1.0)


def _curve(frame: Frame, columns: int, look: PredictionView) -> PredictionCurve:
    problem, output = frame.problem, look.output
    seen = np.concatenate([problem.train.raw[:, 0], problem.test.raw[:, 0], [p[0] for p in frame.recipe.probe]])
    x = _span(seen, columns, margin=0.0) if look.window is None else np.linspace(*look.window[0], columns)
    return PredictionCurve(
        x,
        problem.predict(frame.first_parameters, x[:, np.newaxis])[:, output],
        problem.predict(frame.state.parameters, x[:, np.newaxis])[:, output],
        (float(problem.train.raw.min()), float(problem.train.raw.max())),
        _points(frame, problem.train, 0, None, output),
        _points(frame, problem.test, 0, None, output),
    )


def _surface(frame: Frame, columns: int, rows: int, look: PredictionView) -> DecisionSurface:
    problem, inputs = frame.problem, look.axes(frame.problem)
    seen = np.concatenate([problem.train.raw, problem.test.raw])
    x1, x2 = (_span(seen[:, i], n, margin=0.05) for i, n in zip(inputs, (columns, rows), strict=True))
    if look.window is not None:
        x1, x2 = (np.linspace(*ends, n) for ends, n in zip(look.window, (columns, rows), strict=True))
    held = problem.train.raw[look.held]
    stride = min(_stride(problem, columns * rows), columns, rows)
    asked = x1[stride // 2 :: stride], x2[stride // 2 :: stride]
    share, answer, band = _regions(frame, *asked, look)
    nearest = [
        np.minimum(np.arange(n) // stride, len(a) - 1) for n, a in zip((rows, columns), asked[::-1], strict=True)
    ]
    whole = np.ix_(*nearest)
    return DecisionSurface(
        inputs,
        (float(held[inputs[0]]), float(held[inputs[1]])) if problem.dataset.n_inputs > 2 else None,
        x1,
        x2,
        share[whole],
        answer[whole],
        band[whole],
        _points(frame, problem.train, *inputs, look.output),
        _points(frame, problem.test, *inputs, look.output),
    )


def _regions(frame: Frame, x1: Array, x2: Array, look: PredictionView) -> tuple[Array, Indices, Indices]:
    """Return share, answer and band at each point of a grid, each (len(x2), len(x1)), as `DecisionSurface` has them."""
    problem, inputs = frame.problem, look.axes(frame.problem)
    grid = np.tile(problem.train.raw[look.held], (len(x2), len(x1), 1))
    grid[:, :, inputs[0]] = x1
    grid[:, :, inputs[1]] = x2[:, np.newaxis]
    predicted = problem.predict(frame.state.parameters, grid.reshape(-1, grid.shape[2]))
    share, answer, band = regions_of(problem, predicted, look.output)
    shape = len(x2), len(x1)
    return share.reshape(shape), answer.reshape(shape), band.reshape(shape)


def regions_of(problem: Problem, predicted: Array, output: int) -> tuple[Array, Indices, Indices]:
    """Return share, answer and band of predictions (points, outputs), each (points,), as `DecisionSurface` has them."""
    if problem.dataset.task == "classes":
        answer = problem.answers(np.nan_to_num(predicted, nan=-np.inf))
        share = np.clip(np.nan_to_num(predicted.max(axis=1)), 0.0, 1.0)
        return share, answer, 2 * answer + (share >= _SURE[-1])
    share = predicted[:, output]
    if problem.dataset.task == "regression":
        share = _share_of_range(problem, share, output)
    share = np.clip(np.nan_to_num(share, nan=0.5), 0.0, 1.0)
    return share, (share > _SURE[1]).astype(np.int64), np.digitize(share, _SURE, right=True)


def _stride(problem: Problem, points: int) -> int:
    """Return every how many points of a grid the network is asked, so that a surface of any network is drawn in time."""
    network = problem.network
    each = _UNIT * sum(network.sizes[1:]) + _ENTRY * network.size + _INPUT * network.sizes[0]
    return max(1, math.ceil(math.sqrt(points * each / _BUDGET)))


def input_grid(frame: Frame, columns: int, rows: int) -> tuple[Array, Array, Array]:
    """Return a grid over the data of two inputs: x1 (columns,), x2 (rows,) and the raw inputs (rows · columns, 2)."""
    problem = frame.problem
    seen = np.concatenate([problem.train.raw, problem.test.raw])
    x1, x2 = _span(seen[:, 0], columns, margin=0.05), _span(seen[:, 1], rows, margin=0.05)
    return x1, x2, np.stack(np.meshgrid(x1, x2), axis=-1).reshape(-1, 2)


def _span(values: Array, points: int, margin: float) -> Array:
    """Return evenly spaced numbers over the values and a margin; around a single value, one unit to each side."""
    least, most = float(values.min()), float(values.max())
    low, high = apart(least, most)
    room = (high - low) * margin if most > least else 0.0
    return np.linspace(low - room, high + room, points)
