"""The curvature as lines: η beside its limit, the largest eigenvalues, and the gradients of the samples of an update."""

from __future__ import annotations

import math

import numpy as np
from rich.text import Text

from tui_backprop.core.arrays import Array
from tui_backprop.session.pictures.curvature import Curvature, Spectrum
from tui_backprop.ui.drawing.bars import columns_of, signed_bar
from tui_backprop.ui.drawing.numbers import four_digits, signed
from tui_backprop.ui.theme import NEGATIVE, POSITIVE, sign_color

_DECADES = 2.0  # of η that the ruler has on each side of the limit, about
_UNSURE = 0.01  # of an eigenvalue: one that may be further off is marked
_LABEL = 15  # cells before the bar of an eigenvalue
_MOST_BAR = 60  # cells of a bar, on both sides of its zero


def draw_curvature(picture: Curvature, columns: int, rows: int) -> list[Text]:
    """Return what there is room for in `rows` lines of `columns` cells, the most important first."""
    spectrum = picture.spectrum
    if spectrum is None:
        lines = [Text(f"The eigenvalues of the Hessian are being found: {picture.share:.0%}.", "dim")]
        return [*lines, *_samples(picture, columns, 2)][:rows]
    rate = _rate_lines(picture, spectrum, columns)
    values = _eigenvalues(spectrum, columns)
    noise = _noise(picture, spectrum, columns)
    left = rows - len(rate) - len(values) - len(noise)
    gaps = 3 if left >= 6 else 0  # blank lines between the parts, where there is room
    samples = _samples(picture, columns, left - gaps - 1)
    parts = [part for part in (rate, values, noise, samples) if part]
    return [line for part in parts for line in ([Text()] * (gaps > 0 and part is not rate) + part)][:rows]


def _rate_lines(picture: Curvature, spectrum: Spectrum, columns: int) -> list[Text]:
    """Say how η compares with its limit, and draw both on a ruler."""
    limit, rate = spectrum.limit, picture.rate
    name = f"{picture.product:.3g}/λ1"
    if math.isnan(spectrum.values[0]):
        return [Text("The loss is not finite here: there is no curvature.", NEGATIVE)]
    if math.isnan(picture.product):
        return [Text(f"η {four_digits(rate)}: no 2/λ for this optimizer", "dim")]
    if math.isinf(limit):
        return [Text(f"η {four_digits(rate)}: no limit, for the loss curves up nowhere.", "dim")]
    above = rate > limit
    said = "above it: it must oscillate" if above else f"{rate / limit:.2g} of it: stable"
    style = f"bold {NEGATIVE}" if above else f"bold {POSITIVE}"
    ways = [
        Text.assemble(
            f"η {four_digits(rate)}{between}{name} {equals}{four_digits(limit)}{between}",
            (sentence, style),
            no_wrap=True,
        )
        for between, equals, sentence in (("   ", "= ", said), ("  ", "", said), ("  ", "", said.partition(":")[0]))
    ]
    return [next((way for way in ways if way.cell_len <= columns), ways[-1]), _ruler(rate, limit, columns)]


def _ruler(rate: float, limit: float, columns: int) -> Text:
    """Draw η (●) and its limit (┃) on a logarithmic scale, broken where a rate is above the limit."""
    if not rate > 0:
        return Text()
    reach = max(_DECADES, abs(math.log10(rate / limit)) + 0.5)
    at = min(max(columns * 2 // 3, 1), columns - 1)
    cell = at + round(math.log10(rate / limit) / reach * (at if rate < limit else columns - 1 - at))
    if cell == at and rate != limit:
        cell += 1 if rate > limit else -1
    line = Text.assemble(("━" * at, POSITIVE), ("┃", "bold"), ("┅" * (columns - at - 1), NEGATIVE), no_wrap=True)
    shown = list(line.plain)
    shown[min(max(cell, 0), columns - 1)] = "●"
    line.plain = "".join(shown)
    return line


def _eigenvalues(spectrum: Spectrum, columns: int) -> list[Text]:
    """Return a line for each eigenvalue, with a bar."""
    values = spectrum.values[np.isfinite(spectrum.values)]
    largest = float(np.abs(values).max()) if len(values) else 0.0
    below = bool((values < 0).any())
    room = max(2, min(_MOST_BAR, columns - _LABEL))
    half = room // 2 if below else room
    lines = []
    for i, (value, error) in enumerate(zip(values.tolist(), spectrum.errors.tolist(), strict=False), start=1):
        about = "≈" if error > _UNSURE * abs(value) else " "
        left, right = signed_bar(value, largest, half)
        style = sign_color(value)
        line = Text(f"λ{i}{about}", no_wrap=True).append(signed(value), style).append("  ")
        line.append(left if below else "", style).append(right.rstrip(), style)
        lines.append(line)
    return lines


def _noise(picture: Curvature, spectrum: Spectrum, columns: int) -> list[Text]:
    """Say how large the noise scale is, and what that means for the batch."""
    noise, batch = spectrum.noise, picture.batch
    if not math.isfinite(noise):
        return []
    if batch >= picture.of_rows:
        return [Text(f"noise scale {noise:.3g}; a batch has all samples", no_wrap=True)]
    said = "mostly noise" if batch < noise else "mostly signal"
    ways = [
        f"noise scale {noise:.3g} samples, batch {batch:,}: the gradient of an update is {said}",
        f"noise scale {noise:.3g}, batch {batch:,}: {said}",
        f"noise {noise:.3g}, batch {batch:,}",
    ]
    return [Text(next((way for way in ways if len(way) <= columns), ways[-1]), no_wrap=True)]


def _samples(picture: Curvature, columns: int, rows: int) -> list[Text]:
    """Draw the length of each sample's gradient in the update as bars, the longest first where there are many."""
    if rows < 1:
        return []
    lengths = picture.lengths
    if not len(lengths):
        return [Text("gradients of the samples: n makes an update", "dim", no_wrap=True)]
    finite = np.where(np.isfinite(lengths), lengths, 0.0)
    longest = int(finite.argmax())
    many = len(lengths) > columns
    shown = np.sort(finite)[::-1] if many else finite
    said = f"|∂| of {len(lengths):,} samples{', sorted' if many else ''}: longest {four_digits(float(finite[longest]))}"
    if len(lengths) > 1 and not many:
        said += f" (sample {longest + 1})"
    said += f", of their mean {four_digits(picture.mean)}"
    lines = [Text(said, no_wrap=True)]
    if len(lengths) == 1 or rows < 2 or not finite[longest] > 0:
        return lines
    shares = (_fewer(shown, columns) / float(finite[longest])).tolist()
    width = max(1, columns // len(shares)) if not many else 1
    bars = [share for share in shares for _ in range(min(width, 3))]
    return [*lines, *(Text(line, POSITIVE, no_wrap=True) for line in columns_of(bars, min(rows - 1, 6)))]


def _fewer(values: Array, most: int) -> Array:
    """Return at most so many of sorted values, evenly spread."""
    return values if len(values) <= most else values[np.linspace(0, len(values) - 1, most).astype(np.int64)]
