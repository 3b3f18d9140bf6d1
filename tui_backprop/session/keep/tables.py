"""What a run gives away: its loss curve and its predictions as CSV."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

import numpy as np

from tui_backprop.core.arrays import Array
from tui_backprop.records.curve import Curve
from tui_backprop.session.recipe.problem import Problem
from tui_backprop.system.csv_output import write_csv
from tui_backprop.system.outputs import Output


def write_curve(output: Output, curve: Curve) -> None:
    """Write the loss curve with the columns step, train and test (empty where there is no test set).

    Losses are of the targets as they are trained on: of the scaled ones where the recipe scales them.

    Raises:
        OutputError: it cannot be written; a file that was there is then unchanged.
    """
    test = np.full(len(curve.steps), np.nan) if curve.test is None else curve.test
    rows = zip(curve.steps.tolist(), curve.train.tolist(), test.tolist(), strict=True)
    write_csv(output, ("step", "train", "test"), ((step, a, "" if math.isnan(b) else b) for step, a, b in rows))


def write_predictions(output: Output, problem: Problem, theta: Array) -> None:
    """Write every sample with its part, raw inputs, and targets and predictions in the units of the data.

    Raises:
        OutputError: it cannot be written; a file that was there is then unchanged.
    """
    data = problem.dataset
    outputs = data.classes or data.target_names
    header = (
        "row",
        "part",
        *data.input_names,
        *(f"target {n}" for n in outputs),
        *(f"prediction {n}" for n in outputs),
    )

    def rows() -> Iterable[Sequence[object]]:
        for part, samples in (("train", problem.train), ("test", problem.test)):
            for some in problem.portions(samples):
                columns = (some.rows, some.raw, some.raw_targets, problem.predict(theta, some.raw))
                for row, raw, target, prediction in zip(*(column.tolist() for column in columns), strict=True):
                    yield (row + 1, part, *raw, *target, *prediction)

    write_csv(output, header, rows())
