"""A sample of the user's own: its forward pass, and the update that it would make."""

from __future__ import annotations

from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.widgets import Input, Label, Static

from tui_backprop.core.step import StepRecord
from tui_backprop.session.anatomy.explanation import explain_quantity, quantities
from tui_backprop.session.anatomy.expressions import formula_text, printed
from tui_backprop.session.anatomy.phases import phases
from tui_backprop.session.recipe.problem import Problem
from tui_backprop.session.session import Session
from tui_backprop.ui.drawing.numbers import decimal_aligned, four_digits
from tui_backprop.ui.screens.dialog import Dialog

_EACH = 40  # values of each phase that are listed at the most
_NAMED = 8  # columns that a label names
_FORWARD = {"sample", "z", "a"}


class OwnSampleScreen(Dialog[None]):
    """Two lines to type in, and below them every phase of the update; nothing is changed."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss", "leave")]

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session

    def compose(self) -> ComposeResult:
        """Show the lines, filled with the first training sample."""
        problem = self._session.problem
        names = _listed(problem.dataset.input_names)
        targets = _listed(problem.dataset.classes or problem.dataset.target_names)
        with Vertical(classes="dialog tall wide") as dialog:
            dialog.border_title = "A sample of your own"
            dialog.border_subtitle = "nothing is changed by it   escape closes"
            yield Label(f"inputs, unscaled, with commas between: {names}", markup=False)
            yield Input(_joined(problem.train.raw[0].tolist()), id="inputs")
            yield Label(f"target: {targets}; empty for the forward pass alone", markup=False)
            yield Input(_joined(problem.train.raw_targets[0].tolist()), id="target")
            yield Static("", id="problem", markup=False)
            with VerticalScroll():
                yield Static(id="found")

    def on_mount(self) -> None:
        """Show what comes of it."""
        self._update()

    def on_input_changed(self) -> None:
        """Show what comes of what was typed, or what is wrong with it."""
        self._update()

    def _update(self) -> None:
        try:
            inputs = _read(self.query_one("#inputs", Input).value)
            wanted = _read(self.query_one("#target", Input).value)
            record = self._session.what_if(inputs, wanted or None)
        except ValueError as error:
            self.query_one("#problem", Static).update(str(error))
            return
        self.query_one("#problem", Static).update("")
        found = _lines(record, whole=bool(wanted))
        problem = self._session.problem
        if problem.target_scaler.kind != "none":
            found = Text("\n").join([_unscaled(problem, record), found])
        self.query_one("#found", Static).update(found)


def _listed(names: tuple[str, ...]) -> str:
    return ", ".join(names[:_NAMED]) + (f" … {len(names) - _NAMED} more" if len(names) > _NAMED else "")


def _joined(values: list[float]) -> str:
    return ", ".join(f"{value:g}" for value in values)


def _read(text: str) -> tuple[float, ...]:
    try:
        return tuple(float(part) for part in text.split(",") if part.strip())
    except ValueError:
        raise ValueError(f"expected numbers with commas between, not {text!r}") from None


def _unscaled(problem: Problem, record: StepRecord) -> Text:
    """Say what the network answers in the units of the data; below, targets and answers are scaled."""
    answers = problem.target_scaler.inverse(record.tape.prediction)[0].tolist()
    named = zip(problem.dataset.target_names[:_NAMED], answers, strict=False)
    parts = [f"{name} {four_digits(answer)}" for name, answer in named]
    return Text("the answer unscaled: ").append(", ".join(parts), "bold").append("   below, y and ŷ are scaled", "dim")


def _lines(record: StepRecord, *, whole: bool) -> Text:
    """Write every phase; without a target only the forward pass."""
    found: list[Text] = []
    network = record.training.network
    for phase in phases(network):
        if not whole and phase.kind not in _FORWARD:
            continue
        found.append(Text(phase.title, style="bold"))
        listed = [q for q in quantities(network, 1, phase) if whole or q.kind != "target"]
        for quantity in listed[:_EACH]:
            one = explain_quantity(record, quantity)
            line = Text(f"  {one.name:<13} ").append(decimal_aligned(one.value), "bold")
            if one.formula is not None:
                line.append(f"  = {formula_text(printed(one.formula, numbers=True))}", "dim")
            found.append(line)
        if len(listed) > _EACH:
            found.append(Text(f"  … {len(listed) - _EACH:,} more", style="dim"))
    return Text("\n").join(found)
