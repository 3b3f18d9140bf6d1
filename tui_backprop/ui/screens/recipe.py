"""The form of the recipe."""

from __future__ import annotations

from typing import Any, ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.widgets import Button, Collapsible, Input, Label, Select, Static

from tui_backprop.datasets.dataset import SourceError
from tui_backprop.session.recipe.field import Field
from tui_backprop.session.recipe.fields import BY_NAME, FIELDS
from tui_backprop.session.recipe.recipe import RecipeError
from tui_backprop.session.session import Session
from tui_backprop.ui.screens.dialog import Dialog

_FIRST = (
    "hidden", "activation", "lr", "optimizer", "batch_size", "l2", "noise", "test_fraction", "features",
)  # fmt: skip


class RecipeScreen(Dialog[bool]):
    """Ends with True where something was changed."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "cancel", "leave it", priority=True),
        Binding("ctrl+s", "apply", "apply", priority=True),
        Binding("down", "app.focus_next", "field below", show=False),
        Binding("up", "app.focus_previous", "field above", show=False),
    ]

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._asked = False  # whether it was said that there are changes that are not applied
        self._texts = {field.name: field.write(getattr(session.recipe, field.name)) for field in FIELDS}

    def compose(self) -> ComposeResult:
        """Show a line for each field: those that are changed most often, and the others under "more"."""
        first = self._first()
        with Vertical(classes="dialog form") as dialog:
            dialog.border_title = "Recipe"
            dialog.border_subtitle = "^s applies, escape leaves it; ↻ begins the run again"
            with VerticalScroll(can_focus=False):
                for field in first:
                    yield self._row(field)
                rest = [field for field in FIELDS if field not in first]
                with Collapsible(title=f"more: {len(rest)} fields, by enter"):
                    for field in rest:
                        yield self._row(field)
            yield Static("", id="meaning", markup=False)
            yield Static("", id="problem", markup=False)
            with Horizontal(id="buttons"):
                yield Button("Apply", id="apply", variant="primary", compact=True)
                yield Button("Cancel", id="cancel", compact=True)

    def _first(self) -> list[Field]:
        """Return the fields that are changed most often, as far as they fit the data."""
        task = self._session.problem.dataset.task
        names = [*_FIRST, "scale_targets" if task == "regression" else "label_noise"]
        return [BY_NAME[name] for name in names]

    def _row(self, field: Field) -> Horizontal:
        text, widget_id = self._texts[field.name], f"f-{field.name}"
        mark = "  " if field.in_flight else "↻ "
        widget: Select[str] | Input = Input(text, id=widget_id, compact=True)
        if field.choices:
            choices = [(name, name) for name in field.choices]
            widget = Select(choices, value=text, allow_blank=False, id=widget_id, compact=True)
        return Horizontal(Label(f"{mark}{field.name.replace('_', ' ')}", markup=False), widget, classes="field")

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """Say what the field at the cursor means."""
        field = BY_NAME.get(str(event.widget.id).removeprefix("f-"))
        self.query_one("#meaning", Static).update("" if field is None else field.help)

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
        self._asked = False
        changes, problems = self._changes()
        if problems:
            said = "; ".join(problems)
        elif changes:
            restarting = [name for name in changes if not BY_NAME[name].in_flight]
            said = "begins the run again" if restarting else "the run goes on with it"
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

    def action_cancel(self) -> None:
        """Close the list that is open; otherwise leave the recipe as it is, where it was changed on a second press."""
        opened = next((one for one in self.query(Select) if one.expanded), None)
        changes, problems = self._changes()
        if opened is not None:
            opened.expanded = False
            opened.focus()
        elif (changes or problems) and not self._asked:
            self._asked = True
            self.query_one("#problem", Static).update("not applied yet: ^s applies, escape again leaves it as it was")
        else:
            self.dismiss(False)

    @on(Button.Pressed, "#cancel")
    def cancel(self) -> None:
        """Leave the recipe as it is."""
        self.dismiss(False)
