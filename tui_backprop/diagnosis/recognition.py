"""Which network is this? A multilayer perceptron recognised by experiment, from predictions and their derivatives alone.

Nothing is known of the network but numbers: θ as one vector of entries, predictions, and ∂ŷ/∂θ by differences. It is
peeled layer by layer from the input (`tui_backprop.diagnosis.peeling`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tui_backprop.core.arrays import Array, Indices, distinct
from tui_backprop.diagnosis.experiments import Experiment
from tui_backprop.diagnosis.found_network import FoundNetwork
from tui_backprop.diagnosis.peeling import PREDICTED, Peeling


@dataclass(frozen=True, eq=False)
class Recognition:
    """The user's network as one of ours."""

    network: FoundNetwork
    entries: Indices
    """For each entry of our θ, (network.size,), the entry of theirs; −1 where a layer has no biases. Units that share a bias
    have the same entry there."""

    def theta(self, theirs: Array) -> Array:
        """Return their θ (entries,) as ours, (network.size,); biases that are not there are 0."""
        return np.where(self.entries >= 0, theirs[self.entries], 0.0)

    def predicts(self, theirs: Array, inputs: Array, predictions: Array) -> bool:
        """Whether the recognised network gives these predictions, (samples, outputs), at their θ (entries,)."""
        with np.errstate(all="ignore"):
            ours = self.network.predict(self.theta(theirs), inputs)
            return bool(np.abs(ours - predictions).max() <= PREDICTED * max(1.0, float(np.abs(predictions).max())))

    def with_layer_turned(self, theirs: Array, layer: int) -> Array:
        """Return their θ with the signs of a layer's parameters turned, so that each z there is seen on its other side."""
        turned = theirs.copy()
        for tensor in self.network.tensors[2 * layer - 2 : 2 * layer]:
            entries = distinct(self.entries[tensor.span])
            turned[entries[entries >= 0]] *= -1.0
        return turned


def recognise(experiments: Sequence[Experiment], groups: Sequence[Sequence[int]]) -> Recognition | None:
    """Return the multilayer perceptron that does what the experiments show, or None.

    Args:
        experiments: several, at different θ; enough samples in all that no unit is silent in every one.
        groups: sets of entries that may be the weights of one layer, such as the entries of one parameter.
    """
    peeling = Peeling(experiments, groups)
    layers = peeling.layers(guessing=False) or peeling.layers(guessing=True)
    if layers is None:
        return None
    network = FoundNetwork(
        (peeling.inputs.shape[1], *(len(one.units) for one in layers)), tuple(one.activation for one in layers)
    )
    entries = []
    for layer in layers:
        weights = np.array([unit.weights for unit in layer.units])  # (fan_out, fan_in)
        entries += [weights.T.ravel(), np.array([unit.bias for unit in layer.units])]
    return Recognition(network, np.concatenate(entries).astype(np.int64))
