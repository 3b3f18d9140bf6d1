"""The Sweep screen: choose what to vary, watch many runs go on, and open any of them in the trainer."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.screen import Screen
from textual.widgets import Static

from tui_backprop.core.errors import InputError
from tui_backprop.session.conditions import Condition
from tui_backprop.session.run.pace import next_portion
from tui_backprop.session.sweep.outcome import Outcome, checksum
from tui_backprop.session.sweep.sweep import Sweep, processors
from tui_backprop.session.sweep.wording import duration, seconds_left
from tui_backprop.ui.bars.footer import KeysFooter
from tui_backprop.ui.bars.status import StatusLine
from tui_backprop.ui.screens.dialog import EndsOnce
from tui_backprop.ui.screens.sweep.form import SweepForm
from tui_backprop.ui.screens.sweep.results import MapView, SeedsView
from tui_backprop.ui.toolkit.tasks import begin_task

if TYPE_CHECKING:
    from tui_backprop.ui.actions.base import TrainerBase

_LOOK = 0.2  # seconds between two looks at the workers
_SLICE = 0.02  # seconds in which a run is made again before a key is answered
_BAR = 20


class SweepScreen(EndsOnce, Screen[None]):
    """A form on the left, and on the right the map, with the seeds of the cell under the cursor below it."""

    CSS_PATH = "screen.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "trainer"),
        Binding("ctrl+s", "start", "start, stop", priority=True),
        Binding("m", "measure", "measure"),
        Binding("a", "turn", "axes"),
        Binding("t", "hold", "table"),
        Binding("comma", "seed(-1)", "better", key_display=","),
        Binding("full_stop", "seed(1)", "worse", key_display="."),
    ]

    def __init__(self, trainer: TrainerBase) -> None:
        super().__init__()
        self._trainer = trainer
        self._started = 0.0
        self._making: asyncio.Task[None] | None = None

    def compose(self) -> ComposeResult:
        """Show the form, filled with what was swept last, and what came of it."""
        with Horizontal():
            yield SweepForm(self._trainer.session.current.segment.asked, self._trainer.sweep)
            with Vertical(id="results"):
                yield Static("", id="progress", markup=False)
                yield MapView()
                yield SeedsView()
        yield StatusLine()
        yield KeysFooter(show_command_palette=False)

    def on_mount(self) -> None:
        """Look at the workers now and then."""
        self.set_interval(_LOOK, self._look)
        self._show()
        if self._trainer.sweep is not None:
            self.query_one(MapView).focus()

    def on_unmount(self) -> None:
        """Stop the workers; what they have finished stays."""
        self._trainer.end_sweep()
        if self._making is not None:
            self._making.cancel()

    @on(SweepForm.Wanted)
    def action_start(self) -> None:
        """Start what the form says, go on with it, or stop."""
        sweep, form = self._trainer.sweep, self.query_one(SweepForm)
        try:
            if sweep is not None and sweep.going:
                sweep.stop()
            else:
                sweep = self._trainer.begin_sweep(form.plan())
                self._started = time.monotonic()
                sweep.start(processes=processors())
                self.query_one(MapView).focus()
        except (InputError, OSError) as error:
            form.refuse(str(error))
        self._show()

    def _look(self) -> None:
        sweep = self._trainer.sweep
        if self.ended or sweep is None or not sweep.going:
            return
        try:
            sweep.poll(0.0)
        except (InputError, OSError) as error:
            sweep.stop()
            self.query_one(SweepForm).refuse(str(error))
        self._show()

    def _show(self) -> None:
        sweep = self._trainer.sweep
        self.query_one(SweepForm).show_going(sweep is not None and sweep.going)
        if sweep is not None:
            self.query_one("#progress", Static).update(_progress(sweep, time.monotonic() - self._started))
            self.query_one(MapView).show(sweep)
        else:
            self.query_one("#progress", Static).update("say what to vary, then ^s starts")
        self._show_seeds()

    @on(MapView.Moved)
    def _show_seeds(self) -> None:
        cell = self.query_one(MapView).cell
        if cell is not None and self._trainer.sweep is not None:
            self.query_one(SeedsView).show(cell, self._trainer.sweep.plan)

    def action_measure(self) -> None:
        """Show the next measure on the map."""
        self.query_one(MapView).next_measure()

    def action_turn(self) -> None:
        """Lay other fields along the sides of the map."""
        self.query_one(MapView).turn()

    def action_hold(self) -> None:
        """Show the map for the next values of the fields that are not on it."""
        self.query_one(MapView).hold_next()

    def action_seed(self, by: int) -> None:
        """Choose a better or a worse run of the cell."""
        self.query_one(SeedsView).choose(by)

    @on(MapView.Opened)
    def open_run(self) -> None:
        """Make the chosen run again in the trainer, step for step, and go there."""
        outcome = self.query_one(SeedsView).outcome
        if outcome is not None and self._making is None:
            self._making = begin_task(self.app, self._open(outcome))

    async def _open(self, outcome: Outcome) -> None:
        sweep, session = self._trainer.sweep, self._trainer.session
        assert sweep is not None  # noqa: S101  (there is no outcome without one)
        plan = sweep.plan
        recipe = plan.recipe_of(outcome.run)
        name = f"sweep: {', '.join(part for part in (plan.title(outcome.run // plan.seeds), f'seed {recipe.seed}') if part)}"
        condition = Condition(plan.until) if plan.until else None
        try:
            session.begin(recipe, name)
            steps, stop = 1, None
            while session.step < plan.recipe.steps and (stop is None or stop.reason == "steps"):
                began = time.perf_counter()
                stop = session.run(min(steps, plan.recipe.steps - session.step), condition)
                steps = next_portion(steps, time.perf_counter() - began, _SLICE)
                self.query_one("#progress", Static).update(f"{name}: step {session.step:,} of {outcome.steps:,}")
                await asyncio.sleep(0)
                if self.ended:
                    return
        except (InputError, OSError) as error:
            self.query_one(SweepForm).refuse(str(error))
            return
        finally:
            self._making = None
        same = checksum(session.state.parameters) == outcome.checksum
        self._trainer.tell(f"{name}: {'bit for bit the run that was swept' if same else 'the data have changed since'}")
        self.dismiss()

    def action_leave(self) -> None:
        """Go back to the trainer; a run that is being made again is kept as far as it has come."""
        self.dismiss()


def _progress(sweep: Sweep, elapsed: float) -> str:
    """Say how far it is: a bar and the time left while it goes on."""
    done, total = len(sweep.outcomes), len(sweep.plan)
    if sweep.complete:
        return f"all {total:,} runs done: enter opens one"
    if not sweep.going:
        return f"{done:,} of {total:,} runs done: ^s makes the rest"
    filled = int(_BAR * sweep.share)
    left = seconds_left(sweep.share, elapsed)
    said = "" if left is None else f"  {duration(left)} left"
    return f"{'━' * filled}{'╌' * (_BAR - filled)} {done:,} of {total:,} runs{said}"
