"""The trainings on which engines and what people would use instead are measured."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from tui_backprop.core.arrays import Array, Indices
from tui_backprop.core.network import Network
from tui_backprop.core.step import Training
from tui_backprop.engines.reference_engine import ReferenceEngine
from tui_backprop.session.recipe.recipe import Recipe
from tui_backprop.session.run.changes import first_segment, read_data
from tui_backprop.session.run.timeline import Segment


@dataclass(frozen=True)
class Case:
    """One training, the same for everybody: data, first parameters, arithmetic."""

    name: str
    recipe: Recipe

    @cached_property
    def segment(self) -> Segment:
        """What a session makes of the recipe."""
        return first_segment(self.recipe, read_data(self.recipe))

    @property
    def training(self) -> Training:
        """Scaled data, network, loss, optimizer and rate."""
        return self.segment.training

    @property
    def network(self) -> Network:
        """Sizes and activations."""
        return self.training.network

    @property
    def theta(self) -> Array:
        """The first parameters, (size,): w1 (fan_in, fan_out), b1, w2, …; read only."""
        return self.segment.entry.parameters

    @property
    def batch(self) -> int:
        """Samples of a step."""
        return self.training.sampling.largest_batch

    @property
    def adam(self) -> bool:
        """Whether Adam makes the updates; otherwise plain gradient descent does."""
        return self.recipe.optimizer == "adam"

    @property
    def labels(self) -> Array:
        """The number of each sample's class where targets are classes, (rows,)."""
        return self.training.targets.argmax(axis=1)

    def layers(self) -> list[tuple[Array, Array]]:
        """Return a copy of the first weights (fan_in, fan_out) and biases (fan_out,) of each layer."""
        tensors = [self.theta[one.span].reshape(one.shape).copy() for one in self.network.tensors]
        return list(zip(tensors[::2], tensors[1::2], strict=True))

    def batches(self, steps: int) -> Indices:
        """Return row numbers of the first batches that the recipe draws, (steps, batch)."""
        return np.stack([self.training.sampling.batch(step) for step in range(steps)])

    def expected(self, steps: int) -> Array:
        """Return θ after so many of the core's own steps, which is what everybody must reach."""
        return ReferenceEngine().advance(self.training, self.segment.entry, steps).parameters

    def with_cross_entropy(self) -> Case:
        """Return the same for those who know classes and the cross-entropy alone."""
        if self.recipe.loss == "cross-entropy":
            return self
        recipe = self.recipe.replace(loss="binary-cross-entropy", output_activation="sigmoid")
        return replace(self, recipe=recipe)


CASES = (
    Case("1-1-1 sigmoid, batch 1", Recipe(loss="squared", output_activation="sigmoid")),
    Case(
        "2-4-2-1 tanh, batch 10",
        Recipe(
            source="circle", hidden=(4, 2), activation="tanh", output_activation="tanh", loss="half-squared", lr=0.03,
            batch_size=10, scale_inputs="standard", init="xavier",
        ),
    ),
    Case(
        "2-8-8-8-1 relu, batch 32, adam",
        Recipe(
            source="moons", hidden=(8, 8, 8), activation="relu", output_activation="sigmoid", loss="half-squared",
            optimizer="adam", lr=0.003, batch_size=32, scale_inputs="standard", init="he",
        ),
    ),
    Case(
        "64-32-10 relu, batch 32",
        Recipe(
            source="digits", hidden=(32,), activation="relu", output_activation="softmax", loss="cross-entropy",
            batch_size=32, init="he",
        ),
    ),
)  # fmt: skip
"""The original case; the default of the best-known playground in a browser; a deeper one with Adam; digits."""
