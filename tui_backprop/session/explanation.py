"""The last update in numbers: sample, forward, loss, gradients and Δ, as lines of text."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from tui_backprop.core.arrays import Array
from tui_backprop.core.network import Tensor
from tui_backprop.core.step import StepRecord
from tui_backprop.session.frame import Frame

Kind = Literal["heading", "line"]

_SHOWN = 3  # samples, units, terms or entries of each that are written out; the rest is counted

_SYMBOLS = {"sigmoid": "σ", "linear": ""}


@dataclass(frozen=True)
class Line:
    """One line of the explanation."""

    kind: Kind
    text: str


def explain(frame: Frame) -> tuple[Line, ...]:
    """Explain the update that led to the frame; one line that says how to make one where there is none."""
    record = frame.last
    if record is None:
        return (Line("line", "no update yet: n makes one step, space runs"),)
    parts = (
        ("sample", _samples(frame, record)),
        ("forward", _forward(record)),
        ("loss", _loss(frame, record)),
        ("backward", _backward(frame, record)),
        ("update", _update(frame, record)),
    )
    return tuple(
        line for heading, texts in parts for line in (Line("heading", heading), *(Line("line", text) for text in texts))
    )


def number(value: float) -> str:
    """Write a number with five significant digits and a true minus sign."""
    return f"{value:.5g}".replace("-", "−")


def _vector(values: Array) -> str:
    shown = " ".join(number(float(value)) for value in values[: 2 * _SHOWN])
    return shown + (f" … {len(values) - 2 * _SHOWN:,} more" if len(values) > 2 * _SHOWN else "")


def _more(count: int, what: str) -> Iterator[str]:
    if count > 0:
        yield f"… {count:,} more {what}"


def _samples(frame: Frame, record: StepRecord) -> Iterator[str]:
    train = frame.problem.train
    for i, row in enumerate(record.rows[:_SHOWN]):
        raw = f"  (raw {_vector(train.raw[row])})" if len(train.raw) == len(record.training.inputs) else ""
        yield f"sample {int(row) + 1}: x {_vector(record.tape.a[0][i])}{raw}   y {_vector(record.targets[i])}"
    yield from _more(len(record.rows) - _SHOWN, "samples in the batch")


def _forward(record: StepRecord) -> Iterator[str]:
    network = record.training.network
    before = record.before.parameters
    for layer in range(1, network.depth + 1):
        weights, biases = network.tensors[2 * layer - 2], network.tensors[2 * layer - 1]
        name = network.activation_names[layer - 1]
        inputs, z, a = record.tape.a[layer - 1][0], record.tape.z[layer][0], record.tape.a[layer][0]
        matrix, bias = before[weights.span].reshape(weights.shape), before[biases.span]
        for unit in range(min(_SHOWN, len(z))):
            terms = [f"{number(x)}·{number(w)}" for x, w in zip(inputs[:_SHOWN], matrix[:, unit], strict=False)]
            if len(inputs) > _SHOWN:
                terms.append(f"… {len(inputs) - _SHOWN} more")
            place = f"[{unit}]" if len(z) > 1 else ""
            total = f"{' + '.join(terms)} + {number(bias[unit])} = {number(z[unit])}"
            applied = "softmax(z)" if name == "softmax" else f"{_SYMBOLS.get(name, name)}({number(z[unit])})"
            yield f"z{layer}{place} = {total}   a{layer}{place} = {applied} = {number(a[unit])}"
        yield from _more(len(z) - _SHOWN, f"units in layer {layer}")


def _loss(frame: Frame, record: StepRecord) -> Iterator[str]:
    objective = record.training.objective
    each = objective.sample_losses(record.tape.z[-1], record.tape.a[-1], record.targets)
    if len(each) == 1:
        yield f"ŷ {_vector(record.tape.prediction[0])}   y {_vector(record.targets[0])}   L = {number(record.loss)}"
    else:
        yield f"L = mean of {_vector(each)} = {number(record.loss)}"


def _backward(frame: Frame, record: StepRecord) -> Iterator[str]:
    network = record.training.network
    gradients = record.gradients.parameters
    for layer in range(network.depth, 0, -1):
        delta = record.gradients.deltas[layer - 1]
        yield f"δ{layer} = ∂L/∂z{layer} = {_vector(delta[0])}" + (" (first sample)" if len(delta) > 1 else "")
        weights, biases = network.tensors[2 * layer - 2], network.tensors[2 * layer - 1]
        for index in range(min(_SHOWN, weights.size)):
            found = float(gradients.vector[weights.start + index])
            yield f"∂L/∂{weights.entry_name(index)} = {_product(frame, record, weights, index)} = {number(found)}"
        yield from _more(weights.size - _SHOWN, f"entries of w{layer}")
        shown = min(_SHOWN, biases.size)
        for index in range(shown):
            found = float(gradients.vector[biases.start + index])
            yield f"∂L/∂{biases.entry_name(index)} = {_sum(delta[:, index])} = {number(found)}"
        yield from _more(biases.size - shown, f"entries of b{layer}")


def _product(frame: Frame, record: StepRecord, weights: Tensor, index: int) -> str:
    """Write a weight's gradient as the rule has it: a·δ over the batch, or for `posted` w·Σδ."""
    source, unit = divmod(index, weights.shape[1])
    layer = weights.layer
    delta = record.gradients.deltas[layer - 1][:, unit]
    if frame.recipe.rule == "posted":
        weight = float(record.before.parameters[weights.start + index])
        return f"{weights.entry_name(index)}·δ{layer} = {number(weight)} · {_bracketed(_sum(delta), len(delta))}"
    inputs = record.tape.a[layer - 1][:, source]
    terms = [f"{number(a)}·{number(d)}" for a, d in zip(inputs[:_SHOWN], delta, strict=False)]
    if len(delta) > _SHOWN:
        terms.append(f"… {len(delta) - _SHOWN} more")
    symbols = "x·δ1" if layer == 1 else f"a{layer - 1}·δ{layer}"
    return f"{symbols} = {' + '.join(terms)}"


def _bracketed(text: str, terms: int) -> str:
    return f"({text})" if terms > 1 else text


def _sum(values: Array) -> str:
    shown = " + ".join(number(float(value)) for value in values[:_SHOWN])
    return shown + (f" + … {len(values) - _SHOWN} more" if len(values) > _SHOWN else "")


def _update(frame: Frame, record: StepRecord) -> Iterator[str]:
    network, optimizer = record.training.network, frame.recipe.optimizer
    yield f"{optimizer}, η {number(record.rate)}"
    for tensor in network.tensors:
        for index in range(min(2, tensor.size)):
            at = tensor.start + index
            old, new = float(record.before.parameters[at]), float(record.after.parameters[at])
            name = tensor.entry_name(index)
            if not record.training.free[at]:
                yield f"{name} is frozen at {number(old)}"
            elif optimizer == "sgd":
                descent = float(record.descent[at])
                yield f"{name} = {number(old)} − {number(record.rate)} · {number(descent)} = {number(new)}"
            else:
                yield f"{name} = {number(old)} → {number(new)}   Δ {number(new - old)}"
        yield from _more(tensor.size - 2, f"entries of {tensor.name}")
