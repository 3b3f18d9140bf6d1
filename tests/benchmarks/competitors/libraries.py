"""Python libraries that people would train such a network with, each imported where it is measured."""

from __future__ import annotations

import math
import random
from functools import partial
from typing import Any

import numpy as np

from tests.benchmarks.competitors.cases import Case
from tests.benchmarks.competitors.trainer import LoopTrainer
from tui_backprop.core.arrays import Array, Indices


def flat(layers: list[tuple[Array, Array]]) -> Array:
    """Return θ of weights (fan_in, fan_out) and biases."""
    return np.concatenate([np.ravel(tensor) for layer in layers for tensor in layer])


class Torch(LoopTrainer):
    """PyTorch in eager mode, one thread: modules, autograd and an optimizer as its tutorials have them.

    Numbers are float64, so that the parameters can be compared; at these sizes float32 is no faster.
    """

    def __init__(self, case: Case) -> None:
        import torch  # noqa: PLC0415

        torch.set_num_threads(1)
        self._torch, self._batch, self._loss_name = torch, case.batch, case.recipe.loss
        kinds = {"sigmoid": torch.nn.Sigmoid, "tanh": torch.nn.Tanh, "relu": torch.nn.ReLU}
        modules: list[Any] = []
        for (weights, biases), name in zip(case.layers(), case.network.activation_names, strict=True):
            linear = torch.nn.Linear(*weights.shape, dtype=torch.float64)
            with torch.no_grad():
                linear.weight.copy_(torch.from_numpy(weights.T))
                linear.bias.copy_(torch.from_numpy(biases))
            modules.append(linear)
            if name in kinds:  # softmax is part of the loss
                modules.append(kinds[name]())
        self._model = torch.nn.Sequential(*modules)
        # Of the three ways in which PyTorch can run each of them, these are the fastest here.
        optimizer = partial(torch.optim.Adam, fused=True) if case.adam else partial(torch.optim.SGD, foreach=False)
        self._optimizer = optimizer(self._model.parameters(), lr=case.recipe.lr)
        self._x = torch.from_numpy(case.training.inputs.copy())
        self._y = torch.from_numpy(case.labels if case.recipe.loss == "cross-entropy" else case.training.targets.copy())

    def draw(self) -> Any:
        """Rows as a tensor."""
        return self._torch.randint(len(self._x), (self._batch,))

    def update(self, rows: Any) -> None:
        """Forward, loss, backward, step."""
        loss = self._loss(self._model(self._x[rows]), self._y[rows])
        self._optimizer.zero_grad()
        loss.backward()
        self._optimizer.step()

    def _loss(self, output: Any, targets: Any) -> Any:
        functional = self._torch.nn.functional
        if self._loss_name == "cross-entropy":
            return functional.cross_entropy(output, targets)
        loss = functional.mse_loss(output, targets)  # the cases have one output
        return loss if self._loss_name == "squared" else 0.5 * loss

    def theta(self) -> Array:
        """Weights there are (fan_out, fan_in)."""
        linear = [one for one in self._model if isinstance(one, self._torch.nn.Linear)]
        return flat([(one.weight.detach().numpy().T, one.bias.detach().numpy()) for one in linear])


class ScikitLearn(LoopTrainer):
    """`MLPClassifier.partial_fit` with one batch a call."""

    def __init__(self, case: Case) -> None:
        from sklearn.neural_network import MLPClassifier  # noqa: PLC0415

        training = case.training
        self._random = np.random.default_rng(0)
        self._x, self._batch = training.inputs.copy(), case.batch
        self._y = case.labels if training.targets.shape[1] > 1 else training.targets[:, 0].astype(int)
        self._model = MLPClassifier(
            case.recipe.hidden,
            activation={"sigmoid": "logistic"}.get(case.recipe.activation, case.recipe.activation),
            solver=case.recipe.optimizer,
            alpha=0.0,
            batch_size=case.batch,
            learning_rate_init=case.recipe.lr,
            shuffle=False,
            momentum=0.0,
            nesterovs_momentum=False,
        )
        self._begin(case)

    def _begin(self, case: Case) -> None:
        """Let it make its arrays with a first update, then put the case's parameters and empty moments there."""
        first = np.arange(self._batch)
        self._model.partial_fit(self._x[first], self._y[first], classes=np.unique(self._y))
        for k, (weights, biases) in enumerate(case.layers()):
            self._model.coefs_[k][...] = weights
            self._model.intercepts_[k][...] = biases
        if case.adam:
            optimizer = self._model._optimizer
            optimizer.t = 0
            for moment in (*optimizer.ms, *optimizer.vs):
                moment[...] = 0.0

    def draw(self) -> Indices:
        """Rows."""
        return self._random.integers(len(self._x), size=self._batch)

    def update(self, rows: Indices) -> None:
        """One call, one update."""
        self._model.partial_fit(self._x[rows], self._y[rows])

    def theta(self) -> Array:
        """They lie as ours do."""
        return flat(list(zip(self._model.coefs_, self._model.intercepts_, strict=True)))


class Micrograd(LoopTrainer):
    """micrograd's values and layers; tanh, sigmoid, exp and log are added in its own way, as it has relu alone."""

    def __init__(self, case: Case) -> None:
        from micrograd.engine import Value  # noqa: PLC0415
        from micrograd.nn import Layer  # noqa: PLC0415

        self._case, self._value = case, Value
        self._x: list[list[float]] = case.training.inputs.tolist()
        self._y: list[list[float]] = case.training.targets.tolist()
        self._layers = [Layer(*weights.shape, nonlin=False) for weights, _ in case.layers()]
        for layer, (weights, biases) in zip(self._layers, case.layers(), strict=True):
            for j, neuron in enumerate(layer.neurons):
                neuron.b.data = float(biases[j])
                for weight, value in zip(neuron.w, weights[:, j].tolist(), strict=True):
                    weight.data = value
        self._parameters = [p for layer in self._layers for p in layer.parameters()]
        self._moments = [[0.0, 0.0] for _ in self._parameters]
        self._count = 0

    def draw(self) -> Any:
        """Rows."""
        return [random.randrange(len(self._x)) for _ in range(self._case.batch)]

    def update(self, rows: Any) -> None:
        """Forward, loss, backward, and the update of every parameter."""
        total = sum((self._sample_loss(self._x[row], self._y[row]) for row in rows), self._value(0.0))
        loss = total * (1.0 / len(rows))
        for parameter in self._parameters:
            parameter.grad = 0.0
        loss.backward()
        if self._case.adam:
            self._adam()
        else:
            for parameter in self._parameters:
                parameter.data -= self._case.recipe.lr * parameter.grad

    def _sample_loss(self, x: Any, y: list[float]) -> Any:
        values = x
        for layer, name in zip(self._layers, self._case.network.activation_names, strict=True):
            values = [neuron(values) for neuron in layer.neurons]
            if name != "softmax":
                values = [self._activate(value, name) for value in values]
        if self._case.recipe.loss == "cross-entropy":
            largest = max(value.data for value in values)
            total = sum((self._function(v - largest, "exp") for v in values), self._value(0.0))
            return self._function(total, "log") + largest - values[y.index(1.0)]
        error = sum(((value - target) ** 2 for value, target in zip(values, y, strict=True)), self._value(0.0))
        return error if self._case.recipe.loss == "squared" else error * 0.5

    def _activate(self, value: Any, name: str) -> Any:
        return value.relu() if name == "relu" else self._function(value, name)

    def _function(self, value: Any, name: str) -> Any:
        """A function of one value with its derivative, in micrograd's manner."""
        match name:
            case "tanh":
                result = math.tanh(value.data)
                slope = 1 - result * result
            case "sigmoid":
                result = 1 / (1 + math.exp(-value.data))
                slope = result * (1 - result)
            case "exp":
                result = slope = math.exp(value.data)
            case _:
                result, slope = math.log(value.data), 1 / value.data
        out = self._value(result, (value,), name)

        def _backward() -> None:
            value.grad += slope * out.grad

        out._backward = _backward
        return out

    def _adam(self) -> None:
        self._count += 1
        scale, root = self._case.recipe.lr / (1 - 0.9**self._count), math.sqrt(1 - 0.999**self._count)
        for parameter, moment in zip(self._parameters, self._moments, strict=True):
            moment[0] = 0.9 * moment[0] + 0.1 * parameter.grad
            moment[1] = 0.999 * moment[1] + 0.001 * parameter.grad**2
            parameter.data -= scale * moment[0] / (math.sqrt(moment[1]) / root + 1e-8)

    def theta(self) -> Array:
        """Weights there belong to the unit that they lead to."""
        return flat(
            [
                (
                    np.array([[w.data for w in neuron.w] for neuron in layer.neurons]).T,
                    np.array([neuron.b.data for neuron in layer.neurons]),
                )
                for layer in self._layers
            ]
        )
