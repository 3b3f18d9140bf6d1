"""The scripts with known mistakes, and the scorer that compares them with what `check` says."""

from __future__ import annotations

import ast
import json
from pathlib import Path

import pytest

from tests.scripts.generated import EITHER, RIGHT, SCALED, every_script, scripts_of, write
from tests.scripts.score import CORPUS, Result, is_good
from tui_backprop.core.mistakes.gallery import MISTAKES

EXPECTED = json.loads((CORPUS / "expected.json").read_text(encoding="utf-8"))
FAULTY = {
    "verdict": "wrong formula",
    "line": [7],
    "words": [["slope", "derivative"]],
    "parameters": ["w1", "b1|net.b1"],
}
TOLD = {"line": 7, "sentence": "the slope is missing", "fix": {"diff": "…", "edits": []}}
WRONG = {
    "verdict": "wrong",
    "learns": None,
    "parameters": {'p["w1"]': {"verdict": "wrong"}, "net.b1": {"verdict": "wrong"}, "w2": {"verdict": "right"}},
    "mistakes": [TOLD],
    "causes": [],
}


def score(expected, answer):
    return Result("some.py", expected, answer, 0.1, "").score


def source_of(name, expected):
    """Return the text of a script, or of the cell or other file of it that the answer is about."""
    path = CORPUS / name
    path = path.with_name(expected.get("file", path.name))
    text = path.read_text(encoding="utf-8")
    if path.suffix != ".ipynb":
        return text
    cells = ["".join(cell["source"]) for cell in json.loads(text)["cells"] if cell["cell_type"] == "code"]
    return cells[expected.get("cell", 1) - 1]


def test_each_script_of_the_corpus_has_its_answer_and_each_answer_its_script():
    there = {path.name for path in CORPUS.iterdir() if path.name not in ("expected.json", "__pycache__")}
    assert there == {Path(name).parts[0] for name in EXPECTED}
    assert all((CORPUS / name).is_file() for name in EXPECTED)


def test_the_corpus_is_as_large_and_as_mixed_as_it_has_to_be():
    answers = list(EXPECTED.values())
    assert len(answers) >= 60
    assert len({one["style"] for one in answers}) >= 12
    assert sum(one["verdict"] == "right" for one in answers) >= 15
    assert sum(one.get("beyond", False) for one in answers) >= 12


@pytest.mark.parametrize("name", EXPECTED)
def test_an_answer_points_at_lines_with_code_in_them(name):
    expected = EXPECTED[name]
    lines = source_of(name, expected).splitlines()
    assert bool(expected["line"]) == (expected["verdict"] != "right")
    assert all(lines[line - 1].strip() and not lines[line - 1].strip().startswith("#") for line in expected["line"])


def test_every_mistake_of_the_gallery_is_generated_in_some_style():
    generated = {script.mistake for script in every_script()}
    assert generated == {RIGHT, *MISTAKES}
    assert generated >= SCALED | EITHER


def test_a_generated_script_differs_from_the_right_one_in_the_lines_it_names_alone():
    right = {script.style: script.text.splitlines() for script in every_script() if script.mistake == RIGHT}
    assert len(right) == 6
    for script in every_script():
        lines = script.text.splitlines()
        different = {n for n, (mine, its) in enumerate(zip(lines, right[script.style], strict=True), 1) if mine != its}
        assert different <= set(script.lines)
        assert bool(different) == (script.mistake != RIGHT)
        ast.parse(script.text)


def test_a_style_with_a_mistake_that_the_gallery_lacks_is_refused(tmp_path):
    (tmp_path / "some.py").write_text("x = 1\n#? no-such-mistake: x = 2\n", encoding="utf-8")
    with pytest.raises(
        ValueError, match=r"some.py: unknown mistakes no-such-mistake; the gallery has weight-for-input"
    ):
        scripts_of(tmp_path / "some.py")


def test_generated_scripts_are_written_with_their_answers(tmp_path):
    count = write(tmp_path / "new")
    expected = json.loads((tmp_path / "new" / "expected.json").read_text(encoding="utf-8"))
    assert count == len(expected)
    assert all((tmp_path / "new" / name).is_file() for name in expected)


def test_a_right_answer_on_a_wrong_script_counts_in_all_columns():
    found = score(FAULTY, WRONG)
    assert (found.verdict, found.line, found.words, found.explained, found.fix) == (1, 1, 1, 1, 1)


@pytest.mark.parametrize(
    ("change", "column"),
    [
        ({"verdict": "right"}, "verdict"),
        ({"parameters": {"w1": {"verdict": "wrong"}}}, "verdict"),
        ({"parameters": {name: {"verdict": "wrong"} for name in ("w1", "b1", "w2")}}, "verdict"),
        ({"mistakes": [{**TOLD, "line": 8}]}, "line"),
        ({"mistakes": [{**TOLD, "file": "other.py"}]}, "line"),
        ({"mistakes": [{**TOLD, "sentence": "it is wrong"}]}, "words"),
        ({"mistakes": [{**TOLD, "fix": None}]}, "fix"),
    ],
)
def test_what_is_wrong_in_an_answer_is_not_counted(change, column):
    assert getattr(score(FAULTY, {**WRONG, **change}), column) == 0


def test_a_line_of_a_notebook_counts_in_its_cell_only():
    expected = {**FAULTY, "cell": 2}
    assert score(expected, {**WRONG, "mistakes": [{**TOLD, "cell": 2}]}).line == 1
    assert score(expected, {**WRONG, "mistakes": [{**TOLD, "cell": 3}]}).line == 0


@pytest.mark.parametrize(
    ("verdict", "answer", "accused"),
    [
        ("right", {"verdict": "right", "learns": True}, 0),
        ("right", {"verdict": "scaled", "learns": None}, 0),
        ("right", {"verdict": "wrong", "learns": True}, 1),
        ("right", {"verdict": "right", "learns": False}, 1),
        ("right", {"verdict": "right", "learns": True, "causes": [{"severity": "error"}]}, 1),
        ("right", {"verdict": "unchecked", "learns": None}, 0),
        ("scaled", {"verdict": "scaled", "learns": False}, 0),
        ("scaled", {"verdict": "wrong", "learns": False}, 1),
    ],
)
def test_a_right_script_is_accused_by_a_verdict_a_cause_or_its_training(verdict, answer, accused):
    assert score({"verdict": verdict}, answer).accused == accused


def test_a_script_that_was_not_read_is_neither_accused_nor_explained():
    for answer in (None, {"verdict": "unchecked"}):
        found = score(FAULTY, answer)
        assert (found.unread, found.accused, found.explained) == (1, 0, 0)


def test_one_accused_script_is_enough_to_fail():
    good = score(FAULTY, WRONG)
    assert is_good(good)
    assert not is_good(good + score({"verdict": "right"}, WRONG))
    assert not is_good(score(FAULTY, None))
