"""The clinic's line at the top: the file, what it was recognised as, the verdict, and how far it is."""

from __future__ import annotations

from tui_backprop.scripts.clinic.checkup_text import verdict_text
from tui_backprop.scripts.clinic.frame import OwnFrame
from tui_backprop.ui.bars.header import BarLine
from tui_backprop.ui.drawing.numbers import plain


def header_text(frame: OwnFrame, state: str, width: int) -> str:
    """Write the header in `width` cells; what matters least is left out first, and the step stays longest."""
    checkup = frame.checkup
    known = checkup.recognised if checkup is not None else None
    verdict = "is being checked" if checkup is None else verdict_text(checkup).text
    layers = "" if known is None else f"{'-'.join(map(str, known.layers))} {' → '.join(known.activations)}"
    left = [frame.file, layers, "" if known is None else known.loss, verdict]
    step = f"step {frame.step:,}" + (f" of {frame.last_step:,}" if frame.step < frame.last_step else "")
    tail = "  ".join([state, step, f"loss {plain(frame.loss)}", f"η {frame.rate:g}"])
    for dropped in ((), (2,), (1, 2), (0, 1, 2), (0, 1, 2, 3)):
        kept = " · ".join(part for i, part in enumerate(left) if part and i not in dropped)
        if len(kept) + len(tail) + 4 <= width:
            break
    return f" {kept}{' ' * max(2, width - len(kept) - len(tail) - 2)}{tail} "


class ClinicHeader(BarLine):
    """The line, drawn from a frame."""

    def __init__(self) -> None:
        super().__init__(id="header")
        self._frame: OwnFrame | None = None
        self._state = ""

    def show(self, frame: OwnFrame, state: str) -> None:
        """Draw this frame; `state` says whether it runs, and how fast."""
        self._frame, self._state = frame, state
        self.refresh()

    def write(self, width: int) -> str:
        """Return what is trained and checked, and how far it is."""
        return "" if self._frame is None else header_text(self._frame, self._state, width)
