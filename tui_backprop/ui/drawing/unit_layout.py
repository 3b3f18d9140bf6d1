"""Where the units of a network are in a drawing, and where there is room for numbers."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

_FULL, _SHORT, _DOT = 9, 6, 1  # cells of a unit's text: `a +0.5263`, `a+0.53` and a mark alone
_NUMBER = 5  # cells of a number without a letter
_TARGET = 8  # cells of the column of targets
_SURFACES = (8, 6, 5, 4, 3, 2, 1)  # rows of a unit's surface, the largest first
_LINES = 4  # most lines of text in a unit
_ALONG = (0.5, 0.35, 0.65, 0.22, 0.78, 0.1, 0.9)  # where on a line its number may stand


@dataclass(frozen=True)
class Card:
    """The place of one unit."""

    left: int
    top: int
    width: int
    height: int
    surface: int
    """Columns of the surface at its left; 0 without one."""
    framed: bool
    middle: int
    """Row at which its weights come in and go out."""

    @property
    def right(self) -> int:
        """First column behind it."""
        return self.left + self.width

    def holds(self, column: int, row: int) -> bool:
        """Whether a cell belongs to it."""
        return self.left <= column < self.right and self.top <= row < self.top + self.height


@dataclass(frozen=True)
class UnitLayout:
    """A drawing of units and weights."""

    columns: int
    rows: int
    heading: bool
    """Whether there is a row for headings above everything; rows of cards count from below it."""
    text: int
    """Cells of a unit's text: 9, 6 or 1."""
    cards: tuple[tuple[Card, ...], ...]
    """For each layer, the input first, one for each unit."""
    target: int | None
    """Column of the targets; None where there is no room."""

    def gap(self, layer: int) -> tuple[int, int]:
        """Return first column and width of the room for the weights of a layer, 1 … depth."""
        left = self.cards[layer - 1][0].right
        return left, self.cards[layer][0].left - left


def plan_units(sizes: tuple[int, ...], columns: int, rows: int, *, surfaces: bool) -> UnitLayout | None:
    """Find the richest drawing of a network that fits; None where it is too large to be drawn unit by unit.

    Args:
        sizes: units of each layer, the input first.
        columns: cells from left to right.
        rows: cells from top to bottom.
        surfaces: whether every unit after the input has a surface of its own.
    """
    largest = max(sizes)
    heading = rows > largest and not (surfaces and rows // largest == 2 > (rows - 1) // largest)
    rows -= heading
    if largest > rows or columns < 4 * len(sizes):
        return None
    caps = _SURFACES if surfaces else (0,)
    tries = [(_FULL, cap, True, True, 10) for cap in caps if cap != 1] + [(_SHORT, cap, True, True, 7) for cap in caps]
    tries += [(_SHORT, cap, False, False, gap) for gap in (5, 4) for cap in sorted({min(1, *caps), 0}, reverse=True)]
    tries.append((_DOT, 0, False, False, 2))
    for text, cap, wide, target, least in tries:
        shapes = [_shape(layer, rows // size, text, cap, wide=wide) for layer, size in enumerate(sizes)]
        free = columns - sum(width for width, *_ in shapes) - (_TARGET if target else 0)
        if free < least * (len(sizes) - 1):
            continue
        cards, left = [], 0
        for i, (size, shape) in enumerate(zip(sizes, shapes, strict=True)):
            cards.append(_column(size, rows, left, shape))
            left += shape[0] + free * (i + 1) // (len(sizes) - 1) - free * i // (len(sizes) - 1)
        return UnitLayout(columns, rows, heading, text, tuple(cards), columns - _TARGET if target else None)
    return None


_Shape = tuple[int, int, int, bool]
"""Width, height, columns of the surface, and whether it is framed."""


def _shape(layer: int, slot: int, text: int, cap: int, *, wide: bool) -> _Shape:
    """Return what a unit looks like that has `slot` rows."""
    room = slot - 1 if slot > (2 if cap else 4) else slot
    if cap and layer:
        height = min(room, cap)
        beside = text if height > 1 else _NUMBER
        return 2 * height + wide + beside, height, 2 * height, False
    lines = 1 if layer == 0 else _LINES
    if wide and slot >= 3:
        return text + 2, min(room, lines + 2), 0, True
    return text, 1 if text == _DOT else min(slot, lines, 2), 0, False


def _column(size: int, rows: int, left: int, shape: _Shape) -> tuple[Card, ...]:
    """Spread the units of a layer evenly from top to bottom."""
    width, height, surface, framed = shape
    cards = []
    for j in range(size):
        top = min(((2 * j + 1) * rows - (height - 1) * size) // (2 * size), rows - height)
        middle = min((2 * j + 1) * rows // (2 * size), top + height - 1)  # of an even height the lower of the two
        cards.append(Card(left, top, width, height, surface, framed, middle))
    return tuple(cards)


@dataclass(frozen=True, eq=False)
class Labels:
    """Room for the numbers of some weights of a layer."""

    places: dict[tuple[int, int], tuple[int, int]]
    """Column and row of each, by (from, to)."""
    digits: int
    """Cells of each number."""
    named: bool
    """Whether there is room for its name before it."""


@lru_cache(maxsize=64)
def label_room(
    plan: UnitLayout, layer: int, name: int, choices: tuple[tuple[tuple[int, int], ...], ...]
) -> Labels | None:
    """Find room for numbers on the lines of a layer's weights.

    Args:
        plan: where everything is.
        layer: 1 … depth.
        name: cells of a name and the space behind it.
        choices: sets of weights, (from, to) each; the first set that has room as a whole gets its numbers.
    """
    _, gap = plan.gap(layer)
    for wanted in choices:
        for digits, named, margin, spacing in ((7, True, 6, 3), (7, False, 2, 2), (5, False, 2, 1)):
            width = digits + name * named
            if not wanted or gap < width + margin or len(wanted) * spacing > plan.rows:
                continue
            places = _on_their_lines(plan, layer, width, wanted)
            if places is not None:
                return Labels(places, digits, named)
    return None


def _on_their_lines(
    plan: UnitLayout, layer: int, width: int, wanted: tuple[tuple[int, int], ...]
) -> dict[tuple[int, int], tuple[int, int]] | None:
    """Place each where it covers no other, in the middle of its line if possible; None unless all find a place."""
    left, gap = plan.gap(layer)
    taken: set[tuple[int, int]] = set()
    found = {}
    for i, j in wanted:
        start, end = plan.cards[layer - 1][i].middle, plan.cards[layer][j].middle
        for share in _ALONG:
            column = left + min(max(1, round(share * (gap - 1)) - width // 2), gap - width - 1)
            row = round(start + (end - start) * (column - left + (width - 1) / 2) / (gap - 1))
            cells = {(column + k, row) for k in range(-1, width + 1)}
            if not cells & taken:
                taken |= cells
                found[i, j] = (column, row)
                break
        else:
            return None
    return found
