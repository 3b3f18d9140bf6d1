"""Networks and the names of their parameters."""

from __future__ import annotations

import numpy as np
import pytest

from tui_backprop.core.network import Network, Parameters


def test_views_share_the_vector():
    """A change in θ shows in the tensor and the other way round."""
    network = Network((2, 3, 1), ("tanh", "sigmoid"))
    parameters = Parameters(network, np.arange(13.0))
    assert [(t.name, t.shape) for t in network.tensors] == [("w1", (2, 3)), ("b1", (3,)), ("w2", (3, 1)), ("b2", (1,))]
    parameters["w1"][0, 1] = 42
    assert parameters.vector[network.positions("w1[0,1]")] == 42


def test_an_only_entry_is_called_by_its_tensors_name():
    """In 1-1-1 there is w1, not w1[0,0]; both are understood."""
    network = Network((1, 1, 1), ("sigmoid", "sigmoid"))
    assert network.entry_names == ("w1", "b1", "w2", "b2")
    assert network.positions("w1[0,0]").tolist() == network.positions("w1").tolist() == [0]


def test_every_entry_name_leads_back_to_its_place():
    """Names and positions are one to one."""
    network = Network((3, 4, 2), ("relu", "softmax"))
    assert [int(network.positions(name)[0]) for name in network.entry_names] == list(range(network.size))


@pytest.mark.parametrize("name", ["w3", "b0", "w", "w1[3,0]", "w1[0]", "b1[0,0]", "w1[-1,0]", "w1[a]", "", "__class__"])
def test_a_name_that_names_nothing_is_refused_in_a_sentence(name):
    """A wrong name says what there is."""
    with pytest.raises(ValueError, match=r"parameter|outside"):
        Network((2, 2, 1), ("tanh", "sigmoid")).positions(name)


@pytest.mark.parametrize(
    ("sizes", "activations"),
    [
        ((1, 257, 1), ("tanh", "linear")),
        ((1, 0, 1), ("tanh", "linear")),
        ((1, *[2] * 9, 1), (*["tanh"] * 9, "linear")),
        ((1, 2, 1), ("softmax", "linear")),
        ((1, 2, 1), ("tanh", "step")),
        ((1, 1), ()),
    ],
)
def test_a_network_that_cannot_be_is_refused(sizes, activations):
    """Sizes and activations out of range never make a network."""
    with pytest.raises(ValueError, match=r"."):
        Network(sizes, activations)


def test_the_name_of_one_entry_is_the_one_in_the_list():
    """A single name does not need the names of all entries."""
    network = Network((2, 3, 1), ("tanh", "sigmoid"))
    assert tuple(network.entry_name(i) for i in range(network.size)) == network.entry_names
