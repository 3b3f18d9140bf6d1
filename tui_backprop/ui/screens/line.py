"""A line to type one value in."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar, Generic, TypeVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Input, Static

from tui_backprop.ui.screens.dialog import Dialog

Value = TypeVar("Value")


class LineScreen(Dialog[Value | None], Generic[Value]):
    """Ends with the value, or with None."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss", "leave it")]

    def __init__(self, title: str, text: str, read: Callable[[str], Value]) -> None:
        super().__init__()
        self._title, self._text, self._read = title, text, read

    def compose(self) -> ComposeResult:
        """Show the present value, ready to be typed over."""
        with Vertical(classes="dialog line") as dialog:
            dialog.border_title = self._title
            dialog.border_subtitle = "enter accepts, escape cancels"
            yield Input(self._text, id="value", select_on_focus=True)
            yield Static("", id="problem", markup=False)

    def on_input_changed(self, event: Input.Changed) -> None:
        """Say at once what is wrong."""
        try:
            self._read(event.value)
        except ValueError as error:
            self.query_one("#problem", Static).update(str(error))
        else:
            self.query_one("#problem", Static).update("")

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Take a value that can be."""
        try:
            self.dismiss(self._read(event.value))
        except ValueError:
            return
