"""The trainer: it sends the learner's wishes to a session and shows its frames."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Iterable
from pathlib import PurePath
from typing import ClassVar

from rich.text import Text
from textual import events, on
from textual.app import App, ComposeResult, SystemCommand
from textual.binding import BindingType
from textual.containers import Container
from textual.screen import Screen
from textual.widgets import Footer, Static

from tui_backprop.datasets.dataset import SourceError
from tui_backprop.session.recipe import RecipeError
from tui_backprop.session.session import Session
from tui_backprop.ui.header import Header
from tui_backprop.ui.keys import KEYS
from tui_backprop.ui.layout import LAYOUTS, SMALLEST, layout_for
from tui_backprop.ui.pacing import SPEEDS, Pacer
from tui_backprop.ui.panels.gradients import GradientsPanel
from tui_backprop.ui.panels.loss import LossPanel
from tui_backprop.ui.panels.panel import Panel
from tui_backprop.ui.panels.parameters import ParametersPanel
from tui_backprop.ui.panels.prediction import PredictionPanel
from tui_backprop.ui.panels.step import StepPanel

RATES = (*(float(f"{digit}e{power}") for power in range(-6, 2) for digit in (1, 3)), 100.0)
"""Learning rates that + and − go along."""

_REDRAW = 0.1  # seconds between two frames while running
_SHARE = 15  # times the cost of a frame that lies between two: the rest of the time is for training
_TURNS = 20  # turns of the event loop between two slices of training, so that a key never waits for long
_SWITCH = 0.0005  # seconds after which Python lets another thread in (Textual reads the keyboard in one)
_PANELS = ("loss", "prediction", "parameters", "gradients", "step")


class TrainerApp(App[None]):
    """The trainer's app."""

    TITLE = "tui-backprop"
    CSS_PATH: ClassVar[list[str | PurePath]] = ["app.tcss", "panels/panels.tcss"]
    BINDINGS: ClassVar[list[BindingType]] = [key.binding() for key in KEYS]
    ENABLE_COMMAND_PALETTE = True

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session
        self._speed = len(SPEEDS) - 1
        self._training: asyncio.Task[None] | None = None
        self._measured = 0.0
        self._active = "loss"
        self._dimmed = True
        self._redraw_due = False

    def compose(self) -> ComposeResult:
        """Header, the five panels, the tab bar of small terminals, the opening line and the footer."""
        yield Header()
        yield Static(id="tabs")
        with Container(id="panels"):
            yield LossPanel("loss")
            yield PredictionPanel("prediction")
            yield ParametersPanel("parameters")
            yield GradientsPanel("gradients")
            yield StepPanel("step")
        yield Static("space starts it, n makes one step, ? shows all keys", id="opening", markup=False)
        yield Static(f"tui-backprop needs at least {SMALLEST[0]} × {SMALLEST[1]} characters", id="small", markup=False)
        yield Footer(show_command_palette=True)

    def on_mount(self) -> None:
        """Show step 0."""
        sys.setswitchinterval(_SWITCH)
        self._lay_out(self.size.width, self.size.height)
        self.action_panel(self._active)
        for notice in self.session.problem.dataset.notices:
            self.notify(notice, markup=False)

    def on_resize(self, event: events.Resize) -> None:
        """Choose the layout made for the new size."""
        self._lay_out(event.size.width, event.size.height)
        self._redraw_soon()

    def _lay_out(self, columns: int, rows: int) -> None:
        chosen = layout_for(columns, rows)
        for name in LAYOUTS:
            self.screen_stack[0].set_class(name == chosen, f"size-{name}")

    @property
    def running(self) -> bool:
        """Whether training goes on."""
        return self._training is not None

    def _redraw_soon(self) -> None:
        """Draw once everything has its place, and once only however often it is asked for."""
        if not self._redraw_due:
            self._redraw_due = True
            self.call_after_refresh(self.redraw)

    def redraw(self) -> None:
        """Take a frame and show it to whatever is in sight."""
        self._redraw_due = False
        frame = self.session.frame()
        base = self.screen_stack[0]
        if self.running:
            speed = SPEEDS[self._speed]
            state = "▶ full speed" if speed is None else f"▶ {speed:,.0f}/s"
            if self._measured:
                state += f" {self._measured:,.0f} steps/s" if speed is None else ""
        else:
            state = "‖ diverged" if frame.divergence else "‖ paused"
        base.query_one(Header).show(frame, state)
        for panel in base.query(Panel):
            if panel.is_on_screen or panel.frame is None:
                panel.show(frame)
        base.query_one("#opening").display = frame.step == 0 and not self.running and not frame.edits
        if self._dimmed != (frame.step == 0):  # the footer is built anew each time, which is dear
            self._dimmed = frame.step == 0
            self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Dim what cannot be done now, and keep the trainer's keys away from the screens over it."""
        if action == "step_back" and self.session.step == 0:
            return None
        trainers = {key.action.partition("(")[0] for key in KEYS} - {"quit"}
        return not (action in trainers and len(self.screen_stack) > 1)

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """Offer every key by name."""
        yield from super().get_system_commands(screen)
        for key in KEYS:
            if key.action != "quit":
                yield SystemCommand(f"{key.label} ({key.shown})", key.help, lambda key=key: self._run_key(key.action))

    async def _run_key(self, action: str) -> None:
        await self.run_action(action)

    # Running.

    def action_toggle_run(self) -> None:
        """Run, or pause."""
        if self.running:
            self._pause()
        else:
            self._training = asyncio.create_task(self._train())
        self.redraw()

    def _pause(self) -> None:
        if self._training is not None:
            self._training.cancel()
            self._training = None

    async def _train(self) -> None:
        """Train in slices inside the event loop, and redraw about ten times a second."""
        pacer = Pacer(SPEEDS[self._speed])
        drawn, drawn_step, wanted = time.perf_counter(), self.session.step, _REDRAW
        while True:
            started = time.perf_counter()
            due = pacer.due(started)
            stop = self.session.run(due) if due else None
            now = time.perf_counter()
            pacer.made(due, now - started)
            if stop is not None and stop.reason == "diverged":
                self._training = None
                self._tell_divergence()
                return
            if now - drawn >= wanted:
                self._measured = (self.session.step - drawn_step) / (now - drawn)
                self.redraw()
                drawn, drawn_step = time.perf_counter(), self.session.step
                wanted = max(_REDRAW, _SHARE * (drawn - now))
            if due:
                for _ in range(_TURNS):
                    await asyncio.sleep(0)
            else:
                await asyncio.sleep(0.005)

    def _tell_divergence(self) -> None:
        broken = self.session.divergence
        if broken is not None:
            self.notify(broken.sentence, severity="error", markup=False)
        self.redraw()

    def _halted(self, reason: str) -> None:
        if reason == "diverged":
            self._tell_divergence()
        else:
            self.redraw()

    def action_step(self) -> None:
        """Make one step."""
        self._pause()
        self._halted(self.session.step_once().reason)

    def action_epoch(self) -> None:
        """Run to the end of the epoch."""
        self._pause()
        self._halted(self.session.advance_epoch().reason)

    def action_step_back(self) -> None:
        """Go back one step."""
        self._pause()
        if self.session.step > 0:
            self.session.back()
        self.redraw()

    def action_reset(self) -> None:
        """Begin anew with the same seed."""
        self._pause()
        self.session.reset()
        self.redraw()

    def action_new_seed(self) -> None:
        """Begin anew with the next seed."""
        self._pause()
        self.session.reset(seed=(self.session.recipe.seed + 1) % 2**64)
        self.notify(f"seed {self.session.recipe.seed}", markup=False)
        self.redraw()

    def action_speed(self, by: int) -> None:
        """Choose the next slower or faster speed."""
        self._speed = max(0, min(len(SPEEDS) - 1, self._speed + by))
        speed = SPEEDS[self._speed]
        self.notify("full speed" if speed is None else f"{speed:,.0f} steps a second", timeout=2, markup=False)
        if self.running:
            self._pause()
            self._training = asyncio.create_task(self._train())
        self.redraw()

    # Changing.

    def change(self, **changes: object) -> None:
        """Change the recipe; what cannot be is a notice, and the run goes on as it was."""
        try:
            notice = self.session.change(**changes).notice  # type: ignore[arg-type]  # fields have types of their own
        except (RecipeError, SourceError) as error:
            self.notify(str(error), severity="error", markup=False)
        else:
            self.notify(notice, markup=False)
        self.redraw()

    def action_rate(self, direction: int) -> None:
        """Go to the next rate along 1, 3, 10."""
        rate = self.session.recipe.lr
        beyond = [r for r in RATES if (r > rate * 1.001 if direction > 0 else r < rate * 0.999)]
        if beyond:
            self.change(lr=min(beyond) if direction > 0 else max(beyond))

    def action_type_rate(self) -> None:
        """Open the line to type a rate."""
        from tui_backprop.ui.screens.rate import RateScreen

        self.push_screen(RateScreen(self.session.recipe.lr), lambda rate: self.change(lr=rate) if rate else None)

    def action_choose_data(self) -> None:
        """Open the chooser of data sets."""
        from tui_backprop.ui.screens.data import DataScreen

        self.push_screen(DataScreen(), lambda chosen: self.change(**chosen) if chosen else None)

    def action_edit_recipe(self) -> None:
        """Open the form of the recipe."""
        from tui_backprop.ui.screens.recipe import RecipeScreen

        self.push_screen(RecipeScreen(self.session), lambda changed: self._recipe_changed() if changed else None)

    def _recipe_changed(self) -> None:
        self._pause()
        self.redraw()

    # Looking.

    def action_panel(self, name: str) -> None:
        """Go to a panel; with tabs, bring it to the front."""
        base = self.screen_stack[0]
        self._active = name
        for panel in base.query(Panel):
            panel.set_class(panel.id == name, "active")
        base.query_one(f"#{name}", Panel).focus()
        tabs = Text("  ").join(
            Text(f" {i} {panel.capitalize()} ", style="bold reverse" if panel == name else "")
            for i, panel in enumerate(_PANELS, start=1)
        )
        base.query_one("#tabs", Static).update(tabs)
        self._redraw_soon()

    @on(events.Click, "#tabs")
    def choose_tab(self, event: events.Click) -> None:
        """Go to the tab that was clicked."""
        at = 0
        for name in _PANELS:
            at += len(name) + 4 + 2
            if event.x < at:
                self.action_panel(name)
                return

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """Keep the active panel the focused one."""
        if isinstance(event.widget, Panel) and event.widget.id is not None and event.widget.id != self._active:
            self.action_panel(event.widget.id)

    def action_maximise(self) -> None:
        """Give the focused panel the whole screen, or take it back."""
        screen = self.screen
        if screen.maximized is not None:
            screen.minimize()
        else:
            screen.maximize(self.screen_stack[0].query_one(f"#{self._active}", Panel))
        self._redraw_soon()

    def action_log_axis(self) -> None:
        """Draw the loss on the other kind of axis."""
        panel = self.screen_stack[0].query_one(LossPanel)
        panel.log_axis = not panel.log_axis

    def action_tail(self) -> None:
        """Draw the last tenth, or all."""
        panel = self.screen_stack[0].query_one(LossPanel)
        panel.tail = not panel.tail

    def action_show_keys(self) -> None:
        """Open the list of keys."""
        from tui_backprop.ui.screens.keys import KeysScreen

        self.push_screen(KeysScreen())

    @on(LossPanel.StepChosen)
    def go_to_step(self, message: LossPanel.StepChosen) -> None:
        """Go to the step that was pointed at."""
        self._pause()
        self.session.go_to(max(0, min(message.step, self.session.last_step)))
        self.redraw()
