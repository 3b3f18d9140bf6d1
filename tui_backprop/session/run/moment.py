"""What an expression can name at one moment of a run, computed when it is asked for."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cached_property
from typing import Any

import numpy as np

from tui_backprop.core.backward import Gradients, exact
from tui_backprop.core.curvature import Hessian, noise_scale, sample_gradient_lengths
from tui_backprop.core.forward import Tape, forward
from tui_backprop.core.network import Parameters
from tui_backprop.core.step import State
from tui_backprop.session.run.timeline import Segment

OF_GRADIENTS = ("grad_norm", "noise_scale", "curvature", "stable_rate")
"""Names that need the gradient over the training set, or its derivative."""

TAPE_NAME = re.compile(r"(z|a|delta)([1-9][0-9]*)")
"""What a layer's z, a or δ is called."""


class RunMoment:
    """One state of a run as expressions see it.

    Losses, accuracies, the gradient and the units' z, a and δ are over the whole training (test) set, or where `live` over
    what live losses are computed over, at most `LIVE_ROWS` of it.
    """

    def __init__(self, segment: Segment, state: State, at: Callable[[int], RunMoment], *, live: bool = False) -> None:
        problem = segment.problem
        self._train, self._test = (problem.live_train, problem.live_test) if live else (problem.train, problem.test)
        self._segment = segment
        self._state = state
        self._at = at
        self._found: dict[str, Any] = {}

    @property
    def names(self) -> tuple[str, ...]:
        """What an expression may name."""
        problem = self._segment.problem
        score = ["loss"] if problem.dataset.task == "regression" else ["loss", "accuracy"]
        if len(problem.test):
            score += [f"test_{name}" for name in score]
        tensors = [tensor.name for tensor in problem.network.tensors]
        units = [f"{letter}{layer}" for letter in ("z", "a", "delta") for layer in range(1, problem.network.depth + 1)]
        return (*score, "step", "epoch", "rate", *OF_GRADIENTS, "parameters", *tensors, *units)

    @property
    def step(self) -> int:
        """Number of updates made before it."""
        return self._state.step

    def value(self, name: str) -> Any:
        """Return what a name stands for: a number, or an array; z, a and δ are (rows, units)."""
        if name not in self._found:
            self._found[name] = self._compute(name)
        return self._found[name]

    def epochs_ago(self, count: int) -> RunMoment | None:
        """Return the moment at the end of an epoch, 0 for the last that ended; None for one before the last edit."""
        segment = self._segment
        ended = segment.epochs_ended_at(self.step) - count
        if ended < segment.epoch:
            return None
        at = segment.end_of(ended)
        return self if at == self.step else self._at(at)

    def _compute(self, name: str) -> Any:
        segment, state, problem = self._segment, self._state, self._segment.problem
        match name:
            case "step":
                return state.step
            case "epoch":
                return segment.epoch_at(state.step)
            case "rate":
                return segment.training.rate_at(state.step)
            case "parameters":
                return state.parameters
            case "loss":
                return problem.loss(state.parameters, self._train)
            case "test_loss":
                return problem.loss(state.parameters, self._test)
            case "accuracy" | "test_accuracy":
                return problem.accuracy(state.parameters, self._train if name == "accuracy" else self._test)
            case "grad_norm":
                return float(np.linalg.norm(self._gradients.parameters.vector))
            case "noise_scale":
                found = self._true_gradients
                return noise_scale(sample_gradient_lengths(self._tape, found.deltas), found.parameters.vector)
            case "curvature":
                return self._curvature
            case "stable_rate":
                return segment.training.stable_rate(self._curvature)
        unit = TAPE_NAME.fullmatch(name)
        if unit is None:
            return self._parameters[name]
        kind, layer = unit[1], int(unit[2])
        return self._gradients.deltas[layer - 1] if kind == "delta" else getattr(self._tape, kind)[layer]

    @cached_property
    def _parameters(self) -> Parameters:
        return Parameters(self._segment.problem.network, self._state.parameters)

    @cached_property
    def _tape(self) -> Tape:
        return forward(self._segment.problem.network, self._parameters, self._train.inputs)

    @cached_property
    def _curvature(self) -> float:
        """Largest eigenvalue of the Hessian over the training set, with the penalty, of what is trained."""
        training = self._segment.training
        return float(Hessian.of(training, self._state.parameters, self._train.inputs, self._train.targets).largest()[0])

    @cached_property
    def _true_gradients(self) -> Gradients:
        """Gradients over the training set by the chain rule."""
        problem = self._segment.problem
        with np.errstate(all="ignore"):
            return exact(problem.network, problem.objective, self._parameters, self._tape, self._train.targets)

    @cached_property
    def _gradients(self) -> Gradients:
        """Gradients over the training set by the run's rule."""
        problem = self._segment.problem
        rule = self._segment.training.rule
        return rule(problem.network, problem.objective, self._parameters, self._tape, self._train.targets)
