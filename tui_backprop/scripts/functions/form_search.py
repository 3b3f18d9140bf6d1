"""In the process of the user's file: what samples it brings, and in which form its functions take them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from tui_backprop.core.arrays import Array
from tui_backprop.scripts.functions.forms import (
    SINGLE,
    Form,
    UnusableError,
    candidates,
    form_of,
    given_as,
    rows_in_form,
)
from tui_backprop.scripts.functions.own_functions import Forms, OwnFunctions

Samples = list[tuple[Any, Any]] | tuple[Any, Any] | None
"""A list of pairs, two arrays, or nothing."""

_DRAWS = 3  # θ at which a form that is a guess is tried
_FALLBACK: tuple[Form, ...] = ("number", "vector", "list", "rows", "columns", "flat")  # where no form takes batches


@dataclass(frozen=True)
class Found:
    """What came of the search."""

    inputs: int
    outputs: int
    unlike: tuple[tuple[int, ...], tuple[int, ...]] | None = None
    """Shapes of predictions and targets of a batch, where NumPy compares every prediction with every target."""


def file_samples(functions: OwnFunctions) -> Samples:
    """Return the samples that a file brings: a list of pairs, or two arrays; None where it brings none.

    Raises:
        UnusableError: they are neither; one sentence.
    """
    data = functions.data
    if data is None:
        return None
    try:
        if isinstance(data, tuple) and len(data) == 2 and all(np.ndim(part) >= 1 for part in data):
            arrays = [np.asarray(part, dtype=np.float64) for part in data]
            if all(isinstance(part, np.ndarray) for part in data) or any(a.ndim == 2 and len(a) != 2 for a in arrays):
                return arrays[0], arrays[1]
        pairs = [(x, y) for x, y in data]
    except (TypeError, ValueError):
        raise UnusableError("data is neither a list of pairs (x, y) nor two arrays (X, Y)") from None
    if not pairs:
        raise UnusableError("data is empty")
    return pairs


def find_forms(functions: OwnFunctions, samples: Samples) -> Found:
    """Try forms until the functions take one, and leave it in `functions.forms`.

    Raises:
        UnusableError: they take none.
        Exception: what their functions raised in the form that the samples have.
    """
    return _FormSearch(functions, samples).found()


class _FormSearch:
    def __init__(self, functions: OwnFunctions, samples: Samples) -> None:
        self._functions, self._samples = functions, samples
        self._first: Exception | None = None
        self._behind: Exception | None = None

    def found(self) -> Found:
        if self._samples is None:
            return self._guessed()
        for form, width in candidates(self._samples):
            outputs = self._tried(form, width)
            if outputs:
                # pairs say that it is one sample at a time
                self._functions.forms.several &= isinstance(self._samples, tuple)
                return Found(width, outputs, self._unlike(width, outputs))
        assert self._first is not None  # noqa: S101  (it is why the loop went through)
        raise self._first

    def _guessed(self) -> Found:
        """Return a form that takes batches, if there is one for that number of inputs; otherwise the likeliest one."""
        functions, one_by_one = self._functions, dict[Form, tuple[Forms, Found]]()
        for form, width in candidates(None):
            if one_by_one and width != next(iter(one_by_one.values()))[1].inputs:
                continue  # their weights have that number of inputs
            outputs = self._tried(form, width)
            if not (outputs and self._takes_back(width, outputs)):
                continue
            if functions.forms.several and self._takes_batches_back(width, outputs):
                return Found(width, outputs)
            one_by_one.setdefault(form, (replace(functions.forms, several=False), Found(width, outputs)))
        for form in _FALLBACK:
            if form in one_by_one:
                functions.forms, found = one_by_one[form]
                return found
        if self._behind is not None:
            raise self._behind
        error = self._first
        raise UnusableError(
            f"neither a number nor an array does for x ({type(error).__name__}: {error}): add data, a list of pairs (x, y)"
        ) from error

    def _tried(self, form: Form, width: int) -> int:
        """Return the number of outputs, with all forms set; 0 where their forward does not take this one."""
        self._functions.forms = Forms(x=form)
        try:
            outputs = self._try(width)
        except Exception as error:
            self._first = self._first or error
            return 0
        self._functions.forms.y = self._target_form(outputs)
        return outputs

    def _try(self, width: int) -> int:
        """Call forward with one sample, and with several; return the number of outputs."""
        functions = self._functions
        forms, theta = functions.forms, functions.theta
        several = np.random.default_rng(0).uniform(0.1, 1.0, (width + 2, width))
        single = several[:1]
        raw = functions.forward(theta, single)
        if isinstance(raw, tuple):
            raise UnusableError("forward returns a tuple: expected the prediction alone")
        forms.prediction = form_of(raw)
        if forms.x in ("rows", "columns") and forms.prediction in ("rows", "columns"):
            forms.prediction = forms.x
        one = rows_in_form(forms.prediction, raw, 1)
        if not np.isfinite(one).all():
            raise UnusableError(
                f"forward gives {one[0].tolist()} for x = {single[0].tolist()}: expected finite numbers"
            )
        forms.several = forms.x not in SINGLE and self._takes_several(several, one.shape[1])
        if forms.x == "flat" and not forms.several:
            raise UnusableError("forward does not take several numbers at once")
        return int(one.shape[1])

    def _takes_several(self, several: Array, outputs: int) -> bool:
        """Whether forward gives for a batch what it gives for its samples."""
        functions, theta = self._functions, self._functions.theta
        form = functions.forms.x
        try:
            at_once = rows_in_form(form, functions.forward(theta, several), len(several))
            each = [rows_in_form(form, functions.forward(theta, row[np.newaxis]), 1)[0] for row in several]
        except Exception:
            return False
        return at_once.shape[1] == outputs and bool(np.allclose(each, at_once))

    def _takes_back(self, width: int, outputs: int) -> bool:
        """Whether the backward pass takes one sample too, at θ drawn besides, where a unit of theirs may be alive."""
        functions, random = self._functions, np.random.default_rng(1)
        theta, x, y = functions.theta, np.ones((1, width)), np.eye(1, outputs)
        try:
            functions.gradient(theta, x, y)
            functions.loss(functions.predict(theta, x), y)
        except Exception as error:
            self._behind = self._behind or error
            return False
        for _ in range(_DRAWS):
            drawn = random.uniform(-0.5, 0.5, len(theta))
            for way in (drawn, -drawn):
                try:
                    functions.predict(way, x)
                    functions.gradient(way, x, y)
                except ArithmeticError:
                    continue
                except Exception as error:
                    self._behind = self._behind or error
                    return False
        return True

    def _takes_batches_back(self, width: int, outputs: int) -> bool:
        """Whether the backward pass and the loss take a batch too."""
        functions = self._functions
        x, y = np.random.default_rng(2).uniform(0.1, 1.0, (3, width)), np.eye(3, outputs)
        try:
            made = functions.gradient(functions.theta, x, y)
            functions.loss(functions.predict(functions.theta, x), y)
        except Exception:
            return False
        return not made.unsummed  # it may be meant for one sample

    def _target_form(self, outputs: int) -> Form:
        samples, forms = self._samples, self._functions.forms
        if samples is None:
            return forms.x if forms.x in ("rows", "columns", "flat") else forms.prediction
        several = isinstance(samples, tuple)
        y = samples[1] if isinstance(samples, tuple) else samples[0][1]
        numbers = np.asarray(y, dtype=np.float64)
        if outputs > 1 and numbers.ndim == (1 if several else 0):
            return "labels" if forms.x not in SINGLE else "label"
        if several:
            if forms.x in SINGLE:
                return "number" if outputs == 1 else "vector"
            return "flat" if numbers.ndim == 1 else forms.x if forms.x != "flat" else "rows"
        form = form_of(y)
        return forms.x if form in ("rows", "columns") and forms.x in ("rows", "columns") else form

    def _unlike(self, width: int, outputs: int) -> tuple[tuple[int, ...], tuple[int, ...]] | None:
        """Return the shapes of predictions and targets where their functions compare every one with every other one.

        They do if targets in the shape of the predictions give another loss or gradient than the targets as they are.
        """
        functions = self._functions
        forms, theta, random = functions.forms, functions.theta, np.random.default_rng(3)
        if not (forms.several and outputs == 1 and forms.y in ("flat", "rows")):
            return None
        x, y = random.uniform(0.1, 1.0, (4, width)), random.uniform(0.1, 0.9, (4, 1))
        predicted = np.shape(functions.forward(theta, x))
        other: Form = "flat" if len(predicted) == 1 else "rows"
        shapes = predicted, np.shape(given_as(forms.y, y))
        if other == forms.y or np.size(np.zeros(shapes[0]) - np.zeros(shapes[1])) == len(x):
            return None
        as_it_is = self._numbers(theta, x, y)
        own, forms.y = forms.y, other
        alike = self._numbers(theta, x, y)
        if alike is None:
            forms.y = own
            return None
        if as_it_is is None:
            return shapes  # they are judged with targets that fit
        forms.y = own
        return None if np.allclose(as_it_is, alike, rtol=1e-9, atol=1e-12) else shapes

    def _numbers(self, theta: Array, x: Array, y: Array) -> Array | None:
        """Return their loss and gradient as numbers in a row; None where they raise something."""
        functions = self._functions
        try:
            lost = functions.loss(functions.predict(theta, x), y)
            made = functions.gradient(theta, x, y)
        except Exception:
            return None
        return None if made.unsummed else np.append(made.gradient, lost)


def rows_of_samples(functions: OwnFunctions, samples: Samples, outputs: int) -> tuple[Array, Array]:
    """Return the samples of a file as rows, inputs (samples, inputs) and targets (samples, outputs).

    Raises:
        UnusableError: they do not fit the predictions, or are not finite; one sentence.
    """
    forms = functions.forms
    assert samples is not None  # noqa: S101  (asked only where there are some)
    if isinstance(samples, tuple):
        columns = forms.x == "columns"
        count = samples[0].shape[1] if columns else len(samples[0])
        x = rows_in_form("columns" if columns else "rows", samples[0], count)
        y = _targets(forms.y, samples[1], count, outputs)
    else:
        x = np.concatenate([rows_in_form(forms.x, one, 1) for one, _ in samples])
        y = np.concatenate([_targets(forms.y, target, 1, outputs) for _, target in samples])
    if y.shape != (len(x), outputs):
        gives = f"{outputs} number{'s' * (outputs > 1)}"
        raise UnusableError(f"forward gives {gives} for a sample, and data has {y.shape[1]} as its target")
    if not (np.isfinite(x).all() and np.isfinite(y).all()):
        raise UnusableError("there is a NaN or an infinity in data")
    return x, y


def _targets(form: Form, value: Any, samples: int, outputs: int) -> Array:
    """Return targets as rows, classes by number as ones among zeros."""
    if form in ("label", "labels"):
        return np.eye(outputs)[np.asarray(value, dtype=np.int64).reshape(samples)]
    return rows_in_form(form, value, samples)
