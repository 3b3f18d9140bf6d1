"""A recipe brought together with its data: the samples a run trains and tests on, the network and the objective."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from tui_backprop.core.arrays import Array, Indices
from tui_backprop.core.forward import Tape, forward
from tui_backprop.core.network import Network, Parameters
from tui_backprop.core.objective import Objective
from tui_backprop.datasets.dataset import Dataset
from tui_backprop.datasets.scaling import Scaler
from tui_backprop.diagnosis.facts import Facts
from tui_backprop.session.recipe.features import Features

LIVE_ROWS = 8192
"""Most rows of each part that a live loss is computed over; the report's losses are always over all."""

_AT_A_TIME = 2**22  # z and a of a forward pass that are in memory at once, about


@dataclass(frozen=True, eq=False)
class Samples:
    """Rows of one part of the data, training or test."""

    rows: Indices
    """Their row numbers in the data set, ascending, (rows,)."""
    raw: Array
    """Inputs before scaling, with the noise if any, (rows, inputs)."""
    inputs: Array
    """As the network gets them: features, scaled, (rows, features)."""
    raw_targets: Array
    """Targets before scaling, with the noise if any, (rows, outputs)."""
    targets: Array
    """Scaled targets, (rows, outputs): those that the loss is computed with."""

    def __len__(self) -> int:
        return len(self.rows)

    def head(self, limit: int) -> Samples:
        """Return at most `limit` of the samples, evenly spread."""
        if len(self) <= limit:
            return self
        return self.some(np.linspace(0, len(self) - 1, limit).astype(np.int64))

    def some(self, chosen: Indices | slice) -> Samples:
        """Return those at some places."""
        raw, inputs, raw_targets, targets = (
            values[chosen] for values in (self.raw, self.inputs, self.raw_targets, self.targets)
        )
        return Samples(self.rows[chosen], raw, inputs, raw_targets, targets)


@dataclass(frozen=True)
class Score:
    """How well a network does on some samples."""

    loss: float
    """Mean loss, without penalties."""
    accuracy: float | None
    """Share of samples answered rightly; None where the targets are numbers."""


@dataclass(frozen=True, eq=False)
class Problem:
    """What is to be learned and by what; it holds until the data or the network is changed."""

    dataset: Dataset
    features: Features
    scaler: Scaler
    """Of the features."""
    target_scaler: Scaler
    train: Samples
    test: Samples
    """Empty where nothing is kept for testing."""
    network: Network
    objective: Objective

    @cached_property
    def live_train(self) -> Samples:
        """The training samples that live losses are computed over."""
        return self.train.head(LIVE_ROWS)

    @cached_property
    def facts(self) -> Facts:
        """What is true of it whatever is done in training."""
        return Facts(
            self.network,
            self.objective,
            self.dataset.task,
            self.features.names,
            self.dataset.classes or self.dataset.target_names,
            self.labels,
            self.features.of(self.train.raw),
            self.train.inputs,
            self.train.targets,
        )

    @cached_property
    def live_test(self) -> Samples:
        """The test samples that live losses are computed over."""
        return self.test.head(LIVE_ROWS)

    @property
    def labels(self) -> tuple[str, ...]:
        """What each number that `answers` gives is called; empty where the targets are numbers."""
        if self.dataset.task == "binary":
            outputs = self.dataset.n_outputs
            return tuple(f"{answer:0{outputs}b}"[::-1] for answer in range(2**outputs))
        return self.dataset.classes

    def encode(self, raw: Array) -> Array:
        """Return raw inputs (rows, columns) as the network gets them, (rows, features): features, scaled."""
        return self.scaler.transform(self.features.of(raw))

    def predict(self, theta: Array, raw: Array) -> Array:
        """ŷ in the units of the data, (rows, outputs), for raw inputs (rows, inputs) and θ (size,)."""
        with np.errstate(all="ignore"):
            tape = forward(self.network, Parameters(self.network, theta), self.encode(raw))
            return self.target_scaler.inverse(tape.prediction)

    def loss(self, theta: Array, samples: Samples) -> float:
        """Mean loss of θ (size,) over `samples`, of which there is at least one."""
        (loss,) = self._means(theta, samples, lambda tape, part: (self._loss(tape, part),))
        return loss

    def accuracy(self, theta: Array, samples: Samples) -> float | None:
        """Share of `samples` that θ (size,) answers rightly; None where the targets are numbers."""
        if self.dataset.task == "regression":
            return None
        (accuracy,) = self._means(theta, samples, lambda tape, part: (self._accuracy(tape, part),))
        return accuracy

    def score(self, theta: Array, samples: Samples) -> Score | None:
        """Loss and accuracy of θ (size,) over `samples`; None where there are none."""
        if not len(samples):
            return None
        if self.dataset.task == "regression":
            return Score(self.loss(theta, samples), None)
        return Score(
            *self._means(theta, samples, lambda tape, part: (self._loss(tape, part), self._accuracy(tape, part)))
        )

    def portions(self, samples: Samples) -> Iterator[Samples]:
        """Yield samples in their order, in portions whose forward pass takes little memory."""
        rows = max(1, _AT_A_TIME // sum(self.network.sizes))
        for first in range(0, len(samples), rows):
            yield samples if len(samples) <= rows else samples.some(slice(first, first + rows))

    def _means(
        self, theta: Array, samples: Samples, measure: Callable[[Tape, Samples], tuple[float, ...]]
    ) -> tuple[float, ...]:
        """Return means over samples, from those of the portions."""
        found, rows = [], []
        with np.errstate(all="ignore"):
            for part in self.portions(samples):
                found.append(measure(forward(self.network, Parameters(self.network, theta), part.inputs), part))
                rows.append(len(part))
            return found[0] if len(found) == 1 else tuple(np.average(found, axis=0, weights=rows).tolist())

    def _loss(self, tape: Tape, samples: Samples) -> float:
        return self.objective.mean_loss(tape.z[-1], tape.a[-1], samples.targets)

    def _accuracy(self, tape: Tape, samples: Samples) -> float:
        return float((self.answers(tape.prediction) == self.answers(samples.targets)).mean())

    def answers(self, prediction: Array) -> Indices:
        """Return the answer of each row, (rows,), of predictions or targets (rows, outputs).

        For classes it is the number of the largest output. For 0/1 targets each output above ½ counts as 1, and several
        outputs are read as the digits of one binary number.
        """
        if self.dataset.task == "classes":
            return np.asarray(prediction.argmax(axis=1))
        digits = 2 ** np.arange(prediction.shape[1], dtype=np.int64)
        return np.asarray((prediction > 0.5) @ digits)
