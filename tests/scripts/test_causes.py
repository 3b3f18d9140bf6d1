"""Causes beyond the formula: each is raised by a script that has it, and by no right one."""

from __future__ import annotations

import pytest

from tests.scripts.score import CORPUS
from tui_backprop.scripts.checking import check_script
from tui_backprop.scripts.running.run import ScriptOptions
from tui_backprop.scripts.source.source import read_source

NEAR_MISSES = """\
import numpy as np

np.random.seed(1)
kinds = np.repeat([0, 1, 2], 30)
x = np.array([[0.0, 1.0], [1.0, 0.0], [-1.0, -1.0]])[kinds] + 0.2 * np.random.randn(90, 2)
t = np.eye(3)[kinds]
order = np.random.permutation(90)
x, t = x[order], t[order]

v = np.random.randn(2, 6)
c = np.zeros(6)
w = np.zeros((6, 3))
b = np.zeros(3)


def forward(rows):
    h = np.tanh(rows @ v + c)
    s = h @ w + b
    e = np.exp(s - s.max(axis=1, keepdims=True))
    return h, e / e.sum(axis=1, keepdims=True)


for epoch in range(400):
    h, p = forward(x)
    d = (p - t) / 90
    dh = d @ w.T * (1 - h * h)
    w -= 0.5 * h.T @ d
    b -= 0.5 * d.sum(axis=0)
    v -= 0.5 * x.T @ dh
    c -= 0.5 * dh.sum(axis=0)
    accuracy = np.mean(np.argmax(p, axis=1) == np.argmax(t, axis=1))
print(accuracy, forward(x[:1])[1])
"""


@pytest.mark.parametrize(
    ("name", "cause", "line", "mended"),
    [
        ("06_params_dict_flowers.py", "grown-parameter", 45, True),
        ("29_new_network_each_epoch.py", "made-again", 32, False),
        ("33_rate_far_too_high.py", "rate-too-high", 14, True),
        ("36_huge_weights.py", "huge-weights", 8, False),
        ("37_stopped_after_a_moment.py", "too-few-updates", 43, True),
        ("38_shuffled_alone.py", "other-order", 14, True),
        ("39_tested_with_the_first_weights.py", "untrained-weights", 34, False),
        ("40_accuracy_axis.py", "class-axis", 27, True),
        ("41_nor_without_bias.py", "no-bias", 19, False),
        ("45_last_case_never_drawn.py", "never-reached", 27, False),
        ("46_rows_that_are_one_list.py", "shared-rows", 12, True),
        ("48_always_the_first.py", "one-sample", 21, False),
        ("92_minus_for_equals.py", "no-effect", 40, True),
        ("103_equals_minus.py", "turned-sign", 25, True),
    ],
)
def test_a_cause_is_raised_with_its_line_and_a_fix_where_there_is_one(name, cause, line, mended):
    answer = check_script(read_source(str(CORPUS / name)), ScriptOptions(), mend=False)
    found = {one.id: one for one in answer.causes if one.severity == "error"}
    assert list(found) == [cause]
    assert found[cause].line == line
    assert (found[cause].fix is not None) is mended


SPOILT = [
    (
        "never-changes",
        "error",
        "c -= 0.5 * dh.sum(axis=0)",
        "c -= 0.5 * np.zeros(6)",
        "c never changes: its update adds",
    ),
    ("never-changes", "warning", "    c -= 0.5 * dh.sum(axis=0)\n", "", "c never changes: no update reaches it"),
    (
        "other-scale",
        "warning",
        "c -= 0.5 * dh.sum(axis=0)",
        "c -= 0.5 * 90 * dh.sum(axis=0)",
        "gradient of c is 90 times",
    ),
    ("tiny-weights", "error", "w = np.zeros((6, 3))", "v, w = v * 1e-150, np.full((6, 3), 1e-150)", "are tiny"),
    ("accuracy-shapes", "error", "t, axis=1))", "t, axis=1)[:, None])", "against a column"),
]
"""Causes with their severity, what of the right script is replaced by what, and a part of the sentence."""


@pytest.mark.parametrize(("cause", "severity", "old", "new", "told"), SPOILT)
def test_what_spoils_a_right_script_is_told_at_its_line(tmp_path, cause, severity, old, new, told):
    path = tmp_path / "spoilt.py"
    assert old in NEAR_MISSES
    path.write_text(NEAR_MISSES.replace(old, new), encoding="utf-8")
    answer = check_script(read_source(str(path)), ScriptOptions(), mend=False)
    (found,) = [one for one in answer.causes if one.id == cause]
    assert found.severity == severity
    assert told in found.sentence
    lines = path.read_text(encoding="utf-8").splitlines()
    assert not new or any(new in lines[line - 1] for line in found.lines)


def test_a_right_script_that_comes_near_some_causes_has_none(tmp_path):
    """Output weights start at zero, both parts are shuffled by one order, softmax and argmax go over the classes."""
    path = tmp_path / "near.py"
    path.write_text(NEAR_MISSES, encoding="utf-8")
    answer = check_script(read_source(str(path)), ScriptOptions())
    assert (answer.verdict, answer.learns, answer.causes) == ("right", True, [])


DEAD = """\
import numpy as np

rng = np.random.default_rng(0)
x = rng.uniform(-1, 1, (60, 2))
y = x[:, :1] - 0.5 * x[:, 1:]
net = {"w": rng.normal(size=(2, 8)), "b": np.full(8, -9.0), "v": rng.normal(size=(8, 1)), "c": np.zeros(1)}
sums = {name: np.zeros_like(value) for name, value in net.items()}
for n in range(400):
    h = np.maximum(0, x @ net["w"] + net["b"])
    d = 2 * (h @ net["v"] + net["c"] - y) / 60
    dh = d @ net["v"].T * (h > 0)
    slopes = {"w": x.T @ dh, "b": dh.sum(axis=0), "v": h.T @ d, "c": d.sum(axis=0)}
    for name in net:
        sums[name] = 0.9 * sums[name] + 0.1 * slopes[name] ** 2
        net[name] -= 0.02 * slopes[name] / (np.sqrt(sums[name]) + 1e-8)
"""


ALIVE = [("np.full(8, -9.0)", "np.zeros(8)")]
ROOT = "slopes[name] / (np.sqrt(sums[name]) + 1e-8)"
SUMS = "0.9 * sums[name] + 0.1 * slopes[name] ** 2"


@pytest.mark.parametrize(
    ("changes", "cause", "line"),
    [
        ([], "dead-units", 6),
        (ALIVE, None, 0),
        ([*ALIVE, (" ** 2\n", "\n"), ("np.sqrt(sums[name]", "np.sqrt(abs(sums[name])")], "square-missing", 14),
        ([*ALIVE, (SUMS, "sums[name] + slopes[name]"), (ROOT, "sums[name]")], "sums-never-cleared", 14),
    ],
)
def test_dead_units_and_a_mean_of_plain_gradients_under_a_root_are_told(tmp_path, changes, cause, line):
    text = DEAD
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    path = tmp_path / "dead.py"
    path.write_text(text, encoding="utf-8")
    answer = check_script(read_source(str(path)), ScriptOptions(), mend=False)
    lines = {one.id: one.lines for one in answer.causes}
    assert answer.verdict == "right"
    assert line in lines[cause] if cause else not lines
