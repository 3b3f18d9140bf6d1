"""The list of pictures that can be written of what is seen."""

from __future__ import annotations

from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import OptionList, Static

from tui_backprop.ui.drawing.stills import Still
from tui_backprop.ui.screens.dialog import Dialog


class SaveScreen(Dialog[Still | None]):
    """Ends with the picture that is to be written, or with None."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,S", "dismiss", "leave it")]

    def __init__(self, stills: tuple[Still, ...]) -> None:
        super().__init__()
        self._stills = stills

    def compose(self) -> ComposeResult:
        """Show the list, and where it is written."""
        with Vertical(classes="dialog line") as dialog:
            dialog.border_title = "Write a picture"
            dialog.border_subtitle = "enter writes it   escape"
            yield OptionList(*(Text(f"{still.title}, as {still.form}") for still in self._stills))
            yield Static("into the working folder, beside what is there", classes="hint", markup=False)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Take the picture."""
        self.dismiss(self._stills[event.option_index])
