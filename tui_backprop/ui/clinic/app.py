"""The clinic's app: it sends the learner's wishes to a run of their own network and shows its frames."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import PurePath
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container
from textual.widgets import Static

from tui_backprop.scripts.clinic.run import OwnRun
from tui_backprop.scripts.functions.process import LearnerError
from tui_backprop.session.recipe.fields import BY_NAME
from tui_backprop.ui.actions.saving import SavingActions
from tui_backprop.ui.bars.footer import KeysFooter
from tui_backprop.ui.bars.status import StatusLine
from tui_backprop.ui.clinic.aside import aside
from tui_backprop.ui.clinic.header import ClinicHeader
from tui_backprop.ui.clinic.keys import KEYS, PANELS, PLACES
from tui_backprop.ui.clinic.panels import (
    CheckPanel,
    OwnGradientsPanel,
    OwnLossPanel,
    OwnParametersPanel,
    OwnPredictionPanel,
)
from tui_backprop.ui.layout import SMALLEST
from tui_backprop.ui.panels.entries import EntriesPanel
from tui_backprop.ui.panels.panel import Panel
from tui_backprop.ui.rates import next_rate

_SWITCH = 0.0005  # seconds after which Python lets another thread in: the check must not hold up a key
_SLICE = 0.08  # seconds of training between two frames
_SHARE = 3  # times the cost of a frame that lies between two
_LONGEST = 1.0  # seconds of training between two frames at the most
_WATCH = 0.5  # seconds between two looks at the file, and at how long it has been asked
_STUCK = 1.0  # seconds after which a question is taken to be stuck


class ClinicApp(SavingActions):
    """The clinic's app."""

    TITLE = "tui-backprop"
    CSS_PATH: ClassVar[list[str | PurePath]] = ["../app.tcss", "clinic.tcss", "../panels/panels.tcss"]
    BINDINGS: ClassVar[list[BindingType]] = [key.binding() for key in KEYS]
    KEYS = KEYS
    PANELS = PANELS
    PLACES = PLACES

    def __init__(self, run: OwnRun) -> None:
        super().__init__()
        self.active = "check"
        self.chosen = (self.active,)
        self.run_of_own = run
        self.running = False
        """Whether it makes steps by itself."""
        self._training = False  # whether the loop that makes them is going on
        self._turn = asyncio.Lock()  # the file is asked one thing at a time
        self._asked_at: float | None = None
        self._speed = 0.0
        self._touched = False
        self._dimmed: bool | None = None

    def compose(self) -> ComposeResult:
        """Header, the panels, the tab bar of small terminals, a line for what is new, and the footer."""
        yield ClinicHeader()
        yield Static(id="tabs")
        with Container(id="panels"):
            yield CheckPanel("check")
            yield OwnLossPanel("loss")
            yield OwnPredictionPanel("prediction")
            yield OwnParametersPanel("parameters")
            yield OwnGradientsPanel("gradients")
        yield Static(id="news", markup=False)
        yield StatusLine()
        yield Static(f"tui-backprop needs at least {SMALLEST[0]} × {SMALLEST[1]} characters", id="small", markup=False)
        yield KeysFooter(show_command_palette=True)

    def on_mount(self) -> None:
        """Show the file as it was loaded, and check it once that is painted."""
        sys.setswitchinterval(_SWITCH)
        self.lay_out(self.size.width, self.size.height)
        self.action_panel(self.active)
        self.set_interval(_WATCH, self._watch)
        self.call_after_refresh(self._begin_check)

    def on_unmount(self) -> None:
        """Let nothing that the file is asked go on."""
        self.running = False
        self.run_of_own.interrupt_check()
        self.run_of_own.interrupt()

    # What is seen.

    @property
    def seen(self) -> str:
        """The file and the step."""
        frame = self.run_of_own.frame
        return f"{frame.file}, step {frame.step}"

    def redraw(self) -> None:
        """Take a frame and show it to whatever is in sight."""
        self._redraw_due = False
        if not self.is_running:  # an answer of the file's that comes while the app ends is for nobody
            return
        frame = self.run_of_own.frame
        base = self.screen_stack[0]
        base.query_one(ClinicHeader).show(frame, self.run_state)
        for panel in base.query(Panel):
            if panel.frame is None or self.is_in_sight(panel):
                panel.show(frame)
        line = base.query_one("#news", Static)
        line.update(self._line())
        line.set_class(bool(frame.trouble), "trouble")
        at_start = frame.step == frame.first_step
        if self._dimmed != at_start:  # the footer is built again each time, which is expensive
            self._dimmed = at_start
            self.refresh_bindings()

    def _line(self) -> str:
        """Return what is new: what went wrong, that the file was saved, or at first which keys start it."""
        frame = self.run_of_own.frame
        if self.run_of_own.changed_on_disk:
            return f"{frame.file} was saved: s loads it and checks it again"
        if frame.trouble:
            return frame.trouble
        if self._touched:
            return f"η {frame.rate:g} · {frame.batch:,} of {frame.data} a step · s loads what you saved"
        return "space runs it, n makes one step, s loads what you saved, ? shows all keys"

    @property
    def run_state(self) -> str:
        """What the header says: whether it runs, and how fast."""
        if self.stuck and self._asked_at is not None:
            return f"… no answer for {time.monotonic() - self._asked_at:.0f} s"
        if not self.running:
            return "‖ paused"
        return "▶" + (f" {self._speed:,.0f} steps/s" if self._speed else "")

    @property
    def stuck(self) -> bool:
        """Whether the file has not answered for a while."""
        return self._asked_at is not None and time.monotonic() - self._asked_at > _STUCK

    def _watch(self) -> None:
        """Show what changes by itself: that the file was saved, and that it does not answer."""
        if self.run_of_own.changed_on_disk or self.stuck:
            self.redraw()

    # Asking the file.

    async def ask(self, work: Callable[[], None]) -> bool:
        """Ask the file something beside the event loop, and say whether it answered; if not, why not is to be seen."""
        async with self._turn:
            self._asked_at = time.monotonic()
            try:
                await aside(work)
            except LearnerError as error:
                self.running = False
                if self.is_running and self.run_of_own.frame.trouble != str(error):  # that is on the line below
                    self.refuse(error)
                return False
            finally:
                self._asked_at = None
        return True

    def begin(self, work: Callable[[], None]) -> None:
        """Pause, have some work done beside the event loop, and show what came of it."""
        self._touched, self.running = True, False

        async def do() -> None:
            await self.ask(work)
            self.redraw()

        self.run_worker(do())

    def _begin_check(self) -> None:
        async def do() -> None:
            await aside(self.run_of_own.check)
            self.redraw()

        self.run_worker(do())

    # Keys.

    def action_toggle_run(self) -> None:
        """Run, or pause; what is stuck is interrupted."""
        self._touched = True
        if self.stuck:
            self.run_of_own.interrupt()
        self.running = not self.running and not self.stuck
        if self.running and not self._training:
            self.run_worker(self._train())
        self.redraw()

    async def _train(self) -> None:
        """Train in portions, and redraw about ten times a second."""
        self._training, self._speed, seconds = True, 0.0, _SLICE
        while self.running:
            started, step = time.monotonic(), self.run_of_own.frame.step
            if not await self.ask(partial(self.run_of_own.run, seconds)):
                break
            took = time.monotonic() - started
            self._speed = (self.run_of_own.frame.step - step) / took
            self.redraw()
            frame_cost = time.monotonic() - started - seconds
            seconds = min(_LONGEST, max(_SLICE, _SHARE * frame_cost))
        self._training = False
        if not self.run_of_own.frame.trouble:
            await self.ask(self.run_of_own.rest)
        self.redraw()

    def action_step(self) -> None:
        """Make one step."""
        self.begin(self.run_of_own.step)

    def action_step_back(self) -> None:
        """Go back one step."""
        self.begin(self._back)

    def _back(self) -> None:
        frame = self.run_of_own.frame
        if frame.step > frame.first_step:
            self.run_of_own.back()

    def action_reset(self) -> None:
        """Begin again with the file's own values."""
        self._unstick()
        self.begin(self.run_of_own.reset)

    def action_load_anew(self) -> None:
        """Load the file as it was saved, and check it again."""
        self._unstick()
        self._touched, self.running = True, False
        self.run_worker(self._load())

    async def _load(self) -> None:
        said: list[str] = []
        if await self.ask(lambda: said.append(self.run_of_own.load_anew())):
            self.tell(said[0])
            self._begin_check()
        self.redraw()

    def _unstick(self) -> None:
        if self.stuck:
            self.run_of_own.interrupt()

    def action_rate(self, direction: int) -> None:
        """Go to the next rate along 1, 3, 10."""
        rate = next_rate(self.run_of_own.frame.rate, direction)
        if rate is not None:
            self._set_rate(rate)

    def action_type_rate(self) -> None:
        """Open the line to type a rate."""
        from tui_backprop.ui.screens.line import LineScreen  # noqa: PLC0415  (loaded when it is first opened)

        field = BY_NAME["lr"]
        line = LineScreen("Learning rate η", field.write(self.run_of_own.frame.rate), field.parse)
        self.push_screen(line, lambda rate: self._set_rate(rate) if rate else None)

    def _set_rate(self, rate: float) -> None:
        """Take another rate; what runs goes on with it."""
        self._touched = True

        async def do() -> None:
            await self.ask(lambda: self.run_of_own.set_rate(rate))
            self.redraw()

        self.run_worker(do())

    def action_log_axis(self) -> None:
        """Draw the loss on the other kind of axis."""
        panel = self.screen_stack[0].query_one(OwnLossPanel)
        panel.log_axis = not panel.log_axis
        panel.redraw()

    @on(Panel.Selected)
    def follow(self, message: Panel.Selected) -> None:
        """Let the other list follow the entry that was selected."""
        for panel in self.screen_stack[0].query(EntriesPanel):
            if panel is not message.panel and message.position is not None:
                panel.select(message.position)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Dim what cannot be done now."""
        frame = self.run_of_own.frame
        if action == "step_back" and frame.step == frame.first_step:
            return None
        return super().check_action(action, parameters)
