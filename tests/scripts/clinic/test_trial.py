"""What is said where the formulas are right: whether the network learns its own data, and what keeps it from that."""

from __future__ import annotations

import pytest

from tests.scripts.clinic.own_code import ask_directly
from tests.scripts.clinic.test_check_kinds import module_of, words
from tui_backprop.scripts.clinic.check import check

NET = """
import math
parameters = {{"w1": [0.3, -0.5, 0.8], "b1": [0.1, 0.0, -0.2], "w2": [0.5, -0.4, 0.3], "b2": 0.0}}
data = [({x} * i, {y}) for i in range(-4, 5)]
def hidden(p, x): return [math.exp(z) / (1 + math.exp(z)) for z in (w * x + b for w, b in zip(p["w1"], p["b1"]))]
def forward(p, x): return sum(h * w for h, w in zip(hidden(p, x), p["w2"])) + p["b2"]
def backward(p, x, y):
    h = hidden(p, x)
    d = {factor} * (forward(p, x) - y)
    e = [d * w * v * (1 - v) for w, v in zip(p["w2"], h)]
    return {{"w2": [d * v for v in h], "b2": d, "w1": [v * x for v in e], "b1": e}}
"""


def checked(monkeypatch, x="0.25", y="0.1 * i", factor="2"):
    return check(ask_directly(monkeypatch, module_of(NET.format(x=x, y=y, factor=factor))))


def test_what_learns_is_right_and_says_with_which_rate(monkeypatch):
    """The best of several rates, and the updates that were made."""
    found = checked(monkeypatch)
    assert (found.verdict, found.learns) == ("right", True)
    assert "✓ right: every gradient is the one of the loss" in words(found)
    assert "the best of 10, 1, 0.1, 0.01, 0.001" in words(found)


@pytest.mark.parametrize("factor", ["2", "1"], ids=["right", "scaled"])
def test_an_overflow_of_the_training_is_no_refusal(factor, monkeypatch):
    """Unscaled targets run away at usual rates: the verdict is there all the same, and the targets are named."""
    found = checked(monkeypatch, y="250000.0 + 30000 * i", factor=factor)
    assert found.verdict == ("right" if factor == "2" else "scaled")
    assert found.learns is not None
    assert any("its targets go up to 370,000" in note for note in found.notes)


def test_targets_that_no_input_tells_are_said_not_to_be_learned(monkeypatch):
    """The formulas are right, and nothing can be learned: no ✓ alone."""
    found = checked(monkeypatch, x="0.0", y="float(i % 2)")
    assert (found.verdict, found.learns) == ("right", False)
    assert "the best constant answer has 0.2469" in words(found)
    assert "✓ right: every gradient is the one of the loss, but in a trial it did not learn" in words(found)
    assert "the model, the data or the settings" in words(found)


def test_what_no_training_can_reach_is_said_with_its_reason(monkeypatch):
    """A chain of single units on the original case's data."""
    text = NET.format(x="1 / 9", y="float(i % 2)", factor="2")
    text = (
        text.replace("[0.3, -0.5, 0.8]", "[0.3]")
        .replace("[0.1, 0.0, -0.2]", "[0.1]")
        .replace("[0.5, -0.4, 0.3]", "[0.5]")
    )
    found = check(ask_directly(monkeypatch, module_of(text)))
    assert found.learns is False
    assert any("can only rise or only fall" in note for note in found.notes)


def test_without_data_nothing_is_trained(monkeypatch):
    """And nothing is said of learning."""
    found = check(
        ask_directly(monkeypatch, module_of(NET.format(x="1", y="1.0", factor="2").replace("data =", "unused =")))
    )
    assert (found.verdict, found.learns) == ("right", None)


def test_the_same_file_gets_the_same_answer(monkeypatch):
    """Word for word."""
    assert words(checked(monkeypatch)) == words(checked(monkeypatch))
