"""The pace of a training: a rate that is too high or too low, and too few updates, each tried in its own loop."""

from __future__ import annotations

from tui_backprop.scripts.answering.answer import Answer, Cause
from tui_backprop.scripts.case import Case
from tui_backprop.scripts.causes.kept import keep_fix
from tui_backprop.scripts.causes.places import beginning_at
from tui_backprop.scripts.mending.edits import SourceEdit
from tui_backprop.scripts.mending.patches import fix_of, patched
from tui_backprop.scripts.training.constants import Constant, rate_constant, rounds_constant
from tui_backprop.scripts.training.course import Course
from tui_backprop.scripts.training.follow import follow_fixed
from tui_backprop.scripts.training.telling import loss_text

_LOWER = (0.5, 0.3, 0.1, 0.03, 0.01, 0.001)
_HIGHER = (10.0, 100.0, 1e3, 1e4)
_LONGER = (10, 30)
_TRIAL = 0.7  # seconds of a trial's own time
_LONGEST = 3.0  # seconds of a longer training
_MOST = 1_000_000  # rounds that are asked for


def rate_too_high(case: Case, answer: Answer) -> list[Cause]:
    """Return the cause where the loss grows, and does not with smaller steps."""
    training = case.judged
    if training is None or not training.course.diverges:
        return []
    for scale in _LOWER:
        trial = training.trial(scale, seconds=_TRIAL)
        if trial is None or trial.diverges or trial.end > max(trial.constant, 0.5 * trial.start):
            continue
        constant, lines = rate_constant(case)
        value = f" {constant.value:g}" if constant is not None else ""
        right = f"{constant.value * scale:.3g}" if constant is not None else f"{scale:g} times the rate"
        sentence = (
            f"{_at(constant, lines)}the rate{value} is too high: the loss diverges, "
            f"{loss_text(training.course.start)} → {loss_text(training.course.end)} (its steps are too large); with {right} "
            f"it does not: {loss_text(trial.start)} → {loss_text(trial.end)}."
        )
        evidence = {"rate": constant.value if constant else None, "factor": scale, "loss": trial.end}
        return [_cause(case, answer, "rate-too-high", sentence, evidence, constant, lines, scale)]
    return []


def too_slow(case: Case, answer: Answer) -> list[Cause]:
    """Return the cause where the training does not learn, and does with more updates or with larger steps."""
    training = case.judged
    if training is None or training.course.learns is not False or not training.course.stuck or _explained(answer):
        return []
    course = training.course
    rounds, round_lines = rounds_constant(case, course.followed.stack)
    if rounds is not None and course.followed.ended:
        for factor in _LONGER:
            if rounds.value * factor > _MOST or course.followed.seconds * factor > _LONGEST:
                break
            edit = _edit(rounds, rounds.value * factor)
            source = patched(training.source, [edit])
            longer = follow_fixed(case, training, source, seconds=_LONGEST) if answer.fixed_source is None else None
            if longer is not None and longer.course.learned:
                sentence = (
                    f"line {round_lines[0]}: its {course.followed.updates:,} updates are too few: the loss is "
                    f"{loss_text(course.end)} when it stops, and with {factor} times as many updates (more epochs, "
                    f"{rounds.value * factor:g}) it still falls to {loss_text(longer.course.end)}."
                )
                evidence = {"updates": course.followed.updates, "factor": factor, "loss": longer.course.end}
                fix = fix_of(case.source, [edit])
                keep_fix(case, answer, source, longer)
                return [Cause("too-few-updates", "error", round_lines[0], round_lines, sentence, evidence, fix)]
    for scale in _HIGHER:
        trial = training.trial(scale, seconds=_TRIAL)
        if trial is not None and trial.diverges:
            break
        if trial is not None and trial.learned:
            return [_too_low(case, answer, course, trial, scale)]
    return []


def _too_low(case: Case, answer: Answer, course: Course, trial: Course, scale: float) -> Cause:
    constant, lines = rate_constant(case)
    value = f" {constant.value:g}" if constant is not None else ""
    right = f"{constant.value * scale:.3g}" if constant is not None else f"{scale:g} times the rate"
    sentence = (
        f"{_at(constant, lines)}the rate{value} is too low (its steps are too small): in {course.followed.updates:,} "
        f"updates the loss goes {loss_text(course.start)} → {loss_text(course.end)}; with {right} it goes "
        f"{loss_text(trial.start)} → {loss_text(trial.end)}."
    )
    evidence = {"rate": constant.value if constant else None, "factor": scale, "loss": trial.end}
    return _cause(case, answer, "rate-too-low", sentence, evidence, constant, lines, scale)


def _cause(
    case: Case,
    answer: Answer,
    name: str,
    sentence: str,
    evidence: dict[str, float | None],
    constant: Constant | None,
    lines: list[int],
    scale: float,
) -> Cause:
    """Return the cause, with a fix where the script with the other number is seen to do better."""
    fix = None
    if constant is not None and answer.fixed_source is None and case.training is not None:
        edit = _edit(constant, constant.value * scale)
        source = patched(case.source, [edit])
        other = follow_fixed(case, case.training, source, seconds=_TRIAL)
        if other is not None and (other.course.learned or (name == "rate-too-high" and not other.course.diverges)):
            fix = fix_of(case.source, [edit])
            keep_fix(case, answer, source, other)
    return Cause(
        name, "error", constant.line if constant else lines[0] if lines else None, lines, sentence, evidence, fix
    )


def _edit(constant: Constant, value: float) -> SourceEdit:
    new = f"{value:g}" if value < 1e6 else str(int(value))
    return SourceEdit("number", f"{constant.value:g}", new, new, constant.start, constant.end, 1.0)


def _explained(answer: Answer) -> bool:
    return any(one.severity == "error" and one.id != "asked-out-of-range" for one in answer.causes)


def _at(constant: Constant | None, lines: list[int]) -> str:
    return beginning_at(*lines) if constant is None else beginning_at(constant.line)
