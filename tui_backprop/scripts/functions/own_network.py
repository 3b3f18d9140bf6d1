"""In the process of the user's file: their whole network, asked for predictions, losses, gradients and updates.

Each question is one method; what goes in and out are numbers, lists and dicts, θ as one vector and samples as rows.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from types import ModuleType
from typing import Any

import numpy as np

from tui_backprop.core.arrays import Array
from tui_backprop.core.operations.losses import LOSSES
from tui_backprop.core.slopes import prediction_noise, slopes_of_loss
from tui_backprop.scripts.functions.course import make_updates
from tui_backprop.scripts.functions.form_search import file_samples, find_forms, rows_of_samples
from tui_backprop.scripts.functions.forms import UnusableError
from tui_backprop.scripts.functions.own_functions import Forms, OwnFunctions
from tui_backprop.scripts.functions.own_loop import loop_text

_STEP = 1e-5  # of a derivative of predictions, relative to the parameter

Rows = Sequence[Sequence[float]]


def network_questions(module: ModuleType) -> Mapping[str, Callable[..., Any]]:
    """Return what a file with a whole network can be asked."""
    network = OwnNetwork(module)
    return {
        "describe": network.describe,
        "take_forms": network.take_forms,
        "predict": network.predict,
        "jacobian": network.jacobian,
        "losses": network.losses,
        "numeric": network.numeric,
        "gradients": network.gradients,
        "cut": network.cut,
        "train": network.train,
        "loop": network.loop,
    }


class OwnNetwork:
    """The user's network."""

    def __init__(self, module: ModuleType) -> None:
        self._functions = OwnFunctions(module)

    def describe(self) -> dict[str, Any]:
        """Say what the file brings, its samples too, and find out in which form its functions take them.

        Raises:
            UnusableError: something is missing or is not what it should be.
        """
        functions = self._functions
        leaves = functions.leaves
        if not callable(functions.function("forward")):
            raise UnusableError("there is no function forward(parameters, x)")
        if not (callable(functions.function("backward")) or callable(functions.function("update"))):
            raise UnusableError("there is neither backward(parameters, x, y) nor update(parameters, x, y, lr)")
        samples = file_samples(functions)
        found = find_forms(functions, samples)
        described: dict[str, Any] = {
            "names": [leaf.name for leaf in leaves],
            "shapes": [leaf.shape for leaf in leaves],
            "whole": [leaf.name for leaf in leaves if leaf.whole],
            "theta": functions.theta.tolist(),
            "own_loss": functions.function("loss") is not None,
            "inputs": found.inputs,
            "outputs": found.outputs,
            "unlike": found.unlike,
            "forms": asdict(functions.forms),
            "data": None,
        }
        if samples:
            x, y = rows_of_samples(functions, samples, found.outputs)
            described["data"] = {"x": x.tolist(), "y": y.tolist()}
        return described

    def loop(self, x: Rows, y: Rows, rate: float) -> str:
        """Return a training loop for their functions as Python; x and y are its samples where the file brings none."""
        functions = self._functions
        return loop_text(functions, file_samples(functions), (np.array(x), np.array(y)), rate)

    def take_forms(self, forms: Mapping[str, Any]) -> None:
        """Take the forms that were found before, without calling anything."""
        self._functions.forms = Forms(**forms)

    def predict(self, theta: Sequence[float], x: Rows) -> list[list[float]]:
        """Return predictions, (samples, outputs)."""
        found: list[list[float]] = self._functions.predict(theta, np.array(x)).tolist()
        return found

    def jacobian(self, theta: Sequence[float], x: Rows) -> list[Any]:
        """Return ∂ŷ/∂θ by central differences, (θ, samples, outputs)."""
        rows, moved, found = np.array(x), np.array(theta), []
        for i, value in enumerate(theta):
            h = _STEP * max(1.0, abs(value))
            ends = []
            for end in (value + h, value - h):
                moved[i] = end
                ends.append(self._functions.predict(moved, rows))
            moved[i] = value
            found.append(((ends[0] - ends[1]) / (2 * h)).tolist())
        return found

    def losses(self, calls: Sequence[Mapping[str, Any]]) -> list[float]:
        """Return the mean loss of each batch of predictions and targets, by their own loss or squared errors."""
        return [self._functions.loss(np.array(call["prediction"]), np.array(call["y"])) for call in calls]

    def numeric(
        self,
        theta: Sequence[float],
        x: Rows,
        y: Rows,
        entries: Sequence[int],
        named: tuple[str, float] | None = None,
    ) -> dict[str, Any]:
        """Return ∂L/∂θ of chosen entries from values of the loss alone, as what is known of the true gradient.

        Args:
            theta: θ.
            x: inputs.
            y: targets.
            entries: of θ.
            named: one of our losses in place of theirs, and what its mean is multiplied with.
        """
        functions, rows, targets = self._functions, np.array(x), np.array(y)

        def loss(moved: Array) -> Array:
            made = functions.predict(moved, rows)
            if named is None:
                return functions.losses(made, targets)
            return np.asarray(LOSSES[named[0]].value(made, targets) * named[1])

        noise = 0.0
        if named is None:
            noise = prediction_noise(lambda made: functions.loss(made, targets), functions.predict(theta, rows))
        truth = slopes_of_loss(loss, np.array(theta), np.array(entries, dtype=np.int64), noise)
        parts = {name: getattr(truth, name).tolist() for name in ("low", "high", "floor", "blur")}
        return {**parts, "method": truth.method, "reasons": list(truth.reasons.items())}

    def gradients(self, calls: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """Return their gradient for each of several batches, in order, and what was odd about it."""
        made = [
            self._functions.gradient(np.array(call["theta"]), np.array(call["x"]), np.array(call["y"]))
            for call in calls
        ]
        return [{**asdict(one), "gradient": one.gradient.tolist()} for one in made]

    def cut(self, x: Rows, y: Rows, rate: float) -> bool:
        """Whether their update with the parameters as they are, whole numbers and all, is not what it is with float64."""
        functions = self._functions
        if functions.function("update") is None:
            return False
        rows, targets = np.array(x), np.array(y)
        part = slice(None) if functions.forms.several else slice(1)
        wanted = functions.updated(functions.unflat(functions.theta), rows[part], targets[part], rate)
        try:
            found = functions.updated(copy.deepcopy(functions.parameters), rows[part], targets[part], rate)
        except TypeError:  # as NumPy's, of a cast from float64 to int64
            return True
        return not np.allclose(found, wanted, rtol=1e-9, atol=1e-12)

    def train(self, theta: Sequence[float], x: Rows, y: Rows, rate: float, live: int, **course: Any) -> dict[str, Any]:
        """Make updates by their own formulas, as `course.follow` says; the loss is that of the first `live` samples."""
        functions, rows, targets = self._functions, np.array(x), np.array(y)

        def update(values: Array, inputs: Array, wanted: Array) -> tuple[Array, Array]:
            if functions.function("backward") is None:
                moved = functions.updated(functions.unflat(values), inputs, wanted, rate)
                return moved, (values - moved) / rate
            gradient = functions.gradient(values, inputs, wanted).gradient
            return values - rate * gradient, gradient

        def loss(values: Array) -> float:
            return functions.loss(functions.predict(values, rows[:live]), targets[:live])

        return make_updates(update, loss, theta, (rows, targets), **course)
