"""The formulas of the update: from the gradient to the new parameter, as the optimizer has it."""

from __future__ import annotations

import math

import numpy as np

from tui_backprop.core.errors import require
from tui_backprop.core.operations.optimizers import (
    OPTIMIZERS,
    Adagrad,
    Adam,
    AdamW,
    Momentum,
    Nesterov,
    Optimizer,
    RmsProp,
    Sgd,
)
from tui_backprop.core.step import StepRecord
from tui_backprop.session.anatomy.expressions import Difference, Expression, FunctionCall, Product, Quotient, Sum, Term
from tui_backprop.session.anatomy.forward import ONE, term_of
from tui_backprop.session.anatomy.quantities import Quantity, penalised
from tui_backprop.session.anatomy.traced import UntraceableError, traced_update


def descent(record: StepRecord, q: Quantity) -> Expression:
    """g = clip · (∂L/∂θ + λ₁·sign(w) + λ₂·w); 0 where the entry is frozen."""
    training = record.training
    if not training.free[q.index]:
        return Term("0 (frozen)", 0.0)
    terms: list[Expression] = [term_of(record, Quantity("gradient", q.layer, q.index))]
    weight = term_of(record, Quantity("parameter", q.layer, q.index))
    if training.l1 and training.network.weight_mask[q.index]:
        sign = FunctionCall("sign", (weight,), float(np.sign(weight.value)))
        terms.append(Product((Term("λ₁", training.l1), sign)))
    if training.l2 and training.network.weight_mask[q.index]:
        terms.append(Product((Term("λ₂", training.l2), weight)))
    whole = Sum(tuple(terms)) if len(terms) > 1 else terms[0]
    if training.clip is None:
        return whole
    return Product((term_of(record, Quantity("clip")), whole))


def clip(record: StepRecord) -> Expression:
    """Limit / norm of the gradient where it is longer than the limit, else 1."""
    limit = record.training.clip
    norm = float(np.linalg.norm(penalised(record)))
    if limit is None or norm <= limit:
        return ONE
    return Quotient(Term("limit", limit), Sum((Term("norm", norm), Term("10⁻⁶", 1e-6))))


def slot(record: StepRecord, q: Quantity) -> Expression:
    """What the optimizer remembers, from what it remembered and g."""
    g = term_of(record, Quantity("descent", q.layer, q.index))
    old = term_of(record, Quantity("old slot", q.layer, q.index, slot=q.slot))
    optimizer = record.training.optimizer
    match optimizer:
        case Momentum(momentum=mu) | Nesterov(momentum=mu):
            return Sum((Product((Term("μ", mu), old)), g))
        case Adagrad():
            return Sum((old, Product((g, g))))
        case RmsProp(alpha=alpha):
            return _blend("α", alpha, old, Product((g, g)))
        case Adam() | AdamW():
            adam = _adam(record)
            if q.slot == 0:
                return _blend("β₁", adam.beta1, old, g)
            return _blend("β₂", adam.beta2, old, Product((g, g)))
    _, new = _traced(record, q, g)
    return new[q.slot]


def _blend(symbol: str, keep: float, old: Expression, fresh: Expression) -> Sum:
    factors = fresh.factors if isinstance(fresh, Product) else (fresh,)
    share = Term(f"(1−{symbol})", 1.0 - keep)
    return Sum((Product((Term(symbol, keep), old)), Product((share, *factors))))


def _adam(record: StepRecord) -> Adam:
    optimizer = record.training.optimizer
    found = optimizer.adam if isinstance(optimizer, AdamW) else optimizer
    assert isinstance(found, Adam)  # noqa: S101  (every other optimizer was told apart before)
    return found


def new_parameter(record: StepRecord, q: Quantity) -> Expression:
    """The parameter after the update."""
    training = record.training
    old = term_of(record, Quantity("parameter", q.layer, q.index))
    if not training.free[q.index]:
        return old
    rate = Term("η", record.rate)
    g = term_of(record, Quantity("descent", q.layer, q.index))
    slots = [term_of(record, Quantity("slot", q.layer, q.index, slot=i)) for i in range(len(training.optimizer.slots))]
    match training.optimizer:
        case Sgd():
            return Difference(old, Product((rate, g)))
        case Momentum():
            return Difference(old, Product((rate, slots[0])))
        case Nesterov(momentum=mu):
            return Difference(old, Product((rate, Sum((g, Product((Term("μ", mu), slots[0])))))))
        case Adagrad(epsilon=epsilon) | RmsProp(epsilon=epsilon):
            return Difference(old, Product((rate, Quotient(g, _root(slots[0], epsilon)))))
        case Adam() | AdamW():
            return _adam_step(record, old, rate, slots)
    moved, _ = _traced(record, q, g)
    return moved


def _traced(record: StepRecord, q: Quantity, g: Term) -> tuple[Expression, tuple[Expression, ...]]:
    """The new parameter and slots by the optimizer's own formula, from the slots before the update."""
    optimizer, count = record.training.optimizer, record.before.step - record.training.slots_since + 1
    old = term_of(record, Quantity("parameter", q.layer, q.index))
    slots = [term_of(record, Quantity("old slot", q.layer, q.index, slot=i)) for i in range(len(optimizer.slots))]
    return traced_update(optimizer, old, g, slots, count, Term("η", record.rate))


def _readable(optimizer: Optimizer) -> bool:
    """Whether *Step* has formulas of an optimizer: by hand, or read off its own."""
    if isinstance(optimizer, Sgd | Momentum | Nesterov | Adagrad | RmsProp | Adam | AdamW):
        return True
    try:
        traced_update(optimizer, ONE, ONE, [ONE for _ in optimizer.slots], 1, ONE)
    except UntraceableError:
        return False
    return True


require(
    "Step's formulas of optimizers", [name for name, make in OPTIMIZERS.items() if _readable(make(0.9))], OPTIMIZERS
)


def _adam_step(record: StepRecord, old: Term, rate: Term, slots: list[Term]) -> Expression:
    """θ − η·m̂ / (√v̂ + ε), with m̂ = m / (1−β₁ᵗ) and v̂ = v / (1−β₂ᵗ); AdamW shrinks θ first."""
    adam, optimizer = _adam(record), record.training.optimizer
    count = record.before.step - record.training.slots_since + 1
    m_hat = Quotient(slots[0], Term("(1−β₁ᵗ)", 1.0 - adam.beta1**count))
    v_hat = Quotient(slots[1], Term("(1−β₂ᵗ)", 1.0 - adam.beta2**count))
    moved = Product((rate, Quotient(m_hat, _root(v_hat, adam.epsilon))))
    if isinstance(optimizer, AdamW):
        kept = Difference(ONE, Product((rate, Term("λ", optimizer.weight_decay))))
        return Difference(Product((old, kept)), moved)
    return Difference(old, moved)


def _root(inside: Expression, epsilon: float) -> Sum:
    """√v + ε."""
    return Sum((FunctionCall("√", (inside,), math.sqrt(max(inside.value, 0.0))), Term("ε", epsilon)))
