"""Branches: the runs of a session side by side, and how two of them compare."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tui_backprop.core.arrays import Array
from tui_backprop.session.recipe.problem import Score
from tui_backprop.session.run.run import Run

_SEARCHED = 256  # steps after the fork in which a first difference is looked for
_ROUNDING = 1e-12  # of the largest parameter: what two engines may differ by
_SAMPLES = 12  # predictions compared where the recipe asks about no input


@dataclass(eq=False)
class Branch:
    """A run with a name."""

    run: Run
    name: str
    """By the edit that began it, until the user renames it."""
    parent: Branch | None
    """The branch that it left; None for the first, and for one that began again."""
    fork_step: int
    """Step at which it left its parent."""

    def line(self) -> tuple[Branch, ...]:
        """Return the branch and those that it descends from, the oldest last."""
        return (self, *(self.parent.line() if self.parent else ()))


@dataclass(frozen=True, eq=False)
class Comparison:
    """Two branches at one step."""

    names: tuple[str, str]
    step: int
    """The step at which they are compared: the present one, or the last that both have reached."""
    first_difference: int | None
    """The first step at which their parameters differ by more than rounding; None where they do not."""
    scores: tuple[Score, Score]
    """Over the training set (at most `LIVE_ROWS` of it)."""
    test_scores: tuple[Score | None, Score | None]
    parameters: tuple[tuple[str, float, float], ...]
    """(entry, value in one, value in the other); empty where the networks differ."""
    predictions: tuple[tuple[str, tuple[float, ...], tuple[float, ...]], ...]
    """(input, ŷ in one, ŷ in the other), for the probes, or for some training samples."""


def share_memory(looked_at: Run, known: Iterable[Run], memory: int) -> None:
    """Give half of the budget, in bytes, to the run that is looked at; the other known runs share the rest."""
    others = {*known} - {looked_at}
    for run in others:
        run.timeline.limit(memory // 2 // len(others))
    looked_at.timeline.limit(memory // 2 if others else memory)


def compare(one: Branch, other: Branch) -> Comparison:
    """Compare two branches at the step where the first stands, or the last that the second has reached."""
    step = min(one.run.step, other.run.last_step)
    thetas = tuple(branch.run.timeline.state_at(step).parameters for branch in (one, other))
    problems = tuple(branch.run.timeline.segment_at(step).problem for branch in (one, other))
    scores = tuple(p.score(theta, p.live_train) for p, theta in zip(problems, thetas, strict=True))
    tests = tuple(p.score(theta, p.live_test) for p, theta in zip(problems, thetas, strict=True))
    same_network = problems[0].network == problems[1].network
    entries = problems[0].network.entry_names if same_network else ()
    same_inputs = problems[0].dataset.input_names == problems[1].dataset.input_names
    raw = _asked(one, problems[0].live_train.raw) if same_inputs else np.empty((0, 1))
    answers = [p.predict(theta, raw) if len(raw) else raw for p, theta in zip(problems, thetas, strict=True)]
    assert scores[0] is not None  # noqa: S101  (a training set has at least one row)
    assert scores[1] is not None  # noqa: S101  (the same)
    return Comparison(
        names=(one.name, other.name),
        step=step,
        first_difference=first_difference(one.run, other.run, parted(one, other)),
        scores=(scores[0], scores[1]),
        test_scores=(tests[0], tests[1]),
        parameters=tuple((name, float(a), float(b)) for name, a, b in zip(entries, *thetas, strict=False)),
        predictions=tuple(
            (",".join(f"{value:g}" for value in asked), tuple(a.tolist()), tuple(b.tolist()))
            for asked, a, b in zip(raw, *answers, strict=True)
        ),
    )


def _asked(branch: Branch, raw: Array) -> Array:
    probes = branch.run.recipe.probe
    return np.array(probes) if probes else raw[:: max(1, len(raw) // _SAMPLES)][:_SAMPLES]


def first_difference(one: Run, other: Run, since: int) -> int | None:
    """Return the first step from `since` on at which two runs' parameters differ by more than rounding; None otherwise.

    Every step is looked at for a while; from there on the place is found by halving, since runs that have parted hardly ever
    have the very same bits again.
    """
    last = min(one.last_step, other.last_step)
    looked = min(last, since + _SEARCHED)
    for step in range(since, looked + 1):
        if not same_parameters(one, other, step):
            return step
    if looked >= last or same_parameters(one, other, last):
        return None
    while last - looked > 1:
        middle = (looked + last) // 2
        looked, last = (middle, last) if same_parameters(one, other, middle) else (looked, middle)
    return last


def same_parameters(one: Run, other: Run, step: int) -> bool:
    """Whether two runs have the same parameters at a step that both have reached, but for rounding."""
    a, b = (run.timeline.state_at(step).parameters for run in (one, other))
    return a.shape == b.shape and not differing(a, b).any()


def differing(a: Array, b: Array) -> NDArray[np.bool_]:
    """Say of each entry of two θ of one size whether it differs by more than rounding.

    A run by the chain rule and one by another rule have their sums in another order, as have runs by different engines.
    """
    with np.errstate(invalid="ignore"):  # ∞ − ∞
        near = np.abs(a - b) <= _ROUNDING * np.abs(a).max(initial=0.0, where=np.isfinite(a))
    same: NDArray[np.bool_] = near | (a == b) | (np.isnan(a) & np.isnan(b))
    return ~same


def parted(one: Branch, other: Branch) -> int:
    """Return the last step up to which both are the same run; 0 where they have no ancestor in common."""
    mine, theirs = one.line(), other.line()
    shared = next((branch for branch in mine if branch in theirs), None)
    if shared is None:
        return 0
    left = [line[line.index(shared) - 1].fork_step for line in (mine, theirs) if line[0] is not shared]
    return min(left, default=one.run.last_step)
