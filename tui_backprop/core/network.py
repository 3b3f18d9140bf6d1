"""A network: layer sizes and activations, and where each parameter lies in the vector θ."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from tui_backprop.core.arrays import Array, Indices
from tui_backprop.core.operations.activations import ACTIVATIONS, HIDDEN_ACTIVATIONS, Activation

MAX_HIDDEN_LAYERS = 8
MAX_UNITS = 256
"""Most units in a hidden layer; inputs and outputs have as many as the data."""

_NAME = re.compile(r"(?P<tensor>[wb][1-9][0-9]*)(?:\[(?P<entry>\s*[0-9]+\s*(?:,\s*[0-9]+\s*)?)\])?")


def is_parameter_name(name: str) -> bool:
    """Whether a name has the form of a parameter's or an entry's: w1, b2[0], w1[0,1]."""
    return _NAME.fullmatch(name.strip()) is not None


@dataclass(frozen=True)
class Tensor:
    """One named array inside θ: a weight matrix `w1 (fan_in, fan_out)` or a bias vector `b1 (fan_out,)`."""

    name: str
    layer: int
    """1 for the first layer after the input."""
    start: int
    """Position of its first entry in θ."""
    shape: tuple[int, ...]

    @cached_property
    def size(self) -> int:
        """Number of entries."""
        return math.prod(self.shape)

    @cached_property
    def span(self) -> slice:
        """Where its entries are in θ."""
        return slice(self.start, self.start + self.size)

    @property
    def is_weight(self) -> bool:
        """Whether it is a weight matrix and not a bias."""
        return len(self.shape) == 2

    def entry_name(self, index: int) -> str:
        """Name of the entry at flat `index`: `w1[0,2]`, `b1[2]`, or `w1` alone where it is the only one."""
        if self.size == 1:
            return self.name
        return f"{self.name}[{','.join(str(i) for i in np.unravel_index(index, self.shape))}]"


@dataclass(frozen=True)
class Network:
    """A multilayer perceptron. Layers count from 1; layer 0 is the input.

    Raises:
        ValueError: a size or an activation that is not possible, with one sentence.
    """

    sizes: tuple[int, ...]
    """Units of each layer, input first: (inputs, hidden …, outputs)."""
    activation_names: tuple[str, ...]
    """One name for each layer after the input."""

    def __post_init__(self) -> None:
        if len(self.sizes) != len(self.activation_names) + 1 or len(self.sizes) < 2:
            raise ValueError("a network has one activation for each layer after the input, and at least one")
        if len(self.sizes) - 2 > MAX_HIDDEN_LAYERS:
            raise ValueError(f"at most {MAX_HIDDEN_LAYERS} hidden layers, not {len(self.sizes) - 2}")
        if min(self.sizes) < 1 or max(self.sizes[1:-1], default=1) > MAX_UNITS:
            raise ValueError(f"a hidden layer has 1 to {MAX_UNITS} units")
        for name in self.activation_names[:-1]:
            if name not in HIDDEN_ACTIVATIONS:
                raise ValueError(f"a hidden layer cannot have the activation {name}")
        if self.activation_names[-1] not in ACTIVATIONS:
            raise ValueError(f"there is no activation {self.activation_names[-1]}")

    @property
    def depth(self) -> int:
        """Number of layers that have parameters."""
        return len(self.sizes) - 1

    @property
    def name(self) -> str:
        """Its sizes as people write them: `2-4-1`."""
        return "-".join(map(str, self.sizes))

    @cached_property
    def activations(self) -> tuple[Activation, ...]:
        """The activation of each layer after the input."""
        return tuple(ACTIVATIONS[name] for name in self.activation_names)

    def activation(self, layer: int) -> Activation:
        """The activation of `layer`, 1 … depth."""
        return self.activations[layer - 1]

    @cached_property
    def tensors(self) -> tuple[Tensor, ...]:
        """w1, b1, w2, b2, … in the order in which they lie in θ."""
        found: list[Tensor] = []
        start = 0
        for layer, (fan_in, fan_out) in enumerate(zip(self.sizes, self.sizes[1:], strict=False), start=1):
            for tensor in (
                Tensor(f"w{layer}", layer, start, (fan_in, fan_out)),
                Tensor(f"b{layer}", layer, start + fan_in * fan_out, (fan_out,)),
            ):
                found.append(tensor)
                start += tensor.size
        return tuple(found)

    @cached_property
    def size(self) -> int:
        """Number of parameters, the length of θ."""
        last = self.tensors[-1]
        return last.start + last.size

    @cached_property
    def weight_mask(self) -> Array:
        """1 at the weights and 0 at the biases, (size,)."""
        mask = np.zeros(self.size)
        for tensor in self.tensors:
            if tensor.is_weight:
                mask[tensor.span] = 1.0
        mask.setflags(write=False)
        return mask

    def tensor(self, name: str) -> Tensor:
        """The tensor called `name`.

        Raises:
            ValueError: there is none, with the names that there are.
        """
        for tensor in self.tensors:
            if tensor.name == name:
                return tensor
        names = [tensor.name for tensor in self.tensors]
        shown = names if len(names) <= 6 else [*names[:3], "…", names[-1]]
        raise ValueError(f"unknown parameter {name}; the network {self.name} has {', '.join(shown)}")

    def positions(self, name: str) -> Indices:
        """Positions in θ of what `name` names: a whole tensor (`w1`) or one entry (`w1[0,1]`, `b2[3]`).

        Raises:
            ValueError: the name is not of that form, or names nothing, in one sentence.
        """
        match = _NAME.fullmatch(name.strip())
        if match is None:
            raise ValueError(f"{name!r} is not the name of a parameter such as w1, b1 or w1[0,1]")
        tensor = self.tensor(match["tensor"])
        if match["entry"] is None:
            return np.arange(tensor.span.start, tensor.span.stop, dtype=np.int64)
        index = tuple(int(part) for part in match["entry"].split(","))
        if len(index) != len(tensor.shape) or any(i >= n for i, n in zip(index, tensor.shape, strict=True)):
            last = ",".join(str(n - 1) for n in tensor.shape)
            raise ValueError(f"{name} is outside {tensor.name}, whose last entry is {tensor.name}[{last}]")
        return np.array([tensor.start + int(np.ravel_multi_index(index, tensor.shape))], dtype=np.int64)

    def entry_name(self, position: int) -> str:
        """The name of the entry at a position in θ; of one alone it costs less than `entry_names` in a large network."""
        tensor = next(tensor for tensor in self.tensors if position < tensor.span.stop)
        return tensor.entry_name(position - tensor.start)

    @cached_property
    def entry_names(self) -> tuple[str, ...]:
        """The name of every entry of θ, in order."""
        return tuple(tensor.entry_name(i) for tensor in self.tensors for i in range(tensor.size))


class Parameters:
    """One vector θ (size,) with named views; also the form in which gradients come.

    `w(2)` and `b(2)` are views of layer 2's weights (fan_in, fan_out) and biases (fan_out,); `["w2"]` is the same
    by name.
    """

    __slots__ = ("_biases", "_weights", "network", "vector")

    def __init__(self, network: Network, vector: Array) -> None:
        if vector.shape != (network.size,):
            raise ValueError(f"θ of {network.name} has {network.size} entries, not {vector.shape}")
        self.network = network
        self.vector = vector
        self._weights = [vector[t.span].reshape(t.shape) for t in network.tensors[0::2]]
        self._biases = [vector[t.span] for t in network.tensors[1::2]]

    @classmethod
    def zeros(cls, network: Network) -> Parameters:
        """All entries 0."""
        return cls(network, np.zeros(network.size))

    def w(self, layer: int) -> Array:
        """Weights of `layer`, (fan_in, fan_out), a view."""
        return self._weights[layer - 1]

    def b(self, layer: int) -> Array:
        """Biases of `layer`, (fan_out,), a view."""
        return self._biases[layer - 1]

    def __getitem__(self, name: str) -> Array:
        tensor = self.network.tensor(name)
        return self.w(tensor.layer) if tensor.is_weight else self.b(tensor.layer)

    def by_name(self) -> dict[str, Array]:
        """Every tensor as a view, by name, in the order of θ."""
        return {tensor.name: self[tensor.name] for tensor in self.network.tensors}
