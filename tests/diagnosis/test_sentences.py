"""What is said of a mistake has no hole, no name that only the program knows, and two formulas that differ."""

from __future__ import annotations

import re

import pytest

from tui_backprop.core.mistakes.gallery import MISTAKES
from tui_backprop.core.mistakes.ways import Turn, Way, ways
from tui_backprop.core.objective import Objective
from tui_backprop.core.operations.losses import LOSSES
from tui_backprop.diagnosis.formulas import Formulas, ParameterNames
from tui_backprop.diagnosis.found_network import FoundNetwork
from tui_backprop.diagnosis.search import MistakeFound
from tui_backprop.diagnosis.sentences import diagnoses, gallery_name

NETWORKS = {
    "all linear": (FoundNetwork((2, 3, 3, 1), ("linear", "linear", "linear")), "squared"),
    "linear output": (FoundNetwork((2, 3, 3, 1), ("tanh", "elu", "linear")), "half-squared"),
    "relu": (FoundNetwork((3, 3, 3, 3), ("relu", "leaky-relu(0.2)", "relu")), "squared"),
    "falling": (FoundNetwork((1, 1, 1), ("sigmoid(−z)", "sigmoid")), "binary-cross-entropy"),
    "softmax": (FoundNetwork((2, 4, 3), ("softmax", "softmax")), "cross-entropy"),
    "others": (FoundNetwork((2, 2, 2, 2), ("swish", "gelu(erf)", "softsign")), "huber"),
}
POINTS = ("batch", "loss", "output slope", "hidden slope", "carried", "input", "bias", "layer gradient", "penalty")
FACTORS = ("factor", "carried factor", "weight factor", "bias factor")
HOLE = re.compile(r":\s*$|,\s*$|;\s*$|\blacks\s*$|\bof\s*$|,\s*[,;]|:\s*[,;)]|\(\s*\)|\s\s|^\s|\bis\s*$")


def turns_of(network, loss):
    """Every single turn that the search may find in a network."""
    objective = Objective(network.activations[-1], LOSSES[loss])
    for layer in range(1, network.depth + 1):
        for point in POINTS:
            inside = point in ("hidden slope", "carried")
            if (inside and layer == network.depth) or (point == "output slope" and layer != network.depth):
                continue
            for way in ways(point, network, objective, layer):
                yield Turn(point, way, layer, 0.1)
        for point in FACTORS:
            if point != "carried factor" or layer < network.depth:
                yield from (Turn(point, Way("other"), layer, amount) for amount in (-1.0, -2.5, 0.5, 2.0, 0.3))


@pytest.mark.parametrize("name", NETWORKS)
def test_a_sentence_has_no_hole_and_no_name_of_ours(name):
    """For every turn of every network here; where a turn changes nothing, nothing is said."""
    network, loss = NETWORKS[name]
    formulas = Formulas(network, Objective(network.activations[-1], LOSSES[loss]), ParameterNames.ours(network))
    for turn in turns_of(network, loss):
        for one in diagnoses([MistakeFound((turn,), 1.0)], formulas):
            assert not HOLE.search(one.sentence), (turn, one.sentence)
            for text in (one.formula_as_is, one.formula_right):
                assert not re.search(r"[·=]\s*$|··|=\s*[·+]", text), (turn, text)
            assert not any(kind in one.sentence for kind in MISTAKES), (turn, one.sentence)


def test_what_cannot_be_told_apart_is_said_in_words():
    """Beside the first mistake are the others' sentences, and their kinds are there for JSON alone."""
    network, loss = NETWORKS["linear output"]
    formulas = Formulas(network, Objective(network.activations[-1], LOSSES[loss]), ParameterNames.ours(network))
    first, other = (MistakeFound((Turn(point, Way("left out"), 2),), 1.0) for point in ("input", "bias"))
    (told,) = diagnoses([first, other], formulas)
    assert told.also == ("no-bias-gradient",)
    assert "b2: it never gets a gradient" in told.sentence
    assert "no-bias-gradient" not in told.sentence


def test_an_error_that_passes_only_linear_layers_is_no_mistake():
    """It is δ itself: no slope is lacking, and the mistake behind it does not reach the layers before."""
    network, loss = NETWORKS["linear output"]
    formulas = Formulas(network, Objective(network.activations[-1], LOSSES[loss]), ParameterNames.ours(network))
    turns = Turn("output slope", Way("of an activation", name="sigmoid"), 3), Turn("carried", Way("error"), 2)
    (told,) = diagnoses([MistakeFound(turns, 1.0)], formulas)
    assert told.parameters == ("w3", "b3")
    assert "the layer is linear: 1" in told.sentence


@pytest.mark.parametrize("amount", [2.0, 2.0 + 1e-9, 0.5, 0.5 - 1e-10])
def test_kind_and_sentence_of_a_factor_agree(amount):
    """A 2 that was measured is a 2."""
    network, loss = NETWORKS["linear output"]
    formulas = Formulas(network, Objective(network.activations[-1], LOSSES[loss]), ParameterNames.ours(network))
    (told,) = diagnoses([MistakeFound((), amount)], formulas)
    assert told.kind == "half-the-gradient"
    assert told.sentence == f"harmless: {_of(amount)}"


def _of(amount):
    if amount > 1:
        return "there is a 2 too many, which is twice the rate"
    return "every gradient is half of what it should be, which is half the rate"


@pytest.mark.parametrize("amount", [0.3, 7.0])
def test_another_factor_is_called_a_rate(amount):
    """Harmless too, under another name."""
    assert gallery_name(Turn("factor", Way("whole"), amount=amount)) == "times-the-rate"
