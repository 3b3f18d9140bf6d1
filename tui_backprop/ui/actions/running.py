"""Running, pausing, stepping, and the phases of a step."""

from __future__ import annotations

from collections.abc import Sequence

from tui_backprop.session.engine_change import is_ready
from tui_backprop.session.run.first_pause import reason_to_pause
from tui_backprop.session.run.run import Stop
from tui_backprop.session.sweep.wording import counted
from tui_backprop.ui.actions.engine import EngineActions
from tui_backprop.ui.pacing import SPEEDS, Pacer, keep_going
from tui_backprop.ui.toolkit.tasks import begin_task


class RunningActions(EngineActions):
    """Keys that make the run go on."""

    measured = 0.0
    """Steps a second at full speed, as they were measured last."""

    def action_toggle_run(self) -> None:
        """Run, or pause."""
        if self.running:
            self.pause()
            self.redraw()
        else:
            self.when_ready(self._set_out)

    def _set_out(self) -> None:
        self.session.note_place()
        self.training = begin_task(self, self._train())
        self.redraw()

    async def _train(self) -> None:
        """Train until the run halts by itself."""
        stop, drawn_step = Stop("steps", self.session.step), self.session.step
        known = [one.id for one in self.session.examiner.known] if self.session.step else []
        pacer = Pacer(SPEEDS[self.speed], self.frames)

        def advance(steps: int) -> bool:
            nonlocal stop
            if not is_ready(self.session.current):  # the run was changed, or another one is looked at
                return False
            stop = self.session.run(steps, closely=pacer.speed is not None)
            return stop.reason == "steps"

        def draw(seconds: float) -> None:
            nonlocal drawn_step
            self.measured, drawn_step = (self.session.step - drawn_step) / seconds, self.session.step
            if pacer.speed is None:
                self.change_over()
            self.redraw()
            self._pause_for_a_newcomer(known)

        await keep_going(pacer, advance, draw)
        self.training = None
        if not is_ready(self.session.current):
            self.when_ready(self._set_out)
        self._halted(stop)

    def _pause_for_a_newcomer(self, known: Sequence[str]) -> None:
        """Pause the first run of a sitting where there is something to see, unless its halts were chosen."""
        if self.paused_once or self.guide is not None or self.session.breakpoints:
            return
        found = reason_to_pause(self.session.examiner.known, known)
        if found is not None:
            self.paused_once = True
            self.pause()
            self.halt_because(f"paused at {found.id}: {found.message}")
            self.redraw()

    def _halted(self, stop: Stop) -> None:
        """Say why the run paused by itself."""
        broken = self.session.current.divergence
        if stop.reason == "diverged" and broken is not None:
            self.halt_because(broken.sentence)
            self.notify(broken.sentence, severity="error", markup=False)
        elif stop.reason == "breakpoint":
            reason = f"breakpoint {stop.breakpoint} at step {stop.step:,}"
            self.halt_because(reason)
            self.notify(reason, severity="warning", markup=False)
        self.redraw()

    def action_step(self) -> None:
        """Make one step, or finish the one in progress."""
        self.pause()
        self.when_ready(lambda: self._halted(self.session.step_once()))

    def action_epoch(self) -> None:
        """Run to the end of the epoch."""
        self.pause()
        self.when_ready(lambda: self._halted(self.session.advance_epoch()))

    def action_phase(self) -> None:
        """Go one phase on."""
        self.pause()
        self.when_ready(self._phase_forward)

    def _phase_forward(self) -> None:
        stop = self.session.phase_forward()
        if stop is None:
            self.redraw()
        else:
            self._halted(stop)

    def action_phase_back(self) -> None:
        """Go one phase back."""
        self.pause()
        try:
            self.session.phase_back()
        except ValueError as error:
            self.refuse(error)
        self.redraw()

    def action_speed(self, by: int) -> None:
        """Choose the next slower or faster speed."""
        self.speed = max(0, min(len(SPEEDS) - 1, self.speed + by))
        speed = SPEEDS[self.speed]
        said = "full speed" if speed is None else f"{counted(speed, 'step')} a second"
        self.notify(said, timeout=2, markup=False)
        if self.running:
            self.pause()
            self.training = begin_task(self, self._train())
        self.redraw()

    @property
    def run_state(self) -> str:
        """What the header says: whether it runs, and how fast."""
        if not self.running:
            return (
                "‖ diverged" if self.session.current.divergence else "‖ inside" if self.session.inside else "‖ paused"
            )
        speed = SPEEDS[self.speed]
        if speed is not None:
            return f"▶ {speed:,.0f}/s"
        return f"▶ full {self.measured:,.0f}/s" if self.measured else "▶ full speed"
