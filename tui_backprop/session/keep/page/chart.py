"""Charts as SVG: axes with round numbers, curves, points and coloured cells. Colours are classes of the page's style."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

import numpy as np

from tui_backprop.core.arrays import Array
from tui_backprop.records.ranges import apart
from tui_backprop.session.keep.page.html import html_escaped
from tui_backprop.text.minus import minus
from tui_backprop.text.ticks import even_ticks, log_ticks, tick_text

WIDTH, HEIGHT = 400, 240
_LEFT, _RIGHT, _TOP, _BOTTOM = 52, 22, 20, 32
_TICKS = 5
_POINTS = 300  # of a curve that are drawn: more than two for each dot of a screen say nothing new
_DECADES = 1.0  # over which an axis of numbers above 0 is logarithmic
_FARTHEST = 307.0  # power of ten up to which ticks are sought


class Chart:
    """A chart in the making.

    Args:
        across: what all curves have across, to find the ends of the axis.
        up: the same upwards.
        titles: what goes across and what goes up.
        logarithmic: whether the axis upwards is, where the numbers allow it.
    """

    def __init__(self, across: Array, up: Array, titles: tuple[str, str], *, logarithmic: bool = False) -> None:
        self._x = _ends(across)
        finite = up[np.isfinite(up)]
        above = finite[finite > 0]
        self.logarithmic = bool(
            logarithmic and len(above) and len(above) == len(finite) and np.log10(above.max() / above.min()) > _DECADES
        )
        low, high = _ends(np.log10(above) if self.logarithmic else finite)
        room = 0.04 * (high - low)
        self._y = low - room, high + room
        self._titles = titles
        self._parts: list[str] = []

    def x(self, value: float) -> float:
        """Return where a number is across."""
        return _LEFT + (WIDTH - _LEFT - _RIGHT) * (value - self._x[0]) / (self._x[1] - self._x[0])

    def y(self, value: float) -> float:
        """Return where a number is, downwards as SVG counts."""
        height = math.log10(value) if self.logarithmic else value
        return HEIGHT - _BOTTOM - (HEIGHT - _TOP - _BOTTOM) * (height - self._y[0]) / (self._y[1] - self._y[0])

    def curve(self, x: Array, y: Array, kind: str) -> None:
        """Draw a curve, broken where a number is missing."""
        x, y = thinned(x, y)
        known = np.isfinite(y) & ((y > 0) if self.logarithmic else True)
        starts = np.flatnonzero(known & ~np.concatenate([[False], known[:-1]]))
        ends = np.flatnonzero(known & ~np.concatenate([known[1:], [False]])) + 1
        for start, end in zip(starts.tolist(), ends.tolist(), strict=True):
            points = " ".join(
                f"{self.x(a):.1f},{self.y(b):.1f}"
                for a, b in zip(x[start:end].tolist(), y[start:end].tolist(), strict=True)
            )
            self._parts.append(f'<polyline class="curve {kind}" points="{points}"/>')

    def level(self, value: float, label: str, kind: str = "c3") -> None:
        """Draw a dashed line across with a word to it, where the number is in sight."""
        if not math.isfinite(value) or (self.logarithmic and value <= 0):
            return
        y = self.y(value)
        if _TOP <= y <= HEIGHT - _BOTTOM:
            self._parts.append(f'<path class="curve dashed {kind}" d="M{_LEFT} {y:.1f}H{WIDTH - _RIGHT}"/>')
            self._parts.append(svg_text(WIDTH - _RIGHT, y - 3, label, "end", "label"))

    def mark(self, value: float) -> None:
        """Draw a dashed line upwards."""
        self._parts.append(f'<path class="curve dashed c2" d="M{self.x(value):.1f} {_TOP}V{HEIGHT - _BOTTOM}"/>')

    def points(self, x: Array, y: Array, kinds: Iterable[str], radius: float = 2.2) -> None:
        """Draw a dot at each point, of its own class."""
        for a, b, kind in zip(x.tolist(), y.tolist(), kinds, strict=True):
            if math.isfinite(a) and math.isfinite(b):
                self._parts.append(f'<circle class="{kind}" cx="{self.x(a):.1f}" cy="{self.y(b):.1f}" r="{radius:g}"/>')

    def cells(self, left: float, right: float, middle: float, height: float, kind: str, share: float) -> None:
        """Fill a rectangle, from `left` to `right` across and `height` high around `middle`, the more the larger `share`."""
        x, y = self.x(left), self.y(middle + height / 2)
        self._parts.append(
            f'<rect class="{kind}" fill-opacity="{share:.2f}" shape-rendering="crispEdges" x="{x:.1f}" y="{y:.1f}" '
            f'width="{self.x(right) - x:.1f}" height="{self.y(middle - height / 2) - y:.1f}"/>'
        )

    def svg(self, legend: Sequence[tuple[str, str]] = ()) -> str:
        """Return the picture; `legend` has (name, class) of the curves."""
        axes = [f'<path class="axis" d="M{_LEFT} {_TOP}V{HEIGHT - _BOTTOM}H{WIDTH - _RIGHT}"/>', *self._axes()]
        place = _LEFT + 8.0
        names = []
        for name, kind in legend:
            names.append(f'<path class="curve {kind}" d="M{place:.0f} {_TOP - 10}h16"/>')
            names.append(svg_text(place + 20, _TOP - 6, name, "start", ""))
            place += 34 + 6.6 * len(name)
        body = "\n".join([*axes, *self._parts, *names])
        return f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" xmlns="http://www.w3.org/2000/svg">\n{body}\n</svg>'

    def _axes(self) -> list[str]:
        across = even_ticks(*self._x, _TICKS)
        found = [svg_text(self.x(tick), HEIGHT - _BOTTOM + 13, axis_number(tick), "middle", "label") for tick in across]
        if self.logarithmic:
            low, high = (10.0 ** min(max(end, -_FARTHEST), _FARTHEST) for end in self._y)
            ticks = [(tick, tick_text(tick)) for tick in log_ticks(low, high, _TICKS)]
        else:
            ticks = [(tick, axis_number(tick)) for tick in even_ticks(*self._y, _TICKS)]
        found += [svg_text(_LEFT - 4, self.y(tick) + 4, words, "end", "label") for tick, words in ticks]
        found.append(svg_text((WIDTH + _LEFT) / 2, HEIGHT - 4, self._titles[0], "middle", "label"))
        found.append(svg_text(12, (HEIGHT - _BOTTOM) / 2, self._titles[1], "middle", "label", turned=True))
        return found


def _ends(values: Array) -> tuple[float, float]:
    finite = values[np.isfinite(values)]
    return apart(float(finite.min()), float(finite.max())) if len(finite) else (0.0, 1.0)


def axis_number(value: float) -> str:
    """Write a round number shortly, with a true minus sign."""
    rounded = round(value, 12)
    written = f"{rounded:,.0f}" if rounded == int(rounded) and abs(rounded) < 1e7 else f"{value:.3g}"
    return minus("0" if written == "-0" else written)


def thinned(x: Array, y: Array, most: int = _POINTS) -> tuple[Array, Array]:
    """Return a curve with fewer points: of each stretch the lowest and the highest, so that no peak is lost."""
    if len(x) <= most:
        return x, y
    kept = {0, len(x) - 1}
    for stretch in np.array_split(np.arange(len(x)), most // 2):
        known = stretch[np.isfinite(y[stretch])]
        kept |= {int(known[y[known].argmin()]), int(known[y[known].argmax()])} if len(known) else {int(stretch[0])}
    chosen = np.array(sorted(kept))
    return x[chosen], y[chosen]


def svg_text(x: float, y: float, words: str, anchor: str, kind: str, *, turned: bool = False) -> str:
    """Return words in a picture; `anchor` is SVG's, start, middle or end, and `turned` words go upwards."""
    turn = f' transform="rotate(-90 {x:.1f} {y:.1f})"' if turned else ""
    return f'<text class="{kind}" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"{turn}>{html_escaped(words)}</text>'
