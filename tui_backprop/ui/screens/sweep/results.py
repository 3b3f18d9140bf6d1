"""What came of a sweep, on the screen: the map with its cursor, and the seeds of the cell under it."""

from __future__ import annotations

from typing import ClassVar

from rich.text import Text
from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from tui_backprop.session.sweep.outcome import Outcome
from tui_backprop.session.sweep.plan import SweepPlan, field_label
from tui_backprop.session.sweep.summary import Cell, Summary
from tui_backprop.session.sweep.sweep import Sweep
from tui_backprop.session.sweep.view import MEASURES, Seeds, SweepMap, seeds_of, sweep_map
from tui_backprop.ui.drawing.sweep import MapRoom, draw_map, draw_seeds
from tui_backprop.ui.panels.panel import colors_of


class _Lines(Widget):
    """A bordered view whose lines are all made at once."""

    def __init__(self, view_id: str) -> None:
        super().__init__(id=view_id, classes="view")
        self._lines: list[Text] = []

    def draw(self) -> list[Text]:
        """Return all lines for the present size."""
        raise NotImplementedError

    def redraw(self) -> None:
        """Make the lines again."""
        if self.size.width and self.size.height:
            self._lines = self.draw()
            self.refresh()

    def on_resize(self) -> None:
        """Draw for the new size."""
        self.redraw()

    def render_line(self, y: int) -> Strip:
        """Render one line."""
        text = self._lines[y].copy() if y < len(self._lines) else Text()
        text.truncate(self.size.width, overflow="ellipsis")
        strip = Strip(text.render(self.app.console, end=""))
        return strip.adjust_cell_length(self.size.width).apply_style(self.rich_style)


class MapView(_Lines, can_focus=True):
    """A map over two of the varied fields."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "move(-1, 0)", "up", show=False),
        Binding("down", "move(1, 0)", "down", show=False),
        Binding("left", "move(0, -1)", "left", show=False),
        Binding("right", "move(0, 1)", "right", show=False),
        Binding("enter", "open", "open run"),
    ]

    class Moved(Message):
        """Another cell is under the cursor, or it has other runs."""

    class Opened(Message):
        """The user wants to see a run of the cell in the trainer."""

    def __init__(self) -> None:
        super().__init__("map")
        self._sweep: Sweep | None = None
        self._order: list[str] = []
        self._held: dict[str, int] = {}
        self._measure = "median"
        self._cursor = (0, 0)
        self._map: SweepMap | None = None
        self._room: MapRoom | None = None
        self.border_title = Text("Map")

    def show(self, sweep: Sweep) -> None:
        """Draw what has come of a sweep so far."""
        names = [axis.name for axis in sweep.plan.axes]
        if sweep is not self._sweep or sorted(names) != sorted(self._order):
            self._order, self._held, self._cursor = names, dict.fromkeys(names, 0), (0, 0)
            self._measure = "reached" if sweep.plan.until else "median"
        self._sweep = sweep
        self.redraw()

    @property
    def cell(self) -> Cell | None:
        """The cell under the cursor; None before there is a sweep."""
        return None if self._map is None else self._map.table.cells[self._cursor[0]][self._cursor[1]]

    def draw(self) -> list[Text]:
        """Return the lines of the map."""
        if self._sweep is None:
            return []
        rows = self._order[-2] if len(self._order) > 1 else None
        columns = self._order[-1] if self._order else None
        summary = Summary(self._sweep.plan, self._sweep.outcomes)
        self._map = sweep_map(summary, rows, columns, self._held, self._measure)
        down, along = len(self._map.table.cells), len(self._map.table.cells[0])
        self._cursor = (min(self._cursor[0], down - 1), min(self._cursor[1], along - 1))
        self._room = MapRoom(self._map, self.size.width, self.size.height, self._cursor)
        held = ", ".join(f"{field_label(name)} {text}" for name, text in self._map.table.held)
        self.border_title = Text(MEASURES[self._measure] + (f"   {held}" if held else ""))
        self.border_subtitle = Text("arrows: cell   enter: open it")
        return draw_map(self._map, self._room, self._cursor, colors_of(self.app))

    def _moved(self) -> None:
        self.redraw()
        self.post_message(self.Moved())

    def action_move(self, down: int, along: int) -> None:
        """Put the cursor on another cell."""
        if self._map is not None:
            cells = self._map.table.cells
            row, column = self._cursor[0] + down, self._cursor[1] + along
            self._cursor = (max(0, min(row, len(cells) - 1)), max(0, min(column, len(cells[0]) - 1)))
            self._moved()

    def on_click(self, event: events.Click) -> None:
        """Put the cursor where it was clicked; a second click opens the run."""
        place = event.get_content_offset(self)
        cell = None if self._room is None or place is None else self._room.cell_at(place.x, place.y)
        if cell is None:
            return
        self._cursor = cell
        self._moved()
        if event.chain > 1:
            self.action_open()

    def action_open(self) -> None:
        """Open a run of the cell."""
        self.post_message(self.Opened())

    def next_measure(self) -> None:
        """Show the next measure; shares of a condition only where there is one."""
        if self._sweep is not None:
            names = [name for name in MEASURES if name != "reached" or self._sweep.plan.until]
            self._measure = names[(names.index(self._measure) + 1) % len(names)]
            self._moved()

    def turn(self) -> None:
        """Let the field along the top go behind the others, so that each pair of neighbours has its turn."""
        if len(self._order) > 1:
            self._order = [self._order[-1], *self._order[:-1]]
            self._moved()

    def hold_next(self) -> None:
        """Go to the next combination of the values of those fields that are not on the map."""
        if self._sweep is None:
            return
        sizes = {axis.name: len(axis.values) for axis in self._sweep.plan.axes}
        for name in reversed(self._order[:-2]):
            self._held[name] = (self._held[name] + 1) % sizes[name]
            if self._held[name]:
                break
        self._moved()


class SeedsView(_Lines):
    """How the seeds of a cell ended, and which run is chosen."""

    def __init__(self) -> None:
        super().__init__("distribution")
        self._cell: Cell | None = None
        self._plan: SweepPlan | None = None
        self._seeds: Seeds | None = None
        self._chosen: int | None = None
        self.border_title = Text("Seeds")

    def show(self, cell: Cell, plan: SweepPlan) -> None:
        """Draw the runs of a cell; the one nearest to the median is chosen until another is."""
        if self._cell is None or cell.number != self._cell.number or plan is not self._plan:
            self._chosen = None
        self._cell, self._plan = cell, plan
        self.redraw()

    @property
    def outcome(self) -> Outcome | None:
        """What came of the chosen run; None where none has finished."""
        if self._seeds is None or not self._seeds.ranked:
            return None
        return self._seeds.ranked[self._place(self._seeds)]

    def _place(self, seeds: Seeds) -> int:
        return seeds.middle if self._chosen is None else min(self._chosen, len(seeds.ranked) - 1)

    def choose(self, by: int) -> None:
        """Choose a run that ended better or worse."""
        if self._seeds is not None and self._seeds.ranked:
            self._chosen = max(0, min(self._place(self._seeds) + by, len(self._seeds.ranked) - 1))
            self.redraw()

    def draw(self) -> list[Text]:
        """Return the bars, the mark of the chosen run and what came of it."""
        if self._cell is None or self._plan is None:
            return []
        self._seeds = seeds = seeds_of(self._cell, self._plan, self.size.width)
        self.border_title = Text(f"Seeds   {seeds.title}".rstrip())
        self.border_subtitle = Text(", better   . worse")
        if not seeds.ranked:
            return draw_seeds(seeds, 0, 1)
        place = self._place(seeds)
        lines = draw_seeds(seeds, place, max(1, self.size.height - 3))
        return [*lines, Text(seeds.sentence(place, self._plan))]
