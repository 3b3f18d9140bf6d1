"""The list of branches, and two of them side by side."""

from __future__ import annotations

from typing import ClassVar

from rich.table import Table
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.widgets import OptionList, Static

from tui_backprop.session.branches.branch import Branch
from tui_backprop.session.branches.comparison import Comparison, compare_branches
from tui_backprop.session.session import Session
from tui_backprop.ui.drawing.numbers import four_digits, signed
from tui_backprop.ui.screens.dialog import Dialog
from tui_backprop.ui.screens.line import LineScreen

_WIDEST, _NUMBERS = 90, 43  # cells of the dialog at the most, and of what a row has besides the name, frames included
_ROWS = 200  # parameters that a comparison lists at the most, those that differ most first


class BranchesScreen(Dialog[None]):
    """Each run with its final loss; keys switch, rename, delete and compare."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,B", "dismiss", "leave"),
        Binding("n", "rename", "rename"),
        Binding("delete,x", "delete", "delete"),
        Binding("c", "compare", "compare"),
    ]

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session

    def compose(self) -> ComposeResult:
        """Show the list."""
        with Vertical(classes="dialog") as dialog:
            dialog.border_title = "Branches"
            dialog.border_subtitle = "enter switches  n renames  x deletes  c compares   escape"
            yield OptionList(id="list")
            yield Static(
                "Going back and changing something begins a branch. c sets the one below the cursor beside the one at ▶.",
                classes="hint",
                markup=False,
            )

    def on_mount(self) -> None:
        """Show what there is."""
        self._fill(self._session.branches.index(self._session.branch))

    def _fill(self, highlighted: int) -> None:
        found = self.query_one(OptionList)
        found.clear_options()
        room = max(12, min(_WIDEST, self.app.size.width * 9 // 10) - _NUMBERS)
        found.add_options([_line(one, room, active=one is self._session.branch) for one in self._session.branches])
        found.highlighted = min(highlighted, found.option_count - 1)

    def _chosen(self) -> Branch:
        return self._session.branches[self.query_one(OptionList).highlighted or 0]

    def on_option_list_option_selected(self) -> None:
        """Switch to the branch."""
        self._session.switch(self._chosen())
        self.dismiss()

    def action_rename(self) -> None:
        """Give the branch another name."""
        branch = self._chosen()

        def named(name: str | None) -> None:
            if name is not None:
                branch.name = name
                self._fill(self._session.branches.index(branch))

        self.app.push_screen(LineScreen("Name of the branch", branch.name, _read_name), named)

    def action_delete(self) -> None:
        """Forget the branch."""
        branch = self._chosen()
        at = self._session.branches.index(branch)
        try:
            self._session.delete(branch)
        except ValueError as error:
            self.app.notify(str(error), severity="error", markup=False)
        self._fill(at)

    def action_compare(self) -> None:
        """Show the branch beside the one that is looked at, which is not compared with itself."""
        if self._chosen() is self._session.branch:
            self.app.notify("this is the current branch: choose another one to compare it with", markup=False)
        else:
            self.app.push_screen(ComparisonScreen(compare_branches(self._session.branch, self._chosen())))


def _read_name(text: str) -> str:
    if not text.strip():
        raise ValueError("expected a name")
    return "".join(c if c.isprintable() else "�" for c in text.strip())


def _line(branch: Branch, room: int, *, active: bool) -> Text:
    """Return what the branch trains, its name as far as there is room, its loss and its steps, in one line."""
    line = Text(f"{'▶' if active else ' '} {branch.title}", no_wrap=True)
    line.truncate(room, overflow="ellipsis", pad=True)
    return line.append(f"  loss {four_digits(branch.run.curve.final_loss):>9}  step {branch.run.last_step:>7,}")


class ComparisonScreen(Dialog[None]):
    """Two branches at one step."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,c", "dismiss", "leave"),
        Binding("S", "app.save", "save picture"),
    ]

    def __init__(self, found: Comparison) -> None:
        super().__init__()
        self._found = found

    def compose(self) -> ComposeResult:
        """Show losses, predictions and parameters in two columns, and where they part."""
        with VerticalScroll(classes="dialog tall") as dialog:
            dialog.border_title = f"Two branches at step {self._found.step:,}"
            dialog.border_subtitle = "escape closes"
            yield Static(_parting(self._found), markup=False)
            yield Static(_side_by_side(self._found), id="comparison")


def _parting(found: Comparison) -> str:
    if found.first_difference is None:
        return "their parameters are the same, but for rounding, wherever they were compared"
    return f"but for rounding, their parameters first differ at step {found.first_difference:,}"


def _side_by_side(found: Comparison) -> Table:
    table = Table(box=None, padding=(0, 2), expand=False)
    for title in ("", *found.names, "difference"):
        table.add_column(Text(title), justify="left" if not title else "right", no_wrap=False)
    losses = [("train loss", *found.losses)]
    if found.test_losses is not None:
        losses.append(("test loss", *found.test_losses))
    for name, a, b in losses:
        table.add_row(name, four_digits(a), four_digits(b), signed(a - b))
    for asked, one, other in found.predictions:
        for k, (a, b) in enumerate(zip(one.tolist(), other.tolist(), strict=False)):
            place = f"[{k}]" if len(one) > 1 else ""
            table.add_row(Text(f"ŷ{place}({asked})"), signed(a), signed(b), signed(a - b))
    rows = sorted(found.parameters, key=lambda row: -abs(row[1] - row[2]))[:_ROWS]
    for name, a, b in rows:
        table.add_row(Text(name), signed(a), signed(b), signed(a - b))
    if not rows:
        table.add_row("the networks differ", "", "", "")
    return table
