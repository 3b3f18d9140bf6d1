"""In the process of the user's file: their functions, called with θ as one vector and samples as rows.

From outside, θ is one vector with the entries of their `parameters` in the order in which they are written, and samples are
rows; inside, everything has the form that their own functions take.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from types import ModuleType
from typing import Any

import numpy as np

from tui_backprop.core.arrays import Array
from tui_backprop.scripts.functions.forms import (
    SINGLE,
    Form,
    UnusableError,
    given_as,
    in_parameter_shape,
    numbers_in,
    rows_in_form,
    what,
)
from tui_backprop.scripts.functions.parameters import Composer, Leaf, flat, leaves_of


@dataclass
class Forms:
    """In which forms their functions take samples and give predictions."""

    x: Form = "rows"
    y: Form = "rows"
    prediction: Form = "rows"
    """Of one sample."""
    several: bool = False
    """Whether they take a batch at once."""


@dataclass(frozen=True, eq=False)
class BatchGradient:
    """A gradient that their file made for one batch, and what is odd about it."""

    gradient: Array
    """∂L/∂θ, (entries,); 0 where it gave none."""
    missing: list[str]
    transposed: list[str]
    spread: list[tuple[str, tuple[int, ...], tuple[int, ...]]]
    """Name, shape of the gradient and of the parameter, where NumPy repeats the smaller gradient."""
    grown: list[tuple[str, tuple[int, ...], tuple[int, ...]]]
    """Name, shape of the gradient and of the parameter, where an update makes the parameter larger."""
    unsummed: list[str]
    """Those of them whose gradient has numbers for each sample, or unit, that are to be summed."""
    changed: bool
    """Whether the parameters that it was given were changed by it."""


class OwnFunctions:
    """The user's forward, loss, backward and update."""

    def __init__(self, module: ModuleType) -> None:
        self._module = module
        self.forms = Forms()

    def function(self, name: str) -> Callable[..., Any] | None:
        """Return a function of the file by name."""
        return getattr(self._module, name, None)

    @property
    def names(self) -> frozenset[str]:
        """The names that the file uses."""
        return frozenset(vars(self._module))

    @property
    def parameters(self) -> Any:
        """Their parameters as the file has them."""
        return getattr(self._module, "parameters", None)

    @property
    def data(self) -> Any:
        """Their samples as the file has them; None where it has none."""
        return getattr(self._module, "data", None)

    @cached_property
    def leaves(self) -> list[Leaf]:
        """The numbers and arrays among their parameters."""
        return leaves_of(self.parameters)

    @cached_property
    def _composer(self) -> Composer:
        return Composer(self.parameters, self.leaves)

    @property
    def theta(self) -> Array:
        """Their parameters as θ, (entries,)."""
        return flat(self.parameters, self.leaves)

    def unflat(self, theta: Sequence[float] | Array) -> dict[str, Any]:
        """Return new parameters with the values of θ, put together as theirs are."""
        return self._composer.unflat(theta)

    def forward(self, theta: Sequence[float] | Array, rows: Array) -> Any:
        """Return what their forward gives for samples, in its own form."""
        return self._module.forward(self.unflat(theta), given_as(self.forms.x, rows))

    def each(self, rows: Array) -> list[Array]:
        """Return the samples in the portions in which their functions take them."""
        return [rows] if self.forms.several else [rows[i : i + 1] for i in range(len(rows))]

    def predict(self, theta: Sequence[float] | Array, rows: Array) -> Array:
        """Return ŷ, (samples, outputs)."""
        forms = self.forms
        made = [
            rows_in_form(forms.prediction if len(part) == 1 else forms.x, self.forward(theta, part), len(part))
            for part in self.each(rows)
        ]
        return np.concatenate(made)

    def losses(self, prediction: Array, target: Array) -> Array:
        """Return the loss of each portion in which their functions take samples, by their own loss or squared errors.

        A number that their loss returns for a batch is taken as it is; of several numbers it is the sum over the outputs and
        the mean over the samples.
        """
        own = self.function("loss")
        if own is None:
            return np.asarray(((prediction - target) ** 2).sum(axis=1))
        forms, values = self.forms, []
        for given, wanted in zip(self.each(prediction), self.each(target), strict=True):
            lost = own(given_as(self._form_of(given), given), given_as(forms.y, wanted))
            try:
                value = numbers_in(lost)
            except ValueError:
                raise UnusableError(f"loss returns {what(lost)}: expected a number") from None
            values.append(float(value) if value.ndim == 0 else float(value.sum() / len(given)))
        return np.array(values)

    def _form_of(self, prediction: Array) -> Form:
        """Return the form in which their forward gives these predictions, (samples, outputs)."""
        forms = self.forms
        if forms.x in SINGLE or len(prediction) == 1:
            return forms.prediction
        return "flat" if forms.prediction == "vector" and prediction.shape[1] == 1 else forms.x

    def loss(self, prediction: Array, target: Array) -> float:
        """Mean of `losses`."""
        return float(self.losses(prediction, target).mean())

    def gradient(self, theta: Array, x: Array, y: Array) -> BatchGradient:
        """Return the gradient of the mean loss of a batch; where their functions take one sample, the mean of theirs."""
        made = [self._gradient_of(theta, *part) for part in zip(self.each(x), self.each(y), strict=True)]
        first = made[0]
        mean = np.mean([one.gradient for one in made], axis=0)
        return replace(first, gradient=mean)

    def _gradient_of(self, theta: Array, x: Array, y: Array) -> BatchGradient:
        """Ask for one portion; from `update` it is recovered as (θ − new θ) / lr, with a rate of 1."""
        parameters, leaves = self.unflat(theta), self.leaves
        self.forward(theta, x)  # theirs may keep what the backward pass needs
        backward = self.function("backward")
        if backward is None:
            gradient = theta - self.updated(parameters, x, y, 1.0)
            return BatchGradient(gradient, [], [], [], [], [], changed=False)
        made = backward(parameters, given_as(self.forms.x, x), given_as(self.forms.y, y))
        if not isinstance(made, dict):
            raise UnusableError(f"backward returns {what(made)}: expected a dict with the names of the parameters")
        found = BatchGradient(
            np.zeros(len(theta)), [], [], [], [], [], changed=not np.array_equal(flat(parameters, leaves), theta)
        )
        start = 0
        for leaf in leaves:
            span = slice(start, start + leaf.size)
            start = span.stop
            part = leaf.of(made)
            if part is None:
                found.missing.append(leaf.name)
                continue
            fit = in_parameter_shape(leaf.name, part, leaf.shape, "backward", is_array=leaf.is_array)
            found.gradient[span] = fit.numbers.ravel()
            if fit.transposed:
                found.transposed.append(leaf.name)
            if fit.spread is not None:
                found.spread.append((leaf.name, fit.spread, leaf.shape))
            if fit.grown is not None:
                found.grown.append((leaf.name, np.shape(part), leaf.shape))
            if fit.summed:
                found.unsummed.append(leaf.name)
        if len(found.missing) == len(leaves):
            raise UnusableError(f"backward returns none of the names {', '.join(leaf.name for leaf in leaves)}")
        return found

    def updated(self, parameters: dict[str, Any], x: Array, y: Array, rate: float) -> Array:
        """Return θ by their own update; where it returns nothing, that of the parameters that it changed."""
        moved = self._module.update(parameters, given_as(self.forms.x, x), given_as(self.forms.y, y), rate)
        moved = parameters if moved is None else moved
        if not isinstance(moved, dict) or any(leaf.of(moved) is None for leaf in self.leaves):
            raise UnusableError(f"update returns {what(moved)}: expected a dict with the names of the parameters")
        found = []
        for leaf in self.leaves:  # in the order of θ, whatever theirs is
            numbers = numbers_in(leaf.of(moved))
            if [n for n in numbers.shape if n != 1] != [n for n in leaf.shape if n != 1]:
                raise UnusableError(f"update gives {leaf.name} the shape {numbers.shape}, and it had {leaf.shape}")
            found.append(numbers.ravel())
        return np.concatenate(found)
