"""Which layout a terminal gets, and which of the panels that share a place is seen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

Layout = Literal["tiny", "tabs", "small", "rows", "grid", "large"]

SMALLEST = (60, 18)
"""Columns and rows below which only a sentence is shown."""

FOUR = (80, 24)
"""Columns and rows from which four panels are in sight together."""

CHART = 10
"""Rows of the loss chart's panel, frame included, at the least."""

LISTS = 8
"""Rows of the panels of parameters and gradients, frames included, at the least."""

LESSON_COLUMNS = 42
"""Columns of a lesson beside the panels, as the style sheet has it."""

LAYOUTS: tuple[Layout, ...] = ("tiny", "tabs", "small", "rows", "grid", "large")


@dataclass(frozen=True)
class PanelName:
    """What a panel is called, and the key that leads to it."""

    id: str
    key: str
    name: str
    short: str
    """In the tab bar of a small terminal."""

    @property
    def tab(self) -> str:
        """Its key and its name."""
        return f"{self.key} {self.name}"

    @property
    def short_tab(self) -> str:
        """Its key and its short name."""
        return f"{self.key} {self.short}"


def fitted_tabs(panels: Sequence[PanelName], room: int, between: str, present: str = "") -> list[str]:
    """Return what a line of so many cells has of each panel: its whole name, or from the last on a short one, or its key.

    The present panel is the last to lose its short name. It is empty where there is no room for the keys.
    """
    shown = [one.tab for one in panels]
    last_first = list(enumerate(panels))[::-1]
    keys = sorted(last_first, key=lambda one: one[1].id == present)
    for i, name in [*((i, one.short_tab) for i, one in last_first), *((i, one.key) for i, one in keys)]:
        if len(between.join(shown)) > room:
            shown[i] = name
    return shown if len(between.join(shown)) <= room else []


PANELS: tuple[PanelName, ...] = (
    PanelName("loss", "1", "Loss", "Loss"),
    PanelName("prediction", "2", "Prediction", "Predict"),
    PanelName("parameters", "3", "Parameters", "Params"),
    PanelName("gradients", "4", "Gradients", "Grads"),
    PanelName("step", "5", "Step", "Step"),
    PanelName("findings", "6", "Findings", "Findings"),
    PanelName("network", "7", "Network", "Net"),
    PanelName("surface", "8", "Loss surface", "Surface"),
    PanelName("distributions", "9", "Distributions", "Sizes"),
    PanelName("hidden", "H", "Hidden space", "Hidden"),
    PanelName("curvature", "V", "Curvature", "Curvature"),
    PanelName("watches", "W", "Watches", "Watch"),
)
"""Every panel, in the order of the tab bar."""

Places = tuple[tuple[str, ...], ...]
"""Places of a layout in reading order, each with the panels that share it; the first is there until another is chosen."""

_NUMBERS: Places = (("parameters",), ("gradients",))
_ASIDE = ("network", "surface", "distributions", "step", "findings", "hidden", "curvature", "watches")
_GRID: Places = (("loss",), ("prediction",), _ASIDE, *_NUMBERS)
PLACES: Mapping[Layout, Places] = {
    "tiny": (),
    "tabs": (tuple(panel.id for panel in PANELS),),
    "small": (("loss",), ("prediction", *_ASIDE), *_NUMBERS),
    "rows": (("loss", "prediction"), _ASIDE, ("parameters", "gradients")),
    "grid": _GRID,
    "large": tuple((panel.id,) for panel in PANELS),
}


def heights(rows: int) -> tuple[int, int]:
    """Return the rows of the loss chart and of the lists below it, of so many that all panels have in the grid."""
    return max(CHART, rows * 3 // 10), max(LISTS, rows * 3 // 10)


def layout_for(columns: int, rows: int) -> Layout:
    """Return the layout made for a size: a sentence, tabs, four panels, a grid, or all panels at once."""
    if columns < SMALLEST[0] or rows < SMALLEST[1]:
        return "tiny"
    if columns < FOUR[0] or rows < FOUR[1]:
        return "tabs"
    if columns < 100 or rows < 30:
        return "small"
    return "large" if columns >= 160 and rows >= 48 else "grid"


def lesson_is_beside(columns: int) -> bool:
    """Whether a lesson is beside the panels; where there is no room for that it is below them."""
    return columns >= 100


def layout_with_lesson(columns: int, rows: int) -> Layout:
    """Return the layout of the panels while a lesson takes its part of the screen.

    Beside a lesson there may be no room for two panels in a row, but still for rows.
    """
    alone = layout_for(columns, rows)
    if alone in ("tiny", "tabs", "small"):
        return "tiny" if alone == "tiny" else "tabs"
    beside = layout_for(columns - LESSON_COLUMNS, rows)
    return "rows" if beside in ("tiny", "tabs", "small") else beside


def in_front(places: Places, chosen: Sequence[str]) -> tuple[str, ...]:
    """Return the panel that is seen at each place; `chosen` are those that were gone to, the last one last."""
    rank = {name: i for i, name in enumerate(chosen, start=1)}
    return tuple(max(place, key=lambda name: rank.get(name, 0)) for place in places)


def behind(places: Places, name: str) -> tuple[str, ...]:
    """Return the panels that share a panel's place."""
    shared = next((place for place in places if name in place), ())
    return tuple(other for other in shared if other != name)
