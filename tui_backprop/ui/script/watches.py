"""The panel *Watches* of a script: where its run halts, and what is shown at each update."""

from __future__ import annotations

from rich.text import Text

from tui_backprop.session.script_run.frame import ScriptFrame, WatchedValue
from tui_backprop.ui.drawing.bars import sparkline
from tui_backprop.ui.panels.panel import PicturePanel
from tui_backprop.ui.script.values import value_text

_SPARKS = 16  # updates of a sparkline


class ScriptWatchesPanel(PicturePanel[ScriptFrame]):
    """A line for each breakpoint and each watch."""

    name_shown = "Watches"

    def draw(self, frame: ScriptFrame) -> list[Text]:
        """Write the lines."""
        lines = [_watch(one, self.columns) for one in frame.watches]
        for text, enabled, hits in frame.stops:
            line = Text("● " if enabled else "○ ", style="bold" if enabled else "dim", no_wrap=True)
            lines.append(line.append(f"{text}  hits {hits:,}", "" if enabled else "dim"))
        return lines or [Text("k adds a breakpoint or a watch", style="dim")]


def _watch(one: WatchedValue, width: int) -> Text:
    line = Text(f"{one.text} ", no_wrap=True)
    if isinstance(one.value, str):
        return line.append(one.value, "italic")
    line.append(value_text(one.value, max(9, width - len(one.text) - 2)) if one.value is not None else "·", "bold")
    return line.append(f"  {sparkline(list(one.past[-_SPARKS:]))}" if len(one.past) > 1 else "")
