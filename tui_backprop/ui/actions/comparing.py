"""Two runs side by side."""

from __future__ import annotations

from tui_backprop.core.errors import InputError
from tui_backprop.session.branches.branch import Branch
from tui_backprop.session.side_by_side import beside_branch, beside_rule
from tui_backprop.ui.actions.base import TrainerBase
from tui_backprop.ui.actions.saving import SavingActions


class PictureActions(TrainerBase, SavingActions):
    """Keys that set two runs side by side, and write what is seen."""

    def action_compare(self) -> None:
        """Open the list of what this run can be compared with, and then both side by side."""
        from tui_backprop.ui.screens.compare import CompareScreen, CompareWithScreen

        def chosen(other: Branch | str | None) -> None:
            if other is None:
                return
            try:
                pair = (
                    beside_rule(self.session, other) if isinstance(other, str) else beside_branch(self.session, other)
                )
            except InputError as error:
                self.refuse(error)
            else:
                self.push_screen(CompareScreen(pair), lambda again: self.action_compare() if again else None)

        self.pause()
        self.push_screen(CompareWithScreen(self.session), chosen)
        self.redraw()

    @property
    def seen(self) -> str:
        """The data and the step."""
        return f"{self.session.problem.dataset.name}, step {self.session.step}"
