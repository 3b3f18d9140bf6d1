"""The plan of a sweep: which runs there are, each a pure function of the plan and its number."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any

from tui_backprop.core.step import Training
from tui_backprop.datasets.dataset import Dataset
from tui_backprop.engines.batched.runs import shared_by
from tui_backprop.session.conditions import Condition
from tui_backprop.session.recipe.fields import BY_NAME
from tui_backprop.session.recipe.problem import Problem
from tui_backprop.session.recipe.recipe import Recipe, RecipeError, is_file
from tui_backprop.session.run.breakpoints import spacing_of
from tui_backprop.session.run.changes import first_segment
from tui_backprop.session.run.moment import RunMoment
from tui_backprop.session.run.timeline import Segment
from tui_backprop.session.run.watching import CLOSE
from tui_backprop.session.sweep.axes import Axis, SweepError

MAX_RUNS = 1_000_000
"""Most runs of one sweep."""


@dataclass(frozen=True)
class SweepPlan:
    """A recipe, the fields that are varied, and how many seeds each combination (a cell) is run with.

    Cells are numbered with the last field varying fastest, and runs with the seed varying fastest:
    run = cell · seeds + which seed.

    Raises:
        SweepError: it cannot be swept, in one sentence.
    """

    recipe: Recipe
    """As it was asked for; its seed is the first one."""
    axes: tuple[Axis, ...]
    seeds: int
    until: str = ""
    """The condition at which a run ends early; empty for none."""

    def __post_init__(self) -> None:
        names = [axis.name for axis in self.axes]
        repeated = next((name for name in names if names.count(name) > 1), None)
        if repeated is not None:
            raise SweepError(f"vary: {repeated} is given twice")
        if is_file(self.recipe.rule):
            raise SweepError("a rule in your own file cannot be swept: vary --rule with built-in ones, or leave it out")
        if self.seeds < 1:
            raise SweepError(f"seeds: expected a whole number of at least 1, not {self.seeds}")
        if self.recipe.seed + self.seeds > 2**64:
            raise SweepError("seeds: they end above 2⁶⁴ − 1")
        if len(self) > MAX_RUNS:
            raise SweepError(f"these are {len(self):,} runs; a sweep has at most {MAX_RUNS:,}")

    def __len__(self) -> int:
        return self.cells * self.seeds

    @property
    def cells(self) -> int:
        """Number of combinations of values."""
        return math.prod(len(axis.values) for axis in self.axes)

    @property
    def engine(self) -> str:
        """The engine that a swept run has in the trainer: the reference, whose bits are those of the sweep, unless named."""
        return "reference" if self.recipe.engine == "auto" else self.recipe.engine

    def places(self, cell: int) -> tuple[int, ...]:
        """Return which value of each axis a cell has."""
        found = []
        for axis in reversed(self.axes):
            cell, place = divmod(cell, len(axis.values))
            found.append(place)
        return tuple(reversed(found))

    def cell_at(self, places: Sequence[int]) -> int:
        """Return the cell that has these values, one place for each axis."""
        cell = 0
        for axis, place in zip(self.axes, places, strict=True):
            cell = cell * len(axis.values) + place
        return cell

    def values(self, cell: int) -> dict[str, Any]:
        """Return the values of the varied fields of a cell, by field."""
        places = self.places(cell)
        return {axis.name: axis.values[place] for axis, place in zip(self.axes, places, strict=True)}

    def title(self, cell: int) -> str:
        """Return what is particular about a cell, for people: `rule exact, hidden 4, η 0.3`."""
        pairs = zip(self.axes, self.places(cell), strict=True)
        return ", ".join(f"{field_label(axis.name)} {axis.texts[place]}" for axis, place in pairs)

    def recipe_of(self, run: int) -> Recipe:
        """Return the recipe of a run, as it would be asked for to make it alone."""
        cell, which = divmod(run, self.seeds)
        return self.recipe.replace(**self.values(cell), seed=self.recipe.seed + which, engine=self.engine)

    def as_dict(self) -> dict[str, Any]:
        """Everything that determines the sweep's numbers but the data, as JSON has it."""
        recipe = self.recipe.replace(probe=(), engine=self.engine).as_dict()
        vary = {axis.name: [BY_NAME[axis.name].write(value) for value in axis.values] for axis in self.axes}
        return {"recipe": recipe, "vary": vary, "seeds": self.seeds, "until": self.until}


def field_label(name: str) -> str:
    """Return what a field is called in tables."""
    return {"lr": "η", "l1": "λ₁", "l2": "λ₂"}.get(name, name.replace("_", " "))


@dataclass(frozen=True, eq=False)
class CheckedPlan:
    """A plan together with its data, every cell of which can be run.

    Raises:
        RecipeError: a cell that cannot be run, in one sentence.
        ConditionError: `until` names what a cell does not have.
    """

    plan: SweepPlan
    dataset: Dataset

    def __post_init__(self) -> None:
        _ = self.kinds

    @cached_property
    def kinds(self) -> tuple[CellKind, ...]:
        """What is known of each cell."""
        condition = Condition(self.plan.until) if self.plan.until else None
        problems: dict[tuple[object, ...], Problem] = {}
        return tuple(self._kind(cell, condition, problems) for cell in range(self.plan.cells))

    def _kind(self, cell: int, condition: Condition | None, problems: dict[tuple[object, ...], Problem]) -> CellKind:
        recipe = self.plan.recipe_of(cell * self.plan.seeds)
        key = problem_key(recipe)
        try:
            segment = first_segment(recipe, self.dataset, problems.get(key))
        except RecipeError as error:
            title = self.plan.title(cell)
            raise RecipeError((f"{title}: {error}" if title else str(error),)) from None
        problems[key] = segment.problem
        if condition is not None:
            moment = RunMoment(segment, segment.entry, lambda _step: moment)
            condition.check(moment)
        return CellKind(sharing(segment, condition), segment.training, segment.problem)

    @property
    def first_problem(self) -> Problem:
        """What the first run has to learn."""
        return self.kinds[0].problem

    @cached_property
    def fingerprint(self) -> dict[str, Any]:
        """What a saved sweep is recognised by: the plan, and a checksum of the data."""
        digest = hashlib.sha256()
        for part in (self.dataset.inputs, self.dataset.targets):
            digest.update(str(part.shape).encode() + part.tobytes())
        return {**self.plan.as_dict(), "data": digest.hexdigest()}


@dataclass(frozen=True, eq=False)
class CellKind:
    """What the runs of a cell have in common."""

    shared: Hashable | None
    """Cells of which this is equal train together; None for runs that train alone."""
    training: Training
    """Of the cell's first run."""
    problem: Problem
    """Of the cell's first run."""


BATCHED_NAMES = frozenset({"loss", "test_loss", "accuracy", "test_accuracy", "step", "epoch", "rate", "parameters"})
"""What a condition may name, besides tensors such as w1, to be looked at for many runs at once."""


def sharing(segment: Segment, condition: Condition | None) -> Hashable | None:
    """Return what a run must have in common with another to train together with it; None where it trains alone."""
    if segment.recipe.engine != "reference":
        return None
    if condition is not None:
        tensors = {tensor.name for tensor in segment.problem.network.tensors}
        if condition.by_epoch or condition.names - BATCHED_NAMES - tensors:
            return None
        if spacing_of(condition, segment).later > CLOSE:
            return None
    return shared_by(segment.training)


def problem_key(recipe: Recipe) -> tuple[object, ...]:
    """Return what of a recipe its samples, its network and its objective depend on."""
    drawn = recipe.test_fraction or recipe.noise or recipe.label_noise
    names = [field.name for field in fields(Recipe) if field.name not in ("set", "init")]
    kept = [name for name in names if name not in BY_NAME or not BY_NAME[name].in_flight]
    return (*(getattr(recipe, name) for name in kept), recipe.seed if drawn else None)
