"""Numbers, bars, curves and headers as text."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time

import numpy as np
import pytest
from rich.console import Console
from rich.style import Style
from rich.text import Text

from tui_backprop.session.manual import manual_page
from tui_backprop.session.recipe.suggestion import suggested_recipe
from tui_backprop.session.session import Session
from tui_backprop.text.ticks import log_ticks, tick_text
from tui_backprop.ui.bars.header import header_text
from tui_backprop.ui.drawing.bars import signed_bar, sparkline
from tui_backprop.ui.drawing.charts.chart import Series, curve_legend, draw_chart, merged_labels, thin
from tui_backprop.ui.drawing.charts.heights import HeightAxis, smoothed
from tui_backprop.ui.drawing.numbers import decimal_aligned, four_digits, signed, signed_change
from tui_backprop.ui.drawing.styles import text_runs
from tui_backprop.ui.keys import KEYS, keys_markdown
from tui_backprop.ui.layout import PANELS, PLACES, layout_for, layout_with_lesson
from tui_backprop.ui.pacing import Pacer, keep_going
from tui_backprop.ui.panels.findings import FindingsPanel
from tui_backprop.ui.panels.step import _around
from tui_backprop.ui.script.keys import KEYS as SCRIPT_KEYS


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.31416, "  +0.3142"), (-0.0002, "  −0.0002"), (1.2e-7, "+1.20e−07"), (np.inf, "       +∞"),
     (np.nan, "      NaN"), (0.0, "  +0.0000")],
)  # fmt: skip
def test_numbers_have_one_width_and_a_true_minus(value, text):
    """Signs, decimal points and what is not finite."""
    assert signed(value) == text
    assert "-" not in four_digits(-1e-9)


def test_large_numbers_keep_their_columns():
    """Whatever its size, a number takes nine cells, and a change of nothing is no number."""
    rng = np.random.default_rng(0)
    drawn = np.concatenate(
        [rng.normal(size=4000) * 10.0 ** rng.uniform(-310, 308, 4000), [999.99996, 9999.99995, 1e4, 5198.7119]]
    )
    assert {len(signed(value)) for value in [*drawn, *-drawn]} == {9}
    assert signed(-5198.7119) == "−5198.712"
    assert signed_change(0.0) == "        ·"
    assert signed_change(1e-30) == "+1.00e−30"


@pytest.mark.parametrize(
    ("ends", "most", "ticks"),
    [
        ((1e-11, 1.5), 5, ["1e−9", "1e−6", "0.001", "1"]),
        ((0.002, 40.0), 6, ["0.01", "0.1", "1", "10"]),
        ((0.2222, 0.2479), 3, ["0.23", "0.24"]),
        ((3.0, 3.0), 3, ["3"]),
    ],
)
def test_a_logarithmic_axis_has_round_numbers(ends, most, ticks):
    """Decades where there are two, else round parts of one; never a number like 0.2736923654."""
    assert [tick_text(tick) for tick in log_ticks(*ends, most)] == ticks


def test_a_logarithmic_axis_never_has_long_or_too_many_numbers():
    """Over any two losses."""
    rng = np.random.default_rng(1)
    for _ in range(500):
        low, high = sorted(10.0 ** rng.uniform(-30, 30, 2))
        found = log_ticks(low, high, 4)
        assert 1 <= len(found) <= 5
        assert all(low * 0.999 <= tick <= high * 1.001 for tick in found)
        assert max(len(tick_text(tick)) for tick in found) <= len("1.23e−28")


def test_the_training_curve_lies_above_the_test_curve():
    """Where both are the same, the first one's colour is seen; on a logarithmic axis with its decades."""
    steps, values = np.arange(200), np.geomspace(1.0, 1e-6, 200)
    series = [Series("train", steps, values), Series("test", steps, values)]
    chart = draw_chart(series, [], [], (60, 16), log=True)
    styles = {str(style) for row in range(16) for text, style in chart.runs(row) if any("⠀" < c <= "⣿" for c in text)}
    assert styles == {"bright_blue"}
    labels = [chart.text(row).split("┤")[0].strip() for row in range(16) if "┤" in chart.text(row)]
    assert labels == ["1", "0.01", "1e−4", "1e−6"]


def test_frames_come_ten_times_a_second_at_a_chosen_speed():
    """A frame that costs 50 ms too, unless training needs the time: at full speed, or where a step takes long."""
    pacer = Pacer(10.0)
    pacer.made(1, 0.0005)
    assert pacer.between_frames(0.05) == pytest.approx(0.1)
    slow = Pacer(1000.0)
    for _ in range(50):
        slow.made(1, 0.002)
    assert slow.between_frames(0.05) > 0.5
    assert Pacer(None).between_frames(0.05) > 0.5


def test_a_bar_hangs_on_the_side_of_its_sign():
    """Minus to the left, plus to the right, and the smallest still shows."""
    assert signed_bar(1, 1, 2) == ("  ", "██")
    assert signed_bar(-1, 1, 2) == ("██", "  ")
    assert signed_bar(1e-9, 1, 2)[1].strip()
    assert signed_bar(0, 0, 2) == ("  ", "  ")
    assert all(len(part) == 4 for value in np.linspace(-1, 1, 33) for part in signed_bar(value, 1, 4))


def test_a_sparkline_has_a_character_for_each_value():
    """Low is low, high is high, and NaN is a blank."""
    assert sparkline([0, 1, np.nan]) == "▁█ "
    assert sparkline([2, 2]) == "▁▁"


def test_thinning_loses_no_spike():
    """Of a hundred thousand points, one high and one low are still there."""
    values = np.zeros(100_000)
    values[31_234], values[77_777] = 5, -5
    steps, kept = thin(np.arange(100_000), values, 60)
    assert len(steps) <= 2 * 60 + 2
    assert (kept.max(), kept.min()) == (5, -5)


@pytest.mark.parametrize("values", [[], [1.0], [1.0, 1.0], [np.nan, np.inf, 1e308], [0.0, -1.0], [1e-300, 1e300]])
@pytest.mark.parametrize("log", [False, True])
def test_a_chart_of_anything_is_drawn(values, log):
    """No points, one point, constants, infinities and zeros on a log axis all give a picture."""
    series = [Series("train", np.arange(len(values)), np.array(values))]
    assert "".join(chart_text(series, [("best constant", 0.25)], [0], log=log)).strip()


def test_a_zoomed_loss_axis_keeps_within_the_run():
    """Zoomed around a share of it and moved, it ends at all that there is; on a logarithmic axis in powers of ten."""
    series, all_of_it = [Series("train", np.arange(3), np.array([100.0, 1.0, 0.01]))], HeightAxis()
    assert all_of_it.fitted(series, [], log=False) is None
    low = all_of_it.zoomed_by(0.5, 0.0)
    assert low.fitted(series, [], log=True) == pytest.approx((-2.0, 0.0))
    assert low.moved(0.5).fitted(series, [], log=True) == pytest.approx((-1.0, 1.0))
    assert low.moved(99).fitted(series, [], log=True) == pytest.approx((0.0, 2.0))
    assert low.moved(-1) == low
    assert not low.zoomed_by(4.0).zoomed
    assert low.fitted(series, [("line", 1e-4)], log=True) == pytest.approx((-4.0, -1.0))
    steps = np.arange(101)
    lines = chart_text([Series("train", steps, 1.0 / (1 + steps))], [("far", 0.9), ("near", 0.05)], heights=(0.0, 0.1))
    labels = [line.split("┤")[0].strip() for line in lines if "┤" in line]
    assert (labels[0], labels[-1]) == ("0.100", "0.000")
    assert any("near 0.05" in line for line in lines)
    assert not any("far" in line for line in lines)


def test_a_smoothed_curve_has_means_of_the_points_around():
    """Fewer at the ends; what is not finite is passed over, and where nothing is finite there is nothing."""
    steps = np.arange(5)
    found = smoothed(Series("train", steps, np.array([1.0, 2.0, np.nan, 4.0, 8.0])), 3).values
    np.testing.assert_allclose(found, [1.5, 1.5, 3.0, 6.0, 6.0])
    assert np.isnan(smoothed(Series("train", steps, np.full(5, np.nan)), 3).values).all()
    rough = Series("train", steps, np.arange(5.0))
    assert smoothed(rough, 1) is rough


def test_the_newest_branches_have_their_names_where_their_curves_end():
    """Names that would lie on each other are left out."""
    steps = np.arange(0, 101)
    others = [Series("η 0.1 → 1", steps, np.full(101, 0.5)), Series("another", steps, np.full(101, 0.5))]
    lines = chart_text([Series("train", steps, 1.0 / (1 + steps))], others=others)
    assert any(line.endswith(("another │", "another ⠤│", "another -│")) or " another " in line for line in lines)
    assert not any("η 0.1" in line for line in lines)


def chart_text(series, references=(), marks=(), size=(60, 12), log=False, **others):
    """The lines of a chart, without colours."""
    drawn = draw_chart(series, references, marks, size, log=log, **others)
    return [drawn.text(row) for row in range(drawn.rows)]


def chart(references, size=(60, 12), last=100):
    steps = np.arange(0, last + 1)
    return chart_text([Series("train", steps, 1.0 / (1 + steps))], references, size=size)


def test_a_reference_line_has_its_name_on_it_and_lies_under_the_curve():
    """The name stands at the line's height, and where curve and line meet the curve is seen."""
    lines = chart([("best constant", 0.5), ("best this network can do", 0.0)])
    assert any("best constant 0.5 ----" in line for line in lines)
    floor = next(line for line in lines if "best this network can do 0 " in line)
    assert "⣀" in floor or "⠤" in floor


def test_reference_lines_at_one_height_share_a_label():
    """Two names for one height are written one after the other, on a narrow chart shorter, then cut before the number."""
    together = [("best constant", 0.25), ("best this network can do", 0.25)]
    assert merged_labels(together) == [("best constant = best this network can do", 0.25)]
    assert any("best constant = best this network can do 0.25" in line for line in chart(together))
    assert any("best constant = network's best 0.25" in line for line in chart(together, size=(50, 8)))
    assert any("best constant = " in line and "… 0.25 " in line for line in chart(together, size=(34, 8)))
    assert chart([("bad", float("nan"))], last=0)


def test_the_name_of_a_line_hides_the_least_of_a_curve():
    """A curve that begins at the line's height has its name farther on, and one that ends there has it before."""
    steps = np.arange(100)
    for values, left in ((np.where(steps < 40, 0.25, 0.0), False), (np.where(steps > 60, 0.25, 0.0), True)):
        lines = chart_text([Series("train", steps, values)], [("best constant", 0.25)], size=(90, 12))
        line = next(line for line in lines if "best constant 0.25" in line)
        assert (line.index("best") < 40) == left


def test_the_legend_hides_no_curve():
    """The names of the curves stand in the border, each behind its mark, and not in the chart."""
    assert chart([])
    assert not any("train" in line for line in chart([]))
    assert curve_legend(["train", "test"]).plain == "  ⠶ train  ⠶ test"
    assert curve_legend(["train", "test"], colored=False).plain == "  ⠶ train  x test"
    assert curve_legend(["a", "b"]).spans[0].style != curve_legend(["a", "b"]).spans[1].style


def test_a_curve_that_diverged_does_not_flatten_the_others():
    """Of the dimmed curves only what is near the others' height is drawn, and large losses have short labels."""
    steps = np.arange(50)
    run, other = Series("train", steps, np.linspace(1, 0.1, 50)), Series("old", steps, 5.0**steps)
    drawn = chart_text([run], others=[other])
    assert all(len(line.partition("┤")[0]) <= 6 for line in drawn if "┤" in line)
    assert any("e+30┤" in line for line in chart_text([Series("train", steps, 5.0**steps)]))


def test_the_title_of_step_keeps_the_present_stage():
    """However little room there is, the present stage is named, and the first and the last while there is room for them."""
    stages = ["sample", "forward 1", "forward 2", "loss", "backward 2", "backward 1", "update"]
    for width in range(100):
        for at, present in enumerate(stages):
            shown = _around(stages, at, width)
            assert present in shown
            assert width < 45 or {"sample", "update"} <= set(shown)
            assert len(shown) == 7 or len(" ▸ ".join(shown)) <= max(width, 18)
    assert _around(stages, 2, 60) == ["sample", "forward 1", "forward 2", "loss", "…", "update"]


def test_the_header_shortens_and_keeps_the_step():
    """At every width it fits, and the step, the rate and the training loss stay; from 80 columns the test loss too."""
    session = Session(suggested_recipe("digits"))
    session.run(3)
    frame = session.frame()
    for width in range(60, 200):
        text = header_text(frame, "‖ paused", width)
        assert len(text) == width
        assert all(part in text for part in ("step 3", "train", f"η {session.recipe.lr:g}"))
        assert "test" in text or width < 80
        assert "digits · 64-32-10 " in text or width < 80
    moons = Session(suggested_recipe("moons"))
    moons.run(10_734)
    assert all(
        part in header_text(moons.frame(), "▶ full 31,415/s", 80) for part in ("moons", "η 0.03", "train ", "test ")
    )
    posted = Session(suggested_recipe("parity", rule="posted")).frame()
    assert " parity · 1-1-1 · η 0.1 · rule posted " in header_text(posted, "‖ paused", 80)


def test_a_chart_is_the_same_in_every_process():
    """Steps that have hardly room below the axis have their labels in the same places, whatever the hashes."""
    code = (
        "import numpy as np; from tui_backprop.ui.drawing.charts.chart import Series, draw_chart;"
        "steps = [np.linspace(0, n, 200).astype(int) for n in (41, 3001, 1234567)];"
        "c = [draw_chart([Series('t', s, 1.0 + s)], [], [], (w, 9), log=False) for s in steps for w in range(30, 99, 6)];"
        "print([one.text(row) for one in c for row in range(one.rows)])"
    )
    runs = [
        subprocess.Popen(
            [sys.executable, "-c", code], stdout=subprocess.PIPE, env={**os.environ, "PYTHONHASHSEED": seed}
        )
        for seed in "01234"
    ]
    assert len({run.communicate()[0] for run in runs}) == 1


def test_layouts_are_made_for_their_sizes():
    """A sentence, tabs, four panels, a grid, and all panels at once."""
    sizes = [(59, 18), (79, 24), (80, 24), (100, 30), (120, 36), (200, 60)]
    assert [layout_for(*size) for size in sizes] == ["tiny", "tabs", "small", "grid", "grid", "large"]


def test_a_lesson_leaves_room_for_the_panels():
    """Beside a lesson there are rows, or the grid where that fits; and no panel is lost."""
    sizes = [(59, 18), (80, 24), (120, 24), (100, 36), (120, 36), (160, 40), (200, 60), (240, 60)]
    layouts = [layout_with_lesson(*size) for size in sizes]
    assert layouts == ["tiny", "tabs", "tabs", "rows", "rows", "grid", "grid", "large"]
    for layout in ("rows", "grid", "large"):
        assert sorted(name for place in PLACES[layout] for name in place) == sorted(panel.id for panel in PANELS)


async def test_what_a_key_begins_is_done_before_training_goes_on():
    """What goes from turn to turn of the event loop, each with some work, takes the pause between two slices of training."""
    slices = []

    async def from_turn_to_turn():
        while not slices:
            await asyncio.sleep(0)
        for _ in range(12):
            began = time.perf_counter()
            while time.perf_counter() - began < 0.0002:
                pass
            await asyncio.sleep(0)

    def advance(steps):
        slices.append(steps)
        return not key.done()

    key = asyncio.create_task(from_turn_to_turn())
    await keep_going(Pacer(None), advance, lambda _: None)
    assert len(slices) <= 3


def test_a_pacer_keeps_to_the_clock():
    """At 100 steps a second a second has a hundred steps, however often it is asked."""
    pacer, made, now = Pacer(100), 0, 10.0
    while now < 11.0:
        due = pacer.due(now)
        pacer.made(due, due * 1e-5)
        made += due
        now += 0.003
    assert 99 <= made <= 101


@pytest.mark.parametrize(
    ("value", "text"), [(1.5, "      1.5      "), (-0.25, "     −0.25     "), (3e-9, "      3e−09    ")]
)
def test_numbers_stand_by_their_decimal_point(value, text):
    """Whatever the size, the point is in the same column."""
    assert decimal_aligned(value).rstrip() == text.rstrip()
    assert len(decimal_aligned(value)) == 16


@pytest.mark.parametrize("keys", [KEYS, SCRIPT_KEYS], ids=["trainer", "script"])
def test_the_manual_has_the_tables_of_keys(keys):
    """Manual and program have the same keys, in the same words and order."""
    assert keys_markdown(keys) in manual_page("keys")


async def test_a_list_that_grows_lays_nothing_out_anew(trainer):
    """While the run goes on the number of findings changes, which must not cost a layout of the whole screen."""
    app = trainer()
    async with app.run_test(size=(120, 36)) as pilot:
        await pilot.press("6")
        panel = app.query_one(FindingsPanel)
        for fewer, more in ((3, 5), (40, 60)):  # without a scroll bar, and with one
            panel._take_lines(fewer)
            await pilot.pause()
            panel._take_lines(more)
            assert not panel._layout_required
            assert panel.virtual_size.height == more
        assert panel.vertical_scrollbar.window_virtual_size == 60
        panel.scroll_end(animate=False)
        await pilot.pause()
        panel._take_lines(30)
        await pilot.pause()
        assert panel.scroll_offset.y <= 30
        panel._take_lines(2)
        await pilot.pause()
        assert not panel.show_vertical_scrollbar


@pytest.mark.parametrize(
    "text",
    [
        Text(""),
        Text("plain"),
        Text("of one style", style="dim"),
        Text("a ").append("b", "bold").append(" c ").append("d", "red"),
        Text("all ", style="bold").append("of it", "red").append(" bold"),
        Text("over each other").append(" and on", "dim") + Text.assemble(("x", "reverse"), "y"),
        Text.assemble(("abc", "red"), "def", ("", "bold"), ("ghi", "blue")),
    ],
)
@pytest.mark.parametrize("marked", [False, True])
def test_a_text_as_runs_is_what_rich_makes_of_it(text, marked):
    """Whatever way is taken, each character has the style that rich gives it."""
    text = text.copy()
    if marked:
        text.stylize("reverse", 1, 4)
    console = Console()

    def each(runs):
        return [
            (character, Style.parse(style) if isinstance(style, str) else style)
            for part, style in runs
            for character in part
        ]

    if not text.spans:
        assert each(text_runs(text, console)) == [(one, Style.parse(str(text.style))) for one in text.plain]
    else:
        assert each(text_runs(text, console)) == each((one.text, one.style or "") for one in text.render(console))
