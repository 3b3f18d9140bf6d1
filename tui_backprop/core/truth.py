"""The true gradient of a batch of our own networks, and how far from it float64 takes a right rule.

The truth is the chain rule in higher precision. What rounding does is measured: the exact rule's own error in float64. For a
rule in someone's file, of which nothing is known, it is measured for other right ways to compute as well: another order of
the samples, one by one, the textbook's δ, formulas without cancellation, and parameters that are off by their last bits.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from tui_backprop.core.arrays import Array
from tui_backprop.core.backward import exact
from tui_backprop.core.forward import forward
from tui_backprop.core.judge import Judgement, Truth, judge
from tui_backprop.core.network import Network, Parameters
from tui_backprop.core.numbers import DECIMAL, FLOAT, LONG, WIDEST, Numbers
from tui_backprop.core.objective import Objective
from tui_backprop.core.precise import Kinks, PreciseGradient, precise_gradient, work
from tui_backprop.core.rules import RULES
from tui_backprop.core.step import StepRecord

METHOD = "the chain rule in higher precision"
QUICK_METHOD = "the chain rule"

QUICKLY = 0.02
"""Seconds that the truth may take where it is looked at again and again."""

_LOST = 1e-3  # of an entry: where float64 loses more, numbers with a few bits more may lose digits too
_PATIENCE = 2.0  # seconds for which `decimal` is waited for
_ONE_BY_ONE = 100  # samples up to which it is also measured what adding them one by one does
_SHUFFLES = 2  # times that the last bits of θ are drawn, to see what comes of them
_DOUBT = 10.0  # times the noise between ways to compute in float64, by which float64 itself is in doubt
_SEED = 0


@dataclass(frozen=True, eq=False)
class Batch:
    """What a gradient is of."""

    network: Network
    objective: Objective
    theta: Array
    """θ, (size,)."""
    inputs: Array
    """(rows, inputs)."""
    targets: Array
    """(rows, outputs)."""

    @classmethod
    def of(cls, record: StepRecord) -> Batch:
        """Return that of an update."""
        training = record.training
        return cls(training.network, training.objective, record.before.parameters, record.tape.a[0], record.targets)

    def by_exact_rule(self) -> Array:
        """Return the gradient by the exact rule in float64, (size,)."""
        parameters = Parameters(self.network, self.theta)
        with np.errstate(all="ignore"):
            tape = forward(self.network, parameters, self.inputs)
            return exact(self.network, self.objective, parameters, tape, self.targets).parameters.vector

    def gradient(self, numbers: Numbers, progress: Callable[[float], None] = lambda _: None) -> PreciseGradient:
        """Compute it by the chain rule in a kind of numbers; `progress` is told the share that is done, again and again."""
        return precise_gradient(numbers, self.network, self.objective, self.theta, self.inputs, self.targets, progress)

    def work(self, numbers: Numbers) -> float:
        """Return about how many seconds that takes."""
        return work(numbers, self.network, len(self.inputs))


class _Textbook(Objective):
    """The objective with the textbook's δ = p − y, whose digits are lost where p is nearly y."""

    def delta(self, z: Array, a: Array, target: Array) -> Array:
        return (a - target) / z.shape[-2] if self.fused else super().delta(z, a, target)


def truth_of(
    batch: Batch,
    *,
    own_rule: bool = False,
    seconds: float = float("inf"),
    progress: Callable[[float], None] = lambda _: None,
) -> Truth:
    """Return what the gradient of a batch should be.

    Args:
        batch: what it is of.
        own_rule: whether the claimed gradient comes from formulas that are not known here.
        seconds: about how long it may take. Where higher precision takes longer it is computed in float64, and what float64
            loses is in doubt.
        progress: is told the share of the work that is done, again and again.
    """
    numbers = WIDEST if batch.work(WIDEST) <= seconds else FLOAT
    found = batch.gradient(numbers, progress)
    with np.errstate(all="ignore"):
        ways = list(_in_float64(batch, own_rule))
        floor = _farthest(ways, found)
        in_time = batch.work(DECIMAL) <= min(seconds, _PATIENCE)
        if numbers is LONG and in_time and _loses_digits(batch, found, floor):
            found = batch.gradient(DECIMAL, progress)
            floor = _farthest(ways, found)
    lost = ~np.isfinite(floor)
    reasons = dict.fromkeys(np.flatnonzero(lost).tolist(), "float64 overflows on the way to this gradient")
    reasons |= dict(_kink_reasons(batch.network, found.kinks, found.high > found.low))
    low, high = (np.where(lost, np.nan, end) for end in (found.low, found.high))
    floor = np.where(lost, 0.0, np.maximum(floor, np.finfo(np.float64).eps * (found.high - found.low)))
    blur = np.zeros_like(floor) if numbers is not FLOAT else _DOUBT * floor
    return Truth(low, high, floor, blur, QUICK_METHOD if numbers is FLOAT else METHOD, reasons)


def judge_update(
    record: StepRecord, seconds: float = float("inf"), progress: Callable[[float], None] = lambda _: None
) -> Judgement:
    """Judge the gradient that an update was made of, whichever rule gave it."""
    batch, claimed = Batch.of(record), record.gradients.parameters.vector
    if batch.work(WIDEST) > seconds and np.array_equal(claimed, batch.by_exact_rule()):
        nothing = np.zeros(len(claimed))  # there is no time to ask whether the exact rule is right: tests do
        return judge(claimed, Truth(claimed, claimed, nothing, nothing, QUICK_METHOD))
    own_rule = not any(record.training.rule is rule for rule in RULES.values())
    return judge(claimed, truth_of(batch, own_rule=own_rule, seconds=seconds, progress=progress))


def _in_float64(batch: Batch, own_rule: bool) -> Iterator[Array]:
    """Yield the gradient as right rules find it in float64."""
    yield batch.by_exact_rule()
    if not own_rule:
        return
    inputs, targets, textbook = batch.inputs, batch.targets, _Textbook(batch.objective.activation, batch.objective.loss)
    yield replace(batch, inputs=inputs[::-1], targets=targets[::-1]).by_exact_rule()
    yield replace(batch, objective=textbook).by_exact_rule()
    without_cancellation = batch.gradient(FLOAT)
    yield 0.5 * without_cancellation.low + 0.5 * without_cancellation.high
    rows = range(len(batch.inputs))
    if len(rows) <= _ONE_BY_ONE:
        each = (replace(batch, inputs=inputs[i : i + 1], targets=targets[i : i + 1]).by_exact_rule() for i in rows)
        yield np.asarray(sum(each) / len(rows))
    random = np.random.default_rng(_SEED)
    for _ in range(_SHUFFLES):
        moved = np.nextafter(batch.theta, random.choice((-np.inf, np.inf), len(batch.theta)))
        yield replace(batch, theta=moved).by_exact_rule()


def _loses_digits(batch: Batch, found: PreciseGradient, floor: Array) -> bool:
    """Return whether float64 loses so many digits that numbers with a few bits more may lose some too.

    Where a kink leaves room to an entry, what float64 loses shows in the ends of that room: an entry between them is off by
    nothing.
    """
    lost = floor > _LOST * np.abs(found.low)
    if not lost.any() and (found.high > found.low).any():
        ends = batch.gradient(FLOAT)
        pairs = ((found.low, ends.low), (found.high, ends.high))
        lost = np.max([np.abs(one - other) > _LOST * np.abs(one) for one, other in pairs], axis=0)
    return bool(lost.any())


def _farthest(ways: Sequence[Array], found: PreciseGradient) -> Array:
    """Return how far the way that is off most is from what is right, (size,)."""
    farthest: Array = np.stack([_distance(way, found) for way in ways]).max(axis=0)
    return farthest


def _distance(way: Array, found: PreciseGradient) -> Array:
    """Return how far it is from what is right, (size,); not finite where it has overflowed or nothing is known."""
    return np.maximum(np.maximum(found.low - way, way - found.high), 0.0)


def _kink_reasons(network: Network, kinks: Kinks, apart: NDArray[np.bool_]) -> Iterator[tuple[int, str]]:
    """Yield the sentence of each entry that a kink leaves room to; `apart` (size,) says which they are."""
    for tensor in network.tensors:
        here = apart[tensor.span].reshape(-1, tensor.shape[-1])
        for unit in np.flatnonzero(here.any(axis=0)).tolist():
            sentence = kinks.sentence(network, tensor.layer, unit)
            for row in np.flatnonzero(here[:, unit]).tolist():
                yield tensor.start + row * here.shape[1] + unit, sentence
