"""From a recipe to a problem and to what a step needs: resolving what is auto, checking what must fit together."""

from __future__ import annotations

import numpy as np

from tui_backprop.core.arrays import Array, Indices
from tui_backprop.core.backward import Rule
from tui_backprop.core.network import Network
from tui_backprop.core.objective import make_objective
from tui_backprop.core.operations.initializers import initial_parameters
from tui_backprop.core.operations.optimizers import OPTIMIZERS
from tui_backprop.core.operations.schedules import parse_schedule
from tui_backprop.core.rules import RULES
from tui_backprop.core.sampling import Sampling
from tui_backprop.core.step import Training
from tui_backprop.datasets.dataset import Dataset
from tui_backprop.datasets.scaling import Scaler, fit_scaler
from tui_backprop.datasets.splits import add_noise
from tui_backprop.session.recipe.engine import engine_for
from tui_backprop.session.recipe.features import Features, features_of
from tui_backprop.session.recipe.fields import check_fields
from tui_backprop.session.recipe.points import split_with_points, with_points
from tui_backprop.session.recipe.problem import Problem, Samples
from tui_backprop.session.recipe.recipe import Recipe, RecipeError, is_file
from tui_backprop.system.visitor import refuse_visitor
from tui_backprop.text.cleaning import clean

_OUTPUT_FOR_LOSS = {"binary-cross-entropy": "sigmoid", "cross-entropy": "softmax"}
_OUTPUT_FOR_TASK = {"binary": "sigmoid", "classes": "softmax", "regression": "linear"}


def resolve(recipe: Recipe, dataset: Dataset) -> Recipe:
    """Return the recipe with every `auto` replaced by what it means for this data set.

    An output that is auto follows a loss that is named, and a loss that is auto follows an output that is named.

    Raises:
        RecipeError: a field that is not possible, each in one sentence.
    """
    check_fields(recipe)
    output, loss = recipe.output_activation, recipe.loss
    if output == "auto":
        output = _OUTPUT_FOR_LOSS.get(loss, _OUTPUT_FOR_TASK[dataset.task])
    if loss == "auto":
        for_classes = {"softmax": "cross-entropy", "sigmoid": "binary-cross-entropy"}
        loss = for_classes.get(output, "squared") if dataset.task == "classes" else "squared"
    return recipe.replace(output_activation=output, loss=loss, engine=engine_for(recipe, dataset))


def prepare(recipe: Recipe, dataset: Dataset) -> Problem:
    """Bring a resolved recipe together with its data.

    Raises:
        RecipeError: what does not fit, each in one sentence, all at once.
    """
    dataset = with_points(dataset, recipe.points)
    features = _features(recipe, dataset)
    sizes = (features.count, *recipe.hidden, dataset.n_outputs)
    network = Network(sizes, (*(recipe.activation for _ in recipe.hidden), recipe.output_activation))
    check_fit(recipe, dataset, network)
    scalers, train, test = _split(recipe, dataset, features)
    return Problem(
        dataset, features, *scalers, train, test, network, make_objective(recipe.output_activation, recipe.loss)
    )


def objective_misfits(recipe: Recipe, dataset: Dataset) -> list[str]:
    """Return why a resolved recipe's loss and output activation cannot serve the data's targets, a sentence each."""
    problems = []
    try:
        make_objective(recipe.output_activation, recipe.loss)
    except ValueError as error:
        problems.append(str(error))
    if recipe.loss in _OUTPUT_FOR_LOSS and dataset.task == "regression":
        problems.append(f"loss: {recipe.loss} needs 0/1 targets or classes, and {dataset.name} has numbers")
    elif recipe.loss == "cross-entropy" and dataset.task != "classes":
        problems.append(f"loss: cross-entropy needs classes, and {dataset.name} has 0/1 targets: binary-cross-entropy")
    if recipe.output_activation == "softmax" and dataset.n_outputs == 1:
        problems.append(f"output-activation: softmax of one output is always 1, and {dataset.name} has one output")
    return problems


def check_fit(recipe: Recipe, dataset: Dataset, network: Network) -> None:
    """Check that a resolved recipe's loss, names of parameters and probes fit its data and its network.

    Raises:
        RecipeError: what does not, each in one sentence, all at once.
    """
    problems = objective_misfits(recipe, dataset)
    if recipe.scale_targets != "none" and dataset.task != "regression":
        what = "0/1 targets" if dataset.task == "binary" else "classes"
        problems.append(f"scale-targets: expected none, for {dataset.name} has {what}, not {recipe.scale_targets!r}")
    for field, names in (("set", [name for name, _ in recipe.set]), ("freeze", recipe.freeze)):
        for name in names:
            try:
                network.positions(name)
            except ValueError as error:
                problems.append(f"{field}: {error}")
    for probe in recipe.probe:
        if len(probe) != dataset.n_inputs:
            asked = ",".join(f"{value:g}" for value in probe)
            wanted = f"{dataset.n_inputs} number{'s' if dataset.n_inputs > 1 else ''}"
            problems.append(f"probe: expected {wanted} ({', '.join(dataset.input_names[:6])}), not {asked}")
    if problems:
        raise RecipeError(tuple(problems))


def _features(recipe: Recipe, dataset: Dataset) -> Features:
    """Return what the network gets of the data.

    Raises:
        RecipeError: a feature that names what there is not, or has no value for a row of the data.
    """
    try:
        features = features_of(recipe.features, dataset.input_names)
    except ValueError as error:
        raise RecipeError((str(error),)) from None
    if features.expressions:
        broken = np.argwhere(~np.isfinite(features.of(dataset.inputs)))
        if len(broken):
            row, column = broken[0].tolist()
            raise RecipeError((f"features: {features.names[column]} has no value for row {row + 1} of {dataset.name}",))
    return features


def _split(recipe: Recipe, dataset: Dataset, features: Features) -> tuple[tuple[Scaler, Scaler], Samples, Samples]:
    """Split, add noise to the training part but its points, and scale both by what the training part shows."""
    (train_rows, test_rows), (drawn, drawn_for_test) = split_with_points(dataset, recipe)
    raw, targets = add_noise(
        dataset.inputs[train_rows],
        dataset.targets[train_rows],
        dataset.task,
        noise=recipe.noise,
        label_noise=recipe.label_noise,
        seed=recipe.seed,
    )
    train_rows, test_rows = np.concatenate([train_rows, drawn]), np.concatenate([test_rows, drawn_for_test])
    raw, targets = np.concatenate([raw, dataset.inputs[drawn]]), np.concatenate([targets, dataset.targets[drawn]])
    scaler, target_scaler = fit_scaler(features.of(raw), recipe.scale_inputs), fit_scaler(targets, recipe.scale_targets)

    def samples(rows: Indices, raw: Array, targets: Array) -> Samples:
        return Samples(rows, raw, scaler.transform(features.of(raw)), targets, target_scaler.transform(targets))

    return (
        (scaler, target_scaler),
        samples(train_rows, raw, targets),
        samples(test_rows, dataset.inputs[test_rows], dataset.targets[test_rows]),
    )


def first_parameters(recipe: Recipe, network: Network) -> Array:
    """θ at step 0, (size,): drawn by `init` from the seed, then what the recipe sets."""
    theta = initial_parameters(network, recipe.init, recipe.seed)
    for name, value in recipe.set:
        theta[network.positions(name)] = value + 0.0  # −0 becomes 0: with no −0 to begin with, none ever comes
    return theta


def open_rule(name: str, network: Network) -> Rule:
    """Return a backward rule: a built-in one by name, or the one in the user's Python file, which is run for it.

    Raises:
        LearnerError: the file cannot be used for this network; one sentence.
        VisitorError: it is a file, and the user is a visitor.
    """
    if not is_file(name):
        return RULES[name]
    refuse_visitor(clean(name))
    from tui_backprop.scripts.functions.file_rule import FileRule  # here: others need no process  # noqa: PLC0415

    rule = FileRule(name)
    rule.try_on(network)
    return rule


def make_training(recipe: Recipe, problem: Problem, rule: Rule, slots_since: int) -> Training:
    """Return what a step needs, for a resolved recipe, its problem and its rule; slots were last 0 at `slots_since`."""
    free = np.ones(problem.network.size)
    for name in recipe.freeze:
        free[problem.network.positions(name)] = 0.0
    return Training(
        network=problem.network,
        objective=problem.objective,
        inputs=problem.train.inputs,
        targets=problem.train.targets,
        sampling=Sampling(recipe.sampling, len(problem.train), recipe.batch_size, recipe.seed),
        rule=rule,
        optimizer=OPTIMIZERS[recipe.optimizer](recipe.momentum),
        rate=recipe.lr,
        schedule=parse_schedule(recipe.schedule, recipe.warmup),
        l1=recipe.l1,
        l2=recipe.l2,
        clip=recipe.clip,
        free=free,
        slots_since=slots_since,
        input_names=problem.features.names,
    )
