"""The quantities of a step: everything that has a value in it, by name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from tui_backprop.core.arrays import Array
from tui_backprop.core.network import Parameters
from tui_backprop.core.operations.penalties import clip_factor
from tui_backprop.core.step import StepRecord, penalised_gradient

UnitKind = Literal["a", "z", "slope", "error", "delta"]
EntryKind = Literal["parameter", "gradient", "descent", "slot", "old slot", "new"]
QuantityKind = Literal["target", "sample loss", "loss", "clip", UnitKind, EntryKind]

_LETTERS = {"z": "z", "a": "a", "delta": "δ"}
_SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
_OF_A_SAMPLE = {"a", "z", "slope", "error", "delta", "target", "sample loss"}
_SYMBOL = 3  # characters of a column's name up to which it can be a symbol in a formula


@dataclass(frozen=True)
class Quantity:
    """One value of a step.

    A unit's value (`a`, `z`, `slope`, `error`, `delta`) has a layer, the unit's `index` in it and a sample; `a` of layer 0
    is the input. An entry's value (`parameter` before the update, `gradient`, `descent`, `slot`, `new`) has the entry's
    position in θ as `index`. `descent` is what the optimizer is given.
    """

    kind: QuantityKind
    layer: int = 0
    index: int = 0
    sample: int = 0
    """Which sample of the batch, from 0."""
    slot: int = 0
    """Which of the optimizer's slots, from 0."""

    @property
    def is_given(self) -> bool:
        """Whether it comes from the data, so that no formula leads to it."""
        return self.kind == "target" or (self.kind == "a" and self.layer == 0)

    @property
    def of_one_sample(self) -> bool:
        """Whether it belongs to one sample of the batch, not to all of them."""
        return self.kind in _OF_A_SAMPLE


def named_by_data(names: Sequence[str]) -> bool:
    """Whether the inputs are called by their columns' names, `x1`, which are short; otherwise by their place, `x[0]`."""
    return all(name.isidentifier() and len(name) <= _SYMBOL for name in names) and len(names) > 0


def input_name(names: Sequence[str], index: int, inputs: int) -> str:
    """Name an input as tables and axes do where that is short, or by its place."""
    if named_by_data(names):
        return names[index]
    return f"x[{index}]" if inputs > 1 else "x"


def unit_name(record: StepRecord, letter: str, layer: int, index: int) -> str:
    """Name a unit's value: `z1[3]`, an input, `a2` where it is the only unit. Which sample it is of is said elsewhere."""
    size = record.training.network.sizes[layer]
    if letter == "a" and layer == 0:
        return input_name(record.training.input_names, index, size)
    return f"{letter}{layer}[{index}]" if size > 1 else f"{letter}{layer}"


def name_of(record: StepRecord, quantity: Quantity) -> str:
    """What people read for a quantity."""
    q, training = quantity, record.training
    match q.kind:
        case "a" | "z" | "delta":
            return unit_name(record, _LETTERS[q.kind], q.layer, q.index)
        case "slope":
            activation = training.network.activation_names[q.layer - 1]
            letter = "σ" if activation == "sigmoid" else activation
            return f"{letter}′({unit_name(record, 'z', q.layer, q.index)})"
        case "error":
            return f"∂L/∂{unit_name(record, 'a', q.layer, q.index)}"
        case "target":
            return unit_name(record, "y", training.network.depth, q.index).replace(f"y{training.network.depth}", "y")
        case "sample loss":
            return f"L{q.sample + 1}".translate(_SUBSCRIPTS)
        case "loss":
            return "L"
        case "clip":
            return "clip"
    entry = training.network.entry_name(q.index)
    match q.kind:
        case "gradient":
            return f"∂L/∂{entry}"
        case "descent":
            return f"g({entry})"
        case "slot" | "old slot":
            name = training.optimizer.slots[q.slot]
            return f"{name}({entry})" if q.kind == "slot" else f"old {name}({entry})"
        case "new":
            return f"new {entry}"
    return entry


def value_of(record: StepRecord, quantity: Quantity) -> float:
    """Return the value that the step has for a quantity."""
    q, training = quantity, record.training
    match q.kind:
        case "a":
            return float(record.tape.a[q.layer][q.sample, q.index])
        case "z":
            return float(record.tape.z[q.layer][q.sample, q.index])
        case "delta":
            return float(record.gradients.deltas[q.layer - 1][q.sample, q.index])
        case "slope":
            z, a = record.tape.z[q.layer], record.tape.a[q.layer]
            return float(training.network.activation(q.layer).slope(z, a)[q.sample, q.index])
        case "error":
            return float(_errors(record, q.layer)[q.sample, q.index])
        case "target":
            return float(record.targets[q.sample, q.index])
        case "sample loss":
            return float(sample_losses(record)[q.sample])
        case "loss":
            return record.loss
        case "clip":
            return 1.0 if training.clip is None else clip_factor(penalised(record), training.clip)
        case "slot" | "old slot":
            state = record.after if q.kind == "slot" else record.before
            return float(state.slots[q.slot, q.index])
    vectors = {
        "parameter": record.before.parameters,
        "gradient": record.gradients.parameters.vector,
        "descent": record.descent,
        "new": record.after.parameters,
    }
    return float(vectors[q.kind][q.index])


def sample_losses(record: StepRecord) -> Array:
    """Loss of each sample of the batch, (batch,)."""
    return record.training.objective.sample_losses(record.tape.z[-1], record.tape.a[-1], record.targets)


def _errors(record: StepRecord, layer: int) -> Array:
    """∂L/∂a of the output layer, (batch, units); below it what the posted rule carries back, the error without slopes."""
    network = record.training.network
    parameters = Parameters(network, record.before.parameters)
    error = record.training.objective.error(record.tape.a[-1], record.targets)
    for above in range(network.depth, layer, -1):
        error = error @ parameters.w(above).T
    return error


def penalised(record: StepRecord) -> Array:
    """The gradient with the penalties on it and frozen entries 0, before clipping, (size,)."""
    training = record.training
    return penalised_gradient(training, record.before.parameters, record.gradients.parameters.vector)
