"""Keys that come faster than the screen follows, at any size: nothing falls, and each does what it says once."""

from __future__ import annotations

import asyncio

import pytest
from rich.style import Style
from textual import events
from textual.widgets import Input, OptionList, Static

from tests.ui.random_keys import Found, Player, own_file, play
from tests.ui.random_keys import trainer as drawn_trainer
from tui_backprop.session.anatomy.quantities import Quantity
from tui_backprop.session.conditions import Condition, ConditionError
from tui_backprop.session.recipe.recipe import Recipe
from tui_backprop.session.session import Session
from tui_backprop.ui.app import TrainerApp
from tui_backprop.ui.bars.status import StatusLine
from tui_backprop.ui.drawing.charts.chart import draw_chart
from tui_backprop.ui.panels import loss
from tui_backprop.ui.panels.gradients import GradientsPanel
from tui_backprop.ui.panels.loss import LossPanel
from tui_backprop.ui.panels.panel import Panel
from tui_backprop.ui.panels.parameters import ParametersPanel
from tui_backprop.ui.screens.breakpoints import BreakpointsScreen
from tui_backprop.ui.screens.dialog import Palette
from tui_backprop.ui.screens.rules import RulesScreen

BIG = (120, 36)


def quickly(app, *keys):
    """Send keys as a laggy line does: all at once."""
    player = Player(app, None, None, Found())
    for key in keys:
        player.press(key)


async def settled(app, pilot):
    await pilot.pause()
    assert app._exception is None


@pytest.mark.parametrize("dialog", [*"lgvdxSBCkcLoh?i", "ctrl+p"])
async def test_a_dialog_that_is_ended_twice_ends_once(trainer, dialog, tmp_path, monkeypatch):
    """Two quick `enter`, and two quick `escape`, leave the trainer as it is, with its keys."""
    monkeypatch.chdir(tmp_path)  # S writes there
    app = trainer("xor")
    async with app.run_test(size=BIG) as pilot:
        await pilot.press("n", "n")
        for key in ("enter", "escape"):
            await pilot.press(dialog)
            await pilot.pause()
            quickly(app, key, key)
            await settled(app, pilot)
            for _ in range(3):  # some need more than one `escape`
                if len(app.screen_stack) > 1:
                    await pilot.press("escape")
            assert len(app.screen_stack) == 1
        step = app.session.step
        await pilot.press("n")
        assert app.session.step == step + 1


@pytest.mark.parametrize(
    "keys",
    [("ctrl+p", "pageup"), ("ctrl+p", "pagedown"), ("w", "down", "pagedown"), ("w", "tab", "enter", "pageup")],
)
async def test_a_list_is_not_paged_through_before_it_is_there(trainer, keys):
    """The palette's list and that of a choice stay where they are."""
    app = trainer()
    async with app.run_test(size=BIG) as pilot:
        quickly(app, *keys)
        await settled(app, pilot)
        await pilot.press("escape", "escape")


async def test_the_palette_opens_once_and_again(trainer):
    """However fast it is opened and closed, there is one of it."""
    app = trainer()
    async with app.run_test(size=BIG) as pilot:
        quickly(app, "ctrl+p", "ctrl+p", "escape", "ctrl+p", "escape", "ctrl+p")
        await settled(app, pilot)
        assert [type(screen) for screen in app.screen_stack[1:]] in ([], [Palette])


async def test_two_panel_keys_at_once_end_at_the_last(trainer):
    """The focus does not go back and forth between them for ever."""
    app = trainer("xor")
    async with app.run_test(size=BIG) as pilot:
        for _ in range(5):
            quickly(app, "3", "4", "1", "5")
            await settled(app, pilot)
            assert app.active == "step"
            assert app.focused.id == "step"


@pytest.mark.parametrize(
    "text", ["9" * 400, "-" * 450 + "1", "(" * 200, "loss < " + "9" * 400, "not " * 110 + "loss < 1"]
)
async def test_any_text_is_a_condition_or_a_sentence(trainer, text):
    """Numbers without end and parts within parts are said to be too many."""
    app = trainer()
    async with app.run_test(size=BIG) as pilot:
        await pilot.press("k")
        app.screen.query_one(Input).value = text
        await pilot.press("enter")
        await settled(app, pilot)
        assert isinstance(app.screen, BreakpointsScreen)
        assert len(str(app.screen.query_one("#problem").content)) > 20
        assert not app.session.breakpoints
    with pytest.raises(ConditionError):
        Condition(text).check(app.session.current.moment())


@pytest.mark.parametrize("dialog", [*"BSlgvdxCkcLoh?iw", "ctrl+p"])
async def test_a_terminal_may_shrink_to_nothing_under_anything(trainer, dialog):
    """1×1 and back, under every dialog and screen."""
    app = trainer("xor")
    async with app.run_test(size=BIG) as pilot:
        await pilot.press("n", "5", dialog)
        for size in ((1, 1), (0, 0), (59, 17), BIG):
            await pilot.resize_terminal(*size)
            await settled(app, pilot)
        await pilot.press("escape")


async def test_old_rows_are_not_drawn_for_a_smaller_network(trainer):
    """What was laid out for many parameters is not drawn with few while there is no room to lay them out again."""
    app = trainer("xor")
    async with app.run_test(size=BIG) as pilot:
        await pilot.press("n", "3")
        await pilot.resize_terminal(1, 1)
        app.change(hidden=())
        panel = app.query_one("#parameters", Panel)
        panel.show(app.session.frame())
        assert not panel.make_line(8).text.strip()
        await pilot.resize_terminal(*BIG)
        await settled(app, pilot)
        assert "w1[1,0]" in panel.make_line(2).text


@pytest.mark.parametrize(
    "rows", ["2,1e308\n3,1e308", "2,1e308\n3,-1e308", "1e308,1\n-1e308,2", "1,1", "1e-320,1\n2e-320,0"]
)
@pytest.mark.filterwarnings(
    "ignore:(overflow|invalid value):RuntimeWarning"
)  # such losses are infinite, and said to be
async def test_a_set_without_a_usable_spread_is_drawn(trainer, tmp_path, rows):
    """Numbers at the ends of what there is, equal ones and a single row: each panel draws something or says why not."""
    path = tmp_path / "few.csv"
    path.write_text(f"x,y\n{rows}\n", encoding="utf-8")
    app = trainer(str(path))
    async with app.run_test(size=(200, 60)) as pilot:
        await pilot.press("n", "8", "y", "9", "n", "B")
        await settled(app, pilot)
        await pilot.press("escape", "C", "enter")
        await settled(app, pilot)


async def test_keys_that_come_while_it_ends_are_for_nobody(trainer):
    """`q` and whatever was pressed after it."""
    app = trainer()
    async with app.run_test(size=BIG) as pilot:
        quickly(app, "q", *"nn1p", "ctrl+p", "l", "enter")
        await asyncio.sleep(0.2)
        assert app._exception is None
        await pilot.pause()


async def test_what_widgets_still_say_while_it_ends_is_ignored(trainer):
    """The trainer's screens are gone then, and a dialog that opens is given no widgets."""
    app = trainer()
    async with app.run_test() as pilot:
        await pilot.pause()
        selected = Panel.Selected(app.query_one(ParametersPanel), Quantity("parameter"), 0)
    assert not app.screen_stack
    await app._on_message(selected)
    dialog = RulesScreen("exact")
    dialog._closing = True
    await dialog._on_message(events.Mount())


@pytest.mark.covers("^z")
async def test_suspending_is_bound_everywhere_and_ctrl_c_names_the_key_that_leaves(trainer):
    """`^z` reaches the app also where one types; `^c` says what `?` says."""
    app = trainer()
    suspended = []
    app.action_suspend_process = lambda: suspended.append(True)
    async with app.run_test(size=BIG) as pilot:
        await pilot.press("ctrl+z", "ctrl+c")
        await pilot.pause()
        assert app.query_one("#said", StatusLine).notice.message == "q leaves"
        await pilot.press("l", "ctrl+z", "ctrl+c")
        await pilot.pause()
        assert app.screen.query_one(StatusLine).notice.message == "copied; esc closes this, then q leaves"
        assert len(suspended) == 2


@pytest.mark.parametrize("seed", range(4))
async def test_random_use(seed):
    """A short run of `python -m tests.ui.random_keys`, once with a file of one's own."""
    found = Found()
    await play(9_000 + seed, 80, found, drawn_trainer if seed else own_file)
    assert found.falls == []
    assert found.keys >= 1


async def test_numbers_are_painted_before_charts():
    """A step is in the header and the parameters at once; charts and findings follow with the next frame."""
    app = TrainerApp(Session(Recipe()))
    async with app.run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        app.session.step_once()
        app.redraw()
        assert app.query_one(ParametersPanel).frame.step == 1
        assert app.query_one(GradientsPanel).frame.step == 1
        assert app.query_one(LossPanel).frame.step == 0
        await pilot.pause()
        assert app.query_one(LossPanel).frame.step == 1
        assert app.query_one(LossPanel).frame.findings == app.session.findings()


async def test_a_chart_draws_no_more_however_many_edits_and_branches_there_are(monkeypatch):
    """The curves of the newest branches, and a mark for each column at the most."""
    session = Session(Recipe())
    session.run(30)
    for i in range(12):
        session.go_to(20)
        session.change(lr=0.2 + i / 100)
        session.step_once()
    for i in range(200):
        session.change(lr=0.4 + i / 1000)
        session.step_once()
    drawn = []

    def counted(series, references, marks, size, **others):
        drawn.append((len(others["others"]), len(marks), size[0]))
        return draw_chart(series, references, marks, size, **others)

    monkeypatch.setattr(loss, "draw_chart", counted)
    app = TrainerApp(session)
    async with app.run_test(size=(120, 36)) as pilot:
        await pilot.pause()
    curves, marks, columns = drawn[-1]
    assert len(session.branches) == 13
    assert curves == 8
    assert 20 < marks <= columns


async def test_a_click_on_a_line_that_is_gone_chooses_nothing(trainer):
    """The palette's list is filled again with every letter, and what was clicked may be there no more."""
    app = trainer()
    async with app.run_test() as pilot:
        await pilot.press("x")
        lines = app.screen.query_one(OptionList)
        gone = Style.from_meta({"option": lines.option_count})
        await lines._on_click(events.Click(lines, 0, 0, 0, 0, 1, False, False, False, style=gone))
        assert isinstance(app.screen, RulesScreen)


async def test_a_click_on_what_is_being_taken_away_is_no_crash(trainer, monkeypatch):
    """The picture of the screen may still have a widget that is no longer part of it."""
    app = trainer("xor")
    async with app.run_test(size=(80, 24)) as pilot:
        gone = Static("gone")
        monkeypatch.setattr(app.screen, "get_widget_and_offset_at", lambda *_: (gone, None))
        await pilot.mouse_down(offset=(5, 5))
        await pilot.pause()
        assert app.is_running
    assert app.return_code in (None, 0)
