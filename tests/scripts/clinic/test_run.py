"""The user's own network, run by their own formulas, without a screen."""

from __future__ import annotations

import subprocess
import sys
import threading
import time

import numpy as np
import pytest

from tests.own_files import ARRAYS, ORIGINAL, RIGHT, RULE
from tui_backprop.scripts.clinic.checkup_text import checkup_text
from tui_backprop.scripts.clinic.run import OwnRun
from tui_backprop.scripts.functions.process import LearnerError


@pytest.fixture
def opened(tmp_path):
    """Open a file with a text, and close it at the end."""
    runs = []

    def make(text, timeout=10.0):
        path = tmp_path / "my_net.py"
        path.write_text(text, encoding="utf-8")
        runs.append(OwnRun(str(path), timeout))
        return runs[-1], path

    yield make
    for run in runs:
        run.close()


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def test_a_step_is_their_formula_on_one_sample_of_theirs(opened):
    """θ − η times what their backward returns; the true gradient beside it is another one, entry by entry."""
    run, _ = opened(ORIGINAL)
    first = run.frame
    assert first.step == 0
    assert first.update is None
    assert first.loss == first.curve.train[0]
    run.step()
    frame = run.frame
    update = frame.update
    (row,) = update.rows
    x, y = frame.prediction.inputs[row, 0], frame.prediction.targets[row, 0]
    a, b, c, d = first.state.parameters  # w_in, b_h, w_out, b_o
    h = sigmoid(a * x + b)
    o = sigmoid(c * h + d)
    theirs_o, theirs_h = 0.1 * 2 * (o - y) * o * (1 - o), 0.1 * 2 * (o - y) * c * h * (1 - h)
    np.testing.assert_allclose(update.gradient, [theirs_h * a, theirs_h, theirs_o * c, theirs_o], rtol=1e-12)
    delta2 = 2 * (o - y) * o * (1 - o)
    delta1 = delta2 * c * h * (1 - h)
    np.testing.assert_allclose(update.judgement.true, [delta1 * x, delta1, delta2 * h, delta2], rtol=1e-6)
    assert frame.counts() == (4, 4)
    assert update.judgement.relative[3] == pytest.approx(0.9)
    np.testing.assert_array_equal(frame.state.parameters, first.state.parameters - 0.1 * update.gradient)
    np.testing.assert_array_equal(frame.change, frame.state.parameters - first.state.parameters)
    np.testing.assert_allclose(frame.prediction.before[row, 0], o)


def test_right_formulas_agree_with_the_truth(opened):
    """Every entry is ✓, for floats and for arrays in batches."""
    for text in (RIGHT, ARRAYS, RULE):
        run, _ = opened(text)
        run.step(3)
        assert run.frame.counts()[0] == 0


UPDATE = """\
parameters = {"w": 0.5, "v": [0.25]}
data = [(1.0, 0.0), (2.0, 1.0)]


def forward(p, x):
    return p["w"] * x + p["v"][0]


def update(p, x, y, lr):
    error = forward(p, x) - y
    return {"v": [p["v"][0] - lr * 2 * error], "w": p["w"] - lr * 2 * error * x}
"""


def test_an_update_of_theirs_may_give_the_parameters_in_any_order(opened):
    """They are told apart by name, and the gradient is recovered from what they changed."""
    run, path = opened(UPDATE)
    run.step(3)
    assert run.frame.counts() == (0, 2)
    path.write_text(
        UPDATE.replace("return {", 'return {"v": [1, 2], "w": 0.5} if p["w"] != 0.5 else {'), encoding="utf-8"
    )
    run.load_anew()
    with pytest.raises(LearnerError, match=r"update gives v the shape \(2,\), and it had \(1,\)"):
        run.step()


def test_their_functions_take_the_whole_batch_where_they_take_batches(opened):
    """Four rows at once, every step; one sample where they take one."""
    run, _ = opened(ARRAYS)
    run.step()
    assert run.frame.batch == 4
    assert run.frame.update.rows.tolist() == [0, 1, 2, 3]
    run, _ = opened(RIGHT)
    assert run.frame.batch == 1


@pytest.mark.parametrize("text", [ORIGINAL, ARRAYS, RULE], ids=["floats", "arrays", "rule"])
def test_a_step_is_the_same_bits_however_it_is_reached(opened, text):
    """Step by step, in one go, at full speed, and gone back to."""
    run, path = opened(text)
    states = {}
    for _ in range(20):
        run.step()
        states[run.frame.step] = run.frame
    other = OwnRun(str(path))
    other.step(20)
    assert other.frame.state.same_values(states[20].state)
    assert other.frame.curve.steps.tolist() == [0, 1, 2, 4, 8, 16, 20]
    for step in range(19, 0, -1):
        other.back()
        frame = other.frame
        assert (frame.step, frame.last_step) == (step, 20)
        assert frame.state.same_values(states[step].state)
        assert frame.update.gradient.tobytes() == states[step].update.gradient.tobytes()
        assert frame.update.before.same_values(states[step].update.before)
    other.run(0.05)
    reached = other.frame.step
    other.back()
    run.step(reached - 1 - 20)
    assert other.frame.state.same_values(run.frame.state)
    other.close()


def test_the_first_step_is_the_end_of_the_way_back(opened):
    """It says so, and stays."""
    run, _ = opened(RIGHT)
    run.step()
    run.back()
    assert run.frame.update is None
    with pytest.raises(ValueError, match="step 0: you cannot go further back"):
        run.back()


def test_a_file_that_draws_does_not_pretend_to_go_back(opened):
    """What cannot be reached again bit for bit is not shown as if it was."""
    noisy = RIGHT.replace("import math", "import math, random").replace(
        "d_out = 2", "d_out = (1 + 1e-3 * random.random()) * 2"
    )
    run, _ = opened(noisy)
    run.step(5)
    at = run.frame
    with pytest.raises(LearnerError, match="do not give the same numbers again"):
        run.back()
    assert run.frame.state.same_values(at.state)


def test_the_curve_and_the_states_are_bounded(opened):
    """However long it runs, points and kept states have a fixed number, and the last step is reached again."""
    run, _ = opened(RULE)
    run._training._curve._limit = 32
    run._training._kept._memory = 16 * 1024
    run.step(3000)
    frame = run.frame
    assert len(frame.curve.steps) <= 33
    assert len(run._training._kept._states) <= 64
    run.step()
    run.back()
    assert run.frame.state.same_values(frame.state)


def test_another_rate_holds_from_its_step_on(opened):
    """Later steps are forgotten, earlier ones are reached again with their own rate."""
    run, _ = opened(RIGHT)
    run.step(10)
    tenth = run.frame.state
    run.set_rate(1.0)
    run.step(3)
    frame = run.frame
    np.testing.assert_allclose(frame.change, -1.0 * frame.update.gradient, atol=1e-15)
    assert frame.marks == (10,)
    for _ in range(3):
        run.back()
    assert run.frame.state.same_values(tenth)
    run.back()
    assert run.frame.rate == 0.1
    run.set_rate(0.3)
    assert (run.frame.last_step, run.frame.curve.steps[-1]) == (9, 8)
    assert run.frame.marks == (9,)


def test_reset_begins_with_the_files_own_values(opened):
    """Step 0, the same samples again, at the rate in force."""
    run, _ = opened(RIGHT)
    run.step(4)
    fourth = run.frame.state
    run.set_rate(0.3)
    run.step(2)
    run.reset()
    assert (run.frame.step, run.frame.rate) == (0, 0.3)
    run.set_rate(0.1)
    run.step(4)
    assert run.frame.state.same_values(fourth)


def test_the_check_is_the_commands(opened):
    """The same verdict and mistakes; None until it is made."""
    run, _ = opened(ORIGINAL)
    assert run.frame.checkup is None
    run.check()
    assert run.frame.checkup.verdict == "wrong"
    assert sum(not one.harmless for one in run.frame.checkup.mistakes) == 3


def test_what_cannot_be_checked_is_a_checkup_that_says_so(opened):
    """A sentence instead of an exception."""
    run, _ = opened(RIGHT.replace("import math", "import math, random").replace("d_out * h", "random.random()"))
    run.check()
    assert run.frame.checkup.verdict == "unchecked"
    assert "other numbers each time" in run.frame.checkup.notes[0]


def test_a_check_is_not_ended_with_a_question_that_is_stuck(opened):
    """Only a check that is outdated is."""
    run, _ = opened(ORIGINAL)
    thread = threading.Thread(target=run.check)
    thread.start()
    run.interrupt()
    thread.join()
    assert run.frame.checkup.verdict == "wrong"


def test_a_file_loaded_anew_keeps_what_was_learned(opened):
    """θ, step and curve stay; the formula is the new one; the check is to be made again."""
    run, path = opened(ORIGINAL)
    run.check()
    run.step(7)
    before = run.frame
    assert not run.changed_on_disk
    path.write_text(RIGHT, encoding="utf-8")
    assert run.changed_on_disk
    run.step()  # still the old text, of which the check has said that one gradient is only scaled
    assert run.frame.counts() == (3, 4)
    np.testing.assert_allclose(run.frame.scales, [np.nan, np.nan, np.nan, 0.1], rtol=1e-6)
    run.back()
    said = run.load_anew()
    assert said == "my_net.py is loaded again: every parameter keeps its value"
    frame = run.frame
    assert not run.changed_on_disk
    assert frame.checkup is None
    assert (frame.step, frame.first_step) == (7, 7)
    np.testing.assert_array_equal(frame.state.parameters, before.state.parameters)
    assert frame.curve.steps.tolist() == [0, 1, 2, 4, 7]
    run.step()
    assert run.frame.counts() == (0, 4)
    run.back()
    with pytest.raises(ValueError, match="loaded at step 7"):
        run.back()
    run.check()
    assert run.frame.checkup.verdict == "right"


def test_parameters_with_another_name_or_shape_begin_anew(opened):
    """It says which; at step 0 all take the file's values; where none is the same it begins at step 0."""
    run, path = opened(RIGHT)
    path.write_text(RIGHT.replace('"w_in": 0.15', '"w_in": 0.5'), encoding="utf-8")
    assert "every parameter begins with the file's value" in run.load_anew()
    assert run.frame.state.parameters[0] == 0.5
    run.step(3)
    kept = run.frame.state.parameters
    path.write_text(RIGHT.replace("w_in", "w_first"), encoding="utf-8")
    said = run.load_anew()
    assert said == "my_net.py is loaded again: b_h, w_out, b_o kept, w_first with the file's values"
    np.testing.assert_array_equal(run.frame.state.parameters, [0.15, *kept[1:]])
    path.write_text(ARRAYS, encoding="utf-8")
    run.load_anew()
    assert (run.frame.step, len(run.frame.curve.steps)) == (0, 1)


BROKEN = {
    "syntax": "def backward(:\n",
    "exit": "exit(3)\n",
    "crash": "import os, signal\nos.kill(os.getpid(), signal.SIGSEGV)\n",
    "endless": "while True:\n    pass\n",
    "no forward": RIGHT.replace("def forward", "def onward"),
}


@pytest.mark.parametrize("what", BROKEN)
def test_a_file_that_broke_is_told_and_the_old_one_goes_on(opened, what):
    """Nothing is lost: not a parameter, not the curve, not the check."""
    run, path = opened(RIGHT, timeout=3.0)
    run.check()
    run.step(5)
    before = run.frame
    path.write_text(BROKEN[what], encoding="utf-8")
    with pytest.raises(LearnerError, match=r"my_net\.py"):
        run.load_anew()
    assert run.frame.state.same_values(before.state)
    assert run.frame.checkup is before.checkup
    run.step()
    assert run.frame.step == 6
    assert run.frame.counts() == (0, 4)


TROUBLE = {
    "raise": ("raise ValueError('\x1b[31mno')", "my_net.py:18: ValueError: �[31mno"),
    "exit": ("exit(3)", "it calls exit()"),
    "leave": ("import os; os._exit(3)", "it ended its own process (status 3)"),
    "crash": ("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)", "it crashed (SIGSEGV)"),
    "endless": ("while True: pass", "it did not end within 3 s"),
}


@pytest.mark.parametrize("what", TROUBLE)
def test_whatever_a_step_does_is_one_sentence_and_it_stands_where_it_stood(opened, what):
    """It goes wrong once b_o has fallen a little; the sentence stays in sight, and another try, or a reset, is possible."""
    code, sentence = TROUBLE[what]
    line = f"    if p['b_o'] < 0.0995:\n        {code}\n"
    text = RIGHT.replace("    h = sigmoid", f"{line}    h = sigmoid")
    run, _ = opened(text, timeout=3.0)
    with pytest.raises(LearnerError) as caught:
        run.run(60.0)
    assert sentence in str(caught.value)
    assert "\x1b" not in str(caught.value)
    frame = run.frame
    assert frame.trouble == str(caught.value)
    with pytest.raises(LearnerError):
        run.step(10_000)
    assert run.frame.trouble
    run.reset()
    assert (run.frame.step, run.frame.trouble) == (0, "")


def test_an_exception_halts_right_before_the_update_that_raises(opened):
    """What was made before it in the same question is kept."""
    text = RIGHT.replace("    h = sigmoid", "    if p['b_o'] < 0.0995:\n        1 / 0\n    h = sigmoid")
    run, path = opened(text)
    with pytest.raises(LearnerError, match="ZeroDivisionError"):
        run.step(10_000)
    halted = run.frame
    path.write_text(RIGHT, encoding="utf-8")
    single = OwnRun(str(path))
    while single.frame.state.parameters[3] >= 0.0995:
        single.step()
    assert halted.state.same_values(single.frame.state)
    single.close()


def test_a_rate_that_is_too_high_halts_at_the_last_finite_step(opened):
    """Parameters never become infinite."""
    run, _ = opened(ARRAYS.replace("sigmoid(h @ p", "(h @ p").replace(" * out * (1 - out)", ""))
    run.set_rate(100.0)
    with pytest.raises(LearnerError, match="infinite or NaN: the rate may be too high"):
        run.step(10_000)
    assert run.frame.step > 0
    assert np.isfinite(run.frame.state.parameters).all()


def test_a_question_without_an_end_is_interrupted(opened):
    """At once, from another thread; then the next question is answered."""
    run, _ = opened(
        RIGHT.replace("    h = sigmoid", "    if p['b_o'] < 0.0995:\n        while True: pass\n    h = sigmoid")
    )
    failed = []

    def ask():
        try:
            run.run(60.0)
        except LearnerError as error:
            failed.append(str(error))

    thread = threading.Thread(target=ask)
    thread.start()
    while thread.is_alive():
        time.sleep(0.2)
        run.interrupt()
    thread.join()
    assert failed == ["my_net.py: it was interrupted while being asked for its numbers"]
    run.step()
    assert run.frame.trouble == ""


def test_a_file_without_data_is_trained_on_what_fits(opened):
    """Parity for one input, xor for a rule of two, and drawn samples for the rest."""
    run, _ = opened(RIGHT.replace("data =", "samples ="))
    assert run.frame.data == "parity"
    run, _ = opened(RULE)
    assert run.frame.data == "xor"
    run, _ = opened(ARRAYS.replace("data =", "samples =").replace("(2, 3)", "(5, 3)"))
    assert run.frame.data == "24 samples that were drawn"


def test_the_session_loads_no_screen():
    """Neither the run nor the command for a check imports Textual, rich or plotext."""
    code = (
        "import sys, tui_backprop.cli.check, tui_backprop.scripts.clinic.run; "
        "print({'textual', 'rich', 'plotext'} & set(sys.modules))"
    )
    assert subprocess.check_output([sys.executable, "-c", code], text=True).strip() == "set()"


def test_a_checkup_fits_the_width_that_it_is_given(opened):
    """Where the table has no room, the relative error is left out; a long formula goes on below."""
    run, _ = opened(ORIGINAL)
    run.check()
    for width in (120, 80, 68, 55, 45):
        lines = ["".join(span.text for span in line) for line in checkup_text(run.frame.checkup, width)]
        assert max(map(len, lines)) <= max(width, 53)
        assert any("relative error" in line for line in lines) == (width >= 68)
        assert any(line.endswith("~ scaled ×0.1") for line in lines)
        assert "2(ŷ−y)·σ′(z2)·w_out·σ′(z1)·x" in "".join(line.strip() for line in lines)
