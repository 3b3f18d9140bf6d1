"""The panel *Step*: one update taken apart, phase by phase and value by value."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar

from rich.style import Style
from rich.text import Text
from textual import events
from textual.binding import Binding, BindingType
from textual.strip import Strip

from tui_backprop.core.network import Network
from tui_backprop.core.step import StepRecord
from tui_backprop.session.anatomy.explanation import Explanation, explain_quantity, phase_of, quantities
from tui_backprop.session.anatomy.expressions import Term, formula_text, number_text, printed
from tui_backprop.session.anatomy.phases import Phase, has_happened, phases
from tui_backprop.session.anatomy.quantities import Quantity, name_of
from tui_backprop.session.frames.frame import Frame
from tui_backprop.ui.drawing.numbers import decimal_aligned
from tui_backprop.ui.panels.panel import Panel

_HEADING = 22  # cells of a phase's title before the first of its values
_NAME = 13  # cells of a quantity's name in the list


@dataclass(frozen=True)
class StepRow:
    """One line of the list."""

    heading: str
    """The phase, before its first value, where the list has more than one phase."""
    quantity: Quantity


class StepPanel(Panel[Frame]):
    """The phases of an update, what each computes, and the formula behind the value that is selected."""

    name_shown = "Step"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "move(-1)", "value before", show=False),
        Binding("down", "move(1)", "value after", show=False),
        Binding("pageup", "move(-20)", "values before", show=False),
        Binding("pagedown", "move(20)", "values after", show=False),
        Binding("left", "term(-1)", "term before", show=False),
        Binding("right", "term(1)", "term after", show=False),
        Binding("enter", "follow", "go to where the term came from", show=False),
        Binding("backspace", "return", "return", show=False),
        Binding("comma", "app.sample(-1)", "sample before", show=False),
        Binding("full_stop", "app.sample(1)", "sample after", show=False),
    ]

    def __init__(self, panel_id: str) -> None:
        super().__init__(panel_id)
        self._rows: tuple[StepRow, ...] = ()
        self._selected = 0
        self._walk: list[Quantity] = []
        self._asked: Quantity | None = None  # what was selected elsewhere while this was out of sight
        self._term = 0
        self._shown_for: object = None
        self._detail: list[Text] = []
        self._explained: Explanation | None = None

    # What is shown.

    def title(self, frame: Frame) -> Text:
        """Return the phases, the one that was reached reversed."""
        return _title(frame, self.size.width, self.name_shown)

    def prepare(self, frame: Frame) -> None:
        """Lay out the list for this phase, and explain the value that is selected."""
        record = frame.record
        if record is None:
            self._rows, self._detail, self._explained = (), [], None
            self.note("")
            return
        shown_for = (record.training.network, frame.inside, None if frame.inside is None else frame.step)
        begins = shown_for != self._shown_for
        if begins:
            self._shown_for, self._walk, self._term = shown_for, [], 0
        if self._asked is not None:
            self._walk, self._term, self._asked = [self._asked], 0, None
        sample = self.sample_in(record)
        self._rows = _rows(record.training.network, len(record.rows), frame.inside, sample)
        if begins:
            self._selected = next((i for i, row in enumerate(self._rows) if not row.quantity.is_given), 0)
        self._selected = min(self._selected, len(self._rows) - 1)
        self._explain(frame, record)
        hidden = len(self._rows) + len(self._detail) - self.size.height
        batch = len(record.rows)
        whose = f"sample {sample + 1} of {batch} ( , . )" if batch > 1 else ""
        count = f"{len(self._rows):,} lines" if hidden > 0 else ""
        self.note("   ".join(part for part in (whose, count) if part))

    def _explain(self, frame: Frame, record: StepRecord) -> None:
        quantity = self.looking_at
        self._explained = None
        if quantity is None:
            self._detail = []
        elif not has_happened(record.training.network, phase_of(quantity), frame.inside):
            name = name_of(record, quantity)
            lines = [Text(f"{name} is not known yet: it comes in {phase_of(quantity).title}", style="italic")]
            self._detail = self._folded(lines)
        else:
            self._explained = explain_quantity(record, quantity)
            self._term = min(self._term, max(0, len(self._explained.terms) - 1))
            trail = " ▸ ".join(name_of(record, q) for q in self._walk[:-1])
            whose = [Text(one, style="dim") for one in _whose(record, quantity)]
            self._detail = [*whose, *self._folded(_detail(self._explained, self._term, trail))]

    def _folded(self, lines: list[Text]) -> list[Text]:
        """Fold the explanation to the panel's width, and draw the rule below it."""
        margin = " " * (lines[0].plain.find("=") + 2) if len(lines) > 1 else ""
        folded: list[Text] = []
        for line in lines:
            first, *rest = line.wrap(self.app.console, max(10, self.columns - len(margin))) or [line]
            folded += [first, *(Text(margin).append_text(part) for part in rest)]
        return [*folded, Text("─" * self.columns, style="dim")]

    def copied(self) -> str:
        """Return the value that is explained, with its formula and numbers."""
        found = self._explained
        if found is None:
            return ""
        if found.formula is None:
            return f"{found.name} = {found.value!r}"
        letters, numbers = (formula_text(printed(found.formula, numbers=numbers)) for numbers in (False, True))
        return f"{found.name} = {letters} = {numbers} = {found.value!r}"

    @property
    def looking_at(self) -> Quantity | None:
        """The quantity that is explained: the last one walked to, or the selected line's."""
        if self._walk:
            return self._walk[-1]
        return self._rows[self._selected].quantity if self._rows else None

    def line_count(self, frame: Frame) -> int:
        """One line where there is no update yet, else the explanation and the list."""
        return 1 if frame.record is None else len(self._detail) + len(self._rows)

    def line_at(self, frame: Frame, row: int) -> Text:
        """Return a line of the list, which begins below the explanation."""
        record = frame.record
        if record is None:
            return Text(
                "each value of an update, with its formula: n makes one",
                style="dim",
            )
        at = row - len(self._detail)
        return _list_line(record, self._rows[at], frame.inside is None, selected=at == self._selected)

    def make_line(self, y: int) -> Strip:
        """Make a line of the explanation above, which does not scroll, or a line of the list."""
        return self.strip(self._detail[y].copy()) if y < len(self._detail) else super().make_line(y)

    # Looking around.

    def explain(self, quantity: Quantity) -> None:
        """Explain a quantity that was selected elsewhere; out of sight once there is a frame to explain it in."""
        self._asked = quantity
        if self.is_on_screen:
            self.redraw()

    def action_move(self, by: int) -> None:
        """Select another line."""
        if not self._rows:
            return
        self._walk, self._term = [], 0
        self._selected = min(max(self._selected + by, 0), len(self._rows) - 1)
        self.redraw()
        visible = max(1, self.size.height - len(self._detail))
        top = self.scroll_offset.y
        if not top <= self._selected < top + visible:
            self.scroll_to(y=max(0, self._selected - visible // 2), animate=False)

    def action_term(self, by: int) -> None:
        """Select another term of the formula."""
        if self._explained is not None and self._explained.terms:
            self._term = (self._term + by) % len(self._explained.terms)
            self.redraw()

    def action_follow(self) -> None:
        """Explain the selected term."""
        if self._explained is None or not self._explained.terms:
            return
        source = self._explained.terms[self._term].source
        if source is not None:
            self._walk = [*(self._walk or [self._explained.quantity]), source]
            self._term = 0
            self.redraw()

    def action_return(self) -> None:
        """Return to what the term was a part of."""
        if len(self._walk) > 1:
            self._walk.pop()
            self._term = 0
            self.redraw()

    def look_at_sample(self, sample: int) -> None:
        """Look at another sample of the batch, at the selected line."""
        self._walk, self._term = [], 0
        super().look_at_sample(sample)

    def on_click(self, event: events.Click) -> None:
        """Follow the term, or select the line, that was clicked."""
        y = event.get_content_offset_capture(self).y
        term = event.style.meta.get("term")
        if term is not None:
            self._term = term
            self.action_follow()
        elif y >= len(self._detail):
            self.action_move(self.scroll_offset.y + y - len(self._detail) - self._selected)


def _whose(record: StepRecord, quantity: Quantity) -> list[str]:
    """Say which sample of a batch is explained, or that all are; of a single one there is nothing to say."""
    batch = len(record.rows)
    if batch == 1:
        return []
    return [f"sample {quantity.sample + 1} of {batch}" if quantity.of_one_sample else f"all {batch} samples"]


def _title(frame: Frame, width: int, name: str) -> Text:
    """Write the stages of a step, the present one as its phase and reversed; where not all have room, those around it."""
    inside = frame.inside
    present = None if inside is None else inside.title
    stages = list(
        dict.fromkeys(
            phase.title if phase == inside else phase.stage
            for phase in phases(frame.network)
            if inside is None or phase == inside or phase.stage != inside.stage
        )
    )
    shown = _around(stages, 0 if present is None else stages.index(present), width - len(name) - 4)
    parts = [Text(stage, style="bold reverse" if stage == present else "") for stage in shown]
    return Text(f"{name}: ").append_text(Text(" ▸ ").join(parts))


def _around(stages: list[str], at: int, width: int) -> list[str]:
    """Leave stages out, the farthest from the present one first, until the rest fits; the ends stay longest."""
    kept = set(range(len(stages)))
    while True:
        found = []
        for i, stage in enumerate(stages):
            if i in kept:
                found.append(stage)
            elif found[-1:] != ["…"]:
                found.append("…")
        ends = {0, len(stages) - 1}
        given = kept - ends - {at} or kept - {at}
        if len(" ▸ ".join(found)) <= width or not given:
            return found
        kept.remove(max(given, key=lambda i: abs(i - at)))


@lru_cache(maxsize=8)
def _rows(network: Network, batch: int, inside: Phase | None, sample: int) -> tuple[StepRow, ...]:
    """The list: what the present phase computes, or between two steps all that the last one did."""
    if inside is not None:
        return tuple(StepRow("", quantity) for quantity in quantities(network, batch, inside, sample))
    return tuple(
        StepRow("" if i else phase.title, quantity)
        for phase in phases(network)
        for i, quantity in enumerate(quantities(network, batch, phase, sample))
    )


def _list_line(record: StepRecord, row: StepRow, headed: bool, *, selected: bool) -> Text:
    """Write the phase, a name, its value by the decimal point, and the numbers that give it."""
    found = explain_quantity(record, row.quantity)
    line = Text(f"{row.heading:<{_HEADING}}" if headed else "", no_wrap=True)
    line.append(f"{found.name:<{_NAME}} ", "reverse" if selected else "").append(decimal_aligned(found.value), "bold")
    if found.formula is None:
        return line.append(f"  {found.note}", "dim")
    text = formula_text(printed(found.formula, numbers=True))
    return line.append(f"  = {text}", "dim")


def _detail(found: Explanation, term: int, trail: str) -> list[Text]:
    """Write the formula in symbols, with its numbers, and the result; the selected term reversed in both."""
    if found.formula is None:
        head = Text(f"{found.name} = ", style="bold").append(number_text(found.value))
        lines = [head, Text(found.note, style="dim")]
    else:
        chosen = found.terms[term] if found.terms else None
        margin = " " * len(found.name)
        lines = []
        for numbers in (False, True):
            line = Text(f"{margin if numbers else found.name} = ", style="" if numbers else "bold")
            for piece in printed(found.formula, numbers=numbers, focus=chosen):
                line.append(piece.text, _piece_style(found, piece.term, chosen))
            lines.append(line)
        lines.append(Text(f"{margin} = ").append(number_text(found.value), "bold"))
    if trail:
        lines[-1].append(f"   from {trail}", "dim")
    return lines


def _piece_style(found: Explanation, part: Term | None, chosen: Term | None) -> Style:
    """Underline what can be walked to, reverse what is selected; a click finds the number of the term."""
    if part is None or part.source is None:
        return Style(bold=False)
    term = next(i for i, one in enumerate(found.terms) if one is part)
    return Style(bold=False, reverse=part is chosen, underline=part is not chosen, meta={"term": term})
