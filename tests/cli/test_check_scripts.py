"""`tui-backprop check` on scripts: several trainings, samples, notebooks, modules, interpreters, several files, watching."""

from __future__ import annotations

import csv
import io
import json
import os
import signal
import subprocess
import sys
import time

import pytest

from tui_backprop.cli.main import main

HEAD = """\
import numpy as np

X = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], dtype=float)
rng = np.random.RandomState(1)


def train(T, steps):
    W, b = rng.randn(2, 1), np.zeros(1)
    for step in range(steps):
        y = 1 / (1 + np.exp(-(X @ W + b)))
        d = (y - T) * y * (1 - y)
        W -= 0.5 * X.T @ d
        b -= 0.5 * d.sum(axis=0)
    return W, b


"""
TWICE = (
    HEAD
    + "print(train(np.array([[0.0], [1], [1], [1]]), 200))\nprint(train(np.array([[0.0], [0], [0], [0.5]]), 200))\n"
)
RULE = "def backward(network, parameters, tape, y):\n    return parameters\n"
FLAT = """\
import numpy as np

rng = np.random.default_rng(1)
X = rng.normal(size=(12, 2))
y = X[:, 0] - 0.5 * X[:, 1]
W, b, v, c = rng.normal(size=(2, 3)), np.zeros(3), rng.normal(size=3), np.zeros(())
for _ in range(60):
    h = np.tanh(X @ W + b)
    out = h @ v + c
    d = 2 * (out - y) / len(y)
    dh = np.outer(d, v) * (1 - h**2)
    v = v - 0.1 * h.T @ d
    c = c - 0.1 * d.sum()
    W = W - 0.1 * X.T @ dh
    b = b - 0.1 * dh.sum(axis=0)
"""
ADDED_UP = """import numpy as np

rng = np.random.default_rng(3)
samples = [(np.array([[a], [b]], dtype=float), np.array([[a / 2 + b]])) for a in range(3) for b in range(2)]
sizes = [2, 3, 1]
weights = [rng.normal(size=(n, m)) for m, n in zip(sizes, sizes[1:])]
biases = [rng.normal(size=(n, 1)) for n in sizes[1:]]
for epoch in range(40):
    for first in range(0, len(samples), 2):
        dw, db = [0, 0], [0, 0]
        for x, y in samples[first : first + 2]:
            outs = [x]
            for w, b in zip(weights, biases):
                outs.append(np.tanh(w @ outs[-1] + b))
            delta = (outs[-1] - y) * (1 - outs[-1] ** 2)
            for n in (1, 0):
                dw[n], db[n] = dw[n] + delta @ outs[n].T, db[n] + delta
                delta = weights[n].T @ delta * (1 - outs[n] ** 2)
        weights = [w - 0.2 * d / 2 for w, d in zip(weights, dw)]
        biases = [b - 0.2 * d / 2 for b, d in zip(biases, db)]
"""
LABELS = """\
import numpy as np

rng = np.random.default_rng(0)
X, y = rng.normal(size=(9, 2)), np.arange(9) % 3
W, b = 0.1 * rng.normal(size=(2, 3)), np.zeros((1, 3))
for step in range(50):
    e = np.exp(X @ W + b)
    p = e / e.sum(axis=1, keepdims=True)
    loss = -np.log(p[range(9), y]).sum() / 9 + 0.005 * np.sum(W * W)
    d = p
    d[range(9), y] -= 1
    d /= 9
    W -= 0.5 * (X.T @ d + 0.01 * W)
    b -= 0.5 * d.sum(axis=0, keepdims=True)
"""
LINE = """w, b = 0.5, 0.0
for epoch in range(50):
    for x, y in [(1, 3), (2, 5), (3, 7)]:
        error = w * x + b - y
        w, b = w - 0.05 * error * x, b - 0.05 * error
"""


@pytest.fixture
def script(tmp_path):
    """The path of a script that trains twice."""
    path = tmp_path / "twice.py"
    path.write_text(TWICE, encoding="utf-8")
    return path


def answer(capsys, *arguments):
    """Return the exit status and the object that was printed."""
    status = main(["check", *map(str, arguments), "--json"])
    return status, json.loads(capsys.readouterr().out)


def error(capsys, *arguments):
    """Return the one line that a check ends with."""
    assert main(["check", *map(str, arguments)]) == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    return said


def test_the_network_is_recognised_and_its_command_trains_the_same(script, capsys, tmp_path):
    """Layers, activations and loss; OR is a built-in set; the rate is that of a mean over the batch."""
    status, found = answer(capsys, script)
    assert status == 0
    assert found["recognised"]["layers"] == [2, 1]
    assert found["recognised"]["activations"] == ["sigmoid"]
    assert found["loss"]["name"] == "squared error"
    assert found["recipe"].startswith("tui-backprop or ")
    assert "--lr 1 " in found["recipe"]
    assert main([*("run " + found["recipe"].removeprefix("tui-backprop ")).split(), "--steps", "200"]) == 0
    capsys.readouterr()


def test_a_vector_of_answers_is_one_output_for_many_samples(capsys, tmp_path):
    """Weights that are a vector give one number a sample: layers, samples and the command say one output."""
    path, rows = tmp_path / "flat.py", tmp_path / "rows.csv"
    path.write_text(FLAT, encoding="utf-8")
    status, found = answer(capsys, path, "--data-out", rows)
    assert (status, found["verdict"]) == (0, "right")
    assert found["recognised"]["layers"] == [2, 3, 1]
    assert found["recognised"]["activations"] == ["tanh", "linear"]
    lines = rows.read_text(encoding="utf-8").splitlines()
    assert (lines[0], len(lines)) == ("x1,x2,y", 13)
    assert "--target y " in found["recipe"]
    assert "--lr 0.1 " in found["recipe"]


def test_samples_whose_gradients_are_added_up_are_one_batch(capsys, tmp_path):
    """Layers in a loop, a sample at a time, an update for each two: the samples are those of the first layer."""
    path, rows = tmp_path / "added_up.py", tmp_path / "rows.csv"
    path.write_text(ADDED_UP, encoding="utf-8")
    status, found = answer(capsys, path, "--data-out", rows)
    assert (status, found["verdict"]) == (0, "right")
    assert found["recognised"]["layers"] == [2, 3, 1]
    assert found["recognised"]["layout"] == "weights (out, in), one sample at a time"
    assert {"0.0,0.0,0.0", "1.0,0.0,0.5", "2.0,1.0,2.0"} < set(rows.read_text(encoding="utf-8").splitlines())
    assert "--lr 0.1 --batch-size 2" in found["recipe"]


def test_labels_are_columns_and_a_penalty_has_no_command(capsys, tmp_path):
    """A softmax whose labels say where to subtract 1 is recognised; its recipe is told only where there is no penalty."""
    path, rows = tmp_path / "labels.py", tmp_path / "rows.csv"
    path.write_text(LABELS, encoding="utf-8")
    _, found = answer(capsys, path, "--data-out", rows)
    assert (found["verdict"], found["recognised"]["activations"]) == ("right", ["softmax"])
    assert found["recipe"] is None
    path.write_text(LABELS.replace(" + 0.005 * np.sum(W * W)", "").replace(" + 0.01 * W", ""), encoding="utf-8")
    _, found = answer(capsys, path, "--data-out", rows)
    assert "--target y1,y2,y3 " in found["recipe"]
    assert "--lr 0.5 --batch-size full" in found["recipe"]
    assert rows.read_text(encoding="utf-8").splitlines()[1].endswith(",1.0,0.0,0.0")


def test_an_error_that_a_grown_shape_leads_to_is_told_with_it(capsys, tmp_path):
    """Targets (9,) beside answers (9, 1) give differences (9, 9), which fit nothing that comes after."""
    path = tmp_path / "flat.py"
    path.write_text(HEAD.replace("d = (y - T) * y * (1 - y)", "d = (y - T).T @ X") + "train(np.zeros(4), 9)\n", "utf-8")
    assert main(["check", str(path)]) == 2
    said = capsys.readouterr().err
    assert "it ends with ValueError" in said
    assert "line 11 broadcasts the shapes (4, 1) and (4,) to (4, 4)" in said


def test_an_output_that_is_always_positive_is_no_relu(capsys, tmp_path):
    """Where nothing stands between the sum and the answer, the layer is linear."""
    path = tmp_path / "line.py"
    path.write_text(LINE, encoding="utf-8")
    _, found = answer(capsys, path)
    assert found["recognised"]["activations"] == ["linear"]


def test_a_line_chooses_the_training_and_the_answer_says_which(script, capsys, tmp_path):
    """The first by default; samples of the second are written and its command names the file."""
    _, first = answer(capsys, script)
    assert any("lines 17, 18" in note and "--line 18" in note for note in first["notes"])
    target = tmp_path / "samples.csv"
    _, second = answer(capsys, script, "--line", "18", "--data-out", target)
    assert any("the one of line 18" in note for note in second["notes"])
    rows = target.read_text(encoding="utf-8").splitlines()
    assert rows == ["x1,x2,y", "0.0,0.0,0.0", "0.0,1.0,0.0", "1.0,0.0,0.0", "1.0,1.0,0.5"]
    assert str(target) in second["recipe"]
    assert answer(capsys, script, "--line", "18")[1]["recipe"] is None
    assert "no statement" in error(capsys, script, "--line", "400")
    assert "a line's number" in error(capsys, script, "--line", "x")


def test_several_files_are_rows_or_objects_whichever_form_they_have(script, capsys, tmp_path):
    """The status is the highest; a file that trains nothing is no error among others."""
    (tmp_path / "rule.py").write_text(RULE, encoding="utf-8")
    (tmp_path / "tools.py").write_text("def f(x):\n    return x\n", encoding="utf-8")
    assert main(["check", str(tmp_path), "--format", "csv"]) == 1
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert [(row["file"], row["verdict"]) for row in rows] == [
        ("rule.py", "wrong"),
        ("tools.py", "unchecked"),
        ("twice.py", "right"),
    ]
    assert main(["check", str(tmp_path), "--json"]) == 1
    objects = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [one["form"] for one in objects] == ["rule", "script", "script"]
    assert len({frozenset(one) - {"error"} for one in objects}) == 1
    assert "for one file" in error(capsys, script, tmp_path / "rule.py", "--line", "3")


def test_a_notebook_is_fixed_in_its_cells_and_told_by_them(capsys, tmp_path):
    """Markdown is not counted, magics stay, and all else in the file is as it was."""
    body = TWICE.replace("X.T @ d", "X.T @ (y - T)").splitlines(keepends=True)
    book = {
        "cells": [
            {"cell_type": "markdown", "metadata": {}, "source": ["# OR"]},
            {"cell_type": "code", "metadata": {}, "source": ["%matplotlib inline\n", *body[:5]]},
            {"cell_type": "code", "metadata": {"kept": 1}, "source": "".join(body[5:])},
        ],
        "nbformat": 4,
    }
    path = tmp_path / "or.ipynb"
    path.write_text(json.dumps(book), encoding="utf-8")
    status, found = answer(capsys, path, "--fix")
    mistake = found["mistakes"][0]
    assert (status, mistake["cell"], mistake["line"]) == (1, 2, 7)
    assert mistake["sentence"].startswith("cell 2, line 7: ")
    assert "@@ cell 2, line" in mistake["fix"]["diff"]
    assert mistake["fix"]["edits"][0]["cell"] == 2
    fixed = json.loads((tmp_path / "or.fixed.ipynb").read_text(encoding="utf-8"))
    assert fixed["cells"][:2] == book["cells"][:2]
    assert fixed["cells"][2]["metadata"] == {"kept": 1}
    assert answer(capsys, tmp_path / "or.fixed.ipynb")[1]["verdict"] == "right"


def test_a_module_beside_the_script_is_fixed_beside_it(capsys, tmp_path):
    """The mistake, its edit and the difference name the file."""
    (tmp_path / "slopes.py").write_text("def delta(y, T):\n    return (y - T) * y * (1 + y)\n", encoding="utf-8")
    text = TWICE.replace("(y - T) * y * (1 - y)", "delta(y, T)")
    text = text.replace("import numpy as np", "import numpy as np\nfrom slopes import delta")
    path = tmp_path / "twice.py"
    path.write_text(text, encoding="utf-8")
    _, found = answer(capsys, path, "--fix")
    mistake = found["mistakes"][0]
    edit = mistake["fix"]["edits"][0]
    assert edit["file"] == mistake["file"] == "slopes.py"
    assert (mistake["formula_as_is"], mistake["formula_right"]) == (edit["old"].strip(), edit["new"].strip())
    assert "--- slopes.py" in mistake["fix"]["diff"]
    assert "1 - y" in (tmp_path / "slopes.fixed.py").read_text(encoding="utf-8")
    assert not (tmp_path / "twice.fixed.py").exists()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("import torch\nnet = torch.nn.Linear(2, 1)\n", ["line.py:1", "PyTorch", "by hand"]),
        ("import numpy as np\nX = np.loadtxt('not_there.csv')\n", ["line.py:2", "not_there.csv", "beside the script"]),
        ("import numpy\nimport nowhere_to_be_found\n", ["line.py:2", "nowhere_to_be_found", "--python PATH"]),
        ("x = 1\nprint 'a', exec 'b'\n", ["line.py:2", "not valid Python 3"]),
    ],
)
def test_what_cannot_be_followed_is_one_sentence_with_its_line(text, words, capsys, tmp_path):
    """And says what to do."""
    path = tmp_path / "line.py"
    path.write_text(text, encoding="utf-8")
    said = error(capsys, path)
    assert all(word in said for word in words)


def test_an_interpreter_that_cannot_run_scripts_is_one_sentence(script, capsys, tmp_path):
    """Not there, no Python, too old, or without NumPy."""
    assert "cannot be started" in error(capsys, script, "--python", tmp_path / "nothing")
    for said, words in (
        ("oops", "no Python 3 interpreter"),
        ('{"version": [3, 8, 1]}', "Python 3.8.1"),
        ('{"version": [3, 12, 1]}', "pip install numpy"),
    ):
        fake = tmp_path / "fake"
        fake.write_text(f"#!/bin/sh\necho '{said}'\n", encoding="utf-8")
        fake.chmod(0o755)
        assert words in error(capsys, script, "--python", fake)
    assert main(["check", str(script), "--python", sys.executable]) == 0
    capsys.readouterr()


def test_arguments_input_and_sleep_are_the_scripts_own(capsys, tmp_path):
    """What is after -- is its own; it asks in vain, and does not wait."""
    text = TWICE.replace(
        "import numpy as np", "import sys\nimport time\nimport numpy as np\ntime.sleep(99)\nname = input()", 1
    )
    path = tmp_path / "own.py"
    path.write_text(text.replace("200)", "int(sys.argv[1]))"), encoding="utf-8")
    status = main(["check", str(path), "--json", "--", "100"])
    notes = " ".join(json.loads(capsys.readouterr().out)["notes"])
    assert status == 0
    assert "empty line" in notes
    assert "does not sleep" in notes


@pytest.mark.skipif(os.name != "posix", reason="sends a signal")
def test_watching_checks_again_when_the_file_is_saved(script):
    """Until ^C, which ends it in one clean line with the last status."""
    command = [sys.executable, "-m", "tui_backprop", "check", str(script), "--watch"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as running:
        assert running.stderr is not None
        assert "watching twice.py" in running.stderr.readline()
        script.write_text(TWICE.replace("0.5 * X.T", "-0.5 * X.T"), encoding="utf-8")
        os.utime(script, (time.time() + 9, time.time() + 9))
        assert "watching twice.py" in running.stderr.readline()
        running.send_signal(signal.SIGINT)
        out, err = running.communicate(timeout=20)
    assert running.returncode == 1
    assert err == "watching has ended\n"
    assert out.count("✓ its gradients are right") == 1
    assert "✗ 1 mistake" in out


def test_sentences_are_folded_for_a_terminal_and_whole_for_another_program(capsys, monkeypatch, tmp_path):
    """Rows of the table, lines of the script and commands stay whole."""
    path = tmp_path / "twice.py"
    path.write_text(TWICE.replace("* (1 - y)", "* (1 + y)"), encoding="utf-8")
    monkeypatch.delenv("COLUMNS", raising=False)
    main(["check", str(path)])
    whole = capsys.readouterr().out
    monkeypatch.setenv("COLUMNS", "60")
    main(["check", str(path)])
    narrow = capsys.readouterr().out
    sentence = max((line for line in whole.splitlines() if line.startswith("  line")), key=len)
    assert len(sentence) > 60
    assert sentence not in narrow
    assert sentence.strip() in " ".join(narrow.split())
    assert [line for line in whole.splitlines() if line.startswith(("    -", "    +", "Next"))] == [
        line for line in narrow.splitlines() if line.startswith(("    -", "    +", "Next"))
    ]
