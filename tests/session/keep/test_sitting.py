"""A sitting that is saved and opened again is the same, bit for bit."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import ModuleType, SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tui_backprop.datasets.source import open_source
from tui_backprop.session.conditions import Condition, Expression
from tui_backprop.session.keep.one_line import OneLineError, command_of, read_edit, recipe_string, run_from_string
from tui_backprop.session.keep.session_file import SessionFileError, read_session, session_from_text
from tui_backprop.session.keep.sitting import restored, saved, write_session
from tui_backprop.session.recipe.suggestion import suggested_recipe
from tui_backprop.session.run.breakpoints import Breakpoint, Watch
from tui_backprop.session.session import Session
from tui_backprop.system.outputs import Output

HERE = Path()

MOVES = st.one_of(
    st.tuples(st.just("run"), st.integers(1, 40)),
    st.tuples(st.just("go"), st.floats(0, 1)),
    st.tuples(st.just("lr"), st.floats(1e-3, 3)),
    st.tuples(st.just("momentum"), st.sampled_from([0.0, 0.5, 0.9])),
    st.tuples(st.just("optimizer"), st.sampled_from(["sgd", "adam", "nesterov"])),
    st.tuples(st.just("source"), st.sampled_from(["xor", "parity", "moons"])),
    st.tuples(st.just("hidden"), st.sampled_from([(2,), (3, 2)])),
    st.tuples(st.just("entry"), st.floats(-5, 5)),
    st.tuples(st.just("undo"), st.none()),
    st.tuples(st.just("branch"), st.floats(0, 1)),
)


def move(session: Session, kind: str, value: object) -> None:
    match kind:
        case "run":
            session.run(value)
        case "go":
            session.go_to(int(value * session.last_step))
        case "entry":
            session.change({"b1": value})
        case "undo":
            with contextlib.suppress(ValueError):
                session.undo()
        case "branch":
            session.switch(session.branches[int(value * (len(session.branches) - 1))])
        case field:
            session.change(**{field: value})


def again(session: Session) -> Session:
    return restored(session_from_text(saved(session).as_text()), HERE)


def assert_same(one: Session, other: Session) -> None:
    assert [branch.name for branch in one.branches] == [branch.name for branch in other.branches]
    assert one.branches.index(one.branch) == other.branches.index(other.branch)
    for mine, theirs in zip(one.branches, other.branches, strict=True):
        assert (mine.run.step, mine.run.last_step) == (theirs.run.step, theirs.run.last_step)
        assert mine.run.state.same_values(theirs.run.state)
        assert mine.run.edits == theirs.run.edits


@settings(max_examples=25)
@given(moves=st.lists(MOVES, max_size=8))
def test_any_sitting_is_the_same_again(moves):
    """Runs, edits, branches and the place come back, and go on to the same bits."""
    session = Session(suggested_recipe("xor"))
    for kind, value in moves:
        move(session, kind, value)
    twin = again(session)
    assert_same(session, twin)
    session.run(7)
    twin.run(7)
    assert session.state.same_values(twin.state)


def test_breakpoints_watches_and_the_layout_come_back():
    """What was set up around the run is kept with it."""
    session = Session(suggested_recipe("xor"))
    session.breakpoints.append(Breakpoint(Condition("loss < 0.1"), once=True, enabled=False))
    session.watches.append(Watch(Expression("abs(w1[0,0])"), on_chart=True))
    kept = session_from_text(saved(session, layout={"front": "step"}).as_text())
    twin = restored(kept, HERE)
    assert [(one.condition.text, one.once, one.enabled) for one in twin.breakpoints] == [("loss < 0.1", True, False)]
    assert [(one.expression.text, one.on_chart) for one in twin.watches] == [("abs(w1[0,0])", True)]
    assert kept.layout == {"front": "step"}


def test_another_engine_goes_on_within_its_contract():
    """The engine is a field like others: numpy and the reference agree to rounding after loading."""
    session = Session(suggested_recipe("moons", engine="numpy"))
    session.run(50)
    kept = session_from_text(saved(session).as_text().replace('"numpy"', '"reference"'))
    assert np.allclose(restored(kept, HERE).state.parameters, session.state.parameters, rtol=1e-12, atol=1e-12)


def table(folder: Path, rows: int = 30) -> Path:
    path = folder / "mine.csv"
    path.write_text("a,b,y\n" + "".join(f"{i},{i * i % 7},{i % 2}\n" for i in range(rows)))
    return path


def test_data_of_ones_own_are_kept_by_path_and_checksum(tmp_path):
    """A file that moved along with the session is found; one that changed, or is gone, is a sentence."""
    path = table(tmp_path)
    session = Session(suggested_recipe(str(path)))
    session.run(5)
    kept = session_from_text(saved(session).as_text())
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    path.rename(elsewhere / path.name)
    assert_same_state(restored(kept, elsewhere), session)
    table(elsewhere, rows=31)
    with pytest.raises(SessionFileError, match="not the file that the session was saved with"):
        restored(kept, elsewhere)
    (elsewhere / path.name).unlink()
    with pytest.raises(SessionFileError, match="it is not there"):
        restored(kept, elsewhere)


def test_embedded_data_need_no_file(tmp_path):
    """An embedded table is in the session file, and stays in it when it is saved again."""
    path = table(tmp_path)
    session = Session(suggested_recipe(str(path)))
    session.run(5)
    kept = session_from_text(saved(session, embed=True).as_text())
    path.unlink()
    twin = restored(kept, tmp_path)
    assert_same_state(twin, session)
    assert_same_state(restored(session_from_text(saved(twin).as_text()), tmp_path), session)


def assert_same_state(one: Session, other: Session) -> None:
    assert one.state.same_values(other.state)
    assert one.problem.dataset.rows == open_source(one.recipe.source).rows == other.problem.dataset.rows


def test_a_python_file_runs_only_where_it_is_allowed(tmp_path):
    """A session from someone else may name a file of theirs: it is refused before it runs."""
    rule = tmp_path / "rule.py"
    rule.write_text("raise SystemExit('it ran')\n")
    text = (
        saved(Session(suggested_recipe("xor")))
        .as_text()
        .replace('"source": "xor"', f'"source": "xor", "rule": "{rule}"')
    )
    with pytest.raises(SessionFileError, match="--allow-scripts"):
        restored(session_from_text(text), tmp_path)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "not a session file"),
        ("[" * 10_000, "not a session file"),
        ('{"format": "tui-backprop session", "version": 9}', "a newer tui-backprop"),
        ('{"format": "tui-backprop session", "version": 1}', "branches"),
        ('{"format": "tui-backprop session", "version": 1, "branches": [], "branch": 0}', "number of one of"),
        (
            '{"format": "tui-backprop session", "version": 1, "branch": 0, "branches": '
            '[{"recipe": {"source": "xor", "lr": "-1"}, "step": 0, "last_step": 0}]}',
            "lr",
        ),
        (
            '{"format": "tui-backprop session", "version": 1, "branch": 0, "branches": '
            '[{"recipe": {"source": "xor"}, "step": 5, "last_step": 0}]}',
            "last_step",
        ),
    ],
)
def test_what_is_no_session_is_one_sentence(tmp_path, text, why):
    """A damaged, foreign or newer file says what it is."""
    path = tmp_path / "s.tbp"
    path.write_text(text)
    with pytest.raises(SessionFileError, match=why) as caught:
        read_session(path)
    assert "\n" not in str(caught.value)


SAVING = """
import sys
from pathlib import Path
from tui_backprop.session.keep.sitting import saved, write_session
from tui_backprop.session.recipe.suggestion import suggested_recipe
from tui_backprop.session.session import Session
from tui_backprop.system.outputs import Output
session, path = Session(suggested_recipe("xor")), Path(sys.argv[1])
print("ready", flush=True)
while True:
    session.run(1)
    write_session(Output("session", path), saved(session))
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="there is no SIGKILL here")
def test_a_file_is_whole_however_saving_ends(tmp_path):
    """Whoever kills the program while it saves finds the old session or the new one."""
    path = tmp_path / "s.tbp"
    write_session(Output("session", path), saved(Session(suggested_recipe("xor"))))
    for delay in (0.0, 0.003, 0.011):
        child = subprocess.Popen([sys.executable, "-c", SAVING, str(path)], stdout=subprocess.PIPE)
        assert child.stdout.readline() == b"ready\n"
        time.sleep(delay)  # not waited for: the moment of the kill is to vary
        os.kill(child.pid, signal.SIGKILL)
        child.wait()
        child.stdout.close()
        read_session(path)


def test_a_recipe_string_makes_the_same_run():
    """Recipe and edits go through one word of letters, digits, - and _."""
    session = Session(suggested_recipe("xor"))
    session.run(10)
    session.change({"w1[0,0]": 0.25}, lr=0.5)
    session.run(10)
    text = recipe_string(session.current)
    assert text.startswith("tbp1:")
    assert text.removeprefix("tbp1:").replace("-", "").replace("_", "").isalnum()
    branch = run_from_string(text)
    assert (branch.recipe, branch.last_step) == (session.current.first_recipe, 10)
    assert [dict(edit.changes) for edit in branch.edits] == [{"lr": 0.5}]
    assert [dict(edit.parameters) for edit in branch.edits] == [{"w1[0,0]": 0.25}]


@pytest.mark.parametrize("text", ["tbp1:", "tbp1:!!", "tbp1:AAAA", "tbp1:" + "A" * 100_000, "tbp1:eJyLjgUAARUAuQ"])
def test_what_is_no_recipe_string_is_one_sentence(text):
    """A cut, foreign or huge string is refused."""
    with pytest.raises(OneLineError, match="recipe string"):
        run_from_string(text)


def test_files_of_ones_own_do_not_fit_into_a_recipe_string(tmp_path):
    """Which file it is, and what to do instead, is said."""
    session = Session(suggested_recipe(str(table(tmp_path))))
    with pytest.raises(OneLineError, match="--embed"):
        recipe_string(session.current)


@pytest.fixture
def wine(monkeypatch):
    """Stand in for scikit-learn, with its set wine of four samples."""
    package, sets = ModuleType("sklearn"), ModuleType("sklearn.datasets")
    names, labels = ["alcohol", "hue"], ["class_0", "class_1"]
    rows = SimpleNamespace(data=np.arange(8.0).reshape(4, 2), feature_names=names, target=np.array([0, 1, 1, 0]))
    sets.load_wine = lambda: SimpleNamespace(**vars(rows), target_names=labels)
    package.datasets = sets
    monkeypatch.setitem(sys.modules, "sklearn", package)
    monkeypatch.setitem(sys.modules, "sklearn.datasets", sets)


def test_a_set_of_scikit_learn_is_kept_by_its_name(wine, tmp_path, monkeypatch):
    """It is no file: a recipe string, a command and a session file hold it, whatever lies in the working folder."""
    (tmp_path / "sklearn:wine").write_text("a,b\n1,2\n")
    monkeypatch.chdir(tmp_path)
    session = Session(suggested_recipe("sklearn:wine", hidden=(2,)))
    session.run(5)
    session.change(lr=0.5)
    branch = run_from_string(recipe_string(session.current))
    assert branch.recipe == session.current.first_recipe
    assert command_of(session.current).startswith("tui-backprop sklearn:wine --hidden 2 --edit 5:lr=0.5")
    kept = saved(session)
    assert kept.files == ()
    assert_same(session, restored(session_from_text(kept.as_text()), tmp_path))


def test_the_command_of_a_run_is_short_and_makes_it():
    """What the data set suggests is left out; edits are options."""
    session = Session(suggested_recipe("xor", lr=0.5))
    session.run(30)
    session.change({"b1[0]": 0.5}, momentum=0.2)
    assert command_of(session.current) == ("tui-backprop xor --lr 0.5 --edit 30:momentum=0.2 --edit '30:b1[0]=0.5'")
    assert command_of(Session(suggested_recipe("parity")).current) == "tui-backprop parity"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("400", "STEP:FIELD=VALUE"),
        ("x:lr=1", "STEP:FIELD=VALUE"),
        ("4:activation=relu", "--activation"),
        ("4:w1=a", "a number"),
    ],
)
def test_an_edit_that_cannot_be_says_what_was_expected(text, why):
    """Each with the next step."""
    with pytest.raises(OneLineError, match=why):
        read_edit(text)


def test_a_session_file_is_small():
    """A few KB, however long the run was."""
    session = Session(suggested_recipe("moons"))
    session.run(2000)
    assert len(saved(session).as_text()) < 2000
    assert json.loads(saved(session).as_text())["version"] == 1
