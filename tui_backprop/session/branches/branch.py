"""Branches: the runs of a session side by side."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from tui_backprop.session.run.run import Run


@dataclass(eq=False)
class Branch:
    """A run with a name."""

    run: Run
    name: str
    """By what began it, until the user renames it."""
    parent: Branch | None
    """The branch that it left; None for the first, and for one that began again."""
    fork_step: int
    """Step at which it left its parent."""

    @property
    def identity(self) -> str:
        """What it trains at its present step, and at which rate: `xor 2-4-1 η 0.03`."""
        problem = self.run.problem
        return f"{problem.dataset.name} {problem.network.name} η {self.run.recipe.lr:g}"

    @property
    def title(self) -> str:
        """What it trains, and its name."""
        return f"{self.identity} · {self.name}"

    def line(self) -> tuple[Branch, ...]:
        """Return the branch and those that it descends from, the oldest last."""
        return (self, *(self.parent.line() if self.parent else ()))


def told_apart(one: Branch, other: Branch) -> tuple[str, str]:
    """Return what two branches are called side by side: what they train, or their names where that is the same."""
    if one.identity == other.identity:
        return one.name, other.name
    return one.identity, other.identity


def share_memory(looked_at: Run, known: Iterable[Run], memory: int) -> None:
    """Give half of the budget, in bytes, to the run that is looked at; the other known runs share the rest."""
    others = {*known} - {looked_at}
    for run in others:
        run.timeline.limit(memory // 2 // len(others))
    looked_at.timeline.limit(memory // 2 if others else memory)


def parted(one: Branch, other: Branch) -> int:
    """Return the last step up to which both are the same run; 0 where they have no ancestor in common."""
    mine, theirs = one.line(), other.line()
    shared = next((branch for branch in mine if branch in theirs), None)
    if shared is None:
        return 0
    left = [line[line.index(shared) - 1].fork_step for line in (mine, theirs) if line[0] is not shared]
    return min(left, default=one.run.last_step)
