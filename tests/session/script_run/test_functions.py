"""A file of functions is stepped as a script: a loop of ours is put after it, and nothing of that is ever written."""

from __future__ import annotations

import numpy as np
import pytest

from tests.own_files import ARRAYS, ORIGINAL, RIGHT, RULE
from tui_backprop.core.errors import InputError
from tui_backprop.scripts.functions.as_script import source_to_step
from tui_backprop.scripts.source.source import LOOP_MARK
from tui_backprop.session.script_run.stepped import SteppedScript

LISTS = """\
import math

parameters = {"W": ([0.1, 0.2], [0.3, -0.4]), "v": [0.5, -0.5], "c": 0.1}
data = [([0, 0], 0), ([0, 1], 1), ([1, 0], 1), ([1, 1], 0)]


def sigmoid(z):
    return 1 / (1 + math.exp(-z))


def hidden(p, x):
    return [sigmoid(sum(p["W"][i][j] * x[i] for i in range(2))) for j in range(2)]


def forward(p, x):
    return sigmoid(sum(v * h for v, h in zip(p["v"], hidden(p, x))) + p["c"])


def loss(answer, y):
    return -(y * math.log(answer) + (1 - y) * math.log(1 - answer))


def backward(p, x, y):
    h, d = hidden(p, x), forward(p, x) - y
    slopes = [d * p["v"][j] * h[j] * (1 - h[j]) for j in range(2)]
    return {"W": [[s * x[i] for s in slopes] for i in range(2)], "v": [d * one for one in h], "c": d}
"""
"""Lists of lists, of which one is a tuple, and a loss of their own."""

UPDATE = (
    RIGHT.replace("def backward", "def slopes")
    + """

def update(p, x, y, lr):
    found = slopes(p, x, y)
    for name in p:
        p[name] -= lr * found[name]
"""
)
"""An update that changes the parameters in place."""

FORMS = {
    "numbers": (RIGHT, ["w_in", "b_h", "w_out", "b_o"]),
    "arrays": (ARRAYS, ["W1", "b1", "W2", "b2"]),
    "lists": (LISTS, ["W", "v", "c"]),
    "update": (UPDATE, ["w_in", "b_h", "w_out", "b_o"]),
    "a rule": (RULE, ["w1", "b1", "w2", "b2"]),
}


def written(folder, text):
    path = folder / "my_net.py"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture
def opened(tmp_path):
    """Open a file of functions, and end its processes."""
    runs = []

    def one(text):
        runs.append(SteppedScript(str(written(tmp_path, text)), timeout=20.0))
        runs[-1].open()
        return runs[-1]

    yield one
    for run in runs:
        run.close()


@pytest.mark.parametrize("form", FORMS)
def test_functions_of_every_form_are_stepped(opened, form):
    """Each of their parameters is known under its own name, and judged by what their functions gave."""
    text, names = FORMS[form]
    run = opened(text)
    run.step()
    frame = run.frame
    assert frame.lines[: text.count("\n")] == tuple(text.splitlines())
    assert [(one.name, one.verdict) for one in frame.window.parameters] == [(name, "right") for name in names]
    assert all(np.allclose(one.theirs, one.true, atol=1e-9) for one in frame.window.parameters)
    assert frame.rate == 0.1
    if form == "lists":
        assert run.version.case.examination.loss.name == "cross-entropy"


def test_wrong_lines_of_functions_are_theirs(opened, tmp_path):
    """What is wrong is found in the file's own lines; what changed is told and written without the loop."""
    run = opened(ORIGINAL)
    rows = ORIGINAL.splitlines()
    lines = {run.version.case.trace.line(one.records[0]) for one in run.version.case.wrong}
    assert {rows[line - 1].split()[0] for line in lines} == {"return"}  # the names of its entries are changed first
    assert run.frame.event.line in lines
    change = run.frame.window.parameters[3].change[0]
    run.set_rate(0.3)
    assert (run.frame.rate, run.frame.fixes, run.difference(), run.fixed_files()) == (0.3, 1, "", {})
    assert np.isclose(run.frame.window.parameters[3].change[0], 3 * change)
    run.undo()
    assert run.frame.rate == 0.1
    with pytest.raises(ValueError, match="above 0"):
        run.set_rate(-1.0)
    written(tmp_path, RIGHT)
    assert run.changed_on_disk
    run.reload()
    assert {one.verdict for one in run.frame.window.parameters} == {"right"}
    before = run.frame.window
    written(tmp_path, "def backward(:\n")
    with pytest.raises(InputError, match="not valid Python"):
        run.reload()
    assert run.frame.window is before


def test_the_loop_has_samples_for_a_file_that_has_none(tmp_path):
    """Parity for one input, xor for two, and drawn ones for the rest; a file with a loop of its own is left alone."""
    loops = {}
    texts = {
        "one": RIGHT.replace("data =", "some ="),
        "five": ARRAYS.replace("data =", "some =").replace("(2, 3)", "(5, 3)"),
        "guarded": RIGHT + 'if __name__ == "__main__":\n    for x, y in data:\n        backward(parameters, x, y)\n',
    }
    for name, text in texts.items():
        loops[name] = source_to_step(str(written(tmp_path, text))).text.partition(LOOP_MARK)[2]
    assert "(0.111111, 0.0), (0.222222, 1.0)" in loops["one"]
    assert loops["five"].count("[") > 2 * 24
    assert loops["guarded"] == ""
