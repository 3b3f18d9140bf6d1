"""What a condition can name at one moment of a run, computed when it is asked for."""

from __future__ import annotations

from typing import Any

import numpy as np

from tui_backprop.core.forward import forward
from tui_backprop.core.network import Parameters
from tui_backprop.core.step import State
from tui_backprop.session.timeline import Segment

_EVALUATED = {"loss": "train", "accuracy": "train", "test_loss": "test", "test_accuracy": "test"}
_WIDE = 256  # rows that are evaluated in about the time of one step


class RunMoment:
    """One state of a run as conditions see it. Losses and accuracies are over the whole training (test) set."""

    def __init__(self, segment: Segment, state: State) -> None:
        self._segment = segment
        self._state = state
        self._found: dict[str, Any] = {}

    @property
    def names(self) -> tuple[str, ...]:
        """What an expression may name."""
        score = ["loss"] if self._segment.problem.dataset.task == "regression" else ["loss", "accuracy"]
        if len(self._segment.problem.test):
            score += [f"test_{name}" for name in score]
        tensors = [tensor.name for tensor in self._segment.problem.network.tensors]
        return (*score, "step", "epoch", "rate", "grad_norm", "parameters", *tensors)

    def value(self, name: str) -> Any:
        """Return what a name stands for."""
        if name not in self._found:
            self._found[name] = self._compute(name)
        return self._found[name]

    def _compute(self, name: str) -> Any:
        segment, state = self._segment, self._state
        problem, training = segment.problem, segment.training
        match name:
            case "step":
                return state.step
            case "epoch":
                return segment.epoch_at(state.step)
            case "rate":
                return training.rate_at(state.step)
            case "parameters":
                return state.parameters
            case "grad_norm":
                return self._gradient_norm()
        if name in _EVALUATED:
            part = _EVALUATED[name]
            score = problem.score(state.parameters, problem.train if part == "train" else problem.test)
            prefix = "" if part == "train" else "test_"
            self._found |= {f"{prefix}loss": score and score.loss, f"{prefix}accuracy": score and score.accuracy}
            return self._found[name]
        return Parameters(problem.network, state.parameters)[name]

    def _gradient_norm(self) -> float:
        """Length of the gradient of the loss over the training set by the run's rule."""
        problem, training = self._segment.problem, self._segment.training
        parameters = Parameters(problem.network, self._state.parameters)
        tape = forward(problem.network, parameters, problem.train.inputs)
        found = training.rule(problem.network, problem.objective, parameters, tape, problem.train.targets)
        return float(np.linalg.norm(found.parameters.vector))


def check_interval(segment: Segment, names: set[str]) -> int:
    """Return how many steps lie between two checks of a condition that uses `names`.

    Every step, unless it needs a pass over more rows than a step is worth: then one pass for each so many steps.
    """
    problem = segment.problem
    rows = 0
    if names & {"loss", "accuracy", "grad_norm"}:
        rows += len(problem.train)
    if names & {"test_loss", "test_accuracy"}:
        rows += len(problem.test)
    return max(1, -(-rows // max(_WIDE, 4 * segment.training.sampling.largest_batch)))
