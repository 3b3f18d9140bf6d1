"""All about one finding: what it means, the numbers behind it, a picture of it, and the remedy."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

from rich.table import Table
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.widgets import Static

from tui_backprop.diagnosis.findings.finding import Finding
from tui_backprop.session.frames.frame import Frame
from tui_backprop.ui.drawing.findings import NUMBER_NAMES, finding_line
from tui_backprop.ui.drawing.numbers import four_digits
from tui_backprop.ui.panels.panel_of_finding import picture_of
from tui_backprop.ui.screens.dialog import Dialog

_SHOWN = 6  # items of a list that evidence has


class FindingScreen(Dialog[bool]):
    """Ends with True where the remedy is wanted."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,enter", "dismiss(False)", "leave"),
        Binding("exclamation_mark", "dismiss(True)", "do the remedy"),
        Binding("j", "scroll_text(1)", "down", show=False),
        Binding("k", "scroll_text(-1)", "up", show=False),
    ]

    def __init__(self, finding: Finding, frame: Frame) -> None:
        super().__init__()
        self._finding, self._frame = finding, frame
        self._picture = picture_of(finding.id)("picture")

    def compose(self) -> ComposeResult:
        """Show the sentence, the remedy, the explanation, the numbers and the picture."""
        finding = self._finding
        with Vertical(classes="dialog tall wide") as dialog:
            dialog.border_title = "Finding"
            dialog.border_subtitle = f"{'! does the remedy   ' if finding.changes else ''}↓ reads on   escape closes"
            with VerticalScroll(id="said-of-it"):
                yield Static(Text(finding_line(finding).plain, style="bold"))
                yield Static(Text("what to do: ", style="bold").append(finding.remedy, "not bold"), classes="paragraph")
                yield Static(finding.explanation, markup=False, classes="paragraph")
                yield Static(_evidence(finding))
            self._picture.add_class("front")
            yield self._picture

    def on_mount(self) -> None:
        """Draw the picture."""
        self._picture.show(self._frame)

    def action_scroll_text(self, lines: int) -> None:
        """Read on, or back."""
        self.query_one("#said-of-it", VerticalScroll).scroll_relative(y=lines, animate=False)


def _evidence(finding: Finding) -> Table:
    table = Table.grid(padding=(0, 2))
    for name, value in _flat(dict(finding.evidence)):
        table.add_row(Text(name, style="dim"), Text(value))
    return table


def _flat(evidence: dict[str, Any], before: str = "") -> Iterator[tuple[str, str]]:
    """Yield name and value of each number; of a list the first ones."""
    for name, value in evidence.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{before}{name} ")
        else:
            yield f"{before}{NUMBER_NAMES.get(name, name)}".replace("_", " "), _written(value)


def _written(value: Any) -> str:
    if isinstance(value, list | tuple):
        shown = ", ".join(_written(item) for item in value[:_SHOWN])
        return shown + (f" … {len(value) - _SHOWN:,} more" if len(value) > _SHOWN else "")
    if isinstance(value, float):
        return four_digits(value)
    return "–" if value is None else f"{value:,}" if isinstance(value, int) else str(value)
