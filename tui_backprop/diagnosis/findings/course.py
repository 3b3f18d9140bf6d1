"""Findings about the course of the loss: too slow, stuck, overfitting, done."""

from __future__ import annotations

import numpy as np

from tui_backprop.diagnosis.findings.causes import WEAK_PENALTY, faster, way_out
from tui_backprop.diagnosis.findings.evidence import AT_THE_FLOOR, SLOW, Evidence
from tui_backprop.diagnosis.findings.finding import FindingKind, Sighting, Threshold, brief, percent
from tui_backprop.diagnosis.findings.rates import bolder, clipped
from tui_backprop.diagnosis.findings.remedies import far_targets, first_of, standardised_inputs

_POINTS = 8  # points of the course from which one can speak of a trend
_AT_THE_CONSTANT = 0.02  # share of its loss within which a run stays at the best constant
_STUCK_STEPS = 500
_STANDSTILL = 0.01  # share of the loss that a quarter of the course takes off at least where it is no plateau
_WAVERING = 0.05  # share of the best constant's loss by which a test loss may go up and down
_TINY = float(np.finfo(np.float64).tiny)


def _rate_too_low(evidence: Evidence, threshold: float) -> Sighting | None:
    training, step = evidence.training, evidence.state.step
    if evidence.gradient_is_wrong or training.rate_at(step) < 0.5 * training.rate or not evidence.crawls:
        return None
    ratio = evidence.update_ratio
    if not ratio < threshold:
        return None
    sentence, changes = first_of(evidence, far_targets, standardised_inputs, clipped, bolder)
    return Sighting(
        f"an update moves the parameters by {brief(ratio)} times their length only, and its gradient is not small",
        {"ratio": ratio, "promise": evidence.promise, "rate": training.rate},
        sentence,
        "θ",
        changes,
    )


def _later_quarters(evidence: Evidence) -> tuple[float, float]:
    """Return the training loss of the third quarter of the course and of the last."""
    course = evidence.course
    return course.quarter(course.train, 3), course.loss_lately


def _at_the_constant(evidence: Evidence, threshold: float) -> bool:
    return all(abs(evidence.share(loss) - 1.0) <= threshold for loss in _later_quarters(evidence))


def _long_enough(evidence: Evidence) -> bool:
    steps = evidence.course.steps
    return evidence.settled and bool(steps[-1] - steps[0] >= _STUCK_STEPS)


def _stuck(evidence: Evidence, threshold: float) -> Sighting | None:
    if not (_long_enough(evidence) and _at_the_constant(evidence, threshold)):
        return None
    constant = evidence.facts.constant_loss
    lately = evidence.course.loss_lately
    apart = abs(evidence.share(lately) - 1.0)
    sentence, changes = way_out(evidence)
    return Sighting(
        f"the loss stays at that of the best constant answer: {brief(lately)} beside {brief(constant)}, "
        f"{percent(apart)} away from it",
        {"lately": lately, "constant": constant, "apart": apart},
        sentence,
        "loss",
        changes,
    )


def _plateau(evidence: Evidence, threshold: float) -> Sighting | None:
    if not _long_enough(evidence):
        return None
    if len(evidence.course.train) < _POINTS or _at_the_constant(evidence, _AT_THE_CONSTANT):
        return None
    before, lately = _later_quarters(evidence)
    change = (before - lately) / max(before, _TINY)
    if not abs(change) < threshold or evidence.crawls:
        return None
    sentence, changes = way_out(evidence)
    since = int(evidence.course.steps[[0, -1]].mean())
    return Sighting(
        f"the loss has hardly fallen since step {since:,}: from {brief(before)} to {brief(lately)}, "
        f"{percent(abs(change))} {'less' if change >= 0 else 'more'}",
        {"since": since, "before": before, "lately": lately, "change": change},
        sentence,
        "loss",
        changes,
        "info" if evidence.solved else None,
    )


def _slow(evidence: Evidence, threshold: float) -> Sighting | None:
    """The distance to the floor shrinks by the same share in the same time, as it does in a valley."""
    if (
        not _long_enough(evidence)
        or len(evidence.course.train) < _POINTS
        or _at_the_constant(evidence, _AT_THE_CONSTANT)
    ):
        return None
    before, lately = (loss - evidence.facts.floor for loss in _later_quarters(evidence))
    wanted = AT_THE_FLOOR * evidence.facts.constant_loss
    if not 0.0 < wanted < lately < before * (1.0 - _STANDSTILL):
        return None
    times = 0.25 * float(np.log(lately / wanted) / np.log(before / lately))
    if not times > threshold:
        return None
    made = int(evidence.course.steps[-1] - evidence.course.steps[0])
    sentence, changes = faster(evidence)
    return Sighting(
        f"at the pace of the last quarter it takes {brief(times)} times the {made:,} steps since the training was last "
        f"changed until hardly anything is left: the loss was {brief(before + evidence.facts.floor)} and is "
        f"{brief(lately + evidence.facts.floor)}",
        {"times": times, "steps": made, "before": before, "lately": lately},
        sentence,
        "loss",
        changes,
    )


def _overfitting(evidence: Evidence, threshold: float) -> Sighting | None:
    course = evidence.course
    train, test = course.train, course.test
    if test is None or len(test) < _POINTS or not np.isfinite(test).all():
        return None
    at, lately = course.lowest(test), course.quarter(test, 4)
    lowest, step = float(test[at]), int(course.steps[at])
    times = lately / max(lowest, _TINY)
    if not (times > threshold and evidence.share(lately - lowest) > _WAVERING) or course.loss_lately > train[at]:
        return None
    more = {} if evidence.training.l2 >= WEAK_PENALTY else {"l2": WEAK_PENALTY}
    penalty = f"a penalty such as l2 {WEAK_PENALTY:g}, with " if more else ""
    return Sighting(
        f"the test loss is {brief(lately)}, {brief(times)} times the {brief(lowest)} that it had at step {step:,}, "
        "while the training loss fell",
        {"lowest": lowest, "lowest_step": step, "lately": lately, "times": times},
        f"go back to step {step:,}, or train with {penalty}fewer units or on more samples",
        "test loss",
        more,
    )


def _done(evidence: Evidence, threshold: float) -> Sighting | None:
    left = evidence.to_the_floor
    floor, share = evidence.facts.floor, f"{percent(left)} of the best constant answer's"
    if evidence.accuracy == 1.0:
        message = f"every training sample is answered rightly; {share} loss is left"
    elif left <= threshold:
        message = f"trained: the loss {brief(evidence.loss)} is {share} above 0"
        if floor:
            message = f"no weights do better: the loss {brief(evidence.loss)} is {share} above the floor {brief(floor)}"
    else:
        return None
    return Sighting(
        message,
        {"loss": evidence.loss, "floor": floor, "left": left, "accuracy": evidence.accuracy},
        "look at the answers and the test loss: there is hardly anything left to train for",
        "loss",
    )


KINDS = (
    FindingKind(
        "rate-too-low",
        "warning",
        "The length of Δθ beside that of θ, on average over the last updates, where their gradients promise more "
        "than a hundredth of the best constant's loss for moving θ by a tenth of its length",
        Threshold(SLOW, "below", "times", "it then takes ten thousand updates to change θ by a tenth", 0.0),
        _rate_too_low,
        "By a rule of thumb, a good update changes the parameters by about a thousandth of their size. Here it is far "
        "less, while the gradient is not small at all: the run goes the right way, and would take for ever.",
        hinders=True,
    ),
    FindingKind(
        "stuck-at-constant",
        "warning",
        "After 500 updates and 10 epochs (or 2,000 updates): "
        "the distance of the training loss (medians of the third and of the last "
        "quarter since the training was last changed) from that of the best constant answer, as a share of it",
        Threshold(
            _AT_THE_CONSTANT, "at most", "share", "a network that uses its inputs is soon further away", 0.0, 1.0
        ),
        _stuck,
        "The best answer that pays no attention to the inputs is the mean of the targets (for some losses the "
        "median). A network finds it first, with its last bias alone, and here it finds nothing after that.",
        hinders=True,
    ),
    FindingKind(
        "plateau",
        "warning",
        "After 500 updates and 10 epochs (or 2,000 updates), "
        "above the floor, with a wrong answer and more than a tenth of the best "
        "constant's loss left: by how much the training loss has fallen from the third to the last quarter (medians) "
        "since the training was last changed, as a share of it",
        Threshold(
            _STANDSTILL, "below", "share", "at that pace the same time again brings nothing one could see", 0.0, 1.0
        ),
        _plateau,
        "The loss is neither low nor falling. The run may lie in a flat part of the loss, in a valley along which "
        "the rate is too low and across which it is too high, or at the best that this network finds from where it "
        "began.",
        hinders=True,
    ),
    FindingKind(
        "slow",
        "info",
        "After 500 updates and 10 epochs (or 2,000 updates), "
        "where the loss falls: how many times the steps since the training was last "
        "changed it still takes until a hundredth of the best constant's loss is left above the floor, if the distance to "
        "it goes on shrinking by the same share as from the third to the last quarter (medians)",
        Threshold(2.0, "above", "times", "a run that gets there in the same time again needs nothing but that", 0.0),
        _slow,
        "The loss falls, and the run needs nothing but time, yet much more than it has had. Often a higher rate, another "
        "optimizer or more units do the same in a fraction of it.",
        hinders=True,
    ),
    FindingKind(
        "overfitting",
        "warning",
        "The test loss lately (the median of the last quarter) beside the lowest one before, since the training was "
        "last changed and while the training loss fell, where it is more than a twentieth of the best constant's loss "
        "higher",
        Threshold(1.2, "above", "times", "a test loss wavers by less", 1.0),
        _overfitting,
        "The network goes on to get better on the samples that it sees and gets worse on those that it does not: it "
        "learns the noise of the training samples by heart. The step with the lowest test loss is the one to keep.",
    ),
    FindingKind(
        "done",
        "info",
        "What is left between the training loss and its floor (0 where none is known), as a share of the best "
        "constant's loss; also where every training sample is answered rightly",
        Threshold(AT_THE_FLOOR, "at most", "share", "the chart does not show the difference", 0.0, 1.0),
        _done,
        "There is nothing left to train for on these samples. Whether the network is of any use is told by the test "
        "samples and by the answers to inputs it has not seen.",
    ),
)
