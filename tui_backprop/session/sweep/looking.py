"""A condition looked at for many runs at once."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from tui_backprop.core.arrays import Array, Indices
from tui_backprop.core.network import Parameters
from tui_backprop.engines.batched.evaluation import final_layer
from tui_backprop.session.conditions import Condition
from tui_backprop.session.recipe.problem import Problem, Samples
from tui_backprop.session.run.timeline import Segment

_TOGETHER = 2**18  # numbers of one layer that are computed at once


class Looks:
    """Says which runs a condition holds for; equal to what `Session.run` sees in each of them."""

    def __init__(self, condition: Condition, segments: list[Segment]) -> None:
        self._condition, self._segments = condition, segments
        self._network = segments[0].problem.network
        arrays = {"parameters", *(tensor.name for tensor in self._network.tensors)}
        self._at_once = condition.elementwise and not condition.names & arrays

    def holds(self, runs: Indices, thetas: Array, step: int) -> NDArray[np.bool_]:
        """Say for each of some runs, with θ (len(runs), size) at a step, whether the condition holds."""
        values = self._values(runs, thetas, step)
        if self._at_once:
            return np.broadcast_to(self._condition.holds_each(_NamedValues(values)), runs.shape)
        moments = (
            _NamedValues({name: each[i] for name, each in values.items()} | Parameters(self._network, theta).by_name())
            for i, theta in enumerate(thetas)
        )
        return np.array([self._condition.holds(moment) for moment in moments], dtype=bool)

    def _values(self, runs: Indices, thetas: Array, step: int) -> dict[str, Any]:
        """Return what the condition names, a value for each run."""
        names, first = self._condition.names, self._segments[0]
        found: dict[str, Any] = {
            "step": np.full(len(runs), step),
            "epoch": np.full(len(runs), first.epoch_at(step)),
            "parameters": thetas,
        }
        if "rate" in names:
            found["rate"] = np.array([self._segments[run].training.rate_at(step) for run in runs])
        for prefix in ("", "test_"):
            if names & {f"{prefix}loss", f"{prefix}accuracy"}:
                losses, accuracies = self._scores(runs, thetas, test=bool(prefix))
                found |= {f"{prefix}loss": losses, f"{prefix}accuracy": accuracies}
        return found

    def _scores(self, runs: Indices, thetas: Array, *, test: bool) -> tuple[Array, Array]:
        """Loss and accuracy of each run over its whole training or test set."""
        losses, accuracies = np.empty(len(runs)), np.full(len(runs), np.nan)
        sharing: dict[int, list[int]] = {}
        for place, run in enumerate(runs):
            sharing.setdefault(id(self._segments[run].problem), []).append(place)
        for places in sharing.values():
            problem = self._segments[runs[places[0]]].problem
            samples = problem.test if test else problem.train
            size = max(1, _TOGETHER // (len(samples) * max(self._network.sizes)))
            for first in range(0, len(places), size):
                chosen = places[first : first + size]
                losses[chosen], accuracies[chosen] = _score(problem, samples, thetas[chosen])
        return losses, accuracies


def _score(problem: Problem, samples: Samples, thetas: Array) -> tuple[Array, Array | float]:
    """Loss and accuracy of each θ (runs, size) over the samples, as `Problem.loss` and `Problem.accuracy` have them."""
    with np.errstate(all="ignore"):
        z, a = final_layer(problem.network, thetas, samples.inputs)
        losses = problem.objective.sample_losses(z, a, samples.targets[np.newaxis]).mean(axis=1)
    if problem.dataset.task == "regression":
        return losses, np.nan
    answers = problem.answers(a.reshape(-1, a.shape[2])).reshape(a.shape[:2])
    return losses, (answers == problem.answers(samples.targets)).mean(axis=1)


class _NamedValues:
    """The values of names, as a moment of a run has them."""

    def __init__(self, values: dict[str, Any]) -> None:
        self._values = values

    @property
    def names(self) -> tuple[str, ...]:
        """What can be asked for."""
        return tuple(self._values)

    def value(self, name: str) -> Any:
        """Return what a name stands for."""
        return self._values[name]

    def epochs_ago(self, _count: int) -> Self | None:
        """Return nothing: conditions on epochs are looked at in runs that train alone."""
        return None
