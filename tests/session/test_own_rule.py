"""A rule in a file trains the built-in network, the same bits each time, and its trouble is said in one sentence."""

from __future__ import annotations

from importlib import resources

import numpy as np
import pytest

from tests.cli.test_run import refused
from tui_backprop.cli.main import main
from tui_backprop.core.errors import InputError
from tui_backprop.scripts.functions.process import LearnerProcess
from tui_backprop.session.anatomy.explanation import explain_quantity
from tui_backprop.session.anatomy.quantities import Quantity
from tui_backprop.session.recipe.recipe import Recipe
from tui_backprop.session.session import Session

RIGHT = (resources.files("tui_backprop.cli.templates") / "own_rule.py").read_text(encoding="utf-8")
WRONG = RIGHT.replace("tape.a[layer - 1].T @ delta", "parameters.w(layer) * delta.sum(axis=0)")


@pytest.fixture
def rule_file(tmp_path):
    """A file that is right as it stands."""
    path = tmp_path / "my_rule.py"
    path.write_text(RIGHT, encoding="utf-8")
    return path


def test_a_right_rule_trains_as_the_chain_rule_does(rule_file):
    """2-3-1 by the template's rule and by the built-in one: the same but for rounding."""
    own, ours = (Session(Recipe(hidden=(3,), activation="tanh", rule=rule)) for rule in (str(rule_file), "exact"))
    own.run(50)
    ours.run(50)
    np.testing.assert_allclose(own.state.parameters, ours.state.parameters, rtol=1e-10)
    assert own.frame().judgement.right.all()


def test_a_wrong_rule_is_trained_by_and_shown_beside_the_true_gradient(rule_file):
    """The weight in place of its input: w1 and w2 are wrong, the biases right."""
    rule_file.write_text(WRONG, encoding="utf-8")
    session = Session(Recipe(rule=str(rule_file)))
    session.run(20)
    assert session.judgement().wrong.tolist() == [True, False, True, False]  # w1, b1, w2, b2
    posted_weight = Session(Recipe(rule="weight-for-input"))
    posted_weight.run(20)
    np.testing.assert_allclose(session.state.parameters, posted_weight.state.parameters, rtol=1e-10)


def test_what_a_rule_keeps_between_calls_does_not_change_the_run(rule_file):
    """A file that adds up its gradients begins again with each call, so going back gives the same bits."""
    adding = RIGHT.replace(
        "    return gradients",
        "    for k in gradients:\n        TOTAL[k] = gradients[k] = gradients[k] + TOTAL.get(k, 0)\n    return gradients",
    )
    rule_file.write_text("TOTAL = {}\n" + adding, encoding="utf-8")
    session, straight = (Session(Recipe(rule=str(rule_file))) for _ in range(2))
    session.run(30)
    session.frame()
    for step in (7, 29, 0):
        session.go_to(step)
    session.run(40)
    straight.run(40)
    assert session.state.same_values(straight.state)


@pytest.mark.parametrize("text", [RIGHT, WRONG])
@pytest.mark.parametrize(
    "recipe",
    [
        {},
        {"hidden": (3,), "optimizer": "adam", "sampling": "shuffle", "schedule": "cosine:90"},
        {"optimizer": "nesterov", "l2": 0.01, "clip": 0.2, "freeze": ("b1",), "batch_size": 4},
    ],
)
def test_many_updates_for_one_question_have_the_bits_of_updates_one_by_one(rule_file, text, recipe):
    """However a step is reached: in a long run, one at a time, or by going back."""
    rule_file.write_text(text, encoding="utf-8")
    session, single = (Session(Recipe(rule=str(rule_file), **recipe)) for _ in range(2))
    session.run(120)
    for _ in range(40):
        single.step_once()
    session.go_to(40)
    assert session.state.same_values(single.state)


def test_many_updates_are_few_questions(rule_file, monkeypatch):
    """The file is asked for hundreds of updates at once where a run goes on, and for no more than it needs at its start."""
    asked, ask = [], LearnerProcess.ask

    def counted(self, question, read, **details):
        asked.append((question, details.get("count", 0)))
        return ask(self, question, read, **details)

    session = Session(Recipe(rule=str(rule_file)))
    monkeypatch.setattr(LearnerProcess, "ask", counted)
    session.run(2000)
    counts = [count for question, count in asked if question == "steps"]
    assert len(asked) < 40
    assert counts[0] <= 16
    assert max(counts) >= 256


def test_a_rule_that_remembers_is_seen_to_and_asked_call_by_call(rule_file):
    """What is seen by a sample of the calls: here each call counts those before it."""
    counting = RIGHT.replace(
        "    return gradients",
        "    TOTAL.append(1)\n    gradients['b1'] = gradients['b1'] * len(TOTAL)\n    return gradients",
    )
    rule_file.write_text("TOTAL = []\n" + counting, encoding="utf-8")
    session, single = (Session(Recipe(rule=str(rule_file))) for _ in range(2))
    session.run(20)
    for _ in range(20):
        single.step_once()
    assert session.state.same_values(single.state)


def test_a_saved_file_is_loaded_anew_as_an_edit_that_can_be_undone(rule_file):
    """The steps before it stay as they were; a file that is broken changes nothing."""
    session = Session(Recipe(rule=str(rule_file)))
    session.run(10)
    before = session.state
    rule_file.write_text(WRONG, encoding="utf-8")
    assert "loaded again at step 10" in session.reload_rule().notice
    session.run(10)
    assert [edit.step for edit in session.current.edits] == [10]
    session.go_to(10)
    assert session.state.same_values(before)
    rule_file.write_text("def backward(network", encoding="utf-8")
    with pytest.raises(InputError, match=r"my_rule.py:1: not valid Python"):
        session.reload_rule()
    assert session.step == 10
    session.undo()
    assert session.current.edits == ()


def test_a_built_in_rule_has_no_file_to_load():
    """It is said so."""
    with pytest.raises(InputError, match="the rule exact is built in"):
        Session(Recipe()).reload_rule()


def test_the_step_says_that_nothing_is_known_of_a_rule_but_its_gradients(rule_file):
    """Its gradients are as it gave them, δ by the chain rule."""
    session = Session(Recipe(rule=str(rule_file)))
    session.step_once()
    record = session.last_record()
    assert explain_quantity(record, Quantity("gradient", 2, 2)).note == "as your rule gave it"
    assert "by the chain rule" in explain_quantity(record, Quantity("delta", 2, 0)).note


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "there is no function backward(network, parameters, tape, y)"),
        ("def backward(network, parameters, tape, y):\n    return {}\n", "backward returns no gradient for w1"),
        ("def backward(network, parameters, tape, y):\n    return 1 / 0\n", "my_rule.py:2: ZeroDivisionError"),
        ("import os\ndef backward(network, parameters, tape, y):\n    os._exit(3)\n", "it ended its own process"),
        ("\x00", "not valid Python"),
    ],
    ids=["no rule", "no gradient", "an exception", "an exit", "no Python"],
)
def test_a_file_that_cannot_be_used_is_refused_in_one_line(rule_file, capsys, text, says):
    """With exit status 2, before the first step."""
    rule_file.write_text(text, encoding="utf-8")
    assert says in refused(capsys, "run", "--rule", str(rule_file), "--steps", "5")


def test_a_rule_that_fails_on_the_way_ends_the_run_with_its_line(rule_file, capsys):
    """Its own exception, with the step and the line in its file."""
    failing = RIGHT.replace(
        "    rows = len(y)", "    rows = len(y)\n    assert parameters.w(1)[0, 0] > 0.1, 'too small'"
    )
    rule_file.write_text(failing, encoding="utf-8")
    said = refused(capsys, "run", "--rule", str(rule_file), "--set", "w1=0.102", "--seed", "1", "--steps", "500")
    assert "no gradients at step" in said
    assert "AssertionError: too small" in said
    assert main(["run", "--rule", str(rule_file), "--set", "w1=0.102", "--seed", "1", "--steps", "2"]) == 0


def test_a_rule_by_a_wrong_name_is_told_the_nearest(capsys):
    """Names of the gallery, or a file."""
    assert "is it wrong-sign?" in refused(capsys, "run", "--rule", "wrong-sing")
    assert "there is no such file" in refused(capsys, "run", "--rule", "nothing.py")


def finding(session, name):
    """A finding of the session by its id."""
    return next((one for one in session.findings() if one.id == name), None)


def test_a_wrong_file_is_a_finding_that_names_it(rule_file):
    """It says which parameters, how to have the mistake named, and that exact trains rightly; mended it is gone."""
    rule_file.write_text(WRONG, encoding="utf-8")
    session = Session(Recipe(rule=str(rule_file)))
    session.run(150)
    wrong = finding(session, "wrong-gradient")
    assert wrong.evidence["tensors"] == ["w1", "w2"]
    assert "tui-backprop check" in wrong.remedy
    assert wrong.changes == {"rule": "exact"}
    assert finding(session, "same-answer")
    rule_file.write_text(RIGHT, encoding="utf-8")
    session.reload_rule()
    assert finding(session, "wrong-gradient") is None
    assert finding(session, "same-answer") is None  # the course begins again with the rule


def test_a_file_that_gives_nan_is_a_wrong_gradient_and_not_a_rate(rule_file):
    """The run breaks because of the file, so the remedy of the break is to mend it."""
    rule_file.write_text(
        RIGHT.replace("    return gradients", "    return {k: v * np.nan for k, v in gradients.items()}")
    )
    if "import numpy as np" not in rule_file.read_text():
        rule_file.write_text("import numpy as np\n" + rule_file.read_text())
    session = Session(Recipe(rule=str(rule_file)))
    session.run(5)
    assert finding(session, "wrong-gradient").evidence["largest_relative_error"] is None
    assert finding(session, "non-finite").changes == {"rule": "exact"}
