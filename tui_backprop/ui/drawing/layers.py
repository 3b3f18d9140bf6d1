"""The drawing of a network too large for its units: layers and weight matrices with norms and histograms."""

from __future__ import annotations

from dataclasses import dataclass

from rich.style import Style

from tui_backprop.core.arrays import Array
from tui_backprop.core.network import Network
from tui_backprop.session.pictures.network import NetworkPicture, Signal, spread_of
from tui_backprop.ui.drawing.bars import columns_of
from tui_backprop.ui.drawing.canvas import Canvas
from tui_backprop.ui.drawing.network import DrawingStyle
from tui_backprop.ui.drawing.numbers import MINUS, four_digits, signed_short
from tui_backprop.ui.drawing.spots import Spot
from tui_backprop.ui.drawing.tints import LEVELS, half_block, lamp, level_of, line_style, sign_of
from tui_backprop.ui.theme import RGB, sign_shade, text_on

_NARROWEST = 8  # columns of a block of its own for the weights between two layers
_WORDY = 11  # columns from which a block has room for words
_UNIT_LETTERS = {"z": "z", "a": "a", "delta": "δ"}
_ENTRY_LETTERS = {"parameter": "w", "gradient": "∂w", "change": "Δw"}


@dataclass(frozen=True, eq=False)
class Block:
    """A layer of units, or the weights into one."""

    name: str
    counted: str
    letter: str
    values: Array | None
    """None where they are not known yet."""
    scale: float
    spot: Spot
    reached: bool
    """Whether the signal is there."""


class LayersDrawing:
    """Blocks from left to right, the weights between their layers, or where these would be too narrow above them."""

    def __init__(self, network: Network, picture: NetworkPicture, size: tuple[int, int], look: DrawingStyle) -> None:
        self._look = look
        self.canvas = Canvas(*size)
        self._places: list[tuple[int, int, int, int, Spot]] = []
        columns, rows = size
        signal = picture.signal or Signal()
        units = [_units(network, picture, layer, signal) for layer in range(network.depth + 1)]
        weights = [_weights(network, picture, layer, signal) for layer in range(1, network.depth + 1)]
        if columns // (2 * network.depth + 1) >= _NARROWEST:
            blocks = [units[0], *(block for pair in zip(weights, units[1:], strict=True) for block in pair)]
            self._draw_row(blocks, 0, rows)
        else:
            upper = (rows + 1) // 2
            self._draw_row([None, *weights], 0, upper)
            self._draw_row([*units], upper, rows - upper)

    def spot(self, column: int, row: int) -> Spot | None:
        """Return the first unit or weight of the block at a cell."""
        found = (
            spot for left, top, width, height, spot in self._places if _inside(column - left, row - top, width, height)
        )
        return next(found, None)

    def _draw_row(self, blocks: list[Block | None] | list[Block], top: int, rows: int) -> None:
        columns = self.canvas.columns + 2
        for i, block in enumerate(blocks):
            left, end = columns * i // len(blocks), columns * (i + 1) // len(blocks)
            if block is not None:
                self._draw_block(block, left, top, end - left - 2, rows)
                self._places.append((left, top, end - left, rows, block.spot))

    def _draw_block(self, block: Block, left: int, top: int, width: int, rows: int) -> None:
        """Write name, number and length, and draw the units if there is room, and the histogram over its span."""
        style = "bold reverse" if block.reached else self._look.mark if self._is_selected(block) else "bold"
        wordy = width >= _WORDY - 2
        self.canvas.write(left, top, _fitting(block.name, width), style)
        heads = [_fitting(block.counted, width)] if rows > 5 else []
        spread = None if block.values is None else spread_of(block.values, width)
        norm = "·" if spread is None else four_digits(spread.norm)
        if not wordy and len(norm) > width and spread is not None:
            norm = signed_short(spread.norm, 5)[1:]
        heads.append(f"‖{block.letter}‖ {norm}" if wordy else norm)
        for row, text in enumerate(heads, start=top + 1):
            self.canvas.write(left, row, text, "dim" if row == top + 1 and len(heads) > 1 else "")
        if spread is None or block.values is None:
            return
        gap = int(rows > 10)  # between the words and what is drawn
        at = top + 1 + len(heads) + gap
        free = rows - 1 - len(heads) - gap - int(rows > 5)
        if block.spot.kind == "unit" and free >= 8:
            at, free = self._draw_units(block, block.values, (left, at), (width, free))
        middles = [spread.low + (spread.high - spread.low) * (column + 0.5) / width for column in range(width)]
        styles = [line_style(sign_of(middle), LEVELS, self._look.ground) for middle in middles]
        for row, line in enumerate(
            columns_of((spread.counts / max(1, int(spread.counts.max(initial=0)))).tolist(), max(1, free)), start=at
        ):
            for column, (glyph, style_of_bin) in enumerate(zip(line, styles, strict=True), start=left):
                if glyph != " ":
                    self.canvas.put(column, row, glyph, style_of_bin)
        if rows > 5:
            self.canvas.write(left, top + rows - 1, _span(spread.low, spread.high, width), "dim")

    def _draw_units(self, block: Block, values: Array, at: tuple[int, int], room: tuple[int, int]) -> tuple[int, int]:
        """Draw each unit as a part of a square, in reading order; return the row below and the rows left.

        Where colours can be shaded a cell has two units, one above the other, else one, as a glyph of its size.
        """
        (left, top), (width, free), ground = at, room, self._look.ground
        side = min(width, next(n for n in range(1, 1 + len(values)) if n * n >= len(values)))
        deep = -(-len(values) // side)
        rows = deep if ground is None else -(-deep // 2)
        if rows > free - 4:
            return top, free
        levels = [(sign_of(value), level_of(value, block.scale)) for value in values.tolist()]
        chosen = self._look.selected.unit if self._is_selected(block) else -1
        for index in range(rows * side if ground is not None else len(values)):
            row, column = divmod(index, side)
            if ground is None:
                style = Style(reverse=True) if index == chosen else line_style(*levels[index], None)
                self.canvas.put(left + column, top + row, lamp(levels[index][1]), style)
                continue
            pair = [self._shade(levels, at, chosen, ground) for at in (index + row * side, index + (row + 1) * side)]
            self.canvas.put(left + column, top + row, "▄", half_block(*pair))
        return top + rows + 1, free - rows - 1

    def _is_selected(self, block: Block) -> bool:
        spot = self._look.selected
        return (spot.layer, spot.kind == "unit") == (block.spot.layer, block.spot.kind == "unit")

    @staticmethod
    def _shade(levels: list[tuple[int, int]], index: int, chosen: int, ground: RGB) -> RGB:
        """Return the colour of a unit; white for the selected one, and the ground where there is none."""
        if index >= len(levels):
            return ground
        sign, level = levels[index]
        return text_on((0, 0, 0)) if index == chosen else sign_shade(sign, level / LEVELS, ground)


def _units(network: Network, picture: NetworkPicture, layer: int, signal: Signal) -> Block:
    units = picture.units[layer]
    name = "x" if layer == 0 else f"{layer} {network.activation_names[layer - 1]}"
    letter = "x" if layer == 0 else _UNIT_LETTERS[units.shown or "a"]
    size = network.sizes[layer]
    counted = f"{size:,} unit{'s' if size > 1 else ''}"
    return Block(name, counted, letter, units.values, units.scale, Spot("unit", layer, 0), signal.layer == layer)


def _weights(network: Network, picture: NetworkPicture, layer: int, signal: Signal) -> Block:
    entries = picture.entries[layer - 1]
    letter = f"{_ENTRY_LETTERS[entries.shown]}{layer}"
    arrow = "" if signal.crossing != layer else " ◂" if signal.backward else " ▸"
    counted = "×".join(map(str, entries.weights.shape))
    spot = Spot("weight", layer, 0, 0)
    return Block(f"{letter}{arrow}", counted, letter, entries.weights, entries.scale, spot, signal.crossing == layer)


def _fitting(text: str, width: int) -> str:
    """Return a text, or its first word alone where there is no room for more."""
    return text if len(text) <= width else text.partition(" ")[0][:width]


def _span(low: float, high: float, width: int) -> str:
    """Write both ends of an axis, with as many digits as there is room for."""
    for digits in (3, 2, 1):
        ends = [
            f"{value:.{digits}g}".replace("-", MINUS).replace("e+0", "e").replace(f"e{MINUS}0", f"e{MINUS}")
            for value in (low, high)
        ]
        if sum(map(len, ends)) < width:
            return ends[0] + ends[1].rjust(width - len(ends[0]))
    return ""


def _inside(across: int, down: int, width: int, height: int) -> bool:
    return 0 <= across < width and 0 <= down < height
