"""In the process of somebody's file: their backward rule for the built-in network."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from types import ModuleType
from typing import Any

import numpy as np

from tui_backprop.core.forward import forward
from tui_backprop.core.network import Network, Parameters
from tui_backprop.session.learner.forms import UnusableError, fitted, what


def questions(module: ModuleType) -> Mapping[str, Callable[..., Any]]:
    """Return what a file with a rule can be asked."""
    rule = OwnRule(module)
    return {"is_rule": rule.is_rule, "rule": rule.gradient}


class OwnRule:
    """Somebody's `backward(network, parameters, tape, y)`."""

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
        backward = getattr(self._module, "backward", None)
        if not callable(backward):
            raise UnusableError("there is no function backward(network, parameters, tape, y)")
        network = Network(tuple(sizes), tuple(activations))
        parameters = Parameters(network, np.array(theta))
        made = backward(network, parameters, forward(network, parameters, np.array(x)), np.array(y))
        if isinstance(made, Parameters):
            made = made.by_name()
        if not isinstance(made, dict):
            raise UnusableError(f"backward returns {what(made)}: expected a dict with the names w1, b1 …")
        flat = []
        for tensor in network.tensors:
            if tensor.name not in made:
                raise UnusableError(f"backward returns no gradient for {tensor.name}")
            part, turned = fitted(tensor.name, made[tensor.name], tensor.shape, "backward")
            if turned:
                shape = tensor.shape[::-1]
                raise UnusableError(
                    f"backward gives {tensor.name} a gradient of shape {shape}, and {tensor.name} has {tensor.shape}"
                )
            flat.append(part.ravel())
        found: list[float] = np.concatenate(flat).tolist()
        return found
