"""Each parameter's gradient compared with values of the loss alone, over several draws of parameters and samples."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tui_backprop.core.arrays import Array, Indices
from tui_backprop.core.judge import Judgement, Truth, judge
from tui_backprop.diagnosis.sameness import shares_of
from tui_backprop.scripts.clinic.checkup import ParameterCheck, ParameterVerdict, Verdict
from tui_backprop.scripts.functions.network import Batch

_NOTHING = 1e-12  # share of the largest entry of a gradient, or an entry by itself, that is 0 but for rounding
_HUGE = 1e100  # in place of what is not finite, where a length is taken
_ALIKE = 1e-4  # relative difference of scales that are one


@dataclass(frozen=True, eq=False)
class Seen:
    """Their gradient at one draw, and the true one of some of its entries."""

    theta: Array
    """θ, (entries of θ,)."""
    batch: Batch
    gradient: Array
    """Theirs, (entries of θ,)."""
    entries: Indices
    """Which entries the truths are of."""
    truths: tuple[Truth, ...]
    """The slope of their loss, and of the loss that is meant, where that is another one: either will do."""
    largest: float
    """The largest entry of the true gradient, of all parameters."""

    def within(self, span: slice) -> Seen:
        """Return what was seen of one parameter."""
        here = np.flatnonzero((self.entries >= span.start) & (self.entries < span.stop))
        truths = tuple(one.chosen(here) for one in self.truths)
        return Seen(self.theta, self.batch, self.gradient, self.entries[here], truths, self.largest)

    @property
    def claimed(self) -> Array:
        """Their numbers of the entries, (entries,)."""
        return self.gradient[self.entries]

    def told(self, judged: Judgement) -> bool:
        """Whether something can be told: that an entry is right, or that it is 0 beside the others, as it should be."""
        nothing = judged.truth.blur + np.abs(judged.true) <= _NOTHING * self.largest
        return bool((judged.right | nothing).any())

    def judged(self, truth: int, factor: float = 1.0) -> Judgement:
        """Judge theirs as `factor` times one of the truths."""
        return judge(self.claimed, self.truths[truth] if factor == 1.0 else self.truths[truth].scaled(factor))


@dataclass(frozen=True, eq=False)
class Compared:
    """One parameter over all draws."""

    check: ParameterCheck
    truth: int
    """Which of the truths it agrees with: 0 the loss as it is."""
    penalty: float
    """λ where the gradient has λ times the parameter more than the loss has; 0 where it has not."""
    reason: str
    """Why it cannot be told; empty where it can."""


def compare_parameter(name: str, draws: Sequence[Seen], entry_names: Sequence[str]) -> Compared:
    """Compare one parameter, seen at several draws, the first at its own values.

    Args:
        name: of the parameter.
        draws: what was seen of it.
        entry_names: of all entries of θ.
    """
    for truth in range(len(draws[0].truths)):
        judged = [one.judged(truth) for one in draws]
        if not any(one.wrong.any() for one in judged):
            told = any(one.told(each) for one, each in zip(draws, judged, strict=True))
            verdict: ParameterVerdict = "right" if told else "unsure"
            scale = 1.0 if told else None
            reason = "" if told else next(one.reason(0) for one in judged)
            return Compared(_row(name, verdict, scale, draws, judged, entry_names), truth, 0.0, reason)
    for truth in range(len(draws[0].truths)):
        judged = [one.judged(truth) for one in draws]
        scale = _scale(judged)
        if scale is not None and not any(one.judged(truth, scale).wrong.any() for one in draws):
            verdict = "scaled" if scale > 0.0 else "wrong"
            return Compared(_row(name, verdict, scale, draws, judged, entry_names), truth, 0.0, "")
    judged = [one.judged(0) for one in draws]
    return Compared(_row(name, "wrong", None, draws, judged, entry_names), 0, _penalty(draws, judged), "")


def _scale(judged: Sequence[Judgement]) -> float | None:
    """Return what theirs is times the truth, as far as it can be told; None where the truth is 0, or theirs."""
    theirs, true = (
        np.concatenate([part[~one.unsure] for part, one in parts])
        for parts in (
            [(one.claimed, one) for one in judged],
            [(0.5 * (one.truth.low + one.truth.high), one) for one in judged],
        )
    )
    if not len(true) or not np.isfinite(theirs).all() or np.abs(true).max() <= _NOTHING:
        return None
    scale = float(np.vdot(theirs, true) / np.vdot(true, true))
    return scale if abs(scale) > 1e-5 else None


def _penalty(draws: Sequence[Seen], judged: Sequence[Judgement]) -> float:
    """Return the λ under which theirs is the truth and λ times the parameter; 0.0 where there is none."""
    known = [np.isfinite(one.true) for one in judged]
    theirs, true, own = (
        [part[here] for part, here in zip(parts, known, strict=True)]
        for parts in (
            [one.claimed for one in draws],
            [0.5 * (one.truth.low + one.truth.high) for one in judged],
            [one.theta[one.entries] for one in draws],
        )
    )
    share, size = shares_of(theirs, true, own)
    return size if share is not None and size is not None and abs(share - 1.0) <= _ALIKE else 0.0


def _row(
    name: str,
    verdict: ParameterVerdict,
    scale: float | None,
    draws: Sequence[Seen],
    judged: Sequence[Judgement],
    entry_names: Sequence[str],
) -> ParameterCheck:
    """Return the line of a parameter: of a wrong one the entry that is furthest off among those that are wrong."""
    theirs, true = (np.concatenate(parts) for parts in ([one.claimed for one in judged], [one.true for one in judged]))
    known = np.isfinite(true)
    theirs = np.nan_to_num(theirs[known], nan=_HUGE, posinf=_HUGE, neginf=-_HUGE)
    gap = float(np.linalg.norm(theirs - true[known]))
    error = gap / max(float(np.linalg.norm(theirs)), float(np.linalg.norm(true[known])), 1e-300)
    draw, entry = _shown(judged)
    return ParameterCheck(
        name,
        verdict,
        error,
        scale,
        entry_names[int(draws[draw].entries[entry])],
        float(judged[draw].claimed[entry]),
        float(judged[draw].true[entry]),
    )


def _shown(judged: Sequence[Judgement]) -> tuple[int, int]:
    """Return draw and entry to show: the first draw where an entry is wrong, or else where the gradient is not 0."""
    for draw, one in enumerate(judged):
        if one.wrong.any():
            gaps = np.where(one.wrong, np.nan_to_num(np.abs(one.claimed - one.true), nan=np.inf), -1.0)
            return draw, int(gaps.argmax())
    sizes = [float(np.nan_to_num(np.abs(one.true)).max()) for one in judged]
    draw = next((i for i, size in enumerate(sizes) if size > _NOTHING), 0)
    gaps = np.nan_to_num(np.abs(judged[draw].claimed - judged[draw].true), nan=0.0)
    return draw, int(gaps.argmax())


def overall(parameters: Sequence[ParameterCheck]) -> Verdict:
    """Return right, scaled where all that is not 0 is scaled alike and downhill, or wrong."""
    told = [one for one in parameters if one.verdict != "unsure"]
    if any(one.verdict == "wrong" for one in told):
        return "wrong"
    if all(one.verdict == "right" for one in told):
        return "right"
    scales = [one.scale for one in told if one.scale is not None and (one.theirs != 0.0 or one.numeric != 0.0)]
    alike = all(abs(scale - scales[0]) <= _ALIKE * abs(scales[0]) for scale in scales)
    return "scaled" if alike else "wrong"
