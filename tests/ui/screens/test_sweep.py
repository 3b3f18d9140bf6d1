"""The Sweep screen: a form, many runs going on, a map, and any run of it in the trainer."""

from __future__ import annotations

import asyncio

import numpy as np
import pytest
from textual.widgets import Input, Select, Static

from tui_backprop.session.recipe.suggestion import suggested_recipe
from tui_backprop.session.sweep.axes import parse_axis
from tui_backprop.session.sweep.outcome import checksum
from tui_backprop.session.sweep.plan import SweepPlan
from tui_backprop.session.sweep.summary import Summary
from tui_backprop.session.sweep.sweep import Sweep
from tui_backprop.session.sweep.view import seeds_of, sweep_map
from tui_backprop.session.sweep.workers import Here
from tui_backprop.ui.drawing.sweep import MapRoom, draw_map, draw_seeds
from tui_backprop.ui.screens.sweep.results import MapView, SeedsView
from tui_backprop.ui.screens.sweep.screen import SweepScreen

BIG = (120, 36)


def swept(*vary, seeds=6, until="", source="parity", jobs=None, **fields):
    """A sweep that is over, or has had some of its jobs done."""
    sweep = Sweep(SweepPlan(suggested_recipe(source, **fields), tuple(parse_axis(text) for text in vary), seeds, until))
    sweep.start(Here, processes=8)
    while sweep.going and jobs != 0:
        sweep.poll(0)
        jobs = None if jobs is None else jobs - 1
    sweep.stop()
    return sweep


@pytest.fixture
def learned():
    """Rates and sizes of which some learn parity and some do not."""
    return swept(
        "rule=exact,posted", "hidden=1,2,8", "lr=0.01,0.03,0.1", activation="tanh", optimizer="adam", batch_size=None,
        steps=800,
    )  # fmt: skip


def said(app, which):
    return str(app.screen.query_one(which, Static).render())


@pytest.mark.covers("w")
async def test_w_opens_the_form_and_a_sweep_runs_on_every_processor(trainer):
    """Choose two fields, start: runs come in, the map fills, and at the end every run has its outcome."""
    app = trainer(steps=300)
    async with app.run_test(size=BIG) as pilot:
        await pilot.press("w")
        assert isinstance(app.screen, SweepScreen)
        app.screen.query_one("#values-0", Input).value = "1,2"
        app.screen.query_one("#values-1", Input).value = "0.1,1"
        app.screen.query_one("#seeds", Input).value = "3"
        await pilot.pause()
        assert said(app, "#problem") == "12 runs of 300 steps"
        await pilot.press("ctrl+s")
        assert app.sweep is not None
        for _ in range(1200):
            await asyncio.sleep(0.05)
            if not app.sweep.going:
                break
        await pilot.pause()
        assert app.sweep.complete
        assert "all 12 runs done" in said(app, "#progress")


async def test_enter_opens_that_very_run_in_the_trainer(trainer, learned):
    """The run is made again and is bit for bit the run that was swept; the one that was looked at is kept."""
    app = trainer()
    app.sweep = learned
    async with app.run_test(size=BIG) as pilot:
        app.session.run(50)
        await pilot.press("w", "down", "down", "right", "full_stop")
        outcome = app.screen.query_one(SeedsView).outcome
        assert learned.plan.values(outcome.run // learned.plan.seeds) == {"rule": "exact", "hidden": (8,), "lr": 0.03}
        await pilot.press("enter")
        for _ in range(3000):
            await asyncio.sleep(0.02)
            if not isinstance(app.screen, SweepScreen):
                break
        assert app.session.step == 800
        assert app.session.recipe.hidden == (8,)
        assert checksum(app.session.state.parameters) == outcome.checksum
        assert [branch.run.last_step for branch in app.session.branches] == [50, 800]
        assert app.session.branch.name.startswith("sweep: rule exact, hidden 8, η 0.03, seed ")
        await pilot.press("b")
        assert app.session.step == 799


async def test_keys_change_measure_axes_table_and_seed(trainer, learned):
    """m, a, t, comma and full stop: the other measures, the other two fields, the other rule, another seed."""
    app = trainer()
    app.sweep = learned
    async with app.run_test(size=BIG) as pilot:
        await pilot.press("w")
        shown, seeds = app.screen.query_one(MapView), app.screen.query_one(SeedsView)
        assert "rule exact" in str(shown.border_title)
        await pilot.press("t")
        assert "rule posted" in str(shown.border_title)
        assert shown.cell.number == 9
        await pilot.press("m")
        assert str(shown.border_title).startswith("best final loss")
        await pilot.press("a")
        assert "η 0.01" in str(shown.border_title)
        before = seeds.outcome
        await pilot.press("comma", "comma")
        assert seeds.outcome.loss <= before.loss
        await pilot.press("comma", "comma", "comma")
        assert seeds.outcome.loss == shown.cell.best


async def test_the_mouse_chooses_a_cell(trainer, learned):
    """A click puts the cursor there, and the seeds of that cell are shown."""
    app = trainer()
    app.sweep = learned
    async with app.run_test(size=BIG) as pilot:
        await pilot.press("w")
        await pilot.pause()
        shown = app.screen.query_one(MapView)
        room = shown._room
        await pilot.click(MapView, offset=(2 + room.label + room.width, 1 + 2 + 2 * room.height))
        assert shown.cell.number == 7
        assert "hidden 8, η 0.03" in str(app.screen.query_one(SeedsView).border_title)


@pytest.mark.parametrize(
    ("field", "text", "sentence"),
    [
        ("#values-1", "0.1:x:log:3", "expected LOW:HIGH"),
        ("#values-0", "300", "hidden: expected"),
        ("#seeds", "none", "seeds: expected"),
        ("#steps", "-3", "steps: expected"),
        ("#until", "nonsense < 1", "unknown name nonsense"),
    ],
)
async def test_what_cannot_be_swept_is_said_in_the_form(trainer, field, text, sentence):
    """The sentence is there, nothing starts, and nothing that was typed is lost."""
    app = trainer()
    async with app.run_test(size=BIG) as pilot:
        await pilot.press("w")
        app.screen.query_one(field, Input).value = text
        await pilot.press("ctrl+s")
        await pilot.pause()
        assert sentence in said(app, "#problem")
        assert app.sweep is None
        assert app.screen.query_one(field, Input).value == text


async def test_a_field_that_is_chosen_brings_values_to_begin_with(trainer):
    """Choose a rule to vary, and posted and exact stand there; what fits already is left."""
    app = trainer()
    async with app.run_test(size=BIG) as pilot:
        await pilot.press("w")
        app.screen.query_one("#field-2", Select).value = "rule"
        await pilot.pause()
        assert app.screen.query_one("#values-2", Input).value == "posted,exact"
        app.screen.query_one("#field-1", Select).value = "l2"
        await pilot.pause()
        assert app.screen.query_one("#values-1", Input).value == "0.01:10:log:7"


async def test_leaving_stops_the_workers_and_coming_back_goes_on(trainer):
    """Finished runs are there again, and starting makes the rest."""
    app = trainer(steps=20_000)
    async with app.run_test(size=BIG) as pilot:
        await pilot.press("w", "ctrl+s")
        sweep = app.sweep
        await pilot.press("escape")
        await pilot.pause()
        assert not sweep.going
        await pilot.press("w")
        assert "^s makes the rest" in said(app, "#progress")
        await pilot.press("ctrl+s")
        assert app.sweep is sweep
        assert sweep.going
        await pilot.press("ctrl+s")
        assert not sweep.going


@pytest.mark.parametrize("theme", ["textual-dark", "textual-light"])
@pytest.mark.parametrize("size", [(80, 24), (120, 36), (200, 60)], ids=lambda size: f"{size[0]}x{size[1]}")
async def test_a_finished_sweep(trainer, picture, learned, size, theme):
    """You should see the form, the map with eight hidden units blue, and the seeds of the cell in brackets below."""
    app = trainer()
    app.theme, app.sweep = theme, learned
    async with app.run_test(size=size) as pilot:
        await pilot.press("w", "down", "down", "right")
        await pilot.pause()
        assert picture(app)


async def test_a_sweep_in_progress_without_colours(trainer, picture, monkeypatch):
    """You should see dense shades where nothing was learned, dots where nothing is known, and no colour at all."""
    monkeypatch.setenv("NO_COLOR", "1")
    app = trainer()
    app.sweep = swept("lr=0.001,0.03,0.1", "hidden=1,8", activation="tanh", optimizer="adam", batch_size=None, jobs=1,
                      steps=800)  # fmt: skip
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("w", "right")
        await pilot.pause()
        assert picture(app)


async def test_the_form_before_anything_was_swept(trainer, picture):
    """You should see two fields to begin with, how many runs they make, and what to press."""
    app = trainer()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("w")
        await pilot.pause()
        assert picture(app)


def drawn(sweep, columns, rows, cursor=(0, 0), measure="median", colors="full"):
    names = [axis.name for axis in sweep.plan.axes]
    summary = Summary(sweep.plan, sweep.outcomes)
    found = sweep_map(
        summary, names[-2] if len(names) > 1 else None, names[-1] if names else None, dict.fromkeys(names, 0), measure
    )
    room = MapRoom(found, columns, rows, cursor)
    return room, [line.plain for line in draw_map(found, room, cursor, colors)]


def test_a_large_map_shows_the_part_around_the_cursor():
    """Forty rates do not fit into fifty columns; the cursor is always in sight, and no line is too long."""
    sweep = swept("hidden=1,2", "lr=0.001:10:log:40", seeds=1, steps=1)
    for column in (0, 17, 39):
        room, lines = drawn(sweep, 50, 10, (1, column))
        assert room.first[1] <= column < room.first[1] + room.seen[1]
        assert max(map(len, lines)) <= 50
        assert any("[" in line for line in lines)


def test_maps_of_one_field_or_none_are_drawn():
    """One row, or one cell."""
    for vary in ([], ["lr=0.1,1"]):
        _, lines = drawn(swept(*vary, seeds=1, steps=1), 40, 8)
        assert any("[" in line for line in lines)


def test_shares_stand_in_the_map_as_percentages():
    """Half of the runs of a cell reached the condition: 50%."""
    sweep = swept("optimizer=sgd,adam", source="xor", until="loss < 0.1", seeds=4, steps=300)
    _, lines = drawn(sweep, 60, 8, measure="reached")
    assert any("100%" in line and " 0%" in line for line in lines)


def test_seeds_are_counted_where_they_end():
    """Every run is in one stretch; those that diverged are told beside it."""
    sweep = swept("lr=0.1,1000", source="line", steps=300)
    summary = Summary(sweep.plan, sweep.outcomes)
    good, broken = (seeds_of(cell, sweep.plan, 30) for cell in summary.cells)
    assert good.counts.sum() == 6
    assert good.low <= good.high
    assert "loss" in good.sentence(0, sweep.plan)
    assert "every run diverged" in draw_seeds(broken, 0, 3)[0].plain
    assert "diverged after" in broken.sentence(0, sweep.plan)
    assert np.isnan(broken.low)
    one = seeds_of(Summary(sweep.plan, {0: sweep.outcomes[0]}).cells[0], sweep.plan, 9)
    assert one.counts[4] == 1
