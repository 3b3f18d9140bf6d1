"""Distributions as lines of text: for each layer a histogram as it is now, and beside it how it came to be over the run."""

from __future__ import annotations

import math

import numpy as np
from rich.text import Text

from tui_backprop.core.arrays import Array, Indices
from tui_backprop.session.pictures.distributions import NEAR_ENDS, Distributed, DistributionPicture, LayerDistribution
from tui_backprop.text.minus import minus
from tui_backprop.ui.drawing.bars import columns_of
from tui_backprop.ui.drawing.canvas import Canvas, heat_map
from tui_backprop.ui.drawing.numbers import four_digits
from tui_backprop.ui.theme import NEGATIVE, POSITIVE, Colors, depth_color

_TALLEST = 16  # rows of a layer's drawing at the most
_GAP = 2  # cells between now and over time
_LABEL = 2  # cells for the number of a layer where it has no line of its own
_TIMES = 240  # steps of the picture over time at the most, as many as the widest screen has use for


class Room:
    """How the lines of a panel are shared between the layers, and the columns between now and over time."""

    def __init__(self, columns: int, rows: int, layers: int) -> None:
        each = max(1, (rows - 1) // layers)
        self.headed = each >= 2
        """Whether each layer has a line of its own for its numbers."""
        self.rows = min(_TALLEST, each - self.headed)
        """Lines of each layer's drawing."""
        self.label = 0 if self.headed else _LABEL
        drawn = columns - _GAP - self.label
        self.bins = max(1, drawn // 2)
        """Columns of the histogram."""
        self.times = max(2, min(_TIMES, drawn - self.bins))
        """Columns of the picture over time."""

    @property
    def bands(self) -> int:
        """Values that the picture over time tells apart."""
        return 2 * self.rows


def draw_distributions(picture: DistributionPicture, room: Room, colors: Colors) -> list[Text]:
    """Draw all layers from the first to the last, and below them the axis that they share."""
    lines = []
    columns = room.label + room.bins + _GAP + room.times
    when = _columns_in_time(picture.steps, room.times)
    for layer in picture.layers:
        if room.headed:
            lines.append(_heading(layer, picture, columns))
        now = _few(layer, picture.quantity, room) if layer.few is not None else _bars(layer, picture.quantity, room)
        past = _over_time(layer, when, room, colors)
        for row in range(room.rows):
            label = Text("" if room.headed else f"{layer.layer:<{_LABEL}}", style="bold", no_wrap=True)
            lines.append(label + now[row] + Text(" " * _GAP) + past[row])
    return [*lines, _axis(picture, room)]


def _columns_in_time(steps: Indices, columns: int) -> Indices:
    """Return which of the steps each column shows: the last one at or before it, the present one in the last column."""
    at = steps[0] + (steps[-1] - steps[0]) * np.arange(columns) / (columns - 1)
    return np.asarray(np.maximum(0, np.searchsorted(steps, at + 0.5, side="right") - 1))


def _cells(values: Array, axis: tuple[float, float], columns: int) -> list[int]:
    low, high = axis
    return [int(at) for at in np.clip((values - low) / (high - low) * columns, 0, columns - 1)]


def _is_near_end(share: float) -> bool:
    return share < NEAR_ENDS or share > 1 - NEAR_ENDS


def _bars(layer: LayerDistribution, quantity: Distributed, room: Room) -> list[Text]:
    """Draw the histogram as bars; the ends of the range in another colour, and a guide where one is."""
    lines = [Text(line, style=POSITIVE, no_wrap=True) for line in columns_of(layer.histogram.tolist(), room.rows)]
    for at, glyph in _guides(layer, quantity, room):
        for line in lines:
            if line.plain[at] == " ":
                line.plain = line.plain[:at] + glyph + line.plain[at + 1 :]
                line.stylize("dim", at, at + 1)
    if layer.near_ends is not None:
        ends = [i for i in range(room.bins) if _is_near_end((i + 0.5) / room.bins)]
        for line in lines:
            for at in ends:
                line.stylize(f"bold {NEGATIVE}", at, at + 1)
    return lines


def _few(layer: LayerDistribution, quantity: Distributed, room: Room) -> list[Text]:
    """Draw each value as a tick on a line."""
    canvas = Canvas(room.bins, room.rows)
    for column in range(room.bins):
        canvas.put(column, room.rows - 1, "─", "dim")
    for at, glyph in _guides(layer, quantity, room):
        canvas.put(at, room.rows - 1, glyph, "dim")
    assert layer.few is not None  # noqa: S101  (asked only where there are few)
    cells = _cells(layer.few, layer.axis, room.bins)
    for at in cells:
        at_end = layer.near_ends is not None and _is_near_end((at + 0.5) / room.bins)
        style = f"bold {NEGATIVE if at_end else POSITIVE}"
        for row in range(room.rows - 1):
            canvas.put(at, row, "┃" if cells.count(at) > 1 else "│", style)
        canvas.put(at, room.rows - 1, "╂" if cells.count(at) > 1 else "┼", style)
    return canvas.lines()


def _guides(layer: LayerDistribution, quantity: Distributed, room: Room) -> list[tuple[int, str]]:
    """Return the columns of what values are compared with: 0, a usual size, the ends of the range."""
    low, high = layer.axis
    if layer.near_ends is not None:
        return [(at, "┊") for at in (int(NEAR_ENDS * room.bins), room.bins - 1 - int(NEAR_ENDS * room.bins))]
    value = 0.0 if not quantity.log else math.log10(quantity.guide) if quantity.guide else None
    if value is None or not low < value < high:
        return []
    return [(_cells(np.array([value]), layer.axis, room.bins)[0], "┊")]


def _over_time(layer: LayerDistribution, when: Indices, room: Room, colors: Colors) -> list[Text]:
    """Draw how the values were spread, from the first step to now; on a single line where their median lay."""
    if room.rows > 1:
        # The square root lets what few values do be seen beside what most of them do.
        return heat_map(np.sqrt(layer.over_time[::-1, when]), colored=colors == "full", color=depth_color).lines()
    low, high = layer.axis
    shares = np.clip((layer.medians[when] - low) / (high - low), 0.0, 1.0)
    return [Text(columns_of(np.nan_to_num(shares, nan=0.0).tolist(), 1)[0], no_wrap=True)]


def _heading(layer: LayerDistribution, picture: DistributionPicture, columns: int) -> Text:
    """Write what is to be known of a layer, the most telling first, as much as there is room for."""
    quantity = picture.quantity
    line = Text(f"layer {layer.layer}", style="bold", no_wrap=True)
    parts = [*_remarks(layer, picture), *_numbers(layer, quantity)]
    if quantity.id == "activations":
        low, high = (four_digits(value) for value in layer.axis)
        parts.append((f"{layer.activation}, axis {low} … {high}", "not bold dim"))
    for text, style in parts:
        if len(line.plain) + len(text) + 2 <= columns:
            line.append(f"  {text}", style)
    return line


def _remarks(layer: LayerDistribution, picture: DistributionPicture) -> list[tuple[str, str]]:
    found = []
    if layer.near_ends is not None:
        found.append(
            (f"{100 * layer.near_ends:.0f} % near ends", f"bold {NEGATIVE}" if layer.near_ends >= 0.5 else "not bold")
        )
    if layer.dead is not None:
        found.append((f"{layer.dead} dead", f"bold {NEGATIVE}" if layer.dead else "not bold"))
    last = picture.layers[-1]
    if picture.quantity.id in ("deltas", "gradients") and layer is not last:
        away = float(layer.medians[-1] - last.medians[-1])
        if math.isfinite(away):
            style = f"bold {NEGATIVE}" if away < -2 else "not bold"
            found.append((f"×{_short(10**away)} of layer {last.layer}", style))
    if picture.quantity.log and layer.zeros > 0:
        found.append((f"{100 * layer.zeros:.0f} % exactly 0", "not bold"))
    return found


def _numbers(layer: LayerDistribution, quantity: Distributed) -> list[tuple[str, str]]:
    def shown(value: float) -> str:
        return _short(10**value if quantity.log else value)

    if not math.isfinite(layer.medians[-1]):
        return [("no values", "not bold dim")]
    if layer.few is not None and len(layer.few) <= 3:
        return [(" ".join(shown(value) for value in layer.few.tolist()), "not bold")]
    low, high = (shown(value) for value in layer.spread)
    return [
        (f"median {shown(float(layer.medians[-1]))}", "not bold"),
        (f"80 % in {low} … {high}", "not bold dim"),
        (f"{layer.count:,} values", "not bold dim"),
    ]


def _axis(picture: DistributionPicture, room: Room) -> Text:
    """Write the values at the ends of the axis and the steps at the ends of time."""
    quantity = picture.quantity
    left, right = "lowest", "highest"
    if quantity.id != "activations":
        left, right = (_short(10**end if quantity.log else end) for end in picture.layers[0].axis)
    now = _ends(left, f"{quantity.symbol} →", right, room.bins)
    first, last = (f"{int(step):,}" for step in (picture.steps[0], picture.steps[-1]))
    past = _ends(f"step {first}", f"{quantity.symbol} ↑", last, room.times)
    return Text(" " * room.label + now + " " * _GAP + past, style="dim", no_wrap=True)


def _ends(left: str, middle: str, right: str, columns: int) -> str:
    room = columns - len(left) - len(right)
    if room < 1:
        return right.rjust(columns)[-columns:]
    return left + (middle if len(middle) + 2 <= room else "").center(room) + right


def _short(value: float) -> str:
    """Write a number with two significant digits."""
    return minus(f"{value:.2g}").replace("e−0", "e−")
