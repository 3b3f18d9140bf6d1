"""A script is stepped without a screen: updates, lines, breakpoints, fixes in memory, and files that misbehave."""

from __future__ import annotations

import json
import os
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from tests.own_scripts import COUNTING, NEURONS, ORIGINAL, PERCEPTRON
from tui_backprop.core.errors import InputError
from tui_backprop.scripts.running.run import Limits, ScriptOptions
from tui_backprop.scripts.stepping.stepper import Stepper
from tui_backprop.session.conditions import ConditionError
from tui_backprop.session.script_run import walking
from tui_backprop.session.script_run.stepped import SteppedScript


def opened(folder, text, **more):
    path = folder / "my_script.py"
    path.write_text(text, encoding="utf-8")
    run = SteppedScript(str(path), **more)
    run.open()
    return run


@pytest.fixture(scope="module")
def original(tmp_path_factory):
    """The script like the original, opened once; every test begins by going where it wants to be."""
    run = opened(tmp_path_factory.mktemp("original"), ORIGINAL)
    run.explain()
    yield run
    run.close()


def test_what_is_asked_before_it_is_opened_is_refused(tmp_path):
    """A key may come while its first updates are still being followed."""
    path = tmp_path / "early.py"
    path.write_text(ORIGINAL, encoding="utf-8")
    run = SteppedScript(str(path))
    try:
        for asked in (run.last_update, run.start, lambda: run.go_to(3)):
            with pytest.raises(ValueError, match="still being followed"):
                asked()
        run.open()
        run.go_to(3)
        assert run.frame.update == 3
    finally:
        run.close()


def line_of(text, part):
    return next(n for n, line in enumerate(text.splitlines(), start=1) if part in line)


def here(run):
    frame = run.frame
    return frame.lines[frame.event.line - 1].strip()


def lines_of(window):
    return [one.line for one in window.events]


def test_it_opens_at_the_first_wrong_line(original):
    """The cursor is at the line that is wrong, and what belongs there is said with its number."""
    original.go_to(1)
    window = original.frame.window
    at = walking.first_wrong(window)
    meaning = window.meanings[window.backward[at]]
    assert window.events[at].line == line_of(ORIGINAL, "back = slope * w2")
    assert (meaning.text, meaning.right) == ("∂L/∂h", False)
    values = {
        one.name: window.graph.value(one.record) for made in window.made.values() for one in made if one.record >= 0
    }
    right = values["slope"] * values["out"] * (1 - values["out"]) * original_parameter(window, "w2")
    assert np.isclose(float(meaning.true), right)


def original_parameter(window, name):
    return float(next(one.value[0] for one in window.parameters if one.name == name))


def test_lines_go_into_functions_over_them_and_out(original):
    """`p` enters a call, `right` does not, `left` goes back to the caller; backwards the same way."""
    original.go_to(2)
    original.go_to_line(line_of(ORIGINAL, "h, out = ask(x)"))
    original.line()
    assert here(original) == "h = sigmoid(w1 * x + b1)"
    assert original.frame.event.depth == 2
    assert original.walk(walking.out)
    assert here(original) == "h, out = ask(x)"
    assert original.walk(walking.over)
    assert here(original) == "diff = out - y"
    original.line_back()
    assert here(original) == "return h, out"


def test_a_line_past_the_end_is_in_the_next_update_and_back(original):
    """The lines of all updates are one sequence."""
    original.go_to(3)
    original.stand(10**6)
    original.line()
    assert (original.frame.update, original.frame.at) == (4, 0)
    original.line_back()
    assert original.frame.update == 3
    assert original.frame.at == len(original.frame.window.events) - 1


def test_an_update_is_what_the_script_does(original):
    """Parameters after an update are those before the next one, and theirs and true gradients are told apart."""
    original.go_to(5)
    first = {one.name: one for one in original.frame.window.parameters}
    original.go_to(6)
    second = {one.name: one for one in original.frame.window.parameters}
    for name, one in first.items():
        assert np.allclose(one.value + one.change, second[name].value, rtol=1e-12)
    assert {name: one.verdict for name, one in first.items()} == {
        "w1": "wrong",
        "b1": "wrong",
        "w2": "wrong",
        "b2": "right",
    }
    assert np.allclose(first["b2"].theirs, first["b2"].true)
    assert not np.allclose(first["w2"].theirs, first["w2"].true)


def test_an_earlier_update_is_reached_again_bit_for_bit(original):
    """It runs from the start again, and what was recorded first is compared."""
    original.go_to(7)
    before = original.frame.window
    original.version._windows.clear()
    original.go_to(2)
    original.version._windows.clear()
    original.go_to(7)
    assert original.frame.window is not before
    assert original.frame.window.fingerprint == before.fingerprint
    assert original.version.differing == ()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="without forks there are no snapshots")
def test_an_earlier_update_is_reached_from_a_snapshot(original):
    """The process that it ran in is forked there; the update has the same bits as in a run from the start."""
    original.go_to(9000)
    stepper = original._stepper
    original.version._windows.clear()
    original.go_to(4000)
    assert original._stepper is stepper
    before = original.frame.window.fingerprint
    original.version._windows.clear()
    original._drop()
    original.go_to(4000)
    assert original.frame.window.fingerprint == before
    assert original.version.differing == ()


def test_what_is_read_as_it_trains_is_in_no_snapshot(tmp_path):
    """All forks of a process read on in one file: such a script is run from its start again."""
    (tmp_path / "noise.txt").write_text("\n".join(str(n / 1e4) for n in range(3000)), encoding="utf-8")
    noisy = ORIGINAL.replace("b1 -= d_b1 * RATE", "b1 -= d_b1 * RATE + float(noise.readline() or 0)")
    run = opened(tmp_path, "noise = open('noise.txt', buffering=1)\n" + noisy)
    try:
        run.go_to(2000)
        run.version._windows.clear()
        run.go_to(1000)
        run.go_to(2000)
        assert run.version.differing == ()
    finally:
        run.close()


def test_snapshots_are_few_and_apart(monkeypatch):
    """The first one and the newest are kept; of the others that one ends which is nearest to its neighbours."""
    stepper, gone = object.__new__(Stepper), []
    stepper._snapshots, stepper._newest, stepper.position = [], [], 10_000
    monkeypatch.setattr(Stepper, "_tell", lambda stepper, at, command: gone.append((at, command["do"])))
    for update in (1, 2, *range(100, 10_000, 100)):
        stepper._keep(update, 50_000_000)
    kept = list(stepper._snapshots)
    assert len(kept) == 12
    assert (kept[0], kept[-2:], gone[0]) == (1, [9800, 9900], (2, "end"))
    assert max(after - before for before, after in pairwise(kept)) <= 2000
    stepper._keep(1, 50_000_000)  # as the first process tells each time that it is gone on from
    assert stepper._snapshots == kept
    stepper._keep(9950, 400_000_000)
    assert stepper._snapshots == [1, 9900, 9950]


def test_places_visited(original):
    """`[` goes where one was before, `]` forward again."""
    original.go_to(3)
    original.go_to(8)
    assert original.visited(-1)
    assert original.frame.update == 3
    assert original.visited(1)
    assert original.frame.update == 8


def test_a_condition_over_its_names_halts_where_it_comes_true(original):
    """Exactly there: one update before, it did not hold."""
    original.go_to(1)
    original.stops.clear()
    original.add("b2 < -0.05")
    original.start()
    while original.running:
        reason = original.follow(1.0)
    assert reason == "b2 < -0.05"
    at = original.frame.update
    assert original_parameter(original.frame.window, "b2") < -0.05
    original.go_to(at - 1)
    assert original_parameter(original.frame.window, "b2") >= -0.05
    with pytest.raises(ConditionError, match="unknown name nothing; an update begins with RATE"):
        original.add("nothing > 1")
    with pytest.raises(ConditionError, match="may call abs"):
        original.add("open('x') > 1")
    original.stops.clear()


def test_a_line_halts_a_run(original):
    """At that line of the next update that reaches it."""
    original.go_to(4)
    original.go_to_line(line_of(ORIGINAL, "b2 -= "))
    assert original.toggle_line() == f"a run halts at line {line_of(ORIGINAL, 'b2 -= ')}"
    original.start()
    while original.running:
        reason = original.follow(1.0)
    assert (reason, original.frame.update, here(original)) == ("line", 5, "b2 -= d_b2 * RATE")
    assert "no longer" in original.toggle_line()
    assert original.stops == []


def test_its_own_loop_runs_to_its_end_and_the_loss_is_seen(original):
    """The number of updates is known then; the curve has points from the first to the last one."""
    original.go_to(1)
    original.start()
    while original.running:
        reason = original.follow(1.0)
    frame = original.frame
    assert (reason, frame.total, frame.update) == ("ended", 10000, 10000)
    assert len(frame.curve.steps) > 10
    assert frame.curve.steps[-1] == 10000
    assert 0.2 < frame.curve.train[-1] < 0.3


def test_a_run_is_paused(original):
    """It halts before its next update, which is shown."""
    original.go_to(1)
    original.start()
    original.pause()
    assert not original.running
    assert original.frame.update >= 2


def test_a_fix_begins_another_run_beside_the_old_one(original):
    """The line is changed in memory alone; the old curve stays; undo and redo."""
    original.go_to(1)
    mistake = original.frame.problems[0]
    changed = line_of(ORIGINAL, "back = slope * w2")
    assert mistake.line == changed
    on_disk = Path(original.path).read_text(encoding="utf-8")
    assert original.fix(mistake) == f"line {changed} fixed"
    frame = original.frame
    assert frame.changed == {changed}
    assert frame.was == ((changed, "    back = slope * w2"),)
    assert [one.name for one in frame.others] == ["as it is"]
    assert changed not in [one.line for one in frame.problems]
    assert len(frame.problems) >= 2
    assert frame.window.meanings[frame.window.backward[walking.first_wrong(frame.window)]].text.endswith("∂L/∂w2")
    assert original.undo() == f"line {changed} fixed: undone"
    assert original.frame.changed == frozenset()
    assert original.redo() == f"line {changed} fixed"
    assert original.undo()
    with pytest.raises(ValueError, match="no fix is applied"):
        original.undo()
    assert Path(original.path).read_text(encoding="utf-8") == on_disk


def test_numbers_over_its_names_are_watched(original):
    """An update has their values at its beginning; one that was recorded before is recorded again, with them."""
    original.go_to(3)
    try:
        for text in ("abs(w1) + 1", "w1[0]", "loss"):
            original.add(text)
        assert original.stops == []
        with pytest.raises(ConditionError, match="unknown name zzz"):
            original.add("zzz + 1")
        original.go_to(3)
        first, part, loss = original.frame.watches
        window = original.frame.window
        assert np.isclose(first.value, abs(original_parameter(window, "w1")) + 1)
        assert "TypeError" in part.value
        assert loss.value == window.loss
        assert original.version.differing == ()
        original.step()
        assert original.frame.watches[0].past[-2:] == (first.value, original.frame.watches[0].value)
    finally:
        original.watches = []


def test_a_saved_file_is_loaded_again_and_the_place_stays_by_line(tmp_path):
    """Breakpoints too; a file that is no Python leaves all as it was."""
    run = opened(tmp_path, ORIGINAL)
    try:
        run.go_to_line(line_of(ORIGINAL, "b2 -= "))
        run.toggle_line()
        assert not run.changed_on_disk
        (tmp_path / "my_script.py").write_text("# a line more\n" + ORIGINAL, encoding="utf-8")
        assert run.changed_on_disk
        assert run.reload() == "my_script.py is loaded again"
        assert here(run) == "b2 -= d_b2 * RATE"
        assert run.frame.stop_lines == {line_of(ORIGINAL, "b2 -= ") + 1}
        (tmp_path / "my_script.py").write_text("def (:", encoding="utf-8")
        with pytest.raises(InputError, match="not valid Python"):
            run.reload()
        assert here(run) == "b2 -= d_b2 * RATE"
    finally:
        run.close()


@pytest.mark.parametrize(
    ("text", "first", "derivative"),
    [
        (PERCEPTRON, "out = self.forward(x)", "∂L/∂"),
        (NEURONS, "last.delta = (out - t)", "∂L/∂"),
        (COUNTING, "dy = ", "∂L/∂y"),
    ],
    ids=["class", "neurons", "recurrent"],
)
def test_other_styles_are_stepped(tmp_path, text, first, derivative):
    """Every line of the backward pass says which derivative it is, and the loss over their samples is known."""
    run = opened(tmp_path, text)
    try:
        window = run.frame.window
        shown = {line.strip() for line in run.frame.lines}
        assert any(first in line for line in shown)
        texts = [window.meanings[record].text for record in window.backward.values()]
        assert any(derivative in one for one in texts)
        assert all(window.meanings[record].right for record in window.backward.values())
        for update in (1, 2, 3):
            run.go_to(update)
            window = run.frame.window
            for record in window.backward.values():  # the derivative that a line is named as has its value
                assert np.allclose(window.graph.value(record), window.meanings[record].true, rtol=1e-6, atol=1e-12)
        assert np.isfinite(window.loss)
        assert len(window.answers) == len(window.template.samples) > 1
        assert all(one.verdict == "right" for one in window.parameters)
        run.step(3)
        assert run.frame.update == 6
    finally:
        run.close()


def test_a_notebook_is_stepped_cell_by_cell(tmp_path):
    """Its lines are told by cell and line, its magics do nothing, and what is wrong is in a cell."""
    head, body = ORIGINAL.split("\n\n\n", 1)
    cells = [["%matplotlib inline\n", *head.splitlines(keepends=True)], ["# Training"], body.splitlines(keepends=True)]
    kinds = ("code", "markdown", "code")
    listed = [
        {"cell_type": kind, "source": lines, "metadata": {}, **({"outputs": []} if kind == "code" else {})}
        for kind, lines in zip(kinds, cells, strict=True)
    ]
    path = tmp_path / "my_notebook.ipynb"
    path.write_text(json.dumps({"cells": listed, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}), encoding="utf-8")
    run = SteppedScript(str(path))
    try:
        run.open()
        frame = run.frame
        assert here(run) == "back = slope * w2"
        cell, line = frame.cells[frame.event.line - 1]
        code = [lines for kind, lines in zip(kinds, cells, strict=True) if kind == "code"]
        assert code[cell - 1][line - 1].strip() == "back = slope * w2"
        run.step(2)
        assert run.frame.update == 3
    finally:
        run.close()


def test_a_script_that_never_ends_is_given_up(tmp_path):
    """One sentence, and what is shown stays; the next wish runs it again."""
    stuck = ORIGINAL.replace("    b1 -= d_b1 * RATE", "    b1 -= d_b1 * RATE\n    while turn == 60: pass")
    run = opened(tmp_path, stuck, setting=ScriptOptions(limits=Limits(updates=20, seconds=1.0)), timeout=1.0)
    try:
        with pytest.raises(InputError, match="no answer for 1 s after update 1: does a loop never end"):
            run.go_to(70)
        assert run.frame.update == 1
        assert "does a loop never end" in run.frame.trouble
        run.go_to(3)
        assert (run.frame.update, run.frame.trouble) == (3, "")
    finally:
        run.close()


def test_a_script_that_dies_or_raises(tmp_path):
    """An error of its own ends its training and is told; a crash is one sentence."""
    raising = ORIGINAL.replace("    b1 -= d_b1 * RATE", "    b1 -= d_b1 * RATE\n    if turn == 60: print(1 / 0)")
    run = opened(tmp_path, raising)
    try:
        run.go_to(70)
        assert run.frame.update == run.frame.total == 61
        assert "ZeroDivisionError" in run.frame.notes[0]
    finally:
        run.close()
    leaving = raising.replace("print(1 / 0)", "import os; os._exit(3)")
    run = opened(tmp_path, leaving)
    try:
        run.go_to(70)
        assert run.frame.update == run.frame.total == 61
    finally:
        run.close()
    dying = raising.replace("print(1 / 0)", "import faulthandler; faulthandler._sigsegv()")
    run = opened(tmp_path, dying)
    try:
        with pytest.raises(InputError, match="its process ended"):
            run.go_to(70)
        run.go_to(2)
        assert run.frame.update == 2
    finally:
        run.close()


def test_a_second_run_that_differs_is_told(tmp_path):
    """Time is no seed."""
    drifting = "import time\n" + ORIGINAL.replace("b1 -= d_b1 * RATE", "b1 -= d_b1 * RATE + 1e-9 * (time.time() % 1)")
    run = opened(tmp_path, drifting)
    try:
        run.go_to(9)
        run.version._windows.clear()
        run.go_to(8)
        run.go_to(9)
        assert run.version.differing == (9,)
        assert run.frame.notes[0].startswith("A second run made other values in update 9")
    finally:
        run.close()


def test_what_cannot_be_stepped_says_why(tmp_path):
    """A file that trains nothing."""
    with pytest.raises(InputError, match="no training was recognised"):
        opened(tmp_path, "import math\nx = 0.5\nfor n in range(300):\n    x = math.cos(x)\nprint(x)\n")
