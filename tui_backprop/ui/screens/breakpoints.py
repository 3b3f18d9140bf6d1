"""Breakpoints and watches: add, switch off, remove."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.suggester import Suggester
from textual.widgets import Input, OptionList, Static

from tui_backprop.session.conditions import FUNCTIONS, Condition, ConditionError, Expression
from tui_backprop.session.run.breakpoints import Breakpoint, Watch, spacing_of
from tui_backprop.session.session import Session
from tui_backprop.ui.screens.dialog import Dialog

_LAST_WORD = re.compile(r"[A-Za-z_]\w*$")


class NameSuggester(Suggester):
    """Completes the word that is being typed."""

    def __init__(self, names: tuple[str, ...]) -> None:
        super().__init__(use_cache=False, case_sensitive=True)
        self._names = names

    async def get_suggestion(self, value: str) -> str | None:
        """Return the text with its last word completed."""
        word = _LAST_WORD.search(value)
        if word is None:
            return None
        found = next((name for name in self._names if name.startswith(word[0]) and name != word[0]), None)
        return None if found is None else value[: word.start()] + found


class BreakpointsScreen(Dialog[None]):
    """A line to type an expression in, and the list of those there are. A condition halts, a number is watched."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss", "leave"),
        Binding("space", "switch", "on or off"),
        Binding("o", "once", "once"),
        Binding("c", "chart", "on the chart"),
        Binding("delete,backspace,x", "remove", "remove"),
    ]

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session

    def compose(self) -> ComposeResult:
        """Show the line, and the list below it."""
        names = (*self._session.current.moment().names, *FUNCTIONS)
        with Vertical(classes="dialog tall") as dialog:
            dialog.border_title = "Breakpoints and watches"
            dialog.border_subtitle = "list: space on/off  o once  c chart  x removes   escape"
            yield Input(placeholder="loss < 0.1 halts, max(abs(w1)) is watched", suggester=NameSuggester(names))
            yield Static("", id="problem", markup=False)
            yield OptionList(id="list")
            yield Static(Text(f"Available: {', '.join(names)}.", style="dim"), id="names")

    def on_mount(self) -> None:
        """Show what there is."""
        self._fill()

    def _fill(self, highlighted: int | None = None) -> None:
        found = self.query_one(OptionList)
        found.clear_options()
        found.add_options([_breakpoint_line(self._session, one) for one in self._session.breakpoints])
        found.add_options([_watch_line(one) for one in self._session.watches])
        if highlighted is not None and found.option_count:
            found.highlighted = min(highlighted, found.option_count - 1)

    def on_input_changed(self, event: Input.Changed) -> None:
        """Say at once what the text would be, or what is wrong."""
        said = ""
        if event.value.strip():
            try:
                made = self._read(event.value)
            except ConditionError as error:
                said = str(error)
            else:
                said = self._meaning(made)
        self.query_one("#problem", Static).update(said)

    def _read(self, text: str) -> Condition | Expression:
        """Return a condition where the text is true or false, else an expression with a number."""
        moment = self._session.current.moment()
        expression = Expression(text)
        expression.check(moment)
        try:
            condition = Condition(text)
            condition.check(moment)
        except ConditionError:
            return expression
        return condition

    def _meaning(self, made: Condition | Expression) -> str:
        moment = self._session.current.moment()
        every = spacing_of(made, self._session.current.segment).later
        often = "at every step" if every == 1 else f"at least every {every:,} steps"
        if isinstance(made, Condition):
            return f"a breakpoint, checked {often}; now {'true' if made.holds(moment) else 'false'}"
        return f"a watch; now {made.number(moment):.5g}"

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Add what was typed."""
        try:
            made = self._read(event.value)
        except ConditionError:
            return
        if isinstance(made, Condition):
            self._session.breakpoints.append(Breakpoint(made))
        else:
            self._session.watches.append(Watch(made))
        event.input.clear()
        self._fill()

    def _chosen(self) -> tuple[Breakpoint | None, Watch | None, int]:
        at = self.query_one(OptionList).highlighted
        if at is None:
            return None, None, 0
        count = len(self._session.breakpoints)
        return (
            (self._session.breakpoints[at], None, at) if at < count else (None, self._session.watches[at - count], at)
        )

    def action_switch(self) -> None:
        """Switch a breakpoint on or off."""
        breakpoint, _, at = self._chosen()
        if breakpoint is not None:
            breakpoint.enabled = not breakpoint.enabled
            self._fill(at)

    def action_once(self) -> None:
        """Let a breakpoint halt once only, or always."""
        breakpoint, _, at = self._chosen()
        if breakpoint is not None:
            breakpoint.once = not breakpoint.once
            self._fill(at)

    def action_chart(self) -> None:
        """Draw a watch on the loss chart, or no longer."""
        _, watch, at = self._chosen()
        if watch is not None:
            self._session.watches[at - len(self._session.breakpoints)] = replace(watch, on_chart=not watch.on_chart)
            self._fill(at)

    def action_remove(self) -> None:
        """Remove a breakpoint or a watch."""
        breakpoint, watch, at = self._chosen()
        if breakpoint is not None:
            self._session.breakpoints.remove(breakpoint)
        elif watch is not None:
            self._session.watches.remove(watch)
        self._fill(at)


def _breakpoint_line(session: Session, one: Breakpoint) -> Text:
    every = spacing_of(one.condition, session.current.segment).later
    often = "" if every == 1 else f"  checked at least every {every:,} steps"
    once = "  once" if one.once else ""
    return Text(f"{'●' if one.enabled else '○'} {one.condition.text}   hits {one.hits:,}{once}{often}", no_wrap=True)


def _watch_line(one: Watch) -> Text:
    return Text(f"= {one.expression.text}{'   on the chart' if one.on_chart else ''}", no_wrap=True)
