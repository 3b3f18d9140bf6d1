"""The line at the top of a script's screen: the file, what is judged of it, and how far it is."""

from __future__ import annotations

from tui_backprop.scripts.answering.answer import Mistake
from tui_backprop.session.script_run.frame import ScriptFrame
from tui_backprop.session.sweep.wording import counted
from tui_backprop.ui.bars.header import BarLine
from tui_backprop.ui.drawing.numbers import four_digits


def gradients_text(frame: ScriptFrame) -> str:
    """Say what is known of the gradients, in a few words."""
    wrong = [one for one in frame.problems if isinstance(one, Mistake) and one.line is not None]
    causes = [one for one in frame.problems if not isinstance(one, Mistake) and one.severity != "info"]
    more = f", {counted(len(causes), 'finding')}" if causes else ""
    if wrong:
        return f"✗ {counted(len(wrong), 'wrong line')}{more}"
    if frame.window is None and frame.trouble:
        return "? cannot be stepped"
    if frame.answer is None:
        return "is being checked"
    words = {"right": "✓ gradients right", "scaled": "✓ right, some scaled", "wrong": "✗ gradients wrong"}
    return words.get(frame.answer.verdict, "? not checked") + more


def script_header_text(frame: ScriptFrame, state: str, width: int) -> str:
    """Write the header in `width` cells; what matters least is left out first, and the update stays longest."""
    name = "" if frame.answer is None or frame.answer.loss is None else str(frame.answer.loss["name"])
    fixes = f"{counted(frame.fixes, 'change')} in memory" if frame.fixes else ""
    left = [frame.name, gradients_text(frame), name, fixes]
    of = (
        f" of {frame.total:,}"
        if frame.total is not None
        else f" of {frame.last:,}+"
        if frame.update < frame.last
        else ""
    )
    rate = [] if frame.rate is None else [f"η {frame.rate:g}"]
    reached = [] if frame.window is None else [f"update {frame.update:,}{of}", f"loss {four_digits(frame.window.loss)}"]
    tail = "  ".join([state, *reached, *rate])
    for dropped in ((), (2,), (2, 3), (0, 2, 3), (0, 1, 2, 3)):
        kept = " · ".join(part for i, part in enumerate(left) if part and i not in dropped)
        if len(kept) + len(tail) + 4 <= width:
            break
    return f" {kept}{' ' * max(2, width - len(kept) - len(tail) - 2)}{tail} "


class ScriptHeader(BarLine):
    """The line, drawn from a frame."""

    def __init__(self) -> None:
        super().__init__(id="header")
        self._frame: ScriptFrame | None = None
        self._state = ""

    def show(self, frame: ScriptFrame, state: str) -> None:
        """Draw this frame; `state` says whether it runs."""
        self._frame, self._state = frame, state
        self.refresh()

    def write(self, width: int) -> str:
        """Return what is stepped, and how far it is."""
        return "" if self._frame is None else script_header_text(self._frame, self._state, width)
