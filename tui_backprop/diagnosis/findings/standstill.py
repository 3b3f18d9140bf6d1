"""Findings about what keeps parameters from moving: frozen ones, and a rate that has faded."""

from __future__ import annotations

from functools import partial

from tui_backprop.diagnosis.findings.causes import frozen
from tui_backprop.diagnosis.findings.evidence import SETTLED_STEPS, Evidence
from tui_backprop.diagnosis.findings.finding import FindingKind, Sighting, Threshold, brief, percent
from tui_backprop.diagnosis.findings.rates import FADED, faded
from tui_backprop.diagnosis.findings.remedies import first_of


def _frozen(evidence: Evidence, threshold: float) -> Sighting | None:
    free = evidence.training.free
    share = float((free == 0).mean())
    if not share >= threshold:
        return None
    count = int((free == 0).sum())
    sentence, changes = first_of(evidence, frozen)
    return Sighting(
        f"{count:,} of {len(free):,} parameters are frozen ({', '.join(evidence.recipe['freeze'])}): no update moves them",
        {"frozen": count, "parameters": len(free), "share": share},
        sentence,
        "θ",
        changes,
    )


def _rate_faded(evidence: Evidence, threshold: float) -> Sighting | None:
    training, step = evidence.training, evidence.state.step
    factor = training.schedule.factor(step)
    if not factor < threshold or step - evidence.course.steps[0] < SETTLED_STEPS:
        return None
    sentence, changes = first_of(evidence, partial(faded, below=threshold))
    now = brief(training.rate_at(step))
    schedule = f"the schedule {evidence.recipe['schedule']} has taken the rate from {training.rate:g} to {now}"
    what = f"the warm-up still holds the rate {training.rate:g} at {now}" if "warmup" in changes else schedule
    return Sighting(
        f"{what}, {percent(factor)} of it, and {percent(evidence.to_the_floor)} of the best constant's loss is left to gain",
        {"rate": training.rate, "now": training.rate_at(step), "factor": factor, "left": evidence.to_the_floor},
        sentence,
        "η",
        changes,
        "info" if evidence.solved else None,
    )


KINDS = (
    FindingKind(
        "frozen-parameters",
        "warning",
        "The share of the parameters that are frozen, in a run that is not done",
        Threshold(1.0, "at least", "share", "with some of them left, the run may still learn", 0.0, 1.0),
        _frozen,
        "A frozen parameter keeps its value in every update. It is a way to see what the others can do, and to follow a "
        "book that leaves biases out; where all of them are frozen, nothing is trained at all.",
        hinders=True,
    ),
    FindingKind(
        "rate-faded",
        "warning",
        "After 100 updates, in a run that is not done: what the schedule and the warm-up leave of the rate; an info where "
        "the task is solved by and large",
        Threshold(FADED, "below", "share", "a hundred updates then do what one did", 0.0, 1.0),
        _rate_faded,
        "A schedule lowers the rate so that a run comes to rest where it has arrived. Here it came to rest on the way: the "
        "updates are so small that nothing more will happen, however long the run goes on. A cosine ends at its period, and "
        "an exponential factor counts at every step: 0.9 leaves a hundred-thousandth after 110 steps.",
        hinders=True,
    ),
)
