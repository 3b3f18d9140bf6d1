"""Changes: what a learner alters, turned into the next segment of a run or into a new run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from tui_backprop.core.arrays import Array, Indices
from tui_backprop.core.network import Network
from tui_backprop.core.step import State
from tui_backprop.datasets.dataset import Dataset
from tui_backprop.datasets.reading import READING_FIELDS, TableOptions
from tui_backprop.datasets.source import open_source
from tui_backprop.engines.choice import make_engine
from tui_backprop.session.recipe.engine import engine_notes
from tui_backprop.session.recipe.fields import BY_NAME
from tui_backprop.session.recipe.preparation import (
    check_fit,
    first_parameters,
    make_training,
    objective_misfits,
    open_rule,
    prepare,
    resolve,
)
from tui_backprop.session.recipe.problem import Problem
from tui_backprop.session.recipe.recipe import Recipe, RecipeError
from tui_backprop.session.recipe.suggestion import suggested_recipe
from tui_backprop.session.run.edits import Edit, Values
from tui_backprop.session.run.timeline import Segment
from tui_backprop.system.inputs import shown_path
from tui_backprop.text.cleaning import clean
from tui_backprop.text.minus import minus

COLUMNS = (*READING_FIELDS, "points", "features", "probe", "scale_targets")
"""Fields of which another data set brings its own, where they are not changed with it."""

_SHOWN_AS = {"lr": "η", "source": "data", "batch_size": "batch", "l1": "λ₁", "l2": "λ₂"}
_MOST_NAMED = 6  # parameters that a summary names
_FOLLOWS_SOURCE = (*COLUMNS, "loss", "output_activation", "set", "freeze")


@dataclass(frozen=True)
class Change:
    """What came of a change."""

    notice: str
    """One sentence for the screen."""
    restarted: bool
    """Whether the run began again at step 0."""


def first_segment(asked: Recipe, dataset: Dataset, problem: Problem | None = None) -> Segment:
    """Return the segment that begins a run; `problem` saves preparing it where another recipe has the same.

    Raises:
        RecipeError: what cannot be run, each in one sentence.
        LearnerError: the rule's file cannot be used.
    """
    recipe = resolve(asked, dataset)
    if problem is None:
        problem = prepare(recipe, dataset)
    training = make_training(recipe, problem, open_rule(recipe.rule, problem.network), slots_since=0)
    theta = first_parameters(recipe, problem.network)
    return Segment(
        asked,
        recipe,
        problem,
        training,
        engine=make_engine(recipe.engine),
        entry=training.first_state(theta),
        first_parameters=theta,
        epoch=0.0,
        edit=None,
    )


def is_in_flight(changes: Mapping[str, Any]) -> bool:
    """Whether a run can go on after these changes of recipe fields; another data set brings its own test samples."""
    return all(
        BY_NAME[name].in_flight or (name == "test_fraction" and "source" in changes)
        for name in changes
        if name != "source"
    )


def asked_after(asked: Recipe, changes: Mapping[str, Any]) -> Recipe:
    """Return the recipe with the changes. Another data set brings its own columns, probes and scaling of its targets.

    Raises:
        RecipeError: a field that does not exist.
        SourceError: the data set cannot be read.
    """
    unknown = [name for name in changes if name != "source" and name not in BY_NAME]
    if unknown:
        raise RecipeError(tuple(f"unknown recipe field {name}" for name in unknown))
    if changes.get("source", asked.source) != asked.source:
        said = {name: changes[name] for name in READING_FIELDS if name in changes}
        suggested = suggested_recipe(changes["source"], **said)
        own = {
            **vars(TableOptions()),
            "points": (),
            "features": (),
            "probe": suggested.probe,
            "scale_targets": suggested.scale_targets,
        }
        return asked.replace(**{**own, **changes})
    return asked.replace(**changes)


def read_data(asked: Recipe) -> Dataset:
    """Read the recipe's data set.

    Raises:
        SourceError: it cannot be read.
    """
    return open_source(asked.source, asked.reading)


def changed_segment(
    current: Segment,
    state: State,
    asked: Recipe,
    parameters: Mapping[str, Values],
    *,
    again: bool = False,
    origin: str = "",
) -> tuple[Segment, str]:
    """Return the segment that begins at `state` with a changed recipe and parameters, and what to tell of it.

    A data set with another number of inputs or outputs rebuilds the network: fresh parameters from the same seed. What of
    the recipe cannot hold for the new data (a loss of another task, frozen names) is given up, and said. With `again` the
    file that the rule is in is loaded again.

    Raises:
        RecipeError: what is not possible, each in one sentence.
        SourceError: the data set cannot be read.
        LearnerError: the rule's file cannot be used.
    """
    notes: list[str] = []
    asked, recipe, problem = _changed_problem(current, asked, notes)
    rebuilt = problem.network.sizes != current.problem.network.sizes
    theta = first_parameters(recipe, problem.network) if rebuilt else state.parameters.copy()
    for name, value in parameters.items():
        _set(theta, problem.network, name, value)
    fresh_slots = rebuilt or recipe.optimizer != current.recipe.optimizer
    kept = recipe.rule == current.recipe.rule and not again
    rule = current.training.rule if kept else open_rule(recipe.rule, problem.network)
    training = make_training(recipe, problem, rule, state.step if fresh_slots else current.training.slots_since)
    if again:
        summary = f"{clean(asked.rule)} loaded again"
    elif origin:
        summary = f"parameters of {shown_path(origin)}"
    else:
        summary = summary_of_changes(current, asked, state, parameters)
    segment = Segment(
        asked,
        recipe,
        problem,
        training,
        engine=current.engine if recipe.engine == current.recipe.engine else make_engine(recipe.engine),
        entry=training.first_state(theta, state.step) if fresh_slots else State(state.step, theta, state.slots),
        first_parameters=theta if rebuilt or state.step == 0 else current.first_parameters,
        epoch=current.epoch_at(state.step),
        edit=Edit(state.step, _differences(current.asked, asked), tuple(parameters.items()), summary, origin),
    )
    if recipe.engine != current.recipe.engine:
        notes += engine_notes(asked, recipe)
    return segment, "; ".join([f"{summary} at step {state.step:,}", *notes])


def _changed_problem(current: Segment, asked: Recipe, notes: list[str]) -> tuple[Recipe, Recipe, Problem]:
    """Return the recipe as it can be asked for, the same resolved, and its problem: the present one where that serves."""
    if _same_problem(asked, current.asked):
        recipe, problem = resolve(asked, current.problem.dataset), current.problem
        check_fit(recipe, problem.dataset, problem.network)
        return asked, recipe, problem
    known = (asked.source, asked.reading) == (current.asked.source, current.asked.reading)
    dataset = current.problem.dataset if known else read_data(asked)
    asked = _adapted(asked, dataset, current, notes)
    recipe = resolve(asked, dataset)
    return asked, recipe, prepare(recipe, dataset)


def _adapted(asked: Recipe, dataset: Dataset, current: Segment, notes: list[str]) -> Recipe:
    """Give up what cannot hold for another data set, and note it."""
    inputs = len(asked.features) or dataset.n_inputs
    old, new = current.problem.network.sizes, (inputs, *asked.hidden, dataset.n_outputs)
    outputs = dataset.n_outputs
    if asked.hidden != current.asked.hidden:  # what there is not any more cannot be set or frozen
        network = Network(new, (*(asked.activation for _ in asked.hidden), "linear"))
        asked = asked.replace(
            set=tuple(one for one in asked.set if has_entry(network, one[0])),
            freeze=tuple(one for one in asked.freeze if has_entry(network, one)),
        )
    elif old != new:
        notes.append(
            f"the network is rebuilt as {'-'.join(map(str, new))}: {dataset.name} has "
            f"{inputs} input{'s' * (inputs > 1)} and {outputs} output{'s' * (outputs > 1)}"
        )
        if asked.set or asked.freeze:
            asked = asked.replace(set=(), freeze=())
            notes.append("what was set or frozen by name is dropped")
    if objective_misfits(resolve(asked, dataset), dataset):
        asked = asked.replace(loss="auto", output_activation="auto")
        notes.append("loss and output activation are chosen again for its targets")
    return asked


def _same_problem(asked: Recipe, other: Recipe) -> bool:
    """Whether the samples, the network and the objective stay as they are: only fields of other kinds differ.

    A seed that is changed on the way draws the batches from there on; which samples are kept for testing was drawn before.
    """
    return all(name in BY_NAME and BY_NAME[name].in_flight for name, _ in _differences(other, asked))


def entry_positions(network: Network, name: str) -> Indices:
    """Positions in θ of a parameter or entry.

    Raises:
        RecipeError: it names nothing.
    """
    try:
        return network.positions(name)
    except ValueError as error:
        raise RecipeError((str(error),)) from None


def _set(theta: Array, network: Network, name: str, value: Values) -> None:
    """Set what a name stands for in θ, (size,).

    Raises:
        RecipeError: it names nothing, or has another number of entries.
    """
    places = entry_positions(network, name)
    if isinstance(value, tuple) and len(value) != len(places):
        raise RecipeError((f"{name} of the network {network.name} has {len(places):,} entries, not {len(value):,}",))
    theta[places] = value


def _differences(before: Recipe, after: Recipe) -> tuple[tuple[str, Any], ...]:
    pairs = ((field.name, getattr(before, field.name), getattr(after, field.name)) for field in fields(Recipe))
    return tuple((name, new) for name, old, new in pairs if old != new)


def summary_of_changes(current: Segment, asked: Recipe, state: State, parameters: Mapping[str, Values]) -> str:
    """Say what changes, old → new: `η 0.1 → 1, w1 +0.3 → 0.5`."""
    parts = []
    for name, new in _differences(current.asked, asked):
        if name == "source":
            parts.append(f"data {current.problem.dataset.name} → {clean(str(new))}")
        elif asked.source == current.asked.source or name not in _FOLLOWS_SOURCE:
            before, after = (_shown(name, value) for value in (getattr(current.asked, name), new))
            parts.append(f"{_SHOWN_AS.get(name, name.replace('_', ' '))} {before} → {after}")
    network = current.problem.network
    if len(parameters) > _MOST_NAMED or any(isinstance(value, tuple) for value in parameters.values()):
        return ", ".join([*parts, f"{len(parameters):,} values"])
    for name, value in parameters.items():
        old = state.parameters[network.positions(name)] if has_entry(network, name) else np.empty(0)
        before = f"{old[0]:.4g} → " if len(old) == 1 else ""
        parts.append(minus(f"{name} {before}{value:.4g}"))
    return ", ".join(parts) or "nothing changed"


def _shown(name: str, value: Any) -> str:
    """Return what a summary has for a field's value; of points how many there are."""
    return f"{len(value):,}" if name == "points" else clean(BY_NAME[name].write(value)) or "none"


def has_entry(network: Network, name: str) -> bool:
    """Whether a network has a parameter or an entry of this name."""
    try:
        network.positions(name)
    except ValueError:
        return False
    return True
