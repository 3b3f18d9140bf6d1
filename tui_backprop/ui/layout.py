"""Which layout a terminal gets."""

from __future__ import annotations

from typing import Literal

Layout = Literal["tiny", "tabs", "grid", "large"]

SMALLEST = (60, 18)
"""Columns and rows below which only a sentence is shown."""

LAYOUTS: tuple[Layout, ...] = ("tiny", "tabs", "grid", "large")


def layout_for(columns: int, rows: int) -> Layout:
    """Return the layout made for a size: a sentence, tabs, a grid, or a grid with room to breathe."""
    if columns < SMALLEST[0] or rows < SMALLEST[1]:
        return "tiny"
    if columns < 100 or rows < 30:
        return "tabs"
    return "large" if columns >= 160 and rows >= 48 else "grid"
