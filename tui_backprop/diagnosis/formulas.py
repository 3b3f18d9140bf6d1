"""The formulas of a backward pass in symbols, with wrong turns or without, in the user's own names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tui_backprop.core.mistakes.ways import RIGHT, Point, Turn, Way, amount_at, way_at
from tui_backprop.core.network import Network
from tui_backprop.core.objective import FUSED, Objective
from tui_backprop.core.operations.losses import LOSSES
from tui_backprop.core.operations.other_activations import activation_called
from tui_backprop.text.minus import minus

_WRITTEN_OUT = 3  # layers up to which a formula is written out to the loss; beyond it begins with δ


@dataclass(frozen=True)
class ParameterNames:
    """What the user calls the parameters of each layer, 1 … depth."""

    weights: tuple[str, ...]
    biases: tuple[str, ...]
    """Empty where a layer has none."""

    @classmethod
    def ours(cls, network: Network) -> ParameterNames:
        """Return our own names: w1, b1, w2 and so on."""
        layers = range(1, network.depth + 1)
        return cls(tuple(f"w{layer}" for layer in layers), tuple(f"b{layer}" for layer in layers))


@dataclass(frozen=True)
class Formulas:
    """Writes the formulas of one network."""

    network: Network
    objective: Objective
    names: ParameterNames

    def activation(self, layer: int) -> str:
        """x, h (a1, a2 … where there are several hidden layers) or ŷ."""
        if layer == 0:
            return "x"
        if layer == self.network.depth:
            return "ŷ"
        return "h" if self.network.depth == 2 else f"a{layer}"

    def way(self, turns: Sequence[Turn], point: Point, layer: int | None = None) -> Way:
        """Return the way that is taken at a point, with what it means in this network."""
        return way_at(turns, point, self.network, self.objective, layer)

    def loss_slope(self, loss: Way = RIGHT) -> str:
        """∂L/∂ŷ of one sample, by the network's loss or another one."""
        return (LOSSES[loss.name] if loss.name else self.objective.loss).slope_written

    def slope(self, layer: int, way: Way = RIGHT) -> str:
        """f′ of a layer; empty where it is 1."""
        name, z, a = self.network.activation_names[layer - 1], f"z{layer}", self.activation(layer)
        match way.kind:
            case "left out":
                return ""
            case "twice":
                own = self.slope(layer)
                return f"{own}²" if own else ""
            case "of the activation":
                return f"{_symbol(name)}′({a})"
            case "fed with z":
                return _slope_of(name, z, z)
            case "activation itself":
                return a
            case "one minus activation":
                return f"(1−{a})"
            case "of layer" if way.layer is not None:
                return self.slope(way.layer)
            case "of an activation":
                return _slope_of(way.name, a, z)
        if name == "sigmoid(−z)":
            return f"(−σ′(−{z}))"
        return "" if name == "linear" else f"{_symbol(name)}′({z})"

    def weights(self, layer: int, turns: Sequence[Turn] = ()) -> str:
        """∂L/∂w of a layer, as a formula with its left side."""
        source = self.activation(layer - 1)
        match self.way(turns, "input", layer).kind:
            case "weight":
                source = self.names.weights[layer - 1]
            case "pre-activation":
                source = f"z{layer - 1}"
            case "raw input":
                source = "x"
            case "own output":
                source = self.activation(layer)
            case "left out":
                source = ""
        return self._written(self.names.weights[layer - 1], "weight factor", layer, turns, source)

    def biases(self, layer: int, turns: Sequence[Turn] = ()) -> str:
        """∂L/∂b of a layer, as a formula with its left side."""
        way = self.way(turns, "bias", layer).kind
        name = self.names.biases[layer - 1]
        if way == "left out":
            return f"∂L/∂{name} = 0"
        source = self.activation(layer - 1) if way == "times input" else ""
        written = self._written(name, "bias factor", layer, turns, source)
        return written + {"mean": " / N", "sum": " · N"}.get(way, "")

    def _written(self, name: str, point: Point, layer: int, turns: Sequence[Turn], source: str) -> str:
        finished = self.way(turns, "layer gradient", layer).kind
        if finished == "never" or amount_at(turns, point, layer) == 0.0:
            return f"∂L/∂{name} = 0"
        added = self._penalty(turns, layer) if point == "weight factor" else ""
        factors = [
            *_size(amount_at(turns, "factor")),
            *_size(amount_at(turns, point, layer)),
            *self._delta(layer, turns),
            *([source] if source else []),
        ]
        product = _product(factors)
        if finished == "transposed":
            product = f"({product})ᵀ"
        return f"∂L/∂{name} = {_over_the_batch(self.way(turns, 'batch').kind, product)}{added}"

    def _penalty(self, turns: Sequence[Turn], layer: int) -> str:
        """The term that a penalty adds to ∂L/∂w of a layer, with its sign in front; empty where there is none."""
        way, amount, w = (
            self.way(turns, "penalty", layer),
            amount_at(turns, "penalty", layer),
            self.names.weights[layer - 1],
        )
        if way == RIGHT:
            return ""
        sign = "−" if amount < 0 else "+"
        return f" {sign} {abs(amount):.4g}·{f'sign({w})' if way.kind == 'on their size' else w}"

    def _delta(self, layer: int, turns: Sequence[Turn]) -> list[str]:
        """δ of a layer, factor by factor."""
        depth = self.network.depth
        if layer == depth:
            return self._output_delta(turns)
        if depth > _WRITTEN_OUT and layer + 1 < depth:
            above, error = [f"δ{layer + 1}"], [f"e{layer + 1}"]
        else:
            above, error = self._delta(layer + 1, turns), self._error(layer + 1, turns)
        w = self.names.weights[layer]
        way = self.way(turns, "carried", layer)
        match way.kind:
            case "error":
                back = [*error, w]
            case "raw error":
                back = [self.loss_slope(self.way(turns, "loss"))]
            case "without weights":
                back = above
            case "transposed weights":
                back = [*above, f"{w}ᵀ"]
            case "weights of layer" if way.layer is not None:
                back = [*above, self.names.weights[way.layer - 1]]
            case "updated weights":
                rate = amount_at(turns, "carried", layer)
                back = [*above, f"({w} − {rate:.4g}·∂L/∂{w})"]
            case _:
                back = [*above, w]
        slope = self.slope(layer, self.way(turns, "hidden slope", layer))
        return [*_size(amount_at(turns, "carried factor", layer)), *back, *([slope] if slope else [])]

    def _output_delta(self, turns: Sequence[Turn]) -> list[str]:
        depth = self.network.depth
        loss, way = self.way(turns, "loss"), self.way(turns, "output slope", depth)
        pair = self.network.activation_names[-1], loss.name or self.objective.loss.name
        if pair in FUSED and way.kind in ("right", "twice"):  # the slope has cancelled
            return ["(ŷ−y)", *([self.slope(depth)] if way.kind == "twice" else [])]
        slope = self.slope(depth, way)
        return [self.loss_slope(loss), *([slope] if slope else [])]

    def _error(self, layer: int, turns: Sequence[Turn]) -> list[str]:
        """∂L/∂ŷ carried back to a layer without any slope, factor by factor."""
        above = [self.names.weights[k - 1] for k in range(self.network.depth, layer, -1)]
        return [self.loss_slope(self.way(turns, "loss")), *above]


def _symbol(name: str) -> str:
    """What formulas call an activation."""
    return activation_called(name).symbol or name


def _slope_of(name: str, a: str, z: str) -> str:
    """f′ of an activation as people write it, in a or in z."""
    written = activation_called(name).slope_written_in_a
    return written.format(a) if written else f"{_symbol(name)}′({z})"


def _size(amount: float) -> list[str]:
    return [] if amount == 1.0 else [minus(f"{amount:.4g}")]


def _product(factors: Sequence[str]) -> str:
    """Write a product; −1 in front is a sign."""
    if factors and factors[0] == "−1":
        return f"−{'·'.join(factors[1:])}"
    return "·".join(factors) if factors else "1"


def _over_the_batch(way: str, product: str) -> str:
    match way:
        case "sum":
            return f"Σ over the batch {product}"
        case "mean again":
            return f"mean over the batch {product} / N"
        case "last sample":
            return f"last sample alone: {product}"
        case "leftovers":
            return f"{product} + those of the samples before"
    return product
