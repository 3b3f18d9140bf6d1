"""What is kept of a run to be seen: where it broke, where it went, and what watched expressions were."""

from __future__ import annotations

from dataclasses import dataclass

from tui_backprop.core.arrays import Array, Indices
from tui_backprop.core.step import State, Training


@dataclass(frozen=True)
class Divergence:
    """Where a run broke: the update from `step` gives something that is not finite."""

    step: int
    """The last step whose parameters and loss are finite; the session is there."""
    tensor: str
    """The first tensor that broke, in the order of computation, such as `z1`, `loss` or `∂L/∂w2`."""
    problem: str = ""
    """What went wrong in the file of the user's own rule, which gave no gradients; empty where numbers grew."""

    @property
    def sentence(self) -> str:
        """What people read."""
        if self.problem:
            return f"no gradients at step {self.step:,}: {self.problem}"
        return f"diverged: the update from step {self.step:,} makes {self.tensor} infinite or NaN"


@dataclass(frozen=True, eq=False)
class History:
    """Parameters and gradients at some earlier steps of the run, evenly spread, oldest first."""

    steps: Indices
    """(points,)."""
    parameters: Array
    """(points, size)."""
    gradients: Array
    """∂L/∂θ of the update that came next at each of them, by the run's rule, (points, size)."""


@dataclass(frozen=True, eq=False)
class PathPoint:
    """A state that the run went through, and what its next update used."""

    state: State
    training: Training


@dataclass(frozen=True, eq=False)
class WatchedValues:
    """Values of an expression at some earlier steps of the run, oldest first."""

    steps: Indices
    """(points,)."""
    values: Array
    """(points,); NaN where it has none."""
