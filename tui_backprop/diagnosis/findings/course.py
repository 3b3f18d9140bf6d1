"""Findings about the course of the loss: rising, oscillating, too slow, stuck, overfitting, done."""

from __future__ import annotations

import numpy as np

from tui_backprop.diagnosis.findings.causes import way_out
from tui_backprop.diagnosis.findings.evidence import Evidence
from tui_backprop.diagnosis.findings.finding import Kind, Sighting, Threshold, number

_FEW = 4  # updates from which one can speak of how they go on the whole
_POINTS = 8  # points of the course from which one can speak of a trend
_WORTH = 0.01  # share of the best constant's loss that the gradients promise at least where a rate is called too low
_RATIO_WANTED = 1e-3  # the update that is a good one as a share of the parameters, as people say
_SLOW = 1e-5  # update beside parameters below which a rate is too low
_AT_THE_CONSTANT = 0.02  # share of its loss within which a run stays at the best constant
_AT_THE_FLOOR = 0.01  # share of the best constant's loss within which a run is at its floor
_STUCK_STEPS = 500
_WAVERING = 0.05  # share of the best constant's loss by which a test loss may go up and down
_ADAPTIVE = ("adagrad", "rmsprop", "adam", "adamw")
_TINY = float(np.finfo(np.float64).tiny)


def _lower_rate(evidence: Evidence) -> tuple[str, dict[str, float]]:
    rate = evidence.training.rate
    lower = float(f"{rate / 10:.3g}")
    return f"take a smaller rate than {rate:g}, such as {lower:g}", {"lr": lower}


def _has_another_cause(evidence: Evidence) -> bool:
    """Whether the loss goes up because the gradient is wrong, or the run is about to break, which is said already."""
    return evidence.gradient_is_wrong or evidence.breaks() is not None


def _loss_rising(evidence: Evidence, threshold: float) -> Sighting | None:
    train, steps = evidence.course.train, evidence.course.steps
    if len(train) < _POINTS or _has_another_cause(evidence):
        return None
    lowest, lately = evidence.course.lowest(train), evidence.course.loss_lately
    rise = evidence.share(lately - float(train[lowest]))
    if not rise > threshold:
        return None
    sentence, changes = _lower_rate(evidence)
    return Sighting(
        f"the loss has risen from {number(float(train[lowest]))} at step {int(steps[lowest]):,} to {number(lately)}, "
        f"by {number(rise)} of the best constant's loss",
        {"lowest": float(train[lowest]), "lowest_step": int(steps[lowest]), "lately": lately, "rise": rise},
        sentence,
        "loss",
        changes,
    )


def _loss_oscillating(evidence: Evidence, threshold: float) -> Sighting | None:
    """An update against the gradient lowers the loss of its own batch, unless it goes too far."""
    risen = evidence.overshoots
    if len(risen) < _FEW or _has_another_cause(evidence):
        return None
    overshoot = evidence.share(float(risen.mean()))
    if not overshoot > threshold:
        return None
    sentence, changes = _lower_rate(evidence)
    count = int((risen > 0).sum())
    return Sighting(
        f"{count} of the last {len(risen)} updates made the loss of their own samples larger, "
        f"by {number(overshoot)} of the best constant's loss on average",
        {"updates": len(risen), "raising": count, "overshoot": overshoot},
        sentence,
        "loss",
        changes,
    )


def _rate_too_low(evidence: Evidence, threshold: float) -> Sighting | None:
    training, step = evidence.training, evidence.state.step
    if len(evidence.updates) < _FEW or evidence.gradient_is_wrong or training.rate_at(step) < 0.5 * training.rate:
        return None
    ratio = evidence.update_ratio
    if not (ratio < threshold and evidence.promise > _WORTH):
        return None
    factor = 10.0 ** np.ceil(np.log10(_RATIO_WANTED / ratio)) if ratio > 0 else 10.0
    usual = 0.03 if evidence.recipe["optimizer"] in _ADAPTIVE else 1.0
    higher = float(f"{max(min(training.rate * factor, usual), 10 * training.rate):.3g}")
    return Sighting(
        f"an update moves the parameters by {number(ratio)} of their length only, and its gradient is not small",
        {"ratio": ratio, "promise": evidence.promise, "rate": training.rate},
        f"take a higher rate than {training.rate:g}, such as {higher:g}",
        "θ",
        {"lr": higher},
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
        f"the loss stays at that of the best constant answer: {number(lately)} beside {number(constant)}, "
        f"{number(apart)} of it apart",
        {"lately": lately, "constant": constant, "apart": apart},
        sentence,
        "loss",
        changes,
    )


def _plateau(evidence: Evidence, threshold: float) -> Sighting | None:
    if not _long_enough(evidence) or evidence.solved or evidence.to_the_floor <= _AT_THE_FLOOR:
        return None
    if len(evidence.course.train) < _POINTS or _at_the_constant(evidence, _AT_THE_CONSTANT):
        return None
    before, lately = _later_quarters(evidence)
    change = abs(before - lately) / max(before, _TINY)
    if not change < threshold or evidence.update_ratio < _SLOW:
        return None
    sentence, changes = way_out(evidence)
    since = int(evidence.course.steps[[0, -1]].mean())
    return Sighting(
        f"the loss has hardly changed since step {since:,}: {number(before)} and then {number(lately)}, "
        f"{number(change)} of it",
        {"since": since, "before": before, "lately": lately, "change": change},
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
    penalty = max(1e-3, 10 * evidence.training.l2)
    return Sighting(
        f"the test loss is {number(lately)}, {number(times)} times the {number(lowest)} that it had at step {step:,}, "
        "while the training loss fell",
        {"lowest": lowest, "lowest_step": step, "lately": lately, "times": times},
        f"go back to step {step:,}, or train with a penalty such as l2 {penalty:g}, with fewer units or on more samples",
        "test loss",
        {"l2": penalty},
    )


def _done(evidence: Evidence, threshold: float) -> Sighting | None:
    left = evidence.to_the_floor
    floor = evidence.facts.floor
    if evidence.accuracy == 1.0:
        message = f"every training sample is answered rightly; {number(left)} of the best constant's loss is left"
    elif left <= threshold:
        what = f"its floor, {number(floor)}" if floor else "0"
        message = (
            f"the loss {number(evidence.loss)} is at {what}: {number(left)} of the best constant's is left to gain"
        )
    else:
        return None
    return Sighting(
        message,
        {"loss": evidence.loss, "floor": floor, "left": left, "accuracy": evidence.accuracy},
        "look at the answers and the test loss: there is hardly anything left to train for",
        "loss",
    )


KINDS = (
    Kind(
        "loss-rising",
        "warning",
        "How far the training loss lately (the median of the last quarter) lies above the lowest one before, since "
        "the training was last changed, as a share of the best constant's loss",
        Threshold(0.1, "above", "share", "the noise of single samples stays well below", 0.0),
        _loss_rising,
        "Training makes the loss smaller, give or take the noise of the batches. Where it goes up for good, each "
        "update goes so far that it lands higher on the other side of the valley: the rate is too high for the slope "
        "there. Nothing is said while the gradient itself is wrong.",
    ),
    Kind(
        "loss-oscillating",
        "warning",
        "By how much the last updates (4 to 16, made again) made the loss of their own batch larger, on average, as "
        "a share of the best constant's loss",
        Threshold(0.02, "above", "share", "an update that fits its slope makes that loss smaller", 0.0),
        _loss_oscillating,
        "A step against the gradient lowers the loss of the very samples that the gradient was taken from, if it is "
        "short enough. Where it raises it, the step was so long that it left the part of the loss in which the slope "
        "means anything, and the run jumps to and fro across the valley.",
    ),
    Kind(
        "rate-too-low",
        "warning",
        "The length of Δθ beside that of θ, on average over the last updates, where their gradients promise more "
        "than a hundredth of the best constant's loss for moving θ by a tenth of its length",
        Threshold(_SLOW, "below", "times", "it then takes ten thousand updates to change θ by a tenth", 0.0),
        _rate_too_low,
        "As people say, a good update changes the parameters by about a thousandth of their size. Here it is far "
        "less, while the gradient is not small at all: the run goes the right way, and would take for ever.",
    ),
    Kind(
        "stuck-at-constant",
        "warning",
        "After 500 updates and 10 epochs: the distance of the training loss (medians of the third and of the last "
        "quarter since the training was last changed) from that of the best constant answer, as a share of it",
        Threshold(
            _AT_THE_CONSTANT, "at most", "share", "a network that uses its inputs is soon further away", 0.0, 1.0
        ),
        _stuck,
        "The best answer that pays no attention to the inputs is the mean of the targets (for some losses the "
        "median). A network finds it first, with its last bias alone, and here it finds nothing after that.",
    ),
    Kind(
        "plateau",
        "warning",
        "After 500 updates and 10 epochs, above the floor, with a wrong answer and more than a tenth of the best "
        "constant's loss left: the change of the training loss from the third to the last quarter (medians) since "
        "the training was last changed, as a share of it",
        Threshold(0.01, "below", "share", "at that pace the same time again brings nothing one could see", 0.0, 1.0),
        _plateau,
        "The loss is neither low nor falling. The run may lie in a flat part of the loss, in a valley along which "
        "the rate is too low and across which it is too high, or at the best that this network finds from where it "
        "began.",
    ),
    Kind(
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
    Kind(
        "done",
        "info",
        "What is left between the training loss and its floor (0 where none is known), as a share of the best "
        "constant's loss; also where every training sample is answered rightly",
        Threshold(_AT_THE_FLOOR, "at most", "share", "nobody sees the difference on the chart", 0.0, 1.0),
        _done,
        "There is nothing left to train for on these samples. Whether the network is of any use is told by the test "
        "samples and by the answers to inputs it has not seen.",
    ),
)
