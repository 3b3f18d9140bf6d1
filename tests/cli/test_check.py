"""`check` and `new-check` from outside: exit status, text, JSON, and whatever a file may do."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from tests.own_files import ORIGINAL, RIGHT


def call(folder, *arguments):
    return subprocess.run(
        [sys.executable, "-m", "tui_backprop", *arguments],
        capture_output=True,
        text=True,
        cwd=folder,
        timeout=120,
        check=False,
    )


def checked(folder, text, *arguments):
    (folder / "my_net.py").write_text(text, encoding="utf-8")
    return call(folder, "check", "my_net.py", *arguments)


def test_the_original_case_is_answered_with_its_three_places(tmp_path):
    """Floats, names of their own, the rate inside the deltas: all three wrong places, and the rate is called harmless."""
    done = checked(tmp_path, ORIGINAL)
    assert done.returncode == 1
    assert "1-1-1, sigmoid → sigmoid, squared loss" in done.stdout
    assert "3 mistakes" in done.stdout
    words = " ".join(done.stdout.split())
    assert "w_out: you multiply by w_out where the chain rule has h (the input of that weight)" in words
    assert "w_in: you multiply by w_in where the chain rule has x (the input of that weight)" in words
    assert "w_in and b_h: what you carry back to h is the error, not δ: it lacks σ′(z2)" in words
    assert "harmless: every gradient is multiplied by 0.1" in words
    assert max(map(len, done.stdout.splitlines())) <= 80


def test_json_says_the_same(tmp_path):
    """One object with verdict, parameters, mistakes and what was recognised."""
    found = json.loads(checked(tmp_path, ORIGINAL, "--json").stdout)
    assert found["verdict"] == "wrong"
    assert {name: one["verdict"] for name, one in found["parameters"].items()} == {
        "w_in": "wrong",
        "b_h": "wrong",
        "w_out": "wrong",
        "b_o": "scaled",
    }
    assert found["parameters"]["b_o"]["scale"] == pytest.approx(0.1)
    assert found["parameters"]["w_out"]["scale"] is None
    assert found["parameters"]["w_out"]["relative_error"] > 0.1
    assert [one["kind"] for one in found["mistakes"] if not one["harmless"]] == [
        "weight-for-input",
        "error-carried-back",
        "weight-for-input",
    ]
    for one in found["mistakes"]:
        assert {"parameters", "kind", "sentence", "formula_as_is", "formula_right"} <= set(one)
    assert found["recognised"]["layers"] == [1, 1, 1]
    assert found["recognised"]["activations"] == ["sigmoid", "sigmoid"]
    assert found["recognised"]["loss"] == "squared"
    assert found["recognised"]["layout"]


def test_right_code_is_right_and_what_comes_next_is_said(tmp_path):
    """Status 0, and where to look if it still does not learn."""
    done = checked(tmp_path, RIGHT)
    assert done.returncode == 0
    assert "✓ right" in done.stdout
    assert "the model, the data or the settings" in " ".join(done.stdout.split())


def test_code_that_only_scales_the_step_is_no_mistake(tmp_path):
    """Status 0: harmless, equal to another rate."""
    done = checked(tmp_path, RIGHT.replace("2 * (out", "(out"))
    assert done.returncode == 0
    assert "scaled" in done.stdout
    assert "harmless" in done.stdout


@pytest.mark.parametrize("arguments", [[], ["--rule"]], ids=["network", "rule"])
def test_what_new_check_writes_is_right_as_it_stands(tmp_path, arguments):
    """The template of either form passes its own check, and says its own name."""
    assert call(tmp_path, "new-check", "mine.py", *arguments).returncode == 0
    assert "mine.py" in (tmp_path / "mine.py").read_text(encoding="utf-8")
    done = call(tmp_path, "check", "mine.py")
    assert done.returncode == 0, done.stderr
    assert "✓ right" in done.stdout


def test_the_template_runs_by_itself(tmp_path):
    """As the user's own script it trains and prints its predictions."""
    call(tmp_path, "new-check", "mine.py")
    done = subprocess.run(
        [sys.executable, "mine.py"], capture_output=True, text=True, cwd=tmp_path, timeout=60, check=True
    )
    assert len(done.stdout.splitlines()) == 9


def test_new_check_never_writes_over_a_file(tmp_path):
    """One line, status 2, and the file stays."""
    (tmp_path / "mine.py").write_text("mine", encoding="utf-8")
    done = call(tmp_path, "new-check", "mine.py")
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert (tmp_path / "mine.py").read_text(encoding="utf-8") == "mine"


def test_a_wrong_rule_is_named(tmp_path):
    """The second form: a rule for the built-in network, with the input left out."""
    call(tmp_path, "new-check", "mine.py", "--rule")
    path = tmp_path / "mine.py"
    path.write_text(
        path.read_text(encoding="utf-8").replace("tape.a[layer - 1].T @ delta", "(0 * tape.a[layer - 1] + 1).T @ delta")
    )
    done = call(tmp_path, "check", "mine.py", "--json")
    assert done.returncode == 1
    assert {one["kind"] for one in json.loads(done.stdout)["mistakes"]} == {"no-input"}


TROUBLE = {
    "an exception": (
        RIGHT.replace("    out = forward(p, x)", "    out = 1 / 0"),
        "my_net.py:18: ZeroDivisionError: division by zero",
    ),
    "a name": (RIGHT.replace("math.exp", "exp"), "my_net.py:9: NameError: name 'exp' is not defined"),
    "a syntax error": ("def backward(:\n", "my_net.py:1: not valid Python"),
    "an endless loop": (
        RIGHT.replace("    out = forward(p, x)", "    while True: pass"),
        "my_net.py:18: it did not end within 2 s",
    ),
    "an endless import": ("while True:\n    pass\n", "it did not end within 2 s"),
    "exit": (RIGHT.replace("    out = forward(p, x)", "    exit(3)"), "my_net.py:18: it calls exit()"),
    "a hard exit": (RIGHT + "import os\nos._exit(3)\n", "my_net.py: it ended its own process (status 3)"),
    "a crash": (RIGHT + "import os, signal\nos.kill(os.getpid(), signal.SIGSEGV)\n", "my_net.py: it crashed (SIGSEGV)"),
    "recursion": (
        RIGHT.replace("    out = forward(p, x)", "    return backward(p, x, y)"),
        "calls itself without an end",
    ),
    "no forward": (RIGHT.replace("def forward", "def forwards"), "there is no function forward(parameters, x)"),
    "no backward": (RIGHT.replace("def backward", "def backwards"), "neither backward(parameters, x, y) nor update"),
    "no parameters": (RIGHT.replace("parameters =", "weights ="), "there are no parameters"),
    "a list": (
        RIGHT.replace("return {", "return [1]\n    return {"),
        "backward returns something of type list: expected a dict",
    ),
    "strange names": (
        RIGHT.replace('"w_out": d_out * h, "b_o"', '"c": d_out * h, "d"').replace(
            '"w_in": d_h * x, "b_h"', '"a": 1.0, "b"'
        ),
        "none of the names",
    ),
    "a wrong shape": (
        RIGHT.replace('"b_o": d_out', '"b_o": [d_out, 1.0]'),
        "gives b_o a gradient of shape (2,), and b_o has ()",
    ),
    "text": (RIGHT.replace("0.15", "'much'"), "parameters['w_in'] is something of type str"),
    "nothing": (
        RIGHT.replace("return {", "return None\n    return {"),
        "backward returns nothing (None): expected a dict",
    ),
    "a loss of nothing": (RIGHT + "def loss(a, y): pass\n", "loss returns nothing (None): expected a number"),
    "no number forward": (RIGHT + "def forward(p, x): return math.nan\n", "forward gives [nan] for x = "),
    "no number in data": (RIGHT + "data = [(math.nan, 1.0)]\n", "there is a NaN or an infinity in data"),
    "targets too many": (RIGHT + "data = [(1.0, [0.0, 1.0])]\n", "forward gives 1 number for a sample, and data has 2"),
    "a loss without numbers": (RIGHT + "def loss(a, y): return math.nan\n", "its loss is NaN or infinite"),
    "an ended channel": (RIGHT + "import os\nos.closerange(0, 50)\n", "it ended its own process"),
    "the keyboard": (RIGHT + "input()\n", "my_net.py:22: EOFError"),
}


@pytest.mark.parametrize("what", TROUBLE)
def test_whatever_a_file_does_ends_in_one_sentence(tmp_path, what):
    """With the file and, where it is known, the line; status 2, and JSON says unchecked."""
    text, sentence = TROUBLE[what]
    done = checked(tmp_path, text, "--timeout", "2", "--json")
    assert done.returncode == 2, done.stdout
    assert done.stderr.startswith("error: my_net.py")
    assert sentence in done.stderr
    assert done.stderr.count("\n") == 1
    assert json.loads(done.stdout)["verdict"] == "unchecked"


def test_a_file_that_forks_is_checked_all_the_same(tmp_path):
    """One of the two processes answers, and none is left behind."""
    done = checked(tmp_path, "import os\n" + RIGHT + "os.fork()\n", "--timeout", "5")
    assert done.returncode == 0
    assert "✓ right" in done.stdout


@pytest.mark.parametrize("bad", ["math.nan", "math.inf", "1e300 * 1e300 - 1e300 * 1e300"])
def test_a_gradient_that_is_no_number_is_wrong_and_named(tmp_path, bad):
    """Its parameter is named, nothing is searched for, and JSON has null in its place."""
    done = checked(tmp_path, RIGHT.replace('"b_o": d_out', f'"b_o": {bad}'), "--json")
    assert (done.returncode, done.stderr) == (1, "")
    found = json.loads(done.stdout)
    assert found["parameters"]["b_o"]["theirs"] is None
    assert [(one["kind"], one["parameters"]) for one in found["mistakes"]] == [("non-finite", ["b_o"])]


def test_what_a_file_prints_does_not_get_into_the_answer(tmp_path):
    """Prints go nowhere."""
    done = checked(
        tmp_path, RIGHT.replace("    out = forward(p, x)", "    print('noise'); out = forward(p, x)"), "--json"
    )
    assert json.loads(done.stdout)["verdict"] == "right"


def test_names_from_a_file_are_shown_harmless(tmp_path):
    """Control characters in names are replaced."""
    done = checked(tmp_path, RIGHT.replace("w_in", "w\\x1b[31mi"))
    assert done.returncode == 0
    assert "\x1b" not in done.stdout


@pytest.mark.parametrize("file", ["missing.py", "."])
def test_a_file_that_is_not_there_is_one_line(tmp_path, file):
    """Status 2."""
    done = call(tmp_path, "check", file)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)


def test_check_loads_no_screen(tmp_path):
    """Neither Textual nor plotext."""
    (tmp_path / "my_net.py").write_text(RIGHT, encoding="utf-8")
    code = (
        "import sys; from tui_backprop.cli.main import main; status = main(['check', 'my_net.py']); "
        "sys.exit(status or bool({'textual', 'plotext', 'rich'} & set(sys.modules)))"
    )
    assert (
        subprocess.run(
            [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, timeout=60, check=False
        ).returncode
        == 0
    )
