"""What a script asks its network about, wherever it does so, and whether training came near it."""

from __future__ import annotations

import pytest

from tests.scripts.test_training import CHAIN
from tui_backprop.scripts.checking import check_script
from tui_backprop.scripts.running.run import ScriptOptions
from tui_backprop.scripts.source.source import read_source

OWN = "hid = squash(xs[k] * w1 + b1)\n    out = squash(hid * w2 + b2)"
ASK = "def ask(x):\n    hid = squash(x * w1 + b1)\n    return hid, squash(hid * w2 + b2)\n\n\nfor n in range"
TRAINED_BY_IT = CHAIN.replace("for n in range", ASK).replace(OWN, "hid, out = ask(xs[k])")
BESIDE = CHAIN.replace("for n in range", ASK)
DIVIDED = "xs = list(range(1, 10))\ntop = max(xs)\nfor i in range(9):\n    xs[i] /= top"


def asked(tmp_path, text):
    """The causes that say that it is asked about something out of range."""
    path = tmp_path / "mine.py"
    path.write_text(text, encoding="utf-8")
    causes = check_script(read_source(str(path)), ScriptOptions()).causes
    return [one for one in causes if one.id == "asked-out-of-range"]


@pytest.mark.parametrize(
    ("scaled", "question", "severity"), [(False, 1.9, "warning"), (False, 30, "error"), (True, 18, "error")]
)
def test_a_little_outside_is_a_warning_and_unscaled_or_far_outside_an_error(tmp_path, scaled, question, severity):
    text = TRAINED_BY_IT.replace("xs = [k / 9 for k in range(1, 10)]", DIVIDED) if scaled else TRAINED_BY_IT
    found = asked(tmp_path, f"{text}print(ask({question}))\n")
    assert [one.severity for one in found] == [severity]


@pytest.mark.parametrize(
    ("text", "question"),
    [
        (BESIDE, "print(ask(5), ask(16))"),
        (CHAIN, "for n in (5, 16):\n    print(squash(squash(w1 * n + b1) * w2 + b2))"),
        (
            BESIDE.replace("range(3000)", "range(10**9)"),
            "print(ask(5), ask(16))\nwhile True:\n    n += 1",
        ),
    ],
    ids=["by a function that does not train", "without a function", "after a training that is left early"],
)
def test_what_is_asked_is_seen_wherever_the_weights_are_used(tmp_path, text, question):
    """Also where what comes after the training never ends."""
    (found,) = asked(tmp_path, f"{text}{question}\n")
    assert found.severity == "error"
    assert sorted(found.evidence["asked"]) == [5, 16]
    assert found.line == f"{text}{question}".count("\n", 0, f"{text}{question}".rindex("print(")) + 1


@pytest.mark.parametrize("question", ["for n in range(-4, 14):\n    print(ask(n / 9))", "print(ask(0.5), ask(1.3))"])
def test_a_grid_a_bit_wider_than_the_samples_and_questions_among_them_are_no_cause(tmp_path, question):
    assert asked(tmp_path, f"{BESIDE}{question}\n") == []
