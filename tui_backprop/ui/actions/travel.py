"""Going elsewhere: back in time, along what was seen, to other branches, and what an edit undid."""

from __future__ import annotations

from collections.abc import Callable

from textual import on

from tui_backprop.ui.actions.base import TrainerBase
from tui_backprop.ui.bars.timeline import TimelineBar
from tui_backprop.ui.panels.loss import LossPanel

_JUMPS = 50  # moves with shift and an arrow from one end of the run to the other


class TravelActions(TrainerBase):
    """Keys that lead to another place."""

    def go(self, move: Callable[[], object]) -> None:
        """Pause, make a move, and show where it led or why it cannot be made."""
        self.pause()
        try:
            said = move()
        except ValueError as error:
            self.refuse(error)
        else:
            if isinstance(said, str):
                self.tell(said)
        self.redraw()

    def action_step_back(self) -> None:
        """Go back one step."""
        if self.session.step > 0 or self.session.inside:
            self.go(self.session.back)

    def action_seen_back(self) -> None:
        """Go to what was looked at before."""
        self.go(self.session.seen_back)

    def action_seen_forward(self) -> None:
        """Go to what was looked at after."""
        self.go(self.session.seen_forward)

    def action_first(self) -> None:
        """Go to step 0."""
        self.to_step(0)

    def action_last(self) -> None:
        """Go to the last step that was reached."""
        self.to_step(self.session.last_step)

    def action_jump(self, direction: int) -> None:
        """Go a fiftieth of the run back or forward."""
        self.to_step(self.session.step + direction * max(1, self.session.last_step // _JUMPS))

    def to_step(self, step: int) -> None:
        """Go to a step of the run, or to the nearest that there is."""
        self.go(lambda: self.session.go_to(max(0, min(step, self.session.last_step))))

    @on(LossPanel.StepChosen)
    @on(TimelineBar.StepChosen)
    def go_to_chosen(self, message: LossPanel.StepChosen | TimelineBar.StepChosen) -> None:
        """Go to the step that was pointed at."""
        self.to_step(message.step)

    def action_go_to(self) -> None:
        """Open the line to type a step."""
        from tui_backprop.ui.screens.line import LineScreen

        def read(text: str) -> int:
            digits = text.strip().replace(",", "").replace("_", "")
            if not (digits.isascii() and digits.isdecimal()) or int(digits[:20]) > self.session.last_step:
                raise ValueError(f"expected a step from 0 to {self.session.last_step:,}, not {text!r}")
            return int(digits)

        def chosen(step: int | None) -> None:
            if step is not None:
                self.to_step(step)

        self.pause()
        self.push_screen(LineScreen("Go to step", str(self.session.step), read), chosen)
        self.redraw()

    def action_undo(self) -> None:
        """Undo the last edit."""
        self.go(self.session.undo)

    def action_redo(self) -> None:
        """Make the edit again that was undone."""
        self.go(self.session.redo)

    def action_branches(self) -> None:
        """Open the list of branches."""
        from tui_backprop.ui.screens.branches import BranchesScreen

        self.pause()
        self.push_screen(BranchesScreen(self.session), lambda _: self.redraw())
        self.redraw()

    def action_reset(self) -> None:
        """Begin again with the same seed."""
        self.go(self.session.reset)

    def action_new_seed(self) -> None:
        """Begin again with the next seed."""
        seed = (self.session.recipe.seed + 1) % 2**64
        self.go(lambda: self.session.reset(seed=seed))
        self.tell(f"seed {seed}")
