"""The judge of gradients: the one place that says of each entry whether it is right, wrong, or cannot be told.

It is given a claimed gradient and what is known of the true one (`Truth`), wherever either comes from: the chain rule in
higher precision (`tui_backprop.core.truth`), or values of a loss alone (`tui_backprop.core.slopes`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from tui_backprop.core.arrays import Array

Verdict = Literal["right", "wrong", "unsure"]
"""What is said of an entry; `unsure` is "cannot tell", with a reason."""

RELATIVE = 1e-6
"""Relative error that the gradient of a right formula stays below where float64 loses no digits."""

CAUTION = 10.0
"""Times the measured noise that is allowed: what was measured once may be larger the next time."""

_HIDDEN = 0.1  # share of an entry from which noise hides a mistake in it
_NOTHING = float(np.finfo(np.float64).tiny)  # numbers below it have lost digits


@dataclass(frozen=True, eq=False)
class Truth:
    """What a gradient should be, as far as it is known, entry by entry; each array is (size,)."""

    low: Array
    """The smallest right value; NaN where nothing is known."""
    high: Array
    """The largest: another one than `low` only at a kink, where every value between the slopes of both sides is right."""
    floor: Array
    """By how much rounding alone takes a right formula away from it: within this a claimed gradient is right."""
    blur: Array
    """By how much this truth may be off itself: where it is much beside the entry, nothing can be told. ∞ means that nothing
    is known of what lies outside of `low` and `high`."""
    method: str
    """Where it comes from, a few words."""
    reasons: Mapping[int, str] = field(default_factory=dict)
    """For some entries one sentence without a full stop: which kink it is at, or why nothing is known."""

    def chosen(self, entries: NDArray[np.int64] | slice) -> Truth:
        """Return that of some entries, in their order."""
        positions = np.arange(len(self.low))[entries].tolist()
        reasons = {new: self.reasons[old] for new, old in enumerate(positions) if old in self.reasons}
        low, high, floor, blur = (part[entries] for part in (self.low, self.high, self.floor, self.blur))
        return Truth(low, high, floor, blur, self.method, reasons)

    def scaled(self, factor: float) -> Truth:
        """Return the truth of `factor` times the gradient."""
        ends, size = (self.low * factor, self.high * factor), abs(factor)
        low, high = np.minimum(*ends), np.maximum(*ends)
        return Truth(low, high, self.floor * size, self.blur * size, self.method, self.reasons)


@dataclass(frozen=True, eq=False)
class Judgement:
    """A claimed gradient, and what is said of each of its entries."""

    claimed: Array
    """(size,)."""
    truth: Truth
    true: Array
    """The right value that is nearest to the claimed one, (size,); NaN where nothing is known."""
    relative: Array
    """|claimed − true| beside the larger of the two, (size,): 0 where both are 0, ∞ where the claimed one is not finite, NaN
    where nothing is known."""
    wrong: NDArray[np.bool_]
    """(size,)."""
    unsure: NDArray[np.bool_]
    """(size,)."""

    @property
    def right(self) -> NDArray[np.bool_]:
        """The entries that are right, (size,)."""
        return ~(self.wrong | self.unsure)

    def verdict(self, entry: int) -> Verdict:
        """Return what is said of one entry."""
        return "wrong" if self.wrong[entry] else "unsure" if self.unsure[entry] else "right"

    def counts(self, positions: slice = slice(None)) -> dict[Verdict, int]:
        """Return how many entries there are of each verdict."""
        wrong, unsure = int(self.wrong[positions].sum()), int(self.unsure[positions].sum())
        return {"right": len(self.wrong[positions]) - wrong - unsure, "wrong": wrong, "unsure": unsure}

    def reason(self, entry: int) -> str:
        """Say what is known of an entry besides: its kink, or why it cannot be told; empty where there is nothing to say."""
        known = self.truth.reasons.get(entry, "")
        if known or not self.unsure[entry]:
            return known
        if not np.isfinite(self.true[entry]):
            return "the loss has no finite slope here"
        return (
            f"the slope of the loss is known to ±{self.truth.blur[entry]:.1g} only, which hides an entry of this size"
        )


def judge(claimed: Array, truth: Truth, relative: float = RELATIVE) -> Judgement:
    """Judge a claimed gradient (size,) entry by entry.

    An entry is right within `relative` of its size and what noise was measured. It is unsure where nothing is known, and
    where it nearly agrees but noise would hide a mistake as large as a tenth of it. It is wrong otherwise, NaN always.
    """
    with np.errstate(all="ignore"):
        finite = np.isfinite(claimed)
        true = np.where(finite, np.clip(claimed, truth.low, truth.high), 0.5 * truth.low + 0.5 * truth.high)
        gap = np.where(finite, np.abs(claimed - true), np.inf)
        size = np.maximum(np.where(finite, np.abs(claimed), 0.0), np.abs(true))
        off = np.divide(gap, size, out=np.zeros_like(size), where=(size > 0) | ~finite)
        off = np.where(finite, off, np.inf)
        noise = CAUTION * truth.blur
        agrees = gap <= relative * size + CAUTION * truth.floor + noise + _NOTHING
    known = np.isfinite(true)
    hidden = (noise > _HIDDEN * size) & (gap > 0)
    return Judgement(
        claimed, truth, true, np.where(known, off, np.nan), known & ~agrees, ~known | (agrees & hidden & known)
    )
