"""The panel *Source*: their file, the line that is looked at, and what each line of the update made."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.text import Text
from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message

from tui_backprop.scripts.stepping.window import Meaning, Window
from tui_backprop.session.script_run.frame import ScriptFrame
from tui_backprop.session.script_run.walking import passes
from tui_backprop.ui.panels.panel import Panel
from tui_backprop.ui.script.highlighting import source_lines
from tui_backprop.ui.script.values import value_text
from tui_backprop.ui.theme import NEGATIVE, POSITIVE

_GUTTER = 7  # cells before the code: breakpoint, line number, mark
_CODE = 46  # cells of code that are kept at the most where there is something to say beside it
_LEAST = 24
_NUMBER = 9  # cells of a single number
_BESIDE = 31  # cells that what is said beside the code needs


@dataclass(frozen=True)
class SourceRow:
    """A row of the panel: a line of the file, or what a fixed line was."""

    line: int
    was: str | None = None


class SourcePanel(Panel[ScriptFrame]):
    """A row for each line of the file; arrows go along the lines as they ran."""

    name_shown = "Source"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "app.phase_back", "line back", show=False),
        Binding("down", "app.phase", "line on", show=False),
        Binding("right", "app.over", "over a call or a loop", show=False),
        Binding("left", "app.out", "out to the caller", show=False),
    ]

    class LineChosen(Message):
        """A line was pointed at."""

        def __init__(self, line: int) -> None:
            super().__init__()
            self.line = line

    def __init__(self, panel_id: str) -> None:
        super().__init__(panel_id)
        self._rows: list[SourceRow] = []
        self._row_of: dict[int, int] = {}
        self._code: Sequence[Text] = ()
        self._coded: tuple[object, ...] = ()
        self._width = _CODE
        self._revealed: tuple[object, ...] = ()

    def name_text(self, frame: ScriptFrame) -> Text:
        """Return the panel's name, and which file it is where there are several."""
        name = frame.file.rpartition("/")[2]
        return Text(self.name_shown if name == frame.name else f"{self.name_shown} {name}")

    def prepare(self, frame: ScriptFrame) -> None:
        """Colour the lines, and bring the one that is looked at into sight."""
        coded = (frame.lines, self.drawn_in, self.app.theme)
        if coded != self._coded:
            self._coded = coded
            self._code = source_lines("\n".join(frame.lines), self.drawn_in, self.app.theme_variables)
        was = dict(frame.was)
        self._rows, self._row_of = [], {}
        for line in range(1, len(frame.lines) + 1):
            if was.get(line):
                self._rows.append(SourceRow(line, was[line]))
            self._row_of[line] = len(self._rows)
            self._rows.append(SourceRow(line))
        self._width = self._code_width(frame)
        event = frame.event
        line = event.line if event is not None else 0
        shown = (line, frame.file, self.size)
        if shown != self._revealed:
            self._revealed = shown
            self.call_after_refresh(self._reveal, line)
        self.note(self._counted(frame))

    def _code_width(self, frame: ScriptFrame) -> int:
        """Return the cells of code: what the update's lines need, as long as there is room beside them."""
        window, room = frame.window, self.columns - _GUTTER
        touched = [] if window is None else [one for one in frame.lines_touched if one <= len(frame.lines)]
        longest = max((len(frame.lines[one - 1]) for one in touched), default=_LEAST)
        return max(_LEAST, min(longest + 1, _CODE if room < 96 else 60, room - _BESIDE))

    def _counted(self, frame: ScriptFrame) -> str:
        """Say which pass of a loop it is, and how deep in calls."""
        event = frame.event
        if event is None or frame.window is None:
            return ""
        parts = [f"line {frame.place(event.line)}"]
        if event.count:
            parts.append(f"pass {event.count} of {passes(frame.window, frame.at)}")
        if event.depth > 0:
            parts.append(f"{event.depth} call{'s' if event.depth > 1 else ''} deep")
        return "  ".join(
            [*parts, f"statement {frame.at + 1:,} of {len(frame.window.events):,} in update {frame.update:,}"]
        )

    def _reveal(self, line: int) -> None:
        row, top, height = self._row_of.get(line, 0), self.scroll_offset.y, self.size.height
        if not top + 1 <= row < top + height - 2:
            self.scroll_to(y=max(0, row - height // 3), animate=False, immediate=True)
            if not self.scroll_offset.y <= row < self.scroll_offset.y + height:
                self._revealed = ()  # there was no room yet: the next frame tries again
                self.app.call_later(self.redraw)

    def line_count(self, frame: ScriptFrame) -> int:
        """Return the number of rows."""
        return len(self._rows)

    def line_at(self, frame: ScriptFrame, row: int) -> Text:
        """Return a line of the file with what it made."""
        shown = self._rows[row]
        if shown.was is not None:
            return Text("       ", no_wrap=True).append(f"− {shown.was}", f"dim {NEGATIVE}")
        line = shown.line
        here = frame.event is not None and frame.event.line == line
        at = number_at(frame, line)
        text = Text(no_wrap=True)
        text.append("●" if line in frame.stop_lines else " ", NEGATIVE)
        meaning = None if at is None or frame.window is None else _meaning(frame.window, at)
        text.append(f"{frame.place(line):>4}", "bold reverse" if here else "dim")
        text.append("▶" if here else "✗" if meaning is not None and meaning.right is False else " ", "bold")
        text.append("+" if line in frame.changed else " ", POSITIVE)
        code = self._code[line - 1].copy() if line <= len(self._code) else Text()
        said = Text() if at is None or frame.window is None else beside(frame, at, self.columns - _GUTTER - self._width)
        if at is None and frame.window is not None:
            code.stylize("dim")
        if said.plain:
            code.truncate(self._width - 1, overflow="ellipsis")
            code.pad_right(self._width - code.cell_len)
        if here:
            code.stylize("bold")
        return text.append_text(code).append_text(said)

    def on_click(self, event: events.Click) -> None:
        """Look at the line that was clicked."""
        row = self.scroll_offset.y + event.get_content_offset_capture(self).y
        if 0 <= row < len(self._rows):
            self.post_message(self.LineChosen(self._rows[row].line))

    def copied(self) -> str:
        """Return the line that is looked at."""
        frame = self.frame
        return "" if frame is None or frame.event is None else frame.lines[frame.event.line - 1].strip()


def number_at(frame: ScriptFrame, line: int) -> int | None:
    """Return which run of a line is shown: the last one up to where it is, else the next; None where it does not run."""
    window = frame.window
    if window is None:
        return None
    numbers = window.numbers_of_line.get((frame.file, line))
    if not numbers:
        return None
    place = bisect_right(numbers, frame.at) - 1
    return numbers[max(0, place)]


def _meaning(window: Window, at: int) -> Meaning | None:
    record = window.backward.get(at)
    return None if record is None else window.meanings[record]


def beside(frame: ScriptFrame, at: int, width: int) -> Text:
    """Return what is said beside a line: its value, and which derivative that is or should be."""
    window = frame.window
    assert window is not None  # noqa: S101  (there is a statement of it)
    text = Text(no_wrap=True)
    event = window.events[at]
    later = at > frame.at
    record, meaning = window.records.get(at), _meaning(window, at)
    made = window.made.get(at, [])
    mended = frame.once_mended(event) if meaning is None else ""
    several = [one for one in made if one.record >= 0]
    if len(several) > 1:
        return _several(window, [one.record for one in several], dim=later)
    if event.count:
        text.append(f"pass {event.count}", "dim")
    elif record is not None:
        named = len(mended) if meaning is None else len(meaning.text)
        room = max(_NUMBER, width - named - 6) if named else width
        text.append(value_text(window.graph.value(record), room), "dim" if later else "")
    elif made:
        text.append(" ".join(one.text for one in made), "dim")
    if meaning is not None and meaning.right is False:
        long = f"  ✗ should be {meaning.text}"
        text.append(long if text.cell_len + len(long) <= width else f"  ✗ {meaning.text}", f"bold {NEGATIVE}")
    elif meaning is not None:
        text.append("  = ", POSITIVE).append(_fitted(meaning.text, width - text.cell_len - 2), POSITIVE)
        text.append(" ✓", POSITIVE)
    elif mended:
        text.append(f"  {mended}", "dim")
    return text


def _fitted(name: str, room: int) -> str:
    """Return a name in as many cells as there are, so that the mark after it is in sight; *Step* has the whole."""
    return name if len(name) <= room else f"{name[: max(1, room - 1)]}…"


def _several(window: Window, records: list[int], *, dim: bool) -> Text:
    """Return the values of a statement that made several, each with whether it is right where it is a derivative."""
    text = Text(no_wrap=True)
    for record in records:
        value, meaning = window.graph.value(record), window.meanings.get(record)
        text.append("  " * bool(text.plain)).append(value_text(value, _LEAST // 2), "dim" if dim else "")
        if meaning is not None and meaning.right is not None:
            text.append("✓" if meaning.right else "✗", POSITIVE if meaning.right else f"bold {NEGATIVE}")
    return text
