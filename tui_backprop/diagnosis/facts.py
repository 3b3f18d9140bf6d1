"""What is true of a problem whatever is done in training, each computed once and kept."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np

from tui_backprop.core.arrays import Array
from tui_backprop.core.network import Network
from tui_backprop.core.objective import Objective
from tui_backprop.diagnosis.floors import Floors, floors_of
from tui_backprop.diagnosis.reference import best_constant

COMPARED_ROWS = 2000
"""Most training samples over which columns are compared with each other."""

COMPARED_COLUMNS = 500
"""Most columns that are compared with each other, pair by pair."""


def times_from_one(targets: Array) -> Array:
    """Return how far each output's targets (rows, outputs) are from the scale 1, in times, (outputs,), at least 1.

    It is the largest |y|, or how many times the standard deviation fits into 1, whichever is more; a column that never
    changes has no standard deviation to speak of.
    """
    with np.errstate(over="ignore", invalid="ignore"):  # a spread that float64 does not have is far from 1 as well
        largest, spread = np.abs(targets).max(axis=0), targets.std(axis=0)
    return np.asarray(np.maximum(np.maximum(largest, 1.0), 1.0 / np.where(spread > 0, spread, 1.0)))


@dataclass(frozen=True, eq=False)
class Facts:
    """A network, its objective and its training samples, and what follows from them."""

    network: Network
    objective: Objective
    task: Literal["binary", "classes", "regression"]
    """As `tui_backprop.datasets.dataset.Task` has it."""
    input_names: tuple[str, ...]
    target_names: tuple[str, ...]
    """What each output is called."""
    labels: tuple[str, ...]
    """What each answer is called; empty where the targets are numbers."""
    raw: Array
    """Training inputs before scaling, (rows, inputs)."""
    inputs: Array
    """Training inputs as the network gets them, (rows, inputs)."""
    targets: Array
    """As they are trained on, scaled or not, (rows, outputs)."""

    @cached_property
    def constant_loss(self) -> float:
        """The loss of the best constant answer."""
        return best_constant(self.objective.loss.name, self.targets)[1]

    @cached_property
    def floors(self) -> Floors:
        """The losses below which this network cannot go."""
        return floors_of(self.network, self.objective, self.inputs, self.targets, self.input_names[0])

    @property
    def floor(self) -> float:
        """The highest loss that is known to be a floor; 0 where none is known."""
        highest = self.floors.highest
        return 0.0 if highest is None else highest.loss

    @cached_property
    def scales(self) -> Array:
        """Largest |x| of each column as the network gets it, (inputs,)."""
        return np.asarray(np.abs(self.inputs).max(axis=0))

    @cached_property
    def low(self) -> Array:
        """Smallest raw value of each column, (inputs,)."""
        return np.asarray(self.raw.min(axis=0))

    @cached_property
    def high(self) -> Array:
        """Largest raw value of each column, (inputs,)."""
        return np.asarray(self.raw.max(axis=0))

    @cached_property
    def likeness(self) -> Array:
        """|r| of each pair of columns over at most `COMPARED_ROWS` samples, (inputs, inputs), above the diagonal.

        Elsewhere, and where a column is constant or there are more than `COMPARED_COLUMNS`, it is 0.
        """
        columns = self.raw.shape[1]
        if columns > COMPARED_COLUMNS:
            return np.zeros((columns, columns))
        chosen = np.linspace(0, len(self.raw) - 1, min(len(self.raw), COMPARED_ROWS)).astype(np.int64)
        centred = self.raw[chosen] - self.raw[chosen].mean(axis=0)
        largest = np.abs(centred).max(axis=0)
        centred = centred / np.where(largest > 0, largest, 1.0)
        length = np.sqrt((centred**2).sum(axis=0))
        unit = centred / np.where(length > 0, length, 1.0)
        return np.triu(np.abs(unit.T @ unit), k=1)

    @cached_property
    def target_spread(self) -> Array:
        """Standard deviation of each output's targets, (outputs,)."""
        with np.errstate(over="ignore", invalid="ignore"):
            return np.asarray(self.targets.std(axis=0))
