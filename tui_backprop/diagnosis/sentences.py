"""What a search found, in words: each mistake with its name, one sentence, and its formula as it is and as it should be."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace

from tui_backprop.core.mistakes.gallery import MISTAKES
from tui_backprop.core.mistakes.ways import Point, Turn
from tui_backprop.diagnosis.formulas import Formulas
from tui_backprop.diagnosis.sameness import same
from tui_backprop.diagnosis.search import MistakeFound
from tui_backprop.text.minus import minus


@dataclass(frozen=True)
class Diagnosis:
    """One mistake, named."""

    parameters: tuple[str, ...]
    """Whose gradients it makes wrong, in the user's own names."""
    kind: str
    """Its name in the gallery (`tui_backprop.core.mistakes.gallery.MISTAKES`)."""
    sentence: str
    formula_as_is: str
    formula_right: str
    harmless: bool = False
    """Whether it only scales the step."""
    also: tuple[str, ...] = ()
    """Names of mistakes that give the same numbers on any data."""


def diagnoses(explanations: Sequence[MistakeFound], formulas: Formulas) -> tuple[Diagnosis, ...]:
    """Say each mistake of the first explanation; the others, which no data tell apart from it, are told beside it."""
    first, *others = explanations
    told = [_tell(turn, first.all_turns(), formulas) for turn in _wrong_ones(first, formulas)]
    known = {one.kind for one in told}
    also: dict[str, str] = {}
    for other in others:
        for turn in _wrong_ones(other, formulas):
            one = _tell(turn, other.all_turns(), formulas)
            if one.kind not in known:
                also.setdefault(one.kind, one.sentence)
    if also and told:
        told[-1] = _with_others(told[-1], also)
    return tuple(told)


def _wrong_ones(explanation: MistakeFound, formulas: Formulas) -> tuple[Turn, ...]:
    """Return the turns that change something: the error is δ where every slope that it has passed is 1."""
    network = formulas.network
    return tuple(
        turn
        for turn in explanation.all_turns()
        if not (
            (turn.point, turn.way.kind) == ("carried", "error")
            and turn.layer is not None
            and all(name == "linear" for name in network.activation_names[turn.layer :])
        )
    )


def _with_others(one: Diagnosis, also: dict[str, str]) -> Diagnosis:
    """Say beside a mistake what would give the same numbers, by kind."""
    others = "; or: ".join(itertools.islice(also.values(), 2))
    return replace(one, sentence=f"{one.sentence} (no data can tell it from this: {others})", also=tuple(also))


def gallery_name(turn: Turn) -> str:
    """Return the name that a turn has in the gallery; `penalty-not-in-loss` for what only the user's code can have."""
    if turn.point == "penalty":
        return "penalty-not-in-loss"
    if turn.point in ("factor", "carried factor", "weight factor", "bias factor"):
        if turn.amount == 0.0:
            return "layer-never-updated"
        if turn.amount < 0.0:
            return "wrong-sign"
        return "half-the-gradient" if _is_two_off(turn.amount) else "times-the-rate"
    if turn.point == "loss":
        return "loss-of-another-kind"
    name = _KINDS.get((turn.point, _general(turn)))
    return name or _KINDS["hidden slope", _general(turn)]


def _is_two_off(amount: float) -> bool:
    """Whether a factor is the 2 of the square, there once too often or too seldom."""
    return any(same(amount, factor) for factor in (0.5, 2.0))


def _general(turn: Turn) -> str:
    """Return the kind of a way as the gallery has it, without the layer or the activation that it names."""
    return {
        "of layer": "of another layer",
        "weights of layer": "weights of another layer",
        "one minus activation": "activation itself",
        "of an activation": "of another activation",
    }.get(turn.way.kind, turn.way.kind)


_KINDS: dict[tuple[Point, str], str] = {
    (turn.point, turn.way.kind): mistake.name for mistake in MISTAKES.values() for turn in mistake.turns
}


def _tell(turn: Turn, turns: Sequence[Turn], formulas: Formulas) -> Diagnosis:
    """Say one turn; the formula as it is has them all."""
    names, depth = formulas.names, formulas.network.depth
    layer = turn.layer if turn.layer is not None else depth
    of_biases = turn.point in ("bias", "bias factor")
    own = turn.point in ("input", "bias", "weight factor", "bias factor", "layer gradient", "penalty")
    parameters = _parameters(formulas, layer, layer if own else _last_reached(turn, layer, turns, formulas))
    if of_biases:
        parameters = (names.biases[layer - 1],)
    elif turn.point in ("input", "weight factor", "penalty") or turn.way.kind == "transposed":
        parameters = (names.weights[layer - 1],)
    write = formulas.biases if of_biases else formulas.weights
    as_is, right = write(layer, turns), write(layer)
    sentence, harmless = _SENTENCES[turn.point](turn, layer, formulas)
    if turn.point in ("carried", "carried factor", "hidden slope"):
        sentence = f"{' and '.join(_parameters(formulas, layer, layer))}: {sentence}"
    elif own and turn.point != "layer gradient":
        sentence = f"{parameters[0]}: {sentence}"
    return Diagnosis(parameters, gallery_name(turn), sentence, as_is, right, harmless)


def _last_reached(turn: Turn, layer: int, turns: Sequence[Turn], formulas: Formulas) -> int:
    """Return the first layer whose gradients a mistake in δ of `layer` makes wrong: δ does not go back everywhere."""
    if turn.point in ("factor", "loss", "batch"):
        return 1
    while layer > 1 and formulas.way(turns, "carried", layer - 1).kind not in ("error", "raw error"):
        layer -= 1
    return layer


def _parameters(formulas: Formulas, layer: int, first: int) -> tuple[str, ...]:
    """Return the parameters of the layers from `layer` back to `first`."""
    names, found = formulas.names, []
    for one in range(layer, first - 1, -1):
        found += [names.weights[one - 1], *filter(None, [names.biases[one - 1]])]
    return tuple(found)


def _input(turn: Turn, layer: int, formulas: Formulas) -> tuple[str, bool]:
    right = formulas.activation(layer - 1)
    given = {
        "weight": formulas.names.weights[layer - 1],
        "pre-activation": f"z{layer - 1}",
        "raw input": "x",
        "own output": f"{formulas.activation(layer)}, the unit's own output,",
    }.get(turn.way.kind)
    if given is None:
        return f"{right}, the input of that weight, is left out", False
    return f"you multiply by {given} where the chain rule has {right} (the input of that weight)", False


def _bias(turn: Turn, layer: int, formulas: Formulas) -> tuple[str, bool]:
    source = formulas.activation(layer - 1)
    return {
        "left out": "it never gets a gradient; the chain rule has δ itself",
        "times input": f"you multiply by {source}, as for a weight; the input of a bias is 1",
        "mean": "you divide by the batch size once more than for the weights",
        "sum": "you do not divide by the batch size, as the loss is a mean",
    }[turn.way.kind], False


def _slope(turn: Turn, layer: int, formulas: Formulas) -> tuple[str, bool]:
    right, a = formulas.slope(layer) or "1", formulas.activation(layer)
    name = formulas.network.activation_names[layer - 1]
    output = turn.point == "output slope"
    whose = f"the slope of the output, {right}," if output else f"the slope of {a}, {right},"
    match turn.way.kind:
        case "left out":
            return f"{whose} is left out", False
        case "twice" if output and formulas.objective.fused:
            pair = f"{name} and {formulas.objective.loss.name}"
            return f"you multiply by the slope of the output, {right}; with {pair} it has cancelled already", False
        case "twice":
            return f"{whose} is in it twice", False
        case "of the activation":
            return f"you take the slope at {a}, which is the activation already; the chain rule has {right}", False
        case "fed with z":
            wrong = formulas.slope(layer, turn.way)
            return f"you put z{layer} where the formula wants {a}: {wrong} is not {right}", False
        case "activation itself" | "one minus activation":
            return f"you take {formulas.slope(layer, turn.way)} for the slope of {a}; the chain rule has {right}", False
        case "of layer" if turn.way.layer is not None:
            other = formulas.slope(turn.way.layer) or "1"
            return f"you take the slope of layer {turn.way.layer}, {other}; the chain rule has {right}", False
        case "of an activation" if (turn.way.name, name) == ("sigmoid", "softmax"):
            return (
                f"you take {formulas.slope(layer, turn.way)} for the slope of softmax, which is the diagonal of its "
                f"Jacobian alone: with e = ∂L/∂{a}, the chain rule has {a}·(e − Σ e·{a}), a sum over the units of the layer"
            ), False
    wrong = formulas.slope(layer, turn.way)
    return f"you take the slope of {turn.way.name}, {wrong}; the layer is {name}: {right}", False


def _carried(turn: Turn, layer: int, formulas: Formulas) -> tuple[str, bool]:
    a, w = formulas.activation(layer), formulas.names.weights[layer]
    above = formulas.slope(layer + 1)
    match turn.way.kind:
        case "error":
            near = layer + 1 == formulas.network.depth and above
            lacks = f"it lacks {above}" if near else "it lacks every slope on the way"
            return f"what you carry back to {a} is the error, not δ: {lacks}", False
        case "raw error":
            return f"what you carry back to {a} is {formulas.loss_slope()} itself, through neither slope nor {w}", False
        case "without weights":
            return f"what you carry back to {a} does not go through {w}", False
        case "transposed weights":
            return f"the error goes back to {a} through {w} the wrong way round: it is transposed", False
        case "updated weights":
            return (
                f"the error goes back to {a} through {w} as it is after the update; the chain rule has it before",
                False,
            )
    other = formulas.names.weights[(turn.way.layer or layer + 1) - 1]
    return f"the error goes back to {a} through {other} where the chain rule has {w}", False


def _loss(turn: Turn, _layer: int, formulas: Formulas) -> tuple[str, bool]:
    own, taken = formulas.objective.loss.name, formulas.loss_slope(turn.way)
    return f"∂L/∂ŷ is that of the {turn.way.name} loss, {taken}; your loss is {own}: {formulas.loss_slope()}", False


def _batch(turn: Turn, _layer: int, _formulas: Formulas) -> tuple[str, bool]:
    return {
        "sum": (
            "you sum over the batch where the loss is a mean: harmless, equal to a rate times the batch size",
            True,
        ),
        "mean again": ("you divide by the batch size twice: harmless, equal to a rate divided by it", True),
        "last sample": ("only the last sample of a batch counts: it overwrites where it should be added", False),
        "leftovers": ("each sample's gradient still holds those of the samples before it in the batch", False),
    }[turn.way.kind]


def _layer_gradient(turn: Turn, layer: int, formulas: Formulas) -> tuple[str, bool]:
    if turn.way.kind == "transposed":
        return f"{formulas.names.weights[layer - 1]}: its gradient is given transposed", False
    names = [formulas.names.weights[layer - 1], *filter(None, [formulas.names.biases[layer - 1]])]
    return f"{' and '.join(names)}: this layer never gets a gradient, so it stays as it began", False


def _whole(turn: Turn, _layer: int, formulas: Formulas) -> tuple[str, bool]:
    if turn.amount < 0.0:
        size = "" if same(turn.amount, -1.0) else f", and the size is {-turn.amount:.4g} times the gradient's"
        return f"the sign: your gradients point uphill, you have y − ŷ where ŷ − y belongs{size}", False
    if same(turn.amount, 2.0):
        return "harmless: there is a 2 too many, which is twice the rate", True
    if same(turn.amount, 0.5):
        squared = formulas.objective.loss.name == "squared"
        what = "the 2 of the square is left out" if squared else "every gradient is half of what it should be"
        return f"harmless: {what}, which is half the rate", True
    why = f"every gradient is multiplied by {turn.amount:.4g}, as by a rate, which is equal to another rate"
    return f"harmless: {why}", True


def _part(turn: Turn, layer: int, formulas: Formulas) -> tuple[str, bool]:
    if turn.amount == 0.0:
        return "it never gets a gradient, so it stays as it began", False
    if same(turn.amount, -1.0):
        what = "the sign is wrong"
    else:
        what = minus(f"it is {turn.amount:.4g} times what it should be, and the others are not")
    if turn.point == "carried factor":
        return f"what you carry back to {formulas.activation(layer)}: {what}", False
    return what, False


def _penalty(turn: Turn, layer: int, formulas: Formulas) -> tuple[str, bool]:
    w = formulas.names.weights[layer - 1]
    term = minus(f"{turn.amount:.4g}·{f'sign({w})' if turn.way.kind == 'on their size' else w}")
    return f"the gradient has {term} that the loss has not: a penalty is missing in loss, or too many here", False


_SENTENCES = {
    "factor": _whole,
    "loss": _loss,
    "batch": _batch,
    "output slope": _slope,
    "hidden slope": _slope,
    "carried": _carried,
    "carried factor": _part,
    "input": _input,
    "weight factor": _part,
    "bias": _bias,
    "bias factor": _part,
    "layer gradient": _layer_gradient,
    "penalty": _penalty,
}
