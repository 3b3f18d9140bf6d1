"""A script's own training: its loss, whether it learns, and what is said of it."""

from __future__ import annotations

import numpy as np
import pytest

from tests.scripts.score import CORPUS
from tui_backprop.scripts.answering.text import answer_text
from tui_backprop.scripts.checking import check_script
from tui_backprop.scripts.running.run import ScriptOptions
from tui_backprop.scripts.source.source import read_source
from tui_backprop.scripts.training.course import FollowedTraining, course_of

TARGETS = np.array([0.0, 1.0, 0.0, 1.0])
CHAIN = """\
import math
import random

random.seed(1)
RATE = 0.1


def squash(v):
    return 1 / (1 + math.exp(-v))


w1, w2, b1, b2 = random.random() - 0.5, random.random() - 0.5, 0, 0
xs = [k / 9 for k in range(1, 10)]
ys = [k % 2 for k in range(9)]
for n in range(3000):
    k = random.randrange(9)
    hid = squash(xs[k] * w1 + b1)
    out = squash(hid * w2 + b2)
    delta = (out - ys[k]) * out * (1 - out)
    back = delta * w2 * hid * (1 - hid)
    w2 -= RATE * delta * w2
    b2 -= RATE * delta
    w1 -= RATE * back * xs[k]
    b1 -= RATE * back
"""
LETTERS = """\
import numpy as np

rng = np.random.default_rng(0)
U, V, W = rng.normal(0, 0.3, (6, 3)), rng.normal(0, 0.3, (6, 6)), rng.normal(0, 0.3, (3, 6))
for n in range(60):
    letters = [0, 1, 2, 0, 1, 2][n % 3 : n % 3 + 4]
    h, p = {-1: np.zeros((6, 1))}, {}
    for t in range(3):
        h[t] = np.tanh(U[:, [letters[t]]] + V @ h[t - 1])
        e = np.exp(W @ h[t])
        p[t] = e / e.sum()
    dU, dV, dW, back = np.zeros_like(U), np.zeros_like(V), np.zeros_like(W), np.zeros((6, 1))
    for t in reversed(range(3)):
        d = p[t].copy()
        d[letters[t + 1]] -= 1
        dW += d @ h[t].T
        dz = (W.T @ d + back) * (1 - h[t] ** 2)
        dU[:, [letters[t]]] += dz
        dV += dz @ h[t - 1].T
        back = V.T @ dz
    U -= 0.1 * dU
    V -= 0.1 * dV
    W -= 0.1 * dW
"""


def followed(losses, reason="end", updates=None, finite=True):
    """Return a training whose squared error on four samples goes through `losses`."""
    pairs = [(n, [(TARGETS + np.sqrt(loss), TARGETS)]) for n, loss in enumerate(losses)]
    count = updates or len(pairs)
    return FollowedTraining(reason, count, 0.1, pairs, [0] * len(pairs), [], [], finite, None, [], 4, [], None, None)


def course(losses, **more):
    return course_of(followed(losses, **more), "mean squared error", None, 1.0)


FALLING = list(np.geomspace(0.3, 0.01, 600))
FLAT = [0.25] * 600


@pytest.mark.parametrize(
    ("losses", "more", "learns"),
    [
        (FALLING, {}, True),
        ([*FALLING, *[0.01] * 600], {}, True),
        (FLAT, {}, False),
        (FLAT, {"reason": "time"}, False),
        (FLAT[:100], {"reason": "time"}, None),
        (
            list(np.linspace(0.4, 0.3, 600)),
            {"reason": "time"},
            None,
        ),  # still above a constant answer, and still falling
        (list(np.linspace(0.4, 0.3, 600)), {}, False),
        ([*FALLING, *np.geomspace(0.01, 0.2, 300)], {}, False),  # it was lower before
        (FALLING, {"finite": False}, False),
    ],
)
def test_learning_ends_below_a_constant_answer_and_near_its_lowest_loss(losses, more, learns):
    found = course(losses, **more)
    assert found.constant == pytest.approx(0.25)
    assert found.learns is learns


def test_a_loss_that_grows_diverges_and_one_that_is_stuck_does_not():
    assert course(list(np.geomspace(0.3, 1e6, 100))).diverges
    assert not course(FLAT).diverges
    assert course(FLAT).stuck
    assert not course(FALLING).stuck


def test_when_a_loss_is_reached_is_told_in_updates():
    assert course(FALLING).reaches(0.31) == 1
    assert course(FALLING).reaches(0.01001) == 600
    assert course(FALLING).reaches(0.001) is None


def test_each_sample_counts_alike_however_often_it_was_drawn():
    seen = followed([0.0] * 1)
    rare, often = (1, (np.array(0.0), np.array(1.0))), (2, (np.array(0.0), np.array(0.0)))
    drawn = [rare if n % 10 == 0 else often for n in range(400)]
    seen.pairs, seen.samples, seen.updates = (
        [(n, [pair]) for n, (_, pair) in enumerate(drawn)],
        [key for key, _ in drawn],
        400,
    )
    found = course_of(seen, "mean squared error", None, 1.0)
    assert found.constant == pytest.approx(0.25)
    assert found.end == pytest.approx(0.5)


def test_with_the_fix_it_is_said_that_the_training_still_fails(tmp_path):
    path = tmp_path / "chain.py"
    path.write_text(CHAIN, encoding="utf-8")
    answer = check_script(read_source(str(path)), ScriptOptions())
    assert answer.learns is False
    assert answer.fixed is not None
    assert answer.fixed["loss_before"] == pytest.approx(0.247, abs=0.01)
    assert answer.fixed["loss_after"] == pytest.approx(0.247, abs=0.01)
    assert (
        "With the fix its gradients are right, and it still does not learn: its own 3,000 updates" in answer.training[0]
    )
    assert "one constant answer has 0.2469" in answer.training[0]
    assert [one.id for one in answer.causes] == ["floor"]
    assert answer.training[0] in "\n".join(answer_text(answer))
    assert answer.training[0] in answer.as_json()["notes"]


def test_a_right_script_is_told_that_it_learns():
    answer = check_script(read_source(str(CORPUS / "18_wine_columns_right.py")), ScriptOptions())
    assert answer.learns is True
    assert not answer.causes
    assert answer.training[0].startswith("It learns: in its own 600 updates its loss (cross-entropy) goes 1.09 → 0.0")
    assert "It would learn faster with momentum" in answer.training[1]


def test_labels_that_are_taken_from_a_column_of_answers_are_followed(tmp_path):
    """`d[label] -= 1` in a column writes through a view; the training is followed there as elsewhere."""
    path = tmp_path / "letters.py"
    path.write_text(LETTERS, encoding="utf-8")
    answer = check_script(read_source(str(path)), ScriptOptions())
    assert (answer.verdict, answer.learns) == ("right", True)
