"""A small network and its training loop as Python, which follow a file with a rule for the built-in network.

The rule is then a script like any other: traced, judged and stepped as one.
"""

from __future__ import annotations

import numpy as np

from tui_backprop.core.network import Network
from tui_backprop.scripts.functions.network import Batch
from tui_backprop.scripts.functions.own_loop import UPDATES
from tui_backprop.scripts.source.source import LOOP_MARK

_TEXT = """\
{mark}
from types import SimpleNamespace as _Thing

import numpy as _np


class _Sigmoid:
    def value(self, z):
        return 1 / (1 + _np.exp(-z))

    def slope(self, z, a):
        return a * (1 - a)


class _Parameters:
    def __init__(self, values):
        self.values = values

    def w(self, layer):
        return self.values[f"w{{layer}}"]

    def b(self, layer):
        return self.values[f"b{{layer}}"]


def _train(rate):
    sigmoid = _Sigmoid()
    network = _Thing(depth={depth}, sizes={sizes}, activation_names={activations}, activation=lambda layer: sigmoid)
    values = {{
{values}
    }}
    x = _np.array({x})
    y = _np.array({y})
    for step in range({updates}):
{forward}
        prediction = a{depth}
        tape = _Thing(z=[None, {z}], a=[x, {a}], prediction=prediction)
        gradients = backward(network, _Parameters(values), tape, y)
{update}


_train(rate={rate!r})
"""


def rule_loop(network: Network, samples: Batch, rate: float) -> str:
    """Return the text for a network of ours, with parameters drawn from seed 0."""
    random = np.random.default_rng(0)
    layers = range(1, network.depth + 1)
    values, forward, update = [], [], []
    for tensor in network.tensors:
        drawn = np.round(random.uniform(-1.0, 1.0, tensor.shape), 6).tolist()
        values.append(f'        "{tensor.name}": _np.array({drawn}),')
        update.append(f'        values["{tensor.name}"] = values["{tensor.name}"] - rate * gradients["{tensor.name}"]')
    for layer in layers:
        before = "x" if layer == 1 else f"a{layer - 1}"
        forward.append(f'        z{layer} = {before} @ values["w{layer}"] + values["b{layer}"]')
        forward.append(f"        a{layer} = sigmoid.value(z{layer})")
    x, y = (np.round(part, 6).tolist() for part in samples)
    return _TEXT.format(
        mark=LOOP_MARK, depth=network.depth, sizes=network.sizes, activations=network.activation_names,
        values="\n".join(values), x=x, y=y, updates=UPDATES, forward="\n".join(forward),
        z=", ".join(f"z{n}" for n in layers), a=", ".join(f"a{n}" for n in layers), update="\n".join(update), rate=rate,
    )  # fmt: skip
