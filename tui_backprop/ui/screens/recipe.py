"""The form of the recipe."""

from __future__ import annotations

from typing import Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.widgets import Button, Input, Label, Select, Static

from tui_backprop.datasets.dataset import SourceError
from tui_backprop.session.recipe.field import Field
from tui_backprop.session.recipe.fields import BY_NAME, FIELDS
from tui_backprop.session.recipe.recipe import RecipeError
from tui_backprop.session.session import Session
from tui_backprop.ui.screens.dialog import Dialog


class RecipeScreen(Dialog[bool]):
    """Ends with True where something was changed."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "cancel", "leave it", priority=True),
        Binding("ctrl+s", "apply", "apply", priority=True),
    ]

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._texts = {field.name: field.write(getattr(session.recipe, field.name)) for field in FIELDS}

    def compose(self) -> ComposeResult:
        """Show every field with its present value and its sentence."""
        with Vertical(classes="dialog tall") as dialog:
            dialog.border_title = "Recipe"
            dialog.border_subtitle = "^s applies, escape leaves it; ↻ begins the run again"
            with VerticalScroll():
                for field in FIELDS:
                    yield from self._row(field)
            yield Static("", id="problem", markup=False)
            with Horizontal(id="buttons"):
                yield Button("Apply", id="apply", variant="primary")
                yield Button("Cancel", id="cancel")

    def _row(self, field: Field) -> ComposeResult:
        text = self._texts[field.name]
        yield Label(f"{'  ' if field.in_flight else '↻ '}{field.name.replace('_', ' ')}: {field.help}", markup=False)
        if field.choices:
            yield Select([(name, name) for name in field.choices], value=text, allow_blank=False, id=f"f-{field.name}")
        else:
            yield Input(text, id=f"f-{field.name}")

    def _changes(self) -> tuple[dict[str, Any], list[str]]:
        """Return the fields that differ from the session's, and what is wrong with others."""
        changes: dict[str, Any] = {}
        problems = []
        for field in FIELDS:
            widget = self.query_one(f"#f-{field.name}")
            text = str(widget.value) if isinstance(widget, Input | Select) else ""
            if text == self._texts[field.name]:
                continue
            try:
                changes[field.name] = field.parse(text)
            except ValueError as error:
                problems.append(str(error))
        return changes, problems

    @on(Input.Changed)
    @on(Select.Changed)
    def check(self) -> None:
        """Say at once what is wrong, or what applying would do."""
        changes, problems = self._changes()
        if problems:
            said = "; ".join(problems)
        elif changes:
            anew = [name for name in changes if not BY_NAME[name].in_flight]
            said = "begins the run again" if anew else "the run goes on with it"
            said = f"{', '.join(changes)}: {said}"
        else:
            said = ""
        self.query_one("#problem", Static).update(said)

    @on(Button.Pressed, "#apply")
    def action_apply(self) -> None:
        """Send all changes at once; what cannot be is said here, and nothing is lost."""
        changes, problems = self._changes()
        if not problems and changes:
            try:
                notice = self._session.change(**changes).notice
            except (RecipeError, SourceError) as error:
                problems = [str(error)]
            else:
                self.app.notify(notice, markup=False)
        if problems:
            self.query_one("#problem", Static).update("; ".join(problems))
        else:
            self.dismiss(bool(changes))

    @on(Button.Pressed, "#cancel")
    def action_cancel(self) -> None:
        """Leave the recipe as it is."""
        self.dismiss(False)
