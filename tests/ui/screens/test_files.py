"""A sitting is saved, asked about, opened again and copied, by keys."""

import pytest
from textual.widgets import Input, OptionList

from tests.ui.waiting import until
from tui_backprop.session.keep.remembered import Remembered
from tui_backprop.session.keep.session_file import read_session
from tui_backprop.session.recipe.suggestion import suggested_recipe
from tui_backprop.session.session import Session
from tui_backprop.ui.app import TrainerApp
from tui_backprop.ui.bars.status import StatusLine
from tui_backprop.ui.screens.files import FileScreen, LeaveScreen, NameScreen, OpenScreen


def trainer(remembered=None, **recipe):
    return TrainerApp(Session(suggested_recipe("xor", **recipe)), remembered=remembered)


def told(app):
    return " ".join(line.notice.message for line in app.screen.query(StatusLine) if line.notice is not None)


@pytest.mark.covers("F", "K", "O", "Y")
async def test_a_sitting_is_saved_and_opened_again(tmp_path, monkeypatch):
    """K asks for a name once; O brings the sitting back, the panel in front included."""
    monkeypatch.chdir(tmp_path)
    remembered = Remembered(tmp_path / "state")
    app = trainer(remembered)
    async with app.run_test(size=(120, 36)) as pilot:
        await pilot.press("n", "n", "plus", "n", "6", "K")
        await pilot.pause()
        assert isinstance(app.screen, NameScreen)
        app.screen.query_one(Input).value = "mine"
        await pilot.press("enter")
        await pilot.pause()
        assert "mine.tbp" in told(app)
        before = app.session.state
        await pilot.press("K")
        await pilot.pause()
        assert len(app.screen_stack) == 1
    assert read_session(tmp_path / "mine.tbp").branches[0].step == 3

    other = trainer(remembered, seed=5)
    async with other.run_test(size=(120, 36)) as pilot:
        await pilot.press("O")
        await pilot.pause()
        assert isinstance(other.screen, OpenScreen)
        assert other.screen.query_one(OptionList).option_count >= 1
        other.screen.query_one("#value", Input).value = "mine.tbp"
        other.screen.query_one("#value", Input).focus()
        await pilot.press("enter")
        await until(pilot, lambda: other.session.step == 3)
        await pilot.pause()
        assert other.session.state.same_values(before)
        assert other.active == "findings"


async def test_a_name_that_no_file_can_have_is_told(tmp_path, monkeypatch):
    """Too long for the system, or in the folder of a user who is not there."""
    monkeypatch.chdir(tmp_path)
    app = trainer()
    async with app.run_test(size=(120, 36)) as pilot:
        await pilot.press("O")
        await pilot.pause()
        for name in ("9" * 400, "~nobody-of-this-name/x.csv"):
            field = app.screen.query_one("#value", Input)
            field.value = name
            field.focus()
            await pilot.press("enter")
            await pilot.pause()
            assert "there is no file" in str(app.screen.query_one("#problem").render())
        await pilot.press("escape", "n", "K")
        await pilot.pause()
        app.screen.query_one(Input).value = "9" * 400
        await pilot.press("enter")
        await pilot.pause()
        assert len(app.screen_stack) == 1
        assert told(app)
        assert app.session.step == 1
    assert list(tmp_path.iterdir()) == []


async def test_leaving_asks_only_where_a_named_file_is_older(tmp_path):
    """Nothing is asked before a file has a name, nor where it holds all that was done."""
    app = trainer()
    async with app.run_test() as pilot:
        await pilot.press("n", "q")
        await pilot.pause()
        assert not app.is_running
    app = trainer()
    async with app.run_test() as pilot:
        await pilot.press("n")
        app._save(tmp_path / "s.tbp")
        await pilot.press("n", "q")
        await pilot.pause()
        assert isinstance(app.screen, LeaveScreen)
        await pilot.press("escape", "q")
        await pilot.pause()
        await pilot.press("enter")
        await pilot.pause()
        assert not app.is_running
    assert read_session(tmp_path / "s.tbp").branches[0].step == 2


async def test_the_last_sitting_is_kept_and_offered(tmp_path):
    """What was done before the program was left is one key away; a sitting in which nothing was done changes nothing."""
    remembered = Remembered(tmp_path)
    app = trainer(remembered)
    async with app.run_test() as pilot:
        await pilot.press("n", "n", "q")
    assert remembered.last_title() == "xor, step 2"
    app = TrainerApp(Session(suggested_recipe("parity")), remembered=remembered, offer=True)
    async with app.run_test() as pilot:
        await pilot.pause()
        assert "O opens your last sitting: xor, step 2" in told(app)
        await pilot.press("q")
    assert remembered.last_title() == "xor, step 2"


async def test_files_are_one_list(tmp_path):
    """F lists what can be done with files, and each does it."""
    app = trainer()
    async with app.run_test() as pilot:
        await pilot.press("F")
        await pilot.pause()
        assert isinstance(app.screen, FileScreen)
        await pilot.press("down", "down", "down", "enter")
        await pilot.pause()
        assert app.clipboard == "tui-backprop xor"


async def test_a_report_and_a_worksheet_are_written_into_the_working_folder(tmp_path, monkeypatch):
    """From the list of files; the worksheet is of the next update, and its answers are a file beside it."""
    monkeypatch.chdir(tmp_path)
    app = trainer(hidden=(1,), batch_size=1)
    async with app.run_test() as pilot:
        for place, files in ((5, 1), (6, 3), (7, 5)):
            await pilot.press("n", "F", *["down"] * place, "enter")
            await until(pilot, lambda files=files: len(list(tmp_path.iterdir())) == files)
        await until(pilot, lambda: "xor-step-3-worksheet.tex and xor-step-3-worksheet-answers.tex" in told(app))
        app.session = Session(suggested_recipe("xor", hidden=(64, 64)))
        await app.action_write_worksheet("md")
        await until(pilot, lambda: "a worksheet has at most" in told(app))
    names = {path.name: path.read_text(encoding="utf-8") for path in tmp_path.iterdir()}
    assert sorted(names) == [
        "xor-step-1-report.html",
        "xor-step-2-worksheet-answers.md",
        "xor-step-2-worksheet.md",
        "xor-step-3-worksheet-answers.tex",
        "xor-step-3-worksheet.tex",
    ]
    assert "a network 2-1-1 after 1 step" in names["xor-step-1-report.html"]
    assert "Update 1: from step 2 to 3" in names["xor-step-2-worksheet.md"]
    assert "____" in names["xor-step-2-worksheet.md"]
    assert "____" not in names["xor-step-2-worksheet-answers.md"]


async def test_copying_takes_what_is_selected():
    """In Step the term with its numbers, in Parameters the row, in Findings the finding; elsewhere the command."""
    app = trainer(lr=0.5)
    async with app.run_test(size=(120, 36)) as pilot:
        await pilot.press("n", "1", "Y")
        await pilot.pause()
        assert app.clipboard == "tui-backprop xor --lr 0.5"
        await pilot.press("3", "Y")
        await pilot.pause()
        assert app.clipboard.startswith("w1")
        await pilot.press("5", *["down"] * 6, "Y")
        await pilot.pause()
        assert app.clipboard.count(" = ") >= 1
        await pilot.press("6", "Y")
        await pilot.pause()
        found = app.session.findings()
        assert app.clipboard == "tui-backprop xor --lr 0.5" if not found else found[0].id in app.clipboard


async def test_what_cannot_be_opened_is_a_notice(tmp_path):
    """A foreign file leaves the run as it was."""
    path = tmp_path / "s.tbp"
    path.write_text("no")
    app = trainer()
    async with app.run_test() as pilot:
        await pilot.press("n")
        await app._open(path)
        await pilot.pause()
        assert "not a session file" in told(app)
        assert app.session.step == 1


async def test_weights_and_code_are_written_and_weights_loaded(tmp_path, monkeypatch):
    """F lists them; what is loaded is an edit that can be undone."""
    monkeypatch.chdir(tmp_path)
    app = trainer()
    async with app.run_test(size=(120, 36)) as pilot:
        await pilot.press("n", "n", "n")
        written = app.session.state.parameters.copy()
        for action in ("write_weights", "write_code"):
            await app.run_action(action)
        assert {path.suffix for path in tmp_path.iterdir()} == {".npz", ".py"}
        await pilot.press("n", "F")
        await pilot.pause()
        await pilot.press("end", "enter")
        await until(pilot, lambda: isinstance(app.screen, OpenScreen))
        app.screen.query_one("#value", Input).value = next(path.name for path in tmp_path.glob("*.npz"))
        app.screen.query_one("#value", Input).focus()
        await pilot.press("enter")
        await until(pilot, lambda: not isinstance(app.screen, OpenScreen))
        assert app.session.state.parameters.tolist() == written.tolist()
        assert "parameters of" in told(app)
        await pilot.press("u")
        await pilot.pause()
        assert app.session.state.parameters.tolist() != written.tolist()
