"""The search finds each mistake of the gallery from its numbers alone, and pairs and triples of them."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from tests.diagnosis.conftest import BATCHES, NETWORKS, SINGLE, observations, same_numbers
from tui_backprop.core.mistakes.gallery import MISTAKES
from tui_backprop.core.mistakes.ways import Turn, Way
from tui_backprop.core.objective import make_objective
from tui_backprop.diagnosis.formulas import Formulas, ParameterNames
from tui_backprop.diagnosis.search import search
from tui_backprop.diagnosis.sentences import diagnoses


def formulas(name):
    network, loss = NETWORKS[name]
    return Formulas(network, make_objective(network.activation_names[-1], loss), ParameterNames.ours(network))


def turns_of(names):
    return [turn for name in names for turn in MISTAKES[name].turns]


def sampled(combinations, count):
    every = list(combinations)
    return [every[i] for i in np.random.default_rng(0).choice(len(every), count, replace=False)]


@pytest.mark.parametrize("sizes", [BATCHES, SINGLE], ids=["batches", "single samples"])
@pytest.mark.parametrize("name", NETWORKS)
@pytest.mark.parametrize("mistake", MISTAKES)
def test_every_mistake_is_found_under_its_own_name(mistake, name, sizes):
    """Or under one that gives the same numbers there; one that changes nothing there is called right."""
    found = search(observations(name, MISTAKES[mistake].turns, sizes))
    assert found.explanations
    for one in found.explanations:
        assert same_numbers(name, MISTAKES[mistake].turns, one.all_turns(), sizes)
    told = diagnoses(found.explanations, formulas(name))
    kinds = {kind for one in told for kind in (one.kind, *one.also)}
    if same_numbers(name, MISTAKES[mistake].turns, (), sizes):
        assert not told
    else:
        assert kinds == {mistake} or same_numbers(name, MISTAKES[mistake].turns, turns_of([told[0].kind]), sizes)


@pytest.mark.parametrize("name", NETWORKS)
def test_pairs_of_mistakes_are_found(name):
    """At least 95 of 100 pairs, and what is found gives their numbers on other draws too."""
    pairs = sampled(itertools.combinations(MISTAKES, 2), 60)
    missed = [pair for pair in pairs if not explained(name, pair)]
    assert len(missed) <= 0.05 * len(pairs), missed


@pytest.mark.parametrize("name", NETWORKS)
def test_three_mistakes_at_a_time_are_found(name):
    """At least 95 of 100."""
    triples = sampled(itertools.combinations(MISTAKES, 3), 20)
    missed = [triple for triple in triples if not explained(name, triple)]
    assert len(missed) <= 0.05 * len(triples), missed


def explained(name, mistakes):
    turns = turns_of(mistakes)
    found = search(observations(name, turns, BATCHES))
    return bool(found.explanations) and all(
        same_numbers(name, turns, one.all_turns(), BATCHES) for one in found.explanations
    )


@pytest.mark.parametrize("name", NETWORKS)
def test_right_gradients_have_no_mistake(name):
    """The simplest explanation of the chain rule is the chain rule."""
    (only,) = search(observations(name, (), BATCHES)).explanations
    assert only.all_turns() == ()


def test_a_mistake_in_one_layer_is_found_in_that_layer():
    """Not in the others, and the sentence names its weight."""
    found = search(observations("2-3-3-1", [Turn("input", Way("left out"), layer=2)], BATCHES))
    (told,) = diagnoses(found.explanations, formulas("2-3-3-1"))
    assert told.parameters == ("w2",)
    assert told.sentence.startswith("w2: a1, the input of that weight, is left out")


def test_numbers_that_nothing_explains_are_said_to_be_so():
    """The first layer on the way back that is wrong is named, and what explains the layers behind it is kept."""
    noisy = observations("2-3-3-1", MISTAKES["no-output-slope"].turns, BATCHES)
    for one in noisy:
        one.weights[1][...] = np.random.default_rng(len(one.weights[1])).standard_normal(one.weights[1].shape)
    found = search(noisy)
    assert not found.explanations
    assert found.stuck_at == 2
    assert found.partial is not None
    assert [turn.way.kind for turn in found.partial.turns] == ["left out"]


def test_two_explanations_that_no_data_tell_apart_are_both_named():
    """Softmax with cross-entropy: what is carried back without weights adds up to 0, as if the layer were left alone."""
    found = search(observations("2-4-3 softmax", MISTAKES["not-through-weights"].turns, BATCHES))
    (told,) = diagnoses(found.explanations, formulas("2-4-3 softmax"))
    assert {told.kind, *told.also} == {"layer-never-updated", "not-through-weights"}


def test_a_sentence_says_what_stands_where_and_what_belongs_there():
    """With the formula as it is and as it should be."""
    found = search(observations("1-1-1", [Turn("input", Way("weight"), layer=2)], SINGLE))
    (told,) = diagnoses(found.explanations, formulas("1-1-1"))
    assert told.sentence == "w2: you multiply by w2 where the chain rule has h (the input of that weight)"
    assert told.formula_as_is == "∂L/∂w2 = 2(ŷ−y)·σ′(z2)·w2"
    assert told.formula_right == "∂L/∂w2 = 2(ŷ−y)·σ′(z2)·h"


@pytest.mark.parametrize("mistake", MISTAKES)
@pytest.mark.parametrize("name", NETWORKS)
def test_a_formula_that_is_wrong_differs_from_the_right_one(mistake, name):
    """What is told never shows the same formula twice."""
    for one in diagnoses(search(observations(name, MISTAKES[mistake].turns, BATCHES)).explanations, formulas(name)):
        assert one.formula_as_is != one.formula_right
