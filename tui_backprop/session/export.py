"""What a run gives away: its loss curve and its predictions as CSV, and numbers as JSON can have them."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from tui_backprop.core.arrays import Array
from tui_backprop.session.curve import Curve
from tui_backprop.session.problem import Problem
from tui_backprop.system.outputs import Output


def write_curve(output: Output, curve: Curve) -> None:
    """Write the loss curve with the columns step, train and test (empty where there is no test set).

    Raises:
        OutputError: it cannot be written; a file that was there is then unchanged.
    """
    test = np.full(len(curve.steps), np.nan) if curve.test is None else curve.test
    rows = zip(curve.steps.tolist(), curve.train.tolist(), test.tolist(), strict=True)
    write_csv(output, ("step", "train", "test"), ((step, a, "" if math.isnan(b) else b) for step, a, b in rows))


def write_predictions(output: Output, problem: Problem, theta: Array) -> None:
    """Write every sample with its part, raw inputs, targets and predictions.

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
            predicted = problem.predict(theta, samples.raw)
            columns = (samples.rows, samples.raw, samples.targets, predicted)
            for row, raw, target, prediction in zip(*(column.tolist() for column in columns), strict=True):
                yield (row + 1, part, *raw, *target, *prediction)

    write_csv(output, header, rows())


def write_csv(output: Output, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Write a table; a file that was there is replaced at once, or left as it was.

    Raises:
        OutputError: it cannot be written.
    """
    with output.writing() as file:
        writer = csv.writer(file)
        writer.writerow(header)
        writer.writerows(rows)


def json_ready(value: Any) -> Any:
    """Return dicts, lists and numbers as JSON can have them: numbers that are not finite are None."""
    if isinstance(value, dict):
        return {key: json_ready(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [json_ready(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
