"""Pictures that are written of what is seen."""

from __future__ import annotations

import asyncio
import re
import sys
from functools import partial
from pathlib import Path

import pytest
import resvg_py
from textual.widgets import OptionList

from tui_backprop.core.errors import InputError
from tui_backprop.session.recipe.recipe import Recipe
from tui_backprop.session.session import Session
from tui_backprop.ui.app import TrainerApp
from tui_backprop.ui.drawing import fonts
from tui_backprop.ui.screens.gradient_check import GradientCheckScreen
from tui_backprop.ui.screens.save import SaveScreen

BIG = (120, 36)


def offered(app):
    return [str(option.prompt) for option in app.screen.query_one(OptionList).options]


async def choose(app, pilot, number):
    """Choose a picture and wait until its file is there, or a notice says why not."""
    app.screen.query_one(OptionList).highlighted = number
    told = {notice.identity for notice in app._notifications}
    await pilot.press("enter")
    for _ in range(3000):
        await asyncio.sleep(0.02)
        new = [notice.message for notice in app._notifications if notice.identity not in told]
        if new:
            return new[0]
    raise TimeoutError


@pytest.mark.covers("S")
async def test_s_writes_the_screen_or_a_panel_in_each_form(trainer, tmp_path, monkeypatch):
    """Five pictures in the working folder, each of its kind, and a notice that says where."""
    monkeypatch.chdir(tmp_path)
    app = trainer("moons")
    async with app.run_test(size=BIG) as pilot:
        await pilot.press("n", "2", "S")
        assert isinstance(app.screen, SaveScreen)
        assert offered(app) == [
            "the whole screen, as SVG", "the whole screen, as PNG",
            "the panel Prediction, as SVG", "the panel Prediction, as PNG", "the panel Prediction, as text",
        ]  # fmt: skip
        await pilot.press("escape")
        for number in range(5):
            await pilot.press("S")
            said = await choose(app, pilot, number)
            assert said.startswith("written: ")
    files = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert sorted(files) == [
        "moons-step-1-prediction.png", "moons-step-1-prediction.svg", "moons-step-1-prediction.txt",
        "moons-step-1.png", "moons-step-1.svg",
    ]  # fmt: skip
    text = files["moons-step-1-prediction.txt"].decode()
    assert text.startswith("╭─ Prediction ─")
    assert "Loss" not in text
    assert all(line == line.rstrip() for line in text.splitlines())
    assert all(glyph in text for glyph in "░▓─●○")  # half blocks would say nothing without their colours
    assert "▄" not in text
    for name in ("moons-step-1.svg", "moons-step-1-prediction.svg"):
        svg = files[name].decode()
        assert svg.startswith("<svg")
        assert "Prediction" in svg
        assert ("Loss" in svg) == (name == "moons-step-1.svg")
        assert not re.search(r"url\(.?http|href", svg)  # nothing is fetched by whoever looks at it
    for name in ("moons-step-1.png", "moons-step-1-prediction.png"):
        assert files[name].startswith(b"\x89PNG\r\n\x1a\n")


async def test_a_picture_shows_what_was_seen_when_s_was_pressed(trainer, tmp_path, monkeypatch):
    """Not the list over it, nor the steps made since; and the next one has a name of its own."""
    monkeypatch.chdir(tmp_path)
    app = trainer()
    async with app.run_test(size=BIG) as pilot:
        await pilot.press("n")
        for _ in range(2):
            await pilot.press("S")
            app.session.run(50)
            app.session.go_to(1)
            await choose(app, pilot, 0)
    first, second = (tmp_path / name for name in ("parity-step-1.svg", "parity-step-1-2.svg"))
    assert "Write" not in first.read_text(encoding="utf-8")
    assert "Write" not in second.read_text(encoding="utf-8")


async def test_what_cannot_be_written_is_a_notice(trainer, tmp_path, monkeypatch):
    """A working folder that is gone, and a PNG without what draws it; the trainer goes on."""
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    app = trainer()
    async with app.run_test(size=BIG) as pilot:
        await pilot.press("S")
        assert (await choose(app, pilot, 0)).startswith("not written: ")
        monkeypatch.chdir(tmp_path)
        monkeypatch.setitem(sys.modules, "resvg_py", None)
        await pilot.press("S")
        assert "pip install 'tui-backprop[png]'" in await choose(app, pilot, 1)
        await pilot.press("n")
        assert app.session.step == 1
    assert list(tmp_path.iterdir()) == []


async def test_s_works_over_another_screen(trainer, tmp_path, monkeypatch):
    """The gradient check is written as it is seen, and stays open; no panel is offered that it hides."""
    monkeypatch.chdir(tmp_path)
    app = trainer(rule="posted")
    async with app.run_test(size=BIG) as pilot:
        await pilot.press("n", "c", "S")
        assert offered(app) == ["the whole screen, as SVG", "the whole screen, as PNG"]
        await choose(app, pilot, 0)
        assert isinstance(app.screen, GradientCheckScreen)
        await pilot.press("escape", "S", "S")
        assert len(app.screen_stack) == 1
    assert "Gradient" in (tmp_path / "parity-step-1.svg").read_text(encoding="utf-8")


async def test_a_hostile_file_name_names_no_other_place(tmp_path, monkeypatch):
    """The picture of data called `..;$(x).csv` lies in the working folder, under letters, digits and hyphens."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "..;$(x)[@click=app.exit()].csv").write_text("x,y\n1,0\n2,1\n")
    app = TrainerApp(Session(Recipe(source="..;$(x)[@click=app.exit()].csv")))
    async with app.run_test(size=BIG) as pilot:
        await pilot.press("S")
        await choose(app, pilot, 0)
    assert [path.name for path in tmp_path.glob("*.svg")] == ["x-click-app-exit-csv-step-0.svg"]


def test_a_png_has_text_with_any_font_that_is_there():
    """Where none of the named families is known a file is found; where there is none at all it is said."""
    draw = partial(resvg_py.svg_to_bytes, skip_system_fonts=True)
    options = fonts.font_options(draw)
    assert Path(options["font_files"][0]).suffix.lower() in (".ttf", ".otf")
    assert fonts.family_of(Path(options["font_files"][0])) == options["monospace_family"]
    assert fonts.font_options(resvg_py.svg_to_bytes) in ({}, options)


def test_without_any_font_a_png_is_refused_with_the_next_step(monkeypatch, tmp_path):
    """resvg would leave all text out and say nothing; a file that is no font is passed over."""
    (tmp_path / "mono.ttf").write_bytes(b"\0\1\0\0\0\7")
    monkeypatch.setattr(fonts, "_FOLDERS", (str(tmp_path), "~nobody/.fonts"))
    monkeypatch.setattr(fonts, "find_spec", lambda _: None)
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(InputError, match="a PNG needs a font and this machine has none: install one"):
        fonts.font_options(partial(resvg_py.svg_to_bytes, skip_system_fonts=True))
