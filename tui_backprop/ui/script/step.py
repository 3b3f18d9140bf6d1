"""The panel *Step*: the statement that is looked at, with the numbers put in, and where each operand came from."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from rich.text import Text
from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message

from tui_backprop.scripts.stepping.window import Meaning
from tui_backprop.session.script_run.explaining import Operand, StatementExplanation, explain_statement
from tui_backprop.session.script_run.fixes import problem_lines
from tui_backprop.session.script_run.frame import ScriptFrame
from tui_backprop.ui.panels.panel import PicturePanel
from tui_backprop.ui.script.values import shape_text, value_text
from tui_backprop.ui.theme import NEGATIVE, POSITIVE

_NAME = 22  # cells of an operand at the most


class ScriptStepPanel(PicturePanel[ScriptFrame]):
    """One statement explained; `enter` follows the selected operand, `backspace` returns."""

    name_shown = "Step"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "move(-1)", "operand before", show=False),
        Binding("down", "move(1)", "operand after", show=False),
        Binding("enter", "follow", "go where it was made", show=False),
        Binding("backspace", "app.seen_back", "return", show=False),
        Binding("right", "app.over", "over a call or a loop", show=False),
        Binding("left", "app.out", "out to the caller", show=False),
    ]

    class Followed(Message):
        """The statement that made an operand is wanted."""

        def __init__(self, event: int) -> None:
            super().__init__()
            self.event = event

    def __init__(self, panel_id: str) -> None:
        super().__init__(panel_id)
        self._explained: StatementExplanation | None = None
        self._for: tuple[object, int] = (None, -1)
        self.selected = 0
        """The operand that the keys go to."""
        self._operand_rows: dict[int, int] = {}

    def explanation(self, frame: ScriptFrame) -> StatementExplanation | None:
        """Return what is said of the statement, which is worked out once."""
        if frame.window is None or frame.event is None:
            return None
        if self._for[0] is not frame.window or self._for[1] != frame.at:
            self._for = (frame.window, frame.at)
            self._explained = explain_statement(frame.window, frame.at, "\n".join(frame.lines))
            self.selected = 0
        return self._explained

    def draw(self, frame: ScriptFrame) -> list[Text]:
        """Write the statement, its numbers, its value and its operands."""
        found = self.explanation(frame)
        self._operand_rows = {}
        if found is None:
            self.note("")
            return [Text(frame.following, style="dim")]
        width = max(20, self.columns)
        lines = self._head(frame, found)
        lines += self._value(frame, found)
        lines = self._folded(lines, width)
        for n, operand in enumerate(found.operands):
            rows = self._folded([self._operand(frame, operand, chosen=n == self.selected)], width)
            self._operand_rows |= dict.fromkeys(range(len(lines), len(lines) + len(rows)), n)
            lines += rows
        if found.calls:
            names = ", ".join(f"line {frame.place(one.line, one.file)}" for one in found.calls)
            lines += self._folded([Text(f"called from {names}", style="dim")], width)
        self.note("enter follows   backspace returns" if found.operands else "")
        return lines

    def _folded(self, lines: list[Text], width: int) -> list[Text]:
        """Return lines folded to a width, so that nothing is cut off."""
        return [folded for line in lines for folded in line.wrap(self.app.console, width)]

    def _head(self, frame: ScriptFrame, found: StatementExplanation) -> list[Text]:
        out = [Text().append(f"{frame.place(found.event.line)} ", "dim").append(found.source, "bold")]
        if found.numbers:
            out.append(Text(f"   = {found.numbers}"))
        if found.event.count:
            out.append(Text(f"   pass {found.event.count} of the loop", style="dim"))
        return out

    def _value(self, frame: ScriptFrame, found: StatementExplanation) -> list[Text]:
        room = max(20, self.columns - 8)
        if found.several:
            return [_one_of_several(*one, room) for one in found.several]
        out: list[Text] = []
        if found.value is not None:
            text = Text("   = ").append(value_text(found.value, room), "bold")
            whole = np.ndim(found.value) and text.plain.endswith("]")  # else its shape is told already
            out.append(text.append(f"   {shape_text(np.shape(found.value))}", "dim") if whole else text)
        elif found.text:
            out.append(Text(f"   = {found.text}"))
        meaning = found.meaning
        if meaning is not None and meaning.right is False:
            out.append(
                Text("✗ should be ", f"bold {NEGATIVE}")
                .append(meaning.text, "bold")
                .append_text(_true(meaning.true, room))
            )
            out += [Text(one.sentence) for one in frame.problems if found.event.line in problem_lines(one)[:1]]
        elif meaning is not None:
            out.append(Text("✓ is ", POSITIVE).append(meaning.text, "bold").append_text(_true(meaning.true, room)))
        elif mended := frame.once_mended(found.event):
            out.append(Text(mended, style="dim"))
        elif found.derivative is not None and found.made:
            text = Text(f"∂L/∂{found.made} = ").append(value_text(found.derivative, room))
            out.append(text)
        return out

    def _operand(self, frame: ScriptFrame, operand: Operand, *, chosen: bool) -> Text:
        mark = "" if not chosen else "reverse" if self.has_focus else "underline"
        line = Text().append(operand.text[:_NAME], mark)
        line.append("  ").append(value_text(operand.value, 24))
        if operand.event is not None and frame.window is not None:
            made = frame.window.events[operand.event]
            line.append(f"  line {frame.place(made.line, made.file)}", "dim")
        if operand.meaning is not None:
            mark = "✗ not " if operand.meaning.right is False else "= "
            line.append(f"  {mark}{operand.meaning.text}", NEGATIVE if operand.meaning.right is False else POSITIVE)
        return line

    def action_move(self, by: int) -> None:
        """Select another operand."""
        if self._explained is not None and self._explained.operands:
            self.selected = min(max(self.selected + by, 0), len(self._explained.operands) - 1)
            self.redraw()
            self.reveal(next(row for row, operand in self._operand_rows.items() if operand == self.selected))

    def action_follow(self) -> None:
        """Go to the statement that made the selected operand."""
        found = self._explained
        if found is not None and self.selected < len(found.operands):
            event = found.operands[self.selected].event
            if event is not None:
                self.post_message(self.Followed(event))

    def on_click(self, event: events.Click) -> None:
        """Select the operand that was clicked; a second click follows it."""
        row = self.scroll_offset.y + event.get_content_offset_capture(self).y
        found = self._operand_rows.get(row)
        if found is not None:
            again = found == self.selected
            self.selected = found
            self.redraw()
            if again:
                self.action_follow()


def _true(value: object, room: int) -> Text:
    return Text() if value is None else Text(f" = {value_text(value, room - 20)}")


def _one_of_several(name: str, value: object, meaning: Meaning | None, room: int) -> Text:
    """Return the line of one value of a statement that made several."""
    text = Text(f"   {name} = ").append(value_text(value, room - len(name)), "bold")
    if meaning is None or meaning.right is None:
        return text
    if meaning.right:
        return text.append(f"  ✓ is {meaning.text}", POSITIVE)
    return text.append(f"  ✗ should be {meaning.text}", NEGATIVE)
