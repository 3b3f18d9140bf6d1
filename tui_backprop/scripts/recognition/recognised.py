"""What a script is recognised as: a perceptron that the trainer has as well, and the samples that it trains on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # a check starts the script before it loads NumPy
    import numpy as np

    from tui_backprop.scripts.reading.residuals import Residual


@dataclass(frozen=True, slots=True)
class RecognisedLayer:
    """One layer in a step's records."""

    weights: int
    bias: int
    given: int
    """The record of what comes into it."""
    z: int
    rows: bool
    """Whether samples are rows: `x @ w`, weights (in, out)."""


@dataclass(frozen=True, slots=True)
class Perceptron:
    """A network that the trainer has as well."""

    layers: tuple[int, ...]
    activations: tuple[str, ...]
    loss: str
    layout: str
    rate: float
    """The learning rate that gives the same updates in the trainer, where the loss is a mean over the batch."""
    optimizer: str | None
    batch: int
    first: RecognisedLayer
    residual: Residual
    """Where its answer meets the target, in the last round."""
    rounds: int
    """How often a step goes through the network: with each sample of a batch, or once with all."""

    @property
    def rows(self) -> bool:
        """Whether samples are rows."""
        return self.first.rows

    def as_json(self) -> dict[str, Any]:
        """Return what the answer calls `recognised`."""
        return {
            "layers": list(self.layers),
            "activations": list(self.activations),
            "loss": self.loss,
            "layout": self.layout,
        }

    @property
    def line(self) -> str:
        """All of it in one line."""
        return f"{'-'.join(map(str, self.layers))}, {' → '.join(self.activations)}"


@dataclass(frozen=True, slots=True)
class ScriptSamples:
    """What a script trains on, a sample in each row."""

    inputs: np.ndarray
    targets: np.ndarray
    whole: bool
    """Whether these are all of its samples."""

    @property
    def header(self) -> list[str]:
        """Return the columns' names."""
        return [*self.input_names, *self.target_names]

    @property
    def input_names(self) -> list[str]:
        """Return the names of the inputs."""
        return [f"x{n + 1}" for n in range(self.inputs.shape[1])]

    @property
    def target_names(self) -> list[str]:
        """Return the names of the targets."""
        count = self.targets.shape[1]
        return ["y"] if count == 1 else [f"y{n + 1}" for n in range(count)]

    @property
    def rows(self) -> list[list[float]]:
        """Return the rows, inputs first."""
        return [[*map(float, x), *map(float, y)] for x, y in zip(self.inputs, self.targets, strict=True)]
