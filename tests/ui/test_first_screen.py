"""What a newcomer meets: which panels are in sight, how large, how fast a run begins, and where the first one pauses."""

from __future__ import annotations

import pytest

from tests.ui.waiting import until
from tui_backprop.session.conditions import Condition
from tui_backprop.session.run.breakpoints import Breakpoint
from tui_backprop.system.settings import Settings
from tui_backprop.ui.bars.advice import SaidBar
from tui_backprop.ui.bars.header import Header
from tui_backprop.ui.bars.step import StepLine
from tui_backprop.ui.panels.loss import LossPanel
from tui_backprop.ui.panels.panel import Panel
from tui_backprop.ui.panels.prediction import PredictionPanel

ALWAYS = {"loss", "parameters", "gradients"}


def in_sight(app):
    return {panel.id for panel in app.screen.query(Panel) if panel.region.area}


def lines(panel):
    return ["".join(segment.text for segment in panel.render_line(y)) for y in range(panel.size.height)]


async def test_what_is_said_before_anything_was_done(trainer):
    """What this is and what to press, what the lines and probes mean, and what empty panels will show."""
    app = trainer()
    async with app.run_test(size=(120, 36)) as pilot:
        await until(pilot, lambda: len(app.query_one(SaidBar).lines(120)) > 1)
        about, keys = (line.plain for line in app.query_one(SaidBar).lines(120)[:2])
        assert about == "A 1-1-1 network learns parity before your eyes; what goes wrong is said here."
        assert keys.startswith("space starts it, n makes one step")
        assert "constant: one for all; network: no weights do better" in str(app.query_one("#loss").border_subtitle)
        assert lines(app.query_one(PredictionPanel))[0].startswith("x 5: ŷ 0.3721 → 0.3721   x 16: ŷ")
        assert "right or wrong" in lines(app.query_one("#gradients"))[0]
        await pilot.press("W")
        await pilot.pause()
        assert "k adds a condition" in lines(app.query_one("#watches"))[0]
        await pilot.press("5")
        await pilot.pause()
        assert "with its formula" in lines(app.query_one("#step"))[0]
        await pilot.press("n")
        await pilot.pause()
        assert lines(app.query_one("#step"))[0].startswith("z1 = x·w1 + b1")  # a value that can be followed


async def test_a_name_in_a_border_leads_to_its_panel(trainer):
    """Names have as much room as there is: whole, short, or the keys alone."""
    app = trainer("circle")
    async with app.run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        title = str(app.query_one("#network").border_title)
        assert "8 Surf" in title
        assert " H " in title
        await pilot.click("#network", offset=(3 + title.replace("[dim]", "").index("H"), 0))
        await pilot.pause()
        assert app.active == "hidden"


@pytest.mark.parametrize(
    ("size", "more"),
    [((80, 24), {"prediction"}), ((100, 30), {"prediction", "network"}), ((120, 36), {"prediction", "network"})],
)
@pytest.mark.parametrize("source", ["parity", "spiral"])
async def test_what_is_in_sight_without_being_asked(trainer, size, more, source):
    """Loss, parameters and gradients together at every size; the data too, and the network where there is room."""
    app = trainer(source)
    async with app.run_test(size=size) as pilot:
        await pilot.press("n")
        await pilot.pause()
        assert in_sight(app) == ALWAYS | more
        assert app.query_one(LossPanel).size.height >= 8
        entries = [line for line in lines(app.query_one("#parameters", Panel)) if line.startswith(("w", "b"))]
        assert len(entries) >= 4
        assert not any("…" in line for line in entries)
        await pilot.press("5")
        await pilot.pause()
        assert in_sight(app) >= ALWAYS | {"step"}


async def test_a_large_terminal_shows_all(trainer):
    """Every panel, and none behind another."""
    app = trainer("spiral")
    async with app.run_test(size=(200, 60)) as pilot:
        await pilot.pause()
        assert in_sight(app) == {panel.id for panel in app.screen.query(Panel)}


@pytest.mark.parametrize("size", [(100, 30), (120, 36), (200, 60)])
async def test_the_data_is_the_largest_thing(trainer, size):
    """The decision surface has the largest panel, and is about twice as many columns wide as it has rows."""
    app = trainer("circle")
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        surface = app.query_one(PredictionPanel)
        assert surface.region.area == max(panel.region.area for panel in app.screen.query(Panel))
        drawn = [line[7:].rstrip() for line in lines(surface)[:-2]]
        assert len(drawn) >= 10
        assert max(map(len, drawn)) <= 2 * len(drawn)


@pytest.mark.parametrize("size", [(80, 24), (120, 36)])
async def test_rate_and_scores_never_leave(trainer, size):
    """η, and loss and accuracy of training and test samples, are in the header, also while it runs at full speed."""
    app = trainer("moons")
    async with app.run_test(size=size) as pilot:
        app.session.run(300)
        app.measured = 31415.0
        await pilot.press("space")
        header = app.query_one(Header)
        text = header.write(size[0])
        assert app.running
        for part in ("η 0.03", "train ", "test ", "%", "▶ full" if size[0] > 80 else "▶"):
            assert part in text
        assert len(text) <= size[0]


async def test_the_step_in_one_line(trainer):
    """At 80 × 24 the last update is told in a line: sample, answer, target, loss, gradient; before it how to make one."""
    app = trainer()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        line = app.query_one(StepLine)
        assert "n makes one" in line.write(80)
        await pilot.press("n")
        assert all(part in line.write(80) for part in ("step 1 ", "x ", "→ ŷ", "L ", "‖∂L/∂θ‖"))
        await pilot.press("p")
        assert "inside step 2: sample" in line.write(80)


async def test_the_first_run_pauses_where_there_is_something_to_see(trainer):
    """The original case pauses at its plateau and says so; space goes on, and it does not pause by itself again."""
    app = trainer()
    app.paused_once = False
    app.speed = 3  # a thousand steps a second: at full speed it would be further when it is examined
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("space")
        await until(pilot, lambda: not app.running)
        assert 100 < app.session.step < 5000
        said = app.query_one(SaidBar).lines(80)[0].plain
        assert said.startswith("‖ paused at stuck-at-constant")
        assert said.endswith("space goes on")
        await pilot.press("space")
        step = app.session.step
        await until(pilot, lambda: app.session.step > step + 500)
        assert app.running
        assert "paused" not in app.query_one(SaidBar).lines(80)[0].plain


async def test_a_run_with_breakpoints_halts_at_them_and_says_so_until_it_moves_on(trainer):
    """The reason of a halt is no notice that goes by itself."""
    app = trainer()
    app.paused_once = False
    async with app.run_test(size=(80, 24)) as pilot:
        app.session.breakpoints.append(Breakpoint(Condition("step >= 1200")))
        await pilot.press("space")
        await until(pilot, lambda: not app.running)
        assert app.session.step == 1200
        app.clear_notifications()
        await pilot.pause()
        assert "breakpoint step >= 1200" in app.query_one(SaidBar).lines(80)[0].plain
        await pilot.press("n")
        assert "breakpoint" not in app.query_one(SaidBar).lines(80)[0].plain


async def test_a_run_begins_at_a_speed_at_which_learning_is_seen(trainer):
    """A hundred steps a second; > goes up to full speed."""
    app = trainer()
    app.apply_settings(Settings())
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("space")
        assert app.run_state == "▶ 100/s"
        await pilot.press(">", ">")
        assert app.run_state.startswith("▶ full")
