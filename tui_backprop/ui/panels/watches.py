"""The panel *Watches*: breakpoints with their hits, and watched values with their past."""

from __future__ import annotations

from rich.text import Text

from tui_backprop.session.frames.frame import BreakpointView, Frame, WatchView
from tui_backprop.ui.drawing.bars import sparkline
from tui_backprop.ui.drawing.numbers import signed
from tui_backprop.ui.panels.panel import PicturePanel

_SPARKS = 16  # characters of a sparkline

_EMPTY = "k adds a condition at which the run halts, such as loss < 0.1, or a value to watch, such as grad_norm."


class WatchesPanel(PicturePanel[Frame]):
    """Where the run halts, and what is shown as it goes on."""

    name_shown = "Watches"

    def draw(self, frame: Frame) -> list[Text]:
        """Write a line for each, and for a breakpoint that cannot be checked why."""
        lines = [_breakpoint(one) for one in frame.breakpoints] + [_watch(one) for one in frame.watches]
        return lines or list(Text(_EMPTY, style="dim").wrap(self.app.console, max(10, self.columns)))


def _breakpoint(one: BreakpointView) -> Text:
    line = Text("● " if one.enabled else "○ ", style="bold" if one.enabled else "dim", no_wrap=True)
    line.append(f"{one.text}  hits {one.hits:,}", "" if one.enabled else "dim")
    if one.problem:
        return line.append(f"  {one.problem.rpartition(': ')[2]}", "italic")
    aside = [*(["once"] if one.once else []), *([f"every {one.interval:,} steps"] if one.interval > 1 else [])]
    return line.append("".join(f"  {part}" for part in aside), "dim")


def _watch(one: WatchView) -> Text:
    values = one.trace.values.tolist()
    sparks = sparkline(values[:: max(1, len(values) // _SPARKS)][-_SPARKS:])
    line = Text(f"{one.text} ", no_wrap=True).append(signed(one.value), "bold").append(f"  {sparks}")
    return line.append("  on the chart" if one.on_chart else "", "dim")
