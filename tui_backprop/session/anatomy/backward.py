"""The formulas of the backward pass, as the run's rule has them, with a step's numbers in them."""

from __future__ import annotations

from typing import Literal

import numpy as np

from tui_backprop.core.backward import posted
from tui_backprop.core.step import StepRecord
from tui_backprop.session.anatomy.expressions import Difference, Expression, FunctionCall, Product, Quotient, Sum, Term
from tui_backprop.session.anatomy.forward import ONE, TWO, entry_position, samples, term_of, traced_or
from tui_backprop.session.anatomy.quantities import Quantity, unit_name


def slope(record: StepRecord, q: Quantity) -> Expression:
    """f′(z_l[j]), in a where that is shorter."""
    z = term_of(record, Quantity("z", q.layer, q.index, q.sample))
    a = term_of(record, Quantity("a", q.layer, q.index, q.sample))
    network = record.training.network
    own = network.activation(q.layer).slope(np.array([z.value]), np.array([a.value]))
    value = float(own[0])
    match network.activation_names[q.layer - 1]:
        case "sigmoid" | "softmax":
            return Product((a, Difference(ONE, a)))
        case "tanh":
            return Difference(ONE, Product((a, a)))
        case "softplus":
            return FunctionCall("σ", (z,), value)
        case "sine":
            return FunctionCall("cos", (z,), value)
        case "linear":
            return ONE
        case "relu" | "leaky-relu" | "elu" | "gelu" as name:
            return FunctionCall(f"{name}′", (z,), value)
    named = FunctionCall(f"{network.activation_names[q.layer - 1]}′", (z,), value)
    return traced_or(named, network.activation(q.layer).slope, z, a)


def error(record: StepRecord, q: Quantity) -> Expression:
    """∂L/∂a of the output layer by the loss; below it what only the posted rule carries back, Σⱼ e_{l+1}[j]·w_{l+1}[i,j]."""
    if q.layer < record.training.network.depth:
        return _carried_back(record, q, "error")
    predicted = term_of(record, Quantity("a", q.layer, q.index, q.sample))
    target = term_of(record, Quantity("target", index=q.index, sample=q.sample))
    miss = Difference(predicted, target)
    above: Expression
    loss = record.training.objective.loss
    match loss.name:
        case "squared":
            above = Product((TWO, miss))
        case "half-squared":
            above = miss
        case "absolute":
            above = FunctionCall("sign", (miss,), float(np.sign(miss.value)))
        case "huber":
            above = FunctionCall("clip₋₁¹", (miss,), min(1.0, max(-1.0, miss.value)))
        case "binary-cross-entropy":
            above = Quotient(miss, Product((predicted, Difference(ONE, predicted))))
        case "cross-entropy":
            above = Quotient(Product((Term("−1", -1.0), target)), predicted)
        case _:
            value = float(loss.slope(np.array([predicted.value]), np.array([target.value]))[0])
            above = traced_or(FunctionCall(f"{loss.name}′", (predicted, target), value), loss.slope, predicted, target)
    return _mean_of(record, above)


def _mean_of(record: StepRecord, one: Expression) -> Expression:
    """A sample's part in the mean over the batch."""
    return one if len(record.rows) == 1 else Quotient(one, samples(record))


def _carried_back(record: StepRecord, q: Quantity, kind: Literal["delta", "error"]) -> Sum:
    """Σⱼ δ_{l+1}[j]·w_{l+1}[i,j], or the same of the error."""
    network, above = record.training.network, q.layer + 1
    letter = "δ" if kind == "delta" else "∂L/∂a"
    fan_out = network.sizes[above]
    products = tuple(
        Product(
            (
                term_of(record, Quantity(kind, above, j, q.sample)),
                term_of(record, Quantity("parameter", above, entry_position(record, above, q.index, j))),
            )
        )
        for j in range(fan_out)
    )
    if fan_out == 1:
        return Sum(products)
    carried = unit_name(record, letter, above, 0).replace("[0]", "[j]")
    return Sum(products, f"Σⱼ {carried}·w{above}[{q.index},j]")


def delta(record: StepRecord, q: Quantity) -> Expression:
    """δ_l[j] = ∂L/∂z_l[j]: of the output layer from the loss, below it (Σ δ_{l+1}·w_{l+1})·f′, or the posted rule's."""
    training = record.training
    own_slope = term_of(record, Quantity("slope", q.layer, q.index, q.sample))
    if q.layer < training.network.depth:
        if training.rule is posted:
            return Product((term_of(record, Quantity("error", q.layer, q.index, q.sample)), own_slope))
        return Product((_carried_back(record, q, "delta"), own_slope))
    a = term_of(record, Quantity("a", q.layer, q.index, q.sample))
    if training.objective.fused:
        target = term_of(record, Quantity("target", index=q.index, sample=q.sample))
        return _mean_of(record, Difference(a, target))
    own_error = term_of(record, Quantity("error", q.layer, q.index, q.sample))
    if training.objective.activation.name != "softmax":
        return Product((own_error, own_slope))
    shared = tuple(
        Product(
            (
                term_of(record, Quantity("error", q.layer, k, q.sample)),
                term_of(record, Quantity("a", q.layer, k, q.sample)),
            )
        )
        for k in range(training.network.sizes[-1])
    )
    symbol = f"Σₖ ∂L/∂a{q.layer}[k]·a{q.layer}[k]"
    return Product((a, Difference(own_error, Sum(shared, symbol))))


def gradient(record: StepRecord, q: Quantity) -> Expression:
    """∂L/∂w = Σₛ a·δ and ∂L/∂b = Σₛ δ over the batch; the posted rule has w·Σₛ δ in place of the first."""
    training, layer = record.training, q.layer
    weights, biases = training.network.tensors[2 * layer - 2], training.network.tensors[2 * layer - 1]
    batch = range(len(record.rows))
    if q.index >= biases.start:
        unit = q.index - biases.start
        return _over_batch(record, tuple(term_of(record, Quantity("delta", layer, unit, s)) for s in batch))
    source, unit = divmod(q.index - weights.start, weights.shape[1])
    deltas = tuple(term_of(record, Quantity("delta", layer, unit, s)) for s in batch)
    if training.rule is posted:
        return Product((term_of(record, Quantity("parameter", layer, q.index)), _over_batch(record, deltas)))
    inputs = (term_of(record, Quantity("a", layer - 1, source, s)) for s in batch)
    return _over_batch(record, tuple(Product((d, a)) for d, a in zip(deltas, inputs, strict=True)))


def _over_batch(record: StepRecord, terms: tuple[Expression, ...]) -> Expression:
    """The sum over the samples, whose symbols are the same for each of them."""
    if len(terms) == 1:
        return terms[0]
    first = terms[0]
    parts = first.factors if isinstance(first, Product) else (first,)
    symbols = "·".join(part.symbol for part in parts if isinstance(part, Term))
    return Sum(terms, f"Σₛ {symbols}")
