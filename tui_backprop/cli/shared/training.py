"""Training without a screen, as the commands do it: in slices, with progress, and with the edits on the way."""

from __future__ import annotations

import time

from tui_backprop.cli.output.progress import Progress
from tui_backprop.cli.shared.sessions import OpenedSession, make_edit
from tui_backprop.session.conditions import Condition
from tui_backprop.session.run.pace import next_portion
from tui_backprop.session.run.run import Stop
from tui_backprop.session.session import Session

_SLICE = 0.05  # seconds between two looks at the clock


def train(opened: OpenedSession, condition: Condition | None = None, *, silent: bool) -> Stop:
    """Train up to each edit, make it, and go on to the end or to where the condition holds.

    Raises:
        RecipeError: an edit that is not possible.
        SourceError: data that cannot be read.
    """
    session, progress = opened.session, Progress(opened.steps, silent=silent)
    try:
        for edit in opened.edits:
            stop = _train_to(session, edit.step, condition, progress)
            if stop.reason != "steps":
                return stop
            make_edit(session, edit)
        return _train_to(session, opened.steps, condition, progress)
    finally:
        progress.close()


def _train_to(session: Session, end: int, condition: Condition | None, progress: Progress) -> Stop:
    """Run in slices of a fraction of a second, so that progress shows and ^C is answered at once."""
    steps = 1
    while True:
        started = time.perf_counter()
        stop = session.run(max(0, min(steps, end - session.step)), condition)
        took = time.perf_counter() - started
        if stop.reason != "steps" or session.step >= end:
            return stop
        progress.show(session.step, session.curve.final_loss)
        steps = next_portion(steps, took, _SLICE)
