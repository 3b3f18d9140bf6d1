"""The forms in which somebody's functions take samples and give predictions, and how rows of samples get in and out."""

from __future__ import annotations

from typing import Any, Literal, get_args

import numpy as np

from tui_backprop.core.arrays import Array

Form = Literal["number", "list", "vector", "rows", "columns", "flat", "label", "labels"]
"""`number`, `list` and `vector` (n,) are one sample; `rows` (samples, n), `columns` (n, samples) and `flat` (samples,) may
be a batch. `label` and `labels` are the number of the class, of one sample or of a batch (samples,)."""

FORMS: tuple[Form, ...] = get_args(Form)
SINGLE: tuple[Form, ...] = ("number", "list", "vector", "label")
"""Forms of one sample."""


def given_as(form: Form, rows: Array) -> Any:
    """Return samples, (samples, n), in a form; one sample where the form has one."""
    match form:
        case "number":
            return float(rows[0, 0])
        case "list":
            return rows[0].tolist()
        case "vector":
            return rows[0].copy()
        case "columns":
            return rows.T.copy()
        case "flat":
            return rows[:, 0].copy()
        case "label":
            return int(rows[0].argmax())
        case "labels":
            return rows.argmax(axis=1)
    return rows.copy()


def rows_of(form: Form, value: Any, samples: int) -> Array:
    """Return what was given in a form as rows, (samples, n).

    Raises:
        ValueError: it is not numbers, or not of that many samples.
    """
    numbers = np.asarray(value, dtype=np.float64)
    if form == "columns" and numbers.ndim == 2:
        numbers = numbers.T
    return numbers.reshape(samples, -1)


def form_of(value: Any) -> Form:
    """Return the form that a prediction, or one sample of somebody's data, has.

    Raises:
        ValueError: it is neither a number, a list of numbers nor an array of one or two axes.
    """
    if isinstance(value, list | tuple):
        np.asarray(value, dtype=np.float64)
        return "list"
    numbers = np.asarray(value, dtype=np.float64)
    if numbers.ndim == 0:
        return "number"
    if numbers.ndim == 1:
        return "vector"
    if numbers.ndim > 2:
        raise ValueError(f"an array of {numbers.ndim} axes: expected one or two")
    return "rows" if numbers.shape[0] == 1 else "columns"
