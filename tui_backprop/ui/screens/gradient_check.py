"""The check of the gradients against values of the loss alone."""

from __future__ import annotations

from typing import ClassVar

from rich.table import Table
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.widgets import Static

from tui_backprop.core.gradient_check import GradientCheck
from tui_backprop.core.network import Network
from tui_backprop.ui.drawing.numbers import signed
from tui_backprop.ui.screens.dialog import Dialog

_ROWS = 300  # entries that are listed at the most, the wrong ones first
_MARKS = {"right": "✓ right", "wrong": "✗ wrong", "kink": "~ kink"}


class GradientCheckScreen(Dialog[None]):
    """Analytic, numeric, relative error and verdict of every entry, and of each layer."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,c", "dismiss", "leave"),
        Binding("S", "app.save", "save picture"),
    ]

    def __init__(self, network: Network, check: GradientCheck) -> None:
        super().__init__()
        self._network, self._check = network, check

    def compose(self) -> ComposeResult:
        """Show the verdict, the layers, the kinks and the entries."""
        with VerticalScroll(classes="dialog tall") as dialog:
            dialog.border_title = "Gradient check"
            dialog.border_subtitle = "escape closes"
            yield Static(Text(self._verdict(), style="bold"), id="verdict")
            yield Static(self._layers(), id="layers")
            for entry, where in list(self._check.kinks.items())[:5]:
                yield Static(f"{self._network.entry_names[entry]}: {where}; it is not counted as wrong", markup=False)
            yield Static(self._entries(), id="entries")

    def _verdict(self) -> str:
        counts = self._check.counts()
        size = self._network.size
        if not counts["wrong"]:
            return f"✓ all {size:,} gradients agree with the {self._check.method}"
        return f"✗ {counts['wrong']:,} of {size:,} gradients disagree with the {self._check.method}"

    def _layers(self) -> Table:
        table = Table(box=None, padding=(0, 2))
        for title in ("", "right", "wrong", "kink", "largest relative error"):
            table.add_column(title, justify="right")
        for tensor in self._network.tensors:
            counts = self._check.counts(tensor.span)
            largest = f"{float(self._check.relative[tensor.span].max()):.1e}"
            table.add_row(tensor.name, *(f"{counts[verdict]:,}" for verdict in ("right", "wrong", "kink")), largest)
        return table

    def _entries(self) -> Table:
        check = self._check
        table = Table(box=None, padding=(0, 2))
        for title in ("", "by the rule", "numeric", "relative error", ""):
            table.add_column(title, justify="right")
        order = sorted(range(self._network.size), key=lambda i: (check.verdicts[i] == "right", i))
        for i in order[:_ROWS]:
            table.add_row(
                Text(self._network.entry_names[i]),
                signed(float(check.found[i])),
                signed(float(check.numeric[i])),
                f"{float(check.relative[i]):.1e}",
                _MARKS[check.verdicts[i]],
            )
        if len(order) > _ROWS:
            table.add_row(f"… {len(order) - _ROWS:,} more")
        return table
