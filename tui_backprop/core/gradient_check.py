"""The gradient check: a rule's gradients judged, and beside them the slopes that values of the loss alone give."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from tui_backprop.core.arrays import Array, Indices
from tui_backprop.core.forward import forward
from tui_backprop.core.judge import Judgement, Truth
from tui_backprop.core.network import Network, Parameters
from tui_backprop.core.objective import Objective
from tui_backprop.core.slopes import prediction_noise, slopes_of_loss
from tui_backprop.core.step import StepRecord
from tui_backprop.core.truth import Batch, judge_update

COMPLEX_STEP = "the complex step"

_COMPLEX_STEP = 1e-20  # so small that the next term of the series is below the last bit (Squire and Trapp 1998)
_MOST, _FEWEST = 300, 24  # entries that the loss itself is asked about
_PATIENCE = 3.0  # seconds that this may take, about, where there are more than the fewest
_PASSES = 24  # through the network, at the most, for the slope of one entry
_CALL = 2e-5  # seconds of a pass through a layer, however small
_PRODUCT = 1e-9  # seconds of a product and its sum
_TRUTH = 0.3  # share of the work that the truth is counted as
_TOGETHER = 10  # entries between two reports of how far it is


def batch_loss(network: Network, objective: Objective, inputs: Array, targets: Array) -> Callable[[Array], float]:
    """Return θ (size,) → mean loss over a batch: inputs (rows, inputs), targets (rows, outputs)."""

    def loss(theta: Array) -> float:
        tape = forward(network, Parameters(network, theta), inputs)
        return objective.mean_loss(tape.z[-1], tape.a[-1], targets)

    return loss


def relative_error(found: Array, expected: Array) -> Array:
    """|found − expected| / max(|found|, |expected|), entry by entry; 0 where both are 0."""
    scale = np.maximum(np.abs(found), np.abs(expected))
    return np.divide(np.abs(found - expected), scale, out=np.zeros_like(scale), where=scale > 0)


@dataclass(frozen=True, eq=False)
class GradientCheck:
    """What came of a check."""

    judgement: Judgement
    """What is said of every entry."""
    entries: Indices
    """Positions in θ of those that the loss itself was asked about, ascending: all, or some of each tensor."""
    measured: Truth
    """Their slopes from values of the loss alone, in this order."""


def check_update(record: StepRecord, progress: Callable[[float], None] = lambda _: None) -> GradientCheck:
    """Check the gradient that an update was made of, whichever rule gave it.

    Args:
        record: the update.
        progress: is told the share of the work that is done, after each small part of it; what it raises ends the check.
    """
    judgement = judge_update(record, progress=lambda share: progress(_TRUTH * share))
    batch = Batch.of(record)
    entries = _sample(batch)
    measured = slopes_of_batch(batch, entries, lambda share: progress(_TRUTH + (1 - _TRUTH) * share))
    blur = np.maximum(measured.blur, judgement.truth.floor[entries])  # these values come from float64 as well
    return GradientCheck(judgement, entries, replace(measured, blur=blur))


def _sample(batch: Batch) -> Indices:
    """Return the entries that the loss is asked about: all where that is quick, else some of each tensor, evenly spread."""
    network = batch.network
    seconds = _PASSES * (network.depth * _CALL + _PRODUCT * network.size * len(batch.inputs))
    most = int(np.clip(_PATIENCE / seconds, _FEWEST, _MOST))
    if network.size <= most:
        return np.arange(network.size)
    left, chosen = most, []
    for place, tensor in enumerate(sorted(network.tensors, key=lambda one: one.size)):
        share = min(tensor.size, max(1, left // (len(network.tensors) - place)))
        chosen.append(tensor.start + np.linspace(0, tensor.size - 1, share).astype(np.int64))
        left -= share
    return np.sort(np.concatenate(chosen))


def slopes_of_batch(batch: Batch, entries: Indices, progress: Callable[[float], None] = lambda _: None) -> Truth:
    """Return ∂L/∂θ of some entries from values of the loss alone, as a truth whose arrays are in their order.

    Where activations and loss allow it that is the complex step, ∂L/∂θ = Im L(θ + ih) / h, which no difference of losses
    blurs; where it gives no finite number, or does not apply, central differences.
    """
    network, objective = batch.network, batch.objective
    calls = 0

    def losses(theta: Array) -> Array:
        nonlocal calls
        calls += 1
        progress(min(1.0, calls / (_PASSES * len(entries))))
        tape = forward(network, Parameters(network, theta), batch.inputs)
        return objective.sample_losses(tape.z[-1], tape.a[-1], batch.targets)

    with np.errstate(all="ignore"):
        if all(one.holomorphic for one in network.activations) and objective.loss.holomorphic:
            found = _complex_step(batch, entries, progress)
            if np.isfinite(found.low).all():
                return found
        tape = forward(network, Parameters(network, batch.theta), batch.inputs)
        last = tape.z[-1] if objective.fused else tape.a[-1]
        noise = prediction_noise(lambda at: objective.mean_loss(at, at, batch.targets), last)
        return slopes_of_loss(losses, batch.theta, entries, noise)


def _complex_step(batch: Batch, entries: Indices, progress: Callable[[float], None]) -> Truth:
    gradient = np.empty(len(entries))
    moved = batch.theta.astype(np.complex128)
    for i, entry in enumerate(entries.tolist()):
        moved[entry] += 1j * _COMPLEX_STEP
        prediction = forward(batch.network, Parameters(batch.network, moved), batch.inputs).prediction  # type: ignore[arg-type]  # complex on purpose
        gradient[i] = batch.objective.loss.value(prediction, batch.targets).mean().imag / _COMPLEX_STEP
        moved[entry] = batch.theta[entry]
        progress((i + 1) / len(entries))
    nothing = np.zeros(len(entries))
    return Truth(gradient, gradient, nothing, nothing, COMPLEX_STEP)
