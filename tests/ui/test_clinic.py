"""The clinic on the screen: every key of it, whatever a file does, and what a person sees."""

from __future__ import annotations

import ast
import re
import threading
from pathlib import Path

import numpy as np
import pytest
from textual.strip import Strip
from textual.widgets import Input, OptionList, Static

from tests.own_files import ARRAYS, ORIGINAL, RIGHT
from tui_backprop.scripts.clinic.checkup_text import checkup_text
from tui_backprop.scripts.clinic.run import OwnRun
from tui_backprop.ui.clinic.app import ClinicApp
from tui_backprop.ui.clinic.keys import KEYS
from tui_backprop.ui.clinic.panels import CheckPanel, OwnGradientsPanel, OwnParametersPanel, OwnPredictionPanel
from tui_backprop.ui.panels.panel import Panel
from tui_backprop.ui.screens.keys import KeysScreen
from tui_backprop.ui.screens.line import LineScreen

BIG = (120, 36)
LOOP = RIGHT.replace("    h = sigmoid", "    if p['b_o'] != 0.1:\n        while True: pass\n    h = sigmoid")


@pytest.fixture
def clinic(tmp_path):
    """Make the app on a file with a text, and end its processes."""
    runs = []

    def make(text, timeout=10.0):
        path = tmp_path / "my_net.py"
        path.write_text(text, encoding="utf-8")
        runs.append(OwnRun(str(path), timeout))
        app = ClinicApp(runs[-1])
        app.path = path
        return app

    yield make
    for run in runs:
        run.close()


async def until(pilot, true):
    """Wait until something is true, for as long as a slow machine may need."""
    for _ in range(1000):
        if true():
            await pilot.pause()
            return
        await pilot.pause(0.02)
    raise AssertionError("it never came true")


def frame(app):
    return app.run_of_own.frame


async def checked(app, pilot):
    await until(pilot, lambda: frame(app).checkup is not None)


async def at_step(app, pilot, step):
    await until(pilot, lambda: frame(app).step == step and not app._turn.locked())


def lines_of(app, kind):
    panel = app.query_one(kind)
    lines = [panel.line_at(panel.frame, row) for row in range(panel.line_count(panel.frame))]
    return [line.text if isinstance(line, Strip) else line.plain for line in lines]


def line_below(app):
    return str(app.query_one("#news", Static).content)


async def test_the_check_is_what_the_command_prints(clinic):
    """First that it is being checked, then the very lines of the command; the header has the verdict."""
    app = clinic(ORIGINAL)
    go_on, check = threading.Event(), app.run_of_own.check
    app.run_of_own.check = lambda: go_on.wait(60) and check()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert "my_net.py is being checked" in " ".join(lines_of(app, CheckPanel))
        assert "my_net.py · is being checked" in app.query_one("#header").write(80)
        go_on.set()
        await checked(app, pilot)
        width = app.query_one(CheckPanel).columns
        printed = ["".join(span.text for span in line) for line in checkup_text(frame(app).checkup, width)]
        assert lines_of(app, CheckPanel) == printed
        assert "✗ wrong: 3 mistakes" in app.query_one("#header").write(80)
        assert "1-1-1 sigmoid → sigmoid · squared" in app.query_one("#header").write(120)


@pytest.mark.covers_clinic("n", "b")
async def test_n_steps_and_b_goes_back(clinic):
    """Their own names, their gradient and the true one; at the first step b is dim."""
    app = clinic(ORIGINAL)
    async with app.run_test(size=BIG) as pilot:
        await checked(app, pilot)
        assert app.check_action("step_back", ()) is None
        await pilot.press("b")
        assert "no update yet" in lines_of(app, OwnGradientsPanel)[0]
        await pilot.press("n")
        await at_step(app, pilot, 1)
        first = frame(app)
        assert [line.split()[0] for line in lines_of(app, OwnParametersPanel)] == ["w_in", "b_h", "w_out", "b_o"]
        gradients = lines_of(app, OwnGradientsPanel)
        assert ["✗" in line for line in gradients] == [True, True, True, False]
        assert "~ ×0.1" in gradients[-1]  # as the check says of b_o
        await pilot.press("n", "n")
        await at_step(app, pilot, 3)
        await pilot.press("b", "b")
        await at_step(app, pilot, 1)
        assert frame(app).state.same_values(first.state)
        assert lines_of(app, OwnGradientsPanel) == gradients
        assert app.check_action("step_back", ()) is True


@pytest.mark.covers_clinic("space")
async def test_space_runs_and_pauses(clinic):
    """The loss goes on before your eyes until space is pressed again; then the true gradients are all there."""
    app = clinic(RIGHT)
    async with app.run_test(size=BIG) as pilot:
        await pilot.press("space")
        await until(pilot, lambda: frame(app).step > 200)
        assert app.running
        await until(pilot, lambda: "▶" in app.run_state)
        await pilot.press("space")
        await until(pilot, lambda: not app._turn.locked() and not app._training)
        stopped = frame(app).step
        await pilot.pause(0.3)
        assert frame(app).step == stopped
        assert frame(app).counts() == (0, 4)
        assert len(frame(app).curve.steps) > 10


async def test_space_pressed_often_makes_one_loop(clinic):
    """However fast it is pressed, an even number of times is a pause."""
    app = clinic(RIGHT)
    async with app.run_test(size=BIG) as pilot:
        await pilot.press(*["space"] * 7)
        await until(pilot, lambda: frame(app).step > 50)
        await pilot.press("space")
        await until(pilot, lambda: not app._turn.locked() and not app._training)
        stopped = frame(app).step
        await pilot.pause(0.3)
        assert frame(app).step == stopped


@pytest.mark.covers_clinic("+", "-", "l")
async def test_the_rate_is_walked_and_typed(clinic):
    """0.1, 0.3, 1 and back, or any; a run goes on with it."""
    app = clinic(RIGHT)
    async with app.run_test(size=BIG) as pilot:
        await pilot.press("plus", "plus", "minus")
        await until(pilot, lambda: frame(app).rate == 0.3)
        await pilot.press("l")
        assert isinstance(app.screen, LineScreen)
        app.screen.query_one(Input).value = "-1"
        await pilot.press("enter")
        assert isinstance(app.screen, LineScreen)
        app.screen.query_one(Input).value = "0.25"
        await pilot.press("enter")
        await until(pilot, lambda: len(app.screen_stack) == 1)
        await pilot.press("space")
        await until(pilot, lambda: frame(app).step > 20)
        await pilot.press("plus")
        await until(pilot, lambda: frame(app).rate == 0.3)
        assert app.running
        marked = frame(app).marks[-1]
        await until(pilot, lambda: frame(app).step > marked + 20)


@pytest.mark.covers_clinic("r")
async def test_r_begins_anew(clinic):
    """Step 0 and the file's own values."""
    app = clinic(RIGHT)
    async with app.run_test(size=BIG) as pilot:
        first = frame(app).state
        await pilot.press("n", "n")
        await at_step(app, pilot, 2)
        await pilot.press("r")
        await at_step(app, pilot, 0)
        assert frame(app).state.same_values(first)


@pytest.mark.covers_clinic("s")
async def test_s_loads_what_was_saved(clinic):
    """The wrong formula becomes right on the screen, the parameters keep their values, and the check is made again."""
    app = clinic(ORIGINAL)
    async with app.run_test(size=BIG) as pilot:
        await checked(app, pilot)
        await pilot.press("n", "n", "n")
        await at_step(app, pilot, 3)
        theta = frame(app).state.parameters
        app.path.write_text(RIGHT, encoding="utf-8")
        await until(pilot, lambda: line_below(app) == "my_net.py was saved: s loads it and checks it again")
        await pilot.press("s")
        await until(pilot, lambda: frame(app).checkup is not None and frame(app).checkup.verdict == "right")
        assert any("✓ right: every gradient" in line for line in lines_of(app, CheckPanel))
        assert "✓ right" in app.query_one("#header").write(120)
        np.testing.assert_array_equal(frame(app).state.parameters, theta)
        assert any("every parameter keeps its value" in str(one.message) for one in app._notifications)
        await pilot.press("n")
        await at_step(app, pilot, 4)
        assert all("✓" in line for line in lines_of(app, OwnGradientsPanel))


async def test_a_broken_file_is_a_notice_and_nothing_is_lost(clinic):
    """The old one goes on, with its check, its curve and its step."""
    app = clinic(ORIGINAL)
    async with app.run_test(size=BIG) as pilot:
        await checked(app, pilot)
        await pilot.press("n", "n")
        await at_step(app, pilot, 2)
        before = frame(app)
        app.path.write_text("def backward(:\n", encoding="utf-8")
        await pilot.press("s")
        await until(pilot, lambda: any("not valid Python" in str(one.message) for one in app._notifications))
        assert frame(app).state.same_values(before.state)
        assert frame(app).checkup is before.checkup
        assert len(frame(app).curve.steps) == len(before.curve.steps)
        await pilot.press("n")
        await at_step(app, pilot, 3)


async def test_an_endless_loop_holds_up_no_key(clinic):
    """While the file never answers, keys are answered; then it is one sentence, and a mended file goes on."""
    app = clinic(LOOP, timeout=6.0)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("n")
        await at_step(app, pilot, 1)
        await pilot.press("n")
        await until(pilot, lambda: app.stuck)
        assert "no answer for" in app.run_state
        for key in "1234":
            await pilot.press(key)
            assert app.query_one(f"#{app.active}").display
        assert app.active == "gradients"
        await pilot.press("question_mark")
        assert isinstance(app.screen, KeysScreen)
        await pilot.press("escape")
        assert app._turn.locked()
        await until(pilot, lambda: "it did not end within 6 s" in line_below(app))
        app.path.write_text(RIGHT, encoding="utf-8")
        await pilot.press("s")
        await until(pilot, lambda: not frame(app).trouble and not app._turn.locked())
        await pilot.press("n")
        await at_step(app, pilot, 2)


@pytest.mark.parametrize("key", ["space", "s", "r"])
async def test_what_is_stuck_is_interrupted(clinic, key):
    """Nobody has to wait for the time limit: pausing, loading the mended file or beginning again ends the question."""
    app = clinic(LOOP, timeout=600.0)
    async with app.run_test(size=BIG) as pilot:
        await pilot.press("space")
        await until(pilot, lambda: app.stuck)
        app.path.write_text(RIGHT, encoding="utf-8")
        await pilot.press(key)
        await until(pilot, lambda: not app.stuck and not app._turn.locked())
        assert not app.running
        assert frame(app).step == 0


@pytest.mark.covers_clinic("q")
async def test_one_can_leave_while_the_file_is_stuck(clinic):
    """At once, and its process is gone."""
    app = clinic(LOOP, timeout=600.0)
    async with app.run_test(size=BIG) as pilot:
        await pilot.press("space")
        await until(pilot, lambda: app.stuck)
        process = app.run_of_own._processes[0]._child
        await pilot.press("q")
    assert app.return_code == 0
    assert process.wait(5) < 0


async def test_an_answer_that_comes_while_the_app_ends_is_for_nobody(clinic):
    """Nothing is drawn any more, and nothing is complained of."""
    app = clinic(RIGHT)
    async with app.run_test(size=BIG) as pilot:
        await pilot.pause()
    app.redraw()


@pytest.mark.parametrize("code", ["raise ValueError('[red]no[/] \x1b[31m')", "exit(3)", "import os; os._exit(3)"])
async def test_whatever_a_step_does_is_a_sentence_in_sight(clinic, code):
    """On the line below, for as long as it holds; the app lives on."""
    app = clinic(RIGHT.replace("    h = sigmoid", f"    if p['b_o'] != 0.1:\n        {code}\n    h = sigmoid"))
    async with app.run_test(size=BIG) as pilot:
        await pilot.press("space")
        await until(pilot, lambda: bool(frame(app).trouble) and not app._turn.locked())
        assert not app.running
        assert line_below(app).startswith("my_net.py")
        assert "\x1b" not in line_below(app)
        await pilot.press("r", "n")
        await at_step(app, pilot, 1)


async def test_names_of_a_file_are_shown_as_they_are(clinic):
    """Markup in a name is text, and a control character is replaced."""
    app = clinic(RIGHT.replace("w_in", "[@click=app.exit()]w\\x1b[/oops]"))
    async with app.run_test(size=BIG) as pilot:
        await checked(app, pilot)
        await pilot.press("n", "3")
        await at_step(app, pilot, 1)
        assert lines_of(app, OwnParametersPanel)[0].startswith("[@click=app.exit()]w")
        assert "\x1b" not in "".join(lines_of(app, CheckPanel))


@pytest.mark.covers_clinic("z", "1", "2", "3", "4", "5")
async def test_panels_are_gone_to_and_maximised(clinic):
    """With tabs one at a time; z gives the active one the whole screen and takes it back."""
    app = clinic(RIGHT)
    async with app.run_test(size=(80, 24)) as pilot:
        for key, name in zip("12345", ("loss", "prediction", "parameters", "gradients", "check"), strict=True):
            await pilot.press(key)
            assert [panel.id for panel in app.query(Panel) if panel.display] == [name]
        await pilot.press("2", "z")
        assert app.screen.maximized is app.query_one(OwnPredictionPanel)
        await pilot.press("z")
        assert app.screen.maximized is None


@pytest.mark.covers_clinic("S")
async def test_s_writes_what_is_seen(clinic, tmp_path, monkeypatch):
    """The check as text, in the working folder, under the file's name and the step."""
    folder = tmp_path / "pictures"
    folder.mkdir()
    monkeypatch.chdir(folder)
    app = clinic(ORIGINAL)
    async with app.run_test(size=BIG) as pilot:
        await checked(app, pilot)
        await pilot.press("5", "S")
        app.screen.query_one(OptionList).highlighted = 4
        await pilot.press("enter")
        await until(pilot, lambda: list(folder.iterdir()))
    assert "✗ wrong: 3 mistakes" in (folder / "my-net-py-step-0-check.txt").read_text(encoding="utf-8")


@pytest.mark.covers_clinic("y", "?")
async def test_the_axis_and_the_keys(clinic):
    """y draws the loss on a logarithmic axis; ? shows the clinic's own keys."""
    app = clinic(RIGHT)
    async with app.run_test(size=BIG) as pilot:
        await pilot.press("y")
        await pilot.pause()
        assert "log" in str(app.query_one("#loss").border_subtitle)
        await pilot.press("question_mark")
        assert isinstance(app.screen, KeysScreen)
        assert app.screen._keys == KEYS


async def test_predictions_of_every_sample(clinic):
    """A curve over x for one input; without one a list of inputs, targets and answers."""
    app = clinic(RIGHT)
    async with app.run_test(size=BIG) as pilot:
        await pilot.pause()
        lines = lines_of(app, OwnPredictionPanel)
        assert any("⠒ now" in line for line in lines)
        assert sum("→" in line for line in lines if "ŷ ↑" not in line) == 9
    app = clinic(ARRAYS)
    async with app.run_test(size=BIG) as pilot:
        await pilot.press("n")
        await at_step(app, pilot, 1)
        lines = lines_of(app, OwnPredictionPanel)
        assert lines[1].startswith("   2  y 1  ")
        assert lines[1].endswith("  x 0 1")


@pytest.mark.parametrize("size", [(40, 10), (60, 18), (80, 24), (120, 36), (200, 60)])
async def test_any_size_draws(clinic, size):
    """From too small to very large nothing breaks, and resizing keeps the run."""
    app = clinic(ARRAYS)
    async with app.run_test(size=size) as pilot:
        await checked(app, pilot)
        await pilot.press("n")
        await at_step(app, pilot, 1)
        await pilot.resize_terminal(100, 30)
        await pilot.resize_terminal(*size)
        await pilot.pause()
        assert app.query_one("#small").display == (size == (40, 10))


def test_every_key_of_the_clinic_is_tested():
    """A key that no test of this file presses is not in the table."""
    found = set()
    for names in re.findall(r"^@pytest\.mark\.covers_clinic\((.*)\)$", Path(__file__).read_text("utf-8"), re.MULTILINE):
        found.update(ast.literal_eval(f"({names},)"))
    assert {key.shown for key in KEYS} == found


# What a person sees.


@pytest.mark.parametrize(
    ("size", "theme"),
    [((80, 24), "textual-dark"), (BIG, "textual-dark"), (BIG, "textual-light")],
    ids=lambda one: one if isinstance(one, str) else f"{one[0]}x{one[1]}",
)
async def test_the_original_case_in_the_clinic(clinic, picture, size, theme):
    """You should see three mistakes named, and at 120 by 36 each of the four gradients marked ✗ beside the true one."""
    app = clinic(ORIGINAL)
    app.theme = theme
    async with app.run_test(size=size) as pilot:
        await checked(app, pilot)
        app.run_of_own.step(300)
        await pilot.press("n")
        await at_step(app, pilot, 301)
        assert picture(app)


async def test_gradients_beside_the_true_ones(clinic, picture):
    """You should see, in 80 by 24, what their formulas give, what is true, and by how much they part."""
    app = clinic(ORIGINAL)
    async with app.run_test(size=(80, 24)) as pilot:
        await checked(app, pilot)
        await pilot.press("n", "4")
        await at_step(app, pilot, 1)
        assert picture(app)


async def test_a_right_file_at_its_beginning(clinic, picture):
    """You should see ✓ right, what to look at next, and a line that says which keys start it."""
    app = clinic(RIGHT)
    async with app.run_test(size=BIG) as pilot:
        await checked(app, pilot)
        await pilot.pause()
        assert picture(app)


@pytest.mark.covers_clinic("^z")
async def test_suspending_is_bound_as_in_the_trainer(clinic):
    """`^z` reaches the app also where one types."""
    app, suspended = clinic(RIGHT), []
    app.action_suspend_process = lambda: suspended.append(True)
    async with app.run_test(size=BIG) as pilot:
        await pilot.press("ctrl+z", "l", "ctrl+z")
        assert len(suspended) == 2
