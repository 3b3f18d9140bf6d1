"""The script with its fix, as the answer keeps it."""

from __future__ import annotations

from tui_backprop.scripts.answering.answer import Answer
from tui_backprop.scripts.case import Case
from tui_backprop.scripts.mending.patches import diff_of
from tui_backprop.scripts.source.source import Source
from tui_backprop.scripts.training.training import ScriptTraining


def keep_fix(case: Case, answer: Answer, source: Source, training: ScriptTraining | None) -> None:
    """Keep a source as the fixed one, with its training where that was followed to its end; the first one stays."""
    if answer.fixed_source is not None:
        return
    answer.fixed_source = source
    answer.fixed = {"diff": diff_of(case.source, source), "loss_before": None, "loss_after": None}
    if training is not None and training.course.followed.ended:
        case.mended = training
