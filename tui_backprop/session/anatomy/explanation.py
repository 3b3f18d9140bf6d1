"""What there is to say of one quantity of a step: its formula, the numbers in it, the result and where each came from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tui_backprop.core.backward import exact, posted
from tui_backprop.core.network import Network
from tui_backprop.core.step import StepRecord
from tui_backprop.scripts.functions.outside import OutsideRule
from tui_backprop.session.anatomy import backward, forward, update
from tui_backprop.session.anatomy.expressions import Expression, Term, terms_in
from tui_backprop.session.anatomy.phases import Phase
from tui_backprop.session.anatomy.quantities import Quantity, QuantityKind, name_of, named_by_data, value_of


@dataclass(frozen=True)
class Explanation:
    """One quantity explained."""

    quantity: Quantity
    name: str
    value: float
    """As the step has it."""
    formula: Expression | None
    """None for what is given: inputs, targets, parameters before the update, and what a wrong rule gives."""
    note: str
    """Where it is from, for what is given."""

    @property
    def terms(self) -> tuple[Term, ...]:
        """The terms that can be walked to."""
        return () if self.formula is None else tuple(t for t in terms_in(self.formula) if t.source)


def explain_quantity(record: StepRecord, quantity: Quantity) -> Explanation:
    """Explain one quantity."""
    formula, note = _formula(record, quantity), ""
    if formula is None:
        note = _origin(record, quantity)
    return Explanation(quantity, name_of(record, quantity), value_of(record, quantity), formula, note)


_FORMULAS: dict[QuantityKind, Callable[[StepRecord, Quantity], Expression | None]] = {
    "z": forward.pre_activation,
    "a": lambda record, q: forward.activation(record, q) if q.layer else None,
    "sample loss": forward.sample_loss,
    "loss": lambda record, q: forward.mean_loss(record) if len(record.rows) > 1 else forward.sample_loss(record, q),
    "slope": backward.slope,
    "descent": update.descent,
    "clip": lambda record, _: update.clip(record),
    "slot": update.slot,
    "new": update.new_parameter,
}
_BY_THE_RULE: dict[QuantityKind, Callable[[StepRecord, Quantity], Expression]] = {
    "error": backward.error,
    "delta": backward.delta,
    "gradient": backward.gradient,
}


def _formula(record: StepRecord, q: Quantity) -> Expression | None:
    if q.kind in _BY_THE_RULE:
        return _BY_THE_RULE[q.kind](record, q) if record.training.rule in (exact, posted) else None
    return _FORMULAS[q.kind](record, q) if q.kind in _FORMULAS else None


def _origin(record: StepRecord, q: Quantity) -> str:
    """Say where a value is from that is not computed in this step."""
    match q.kind:
        case "a":
            names = record.training.input_names
            column = "the input" if named_by_data(names) or not names else names[q.index]
            return f"{column} of training sample {int(record.rows[q.sample]) + 1}, scaled"
        case "target":
            return f"the target of training sample {int(record.rows[q.sample]) + 1}"
        case "parameter":
            return f"as it was at step {record.before.step:,}, before this update"
        case "old slot":
            return f"as the optimizer remembered it at step {record.before.step:,}"
    if isinstance(record.training.rule, OutsideRule):
        return "as your rule gave it" if q.kind == "gradient" else "by the chain rule: your rule gives gradients alone"
    return "as the rule computed it, which is not the chain rule"


def quantities(network: Network, batch: int, phase: Phase, sample: int = 0) -> tuple[Quantity, ...]:
    """Return what a phase computes, in order; of the `batch` samples of a step, units' values are those of one."""
    sizes = network.sizes
    match phase.kind:
        case "sample":
            inputs = (Quantity("a", 0, i, sample) for i in range(sizes[0]))
            return (*inputs, *(Quantity("target", index=k, sample=sample) for k in range(sizes[-1])))
        case "z" | "a" | "delta":
            return tuple(Quantity(phase.kind, phase.layer, j, sample) for j in range(sizes[phase.layer]))
        case "loss":
            each = (Quantity("sample loss", sample=s) for s in range(batch) if batch > 1)
            return (Quantity("loss"), *each)
        case "gradients":
            chosen = network.tensors[2 * phase.layer - 2 : 2 * phase.layer]
            return tuple(Quantity("gradient", t.layer, t.start + i) for t in chosen for i in range(t.size))
    return tuple(Quantity("new", t.layer, t.start + i) for t in network.tensors for i in range(t.size))


def phase_of(quantity: Quantity) -> Phase:
    """Return the phase in which a quantity becomes known."""
    q = quantity
    match q.kind:
        case "z" | "a" if q.layer:
            return Phase("z" if q.kind == "z" else "a", q.layer)
        case "a" | "target" | "parameter" | "old slot":
            return Phase("sample")
        case "sample loss" | "loss":
            return Phase("loss")
        case "delta" | "slope" | "error":
            return Phase("delta", q.layer)
        case "gradient":
            return Phase("gradients", q.layer)
    return Phase("update")
