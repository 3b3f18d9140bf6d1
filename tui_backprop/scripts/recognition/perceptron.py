"""The multilayer perceptron that a script trains, where it is one: its layers, activations, loss, samples and rate."""

from __future__ import annotations

from typing import Any

import numpy as np

from tui_backprop.core.operations.activations import ACTIVATIONS
from tui_backprop.core.operations.losses import LOSSES
from tui_backprop.scripts.case import Case
from tui_backprop.scripts.reading.links import origin
from tui_backprop.scripts.reading.reading import Step
from tui_backprop.scripts.reading.residuals import Residual, target_value
from tui_backprop.scripts.recognition.recognised import Perceptron, RecognisedLayer
from tui_backprop.scripts.replay.graph import Graph

_PRODUCTS = ("matmul", "dot", "mul")


def perceptron_of(case: Case) -> Perceptron | None:
    """Return the perceptron that a script trains; None where it trains something else, or that cannot be told."""
    if case.reading is None or case.examination is None or not case.examination.draws:
        return None
    graph, step = case.reading.graph, case.reading.steps[-1]
    rounds = layer_rounds(graph, step)
    if not rounds or len(step.residuals) != len(rounds):
        return None
    layers, residual = rounds[-1], max(step.residuals, key=lambda one: one.record)
    prediction = residual.prediction
    outputs = [*(layer.given for layer in layers[1:]), prediction]
    activations = [_activation(graph, layer, out) for layer, out in zip(layers, outputs, strict=True)]
    if any(one is None for one in activations) or "softmax" in activations[:-1]:
        return None
    sizes = [_features(graph, layers[0].given, rows=layers[0].rows), *(_outputs(graph, layer) for layer in layers)]
    batch = len(rounds) * int(np.size(graph.value(prediction))) // max(sizes[-1], 1)
    found = _loss(case, residual, layers[-1].rows, sizes[-1])
    if found is None:
        return None
    loss = case.examination.loss
    guessed = loss.inferred and case.examination.verdict == "wrong" and found[0] not in ("squared", "half-squared")
    plain = not step.feeds and not step.memory and not guessed and not _otherwise(case, step)
    numbers = all(np.size(graph.value(layer.weights)) == 1 for layer in layers)
    weights = "numbers" if numbers else f"weights {'(in, out)' if layers[0].rows else '(out, in)'}"
    many = "one sample at a time" if batch == len(rounds) else f"samples as {'rows' if layers[0].rows else 'columns'}"
    return Perceptron(
        tuple(sizes),
        tuple(str(one) for one in activations),
        found[0],
        f"{weights}, {many}",
        found[1] * len(rounds),
        "sgd" if plain and not _penalised(graph, step, loss.record) else None,
        batch,
        layers[0],
        residual,
        len(rounds),
    )


def _penalised(graph: Graph, step: Step, loss: int | None) -> bool:
    """Return whether a computed loss depends on parameters in another way than through the predictions."""
    todo, seen = [] if loss is None else [loss], {one.prediction for one in step.residuals}
    while todo:
        record = todo.pop()
        if record in step.parameters:
            return True
        seen.add(record)
        todo += [one for one in graph.args[record] if (step.start < one and one not in seen) or one in step.parameters]
    return False


def _otherwise(case: Case, step: Step) -> bool:
    """Return whether parameters change by more, or by less, than the rate times the gradient."""
    assert case.examination is not None  # noqa: S101  (asked before)
    assert case.reading is not None  # noqa: S101
    decays = any(one.decay is not None for one in case.examination.parameters.values())
    return decays or any(np.asarray(case.reading.graph.value(old)).dtype.kind in "iu" for old in step.parameters)


def layers_of(graph: Graph, step: Step) -> list[RecognisedLayer]:
    """Return the layers in order; empty where a parameter is used in another way than a layer's weights and bias."""
    rounds = layer_rounds(graph, step)
    return rounds[-1] if rounds else []


def layer_rounds(graph: Graph, step: Step) -> list[list[RecognisedLayer]]:
    """Return the layers of each round through the network: several where a step adds up what single samples give.

    Empty where a parameter is used in another way than a layer's weights and bias.
    """
    parameters = set(step.parameters)
    layers: list[RecognisedLayer] = []
    for record in sorted(step.forward):
        if graph.ops[record] not in _PRODUCTS or len(graph.args[record]) != 2:
            continue
        left, right = graph.args[record]
        owners = [origin(graph, left) in parameters, origin(graph, right) in parameters]
        if sum(owners) != 1 or (graph.ops[record] == "mul" and (graph.shape(left) or graph.shape(right))):
            continue
        rows = owners[1]
        weights, given = (right, left) if rows else (left, right)
        sums = [
            (one, other)
            for one in graph.users[record]
            if one in step.forward and graph.ops[one] == "add"
            for other in graph.args[one]
            if other != record and origin(graph, other) in parameters
        ]
        if len(sums) != 1:
            return []
        layers.append(RecognisedLayer(origin(graph, weights), origin(graph, sums[0][1]), given, sums[0][0], rows))
    depth = max(1, len(parameters) // 2)
    rounds = [layers[at : at + depth] for at in range(0, len(layers), depth)]
    used = [[one for layer in some for one in (layer.weights, layer.bias)] for some in rounds]
    same = all(one == used[0] for one in used) and sorted(used[0]) == sorted(parameters) if used else False
    return rounds if same else []


def _outputs(graph: Graph, layer: RecognisedLayer) -> int:
    return 1 if _one_output(graph, layer) else _features(graph, layer.z, rows=layer.rows)


def _one_output(graph: Graph, layer: RecognisedLayer) -> bool:
    """Return whether the weights are one vector: what comes out has no axis of its own, so z of a batch is (samples,)."""
    return len(graph.shape(layer.weights)) == 1


def _features(graph: Graph, record: int, *, rows: bool) -> int:
    shape = graph.shape(record)
    return 1 if not shape else shape[0] if len(shape) == 1 else shape[-1 if rows else 0]


def _activation(graph: Graph, layer: RecognisedLayer, out: int) -> str | None:
    z, a = np.asarray(graph.value(layer.z), dtype=float), np.asarray(graph.value(out), dtype=float)
    if z.shape != a.shape:
        return None
    if out == layer.z:  # nothing is between them, whatever their values look like
        return "linear"
    turned = z.ndim == 2 and not layer.rows
    if z.ndim == 1 and _one_output(graph, layer):
        z, a = z[:, None], a[:, None]  # a sample in each row, so that a softmax would go over its one output
    for name, activation in ACTIVATIONS.items():
        if name == "softmax" and z.size == 1:
            continue
        value = activation.value(z.T).T if turned else activation.value(np.atleast_1d(z)).reshape(z.shape)
        if np.allclose(value, a, rtol=1e-9, atol=1e-12):
            return name
    return None


def sample_rows(value: Any, features: int, *, rows: bool) -> np.ndarray:
    """Return values with a sample in each row."""
    found = np.asarray(value, dtype=float)
    if found.ndim == 2:
        return found if rows else found.T
    return found.reshape(-1, features)


def _loss(case: Case, residual: Residual, rows: bool, outputs: int) -> tuple[str, float] | None:
    """Return the trainer's loss whose slope is a multiple of theirs, and the rate that makes the same updates of it."""
    assert case.reading is not None  # noqa: S101  (asked before)
    assert case.examination is not None  # noqa: S101
    graph, examination, prediction = case.reading.graph, case.examination, residual.prediction
    step = case.reading.steps[-1]
    draws = [n for n, one in enumerate(examination.draws) if one.step.number == step.number]
    known = [n for n in draws if prediction in examination.gradients[n]]
    if not known:
        return None
    n = known[-1]
    p = sample_rows(examination.draws[n].values.get(prediction, graph.value(prediction)), outputs, rows=rows)
    t = sample_rows(target_value(graph, residual, {}), outputs, rows=rows)
    if t.shape != p.shape:  # each answer meets every target: no loss that the trainer has
        return None
    theirs = sample_rows(examination.gradients[n][prediction], outputs, rows=rows)
    for name in ("squared", "binary-cross-entropy", "cross-entropy", "absolute", "huber"):
        ours = LOSSES[name].slope(p, t) / len(p)
        size = float(np.sum(ours * ours))
        factor = float(np.sum(ours * theirs)) / size if size > 0 else 0.0
        if factor > 0 and np.allclose(theirs, factor * ours, rtol=1e-6, atol=1e-12):
            return name, examination.rate * factor
    return None
