"""Whole scripts checked as they are: verdict, line, sentence, fix and causes, in both directions."""

from __future__ import annotations

import json

import pytest

from tests.scripts.score import CORPUS, Result
from tui_backprop.cli.main import main
from tui_backprop.scripts.answering.text import answer_text
from tui_backprop.scripts.checking import check_script
from tui_backprop.scripts.parts import RAISE
from tui_backprop.scripts.reading.errors import NoTrainingError
from tui_backprop.scripts.running.run import ScriptOptions
from tui_backprop.scripts.source.source import ScriptError, read_source

EXPECTED = json.loads((CORPUS / "expected.json").read_text(encoding="utf-8"))

ORIGINAL = """\
import math
import random

RATE = 0.1


def squash(v):
    return 1 / (1 + math.exp(-v))


def slope(out):
    return out * (1 - out)


w1, w2, b1, b2 = random.random() - 0.5, random.random() - 0.5, 0, 0
xs = [k / 9 for k in range(1, 10)]
ys = [k % 2 for k in range(9)]
for n in range(300):
    k = random.randrange(9)
    hid = squash(xs[k] * w1 + b1)
    out = squash(hid * w2 + b2)
    diff = out - ys[k]
    delta = diff * slope(out)
    back = delta * w2
    w2 -= RATE * delta * hid
    b2 -= RATE * delta
    w1 -= RATE * back * slope(hid) * xs[k]
    b1 -= RATE * back * slope(hid)
"""


def checked(tmp_path, text, name="mine.py"):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return check_script(read_source(str(path)), ScriptOptions())


def test_a_right_script_is_right_and_no_cause_is_an_error_but_the_floor(tmp_path):
    answer = checked(tmp_path, ORIGINAL)
    assert answer.verdict == "right"
    assert not answer.mistakes
    assert [one.id for one in answer.causes if one.severity == "error"] == ["floor"]
    assert set(answer.parameters) == {"w1", "w2", "b1", "b2"}


@pytest.mark.parametrize(
    ("old", "new", "line", "wrong", "word"),
    [
        ("RATE * delta * hid", "RATE * delta * w2", 25, {"w2"}, "hid"),
        ("back * slope(hid) * xs[k]", "back * slope(hid) * w1", 27, {"w1"}, "xs[k]"),
        ("back = delta * w2", "back = diff * w2", 24, {"w1", "b1"}, "delta"),
        ("b2 -= RATE * delta", "b2 += RATE * delta", 26, {"b2"}, "sign"),
        ("diff * slope(out)", "diff * slope(hid)", 23, {"w1", "w2", "b1", "b2"}, "takes `slope` at `out`"),
    ],
)
def test_a_wrong_line_is_named_and_its_fix_is_proven(tmp_path, old, new, line, wrong, word):
    answer = checked(tmp_path, ORIGINAL.replace(old, new))
    assert answer.verdict == "wrong"
    assert {name for name, one in answer.parameters.items() if one["verdict"] == "wrong"} == wrong
    assert [one.line for one in answer.mistakes] == [line]
    assert word in answer.mistakes[0].sentence
    assert answer.mistakes[0].fix is not None
    assert checked(tmp_path, answer.fixed_source.text, "fixed.py").verdict == "right"


@pytest.mark.parametrize(
    "name",
    [
        "01_xor_rows.py",
        "04_layer_objects_sine.py",
        "08_vectors_heart.py",
        "09_comprehensions_and_gate.py",
        "16_leaky_helper/train.py",
        "17_traffic_light_right.py",
        "23_seasons_star.py",
        "30_flat_labels.py",
        "42_whole_numbers.py",
        "49_layers_minibatch_right.py",
        "58_word_vectors_right.py",
        "60_batchnorm_right.py",
        "62_tied_autoencoder_right.py",
        "104_layers_as_closures_right.py",
        "107_errors_that_go_back_are_no_loss.py",
        "54_conv1d_right.py",
        "76_momentum_decay_right.py",
        "89_rprop_right.py",
        "86_slope_turned_round.py",
        "90_print_without_brackets_right.py",
        "94_health_score_chain.py",
        "96_update_of_the_sample_before.py",
        "109_bias_column_joined.py",
        "110_lists_into_dot_right.py",
        "111_entry_by_entry_right.py",
        "112_engine_of_values_right.py",
        "113_xrange_slope_of_the_slope.py",
        "114_printed_loss_is_an_array_right.py",
    ],
)
def test_scripts_of_the_corpus_are_told_what_they_should_be(name):
    answer = check_script(read_source(str(CORPUS / name)), ScriptOptions(), mend=False)
    score = Result(name, EXPECTED[name], answer.as_json(), 0.1, "").score
    assert not score.accused
    assert score.verdict
    assert score.line or EXPECTED[name]["verdict"] == "right"


LINES = """\
line its backward pass is
22 diff = out - ys[k] ∂L/∂out ✓
23 delta = diff * slope(out) ∂L/∂b2 ✓
24 back = diff * w2 should be ∂L/∂hid ✗ has diff where delta belongs"""


def test_each_line_of_the_backward_pass_is_told_with_what_it_lacks(tmp_path):
    """You should see each line, by what factor it is which derivative, and beside a wrong one what is wrong."""
    answer = checked(tmp_path, ORIGINAL.replace("back = delta * w2", "back = diff * w2"))
    text = answer_text(answer)
    assert [" ".join(line.split()) for line in text[3:7]] == LINES.splitlines()
    assert text[0].endswith("squared error (inferred from its error), one sample a step, rate 0.1")
    assert text[1].startswith("followed ")
    assert "of its 300 updates" in text[1]
    assert text[1].endswith("changed in lines 25-28")
    assert text[-1].startswith("Next: tui-backprop parity --scale-inputs max")
    assert text[-1].endswith("; tui-backprop mine.py steps through this code")
    narrow = answer_text(answer, width=60)
    assert max(len(line) for line in narrow[4:7]) < max(len(line) for line in text[4:7])


@pytest.mark.parametrize(
    ("name", "lines", "words"),
    [
        ("10_tuples_fahrenheit.py", [40], "`b1 + lr * gb1` should be `b1 - lr * gb1`"),
        ("15_main_parabola.py", [37], "`cost(out, y)` is the cost (loss) itself"),
        ("93_every_layer_meets_the_targets.py", [26, 27], "compares a hidden layer with the targets"),
    ],
)
def test_a_mistake_is_told_at_its_own_line_once_and_by_what_it_is(name, lines, words):
    """The line that is wrong, not one that it calls or that comes after it."""
    answer = check_script(read_source(str(CORPUS / name)), ScriptOptions())
    assert [one.line for one in answer.mistakes] == lines
    assert all(words in one.sentence for one in answer.mistakes)


def test_a_script_that_ends_its_own_process_is_followed_up_to_there(tmp_path):
    answer = checked(tmp_path, ORIGINAL + "    if n == 20:\n        import os\n        os._exit(0)\n")
    assert answer.verdict == "right"
    assert "It ends its process itself (os._exit in line 31): it was followed up to there." in answer.notes


def test_the_text_and_the_json_say_the_same(tmp_path):
    answer = checked(tmp_path, ORIGINAL.replace("delta * hid", "delta * w2"))
    text = "\n".join(answer_text(answer))
    assert answer.mistakes[0].sentence in text
    assert (
        json.loads(json.dumps(answer.as_json(), allow_nan=False))["mistakes"][0]["sentence"]
        == answer.mistakes[0].sentence
    )


def test_what_a_script_writes_and_deletes_is_left_alone(tmp_path):
    keep = tmp_path / "keep.txt"
    keep.write_text("mine", encoding="utf-8")
    before = (
        'import os\nopen("keep.txt", "w").write("gone")\nopen("new.txt", "w").write("new")\n'
        'try:\n    os.remove("keep.txt")\nexcept OSError:\n    pass\n'
    )
    assert checked(tmp_path, before + ORIGINAL).verdict == "right"
    assert keep.read_text(encoding="utf-8") == "mine"
    assert sorted(one.name for one in tmp_path.iterdir()) == ["keep.txt", "mine.py"]


def test_a_bare_except_does_not_keep_the_trace_from_ending(tmp_path):
    body = ORIGINAL.replace("for n in range(300):", "for n in range(10 ** 9):")
    head, loop = body.split("for n in", 1)
    guarded = "\n".join(f"    {line}" for line in ("for n in" + loop).splitlines())
    assert checked(tmp_path, f"{head}try:\n{guarded}\nexcept:\n    pass\n").verdict == "right"


def test_prompts_python_2_and_missing_imports_are_read(tmp_path):
    two = ORIGINAL.replace("in range(", "in xrange(").replace("k / 9", "k / 9.0") + "print 'done', w1\n"
    found = checked(tmp_path, two.replace("import math\n", ""), "two.py")
    assert found.verdict == "right"
    assert any("Python 2" in note for note in found.notes)
    assert any("import math" in note for note in found.notes)
    pasted = "\n".join((">>> " if line[:1].strip() else "... ") + line for line in ORIGINAL.splitlines())
    assert checked(tmp_path, pasted, "pasted.py").verdict == "right"


def test_a_notebook_is_told_by_cell_and_line(tmp_path, capsys):
    head, loop = ORIGINAL.replace("delta * hid", "delta * w2").split("for n in", 1)
    cells = [
        {"cell_type": "code", "source": ["%matplotlib inline\n", head]},
        {"cell_type": "code", "source": "for n in" + loop},
    ]
    path = tmp_path / "mine.ipynb"
    path.write_text(json.dumps({"cells": cells}), encoding="utf-8")
    assert main(["check", str(path), "--json"]) == 1
    mistake = json.loads(capsys.readouterr().out)["mistakes"][0]
    assert (mistake["cell"], mistake["line"]) == (2, 8)


def test_several_files_are_a_line_each_and_a_bad_one_stops_none(tmp_path, capsys):
    (tmp_path / "a.py").write_text(ORIGINAL, encoding="utf-8")
    (tmp_path / "b.py").write_text("def broken(:\n", encoding="utf-8")
    assert main(["check", str(tmp_path), "--format", "csv"]) == 2
    rows = capsys.readouterr().out.splitlines()
    assert rows[0] == "file,verdict,learns,lines,sentence,seconds"
    assert [row.split(",")[0] for row in rows[1:]] == ["a.py", "b.py"]


def test_the_fixed_script_is_written_beside_and_never_over_a_file(tmp_path, capsys):
    path = tmp_path / "mine.py"
    path.write_text(ORIGINAL.replace("delta * hid", "delta * w2"), encoding="utf-8")
    before = path.read_text(encoding="utf-8")
    assert main(["check", str(path), "--fix"]) == 1
    fixed = tmp_path / "mine.fixed.py"
    assert "delta * hid" in fixed.read_text(encoding="utf-8")
    fixed.write_text("kept", encoding="utf-8")
    assert main(["check", str(path), "--fix"]) == 2
    assert fixed.read_text(encoding="utf-8") == "kept"
    assert path.read_text(encoding="utf-8") == before
    capsys.readouterr()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("import numpy as np\nx = (1,\n", "mine.py:2: not valid Python 3"),
        ("import some_module_that_is_not_there\n", "mine.py:1: it needs the module some_module_that_is_not_there"),
        ("from json import nothing_of_it\n", "mine.py:1: it ends with ImportError: cannot import name 'nothing_of_it'"),
        ("data = open('no_such_data.csv')\n", "mine.py:1: a file that it reads is not there"),
        ("raise KeyboardInterrupt\n", "mine.py:1: it ends with KeyboardInterrupt$"),
    ],
)
def test_what_cannot_be_used_is_one_sentence_with_the_line(tmp_path, text, said):
    with pytest.raises(ScriptError, match="^" + said.replace("(", "[(]")):
        checked(tmp_path, text)


STEP_UNIT = """\
import numpy as np

rows, goals = np.array([[0, 0], [0, 1], [1, 0], [1, 1]]), [0, 0, 0, 1]
pull = np.array([0.3, -0.2])


def answer(row):
    total = np.dot(row, pull) - 0.4
    return 1 if total >= 0 else 0


for turn in range(20):
    for row, goal in zip(rows, goals):
        pull += 0.1 * (goal - answer(row)) * row
"""


BY_DIFFERENCES = """\
import numpy as np

np.random.seed(9)
marks, wanted = np.random.rand(5, 2), np.random.rand(5, 1)
first, second = np.random.randn(2, 3) * 0.5, np.random.randn(3, 1) * 0.5
tiny = 1e-4


def cost():
    return np.mean((np.tanh(marks @ first) @ second - wanted) ** 2)


def slope(part):
    out, here = np.zeros_like(part), cost()
    for i in range(part.shape[0]):
        for j in range(part.shape[1]):
            part[i, j] += tiny
            out[i, j] = (here - cost()) / tiny
            part[i, j] -= tiny
    return out


for turn in range(60):
    moves = [slope(part) for part in (first, second)]
    for part, move in zip((first, second), moves):
        part += 0.5 * move
"""


def test_a_file_without_training_says_what_is_missing(tmp_path, capsys):
    """Alone it cannot be used; among others it is one line and no error."""
    for text in ("print('hello')\n", "total = 0.0\nfor n in range(50):\n    total += n / 2\n"):
        with pytest.raises(NoTrainingError, match="no training was recognised"):
            checked(tmp_path, text)
    with pytest.raises(NoTrainingError, match=r"line 9 takes .* no slope: this is the perceptron rule"):
        checked(tmp_path, STEP_UNIT)
    with pytest.raises(NoTrainingError, match="line 18 takes its gradient by differences of the loss"):
        checked(tmp_path, BY_DIFFERENCES)
    for name in ("one", "two"):
        (tmp_path / f"{name}.py").write_text("print('hello')\n")
    assert main(["check", str(tmp_path / "one.py"), str(tmp_path / "two.py")]) == 0
    assert capsys.readouterr().out.count("no training was recognised") == 2


@pytest.mark.parametrize(
    ("part", "said"),
    [("mend_mistakes", "The search for a fix"), ("follow_training", "Running its own training on")],
)
def test_a_part_that_fails_leaves_the_verdict_to_a_user_and_is_raised_in_tests(tmp_path, monkeypatch, part, said):
    def fails(*_):
        raise ValueError("unexpected")

    monkeypatch.setattr(f"tui_backprop.scripts.checking.{part}", fails)
    wrong = ORIGINAL.replace("delta * hid", "delta * w2")
    with pytest.raises(ValueError, match="unexpected"):
        checked(tmp_path, wrong)
    monkeypatch.delenv(RAISE)
    answer = checked(tmp_path, wrong)
    assert (answer.verdict, answer.status) == ("wrong", 1)
    assert answer.mistakes
    assert any(note.startswith(f"{said} failed (ValueError)") for note in answer.notes)


def test_a_weight_of_several_records_that_is_used_too_early_is_told():
    """Each weight of the list is a record of its own at the place that uses them after their update."""
    answer = check_script(read_source(str(CORPUS / "09_comprehensions_and_gate.py")), ScriptOptions())
    assert answer.verdict == "wrong"
    assert [one.line for one in answer.mistakes] == [21]
    assert answer.fixed is not None


def test_what_functions_share_is_named_by_them_and_making_them_is_no_training():
    answer = check_script(read_source(str(CORPUS / "104_layers_as_closures_right.py")), ScriptOptions(), mend=False)
    assert set(answer.parameters) == {"to_hidden.w", "to_hidden.b", "to_answer.w", "to_answer.b"}
    assert not any("trains" in note for note in answer.notes)
    assert answer.causes == []
    assert "∂L/∂(x @ w)" in {row.derivative for row in answer.backward}
