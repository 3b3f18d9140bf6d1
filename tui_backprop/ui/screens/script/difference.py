"""All that fixes changed in a script, and the file that they can be written to."""

from __future__ import annotations

from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.widgets import Static

from tui_backprop.core.errors import InputError
from tui_backprop.session.script_run.stepped import SteppedScript
from tui_backprop.ui.screens.dialog import Dialog
from tui_backprop.ui.theme import NEGATIVE, POSITIVE


class DifferenceScreen(Dialog[None]):
    """A unified diff; `w` writes NAME.fixed.py, and once more over one that is there."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,D", "dismiss", "leave it"),
        Binding("w", "write", "write it"),
    ]

    def __init__(self, script: SteppedScript) -> None:
        super().__init__()
        self._script = script
        self._asked = False

    def compose(self) -> ComposeResult:
        """Show the difference."""
        with Vertical(classes="dialog wide") as dialog:
            dialog.border_title = "What the fixes changed"
            dialog.border_subtitle = f"w writes {self._names()}   escape"
            with VerticalScroll():
                yield Static(self._text(), id="difference")
            yield Static("", id="problem", markup=False)

    def _text(self) -> Text:
        text = Text()
        for line in self._script.difference().splitlines():
            style = POSITIVE if line.startswith("+") else NEGATIVE if line.startswith("-") else "dim"
            text.append(f"{line}\n", style)
        return text if text.plain else Text("nothing is changed: ! applies a fix", style="dim")

    def action_write(self) -> None:
        """Write the fixed script; one that is there is asked about once."""
        there = [path.name for path in self._script.fixed_files() if path.exists()]
        if there and not self._asked:
            self._asked = True
            self.query_one("#problem", Static).update(
                f"{', '.join(there)} is there already: w once more writes over it"
            )
            return
        try:
            said = self._script.write_fixed(over=self._asked)
        except InputError as error:
            self.query_one("#problem", Static).update(str(error))
            return
        self.app.notify(said, markup=False)
        self.dismiss()

    def _names(self) -> str:
        return ", ".join(path.name for path in self._script.fixed_files()) or "nothing"
