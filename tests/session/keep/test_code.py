"""Written files compute what the program does: every activation, loss and optimizer, and what a recipe can have besides."""

from __future__ import annotations

import itertools
import json
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tui_backprop.cli.main import main
from tui_backprop.core.errors import InputError
from tui_backprop.core.network import Parameters
from tui_backprop.core.operations.activations import ACTIVATIONS, HIDDEN_ACTIVATIONS
from tui_backprop.core.operations.losses import LOSSES
from tui_backprop.core.operations.optimizers import OPTIMIZERS
from tui_backprop.core.operations.schedules import SCHEDULES
from tui_backprop.session.keep.code.numpy_file import exported
from tui_backprop.session.recipe.suggestion import suggested_recipe
from tui_backprop.session.session import Session

OBJECTIVES = [
    (loss.name, output)
    for loss in LOSSES.values()
    for output in (loss.outputs or ("sigmoid", "softmax" if loss.name == "squared" else "tanh"))
]
"""Every loss with the output activations that it needs, or with two."""


def trained(source="xor", *, steps=100, **fields):
    """A session after some steps."""
    session = Session(suggested_recipe(source, engine="reference", **fields))
    session.run(steps)
    return session


def run_text(session, *, with_training, module=exported):
    """What is defined once the text of a file has run."""
    text = module(session, ".py", with_training=with_training).decode()
    found = {"__name__": "net"}
    exec(compile(text, "net.py", "exec"), found)  # noqa: S102  (the program's own text)
    return found


def furthest(session, found):
    """How far the parameters of a file are from the run's."""
    values = Parameters(session.problem.network, session.state.parameters).by_name()
    return max(float(np.abs(found[name] - value).max()) for name, value in values.items())


def check_file(session, tolerance=1e-12):
    """Compare answers without training, and parameters with it."""
    raw = session.problem.dataset.inputs
    answers = session.problem.predict(session.state.parameters, raw)
    found = run_text(session, with_training=False)
    assert found["INPUTS"] == list(session.problem.dataset.input_names)
    assert np.abs(found["predict"](raw) - answers).max() <= tolerance
    found = run_text(session, with_training=True)
    assert furthest(session, found) <= tolerance
    assert np.abs(found["predict"](raw) - answers).max() <= tolerance


TRIPLES = list(itertools.product(HIDDEN_ACTIVATIONS, OBJECTIVES, OPTIMIZERS))


def covering():
    """Some of the triples, such that each pair of an activation, an objective and an optimizer is in one of them."""
    found, missing = [], {pair for triple in TRIPLES for pair in itertools.combinations(triple, 2)}
    for wanted in (3, 2, 1):
        for triple in TRIPLES:
            new = missing & {*itertools.combinations(triple, 2)}
            if len(new) >= wanted:
                found.append(triple)
                missing -= new
    return found


def check_triple(activation, objective, optimizer):
    """Compare a file with a run of 100 steps."""
    loss, output = objective
    source = "iris" if output == "softmax" else "xor"
    fields = {"activation": activation, "loss": loss, "output_activation": output, "hidden": (3,), "lr": 0.02}
    check_file(trained(source, **fields, optimizer=optimizer, batch_size=None))


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_every_operation_is_the_same_in_numpy(optimizer):
    """Answers, and the parameters after 100 steps, in each company of two."""
    for triple in covering():
        if triple[2] == optimizer:
            check_triple(*triple)


@settings(max_examples=3)
@given(st.sampled_from(TRIPLES))
def test_operations_of_any_three_kinds_are_the_same_in_numpy(triple):
    """The combinations that the test above leaves out."""
    check_triple(*triple)


def test_every_output_activation_is_the_same_in_numpy():
    """Those that no loss needs as well."""
    for output in ACTIVATIONS:
        source = "iris" if output == "softmax" else "xor"
        check_file(
            trained(source, steps=5, output_activation=output, loss="half-squared", hidden=(2,), batch_size=None)
        )


VARIANTS = [
    {"schedule": "step:10,0.5", "warmup": 7},
    *(
        {"schedule": {"constant": "constant", "exponential": "exponential:0.99"}.get(one, f"{one}:40")}
        for one in SCHEDULES
    ),
    {"optimizer": "nesterov", "momentum": 0.7, "clip": 0.05},
    {"l1": 0.01, "l2": 0.02},
    {"l2": 0.02, "optimizer": "adamw"},
    {"freeze": ("b1", "w2[1,0]"), "optimizer": "momentum", "clip": 0.1},
    {"freeze": ("w1", "b1")},
    {"batch_size": 3, "sampling": "shuffle"},
    {"batch_size": 3, "sampling": "sequential"},
    {"batch_size": 1, "sampling": "random", "noise": 0.2, "label_noise": 0.2},
    {"hidden": (4, 3, 2), "init": "xavier"},
    {"hidden": ()},
    {"scale_inputs": "standard", "features": ("x1", "x2**2", "sin(x1)*x2 - 1/2", "x1 > x2 and not x2 < 0", "2")},
    {"set": (("w1", 0.25), ("b1", 0.1)), "scale_inputs": "minmax", "test_fraction": 0.3},
]


@pytest.mark.parametrize("fields", VARIANTS, ids=" ".join)
def test_everything_that_a_recipe_can_have_is_in_the_file(fields):
    """Schedules, penalties, frozen entries, batches, noise, features, depths."""
    check_file(trained("moons", steps=40, **{"hidden": (4,), "batch_size": None, **fields}))


def test_scaled_targets_are_answered_in_their_own_units(tmp_path):
    """As are names that no program should stumble over."""
    path = tmp_path / "d.csv"
    path.write_text(
        '"a""b\\",naïve 🦆,np\n' + "\n".join(f"{i},{i % 5},{1000 + 30 * i}" for i in range(20)), encoding="utf-8"
    )
    session = trained(str(path), steps=30, scale_targets="standard")
    check_file(session, tolerance=1e-9)
    assert run_text(session, with_training=False)["OUTPUTS"] == ["np"]


@pytest.mark.parametrize(
    ("fields", "edit", "said"),
    [
        ({"rule": "posted"}, None, "writes the chain rule, and this run has the rule posted: give --rule exact"),
        ({}, {"lr": 1.0}, "at step 2 this one has η"),
        ({"batch_size": 200_000, "sampling": "random"}, None, "at most 400,000 numbers"),
    ],
)
def test_what_cannot_train_again_is_one_sentence(fields, edit, said):
    """It says why, and what to do."""
    session = trained(steps=2, **fields)
    if edit:
        session.current.edit({}, edit)
        session.run(2)
    with pytest.raises(InputError, match=said):
        exported(session, ".py", with_training=True)


@pytest.mark.parametrize("source", ["xor", "iris", "parity"])
def test_a_file_with_training_is_a_script_that_is_right(tmp_path, monkeypatch, capsys, source):
    """`check` says so, it is formatted and without findings of a linter, and it tells its loss where it is run."""
    monkeypatch.chdir(tmp_path)
    assert main(["export", source, "--steps", "100", "--code", "net.py", "--with-training", "-q"]) == 0
    assert main(["check", "net.py"]) in (0, 1)  # 1 where the network cannot learn it
    assert "its gradients are right" in capsys.readouterr().out
    for check in (["check"], ["format", "--check"]):
        subprocess.run([sys.executable, "-m", "ruff", *check, "--isolated", "net.py"], check=True, capture_output=True)
    done = subprocess.run([sys.executable, "net.py"], check=True, capture_output=True, text=True)
    assert done.stdout.startswith("loss after 100 steps: ")


def test_json_says_what_its_parameters_need(capsys):
    """Names, scaling, and the definition of each activation: with them alone a reader computes the answers."""
    assert main(["run", "moons", "--activation", "gelu", "--steps", "3", "--scale-inputs", "standard", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    session = trained("moons", steps=3, activation="gelu", scale_inputs="standard")
    x = session.problem.dataset.inputs
    a = (x - found["inputs"]["offset"]) / found["inputs"]["divisor"]
    for layer in found["layers"]:
        names = {"np": np}
        exec(layer["definition"], names)  # noqa: S102  (the program's own text)
        a = names[layer["activation"]](a @ found["parameters"][layer["weights"]] + found["parameters"][layer["biases"]])
    assert found["inputs"]["names"] == list(session.problem.dataset.input_names)
    assert np.abs(a - session.problem.predict(session.state.parameters, x)).max() < 1e-12
