"""The question whether a file that was saved is to be loaded."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Static

from tui_backprop.ui.screens.dialog import Dialog


class ReloadScreen(Dialog[bool]):
    """Ends with whether it is wanted."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,s,y", "dismiss(True)", "load it"),
        Binding("escape,n", "dismiss(False)", "not now"),
    ]

    def __init__(self, name: str) -> None:
        super().__init__()
        self._name_shown = name

    def compose(self) -> ComposeResult:
        """Ask."""
        with Vertical(classes="dialog line") as dialog:
            dialog.border_title = "The file was saved"
            dialog.border_subtitle = "enter loads it   escape"
            yield Static(
                f"Load {self._name_shown} again? Breakpoints and the place keep their lines; fixes in memory are lost.",
                markup=False,
            )
