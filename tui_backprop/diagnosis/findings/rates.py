"""Remedies that are a matter of how long the steps are: the rate, its schedule, the momentum, the clip, the optimizer."""

from __future__ import annotations

from tui_backprop.diagnosis.findings.evidence import Evidence
from tui_backprop.diagnosis.findings.remedies import Remedy, far_targets, first_of, other_seed, standardised_inputs
from tui_backprop.diagnosis.findings.saturation import thrown_flat

FADED = 0.01
"""Share of the rate that a schedule leaves, below which the run is at a standstill."""

FULL_BATCH_ROWS = 1000
"""Rows up to which a full batch is cheap."""

_CUT = 0.1  # share of a gradient that a clip leaves, from which it is what makes the run slow
_TO_AND_FRO = 0.1  # wavering of the loss, beside its median, from which a smaller rate finds something lower


def faded(evidence: Evidence, below: float = FADED) -> Remedy | None:
    """A schedule that has taken the rate to nearly nothing, or a warm-up that has not brought it up."""
    training, step = evidence.training, evidence.state.step
    if training.schedule.factor(step) >= below:
        return None
    warming = (step + 1) / (training.schedule.warmup + 1) < below
    if warming:
        return f"take a shorter warm-up than {training.schedule.warmup:,} steps, or none", {"warmup": 0}
    return "keep the rate constant, or let the schedule take longer", {"schedule": "constant"}


def clipped(evidence: Evidence) -> Remedy | None:
    """A clip that leaves next to nothing of the gradient."""
    limit = evidence.training.clip
    if limit is None or limit >= _CUT * evidence.pull:
        return None
    return f"let the gradient be longer than {limit:g}, such as 1", {"clip": 1.0 if limit < 1.0 else None}


def other_optimizer(evidence: Evidence) -> Remedy | None:
    """An optimizer with one rate for everything."""
    if evidence.training.optimizer.steps_by_rate:
        return None
    return "try Adam, which gives each parameter a step of its own", {"optimizer": "adam", "lr": 0.03}


def noisy(evidence: Evidence) -> Remedy | None:
    """Batches so small that their noise is all there is left."""
    size, rows = evidence.recipe["batch_size"], len(evidence.training.inputs)
    if size is None or rows > FULL_BATCH_ROWS or size >= min(rows, 16):
        return None
    return "take the full batch, whose gradient has no noise", {"batch_size": None}


def lower_rate(evidence: Evidence) -> Remedy | None:
    """A rate with which the loss goes to and fro around something lower."""
    rate = evidence.training.rate
    if evidence.wavering < _TO_AND_FRO or _is_low(evidence, 3.0):
        return None
    lower = float(f"{rate / 3:.2g}")
    return f"take a smaller rate than {rate:g}, such as {lower:g}: the loss goes to and fro", {"lr": lower}


def calmer(evidence: Evidence, *, again: bool = False) -> Remedy | None:
    """Return a smaller rate that works at once, from the state of the run or, where that is spoilt, from the start."""
    rate, again = evidence.training.rate, again or evidence.spoilt
    lower = evidence.working_rate(below=rate, again=again)
    if lower is None:
        return None
    sentence = f"take a smaller rate than {rate:g}, such as {lower:g}"
    if again:
        return f"{sentence}, and begin again", {"lr": lower, "init": evidence.recipe["init"]}  # init is not in flight
    return sentence, {"lr": lower}


def calmer_start(evidence: Evidence) -> Remedy | None:
    """Return the same from the start: units that are saturated stay so by whatever rate."""
    return calmer(evidence, again=True)


def heavy(evidence: Evidence) -> Remedy | None:
    """A momentum that adds up hundreds of updates before it turns."""
    used = getattr(evidence.training.optimizer, "momentum", 0.0) > 0.95
    return ("take a momentum of 0.9, which turns within ten updates", {"momentum": 0.9}) if used else None


def calm(evidence: Evidence) -> Remedy:
    """Return the remedy for updates that go too far: data on usual scales, less momentum, or a smaller rate."""
    return first_of(evidence, far_targets, standardised_inputs, heavy, calmer, other_seed)


def thrown(evidence: Evidence) -> Remedy | None:
    """A rate so high that the run is worse off than it began, or that its units are where they learn no more."""
    return calmer_start(evidence) if evidence.spoilt or thrown_flat(evidence) else None


def _is_low(evidence: Evidence, times: float) -> bool:
    """Whether the rate is below so many times the lowest that is usual for the optimizer."""
    return evidence.training.rate < times * (0.001 if evidence.training.optimizer.steps_by_rate else 0.01)


def from_too_low(evidence: Evidence) -> Remedy | None:
    """Return a higher rate where the present one is below what is usual."""
    return bolder(evidence) if _is_low(evidence, 1.0) else None


def bolder(evidence: Evidence) -> Remedy | None:
    """Return a higher rate that works at once."""
    rate = evidence.training.rate
    higher = evidence.working_rate(above=rate)
    if higher is None:
        return None
    return f"take a higher rate than {rate:g}, such as {higher:g}", {"lr": higher}
