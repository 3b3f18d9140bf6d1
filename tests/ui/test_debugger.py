"""The debugger on the screen: every key of it, and a whole update walked phase by phase."""

from __future__ import annotations

import numpy as np
import pytest
from textual.widgets import Input, OptionList, Static

from tui_backprop.session.anatomy.expressions import number_text
from tui_backprop.session.anatomy.phases import phases
from tui_backprop.session.anatomy.quantities import Quantity, input_name
from tui_backprop.ui.bars.timeline import TimelineBar
from tui_backprop.ui.drawing.numbers import signed, signed_change
from tui_backprop.ui.panels.gradients import GradientsPanel
from tui_backprop.ui.panels.parameters import ParametersPanel
from tui_backprop.ui.panels.step import StepPanel
from tui_backprop.ui.panels.watches import WatchesPanel
from tui_backprop.ui.screens.branches import BranchesScreen, ComparisonScreen
from tui_backprop.ui.screens.breakpoints import BreakpointsScreen
from tui_backprop.ui.screens.gradient_check import GradientCheckScreen
from tui_backprop.ui.screens.history import HistoryScreen
from tui_backprop.ui.screens.own_sample import OwnSampleScreen

BIG, LARGE = (120, 36), (200, 60)

NETWORKS = {
    "parity": ("parity", {}),
    "2-4-3": ("spirals3", {"hidden": (4,), "optimizer": "adam", "batch_size": 4, "loss": "cross-entropy"}),
    "64-16-10": ("digits", {"hidden": (16,), "batch_size": 2}),
}


def lines_of(panel, part="all"):
    if part == "detail":
        return [line.plain for line in panel._detail]
    return [panel.line_at(panel.frame, row).plain for row in range(panel.line_count(panel.frame))]


def step_list(app):
    """The lines of the panel Step below the explanation, each split in name and value."""
    panel = app.query_one(StepPanel)
    lines = [panel.line_at(panel.frame, row + len(panel._detail)).plain for row in range(len(panel._rows))]
    return [tuple(line.split()[:2]) for line in lines]


def expected(record, phase, sample=0):
    """What the core computed in a phase, with the names that people read."""
    network, several = record.training.network, len(record.rows) > 1

    def units(letter, values):
        return [(f"{letter}[{i}]" if len(values) > 1 else letter, v) for i, v in enumerate(values)]

    match phase.kind:
        case "sample":
            inputs, names = record.tape.a[0][sample], record.training.input_names
            named = [(input_name(names, i, len(names)), value) for i, value in enumerate(inputs)]
            return named + units("y", record.targets[sample])
        case "z" | "a":
            return units(f"{phase.kind}{phase.layer}", getattr(record.tape, phase.kind)[phase.layer][sample])
        case "loss":
            objective = record.training.objective
            each = objective.sample_losses(record.tape.z[-1], record.tape.a[-1], record.targets)
            return [("L", record.loss)] + [(f"L{'₁₂₃₄'[s]}", v) for s, v in enumerate(each) if several]
        case "delta":
            return units(f"δ{phase.layer}", record.gradients.deltas[phase.layer - 1][sample])
        case "gradients":
            chosen = [t for t in network.tensors if t.layer == phase.layer]
            vector = record.gradients.parameters.vector
            return [(f"∂L/∂{t.entry_name(i)}", vector[t.start + i]) for t in chosen for i in range(t.size)]
    return [(f"new {name}", value) for name, value in zip(network.entry_names, record.after.parameters, strict=True)]


def check_screen(app, record, phase):
    """Every number in Step, Parameters and Gradients is the core's, and what has not happened is not there."""
    shown = step_list(app)
    wanted = expected(record, phase)
    if phase.kind == "update":
        names = [" ".join(("new", name)) for _, name in shown]
        panel = app.query_one(StepPanel)
        values = [panel.line_at(panel.frame, row + len(panel._detail)).plain.split()[2] for row in range(len(names))]
        assert list(zip(names, values, strict=True)) == [(name, number_text(value)) for name, value in wanted]
    else:
        assert shown == [(name, number_text(float(value))) for name, value in wanted]
    order = phases(record.training.network)
    entries = [line for line in lines_of(app.query_one(GradientsPanel)) if line.startswith("∂L/∂")]
    position = 0
    for tensor in record.training.network.tensors:
        backward = next(p for p in order if p.kind == "gradients" and p.layer == tensor.layer)
        for _ in range(tensor.size):
            known = order.index(phase) >= order.index(backward)
            value = signed(float(record.gradients.parameters.vector[position])).strip()
            assert entries[position].split()[1] == (value if known else "·")
            position += 1
    names = set(record.training.network.entry_names)
    rows = [line.split() for line in lines_of(app.query_one(ParametersPanel))]
    rows = [row for row in rows if row[0] in names and not row[1].startswith("(")]
    assert [row[1] for row in rows] == [signed(float(v)).strip() for v in record.before.parameters]
    change = record.after.parameters - record.before.parameters
    done = phase.kind == "update"
    assert [row[4] for row in rows] == [signed_change(float(v)).strip() if done else "·" for v in change]


@pytest.mark.covers("p", "P")
@pytest.mark.parametrize("name", NETWORKS)
async def test_a_whole_update_walked_phase_by_phase_and_back(trainer, name):
    """Every number on the screen is what the core computed, forward and backward through the phases."""
    source, fields = NETWORKS[name]
    app = trainer(source, **fields)
    async with app.run_test(size=LARGE) as pilot:
        app.session.run(3)
        record = app.session.current.next_record()
        order = phases(record.training.network)
        for phase in order:
            await pilot.press("p")
            assert app.session.inside == phase
            check_screen(app, record, phase)
        for phase in reversed(order[:-1]):
            await pilot.press("P")
            check_screen(app, record, phase)
        await pilot.press("n")
        assert app.session.inside is None
        assert app.session.state.same_values(record.after)


async def test_the_chain_rule_is_walked_from_a_gradient_down_to_the_input(trainer):
    """Enter follows a term to where it came from, and backspace returns."""
    app = trainer("parity")
    async with app.run_test(size=BIG) as pilot:
        await pilot.press("n", "4")
        panel = app.query_one(StepPanel)
        await pilot.press("down", "up", "5")
        seen = [panel._explained.name]
        for keys in (["enter"], ["enter"], ["right", "enter"], ["enter"], ["enter"]):
            await pilot.press(*keys)
            seen.append(panel._explained.name)
        assert seen[:3] == ["∂L/∂w1", "δ1", "δ2"]
        assert len(set(seen)) == len(seen)
        for name in reversed(seen[:-1]):
            await pilot.press("backspace")
            assert panel._explained.name == name


async def test_the_other_samples_of_a_batch_can_be_seen(trainer):
    """Comma and full stop go through the batch."""
    app = trainer("iris", batch_size=4)
    async with app.run_test(size=BIG) as pilot:
        await pilot.press("5", "p", "full_stop", "full_stop")
        record = app.session.record()
        assert step_list(app)[0] == ("x[0]", number_text(float(record.tape.a[0][2, 0])))
        assert lines_of(app.query_one(StepPanel), "detail")[0] == "sample 3 of 4"
        await pilot.press("comma")
        assert step_list(app)[0] == ("x[0]", number_text(float(record.tape.a[0][1, 0])))
        assert lines_of(app.query_one(StepPanel), "detail")[0] == "sample 2 of 4"
        await pilot.press("n")
        app.query_one(StepPanel).explain(Quantity("gradient", 1, 0))
        assert lines_of(app.query_one(StepPanel), "detail")[0] == "all 4 samples"


@pytest.mark.parametrize(
    ("presses", "named"), [(1, "sample"), (2, "forward 1: z"), (3, "forward 1: a"), (7, "backward 2: δ")]
)
@pytest.mark.parametrize("size", [(80, 24), BIG, (200, 60)])
async def test_the_title_of_step_names_the_phase_that_is_shown(trainer, presses, named, size):
    """The phase is reversed where its stage is, at any width, and nothing is said behind another stage."""
    app = trainer()
    async with app.run_test(size=size) as pilot:
        await pilot.press("5", *["p"] * presses)
        title = app.query_one(StepPanel)._titled
        marked = [title.plain[span.start : span.end] for span in title.spans if "reverse" in str(span.style)]
        assert marked == [named]
        assert "(" not in title.plain


async def test_a_term_is_followed_by_a_click(trainer):
    """A click on a number of the formula goes to where it came from."""
    app = trainer()
    async with app.run_test(size=BIG) as pilot:
        await pilot.press("n", "5")
        panel = app.query_one(StepPanel)
        await pilot.press(*["down"] * 5)
        before = panel._explained.name
        line = panel._detail[1].plain
        x = next(i for i, c in enumerate(line) if c.isdigit())
        await pilot.click(StepPanel, offset=(x + 2, 2))
        assert panel._explained.name != before


@pytest.mark.covers("g", "home", "end", "shift+←", "shift+→", "[", "]")
async def test_ways_through_time(trainer):
    """By number, to the ends, by jumps, and along what was seen."""
    app = trainer()
    async with app.run_test(size=BIG) as pilot:
        app.session.run(100)
        await pilot.press("g")
        app.screen.query_one(Input).value = "1e9"
        await pilot.press("enter")
        assert "expected a step from 0 to 100" in str(app.screen.query_one("#problem", Static).content)
        app.screen.query_one(Input).value = "42"
        await pilot.press("enter")
        assert app.session.step == 42
        for key, step in [("home", 0), ("end", 100), ("shift+left", 98), ("shift+right", 100)]:
            await pilot.press(key)
            assert app.session.step == step
        await pilot.press("left_square_bracket", "left_square_bracket")
        assert app.session.step == 100
        await pilot.press("right_square_bracket")
        assert app.session.step == 98


async def test_a_click_on_the_timeline_goes_to_a_step(trainer):
    """The left end is step 0, the right end the last."""
    app = trainer()
    async with app.run_test(size=BIG) as pilot:
        await pilot.press("n")
        app.session.run(399)
        app.redraw()
        await pilot.pause()
        await pilot.click(TimelineBar, offset=(3, 0))
        assert app.session.step == 0
        await pilot.click(TimelineBar, offset=(60, 0))
        assert 180 < app.session.step < 220


@pytest.mark.covers("u", "U", "B")
async def test_branches_undo_and_redo(trainer):
    """Going back and changing the rate begins a branch; the list switches, renames, compares and deletes."""
    app = trainer()
    async with app.run_test(size=BIG) as pilot:
        app.session.run(200)
        app.session.go_to(50)
        await pilot.press("plus")
        assert len(app.session.branches) == 2
        await pilot.press("u")
        assert (len(app.session.branches), app.session.recipe.lr) == (1, 0.1)
        await pilot.press("U")
        assert app.session.recipe.lr == 0.3
        app.session.run(50)
        await pilot.press("B")
        assert isinstance(app.screen, BranchesScreen)
        rows = app.screen.query_one(OptionList)
        assert rows.virtual_size.height == 2  # each is one line
        await pilot.press("c")
        assert isinstance(app.screen, BranchesScreen)  # a run is not compared with itself
        await pilot.press("home", "c")
        assert isinstance(app.screen, ComparisonScreen)
        assert "first differ at step 51" in str(app.screen.query("Static").first().content)
        await pilot.press("escape", "n")
        app.screen.query_one(Input).value = "the [first] one"
        await pilot.press("enter")
        assert app.session.branches[0].name == "the [first] one"
        await pilot.press("enter")
        assert app.session.branch is app.session.branches[0]
        await pilot.press("B", "end", "x", "escape")
        assert len(app.session.branches) == 1
        await pilot.press("B", "x", "escape")
        assert len(app.session.branches) == 1


@pytest.mark.covers("k", "W")
async def test_breakpoints_and_watches(trainer):
    """A condition becomes a breakpoint and a number a watch; space switches, o once, c charts, x removes."""
    app = trainer()
    async with app.run_test(size=BIG) as pilot:
        await pilot.press("k")
        assert isinstance(app.screen, BreakpointsScreen)
        line = app.screen.query_one(Input)
        for wrong in ("loss <", "lss < 1", "w1 > 0 or"):
            line.value = wrong
            await pilot.press("enter")
            assert str(app.screen.query_one("#problem", Static).content)
        line.value = "step == 30"
        await pilot.press("enter")
        line.value = "abs(w1)"
        await pilot.press("enter")
        assert [one.condition.text for one in app.session.breakpoints] == ["step == 30"]
        assert [one.expression.text for one in app.session.watches] == ["abs(w1)"]
        app.screen.query_one(OptionList).focus()
        await pilot.press("down", "home", "o", "space", "space", "end", "c", "escape")
        assert app.session.breakpoints[0].once
        assert app.session.watches[0].on_chart
        await pilot.press("W", "e", "e", "e", "e")
        assert app.session.step == 30
        shown = "\n".join(line.plain for line in app.query_one(WatchesPanel)._lines)
        assert "step == 30  hits 1" in shown
        assert signed(abs(float(app.session.state.parameters[0]))).strip() in shown
        await pilot.press("k")
        app.screen.query_one(OptionList).focus()
        await pilot.press("down", "home", "x", "x", "escape")
        assert not app.session.breakpoints
        assert not app.session.watches


async def test_a_name_is_completed_as_it_is_typed(trainer):
    """The right arrow takes the completion of the last word."""
    app = trainer()
    async with app.run_test(size=BIG) as pilot:
        await pilot.press("k", *"max(abs(para")
        await pilot.pause()
        await pilot.press("right")
        assert app.screen.query_one(Input).value == "max(abs(parameters"


@pytest.mark.covers("v", "shift+↑", "shift+↓", "0", "f")
async def test_a_parameter_is_set_nudged_reset_and_frozen(trainer):
    """What is selected in Parameters is changed in place, and each change is an edit."""
    app = trainer()
    async with app.run_test(size=BIG) as pilot:
        await pilot.press("n", "3", "down", "down")
        assert app.selected_name() == "w2"
        await pilot.press("enter", "escape", "v")
        app.screen.query_one(Input).value = "abc"
        await pilot.press("enter")
        app.screen.query_one(Input).value = "0.5"
        await pilot.press("enter")
        assert app.session.state.parameters[2] == 0.5
        await pilot.press("shift+up", "shift+up", "shift+down")
        assert app.session.state.parameters[2] == pytest.approx(0.51)
        await pilot.press("0")
        assert app.session.state.parameters[2] == app.session.current.segment.first_parameters[2]
        await pilot.press("f", "n")
        assert app.session.recipe.freeze == ("w2",)
        assert app.session.state.parameters[2] == app.session.current.segment.first_parameters[2]
        await pilot.press("f")
        assert app.session.recipe.freeze == ()
        assert len(app.session.current.edits) == 7


async def test_thawing_one_entry_keeps_the_rest_of_its_tensor_frozen(trainer):
    """Of a frozen w1 one entry can be let go."""
    app = trainer("xor", freeze=("w1",))
    async with app.run_test(size=BIG) as pilot:
        await pilot.press("f")
        frozen = app.session.recipe.freeze
        assert "w1[0,0]" not in frozen
        assert len(frozen) == app.session.problem.network.tensors[0].size - 1


@pytest.mark.covers("h", "c", "i")
async def test_history_check_and_a_sample_of_ones_own(trainer, checked):
    """Three screens that only show something."""
    app = trainer(rule="posted")
    async with app.run_test(size=BIG) as pilot:
        app.session.run(50)
        before = app.session.state
        await pilot.press("h")
        assert isinstance(app.screen, HistoryScreen)
        assert [str(chart.border_title) for chart in app.screen.query(".chart")] == ["w1", "∂L/∂w1"]
        await pilot.press("escape", "4", "enter")
        assert isinstance(app.screen, HistoryScreen)
        await pilot.press("escape", "c")
        assert isinstance(app.screen, GradientCheckScreen)
        await checked(app, pilot)
        assert "3 of 4 gradients are wrong" in str(app.screen.query_one("#verdict", Static).content)
        await pilot.press("escape", "i")
        assert isinstance(app.screen, OwnSampleScreen)
        app.screen.query_one("#inputs", Input).value = "5"
        app.screen.query_one("#target", Input).value = "1"
        await pilot.pause()
        record = app.session.what_if((5.0,), (1.0,))
        assert number_text(float(record.after.parameters[0])) in str(app.screen.query_one("#found", Static).content)
        for wrong in ("5, 6", "abc"):
            app.screen.query_one("#inputs", Input).value = wrong
            await pilot.pause()
            assert str(app.screen.query_one("#problem", Static).content)
        await pilot.press("escape")
        assert app.session.state.same_values(before)


@pytest.mark.covers("x")
async def test_a_mistake_is_chosen_from_the_gallery(trainer):
    """The chosen rule is an edit, and the wrong gradients are marked."""
    app = trainer()
    async with app.run_test(size=BIG) as pilot:
        await pilot.press("n", "x")
        rules = app.screen.query_one(OptionList)
        rules.highlighted = rules.get_option_index("layer-never-updated")
        await pilot.press("enter", "n")
        assert app.session.recipe.rule == "layer-never-updated"
        assert [edit.summary for edit in app.session.current.edits] == ["rule exact → layer-never-updated"]
        assert ["✗" in line for line in lines_of(app.query_one(GradientsPanel))] == [True, True, False, False]


async def test_a_breakpoint_halts_the_running_app(trainer):
    """At full speed the run stands still at the very step."""
    app = trainer()
    async with app.run_test(size=BIG) as pilot:
        await pilot.press("k")
        app.screen.query_one(Input).value = "step == 333"
        await pilot.press("enter", "escape", "space")
        for _ in range(100):
            await pilot.pause(0.02)
            if not app.running:
                break
        assert app.session.step == 333
        assert np.isfinite(app.session.state.parameters).all()
