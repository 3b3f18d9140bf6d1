"""The samples that a script trains on, as far as its trace shows all of them, and the command that trains on them."""

from __future__ import annotations

import shlex

import numpy as np

from tui_backprop.datasets.catalogue import catalogue
from tui_backprop.datasets.scaling import SCALINGS, fit_scaler
from tui_backprop.datasets.source import open_source
from tui_backprop.scripts.case import Case
from tui_backprop.scripts.reading.residuals import target_value
from tui_backprop.scripts.recognition.perceptron import layers_of, sample_rows
from tui_backprop.scripts.recognition.recognised import Perceptron, RecognisedLayer, ScriptSamples
from tui_backprop.scripts.replay.graph import Graph

_CARRIED = (
    "item",
    "view",
    "transpose",
    "copy",
    "np.array",
    "np.asarray",
    "np.atleast_2d",
    "np.reshape",
    "method:reshape",
)


def perceptron_samples(case: Case, network: Perceptron) -> ScriptSamples | None:
    """Return the samples of a perceptron's script; None where they cannot be told."""
    assert case.reading is not None  # noqa: S101  (there is a network)
    graph, step, residual = case.reading.graph, case.reading.steps[-1], network.residual
    given, target = network.first.given, residual.target
    whole = _whole(graph, network) if target >= 0 else _one_hot(graph, network)
    if whole is not None:
        return whole
    if target < 0 or residual.kind == "negated":
        return None
    seen: dict[bytes, tuple[np.ndarray, np.ndarray]] = {}
    products = [_product(graph, layer) for layer in layers_of(graph, step)]
    first, side = graph.trace.where[products[0]], graph.args[products[0]].index(given)
    shared = [graph.trace.where[one] for one in products].count(
        first
    )  # layers that a loop goes through meet there, too
    last, other = graph.trace.where[residual.record], graph.args[residual.record].index(target)
    news = []
    for number, one in enumerate(case.reading.passes):
        inside = range(one.start + 1, one.end + 1)
        xs = [graph.args[r][side] for r in inside if graph.trace.where[r] == first]
        ts = [graph.args[r][other] for r in inside if graph.trace.where[r] == last]
        if not xs or not ts:
            continue
        # what was asked before the update is no sample
        for x, t in zip(xs[-network.rounds * shared :: shared], ts[-network.rounds :], strict=False):
            for a, b in zip(*_pair(graph, network, x, t), strict=False):
                key = np.concatenate([a, b]).tobytes()
                if key not in seen:
                    seen[key] = (a, b)
                    news.append(number)
    if not seen:
        return None
    inputs, targets = (np.stack(part) for part in zip(*seen.values(), strict=True))
    # nothing new in the second half of what was followed: these are all
    return ScriptSamples(inputs, targets, max(news) < len(case.reading.passes) / 2)


def _product(graph: Graph, layer: RecognisedLayer) -> int:
    """Return the record where a layer's weights meet what comes in."""
    return next(one for one in graph.args[layer.z] if layer.given in graph.args[one])


def _pair(graph: Graph, network: Perceptron, x: int, t: int) -> tuple[np.ndarray, np.ndarray]:
    return (
        sample_rows(graph.value(x), network.layers[0], rows=network.rows),
        sample_rows(graph.value(t), network.layers[-1], rows=network.rows),
    )


def _one_hot(graph: Graph, network: Perceptron) -> ScriptSamples | None:
    """Return all samples where labels say which answer is to be 1, and every step has all of them."""
    given = network.first.given
    x = sample_rows(graph.value(given), network.layers[0], rows=network.rows)
    t = sample_rows(target_value(graph, network.residual, {}), network.layers[-1], rows=network.rows)
    return ScriptSamples(x, t, True) if _root(graph, given) == given and 1 < len(x) == len(t) else None


def _whole(graph: Graph, network: Perceptron) -> ScriptSamples | None:
    """Return the arrays that the samples were taken from, where those have the same number of rows."""
    given, target = network.first.given, network.residual.target
    x, t = _pair(graph, network, given, target)
    a, b = _root(graph, given), _root(graph, target)
    inputs, targets = np.asarray(graph.value(a), dtype=float), np.asarray(graph.value(b), dtype=float)
    if a == given and b == target:
        return ScriptSamples(x, t, True) if len(x) > 1 and len(x) == len(t) else None
    if inputs.ndim == 1:
        inputs = inputs[:, None]
    if targets.ndim == 1:
        targets = targets[:, None]
    fits = inputs.ndim == targets.ndim == 2 and len(inputs) == len(targets)
    if not fits or inputs.shape[1] != network.layers[0] or targets.shape[1] != network.layers[-1]:
        return None
    pairs = {np.concatenate([p, q]).tobytes() for p, q in zip(inputs, targets, strict=True)}
    used = [np.concatenate([p, q]).tobytes() for p, q in zip(x, t, strict=False)]
    return ScriptSamples(inputs, targets, True) if all(one in pairs for one in used) else None


def _root(graph: Graph, record: int) -> int:
    while graph.ops[record] in _CARRIED and graph.args[record]:
        record = graph.args[record][0]
    return record


def command_for(network: Perceptron | None, samples: ScriptSamples | None, file: str | None) -> str | None:
    """Return the command that trains the same network on the same samples in the trainer.

    None where it would not be the same. `file` is where the samples were written; without it they are a built-in set, or
    there is no command.
    """
    if network is None or samples is None or not samples.whole or network.optimizer is None:
        return None
    hidden = network.layers[1:-1]
    if len(set(network.activations[:-1])) > 1 or not np.isfinite(network.rate) or network.rate <= 0:
        return None
    source, scaling = _built_in(samples) if file is None else (file, "none")
    if source is None:
        return None
    words = ["tui-backprop", shlex.quote(source)]
    if file is not None:
        words += ["--inputs", ",".join(samples.input_names), "--target", ",".join(samples.target_names)]
    words += ["--scale-inputs", scaling, "--test-fraction", "0"]
    words += ["--hidden", ",".join(map(str, hidden)) if hidden else "none"]
    words += ["--activation", network.activations[0]] if hidden else []
    words += ["--output-activation", network.activations[-1], "--loss", network.loss, "--lr", f"{network.rate:.6g}"]
    words += ["--batch-size", "full" if network.batch >= len(samples.inputs) else str(network.batch)]
    return " ".join(words)


def _built_in(samples: ScriptSamples) -> tuple[str | None, str]:
    """Return the built-in data set that has the same rows, and the scaling of its inputs with which it has them."""
    rows = np.array(sorted(samples.rows))
    for entry in catalogue():
        if (entry.rows, entry.inputs, entry.outputs) != (len(rows), samples.inputs.shape[1], samples.targets.shape[1]):
            continue
        found = open_source(entry.name)
        for scaling in SCALINGS:
            inputs = fit_scaler(found.inputs, scaling).transform(found.inputs)
            theirs = np.array(sorted(np.hstack([inputs, found.targets]).tolist()))
            if theirs.shape == rows.shape and np.allclose(theirs, rows, rtol=1e-12, atol=1e-12):
                return entry.name, scaling
    return None, "none"
