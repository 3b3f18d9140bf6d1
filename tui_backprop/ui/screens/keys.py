"""All keys on one screen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.table import Table
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.widgets import Static

from tui_backprop.ui.keys import Key
from tui_backprop.ui.screens.dialog import Dialog


class KeysScreen(Dialog[None]):
    """What each key does."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,question_mark,q", "dismiss", "close")]

    def __init__(self, keys: Sequence[Key]) -> None:
        super().__init__()
        self._keys = keys

    def compose(self) -> ComposeResult:
        """Show the table of keys."""
        table = Table.grid(padding=(0, 2))
        for key in self._keys:
            table.add_row(key.shown, key.help)
        table.add_row("^p", "Everything by name.")
        with VerticalScroll(classes="dialog") as dialog:
            dialog.border_title = "Keys"
            dialog.border_subtitle = "escape closes"
            yield Static(table)
