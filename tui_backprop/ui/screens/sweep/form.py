"""The form of a sweep: which recipe fields are varied and over which values, seeds, steps and a condition."""

from __future__ import annotations

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, VerticalScroll
from textual.message import Message
from textual.widgets import Button, Input, Label, Select, Static

from tui_backprop.session.recipe.fields import BY_NAME
from tui_backprop.session.recipe.recipe import Recipe
from tui_backprop.session.sweep.axes import VARIABLE, SweepError, parse_axis
from tui_backprop.session.sweep.plan import SweepPlan
from tui_backprop.session.sweep.sweep import Sweep
from tui_backprop.session.sweep.wording import counted

_ROWS = 3
_SEEDS = 16
_FIRST = (("hidden", "1,2,4,8"), ("lr", "0.01:10:log:7"))
_USUAL = {
    **dict(_FIRST),
    "momentum": "0,0.5,0.9,0.99",
    "l1": "0,0.001,0.01",
    "l2": "0,0.001,0.01",
    "clip": "none,0.1,1",
    "batch_size": "1,4,16,full",
    "warmup": "0,100",
    "schedule": "constant;cosine:1000",
    "noise": "0,0.1,0.5",
    "label_noise": "0,0.1,0.3",
    "test_fraction": "0.2,0.5",
    "rule": "posted,exact",
}
"""Values to begin with for fields without choices, or with many."""


class SweepForm(VerticalScroll, can_focus=False):
    """Says what is to be swept."""

    class Wanted(Message):
        """The user wants it to start, or to stop."""

    def __init__(self, recipe: Recipe, last: Sweep | None) -> None:
        super().__init__(id="form")
        self._recipe = recipe
        self.border_title = "Sweep"
        plan = None if last is None else last.plan
        if plan is None:
            self._rows = list(_FIRST)
            self._texts = {"seeds": str(_SEEDS), "steps": str(recipe.steps), "until": ""}
        else:
            self._rows = [(axis.name, _joined(axis.name, axis.values)) for axis in plan.axes]
            self._texts = {"seeds": str(plan.seeds), "steps": str(plan.recipe.steps), "until": plan.until}

    def compose(self) -> ComposeResult:
        """Show a field and its values for each row, and below them what holds for all."""
        options = [(name.replace("_", " "), name) for name in VARIABLE]
        for row in range(max(_ROWS, len(self._rows))):
            name, values = self._rows[row] if row < len(self._rows) else (None, "")
            yield Select(
                options, prompt="vary …", value=Select.NULL if name is None else name, id=f"field-{row}", compact=True
            )
            yield Input(values, placeholder="1,2 or 0.1:10:log:7", id=f"values-{row}", compact=True)
        for name, said in (("seeds", "seeds"), ("steps", "steps"), ("until", "until, such as loss < 0.1")):
            with Horizontal(classes="line"):
                yield Label(said if name != "until" else "until", markup=False)
                yield Input(
                    self._texts[name], placeholder="loss < 0.1" if name == "until" else "", id=name, compact=True
                )
        yield Button("Start", id="start", variant="primary", compact=True)
        yield Static("", id="problem", markup=False)

    @on(Select.Changed)
    def suggest(self, event: Select.Changed) -> None:
        """Offer values for a field that was just chosen."""
        row = (event.select.id or "").removeprefix("field-")
        values = self.query_one(f"#values-{row}", Input)
        name = event.value if isinstance(event.value, str) else None
        if name is None:
            values.value = ""
        elif not self._fits(name, values.value):
            values.value = _USUAL.get(name) or ",".join(BY_NAME[name].choices)

    def _fits(self, name: str, values: str) -> bool:
        try:
            parse_axis(f"{name}={values}")
        except SweepError:
            return False
        return True

    @on(Input.Changed)
    def check(self) -> None:
        """Say at once what is wrong, or how many runs it would be."""
        try:
            plan = self.plan()
        except SweepError as error:
            self.refuse(str(error))
        else:
            self.refuse(f"{counted(len(plan), 'run')} of {counted(plan.recipe.steps, 'step')}")

    @on(Input.Submitted)
    @on(Button.Pressed)
    def want(self) -> None:
        """Ask for it."""
        self.post_message(self.Wanted())

    def plan(self) -> SweepPlan:
        """Return what the form says.

        Raises:
            SweepError: what is wrong, in one sentence.
        """
        axes = []
        for select in self.query(Select):
            values = self.query_one(f"#values-{(select.id or '').removeprefix('field-')}", Input)
            if isinstance(select.value, str):
                axes.append(parse_axis(f"{select.value}={values.value}"))
        try:
            steps = BY_NAME["steps"].parse(self.query_one("#steps", Input).value)
        except ValueError as error:
            raise SweepError(str(error)) from None
        seeds = self.query_one("#seeds", Input).value
        if not seeds.strip().isdecimal():
            raise SweepError(f"seeds: expected a whole number of at least 1, not {seeds!r}")
        return SweepPlan(
            self._recipe.replace(steps=steps), tuple(axes), int(seeds), self.query_one("#until", Input).value.strip()
        )

    def refuse(self, said: str) -> None:
        """Say what is wrong, or what it comes to."""
        self.query_one("#problem", Static).update(said)

    def show_going(self, going: bool) -> None:
        """Name the button by what it does now."""
        label = "Stop" if going else "Start"
        button = self.query_one("#start", Button)
        if str(button.label) != label:
            button.label = label


def _joined(name: str, values: tuple[object, ...]) -> str:
    texts = [BY_NAME[name].write(value) for value in values]
    return (";" if any("," in text for text in texts) else ",").join(texts)
