"""The true gradient of a batch of our own networks, and how far from it float64 takes a right rule.

The truth is the chain rule in higher precision. What rounding does is measured: the exact rule's own error in float64. For a
rule in someone's file, of which nothing is known, it is measured for other right ways to compute as well: another order of
the samples, one by one, the textbook's δ, formulas without cancellation, and parameters that are off by their last bits.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

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
        floor = np.max([_distance(way, found) for way in ways], axis=0)
        if (
            numbers is LONG
            and (floor > _LOST * np.abs(found.low)).any()
            and batch.work(DECIMAL) <= min(seconds, _PATIENCE)
        ):
            found = batch.gradient(DECIMAL, progress)
            floor = np.max([_distance(way, found) for way in ways], axis=0)
    lost = ~np.isfinite(floor)
    reasons = dict.fromkeys(np.flatnonzero(lost).tolist(), "float64 overflows on the way to this gradient")
    reasons |= dict(_kink_reasons(batch.network, found.kinks, np.flatnonzero(found.high > found.low)))
    low, high = (np.where(lost, np.nan, end) for end in (found.low, found.high))
    floor = np.where(lost, 0.0, floor)
    blur = np.zeros_like(floor) if numbers is not FLOAT else _DOUBT * floor
    return Truth(low, high, floor, blur, QUICK_METHOD if numbers is FLOAT else METHOD, reasons)


def judge_update(
    record: StepRecord, seconds: float = float("inf"), progress: Callable[[float], None] = lambda _: None
) -> Judgement:
    """Judge the gradient that an update was made of, whichever rule gave it."""
    own_rule = not any(record.training.rule is rule for rule in RULES.values())
    truth = truth_of(Batch.of(record), own_rule=own_rule, seconds=seconds, progress=progress)
    return judge(record.gradients.parameters.vector, truth)


def _in_float64(batch: Batch, own_rule: bool) -> Iterator[Array]:
    """Yield the gradient as right rules find it in float64."""
    network, objective, theta = batch.network, batch.objective, batch.theta

    def by(objective: Objective, theta: Array, inputs: Array, targets: Array) -> Array:
        parameters = Parameters(network, theta)
        tape = forward(network, parameters, inputs)
        return exact(network, objective, parameters, tape, targets).parameters.vector

    yield by(objective, theta, batch.inputs, batch.targets)
    if not own_rule:
        return
    yield by(objective, theta, batch.inputs[::-1], batch.targets[::-1])
    yield by(_Textbook(objective.activation, objective.loss), theta, batch.inputs, batch.targets)
    without_cancellation = batch.gradient(FLOAT)
    yield 0.5 * without_cancellation.low + 0.5 * without_cancellation.high
    rows = range(len(batch.inputs))
    if len(rows) <= _ONE_BY_ONE:
        yield sum(by(objective, theta, batch.inputs[i : i + 1], batch.targets[i : i + 1]) for i in rows) / len(rows)
    random = np.random.default_rng(_SEED)
    for _ in range(_SHUFFLES):
        moved = np.nextafter(theta, random.choice((-np.inf, np.inf), len(theta)))
        yield by(objective, moved, batch.inputs, batch.targets)


def _distance(way: Array, found: PreciseGradient) -> Array:
    """Return how far it is from what is right, (size,); not finite where it has overflowed or nothing is known."""
    return np.maximum(np.maximum(found.low - way, way - found.high), 0.0)


def _kink_reasons(network: Network, kinks: Kinks, entries: Array) -> Iterator[tuple[int, str]]:
    """Yield the sentence of each entry that a kink leaves room to."""
    for entry in entries.tolist():
        tensor = next(tensor for tensor in network.tensors if entry < tensor.span.stop)
        unit = (entry - tensor.start) % tensor.shape[-1]
        yield entry, kinks.sentence(network, tensor, unit)
