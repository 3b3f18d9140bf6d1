"""Networks as the user might write them, right ones, in any layout; and a way to ask them without a process."""

from __future__ import annotations

import json
from types import SimpleNamespace

import numpy as np

from tui_backprop.scripts.functions import network as learner_network
from tui_backprop.scripts.functions import own_network
from tui_backprop.scripts.functions.process import LearnerError

# Written apart from the core's own formulas: value and slope in z.
ACTIVATIONS = {
    "sigmoid": (lambda z: 0.5 * (1 + np.tanh(z / 2)), lambda z: 0.25 / np.cosh(z / 2) ** 2),
    "tanh": (np.tanh, lambda z: 1 / np.cosh(z) ** 2),
    "relu": (lambda z: z * (z > 0), lambda z: 1.0 * (z > 0)),
    "leaky-relu": (lambda z: np.where(z > 0, z, 0.01 * z), lambda z: np.where(z > 0, 1.0, 0.01)),
    "softplus": (lambda z: np.logaddexp(0, z), lambda z: 0.5 * (1 + np.tanh(z / 2))),
    "sine": (np.sin, np.cos),
    "linear": (lambda z: z * 1.0, np.ones_like),
}


def softmax(z):
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


LOSSES = {  # of rows of predictions and targets: sum over the outputs, for each sample; and the slope
    "squared": (lambda p, y: ((p - y) ** 2).sum(axis=1), lambda p, y: 2 * (p - y)),
    "half-squared": (lambda p, y: 0.5 * ((p - y) ** 2).sum(axis=1), lambda p, y: p - y),
    "binary-cross-entropy": (
        lambda p, y: -(y * np.log(p) + (1 - y) * np.log(1 - p)).sum(axis=1),
        lambda p, y: (p - y) / (p * (1 - p)),
    ),
    "cross-entropy": (lambda p, y: -(y * np.log(p)).sum(axis=1), lambda p, y: -y / p),
}


def right_code(  # noqa: PLR0915  (one file of the user's, with all of its functions)
    sizes,
    activations,
    loss,
    *,
    order="(in, out)",
    samples="rows",
    biases=True,
    scalars=False,
    summed=False,
    as_update=False,
    with_data=True,
    seed=0,
):
    """The user's module: parameters, forward, loss, backward (or update) and data; everything in it is right."""
    rng = np.random.default_rng(seed)
    depth = len(sizes) - 1
    shapes = {}
    for layer in range(1, depth + 1):
        shape = (sizes[layer - 1], sizes[layer])
        shapes[f"W{layer}"] = shape if order == "(in, out)" else shape[::-1]
        if biases:
            shapes[f"c{layer}"] = (sizes[layer],) if order == "(in, out)" else (sizes[layer], 1)
    arrays = {name: rng.standard_normal(shape) for name, shape in shapes.items()}

    def packed(values):
        if not scalars:
            return values
        return {f"{name}_{i}": float(v) for name, value in values.items() for i, v in enumerate(np.ravel(value))}

    def unpacked(values):
        if not scalars:
            return values
        return {
            name: np.reshape([values[f"{name}_{i}"] for i in range(int(np.prod(shape)))], shape)
            for name, shape in shapes.items()
        }

    def weights(values, layer):
        w = values[f"W{layer}"]
        return w if order == "(in, out)" else w.T

    def rows_from(x):
        if samples == "rows":
            return np.asarray(x)
        if samples == "columns":
            return np.asarray(x).T
        return np.reshape(x, (1, -1))

    def back(rows):
        return {"rows": rows, "columns": rows.T, "vector": rows[0], "list": rows[0].tolist(), "number": rows[0, 0]}[
            samples
        ]

    def passed(values, x):
        a, zs, activations_ = rows_from(x), [], []
        for layer in range(1, depth + 1):
            activations_.append(a)
            z = a @ weights(values, layer) + (np.ravel(values[f"c{layer}"]) if biases else 0.0)
            zs.append(z)
            name = activations[layer - 1]
            a = softmax(z) if name == "softmax" else ACTIVATIONS[name][0](z)
        return zs, activations_, a

    def forward(p, x):
        return back(passed(unpacked(p), x)[2])

    def own_loss(prediction, y):
        values = LOSSES[loss][0](rows_from(prediction), rows_from(y))
        return float(values.sum() if summed else values.mean())

    def backward(p, x, y):
        values = unpacked(p)
        zs, inputs, prediction = passed(values, x)
        targets = rows_from(y)
        error = LOSSES[loss][1](prediction, targets) / (1 if summed else len(targets))
        gradients = {}
        for layer in range(depth, 0, -1):
            name = activations[layer - 1]
            if name == "softmax":
                delta = prediction * (error - (error * prediction).sum(axis=1, keepdims=True))
            else:
                delta = error * ACTIVATIONS[name][1](zs[layer - 1])
            dw = inputs[layer - 1].T @ delta
            gradients[f"W{layer}"] = dw if order == "(in, out)" else dw.T
            if biases:
                gradients[f"c{layer}"] = delta.sum(axis=0).reshape(shapes[f"c{layer}"])
            error = delta @ weights(values, layer).T
        return packed(gradients)

    def update(p, x, y, lr):
        gradients = backward(p, x, y)
        return {name: value - lr * gradients[name] for name, value in p.items()}

    x = rng.standard_normal((4, sizes[0]))
    outputs = sizes[-1]
    if loss == "cross-entropy":
        y = np.eye(outputs)[rng.integers(outputs, size=4)]
    elif loss == "binary-cross-entropy":
        y = rng.integers(2, size=(4, outputs)).astype(float)
    else:
        y = rng.uniform(0, 1, (4, outputs))
    module = SimpleNamespace(parameters=packed(arrays), forward=forward)
    if loss != "squared" or summed or rng.integers(2):
        module.loss = own_loss
    setattr(module, "update" if as_update else "backward", update if as_update else backward)
    if with_data:
        if samples in ("rows", "columns"):
            module.data = (back(x), back(y))
        else:
            module.data = [(back(x[i : i + 1]), back(y[i : i + 1])) for i in range(4)]
    return module


class Inside:
    """Answers as a process does, in this one: what goes in and out passes through JSON all the same."""

    def __init__(self, module, name="my_net.py"):
        self.name, self._module = name, module
        self._questions = own_network.network_questions(module)

    def renew(self):
        """There is no time limit here."""

    def ask(self, question, read, **details):
        if question == "fresh":
            self._questions = own_network.network_questions(self._module)
            return None
        try:
            with np.errstate(all="ignore"):
                answer = json.dumps(self._questions[question](**json.loads(json.dumps(details))))
            return read(json.loads(answer))
        except Exception as error:
            raise LearnerError(f"{self.name}: {error}") from error

    def close(self):
        """There is no process."""


def ask_directly(monkeypatch, module):
    """A learner for a module in this process."""
    monkeypatch.setattr(learner_network, "LearnerProcess", lambda *_: Inside(module))
    return learner_network.LearnerNetwork("my_net.py")
