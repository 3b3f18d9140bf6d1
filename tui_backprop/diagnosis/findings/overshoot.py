"""Findings about updates that go too far: the loss rises, the rate is above its limit, the loss goes to and fro."""

from __future__ import annotations

from tui_backprop.diagnosis.findings.evidence import FEW_UPDATES, Evidence
from tui_backprop.diagnosis.findings.finding import FindingKind, Sighting, Threshold, brief, percent
from tui_backprop.diagnosis.findings.rates import calm

_POINTS = 8  # points of the course from which one can speak of a trend
_OVERSHOOT = 0.02  # share of the best constant's loss by which updates raise the loss of their own batch


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
    sentence, changes = calm(evidence)
    return Sighting(
        f"the loss has risen from {brief(float(train[lowest]))} at step {int(steps[lowest]):,} to {brief(lately)}, "
        f"by {percent(rise)} of the best constant's loss",
        {"lowest": float(train[lowest]), "lowest_step": int(steps[lowest]), "lately": lately, "rise": rise},
        sentence,
        "loss",
        changes,
    )


def _loss_oscillating(evidence: Evidence, threshold: float) -> Sighting | None:
    """An update against the gradient lowers the loss of its own batch, unless it goes too far."""
    risen = evidence.overshoots
    if len(risen) < FEW_UPDATES or _has_another_cause(evidence):
        return None
    overshoot = evidence.share(float(risen.mean()))
    if not overshoot > threshold:
        return None
    sentence, changes = calm(evidence)
    count = int((risen > 0).sum())
    return Sighting(
        f"{count} of the last {len(risen)} updates made the loss of their own samples larger, "
        f"by {percent(overshoot)} of the best constant's loss on average",
        {"updates": len(risen), "raising": count, "overshoot": overshoot},
        sentence,
        "loss",
        changes,
    )


def _rate_above_limit(evidence: Evidence, threshold: float) -> Sighting | None:
    """A rate that is too high for the curvature, where the updates show it: a run may live with one at times."""
    risen = evidence.overshoots
    if len(risen) < FEW_UPDATES or not evidence.share(float(risen.mean())) > _OVERSHOOT or _has_another_cause(evidence):
        return None
    rate = evidence.training.rate_at(evidence.state.step)
    limit = evidence.training.stable_rate(evidence.curvature)
    if not rate > threshold * limit:
        return None
    sentence, changes = calm(evidence)
    said = "2/λ" if evidence.training.optimizer.stable_product == 2.0 else "the limit"
    return Sighting(
        f"η {brief(rate)} is above {said} = {brief(limit)}: it must oscillate, for λ, the largest curvature, is "
        f"{brief(evidence.curvature)}",
        {"rate": rate, "limit": limit, "curvature": evidence.curvature},
        sentence,
        "loss",
        changes,
    )


KINDS = (
    FindingKind(
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
    FindingKind(
        "rate-above-limit",
        "warning",
        "Where the last updates made the loss of their own batch larger (by more than a fiftieth of the best constant's "
        "loss): the rate beside the limit of stability for the largest eigenvalue λ of the Hessian, which is 2/λ for SGD, "
        "2(1+μ)/λ with momentum μ and 2(1+μ)/(1+2μ)λ for Nesterov's",
        Threshold(1.0, "above", "times", "beyond it each update lands further away than the one before", 0.0),
        _rate_above_limit,
        "Along the direction in which the loss curves most it is a bowl, and its slope is λ times the distance from the "
        "bottom. A step of η times the slope covers the share ηλ of the way. Beyond twice the way it lands on the other "
        "side, higher than it was, and the next step leads further still, until the curvature is another one.",
    ),
    FindingKind(
        "loss-oscillating",
        "warning",
        "By how much the last updates (4 to 16, made again) made the loss of their own batch larger, on average, as "
        "a share of the best constant's loss",
        Threshold(_OVERSHOOT, "above", "share", "an update that fits its slope makes that loss smaller", 0.0),
        _loss_oscillating,
        "A step against the gradient lowers the loss of the very samples that the gradient was taken from, if it is "
        "short enough. Where it raises it, the step was so long that it left the part of the loss in which the slope "
        "means anything, and the run jumps to and fro across the valley.",
    ),
)
