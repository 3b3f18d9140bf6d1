"""The chooser of data sets."""

from __future__ import annotations

from itertools import islice
from typing import Any, ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from tui_backprop.datasets.catalogue import CatalogueEntry, catalogue, entry
from tui_backprop.session.recipe.suggestion import suggested_recipe
from tui_backprop.ui.screens.dialog import Dialog

OTHER_FILE: dict[str, Any] = {}
"""Says that a file is to be opened."""

_PREVIEW_ROWS = 6


class DataScreen(Dialog[dict[str, Any] | None]):
    """Ends with the changes that bring another data set, with `OTHER_FILE` where a file is wanted, or with None."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,d", "dismiss", "leave it"),
        Binding("k", "keep", "keep the network and the settings"),
        Binding("o", "other", "open a file"),
    ]

    def compose(self) -> ComposeResult:
        """Show the list, and below it what is highlighted."""
        with Vertical(classes="dialog tall") as dialog:
            dialog.border_title = "Data"
            dialog.border_subtitle = "enter: with its recipe   k: keep the network   o: a file   escape"
            yield OptionList(*(Option(_title(one), id=one.name) for one in catalogue()))
            yield Static("", id="preview", markup=False)

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """Show what the set is, and its first rows."""
        if event.option.id is not None:
            self.query_one("#preview", Static).update(_preview(entry(event.option.id)))

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Take the data set with its suggested recipe."""
        if event.option.id is not None:
            recipe = suggested_recipe(event.option.id)
            suggested = {name for one in catalogue() for name in one.recipe} | {"loss", "output_activation"}
            self.dismiss({"source": event.option.id, **{name: getattr(recipe, name) for name in sorted(suggested)}})

    def action_keep(self) -> None:
        """Take the data set with its own test samples, and keep the network and the settings."""
        chosen = self.query_one(OptionList).highlighted_option
        if chosen is not None:
            own = suggested_recipe(str(chosen.id)).test_fraction
            self.dismiss({"source": chosen.id, "test_fraction": own})

    def action_other(self) -> None:
        """Ask for a file instead."""
        self.dismiss(OTHER_FILE)


def _title(one: CatalogueEntry) -> Text:
    outputs = f"{len(one.classes)} classes" if one.classes else one.task
    return Text(f"{one.name:<13}{one.rows:>5,} rows {one.inputs:>3} in  {outputs}", no_wrap=True)


def _preview(one: CatalogueEntry) -> Text:
    with one.path.open(encoding="utf-8") as file:
        rows = [line.rstrip("\n")[:70] for line in islice(file, _PREVIEW_ROWS)]
    return Text("\n").join([Text(one.description, style="bold"), *(Text(row, no_wrap=True) for row in rows)])
