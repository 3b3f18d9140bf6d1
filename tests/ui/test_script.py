"""A script on the screen: from its wrong line to the floor, every key, what a person sees, and files that misbehave."""

from __future__ import annotations

import ast
import asyncio
import json
import re
from collections import OrderedDict
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from textual.strip import Strip
from textual.widgets import Input, OptionList, Static

from tests.own_files import RIGHT as FUNCTIONS
from tests.own_scripts import COUNTING, NEURONS, ORIGINAL, PERCEPTRON
from tests.ui.waiting import until
from tui_backprop.cli.main import main
from tui_backprop.records.curve import CurveRecorder
from tui_backprop.records.spacing import Spacing
from tui_backprop.session.script_run.lesson import NAME, ScriptMoment, script_lesson
from tui_backprop.session.script_run.stepped import SteppedScript
from tui_backprop.system.visitor import VARIABLE
from tui_backprop.ui.keys import IN_PANELS
from tui_backprop.ui.keys import KEYS as TRAINER_KEYS
from tui_backprop.ui.lesson import LessonPane
from tui_backprop.ui.panels.panel import Panel
from tui_backprop.ui.screens.keys import KeysScreen
from tui_backprop.ui.screens.line import LineScreen
from tui_backprop.ui.screens.script.difference import DifferenceScreen
from tui_backprop.ui.screens.script.reload import ReloadScreen
from tui_backprop.ui.screens.script.stops import StopsScreen
from tui_backprop.ui.script.app import ScriptApp
from tui_backprop.ui.script.header import ScriptHeader
from tui_backprop.ui.script.keys import KEYS, PANELS
from tui_backprop.ui.script.panels import (
    ScriptFindingsPanel,
    ScriptGradientsPanel,
    ScriptLossPanel,
    ScriptPredictionPanel,
)
from tui_backprop.ui.script.source import SourcePanel
from tui_backprop.ui.script.step import ScriptStepPanel
from tui_backprop.ui.script.watches import ScriptWatchesPanel

SMALL, BIG = (80, 24), (120, 36)
TEXTS = {
    "original": ORIGINAL,
    "class": PERCEPTRON,
    "neurons": NEURONS,
    "recurrent": COUNTING,
    "functions": FUNCTIONS,
    "notebook": ORIGINAL,
}


@pytest.fixture(scope="module")
def opened(tmp_path_factory):
    """Give a script by its name, opened and explained once for all tests of this file; every test begins at update 1."""
    folder, scripts = tmp_path_factory.mktemp("scripts"), {}

    def one(name):
        if name not in scripts:
            text, ending = TEXTS[name], "py"
            if name == "notebook":
                text, ending = notebook(text), "ipynb"
            path = folder / f"{name}.{ending}"
            path.write_text(text, encoding="utf-8")
            scripts[name] = SteppedScript(str(path))
            scripts[name].open()
            scripts[name].explain()
        script = scripts[name]
        first = script.versions[0]
        script.versions[:] = [replace(first, curve=CurveRecorder(Spacing(1, 1)), last=0, total=None)]
        script.version._windows = OrderedDict()
        script.stops.clear()
        script.watches = []
        script._behind, script._ahead, script._undone = [], [], []
        script._drop()
        script._window, script._at = None, 0
        return script

    yield one
    for script in scripts.values():
        script.close()


@pytest.fixture
def fresh(tmp_path):
    """Make the app on a file with a text, and end its processes."""
    scripts = []

    def make(text, timeout=20.0):
        path = tmp_path / "my_script.py"
        path.write_text(text, encoding="utf-8")
        scripts.append(SteppedScript(str(path), timeout=timeout))
        return ScriptApp(scripts[-1])

    yield make
    for script in scripts:
        script.close()


def idle(app):
    return (
        not app._turn.locked() and not app.script.running and not app._following and app.script.frame.window is not None
    )


async def press(app, pilot, *keys):
    for key in keys:
        await pilot.press(key)
        await until(pilot, lambda: idle(app))


def lines_of(app, kind):
    panel = app.screen_stack[0].query_one(kind)
    panel.show(app.script.frame)
    lines = [panel.line_at(panel.frame, row) for row in range(panel.line_count(panel.frame))]
    return [line.text if isinstance(line, Strip) else line.plain for line in lines]


def line_of(part):
    return next(n for n, line in enumerate(ORIGINAL.splitlines(), start=1) if part in line)


def here(app):
    frame = app.script.frame
    return frame.lines[frame.event.line - 1].strip()


@pytest.mark.covers_script("6", "!", "space", "2")
async def test_from_the_wrong_line_to_the_floor(fresh):
    """The finding leads to its line, which says what it lacks; three fixes, a run, and then the floor and the range."""
    app = fresh(ORIGINAL)
    async with app.run_test(size=BIG) as pilot:
        await until(pilot, lambda: app.script.version.answer is not None)
        wrong = [line_of("back = slope * w2"), line_of("d_w2 = slope"), line_of("d_w1 = back")]
        assert [one.line for one in app.script.frame.problems[:3]] == wrong
        await press(app, pilot, "n", "6", "down", "up", "enter")
        assert app.active == "source"
        assert here(app) == "back = slope * w2"
        shown = next(line for line in lines_of(app, SourcePanel) if "back = slope" in line)
        assert "✗ should be ∂L/∂h" in shown
        explained = " ".join(lines_of(app, ScriptStepPanel))
        assert "✗ should be ∂L/∂h" in explained
        assert "`sigmoid_slope(out)` is missing" in explained
        for left in (2, 1, 0):
            await press(app, pilot, "exclamation_mark")
            mistakes = [one for one in app.script.frame.problems if one.line in wrong]
            assert len(mistakes) == left
        assert "✓ all 4" in str(app.query_one(ScriptGradientsPanel).border_subtitle)
        await press(app, pilot, "space")
        assert app.script.frame.total == 10000
        for key in ("n", "space"):
            app.clear_notifications()
            await press(app, pilot, key)
            assert "its training ends here, after 10,000 updates" in next(iter(app._notifications)).message
        findings = " ".join(lines_of(app, ScriptFindingsPanel))
        assert "cannot go below the floor 0.2222" in " ".join(one.sentence for one in app.script.frame.problems)
        assert "floor 0.2222" in "\n".join(chart(app))
        assert "asked about 5 and 16" in findings
        await press(app, pilot, "2")
        assert "it is asked about" in " ".join(lines_of(app, ScriptPredictionPanel))


def chart(app):
    panel = app.screen_stack[0].query_one(ScriptLossPanel)
    panel.show(app.script.frame)
    return [strip.text for strip in panel._strips]


@pytest.mark.covers_script("n", "b", "p", "P", "home", "end", "g", "shift+←", "shift+→", "[", "]")
async def test_updates_and_lines_by_keys(opened):
    """The keys of the trainer lead through updates and lines, on and back."""
    app = ScriptApp(opened("original"))
    async with app.run_test(size=BIG) as pilot:
        await until(pilot, lambda: idle(app))
        await press(app, pilot, "home")
        assert app.check_action("step_back", ()) is None
        await press(app, pilot, "n", "n")
        assert app.script.frame.update == 3
        await press(app, pilot, "b")
        assert app.script.frame.update == 2
        before = app.script.frame.at
        await press(app, pilot, "p")
        assert app.script.frame.at == before + 1
        await press(app, pilot, "P", "P")
        assert app.script.frame.at == before - 1
        await pilot.press("g")
        assert isinstance(app.screen, LineScreen)
        app.screen.query_one(Input).value = "40"
        await press(app, pilot, "enter")
        await until(pilot, lambda: app.script.frame.update == 40)
        await press(app, pilot, "left_square_bracket")
        assert app.script.frame.update == 2
        await press(app, pilot, "right_square_bracket")
        assert app.script.frame.update == 40
        await press(app, pilot, "home", "shift+right")
        assert app.script.frame.update == 1 + max(1, app.script.frame.last // 50)
        await press(app, pilot, "shift+left")
        assert app.script.frame.update == 1
        await press(app, pilot, "end")
        assert app.script.frame.update == app.script.frame.last
        for _ in range(50):  # a key that is held down: what it asks for ends soon after it is let go
            app.action_step()
        await until(pilot, lambda: idle(app) and not app._waiting)
        assert 40 < app.script.frame.update < 50


@pytest.mark.covers_script("1", "5")
async def test_over_calls_out_of_them_and_along_operands(opened):
    """`right` steps over a call, `left` goes out; `enter` in *Step* follows an operand, `backspace` returns."""
    app = ScriptApp(opened("original"))
    async with app.run_test(size=BIG) as pilot:
        await until(pilot, lambda: idle(app))
        await press(app, pilot, "1")
        app.script.go_to_line(line_of("h, out = ask(x)"))
        await press(app, pilot, "right")
        assert here(app) == "diff = out - y"
        await press(app, pilot, "up", "up")
        assert here(app) == "return 1 / (1 + math.exp(-v))"
        await press(app, pilot, "left")
        assert here(app) == "out = sigmoid(w2 * h + b2)"
        app.script.go_to_line(line_of("back = slope * w2"))
        app.redraw()
        await press(app, pilot, "5", "enter")
        assert here(app) == "slope = 2 * diff"
        await press(app, pilot, "backspace")
        assert here(app) == "back = slope * w2"
        panel = app.query_one(SourcePanel)
        row = panel._row_of[line_of("d_b2 = slope")] - panel.scroll_offset.y
        await pilot.click(panel, offset=(20, row + 1))
        assert here(app).startswith("d_b2 = slope")
        app.script.go_to_line(line_of("return d_w1, d_b1"))
        app.redraw()
        told = lines_of(app, ScriptStepPanel)
        assert any("return = " in one and "✗ should be ∂L/∂w1" in one for one in told)
        assert any("return = " in one and "✓ is ∂L/∂b2" in one for one in told)


@pytest.mark.covers_script("k", "W")
async def test_breakpoints_by_keys(opened):
    """`k` in *Source* halts at its line; elsewhere it lists all, and a condition is typed there."""
    app = ScriptApp(opened("original"))
    async with app.run_test(size=BIG) as pilot:
        await until(pilot, lambda: idle(app))
        await press(app, pilot, "home", "1")
        app.script.go_to_line(line_of("b2 -= d_b2"))
        await press(app, pilot, "k")
        assert any(line.startswith("●") and "b2 -= d_b2" in line for line in lines_of(app, SourcePanel))
        await press(app, pilot, "space")
        assert (app.script.frame.update, here(app)) == (2, "b2 -= d_b2 * RATE")
        await press(app, pilot, "4", "k")
        assert isinstance(app.screen, StopsScreen)
        assert app.screen.query_one(OptionList).option_count == 1
        await pilot.press("space")
        assert not app.script.stops[0].enabled
        app.screen.query_one(Input).focus()
        await pilot.press(*"zzz > 1")
        assert "unknown name zzz" in str(app.screen.query_one("#problem", Static).content)
        app.screen.query_one(Input).value = "b2 < -0.05"
        await pilot.press("enter")
        app.screen.query_one(Input).value = "b2 * 2"
        await pilot.press("enter", "escape")
        await until(pilot, lambda: idle(app) and app.script.frame.watches[0].value is not None)
        assert any(line.startswith("b2 * 2 ") for line in lines_of(app, ScriptWatchesPanel))
        await press(app, pilot, "space")
        b2 = next(one for one in app.script.frame.window.parameters if one.name == "b2")
        assert b2.value[0] < -0.05


@pytest.mark.covers_script("+", "-", "l")
async def test_functions_are_trained_at_another_rate(opened):
    """The run begins again beside the old one; a script's own rate is in its file."""
    app = ScriptApp(opened("functions"))
    async with app.run_test(size=BIG) as pilot:
        await until(pilot, lambda: idle(app))
        assert "η 0.1" in app.query_one(ScriptHeader).write(120)
        await press(app, pilot, "n", "plus", "plus", "minus")
        assert (app.script.frame.rate, app.script.frame.update) == (0.3, 1)
        assert [one.name for one in app.script.frame.others] == ["as it is"]
        await pilot.press("l")
        app.screen.query_one(Input).value = "-1"
        await pilot.press("enter")
        assert isinstance(app.screen, LineScreen)
        app.screen.query_one(Input).value = "0.25"
        await press(app, pilot, "enter")
        assert app.script.frame.rate == 0.25
    other = ScriptApp(opened("original"))
    async with other.run_test(size=BIG) as pilot:
        await until(pilot, lambda: idle(other))
        assert other.check_action("rate", (1,)) is None


@pytest.mark.covers_script("u", "U", "D")
async def test_fixes_are_undone_shown_and_written(opened):
    """`D` shows what changed and writes NAME.fixed.py, and asks before it writes over one."""
    app = ScriptApp(opened("original"))
    path = Path(app.script.path).with_name("original.fixed.py")
    path.unlink(missing_ok=True)
    async with app.run_test(size=BIG) as pilot:
        await until(pilot, lambda: idle(app))
        await press(app, pilot, "u")
        assert app.check_action("undo", ()) is None
        await press(app, pilot, "exclamation_mark")
        assert app.script.frame.fixes == 1
        shown = lines_of(app, SourcePanel)
        at = next(n for n, line in enumerate(shown) if "−     back = slope * w2" in line)
        assert "+" in shown[at + 1][:8]
        await pilot.press("D")
        assert isinstance(app.screen, DifferenceScreen)
        assert "-    back = slope * w2" in str(app.screen.query_one("#difference", Static).content)
        await pilot.press("w")
        assert path.read_text(encoding="utf-8") == app.script.source.text
        await pilot.press("D", "w")
        assert "is there already" in str(app.screen.query_one("#problem", Static).content)
        await pilot.press("w")
        await until(pilot, lambda: not isinstance(app.screen, DifferenceScreen))
        await press(app, pilot, "u")
        assert app.script.frame.fixes == 0
        await press(app, pilot, "U")
        assert app.script.frame.fixes == 1
        assert Path(app.script.path).read_text(encoding="utf-8") == ORIGINAL


@pytest.mark.covers_script("T")
async def test_a_recognised_network_is_carried_over(opened, monkeypatch):
    """The trainer has its samples, rate, loss and the parameters of the update that was shown; its screen opens again."""
    script = opened("original")
    app = ScriptApp(script)
    async with app.run_test(size=BIG) as pilot:
        await until(pilot, lambda: idle(app))
        await press(app, pilot, "home", "n", "n")
        loss = script.frame.window.loss
        theirs = {one.name: one.value[0] for one in script.frame.window.parameters}
        await pilot.press("T")
        await until(pilot, lambda: app.carried is not None)
    session = app.carried
    ours = dict(zip(("w1", "b1", "w2", "b2"), session.state.parameters, strict=True))
    assert ours == theirs
    assert (session.recipe.lr, session.recipe.batch_size, session.problem.network.sizes) == (0.1, 1, (1, 1, 1))
    assert np.isclose(session.frame().train_score.loss, loss)
    again = ScriptApp(script)  # as it is opened when the trainer is left
    async with again.run_test(size=BIG) as pilot:
        await until(pilot, lambda: idle(again))
        assert script.frame.update == 3
        monkeypatch.setenv(VARIABLE, "1")  # a visitor's page ends with its first screen
        await pilot.press("T")
        await until(pilot, lambda: any("screen: `tui-backprop parity" in one.message for one in again._notifications))
        assert again.carried is None


@pytest.mark.covers_script("s")
async def test_a_saved_file_is_noticed_and_asked_for_once(fresh, tmp_path):
    """It is loaded at `enter`; after `escape` it is asked for no more, and `s` loads it."""
    app = fresh(PERCEPTRON)
    path = tmp_path / "my_script.py"
    async with app.run_test(size=BIG) as pilot:
        await until(pilot, lambda: idle(app) and app.script.version.answer is not None)
        path.write_text("# one more line\n" + PERCEPTRON, encoding="utf-8")
        await until(pilot, lambda: isinstance(app.screen, ReloadScreen))
        await pilot.press("escape")
        app._watch()
        assert not isinstance(app.screen, ReloadScreen)
        assert app.script.frame.lines[0] == "import numpy as np"
        await press(app, pilot, "s")
        assert app.script.frame.lines[0] == "# one more line"


@pytest.mark.covers_script("3", "4", "7", "y", "z", "?", "S", "q", "^z", "L", "m", "M")
async def test_panels_pictures_and_keys(opened, monkeypatch):
    """What every app of panels has."""
    app, suspended = ScriptApp(opened("class")), []
    app.action_suspend_process = lambda: suspended.append(True)
    async with app.run_test(size=SMALL) as pilot:
        await until(pilot, lambda: idle(app))
        for key, name in (("3", "parameters"), ("4", "gradients"), ("7", "loss"), ("1", "source")):
            await press(app, pilot, key)
            assert app.active == name
            assert app.query_one(f"#{name}", Panel).is_on_screen
            assert app.query_one(SourcePanel).is_on_screen
        await pilot.press("y", "L", "m", "M")
        assert app.query_one(ScriptLossPanel).log_axis
        await pilot.press("z")
        assert app.screen.maximized is not None
        await pilot.press("z", "question_mark")
        assert isinstance(app.screen, KeysScreen)
        await pilot.press("escape", "S")
        await pilot.press("escape", "ctrl+z")
        assert suspended == [True]
        painted = []
        monkeypatch.setattr(SourcePanel, "refresh", lambda panel, *_, **__: painted.append(panel))
        app._resume_signal()  # `fg`: the shell has written over all
        await pilot.pause()
        assert painted == [app.query_one(SourcePanel)]
        await pilot.press("q")
    assert app.return_code == 0


def test_every_key_of_the_table_is_tested_and_means_what_it_means_in_the_trainer():
    """A key that no test of this file presses is not in the table; where the trainer has its action, it is that key."""
    found = set()
    for names in re.findall(r"^@pytest\.mark\.covers_script\((.*)\)$", Path(__file__).read_text("utf-8"), re.MULTILINE):
        found.update(ast.literal_eval(f"({names},)"))
    assert {key.shown for key in KEYS} == found
    trainer = {key.action: key.key for key in TRAINER_KEYS if not key.action.startswith("panel(")}
    assert {key.action: key.key for key in KEYS if key.action in trainer} == {
        action: key for action, key in trainer.items() if action in {one.action for one in KEYS}
    }


async def test_a_script_that_never_ends_freezes_nothing(fresh):
    """Keys are answered while it is waited for, and then one sentence says where it is stuck."""
    app = fresh(ORIGINAL.replace("b1 -= d_b1 * RATE", "b1 -= d_b1 * RATE\n    while turn == 90: pass"), timeout=1.5)
    app.script._setting = app.script._setting.__class__(
        limits=app.script._setting.limits.__class__(updates=20, seconds=1.0)
    )
    async with app.run_test(size=BIG) as pilot:
        await until(pilot, lambda: idle(app))
        await pilot.press("space")
        await pilot.press("3")
        assert app.active == "parameters"
        await until(pilot, lambda: "does a loop never end" in app.script.frame.trouble)
        await until(pilot, lambda: not app.running)
        await press(app, pilot, "home")
        assert app.script.frame.trouble == ""


async def test_a_file_that_is_stuck_as_it_opens_is_there_to_read(fresh):
    """Its lines, numbered and coloured, and what is waited for, before anything of it has run; then where it is stuck."""
    app = fresh("while True:\n    print(0.5 * 2)\n")
    app.script._setting = replace(
        app.script._setting, limits=replace(app.script._setting.limits, seconds=0.5, patience=0)
    )
    async with app.run_test(size=BIG) as pilot:
        panel = app.query_one(SourcePanel)
        line = panel.line_at(app.script.frame, 0)
        assert line.plain == "    1  while True:"
        assert any("bold" not in str(span.style) for span in line.spans[2:])
        for kind in (ScriptStepPanel, ScriptGradientsPanel, ScriptFindingsPanel):
            assert lines_of(app, kind) == ["following the first updates …"]
        assert chart(app)[0].strip() == "following the first updates …"
        assert "NaN" not in app.query_one(ScriptHeader).write(120)
        await pilot.press("3")
        assert app.active == "parameters"
        await until(pilot, lambda: app.script.frame.trouble)
        assert app.script.frame.trouble.startswith(
            "my_script.py:2: after 0.5 s it is still here, and no training was seen"
        )
        assert not app._notifications
        assert lines_of(app, ScriptFindingsPanel) == ["no update to show"]


async def test_functions_that_never_answer_close_the_screen(fresh):
    """Their source is there meanwhile; what is wrong is for the terminal, once the screen has closed."""
    app = fresh(f"{FUNCTIONS}\nwhile True:\n    pass\n", timeout=0.5)
    async with app.run_test(size=BIG) as pilot:
        assert lines_of(app, SourcePanel)[0].endswith(FUNCTIONS.splitlines()[0])
        await until(pilot, lambda: app.problem is not None)
    assert "it did not end within 0.5 s" in str(app.problem)


BUSY = """
import os, sys
try:
    os.fork()
except (AttributeError, PermissionError):
    pass
print("x" * 100_000)
sys.stderr.write("y" * 100_000)
input("more? ")
"""
"""What a script must not do on a screen: start a process that never ends, write without end, and wait for a line."""


async def test_a_script_that_forks_writes_and_asks_is_stepped(fresh):
    """Nothing of that reaches the screen, and keys lead on."""
    app = fresh(ORIGINAL.replace("b1 -= d_b1 * RATE", "b1 -= d_b1 * RATE" + BUSY.replace("\n", "\n    ")))
    async with app.run_test(size=BIG) as pilot:
        await until(pilot, lambda: idle(app))
        await press(app, pilot, "n", "n", "n")
        assert (app.script.frame.update, app.script.frame.trouble) == (4, "")


async def test_q_leaves_while_a_script_is_stuck(fresh):
    """Nobody waits for the time limit of a loop that never ends."""
    app = fresh(ORIGINAL.replace("b1 -= d_b1 * RATE", "b1 -= d_b1 * RATE\n    while turn == 90: pass"), timeout=600)
    async with app.run_test(size=BIG) as pilot:
        await until(pilot, lambda: idle(app))
        await pilot.press("space", "q")
        while app.is_running:
            await asyncio.sleep(0.02)
    app.script.close()
    assert not app.script.running


async def test_a_file_that_trains_nothing_says_so(fresh):
    """One line, and the source is there to read."""
    app = fresh("x = 1\nprint(x)\n")
    async with app.run_test(size=BIG) as pilot:
        await until(pilot, lambda: app.script.frame.trouble)
        assert "no training was recognised" in app.script.frame.trouble
        assert "x = 1" in lines_of(app, SourcePanel)[0]


def notebook(text):
    """Return a notebook of two code cells with a text: its head, with a magic before it, and what trains."""
    head, body = text.split("\n\n\n", 1)
    cells = [("code", f"%matplotlib inline\n{head}"), ("markdown", "# Training"), ("code", body)]
    listed = [{"cell_type": kind, "source": source, "metadata": {}, "outputs": []} for kind, source in cells]
    return json.dumps({"cells": listed, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})


async def test_a_notebook_is_told_by_cells_and_fixed(opened, picture):
    """You should see cell and line beside each line, in *Step* and below, and the line before and after its fix."""
    script = opened("notebook")
    app = ScriptApp(script)
    async with app.run_test(size=SMALL) as pilot:
        await until(pilot, lambda: idle(app))
        await press(app, pilot, "n", "6", "enter")
        assert here(app) == "back = slope * w2"
        assert "line 2:26" in str(app.query_one(SourcePanel).border_subtitle)
        assert lines_of(app, ScriptStepPanel)[0] == "2:26 back = slope * w2"
        assert lines_of(app, ScriptFindingsPanel)[0].startswith("✗ line 2:26  the factor")
        await press(app, pilot, "k")
        assert app.script.frame.stops[0][0] == "line 2:26"
        await press(app, pilot, "k", "exclamation_mark")
        assert script.versions[-1].label == "line 2:26 fixed"
        await shown(app, pilot)
        assert picture(app)


# The lesson.


async def test_the_lessons_own_keys_lead_to_its_end(opened):
    """Every screen's check is met by the keys that it names, in order; then the lesson is left and the script stays."""
    script = opened("original")
    app = ScriptApp(script, script_lesson())
    async with app.run_test(size=BIG) as pilot:
        await until(pilot, lambda: idle(app))
        for number, screen in enumerate(script_lesson().screens, start=1):
            pane = app.screen_stack[0].query_one(LessonPane)
            assert (pane.view.number, pane.view.title, pane.view.seen) == (number, screen.title, False)
            for key in screen.keys:
                await press(app, pilot, {"!": "exclamation_mark"}.get(key, key))
            await until(pilot, lambda pane=pane: pane.view.seen)
            while app.guide is not None and pane.view.number == number:
                await pilot.press("m")
                await pilot.pause()
        assert app.guide is None
        assert script.frame.fixes == 3
        assert 0.24 < script.frame.window.loss < 0.2475


def test_the_lesson_names_keys_and_panels_that_there_are(capsys):
    """Its conditions name what they can see, and it is listed with the others."""
    keys = {key.shown for key in KEYS} | set(IN_PANELS)
    names = set(ScriptMoment.names.fget(None))
    for screen in script_lesson().screens:
        assert set(screen.keys) <= keys
        assert screen.panel in {panel.id for panel in PANELS}
        assert screen.seen.names <= names
    assert main(["lessons"]) == 0
    assert NAME in capsys.readouterr().out


# What a person sees.


async def ready(app, pilot):
    """Wait until the line that it opens at is in sight: from there the next one is gone to."""
    await until(pilot, lambda: idle(app) and app.query_one(SourcePanel)._revealed)
    await pilot.pause()


async def shown(app, pilot, *keys):
    await until(pilot, lambda: idle(app))
    app._touched = True
    await press(app, pilot, "home", *keys)
    app.clear_notifications()
    await pilot.pause()
    await pilot.pause()


@pytest.mark.parametrize(
    ("size", "theme"),
    [(SMALL, "textual-dark"), (BIG, "textual-dark"), ((200, 60), "textual-dark"), (BIG, "textual-light")],
    ids=lambda one: one if isinstance(one, str) else f"{one[0]}x{one[1]}",
)
async def test_picture_of_the_original(opened, picture, size, theme):
    """You should see the cursor at the first wrong line, what should be there, and below or beside it why."""
    app = ScriptApp(opened("original"))
    app.theme = theme
    async with app.run_test(size=size) as pilot:
        await ready(app, pilot)
        app.script.go_to(1)
        app.script.go_to_line(line_of("back = slope * w2"))
        await shown(app, pilot)
        assert picture(app)


async def test_picture_without_colours(opened, picture, monkeypatch):
    """You should see the same marks in no colour."""
    monkeypatch.setenv("NO_COLOR", "1")
    app = ScriptApp(opened("original"))
    async with app.run_test(size=BIG) as pilot:
        await ready(app, pilot)
        app.script.go_to_line(line_of("d_w2 = slope"))
        await shown(app, pilot, "6")
        assert picture(app)


@pytest.mark.parametrize(
    ("name", "size", "part", "theme"),
    [
        ("class", BIG, "dh = e * self.v", "textual-dark"),
        ("neurons", SMALL, "n.delta = ", "textual-dark"),
        ("recurrent", (200, 60), "dz = dh * ", "textual-dark"),
        ("functions", BIG, "d_h = ", "textual-dark"),
        ("functions", (200, 60), "d_h = ", "textual-light"),
        ("functions", (200, 60), "d_h = ", "none"),
    ],
    ids=["class", "neurons", "recurrent", "functions", "functions-light", "functions-no-colour"],
)
async def test_picture_of_right_scripts(opened, picture, monkeypatch, name, size, part, theme):
    """You should see which derivative every line of the backward pass is."""
    if theme == "none":
        monkeypatch.setenv("NO_COLOR", "1")
    app = ScriptApp(opened(name))
    app.theme = "textual-dark" if theme == "none" else theme
    async with app.run_test(size=size) as pilot:
        await ready(app, pilot)
        line = next(n for n, one in enumerate(TEXTS[name].splitlines(), start=1) if part in one)
        app.script.go_to(1)
        app.script.go_to_line(line)
        await shown(app, pilot)
        assert picture(app)
