"""Where a backward pass has a choice, and which ways people take there.

A `Turn` is one way at one choice point; `tui_backprop.core.mistakes.turns` is the pass that takes them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from tui_backprop.core.network import Network
from tui_backprop.core.objective import Objective
from tui_backprop.core.operations.activations import ACTIVATIONS
from tui_backprop.core.operations.losses import LOSSES

Point = Literal[
    "factor",
    "loss",
    "batch",
    "output slope",
    "hidden slope",
    "carried",
    "carried factor",
    "input",
    "weight factor",
    "bias",
    "bias factor",
    "layer gradient",
    "penalty",
]
"""Where the program has a choice: what the whole is multiplied with, whose derivative ∂L/∂ŷ is, how samples are put
together, the slope of the output and of hidden layers, what goes back to a layer and with what factor, the input of a
weight, the gradient of a bias, the factor of either, what becomes of a layer's finished gradient, and a penalty on weights
that is added to it."""


@dataclass(frozen=True)
class Way:
    """What is done at a choice point."""

    kind: str
    """One that `KINDS` lists for the point, or `right`."""
    layer: int | None = None
    """Which other layer's slope or weights it takes, for `of layer` and `weights of layer`."""
    name: str = ""
    """Which activation or loss it takes, for `of an activation` and `of a loss`."""


RIGHT = Way("right")
"""The way of the chain rule, at every point."""

_SLOPES = frozenset({
    "left out", "twice", "of the activation", "fed with z", "activation itself", "one minus activation", "of layer",
    "of an activation", "of another layer", "of another activation",
})  # fmt: skip
_FACTORS = frozenset({"sign", "half", "rate", "whole", "other", "none"})

KINDS: dict[Point, frozenset[str]] = {
    "factor": _FACTORS,
    "loss": frozenset({"of a loss", "of another loss"}),
    "batch": frozenset({"sum", "mean again", "last sample", "leftovers"}),
    "output slope": _SLOPES,
    "hidden slope": _SLOPES,
    "carried": frozenset({
        "error", "without weights", "raw error", "transposed weights", "weights of layer", "weights of another layer",
        "updated weights",
    }),
    "carried factor": _FACTORS,
    "input": frozenset({"weight", "pre-activation", "raw input", "left out", "own output"}),
    "weight factor": _FACTORS,
    "bias": frozenset({"left out", "times input", "mean", "sum"}),
    "bias factor": _FACTORS,
    "layer gradient": frozenset({"never", "transposed"}),
    "penalty": frozenset({"on their squares", "on their size"}),
}  # fmt: skip
"""Every kind of wrong way at each point."""


@dataclass(frozen=True)
class Turn:
    """One way at one choice point.

    Raises:
        ValueError: the point has no such way.
    """

    point: Point
    way: Way
    """Which way. `of another layer`, `of another activation`, `of another loss` and `weights of another layer` mean the
    first of these that there is."""
    layer: int | None = None
    """The layer, 1 … depth, where it is taken; None for every layer that has this point."""
    amount: float = 1.0
    """How much, for factors and for weights already updated (the rate)."""

    def __post_init__(self) -> None:
        if self.way.kind not in KINDS[self.point]:
            raise unknown_way(self.point, self.way)


def unknown_way(point: str, way: Way) -> ValueError:
    """Return the error of a way that a point does not have."""
    return ValueError(f"{point}: unknown way {way.kind!r}")


def taken(turns: Sequence[Turn], point: Point, layer: int | None = None) -> Turn | None:
    """Return the turn that is taken at a point; None for the right way."""
    return next((turn for turn in turns if turn.point == point and turn.layer in (None, layer)), None)


def way_at(
    turns: Sequence[Turn], point: Point, network: Network, objective: Objective, layer: int | None = None
) -> Way:
    """Return the way that is taken at a point, with the layer, activation or loss that it means; right where no turn is."""
    turn = taken(turns, point, layer)
    return RIGHT if turn is None else settled(turn.way, network, objective, layer or network.depth)


def settled(way: Way, network: Network, objective: Objective, layer: int) -> Way:
    """Return a way with what "another" means at a layer; the right one where there is no other."""
    match way.kind:
        case "of another loss":
            return Way("of a loss", name=another_loss(objective))
        case "of another activation":
            sigmoid = network.activation_names[layer - 1] == "sigmoid"
            return Way("of an activation", name="tanh" if sigmoid else "sigmoid")
        case "of another layer":
            others = layers_with_slopes_for(network, layer)
            return Way("of layer", others[0]) if others else RIGHT
        case "weights of another layer":
            others = layers_with_weights_for(network, layer + 1)
            return Way("weights of layer", others[0]) if others else RIGHT
    return way


def amount_at(turns: Sequence[Turn], point: Point, layer: int | None = None) -> float:
    """Return the amount of the turn that is taken at a point; 1 where there is none."""
    turn = taken(turns, point, layer)
    return 1.0 if turn is None else turn.amount


def another_loss(objective: Objective) -> str:
    """Name the loss that is most easily taken for this one."""
    return {"squared": "absolute", "half-squared": "absolute"}.get(objective.loss.name, "squared")


def layers_with_slopes_for(network: Network, layer: int) -> list[int]:
    """Return the other layers whose slopes can stand for those of `layer`: those with as many units, the nearest first."""
    others = [k for k in range(1, network.depth + 1) if k != layer and network.sizes[k] == network.sizes[layer]]
    return sorted(others, key=lambda k: abs(k - layer))


def layers_with_weights_for(network: Network, layer: int) -> list[int]:
    """Return the other layers through whose weights, as they are or transposed, an error of `layer` fits, nearest first."""
    shape = (network.sizes[layer - 1], network.sizes[layer])
    shapes = {k: (network.sizes[k - 1], network.sizes[k]) for k in range(1, network.depth + 1) if k != layer}
    return sorted((k for k, other in shapes.items() if other in (shape, shape[::-1])), key=lambda k: abs(k - layer))


def ways(point: Point, network: Network, objective: Objective, layer: int = 0) -> list[Way]:
    """Return every way but the right one at a choice point, the likelier ones first; `layer` where the point has one."""
    match point:
        case "loss":
            # squared and half-squared differ by a factor, which is a choice point of its own
            own = {"half-squared": "squared"}.get(objective.loss.name, objective.loss.name)
            shares = objective.activation.name in ("sigmoid", "softmax")  # logarithms are of shares
            return [
                Way("of a loss", name=one.name)
                for one in LOSSES.values()
                if one.name not in (own, "half-squared") and (shares or not one.outputs)
            ]
        case "batch":
            return [*map(Way, ("sum", "mean again", "last sample", "leftovers"))]
        case "output slope":
            return _slopes(network, network.depth)
        case "hidden slope":
            return _slopes(network, layer)
        case "carried":
            square = network.sizes[layer] == network.sizes[layer + 1] > 1
            return [
                *map(Way, ("error", "without weights", "raw error")),
                *([Way("transposed weights")] if square else []),
                *(Way("weights of layer", k) for k in layers_with_weights_for(network, layer + 1)),
                Way("updated weights"),
            ]
        case "input":
            inner = ("pre-activation", "raw input") if layer > 1 else ()
            return [*map(Way, ("weight", *inner, "left out", "own output"))]
        case "bias":
            return [*map(Way, ("left out", "times input", "mean", "sum"))]
        case "layer gradient":
            square = network.sizes[layer - 1] == network.sizes[layer] > 1
            return [*map(Way, ("never", *(["transposed"] if square else [])))]
        case "penalty":
            return [*map(Way, ("on their squares", "on their size"))]
    return []


def _slopes(network: Network, layer: int) -> list[Way]:
    name = network.activation_names[layer - 1]
    # linear's is 1, as elu's is where a is relu's; softmax's is that of sigmoid, softplus's σ(z): named already
    alike = {"sigmoid": ("softplus",), "relu": ("elu",)}.get(name, ())
    known = (name, "linear", "softmax", *alike)
    like = [other for other in ACTIVATIONS if other not in known]
    own = [
        *map(Way, ("left out", "twice", "of the activation", "fed with z", "activation itself", "one minus activation"))
    ]
    if name == "softmax":  # a(1 − a) alone is what people take first
        own.insert(0, Way("of an activation", name="sigmoid"))
        like.remove("sigmoid")
    return [
        *own,
        *(Way("of layer", k) for k in layers_with_slopes_for(network, layer)),
        *(Way("of an activation", name=other) for other in like),
    ]
