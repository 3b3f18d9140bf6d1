"""In the process of the user's file: their backward rule for the built-in network."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from types import ModuleType
from typing import Any

import numpy as np

from tui_backprop.core.arrays import Array
from tui_backprop.core.forward import forward
from tui_backprop.core.gradient_check import batch_loss
from tui_backprop.core.network import Network, Parameters
from tui_backprop.core.objective import make_objective
from tui_backprop.scripts.functions.course import make_updates
from tui_backprop.scripts.functions.forms import UnusableError, in_parameter_shape, what


def rule_questions(module: ModuleType) -> Mapping[str, Callable[..., Any]]:
    """Return what a file with a rule can be asked."""
    rule = OwnRule(module)
    return {"is_rule": rule.is_rule, "rule": rule.gradient, "train_rule": rule.train}


class OwnRule:
    """The user's `backward(network, parameters, tape, y)`."""

    def __init__(self, module: ModuleType) -> None:
        self._module = module

    def is_rule(self) -> bool:
        """Whether the file has a rule for the built-in network: a backward of four arguments, and no network of its own."""
        backward = getattr(self._module, "backward", None)
        if not callable(backward) or hasattr(self._module, "forward"):
            return False
        return len(inspect.signature(backward).parameters) == len(("network", "parameters", "tape", "y"))

    def gradient(
        self,
        sizes: Sequence[int],
        activations: Sequence[str],
        theta: Sequence[float],
        x: Sequence[Sequence[float]],
        y: Sequence[Sequence[float]],
    ) -> list[float]:
        """Return ∂L/∂θ of a batch as the rule has it, in the order of θ.

        Raises:
            UnusableError: what the rule returns is not gradients.
        """
        network = Network(tuple(sizes), tuple(activations))
        found: list[float] = self.of_batch(network, np.array(theta), np.array(x), np.array(y)).tolist()
        return found

    def train(
        self,
        sizes: Sequence[int],
        activations: Sequence[str],
        loss: str,
        theta: Sequence[float],
        x: Sequence[Sequence[float]],
        y: Sequence[Sequence[float]],
        rate: float,
        live: int,
        **course: Any,
    ) -> dict[str, Any]:
        """Make updates by the rule, as `course.follow` says; the loss is that of the first `live` samples."""
        network, rows, targets = Network(tuple(sizes), tuple(activations)), np.array(x), np.array(y)
        value = batch_loss(network, make_objective(activations[-1], loss), rows[:live], targets[:live])

        def update(values: Array, inputs: Array, wanted: Array) -> tuple[Array, Array]:
            gradient = self.of_batch(network, values, inputs, wanted)
            return values - rate * gradient, gradient

        return make_updates(update, value, theta, (rows, targets), **course)

    def of_batch(self, network: Network, theta: Array, x: Array, y: Array) -> Array:
        """Return ∂L/∂θ of a batch as the rule has it, (size,).

        Raises:
            UnusableError: what the rule returns is not gradients.
        """
        backward = getattr(self._module, "backward", None)
        if not callable(backward):
            raise UnusableError("there is no function backward(network, parameters, tape, y)")
        parameters = Parameters(network, theta.copy())
        made = backward(network, parameters, forward(network, parameters, x), y)
        if isinstance(made, Parameters):
            made = made.by_name()
        if not isinstance(made, dict):
            raise UnusableError(f"backward returns {what(made)}: expected a dict with the names w1, b1 …")
        flat = []
        for tensor in network.tensors:
            if tensor.name not in made:
                raise UnusableError(f"backward returns no gradient for {tensor.name}")
            value = made[tensor.name]
            if type(value) is np.ndarray and value.dtype == np.float64 and value.shape == tensor.shape:
                flat.append(value.ravel())  # what nearly all give, and looking closer takes a tenth of a step
                continue
            part = in_parameter_shape(tensor.name, value, tensor.shape, "backward", is_array=False)
            if part.transposed:
                shape = tensor.shape[::-1]
                raise UnusableError(
                    f"backward gives {tensor.name} a gradient of shape {shape}, and {tensor.name} has {tensor.shape}"
                )
            flat.append(part.numbers.ravel())
        return np.concatenate(flat)
