"""The drawing of a network: units as cards, weights as lines between them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from rich.style import Style

from tui_backprop.core.arrays import Array, Indices
from tui_backprop.core.network import Network
from tui_backprop.session.pictures.network import EntryLayer, NetworkPicture, UnitLayer
from tui_backprop.ui.drawing.canvas import Canvas, heat_map
from tui_backprop.ui.drawing.charts.lines import LineField, draw_lines
from tui_backprop.ui.drawing.numbers import signed_short
from tui_backprop.ui.drawing.spots import Spot
from tui_backprop.ui.drawing.tints import LEVELS, chip_style, lamp, level_of, line_style, sign_of
from tui_backprop.ui.drawing.unit_layout import Card, UnitLayout, label_room
from tui_backprop.ui.theme import RGB

_STRONG = 0.5  # share of the largest weight from which a line is thick
_FRAME = LEVELS // 2  # least brightness of a frame
_WEIGHT_LETTERS = {"parameter": "w", "gradient": "∂w", "change": "Δw"}
_ENTRY_LETTERS = {"parameter": "b", "gradient": "∂", "change": "Δ"}
_UNIT_LETTERS = {"z": "z", "a": "a", "delta": "δ"}
_FRAMES = {False: "╭─╮│╰╯", True: "┏━┓┃┗┛"}  # selected or not


@dataclass(frozen=True)
class DrawingStyle:
    """How it is to be drawn."""

    ground: RGB | None
    """The colour below everything; None where colours cannot be shaded."""
    selected: Spot
    mark: str
    """Style of what is selected."""


class NetworkDrawing:
    """One picture drawn by one plan; afterwards it knows what is at a cell."""

    def __init__(
        self,
        network: Network,
        plan: UnitLayout,
        picture: NetworkPicture,
        surfaces: Sequence[Array | None],
        look: DrawingStyle,
    ) -> None:
        self._network, self._plan, self._picture, self._look = network, plan, picture, look
        self._top = int(plan.heading)
        self.canvas = Canvas(plan.columns, plan.rows + self._top)
        self._fields = [self._draw_weights(entries) for entries in picture.entries]
        for entries in picture.entries:
            self._draw_labels(entries)
        for units in picture.units:
            for j, card in enumerate(plan.cards[units.layer]):
                surface = surfaces[units.layer]
                self._draw_unit(units, j, card, None if surface is None else surface[j])
        self._draw_targets()
        if plan.heading:
            self._draw_heading()

    def spot(self, column: int, row: int) -> Spot | None:
        """Return what is drawn at a cell; None where nothing is."""
        row -= self._top
        for layer, cards in enumerate(self._plan.cards):
            for j, card in enumerate(cards):
                if card.holds(column, row):
                    return Spot("unit", layer, j)
        for entries, field in zip(self._picture.entries, self._fields, strict=True):
            left, width = self._plan.gap(entries.layer)
            if left <= column < left + width and 0 <= row < self._plan.rows and field.owner[row, column - left] >= 0:
                source, unit = divmod(int(field.owner[row, column - left]), entries.weights.shape[1])
                return Spot("weight", entries.layer, unit, source)
        return None

    # Weights.

    def _draw_weights(self, entries: EntryLayer) -> LineField:
        plan, look = self._plan, self._look
        fan_in, fan_out = entries.weights.shape
        values = entries.weights.ravel()
        with np.errstate(all="ignore"):
            share = np.nan_to_num(np.abs(values) / entries.scale, nan=1.0, posinf=1.0)
        weight = share.copy()  # what is selected lies above the rest, whatever its size
        for i, j in self._marked(entries):
            weight[i * fan_out + j] += 2.0
        chosen = self._chosen(entries.layer)
        if chosen is not None:
            weight[chosen] += 4.0
        rank: Indices = np.empty(len(values), dtype=np.int64)
        rank[np.argsort(weight, kind="stable")] = np.arange(len(values))
        middles = [
            np.array([card.middle for card in plan.cards[layer]]) for layer in (entries.layer - 1, entries.layer)
        ]
        starts, ends = np.repeat(middles[0], fan_out), np.tile(middles[1], fan_in)
        left, width = plan.gap(entries.layer)
        field = draw_lines(width, plan.rows, starts, ends, rank, values < 0, share > _STRONG)
        styles = [line_style(sign_of(value), level_of(value, entries.scale), look.ground) for value in values.tolist()]
        if chosen is not None:
            styles[chosen] = Style(bold=True)
        rows, columns = np.nonzero(field.glyphs)
        for row, column, glyph, owner in zip(
            (rows + self._top).tolist(),
            (columns + left).tolist(),
            field.glyphs[rows, columns].tolist(),
            field.owner[rows, columns].tolist(),
            strict=True,
        ):
            self.canvas.put(column, row, chr(glyph), styles[owner])
        return field

    def _chosen(self, layer: int) -> int | None:
        """Return the flat index of the selected weight if it is of this layer."""
        spot = self._look.selected
        if spot.kind != "weight" or spot.layer != layer:
            return None
        return spot.source * self._network.sizes[layer] + spot.unit

    def _marked(self, entries: EntryLayer) -> list[tuple[int, int]]:
        """Return the weights, (from, to), that come into the selected unit; of a selected input those that leave it."""
        spot, (fan_in, fan_out) = self._look.selected, entries.weights.shape
        if spot.layer == entries.layer:
            return [(i, spot.unit) for i in range(fan_in)]
        if spot.layer == 0 and entries.layer == 1:
            return [(spot.unit, j) for j in range(fan_out)]
        return []

    def _draw_labels(self, entries: EntryLayer) -> None:
        """Write numbers on the weights: on all, or else on those of the selected unit, or else on the selected one."""
        fan_in, fan_out = entries.weights.shape
        every = tuple(np.ndindex(fan_in, fan_out)) if fan_in * fan_out <= self._plan.rows else ()
        chosen = self._chosen(entries.layer)
        one = () if chosen is None else (divmod(chosen, fan_out),)
        name, single = f"{_WEIGHT_LETTERS[entries.shown]}{entries.layer}", fan_in * fan_out == 1
        longest = f"{name} " if single else f"{name}[{fan_in - 1},{fan_out - 1}] "
        room = label_room(self._plan, entries.layer, len(longest), (every, tuple(self._marked(entries)), one))
        if room is None:
            return
        for (i, j), (column, row) in room.places.items():
            value = float(entries.weights[i, j])
            text = signed_short(value, room.digits)
            if room.named:
                text = f"{name} {text}" if single else f"{name}[{i},{j}] {text}".rjust(len(longest) + room.digits)
            style = line_style(sign_of(value), LEVELS, self._look.ground)
            self._write(column, row, text, self._look.mark if (i, j) in one else style)

    # Units.

    def _draw_unit(self, units: UnitLayer, j: int, card: Card, surface: Array | None) -> None:
        spot = self._look.selected
        here = spot.kind != "weight" and (spot.layer, spot.unit) == (units.layer, j)
        value = None if units.values is None else float(units.values[j])
        left, top, width, height = card.left, card.top, card.width, card.height
        if surface is not None:
            self._draw_surface(surface, left, top)
            text = self._plan.text if height > 1 else 5
            left, width = left + width - text, text
        if card.framed:
            self._draw_frame(units, j, card, value, here=here)
            left, top, width, height = left + 1, top + 1, width - 2, height - 2
        facts = self._facts(units, j, height)
        for row, (letter, number) in enumerate(facts, start=top + (height - len(facts)) // 2):
            self._draw_fact(units, (left, row, width), letter, number, row_selected=here and self._is_mark(letter))

    def _is_mark(self, letter: str) -> bool:
        """Whether a line of the selected unit is the one that is selected: its bias, or its value."""
        return (self._look.selected.kind == "bias") == (letter in _ENTRY_LETTERS.values())

    def _facts(self, units: UnitLayer, j: int, lines: int) -> list[tuple[str, float | None]]:
        """Return what a unit has room to say, letter and value; None where it is not known yet."""
        known = {_UNIT_LETTERS[kind]: float(values[j]) for kind, values in units.known.items()}
        if units.layer == 0:
            return [("x", known.get("a"))]
        entries = self._picture.entries[units.layer - 1]
        bias = (_ENTRY_LETTERS[entries.shown], float(entries.biases[j]))
        shown = _UNIT_LETTERS[units.shown] if units.shown is not None else "a"
        letters = [shown] if lines < 3 else ["a", "δ"] if shown == "δ" and lines == 3 else ["z", "a", "δ"][: lines - 1]
        facts: list[tuple[str, float | None]] = [(letter, known.get(letter)) for letter in letters]
        return facts if lines == 1 else [*facts, bias]

    def _draw_fact(
        self, units: UnitLayer, place: tuple[int, int, int], letter: str, value: float | None, *, row_selected: bool
    ) -> None:
        """Write one line of a unit: what it shows is on a ground of its sign and size, the rest is plain."""
        left, row, width = place
        shown = letter == "x" or (units.shown is not None and letter == _UNIT_LETTERS[units.shown])
        sign, level = (0, 0) if value is None else (sign_of(value), level_of(value, units.scale))
        if width == 1:
            text = "·" if value is None else lamp(level)
            style: str | Style = line_style(sign, level, self._look.ground)
        else:
            digits = 7 if width >= 9 else 5
            number = "·".rjust(digits) if value is None else signed_short(value, digits)
            head = letter if width > digits else ""
            if shown and value is not None and self._look.ground is None and width > digits:
                head = lamp(level)
            text = f"{head}{number.rjust(width - len(head))}"
            style = chip_style(sign, level, self._look.ground) if shown and value is not None else "dim"
        if row_selected:
            style = self._look.mark
        self._write(left, row, text, style)

    def _draw_frame(self, units: UnitLayer, j: int, card: Card, value: float | None, *, here: bool) -> None:
        corners = _FRAMES[here]
        style: str | Style = "bold" if here else "dim"
        if not here and value is not None:
            style = line_style(sign_of(value), max(_FRAME, level_of(value, units.scale)), self._look.ground)
        name = f"{j}" if self._network.sizes[units.layer] > 1 else ""
        inner = card.width - 2
        self._write(
            card.left, card.top, corners[0] + f"{corners[1]}{name}".ljust(inner, corners[1]) + corners[2], style
        )
        for row in range(card.top + 1, card.top + card.height - 1):
            self._write(card.left, row, corners[3] + " " * inner + corners[3], style)
        self._write(card.left, card.top + card.height - 1, corners[4] + corners[1] * inner + corners[5], style)

    def _draw_surface(self, surface: Array, left: int, top: int) -> None:
        """Put the response of a unit, x2 upwards."""
        self.canvas.paste(heat_map(surface[::-1], colored=self._look.ground is not None), left, top + self._top)

    # The rest.

    def _draw_targets(self) -> None:
        target, column = self._picture.target, self._plan.target
        if target is None or column is None:
            return
        for k, card in enumerate(self._plan.cards[-1]):
            self._write(column + 1, card.middle, f"y{signed_short(float(target[k]))}", "dim")

    def _draw_heading(self) -> None:
        """Write what each column is, reversed where the signal is, and which way it flows between them."""
        signal, plan = self._picture.signal, self._plan
        for layer, cards in enumerate(plan.cards):
            card, room = cards[0], [plan.gap(one)[1] for one in (layer, layer + 1) if 0 < one <= self._network.depth]
            name = "x" if layer == 0 else f"{layer} {self._network.activation_names[layer - 1]}"
            if len(name) > card.width + min(room) - 4:
                name = f"{layer}"
            column = min(max(0, card.left + (card.width - len(name)) // 2), plan.columns - len(name))
            style = "bold reverse" if signal is not None and signal.layer == layer else "bold"
            self.canvas.write(column, 0, name, style)
        if signal is not None and signal.crossing is not None:
            left, width = plan.gap(signal.crossing)
            arrows = ("◂ " if signal.backward else "▸ ") * (max(2, width - 6) // 2)
            self.canvas.write(left + (width - len(arrows)) // 2, 0, arrows.rstrip(), "bold")

    def _write(self, column: int, row: int, text: str, style: str | Style) -> None:
        """Write below the heading."""
        self.canvas.write(column, row + self._top, text, style)
