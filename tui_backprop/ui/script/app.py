"""The app of a script: it sends the learner's wishes to a run of their own code and shows its frames."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial
from typing import Any

from tui_backprop.system.visitor import is_visitor
from tui_backprop.ui.rates import next_rate
from tui_backprop.ui.script.lesson import ScriptLessonActions
from tui_backprop.ui.script.panels import (
    ScriptFindingsPanel,
    ScriptLossPanel,
)


class ScriptApp(ScriptLessonActions):
    """A script's app."""

    def action_toggle_run(self) -> None:
        """Let its own loop run, or pause; what is stuck is interrupted."""
        self._touched = True
        if self.stuck:
            self.script.interrupt()
            return
        self.running = not self.running
        if self.running and not self._following:
            self.run_worker(self.follow())
        self.redraw()

    def action_step(self) -> None:
        """Make one update."""
        self.begin(self.script.step)

    def action_step_back(self) -> None:
        """Go one update back."""
        self.begin(lambda: self.script.go_to(max(1, self.script.frame.update - 1)))

    def action_phase(self) -> None:
        """Go one line on."""
        self.begin(self.script.line)

    def action_phase_back(self) -> None:
        """Go one line back."""
        self.begin(self.script.line_back)

    def action_over(self) -> None:
        """Go over a call, or a whole loop; at the end of the update into the next one."""
        from tui_backprop.session.script_run.walking import over  # noqa: PLC0415  (loaded when it is first pressed)

        self.begin(lambda: self.script.walk(over) or self.script.line())

    def action_out(self) -> None:
        """Go out to the caller, or to the head of the loop."""
        from tui_backprop.session.script_run.walking import out  # noqa: PLC0415  (loaded when it is first pressed)

        self.begin(partial(self.script.walk, out))

    def action_first(self) -> None:
        """Go to the first update."""
        self.begin(lambda: self.script.go_to(1))

    def action_last(self) -> None:
        """Go to the last update that was reached."""
        self.begin(self.script.last_update)

    def action_jump(self, direction: int) -> None:
        """Go a fiftieth of the run on or back."""

        def jump() -> None:
            frame = self.script.frame
            by = max(1, frame.last // 50)
            self.script.go_to(min(max(1, frame.update + direction * by), max(1, frame.last)))

        self.begin(jump)

    def action_seen_back(self) -> None:
        """Go to the place that was looked at before."""
        self.begin(partial(self.script.visited, -1))

    def action_seen_forward(self) -> None:
        """Go forward again along the places that were looked at."""
        self.begin(partial(self.script.visited, 1))

    def action_go_to(self) -> None:
        """Open the line to type an update."""
        from tui_backprop.ui.screens.line import LineScreen  # noqa: PLC0415  (loaded when it is first opened)

        line = LineScreen("Go to update", str(self.script.frame.update), _whole)
        self.push_screen(line, lambda update: self.begin(partial(self.script.go_to, update)) if update else None)

    def action_log_axis(self) -> None:
        """Draw the loss on the other kind of axis."""
        panel = self.screen_stack[0].query_one(ScriptLossPanel)
        panel.log_axis = not panel.log_axis
        panel.redraw()

    # breakpoints

    def action_breakpoints(self) -> None:
        """Halt at the line that is looked at, or no longer; elsewhere list breakpoints and watches."""
        if self.active == "source":
            self.tell(self.script.toggle_line())
            self.redraw()
            return
        from tui_backprop.ui.screens.script.stops import StopsScreen  # noqa: PLC0415  (loaded when it is first opened)

        def then(_: None) -> None:
            if any(one.value is None for one in self.script.frame.watches):  # the update was recorded without it
                self.begin(lambda: self.script.go_to(self.script.frame.update))
            if self.script.watches:
                self.bring_to_front("watches")
            self.redraw()

        self.push_screen(StopsScreen(self.script), then)

    # fixes

    def action_remedy(self) -> None:
        """Apply the fix of the selected finding, or of the first one that has a fix, in memory."""
        frame = self.script.frame
        chosen = self.screen_stack[0].query_one(ScriptFindingsPanel).choose(frame)
        if chosen is None or not chosen.fix:
            chosen = next((one for one in frame.problems if one.fix), None)
        if chosen is None:
            self.tell("searching for fixes" if frame.checking else "no fix is known for these findings")
            return
        self._apply(partial(self.script.fix, chosen))

    def action_undo(self) -> None:
        """Take the last fix back."""
        self._apply(self.script.undo)

    def action_redo(self) -> None:
        """Apply the fix again that was taken back."""
        self._apply(self.script.redo)

    def _apply(self, change: Callable[[], str]) -> None:
        said: list[str] = []

        def then() -> None:
            self.tell(f"{said[0]}; its run begins again beside the old one")
            self.explain()

        self.begin(lambda: said.append(change()), then)

    def action_rate(self, direction: int) -> None:
        """Train functions at the next rate of 0.1, 0.3, 1, 3 …."""
        found = next_rate(self.script.frame.rate or 1.0, direction)
        if found is not None:
            self._apply(partial(self.script.set_rate, found))

    def action_type_rate(self) -> None:
        """Open the line to type the rate of functions."""
        from tui_backprop.ui.screens.line import LineScreen  # noqa: PLC0415  (loaded when it is first opened)

        line = LineScreen("Learning rate", f"{self.script.frame.rate or 0.1:g}", _rate)
        self.push_screen(line, lambda rate: self._apply(partial(self.script.set_rate, rate)) if rate else None)

    def action_difference(self) -> None:
        """Show all that was changed, and offer to write it."""
        from tui_backprop.ui.screens.script.difference import DifferenceScreen  # noqa: PLC0415  (loaded when it is first opened)

        self.push_screen(DifferenceScreen(self.script))

    # the file

    def action_reload_rule(self) -> None:
        """Load the file as it was saved."""
        said: list[str] = []

        def then() -> None:
            self.tell(said[0])
            self.explain()

        self.begin(lambda: said.append(self.script.reload()), then)

    def _ask_to_reload(self) -> None:
        from tui_backprop.ui.screens.script.reload import ReloadScreen  # noqa: PLC0415  (loaded when it is first opened)

        self.script.dismiss_change()
        name = self.script.frame.name
        self.push_screen(ReloadScreen(name), lambda wanted: self.action_reload_rule() if wanted else None)

    def action_carry_over(self) -> None:
        """Carry a recognised network over to the trainer; leaving that leads back here."""
        from tui_backprop.session.script_run.carrying import carried_over  # noqa: PLC0415  (loaded when it is first pressed)

        if is_visitor():
            answer = self.script.version.answer
            command = None if answer is None else answer.recipe
            wanted = "run the program in a terminal to carry the network over"
            self.tell(
                f"a page shows one screen: {wanted if command is None else f'`{command}` opens it in a terminal'}"
            )
            return
        found: list[Any] = []

        def then() -> None:
            self.carried = found[0]
            self.exit()

        self.begin(lambda: found.append(carried_over(self.script, self.script.scratch)), then)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Dim what cannot be done now."""
        frame = self.script.frame
        if action == "step_back" and frame.update <= 1:
            return None
        if action in ("rate", "type_rate") and frame.rate is None:
            return None
        if action in ("undo", "difference") and frame.fixes == 0:
            return None
        return super().check_action(action, parameters)


def _rate(text: str) -> float:
    """Return a learning rate.

    Raises:
        ValueError: it is none.
    """
    rate = float(text)
    if not 0 < rate < math.inf:
        raise ValueError("expected a rate above 0")
    return rate


def _whole(text: str) -> int:
    """Return a number of an update.

    Raises:
        ValueError: it is none.
    """
    number = int(text.replace(",", ""))
    if number < 1:
        raise ValueError("updates are counted from 1")
    return number
