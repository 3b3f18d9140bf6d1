"""In the process of somebody's file: their whole network, asked for predictions, losses, gradients and updates.

From outside, θ is one vector with the entries of their `parameters` in the order of the dict, and samples are rows; inside,
everything has the form that their own functions take.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from types import ModuleType
from typing import Any

import numpy as np

from tui_backprop.core.arrays import Array
from tui_backprop.core.gradient_check import cautious_differences
from tui_backprop.session.learner.course import follow
from tui_backprop.session.learner.forms import (
    SINGLE,
    Form,
    UnusableError,
    candidates,
    fitted,
    form_of,
    given_as,
    numbers_in,
    rows_of,
    usable_parameters,
    what,
)

_STEP = 1e-5  # of a derivative of predictions, relative to the parameter


def questions(module: ModuleType) -> Mapping[str, Callable[..., Any]]:
    """Return what a file with a whole network can be asked."""
    network = OwnNetwork(module)
    return {
        "describe": network.describe,
        "predict": network.predict,
        "jacobian": network.jacobian,
        "losses": network.losses,
        "numeric": network.numeric,
        "gradients": network.gradients,
        "train": network.train,
    }


class OwnNetwork:
    """Somebody's network."""

    def __init__(self, module: ModuleType) -> None:
        self._module = module
        self._x: Form = "rows"
        self._y: Form = "rows"
        self._prediction: Form = "rows"
        self._several = False

    # What the file has.

    def describe(self, *, with_data: bool = True) -> dict[str, Any]:
        """Say what the file brings, its samples too if wanted, and find out in which form its functions take them.

        Raises:
            UnusableError: something is missing or is not what it should be.
        """
        parameters = self._parameters()
        if not callable(self._function("forward")):
            raise UnusableError("there is no function forward(parameters, x)")
        if not (callable(self._function("backward")) or callable(self._function("update"))):
            raise UnusableError("there is neither backward(parameters, x, y) nor update(parameters, x, y, lr)")
        samples = self._data()
        inputs, outputs = self._find_forms(samples)
        found: dict[str, Any] = {
            "names": list(parameters),
            "shapes": [np.shape(value) for value in parameters.values()],
            "theta": self._flat(parameters).tolist(),
            "own_loss": self._function("loss") is not None,
            "inputs": inputs,
            "outputs": outputs,
            "x": self._x,
            "y": self._y,
            "batches": self._several,
            "data": None,
        }
        if samples and with_data:
            found["data"] = self._rows_of_data(samples, outputs)
        return found

    def _function(self, name: str) -> Callable[..., Any] | None:
        return getattr(self._module, name, None)

    def _parameters(self) -> dict[str, Any]:
        return usable_parameters(getattr(self._module, "parameters", None))

    def _data(self) -> list[tuple[Any, Any]] | tuple[Any, Any] | None:
        """Return their data: a list of pairs, or two arrays; None where they bring none."""
        data = getattr(self._module, "data", None)
        if data is None:
            return None
        try:
            if isinstance(data, tuple) and len(data) == 2 and all(np.ndim(part) >= 1 for part in data):
                arrays = [np.asarray(part, dtype=np.float64) for part in data]
                if all(isinstance(part, np.ndarray) for part in data) or any(
                    a.ndim == 2 and len(a) != 2 for a in arrays
                ):
                    return arrays[0], arrays[1]
            pairs = [(x, y) for x, y in data]
        except (TypeError, ValueError):
            raise UnusableError("data is neither a list of pairs (x, y) nor two arrays (X, Y)") from None
        if not pairs:
            raise UnusableError("data is empty")
        return pairs

    def _rows_of_data(self, samples: Any, outputs: int) -> dict[str, Any]:
        if isinstance(samples, tuple):
            count = len(samples[0]) if self._x != "columns" else samples[0].shape[1]
            columns: Form = "columns"
            x = rows_of(columns if self._x == "columns" else "rows", samples[0], count)
            y = self._targets(samples[1], count, outputs)
        else:
            x = np.concatenate([rows_of(self._x, one, 1) for one, _ in samples])
            y = np.concatenate([self._targets(target, 1, outputs) for _, target in samples])
        if y.shape != (len(x), outputs):
            gives = f"{outputs} number{'s' * (outputs > 1)}"
            raise UnusableError(f"forward gives {gives} for a sample, and data has {y.shape[1]} as its target")
        if not (np.isfinite(x).all() and np.isfinite(y).all()):
            raise UnusableError("there is a NaN or an infinity in data")
        return {"x": x.tolist(), "y": y.tolist()}

    def _targets(self, value: Any, samples: int, outputs: int) -> Array:
        """Return targets as rows, classes by number as ones among zeros."""
        if self._y in ("label", "labels"):
            return np.eye(outputs)[np.asarray(value, dtype=np.int64).reshape(samples)]
        return rows_of(self._y, value, samples)

    # The form of its functions.

    def _find_forms(self, samples: Any) -> tuple[int, int]:
        """Try forms until forward takes one; return the numbers of inputs and outputs."""
        first: Exception | None = None
        behind: Exception | None = None
        for form, width in candidates(samples):
            self._x = form
            try:
                outputs = self._try(width)
            except Exception as error:
                first = first or error
                continue
            self._y = self._target_form(samples, outputs)
            if samples is None:  # the form is a guess, so the backward pass must take it too
                try:
                    self._gradient_of(self._flat(self._parameters()), np.ones((1, width)), np.eye(1, outputs))
                except Exception as error:
                    behind = behind or error
                    continue
            self._several = self._several and self._takes_batches_back(samples, width, outputs)
            return width, outputs
        if behind is not None:
            raise behind
        if samples is not None and first is not None:
            raise first
        raise UnusableError(
            f"neither a number nor an array does for x ({type(first).__name__}: {first}): add data, a list of pairs (x, y)"
        ) from first

    def _try(self, width: int) -> int:
        """Call forward with one sample, and with several; return the number of outputs."""
        theta = self._flat(self._parameters())
        several = np.random.default_rng(0).uniform(0.1, 1.0, (width + 2, width))
        single = several[:1]
        raw = self._forward(theta, single)
        if isinstance(raw, tuple):
            raise UnusableError("forward returns a tuple: expected the prediction alone")
        self._prediction = form_of(raw)
        if self._x in ("rows", "columns") and self._prediction in ("rows", "columns"):
            self._prediction = self._x
        one = rows_of(self._prediction, raw, 1)
        if not np.isfinite(one).all():
            raise UnusableError(
                f"forward gives {one[0].tolist()} for x = {single[0].tolist()}: expected finite numbers"
            )
        self._several = False
        if self._x not in SINGLE:
            try:
                all_at_once = rows_of(self._x, self._forward(theta, several), len(several))
                self._several = bool(
                    all_at_once.shape[1] == one.shape[1]
                    and all(
                        np.allclose(
                            rows_of(self._x, self._forward(theta, several[i : i + 1]), 1), all_at_once[i : i + 1]
                        )
                        for i in range(len(several))
                    )
                )
            except Exception:
                self._several = False
            if self._x == "flat" and not self._several:
                raise UnusableError("forward does not take several numbers at once")
        return int(one.shape[1])

    def _takes_batches_back(self, samples: Any, width: int, outputs: int) -> bool:
        """Return whether a batch may be given to the backward pass too: pairs say that it is one sample at a time."""
        if samples is not None:
            return isinstance(samples, tuple)
        try:
            self._gradient_of(self._flat(self._parameters()), np.ones((3, width)), np.eye(3, outputs))
        except Exception:
            return False
        return True

    def _target_form(self, samples: Any, outputs: int) -> Form:
        if samples is None:
            return self._prediction
        y = samples[1] if isinstance(samples, tuple) else samples[0][1]
        numbers = np.asarray(y, dtype=np.float64)
        several = isinstance(samples, tuple)
        if outputs > 1 and numbers.ndim == (1 if several else 0):
            return "labels" if self._x not in SINGLE else "label"
        if several:
            if self._x in SINGLE:
                return "number" if outputs == 1 else "vector"
            return "flat" if numbers.ndim == 1 else self._x
        form = form_of(y)
        return self._x if form in ("rows", "columns") and self._x in ("rows", "columns") else form

    # Their functions, asked with θ as one vector and samples as rows.

    def _flat(self, parameters: Mapping[str, Any]) -> Array:
        return np.concatenate([np.asarray(value, dtype=np.float64).ravel() for value in parameters.values()])

    def _unflat(self, theta: Sequence[float] | Array) -> dict[str, Any]:
        """Return new parameters with the values of θ, each of the kind that theirs is."""
        values, found, start = np.asarray(theta, dtype=np.float64), {}, 0
        for name, shape, is_array in self._layout:
            size = math.prod(shape)
            part = values[start : start + size].reshape(shape)
            start += size
            found[name] = part.copy() if is_array else part.tolist()
        return found

    @cached_property
    def _layout(self) -> list[tuple[str, tuple[int, ...], bool]]:
        """Name and shape of each of their parameters, and whether it is an array."""
        return [(name, np.shape(like), isinstance(like, np.ndarray)) for name, like in self._parameters().items()]

    def _forward(self, theta: Sequence[float] | Array, rows: Array) -> Any:
        return self._module.forward(self._unflat(theta), given_as(self._x, rows))

    def _each(self, rows: Array) -> list[Array]:
        """Return the samples in the portions in which their functions take them."""
        return [rows] if self._several else [rows[i : i + 1] for i in range(len(rows))]

    def _predict(self, theta: Sequence[float] | Array, rows: Array) -> Array:
        made = [
            rows_of(self._prediction if len(part) == 1 else self._x, self._forward(theta, part), len(part))
            for part in self._each(rows)
        ]
        return np.concatenate(made)

    def predict(self, theta: Sequence[float], x: Sequence[Sequence[float]]) -> list[list[float]]:
        """Return predictions, (samples, outputs)."""
        found: list[list[float]] = self._predict(theta, np.array(x)).tolist()
        return found

    def jacobian(self, theta: Sequence[float], x: Sequence[Sequence[float]]) -> list[Any]:
        """Return ∂ŷ/∂θ by central differences, (θ, samples, outputs)."""
        rows, moved, found = np.array(x), np.array(theta), []
        for i, value in enumerate(theta):
            h = _STEP * max(1.0, abs(value))
            ends = []
            for end in (value + h, value - h):
                moved[i] = end
                ends.append(self._predict(moved, rows))
            moved[i] = value
            found.append(((ends[0] - ends[1]) / (2 * h)).tolist())
        return found

    def losses(self, calls: Sequence[Mapping[str, Any]]) -> list[float]:
        """Return the mean loss of each batch of predictions and targets, by their own loss or squared errors."""
        return [self._loss(np.array(call["prediction"]), np.array(call["y"])) for call in calls]

    def _loss(self, prediction: Array, target: Array) -> float:
        """Mean over the samples, sum over the outputs, of their loss; a number that their loss returns is taken as it is."""
        own = self._function("loss")
        if own is None:
            return float(((prediction - target) ** 2).sum() / len(prediction))
        values = []
        for given, wanted in zip(self._each(prediction), self._each(target), strict=True):
            form = self._prediction if self._x in SINGLE or len(given) == 1 else self._x
            if form == self._prediction == "vector" and len(given) > 1:
                form = "flat"
            lost = own(given_as(form, given), given_as(self._y, wanted))
            try:
                value = numbers_in(lost)
            except ValueError:
                raise UnusableError(f"loss returns {what(lost)}: expected a number") from None
            values.append(float(value) if value.ndim == 0 else float(value.sum() / len(given)))
        return float(np.mean(values))

    def numeric(
        self, theta: Sequence[float], x: Sequence[Sequence[float]], y: Sequence[Sequence[float]], entries: Sequence[int]
    ) -> dict[str, Any]:
        """Return ∂L/∂θ of chosen entries from values of the loss alone, and how far it is in doubt."""
        rows, targets, chosen = np.array(x), np.array(y), np.array(entries, dtype=np.int64)
        whole = np.array(theta)

        def loss(part: Array) -> float:
            moved = whole.copy()
            moved[chosen] = part
            return self._loss(self._predict(moved, rows), targets)

        gradient, doubt = cautious_differences(loss, whole[chosen])
        doubt = doubt + self._rounding(whole, rows, targets) / _STEP
        return {"gradient": gradient.tolist(), "doubt": doubt.tolist()}

    def _rounding(self, theta: Array, x: Array, y: Array) -> float:
        """Return what the last bit of a prediction, or of a 1 that it was computed with, does to the loss.

        It is much for log(1 − ŷ) where ŷ is nearly 1, and for log ŷ where ŷ is nearly 0 and comes from 1 + tanh: their loss
        has steps there, and no slope that differences could find.
        """
        made = self._predict(theta, x)
        bit = float(np.finfo(np.float64).eps) * np.maximum(1.0, np.abs(made))
        here = self._loss(made, y)
        ends = [self._loss(made + way * bit, y) for way in (1, -1)]
        return max((abs(end - here) for end in ends if np.isfinite(end)), default=0.0)

    def gradients(self, calls: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """Return their gradient for each of several batches, in order, and what was odd about it.

        From `update` it is recovered as (θ − new θ) / lr, with a rate of 1.
        """
        return [self._gradient(np.array(call["theta"]), np.array(call["x"]), np.array(call["y"])) for call in calls]

    def _gradient(self, theta: Array, x: Array, y: Array) -> dict[str, Any]:
        """Return the gradient of the mean loss of a batch; where their functions take one sample, the mean of theirs."""
        made = [self._gradient_of(theta, *part) for part in zip(self._each(x), self._each(y), strict=True)]
        return {**made[0], "gradient": np.mean([one["gradient"] for one in made], axis=0).tolist()}

    def _gradient_of(self, theta: Array, x: Array, y: Array) -> dict[str, Any]:
        parameters = self._unflat(theta)
        self._forward(theta, x)  # theirs may keep what the backward pass needs
        backward = self._function("backward")
        if backward is None:
            moved = self._updated(parameters, x, y, 1.0)
            made, function = (
                {name: np.subtract(value, moved[name]) for name, value in self._unflat(theta).items()},
                "update",
            )
        else:
            made, function = backward(parameters, given_as(self._x, x), given_as(self._y, y)), "backward"
        if not isinstance(made, dict):
            raise UnusableError(f"{function} returns {what(made)}: expected a dict with the names of the parameters")
        flat, missing, transposed = [], [], []
        for name, shape, _ in self._layout:
            if name not in made or made[name] is None:
                missing.append(name)
                flat.append(np.zeros(math.prod(shape)))
                continue
            part, turned = fitted(name, made[name], shape, function)
            flat.append(part.ravel())
            if turned:
                transposed.append(name)
        if len(missing) == len(parameters):
            raise UnusableError(f"{function} returns none of the names {', '.join(parameters)}")
        changed = backward is not None and not np.array_equal(self._flat(parameters), theta)
        return {
            "gradient": np.concatenate(flat).tolist(),
            "missing": missing,
            "transposed": transposed,
            "changed": changed,
        }

    def _updated(self, parameters: dict[str, Any], x: Array, y: Array, rate: float) -> dict[str, Array]:
        """Return new parameters by their own update; where it returns nothing, those that it changed."""
        moved = self._module.update(parameters, given_as(self._x, x), given_as(self._y, y), rate)
        moved = parameters if moved is None else moved
        if not isinstance(moved, dict) or not set(moved) >= {name for name, _, _ in self._layout}:
            raise UnusableError(f"update returns {what(moved)}: expected a dict with the names of the parameters")
        found = {}
        for name, shape, _ in self._layout:  # in the order of θ, whatever theirs is
            numbers = numbers_in(moved[name])
            if [n for n in numbers.shape if n != 1] != [n for n in shape if n != 1]:
                raise UnusableError(f"update gives {name} the shape {numbers.shape}, and it had {shape}")
            found[name] = numbers.reshape(shape)
        return found

    def train(
        self,
        theta: Sequence[float],
        x: Sequence[Sequence[float]],
        y: Sequence[Sequence[float]],
        rate: float,
        live: int,
        **course: Any,
    ) -> dict[str, Any]:
        """Make updates by their own formulas, as `course.follow` says; the loss is that of the first `live` samples."""
        rows, targets = np.array(x), np.array(y)

        def update(values: Array, inputs: Array, wanted: Array) -> tuple[Array, Array]:
            if self._function("backward") is None:
                moved = self._flat(self._updated(self._unflat(values), inputs, wanted, rate))
                return moved, (values - moved) / rate
            gradient = np.array(self._gradient(values, inputs, wanted)["gradient"])
            return values - rate * gradient, gradient

        def loss(values: Array) -> float:
            return self._loss(self._predict(values, rows[:live]), targets[:live])

        return follow(update, loss, theta, (rows, targets), **course)
