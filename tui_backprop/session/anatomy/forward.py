"""The formulas of the forward pass and of the loss, with a step's numbers in them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from tui_backprop.core.objective import log_softmax
from tui_backprop.core.step import StepRecord
from tui_backprop.session.anatomy.expressions import (
    SHOWN_TERMS,
    Difference,
    Expression,
    FunctionCall,
    Product,
    Quotient,
    Sum,
    Term,
)
from tui_backprop.session.anatomy.quantities import Quantity, name_of, named_by_data, unit_name, value_of
from tui_backprop.session.anatomy.traced import UntraceableError, traced

ONE = Term("1", 1.0)
TWO = Term("2", 2.0)
HALF = Term("½", 0.5)


def term_of(record: StepRecord, quantity: Quantity) -> Term:
    """Return the term that a quantity is in a formula."""
    return Term(name_of(record, quantity), value_of(record, quantity), quantity)


def entry_position(record: StepRecord, layer: int, source: int, unit: int) -> int:
    """Position in θ of the weight from unit `source` of the layer before to `unit` of `layer`."""
    weights = record.training.network.tensors[2 * layer - 2]
    return weights.start + source * weights.shape[1] + unit


def bias_position(record: StepRecord, layer: int, unit: int) -> int:
    """Position in θ of a unit's bias."""
    return record.training.network.tensors[2 * layer - 1].start + unit


def pre_activation(record: StepRecord, q: Quantity) -> Expression:
    """z_l[j] = Σᵢ a_{l−1}[i]·w_l[i,j] + b_l[j]."""
    fan_in = record.training.network.sizes[q.layer - 1]
    products = tuple(
        Product(
            (
                term_of(record, Quantity("a", q.layer - 1, i, q.sample)),
                term_of(record, Quantity("parameter", q.layer, entry_position(record, q.layer, i, q.index))),
            )
        )
        for i in range(fan_in)
    )
    bias = term_of(record, Quantity("parameter", q.layer, bias_position(record, q.layer, q.index)))
    several = record.training.network.sizes[q.layer] > 1
    entry = f"w{q.layer}[i,{q.index if several else 0}]"
    inputs = f"{'x' if q.layer == 1 else f'a{q.layer - 1}'}[i]"
    if fan_in == 1:
        return Sum((products[0], bias))
    if q.layer == 1 and fan_in <= SHOWN_TERMS and named_by_data(record.training.input_names):
        return Sum((Sum(products), bias))  # x1 and x2 have no [i] to sum over
    return Sum((Sum(products, f"Σᵢ {inputs}·{entry}"), bias), f"Σᵢ {inputs}·{entry} + {bias.symbol}")


def activation(record: StepRecord, q: Quantity) -> Expression:
    """a_l[j] = f(z_l[j]); for softmax e^(z_j − max) / Σₖ e^(z_k − max)."""
    name = record.training.network.activation_names[q.layer - 1]
    z = term_of(record, Quantity("z", q.layer, q.index, q.sample))
    if name == "softmax":
        row = record.tape.z[q.layer][q.sample]
        largest = int(row.argmax())
        units = [Quantity("z", q.layer, k, q.sample) for k in range(len(row))]
        symbol = unit_name(record, "z", q.layer, 0).replace("[0]", "[k]")
        powers = tuple(_shifted_power(record, unit, units[largest]) for unit in units)
        return Quotient(powers[q.index], Sum(powers, f"Σₖ exp({symbol} − {name_of(record, units[largest])})"))
    value = value_of(record, q)
    match name:
        case "sigmoid":
            return FunctionCall("σ", (z,), value)
        case "linear":
            return z
        case "relu":
            return FunctionCall("max", (z, Term("0", 0.0)), value)
        case "sine":
            return FunctionCall("sin", (z,), value)
        case "tanh" | "leaky-relu" | "elu" | "softplus" | "gelu":
            return FunctionCall(name, (z,), value)
    return traced_or(FunctionCall(name, (z,), value), record.training.network.activation(q.layer).value, z)


def traced_or(named: Expression, function: Callable[..., Any], *arguments: Expression) -> Expression:
    """Return the formula that can be read off a function of the core; where it cannot, the function by its name."""
    try:
        return traced(function, *arguments)
    except UntraceableError:
        return named


def _shifted_power(record: StepRecord, unit: Quantity, largest: Quantity) -> FunctionCall:
    from_top = Difference(term_of(record, unit), term_of(record, largest))
    return FunctionCall("exp", (from_top,), float(np.exp(from_top.value)))


def sample_loss(record: StepRecord, q: Quantity) -> Expression:
    """Loss of one sample, the sum over the outputs of what the loss is for one."""
    outputs = record.training.network.sizes[-1]
    terms = tuple(_output_loss(record, k, q.sample) for k in range(outputs))
    name = record.training.objective.loss.name
    if name == "cross-entropy":  # only the terms whose target is not 0 say anything
        kept = tuple(t for k, t in enumerate(terms) if record.targets[q.sample, k])
        return Product((Term("−1", -1.0), Sum(kept or terms[:1], "Σₖ y[k]·log ŷ[k]")))
    return Sum(terms)


def _output_loss(record: StepRecord, output: int, sample: int) -> Expression:
    """What one output adds to the loss of a sample."""
    depth = record.training.network.depth
    predicted = term_of(record, Quantity("a", depth, output, sample))
    target = term_of(record, Quantity("target", index=output, sample=sample))
    miss = Difference(predicted, target)
    loss = record.training.objective.loss
    match loss.name:
        case "squared":
            return Product((miss, miss))
        case "half-squared":
            return Product((HALF, miss, miss))
        case "absolute":
            return FunctionCall("abs", (miss,), abs(miss.value))
        case "huber":
            return FunctionCall("huber", (miss,), float(loss.value(np.array([miss.value]), np.zeros(1))))
        case "cross-entropy":
            log = float(log_softmax(record.tape.z[depth])[sample, output])
            return Product((target, FunctionCall("log", (predicted,), log)))
        case "binary-cross-entropy":
            return _binary_cross_entropy(record, target, output, sample)
    value = float(loss.value(np.array([predicted.value]), np.array([target.value])))
    return traced_or(FunctionCall(loss.name, (predicted, target), value), loss.value, predicted, target)


def _binary_cross_entropy(record: StepRecord, target: Term, output: int, sample: int) -> Expression:
    """From z, so that nothing overflows."""
    z = term_of(record, Quantity("z", record.training.network.depth, output, sample))
    log = float(np.log1p(np.exp(-abs(z.value))))
    rest = FunctionCall(
        "log",
        (Sum((ONE, FunctionCall("exp", (FunctionCall("−abs", (z,), -abs(z.value)),), float(np.exp(-abs(z.value)))))),),
        log,
    )
    return Sum((Difference(FunctionCall("max", (z, Term("0", 0.0)), max(z.value, 0.0)), Product((target, z))), rest))


def mean_loss(record: StepRecord) -> Expression:
    """L, the mean of the samples' losses."""
    terms = tuple(term_of(record, Quantity("sample loss", sample=s)) for s in range(len(record.rows)))
    return Quotient(Sum(terms, "Σₛ Lₛ"), samples(record))


def samples(record: StepRecord) -> Term:
    """N, the number of samples in the batch."""
    return Term("N", float(len(record.rows)))
