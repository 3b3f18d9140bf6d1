"""A run in an app under test that is the same on any machine."""

from __future__ import annotations

from tui_backprop.ui.actions.base import TrainerBase


def run_and_look(app: TrainerBase, steps: int) -> None:
    """Train at once, and look: a look leaves a point in the curve, and an app on a slow machine may take one by itself."""
    app.session.run(steps)
    app.session.frame()
