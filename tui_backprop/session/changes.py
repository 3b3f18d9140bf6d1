"""Changes: what a learner alters, turned into the next segment of a run or into a new run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from tui_backprop.core.network import Network
from tui_backprop.core.objective import make_objective
from tui_backprop.core.step import State
from tui_backprop.datasets.dataset import Dataset
from tui_backprop.datasets.source import open_source
from tui_backprop.session.edits import Edit
from tui_backprop.session.fields import BY_NAME, format_number
from tui_backprop.session.preparation import first_parameters, make_training, prepare, resolve
from tui_backprop.session.recipe import Recipe, RecipeError
from tui_backprop.session.suggestion import suggested_recipe
from tui_backprop.session.timeline import Segment

_SHOWN_AS = {"lr": "η", "source": "data", "batch_size": "batch", "l1": "λ₁", "l2": "λ₂"}
_DATA_FIELDS = ("source", "target", "inputs", "scale_inputs", "test_fraction", "noise", "label_noise", "seed")


@dataclass(frozen=True)
class Change:
    """What came of a change."""

    notice: str
    """One sentence for the screen."""
    restarted: bool
    """Whether the run began anew at step 0."""


def first_segment(asked: Recipe, dataset: Dataset) -> Segment:
    """Return the segment that begins a run.

    Raises:
        RecipeError: what cannot be run, each in one sentence.
    """
    recipe = resolve(asked, dataset)
    problem = prepare(recipe, dataset)
    training = make_training(recipe, problem, slots_since=0)
    theta = first_parameters(recipe, problem.network)
    return Segment(asked, recipe, problem, training, training.first_state(theta), theta, epoch=0.0, edit=None)


def is_in_flight(changes: Mapping[str, Any]) -> bool:
    """Whether a run can go on after these changes of recipe fields."""
    return all(name == "source" or BY_NAME[name].in_flight for name in changes)


def asked_after(asked: Recipe, changes: Mapping[str, Any]) -> Recipe:
    """Return the recipe with the changes. Another data set brings its own columns and probes unless they are given.

    Raises:
        RecipeError: a field that does not exist.
        SourceError: the data set cannot be read.
    """
    unknown = [name for name in changes if name != "source" and name not in BY_NAME]
    if unknown:
        raise RecipeError(tuple(f"there is no recipe field {name}" for name in unknown))
    if changes.get("source", asked.source) != asked.source:
        own = {"target": (), "inputs": (), "probe": suggested_recipe(changes["source"]).probe}
        return asked.replace(**{**own, **changes})
    return asked.replace(**changes)


def read_data(asked: Recipe) -> Dataset:
    """Read the recipe's data set.

    Raises:
        SourceError: it cannot be read.
    """
    return open_source(asked.source, target=asked.target, inputs=asked.inputs)


def changed_segment(
    current: Segment, state: State, asked: Recipe, parameters: Mapping[str, float]
) -> tuple[Segment, str]:
    """Return the segment that begins at `state` with a changed recipe and parameters, and what to tell of it.

    A data set with another number of inputs or outputs rebuilds the network: fresh parameters from the same seed. What of
    the recipe cannot hold for the new data (a loss of another task, frozen names) is given up, and said.

    Raises:
        RecipeError: what cannot be, each in one sentence.
        SourceError: the data set cannot be read.
    """
    notes: list[str] = []
    if asked.source != current.asked.source:
        dataset = read_data(asked)
        asked = _adapted(asked, dataset, notes)
        recipe = resolve(asked, dataset)
        problem = prepare(recipe, dataset)
    else:
        recipe = resolve(asked, current.problem.dataset)
        problem = current.problem if _same_problem(recipe, current.recipe) else prepare(recipe, current.problem.dataset)
    rebuilt = problem.network.sizes != current.problem.network.sizes
    theta = first_parameters(recipe, problem.network) if rebuilt else state.parameters.copy()
    for name, value in parameters.items():
        theta[_positions(problem.network, name)] = value
    fresh_slots = rebuilt or _slots_of(recipe) != _slots_of(current.recipe)
    training = make_training(recipe, problem, state.step if fresh_slots else current.training.slots_since)
    entry = training.first_state(theta, state.step)
    if not fresh_slots:
        entry = State(state.step, theta, state.slots)
    summary = _summary(current.asked, asked, current, state, parameters)
    if rebuilt:
        inputs, outputs = problem.network.sizes[0], problem.network.sizes[-1]
        notes.insert(
            0,
            f"the network is rebuilt as {problem.network.name}: {problem.dataset.name} has "
            f"{inputs} input{'s' * (inputs > 1)} and {outputs} output{'s' * (outputs > 1)}",
        )
    segment = Segment(
        asked,
        recipe,
        problem,
        training,
        entry,
        first_parameters=theta if rebuilt else current.first_parameters,
        epoch=current.epoch_at(state.step),
        edit=Edit(state.step, _differences(current.asked, asked), tuple(parameters.items()), summary),
    )
    return segment, "; ".join([f"{summary} at step {state.step:,}", *notes])


def _adapted(asked: Recipe, dataset: Dataset, notes: list[str]) -> Recipe:
    """Give up what cannot hold for another data set, and note it."""
    try:
        resolved = resolve(asked, dataset)
        make_objective(resolved.output_activation, resolved.loss)
        fits = (
            not (dataset.task == "regression" and "cross-entropy" in resolved.loss)
            and not (dataset.n_outputs == 1 and resolved.output_activation == "softmax")
            and not (dataset.task != "classes" and resolved.loss == "cross-entropy")
        )
    except ValueError:
        fits = False
    if not fits:
        asked = asked.replace(loss="auto", output_activation="auto")
        notes.append("loss and output activation are chosen anew for its targets")
    return asked


def _same_problem(recipe: Recipe, other: Recipe) -> bool:
    return all(
        getattr(recipe, name) == getattr(other, name)
        for name in (*_DATA_FIELDS, "hidden", "activation", "output_activation", "loss", "freeze", "set", "probe")
    )


def _slots_of(recipe: Recipe) -> str:
    return recipe.optimizer


def _positions(network: Network, name: str) -> Any:
    try:
        return network.positions(name)
    except ValueError as error:
        raise RecipeError((str(error),)) from None


def _differences(before: Recipe, after: Recipe) -> tuple[tuple[str, object], ...]:
    pairs = ((field.name, getattr(before, field.name), getattr(after, field.name)) for field in fields(Recipe))
    return tuple((name, new) for name, old, new in pairs if old != new)
