"""What a script's own training does to its loss, as it is and with the fix, in the answer."""

from __future__ import annotations

from tui_backprop.scripts.answering.answer import Answer
from tui_backprop.scripts.case import Case
from tui_backprop.scripts.training.course import Course
from tui_backprop.scripts.training.follow import follow, follow_fixed

_MOMENTUM = 0.9
_TRIAL = 0.6  # seconds
_WORTH = 0.7  # of the updates
_SAME = 0.02
"""Relative difference of two losses that is not worth two numbers."""


def follow_training(case: Case, answer: Answer) -> None:
    """Follow a script's own training, and with its mistakes mended where they are."""
    case.training = follow(case)
    if case.training is None:
        return
    answer.learns = case.training.course.learns
    if answer.fixed_source is not None:
        case.mended = follow_fixed(case, case.training, answer.fixed_source)


def tell_training(case: Case, answer: Answer) -> None:
    """Say what the training does to the loss, as it is and with the fix."""
    if case.training is None:
        return
    own = case.training.course
    if answer.fixed_source is not None and answer.fixed is not None:
        if case.mended is None:
            case.mended = follow_fixed(case, case.training, answer.fixed_source)
        answer.fixed["loss_before"] = finite(own.end)
        if case.mended is not None:
            answer.fixed["loss_after"] = finite(case.mended.course.end)
    fixed = case.mended.course if case.mended is not None and answer.fixed_source is not None else None
    answer.training.append(_sentence(own, fixed))
    if answer.status == 0 and answer.fixed is None:
        answer.training += _faster(case, own)


def _sentence(own: Course, fixed: Course | None) -> str:
    constant = f"one constant answer has {own.constant:.4g}"
    where = updates_text(own)
    if fixed is None:
        start = {True: "It learns: ", False: "It does not learn: ", None: ""}[own.learns]
        return f"{_opened(start + where)} its loss ({own.loss}) goes {course_text(own)}; {constant}."
    if fixed.learns is False:
        same = abs(fixed.end - own.end) <= _SAME * max(abs(own.end), 1e-300)
        ends = (
            f"{loss_text(own.start)} to {loss_text(fixed.end)} with it as without it"
            if same
            else f"{loss_text(fixed.start)} to {loss_text(fixed.end)} with it, "
            f"{loss_text(own.start)} to {loss_text(own.end)} as it is"
        )
        return (
            f"With the fix its gradients are right, and it still does not learn: {where.replace('in ', '', 1)} take the "
            f"loss from {ends}; {constant}."
        )
    return (
        f"{_opened(where)} its loss ({own.loss}) goes {course_text(own)} as it is, {course_text(fixed)} with the fix; "
        f"{constant}."
    )


def _faster(case: Case, own: Course) -> list[str]:
    """Return a sentence on what makes a right script learn faster, as tried in its own loop; none where it does not."""
    optimizer = case.reading is None or any(step.feeds for step in case.reading.steps)
    if case.training is None or optimizer or not own.learned or not own.followed.ended or case.setting.line is not None:
        return []
    trial = case.training.trial(momentum=_MOMENTUM, seconds=_TRIAL)
    reached = trial.reaches(own.end) if trial is not None and not trial.diverges else None
    if reached is None or reached > _WORTH * own.followed.updates:
        return []
    return [
        f"It would learn faster with momentum: with {_MOMENTUM:g} (each step adds {_MOMENTUM:g} times the one before) it is "
        f"at {loss_text(own.end)} after {reached:,} of its {own.followed.updates:,} updates."
    ]


def updates_text(course: Course) -> str:
    """Return `in its own 4,000 updates`, or `in the first 900 of its own updates` where there are more."""
    count = f"{course.followed.updates:,}"
    return f"in its own {count} updates" if course.followed.ended else f"in the first {count} of its own updates"


def course_text(course: Course) -> str:
    """Return a loss at the beginning and at the end: `0.31 → 0.01`."""
    return f"{loss_text(course.start)} → {loss_text(course.end)}"


def loss_text(value: float) -> str:
    """Return a loss with three figures."""
    return f"{value:.3g}" if abs(value) < 1e5 else "∞" if value == float("inf") else f"{value:.1e}"


def finite(value: float) -> float | None:
    """Return a number that JSON has; None for what is none."""
    return value if abs(value) < float("inf") else None


def _opened(text: str) -> str:
    return text[:1].upper() + text[1:]
