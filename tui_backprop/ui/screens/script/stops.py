"""The list of a script's breakpoints and watches: switch them, remove them, add expressions over its names."""

from __future__ import annotations

from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Input, OptionList, Static

from tui_backprop.session.conditions import ConditionError
from tui_backprop.session.script_run.stepped import SteppedScript
from tui_backprop.session.script_run.stops import stop_or_watch
from tui_backprop.ui.screens.dialog import Dialog


class StopsScreen(Dialog[None]):
    """Lines and conditions at which a run halts, and expressions that are watched."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,k", "dismiss", "leave"),
        Binding("space", "switch", "on or off"),
        Binding("delete,d", "remove", "remove"),
    ]

    def __init__(self, script: SteppedScript) -> None:
        super().__init__()
        self._script = script

    def compose(self) -> ComposeResult:
        """The list, and a line to type a condition in."""
        with Vertical(classes="dialog") as dialog:
            dialog.border_title = "Breakpoints and watches"
            dialog.border_subtitle = "space on or off   d removes   escape"
            yield OptionList()
            yield Input(placeholder="abs(w1) > 5 halts a run, abs(w1) is watched", id="condition")
            yield Static("in Source, k halts at the line that is looked at", id="problem", markup=False)

    def on_mount(self) -> None:
        """Fill the list."""
        super().on_mount()
        self._fill()
        (self.query_one(OptionList) if self._script.stops or self._script.watches else self.query_one(Input)).focus()

    def _fill(self, at: int = 0) -> None:
        options = self.query_one(OptionList)
        options.clear_options()
        options.add_options(
            Text(f"{'●' if one.enabled else '○'} {one.text(self._script.source)}   hits {one.hits:,}", no_wrap=True)
            for one in self._script.stops
        )
        options.add_options(Text(f"  {one.expression}   watched", no_wrap=True) for one in self._script.watches)
        options.highlighted = min(at, options.option_count - 1) if options.option_count else None

    def on_input_changed(self, event: Input.Changed) -> None:
        """Say at once what is wrong."""
        said = ""
        if event.value:
            try:
                stop_or_watch(event.value, self._script.names)
            except ConditionError as error:
                said = str(error)
        self.query_one("#problem", Static).update(said)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Add what was typed: what is true or false halts, a number is watched."""
        try:
            self._script.add(event.value)
        except ConditionError:
            return
        event.input.clear()
        self._fill(len(self._script.stops) + len(self._script.watches) - 1)

    def action_switch(self) -> None:
        """Switch a breakpoint on or off."""
        at = self.query_one(OptionList).highlighted
        if at is not None and at < len(self._script.stops):
            self._script.stops[at].enabled = not self._script.stops[at].enabled
            self._fill(at)

    def action_remove(self) -> None:
        """Remove a breakpoint or a watch."""
        at = self.query_one(OptionList).highlighted
        if at is not None:
            stops = len(self._script.stops)
            if at < stops:
                del self._script.stops[at]
            else:
                del self._script.watches[at - stops]
            self._fill(at)
