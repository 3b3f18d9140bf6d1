"""Where the parameters of many runs lie."""

from __future__ import annotations

from copy import copy
from functools import cached_property

import numpy as np

from tui_backprop.core.arrays import Array, Indices
from tui_backprop.core.network import Network
from tui_backprop.engines.recording.notes import aligned_zeros
from tui_backprop.engines.recording.recorder import CallRecorder


class Stack:
    """The parameters (or gradients) of many runs of one network in one flat buffer, tensor after tensor.

    Each tensor is contiguous over all runs, (runs, fan_in, fan_out), so that one call computes it for all of them, and the
    whole buffer is one vector, so that one call updates everything.
    """

    def __init__(self, network: Network, runs: int) -> None:
        self.network = network
        self.runs = runs
        self.flat = aligned_zeros(runs * network.size)
        """(runs · size,)."""
        views = [self._view(t.start, t.shape if t.is_weight else (1, *t.shape)) for t in network.tensors]
        self.weights = views[0::2]
        """Of each layer, (runs, fan_in, fan_out); the first layer's first."""
        self.biases = views[1::2]
        """Of each layer, (runs, 1, fan_out)."""

    def _view(self, start: int, shape: tuple[int, ...]) -> Array:
        first = self.runs * start
        return self.flat[first : first + self.runs * int(np.prod(shape))].reshape(self.runs, *shape)

    def watched(self, recorder: CallRecorder) -> Stack:
        """Return the same stack with tensors whose calls are noted."""
        twin = copy(self)
        twin.weights = [recorder.watch(weights) for weights in self.weights]
        twin.biases = [recorder.watch(biases) for biases in self.biases]
        return twin

    @cached_property
    def places(self) -> Indices:
        """Position in the buffer of each entry of each run's θ, (runs, size)."""
        places = np.empty((self.runs, self.network.size), dtype=np.int64)
        for tensor in self.network.tensors:
            first = self.runs * tensor.start
            places[:, tensor.span] = np.arange(first, first + self.runs * tensor.size).reshape(self.runs, tensor.size)
        return places

    def spread(self, values: Array) -> Array:
        """Return a vector of the buffer's length from one number a run (runs, 1), or one for each entry (runs, size)."""
        found = aligned_zeros(self.flat.size)
        found[self.places] = values
        return found
