"""A line to type the learning rate in."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from tui_backprop.session.fields import BY_NAME

_FIELD = BY_NAME["lr"]


class RateScreen(ModalScreen[float | None]):
    """Ends with the rate, or with None."""

    CSS_PATH = "screens.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss", "leave it")]

    def __init__(self, rate: float) -> None:
        super().__init__()
        self._rate = rate

    def compose(self) -> ComposeResult:
        """Show the present rate, ready to be typed over."""
        with Vertical(classes="dialog line") as dialog:
            dialog.border_title = "Learning rate η"
            dialog.border_subtitle = "enter takes it, escape leaves it"
            yield Input(_FIELD.write(self._rate), id="rate", select_on_focus=True)
            yield Static("", id="problem", markup=False)

    def on_input_changed(self, event: Input.Changed) -> None:
        """Say at once what is wrong."""
        try:
            _FIELD.parse(event.value)
        except ValueError as error:
            self.query_one("#problem", Static).update(str(error))
        else:
            self.query_one("#problem", Static).update("")

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Take a rate that can be."""
        try:
            self.dismiss(_FIELD.parse(event.value))
        except ValueError:
            return
