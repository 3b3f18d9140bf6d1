"""The panel *Prediction*: what its keys choose, and what it says of it."""

from __future__ import annotations

import asyncio

from rich.text import Text
from textual.strip import Strip

from tui_backprop.session.recipe.recipe import Recipe
from tui_backprop.session.session import Session
from tui_backprop.ui.app import TrainerApp
from tui_backprop.ui.drawing.answers import fitted_legend
from tui_backprop.ui.drawing.regions import border_words
from tui_backprop.ui.panels.prediction import PredictionPanel

BIG = (120, 36)


def shown(panel):
    return "\n".join(line.text if isinstance(line, Strip) else line.plain for line in panel._lines)


async def test_enter_shows_a_surface_over_two_inputs_and_the_arrows_choose_which(trainer):
    """Left and right choose the input across, up and down the one up, comma and full stop the sample that is held."""
    app = trainer("iris")
    async with app.run_test(size=BIG) as pilot:
        await pilot.press("n", "2")
        panel = app.query_one(PredictionPanel)
        assert "rows true" in shown(panel)
        assert "over two inputs" in str(panel.border_subtitle)
        await pilot.press("enter")
        assert "◎" in shown(panel)
        assert "sepal length →" in shown(panel)
        assert "  sepal wi… ↑" in shown(panel)
        await pilot.press("right", "up", "full_stop", "full_stop")
        assert "petal length →" in shown(panel)
        assert "  petal wi… ↑" in shown(panel)
        assert "←→ petal length  ↑↓ petal width" in str(panel.border_subtitle)
        assert panel.look.held == 2
        await pilot.press("comma", "z")
        assert "others as in sample 2" in str(panel.border_subtitle)
        await pilot.press("z", "enter")
        assert "rows true" in shown(panel)
        assert app.session.recipe.source == "iris"
        assert app.session.step == 1


async def test_arrows_choose_an_output_where_there_is_no_choice_of_inputs(trainer, tmp_path):
    """Of two yes-or-no outputs each has its surface."""
    file = tmp_path / "two.csv"
    file.write_text("a,b,p,q\n" + "".join(f"{a},{b},{int(a > 1)},{int(b > 1)}\n" for a in range(4) for b in range(4)))
    app = TrainerApp(Session(Recipe(source=str(file), target=("p", "q"))))
    async with app.run_test(size=BIG) as pilot:
        await pilot.press("2")
        panel = app.query_one(PredictionPanel)
        assert "output 1 of 2: p" in str(panel.border_subtitle)
        await pilot.press("right")
        assert "output 2 of 2: q" in str(panel.border_subtitle)
        await pilot.press("pagedown")
        assert "output 1 of 2: p" in str(panel.border_subtitle)


async def test_another_data_set_keeps_the_panel_right(trainer):
    """What was chosen of 64 inputs is left where the next set has two."""
    app = trainer("digits")
    async with app.run_test(size=BIG) as pilot:
        await pilot.press("2", "enter", "right", "up", "full_stop")
        app.session.change(source="moons")
        app.redraw()
        await pilot.pause()
        panel = app.query_one(PredictionPanel)
        assert "x1 →  x2 ↑" in shown(panel)
        assert not panel.border_subtitle


async def test_the_curve_says_where_training_ended_and_where_the_probes_are(trainer):
    """16 lies far outside the nine training inputs, and all four even numbers are answered wrongly at the start."""
    app = trainer()
    async with app.run_test(size=BIG) as pilot:
        app.session.run(400)
        app.redraw()
        await pilot.pause()
        text = shown(app.query_one(PredictionPanel))
        assert text.splitlines()[1].count("✘") == 4
        assert "┊" in text
        assert text.count("◈") == 3
        assert "┊ train ends" in text


async def test_hostile_names_are_only_text(tmp_path):
    """Columns and classes called like markup or escapes are drawn as they are."""
    file = tmp_path / "bad.csv"
    names = "[@click=app.exit()]a,[/oops]b,\x1b[31mc,[red]d"
    rows = "".join(f"{i},{i * i % 7},{i % 3},{'[bold' if i % 2 else '[/]'}\n" for i in range(12))
    file.write_text(f"{names}\n{rows}")
    app = TrainerApp(Session(Recipe(source=str(file))))
    async with app.run_test(size=BIG) as pilot:
        await pilot.press("2", "enter", "z")
        await asyncio.sleep(0)
        text = shown(app.query_one(PredictionPanel))
        assert "[/oops]b" in text, text
        assert "\x1b" not in text
        assert "[bold" in text


def test_a_legend_leaves_out_whole_parts():
    """Where there is no room for a part it is left out, and a shorter one behind it may still be there."""
    parts = ["● 0", Text("▲ 1"), "hollow: test", "✘ wrong"]
    assert fitted_legend(parts, 80).plain == "● 0  ▲ 1  hollow: test  ✘ wrong"
    assert fitted_legend(parts, 20).plain == "● 0  ▲ 1  ✘ wrong"
    assert fitted_legend(parts, 2).plain == "● 0"


def test_a_legend_names_only_the_contours_that_are_drawn():
    """In a low picture there are no fainter ones, and with few colours there are shades instead."""
    assert border_words(40, classes=False, colors="full") == ["line: ½", "fainter: ¼ and ¾"]
    assert border_words(14, classes=False, colors="full") == ["line: ½"]
    assert border_words(14, classes=False, colors="sixteen") == ["line: ½", "shades: ¼ ½ ¾"]
    assert border_words(14, classes=True, colors="none") == ["line: the answer changes", "dim: below 75 %"]


async def test_a_matrix_of_many_classes_is_whole_or_says_what_is_missing(trainer):
    """Every column has its place under a shorter name, and rows that there is no room for are counted, with the key."""
    app = trainer("digits")
    async with app.run_test(size=(99, 24)) as pilot:
        await pilot.press("n", "2")
        panel = app.query_one(PredictionPanel)
        assert "eig fiv fou nin one sev six thr two zer" in shown(panel)
        assert "of 539 right" in shown(panel)
        assert "rows more" in str(panel.border_subtitle)
        await pilot.press("z")
        assert "eight  five  four" in shown(panel)
        assert "rows more" not in str(panel.border_subtitle)
        assert len(panel._lines) == 12
