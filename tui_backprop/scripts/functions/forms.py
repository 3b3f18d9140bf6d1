"""The forms in which the user's functions take samples and give predictions, and how rows of samples get in and out."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from tui_backprop.core.arrays import Array

Form = Literal["number", "list", "vector", "rows", "columns", "flat", "label", "labels"]
"""`number`, `list` and `vector` (n,) are one sample; `rows` (samples, n), `columns` (n, samples) and `flat` (samples,) may
be a batch. `label` and `labels` are the number of the class, of one sample or of a batch (samples,)."""

SINGLE: tuple[Form, ...] = ("number", "list", "vector", "label")
"""Forms of one sample."""

_SIZES = range(1, 17)  # numbers of inputs that are tried where the file brings no data


class UnusableError(ValueError):
    """The file, or what its functions return, is not what was asked for; one sentence."""


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


def rows_in_form(form: Form, value: Any, samples: int) -> Array:
    """Return what was given in a form as rows, (samples, n).

    Raises:
        ValueError: it is not numbers, or not of that many samples.
    """
    numbers = np.asarray(value, dtype=np.float64)
    if form == "columns" and numbers.ndim == 2:
        numbers = numbers.T
    return numbers.reshape(samples, -1)


def form_of(value: Any) -> Form:
    """Return the form that a prediction, or one sample of the user's data, has.

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


def numbers_in(value: Any) -> Array:
    """Return what the user gave as float64, of whatever shape; NaN and infinities are numbers.

    Raises:
        ValueError: there are other things than real numbers in it.
    """
    given = np.asarray(value)
    if given.dtype.kind not in "biufO" or (given.dtype.kind == "O" and any(item is None for item in given.flat)):
        raise ValueError("not real numbers")
    try:
        return given.astype(np.float64)
    except TypeError:
        raise ValueError("not real numbers") from None


def candidates(samples: Any) -> list[tuple[Form, int]]:
    """Return forms of x with the number of inputs, the likeliest first."""
    if samples is None:
        several: tuple[Form, ...] = ("rows", "columns", "vector", "list")
        return [("number", 1), *((form, width) for width in _SIZES for form in several), ("flat", 1)]
    x, y = samples if isinstance(samples, tuple) else samples[0]
    shape = np.shape(x)
    if not isinstance(samples, tuple):
        if len(shape) > 2:
            raise UnusableError(f"x of the first pair in data has {len(shape)} axes: expected a number, or one or two")
        return [(form_of(x), int(np.size(x)))]
    if len(shape) == 1:
        return [("flat", 1), ("rows", 1), ("columns", 1), ("number", 1), ("vector", 1), ("list", 1)]
    if len(shape) != 2:
        raise UnusableError(f"X in data has {len(shape)} axes: expected one or two")
    as_columns: list[tuple[Form, int]] = [("columns", shape[0])] if np.shape(y)[-1] == shape[1] else []
    as_rows: list[tuple[Form, int]] = [("rows", shape[1])] if len(y) == shape[0] else []
    if not (as_rows or as_columns):
        raise UnusableError(
            f"X of shape {shape} and Y of shape {np.shape(y)} in data do not have the same number of samples"
        )
    singles: list[tuple[Form, int]] = [("vector", shape[1]), ("list", shape[1])] if as_rows else []
    either = sorted([*as_rows, *as_columns], key=lambda one: one[1])  # 4 samples of 1 input before 1 sample of 4
    return [*either, *singles]


@dataclass(frozen=True, eq=False)
class Fitted:
    """A gradient in the shape of its parameter."""

    numbers: Array
    transposed: bool = False
    """Whether it had to be transposed for that."""
    spread: tuple[int, ...] | None = None
    """The shape that it had, where it is smaller and NumPy repeats it in an update; None where it is not."""
    grown: tuple[int, ...] | None = None
    """The shape that an update with it would give the parameter, where that is a larger one; None where it is not."""
    summed: bool = False
    """Whether it had more numbers than the parameter, so that it was summed here."""


def in_parameter_shape(name: str, made: Any, shape: tuple[int, ...], function: str, *, is_array: bool = True) -> Fitted:
    """Return a gradient in the shape of its parameter.

    Args:
        name: of the parameter.
        made: the gradient.
        shape: of the parameter.
        function: what gave it.
        is_array: whether the parameter is an array, so that NumPy would broadcast the gradient.

    Raises:
        UnusableError: it is not numbers, or there is no way from its shape to the parameter's; one sentence.
    """
    try:
        numbers = numbers_in(made)
    except ValueError:
        raise UnusableError(f"{function} gives {name} {what(made)}: expected numbers") from None
    if numbers.shape == shape:
        return Fitted(numbers)
    updated = _broadcast(shape, numbers.shape) if is_array else None
    if [n for n in numbers.shape if n != 1] == [n for n in shape if n != 1]:
        grows = updated is not None and math.prod(updated) > math.prod(shape)
        return Fitted(numbers.reshape(shape), grown=updated if grows else None)
    if numbers.shape == shape[::-1]:
        return Fitted(numbers.T, transposed=True)
    if updated is not None and math.prod(updated) == math.prod(shape):
        return Fitted(np.broadcast_to(numbers, updated).reshape(shape).copy(), spread=numbers.shape)
    if updated == numbers.shape:
        axes = tuple(range(numbers.ndim - len(shape)))
        part = numbers.sum(axis=axes)
        part = part.sum(axis=tuple(i for i, n in enumerate(shape) if n == 1 < part.shape[i]), keepdims=True)
        return Fitted(part.reshape(shape), grown=updated, summed=True)
    hint = ": sum it over the samples" if numbers.ndim == 2 and numbers.shape[-1:] == shape[-1:] else ""
    raise UnusableError(f"{function} gives {name} a gradient of shape {numbers.shape}, and {name} has {shape}{hint}")


def _broadcast(*shapes: tuple[int, ...]) -> tuple[int, ...] | None:
    """Return the shape that NumPy gives a difference of arrays; None where there is none."""
    try:
        return np.broadcast_shapes(*shapes)
    except ValueError:
        return None


def what(value: Any) -> str:
    """Say what the user gave, for a sentence."""
    if value is None:
        return "nothing (None)"
    return (
        f"an array of shape {value.shape}"
        if isinstance(value, np.ndarray)
        else f"something of type {type(value).__name__}"
    )
