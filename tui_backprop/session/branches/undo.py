"""What was before an edit, so that it can be undone and made again."""

from __future__ import annotations

from dataclasses import dataclass

from tui_backprop.session.branches.branch import Branch
from tui_backprop.session.run.run import Run

_MOST = 32  # edits that can be undone


@dataclass(frozen=True, eq=False)
class Situation:
    """The branches of a session, each with the run it had, and the place that it was at."""

    runs: tuple[tuple[Branch, Run], ...]
    branch: Branch
    step: int


class UndoList:
    """Situations before and after the last edits."""

    def __init__(self) -> None:
        self._before: list[Situation] = []
        self._after: list[Situation] = []

    def note(self, situation: Situation) -> None:
        """Note the situation before an edit; what was undone before can no longer be made again."""
        self._before = [*self._before[-_MOST + 1 :], situation]
        self._after.clear()

    def undo(self, now: Situation) -> Situation:
        """Return the situation before the last edit.

        Raises:
            ValueError: there was none.
        """
        if not self._before:
            raise ValueError("there is no edit to undo")
        self._after.append(now)
        return self._before.pop()

    def redo(self, now: Situation) -> Situation:
        """Return the situation in which the last edit was undone.

        Raises:
            ValueError: there was none.
        """
        if not self._after:
            raise ValueError("there is no edit to redo")
        self._before.append(now)
        return self._after.pop()

    def forget(self, branch: Branch) -> None:
        """Drop the situations of a branch that was deleted, and the branch from the others."""
        for kept in (self._before, self._after):
            kept[:] = [
                Situation(tuple(pair for pair in s.runs if pair[0] is not branch), s.branch, s.step)
                for s in kept
                if s.branch is not branch
            ]

    def runs(self) -> set[Run]:
        """Every run that an undo or a redo can bring back, each once: most situations have the same runs."""
        return {run for situation in (*self._before, *self._after) for _, run in situation.runs}
