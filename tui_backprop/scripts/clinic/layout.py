"""How the user's parameters lie: which may be of one layer, what those are called, and in which order their axes are."""

from __future__ import annotations

import re

import numpy as np

from tui_backprop.core.arrays import Indices
from tui_backprop.diagnosis.formulas import ParameterNames
from tui_backprop.diagnosis.recognition import Recognition
from tui_backprop.scripts.functions.network import Learner

_STEMS = (  # of a name such as w1_02: what is before its last index, before its last digits, and before all of them
    lambda name: name.rsplit("_", 1)[0],
    lambda name: re.sub(r"[\W_]*\d+\W*$", "", name),
    lambda name: re.sub(r"(?:[\W_]*\d+)+\W*$", "", name),
)
_MOST_NAMES = 4


def groups_of(learner: Learner) -> list[tuple[int, ...]]:
    """Return sets of entries that may be the weights of one layer: those of one parameter, and of names that are alike."""
    groups = [tuple(range(span.start, span.stop)) for span in learner.spans]
    found = dict.fromkeys(groups)
    for stem in _STEMS:
        alike: dict[str, tuple[int, ...]] = {}
        for name, entries in zip(learner.names, groups, strict=True):
            alike[stem(name)] = alike.get(stem(name), ()) + entries
        found |= dict.fromkeys(alike.values())
    return list(found)


def names_of(learner: Learner, recognition: Recognition) -> ParameterNames:
    """Return what the user calls the weights and biases of each layer."""
    named = [_named(learner, recognition.entries[tensor.span]) for tensor in recognition.network.tensors]
    return ParameterNames(tuple(named[0::2]), tuple(named[1::2]))


def _named(learner: Learner, entries: Indices) -> str:
    """Return what the user calls the parameters that some entries are of; empty where there are none."""
    names: list[str] = []
    for entry in entries.tolist():
        if entry >= 0:
            i = next(i for i, span in enumerate(learner.spans) if entry < span.stop)
            names += [learner.names[i]] if learner.names[i] not in names else []
    if len(names) < 2:
        return "".join(names)
    return f"({', '.join(names)})" if len(names) <= _MOST_NAMES else f"({names[0]} … {names[-1]})"


def layout_of(learner: Learner, recognition: Recognition) -> str:
    """Say how the arrays lie: weights (in, out) or (out, in), and samples."""
    network = recognition.network
    weights = "numbers" if all(shape == () for shape in learner.shapes) else "an order of its own"
    orders = set()
    for layer, tensor in enumerate(network.tensors[0::2], start=1):
        entries = recognition.entries[tensor.span].reshape(tensor.shape)
        shapes = {learner.shapes[i] for i, span in enumerate(learner.spans) if span.start <= entries[0, 0] < span.stop}
        shape = next(iter(shapes))
        if shape == (network.sizes[layer - 1], network.sizes[layer]) and (np.diff(entries.ravel()) == 1).all():
            orders.add("(in, out)")
        elif shape == (network.sizes[layer], network.sizes[layer - 1]) and (np.diff(entries.T.ravel()) == 1).all():
            orders.add("(out, in)")
    if len(orders) == 1:
        weights = f"weights {orders.pop()}"
    samples = {"rows": "samples as rows", "columns": "samples as columns", "flat": "samples along an array"}
    how = samples.get(learner.x_form, "one sample at a time") if learner.batches else "one sample at a time"
    return f"{weights}, {how}"
