"""The gradient check: what the judge says of every entry, and what values of the loss alone say."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import ClassVar

import numpy as np
from rich.table import Table
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.widgets import Static

from tui_backprop.core.gradient_check import GradientCheck
from tui_backprop.core.judge import Verdict
from tui_backprop.core.network import Network
from tui_backprop.ui.drawing.numbers import signed
from tui_backprop.ui.screens.dialog import Dialog

Checking = Callable[[Callable[[float], None]], GradientCheck]
"""Makes the check, and tells the share that is done again and again; what it is then raised ends it."""

_ROWS = 300  # entries that are listed at the most, the wrong ones first
_LOOK = 0.1  # seconds between two looks at how far it is
_BAR = 40
_ROUNDING = 1e-3  # relative error of a right gradient from which its value is no more than rounding
_MARKS: dict[Verdict, str] = {"right": "✓ right", "wrong": "✗ wrong", "unsure": "? cannot tell"}
_SENTENCES = 5  # kinks and reasons that are said at the most


class _Left(Exception):  # noqa: N818  (it is no error: the screen was left)
    """Ends a check whose result is no longer wanted."""


class GradientCheckScreen(Dialog[None]):
    """By the rule, by the loss alone, relative error and verdict of every entry, and of each layer."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,c", "dismiss", "leave"),
        Binding("S", "app.save", "save picture"),
    ]

    def __init__(self, network: Network, checking: Checking) -> None:
        super().__init__()
        self._network, self._checking = network, checking
        self._share, self._left = 0.0, False

    def compose(self) -> ComposeResult:
        """Show how far the check is; later the verdict, the layers, the kinks and the entries."""
        with VerticalScroll(classes="dialog tall") as dialog:
            dialog.border_title = "Gradient check"
            dialog.border_subtitle = "escape closes"
            yield Static(id="verdict", markup=False)
            yield Static(id="against", markup=False)
            yield Static(id="layers")
            yield Static(id="reasons", markup=False)
            yield Static(id="entries")

    def on_mount(self) -> None:
        """Begin the check beside the screen."""
        self.run_worker(self._check(), name="check")

    def on_unmount(self) -> None:
        """End it at its next step."""
        self._left = True

    async def _check(self) -> None:
        timer = self.set_interval(_LOOK, self._show_share)
        try:
            check = await asyncio.to_thread(self._checking, self._progress)
        except _Left:
            return
        finally:
            timer.stop()
        self._show(check)

    def _progress(self, share: float) -> None:
        self._share = share
        if self._left:
            raise _Left

    def _show_share(self) -> None:
        filled = int(_BAR * self._share)
        self.query_one("#verdict", Static).update(
            f"{'━' * filled}{'╌' * (_BAR - filled)} {self._share:.0%} of {self._network.size:,} gradients checked"
        )

    def _show(self, check: GradientCheck) -> None:
        self.query_one("#verdict", Static).update(Text(_verdict(check), style="bold"))
        self.query_one("#against", Static).update(_against(check))
        self.query_one("#layers", Static).update(_layers(self._network, check))
        self.query_one("#reasons", Static).update("\n".join(_reasons(self._network, check)))
        self.query_one("#entries", Static).update(_entries(self._network, check))


def _verdict(check: GradientCheck) -> str:
    counts, size = check.judgement.counts(), len(check.judgement.claimed)
    unsure = f"{counts['unsure']:,} cannot be told"
    if counts["wrong"]:
        return f"✗ {counts['wrong']:,} of {size:,} gradients are wrong" + (f", {unsure}" if counts["unsure"] else "")
    return f"? of {size:,} gradients {unsure}" if counts["unsure"] else f"✓ all {size:,} gradients are right"


def _against(check: GradientCheck) -> str:
    """Say what the gradients were compared with."""
    size, asked = len(check.judgement.claimed), len(check.entries)
    which = "each" if asked == size else f"{asked:,} of the {size:,}, evenly taken from each tensor"
    return (
        f"judged by {check.judgement.truth.method}; beside it the slope of {which} "
        f"from values of the loss alone, by {check.measured.method}"
    )


def _layers(network: Network, check: GradientCheck) -> Table:
    table = Table(box=None, padding=(0, 2))
    for title in ("", "right", "wrong", "cannot tell", "largest relative error"):
        table.add_column(title, justify="right")
    for tensor in network.tensors:
        counts, errors = check.judgement.counts(tensor.span), check.judgement.relative[tensor.span]
        largest = float(np.max(errors[~np.isnan(errors)], initial=0.0)) if not np.isnan(errors).all() else np.nan
        table.add_row(
            tensor.name,
            *(f"{counts[verdict]:,}" for verdict in ("right", "wrong", "unsure")),
            _error(largest, right=counts["right"] == tensor.size),
        )
    return table


def _reasons(network: Network, check: GradientCheck) -> list[str]:
    """Return what there is to say of entries at a kink and of those that cannot be told, the latter first."""
    judgement = check.judgement
    unsure = np.flatnonzero(judgement.unsure).tolist()
    kinks = [entry for entry in judgement.truth.reasons if not judgement.unsure[entry]]
    shown = [
        f"{network.entry_name(entry)}: {judgement.reason(entry)}"
        + ("" if judgement.unsure[entry] else "; every value between the slopes of both sides is right")
        for entry in [*unsure, *kinks][:_SENTENCES]
    ]
    return [*shown, ""] if shown else []


def _entries(network: Network, check: GradientCheck) -> Text:
    """Return a line for each entry, as text: a table of so many rows would keep the keys waiting."""
    judgement, measured = check.judgement, dict(zip(check.entries.tolist(), _measured(check), strict=True))
    without = np.ones(network.size, dtype=np.bool_)
    without[check.entries] = False
    order = np.lexsort((without, judgement.right, judgement.unsure | judgement.right))  # by the last key first
    rows = [("", "by the rule", "by the loss", "error", "")]
    for i in order[:_ROWS].tolist():
        at_kink = judgement.truth.low[i] < judgement.truth.high[i]
        rows.append(
            (
                network.entry_name(i),
                signed(float(judgement.claimed[i])),
                measured.get(i, "·"),
                _error(float(judgement.relative[i]), right=bool(judgement.right[i])),
                _MARKS[judgement.verdict(i)] + (", at a kink" if at_kink else ""),
            )
        )
    widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
    lines = ["  ".join(f"{cell:>{width}}" for cell, width in zip(row[:-1], widths, strict=False)) for row in rows]
    if len(order) > _ROWS:
        rows.append(("", "", "", "", ""))
        lines.append(f"… {len(order) - _ROWS:,} more")
    text = Text("\n".join(f"{line}  {row[-1]}".rstrip() for line, row in zip(lines, rows, strict=True)), no_wrap=True)
    text.stylize("bold", 0, len(lines[0]))
    return text


def _error(relative: float, *, right: bool) -> str:
    """Write a relative error; of a right gradient a large one is the rounding of a value near 0. NaN is not known."""
    if right and relative > _ROUNDING:
        return "rounding"
    return "·" if np.isnan(relative) else "∞" if np.isinf(relative) else f"{relative:.1e}"


def _measured(check: GradientCheck) -> list[str]:
    """Return the measured slopes, each as near to the claimed one as what was measured allows."""
    measured, claimed = check.measured, check.judgement.claimed[check.entries]
    nearest = np.clip(claimed, measured.low, measured.high)
    return [
        "·" if np.isnan(slope) else signed(float(slope)) + (f" ±{blur:.0e}" if blur > 1e-3 * abs(slope) else "")
        for slope, blur in zip(nearest.tolist(), measured.blur.tolist(), strict=True)
    ]
