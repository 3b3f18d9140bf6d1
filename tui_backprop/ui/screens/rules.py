"""The gallery of backward rules: the right one, and the mistakes to learn from."""

from __future__ import annotations

from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from tui_backprop.core.rules import RULES, describe
from tui_backprop.session.recipe.recipe import is_file
from tui_backprop.text.cleaning import clean
from tui_backprop.ui.screens.dialog import Dialog

_OWN = (
    "your own rule, from its file; s loads it again after you saved it",
    "the panel Gradients shows it beside the true gradient, and `tui-backprop check` names a mistake in it",
)


class RulesScreen(Dialog[str | None]):
    """Ends with the name of a rule, or with None."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,x", "dismiss", "leave it")]

    def __init__(self, present: str) -> None:
        super().__init__()
        self._present = present
        self._names = [*([present] if is_file(present) else []), *RULES]

    def compose(self) -> ComposeResult:
        """Show the list, and below it what is highlighted."""
        with Vertical(classes="dialog tall") as dialog:
            dialog.border_title = "Backward rule"
            dialog.border_subtitle = "enter trains by it from here on   escape"
            yield OptionList(*(Option(_title(name, now=name == self._present), id=name) for name in self._names))
            yield Static("", id="preview", markup=False)

    def on_mount(self) -> None:
        """Begin at the rule in force."""
        self.query_one(OptionList).highlighted = self._names.index(self._present)

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """Say what the rule does and what comes of it."""
        name = event.option.id
        if name is not None:
            sentence, effect = _OWN if is_file(name) else describe(name)
            said = Text(sentence, style="bold").append(f"\n\nWhat comes of it: {effect}.", "not bold")
            self.query_one("#preview", Static).update(said)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Take the rule."""
        self.dismiss(event.option.id)


def _title(name: str, *, now: bool) -> Text:
    return Text(f"{'▶' if now else ' '} {clean(name)}", no_wrap=True)
