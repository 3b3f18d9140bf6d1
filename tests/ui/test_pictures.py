"""What a person sees, as pictures."""

from __future__ import annotations

import pytest

from tests.ui.runs import run_and_look
from tui_backprop.session.conditions import Condition, Expression
from tui_backprop.session.run.breakpoints import Breakpoint, Watch
from tui_backprop.session.side_by_side import beside_rule
from tui_backprop.ui.screens.compare import CompareScreen

SIZES = [(80, 24), (120, 36), (200, 60)]
THEMES = ["textual-dark", "textual-light"]


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
async def test_original_case_before_the_first_step(trainer, picture, settled, size, theme):
    """You should see the original case paused at step 0, and one line that says which keys start it."""
    app = trainer()
    app.theme = theme
    async with app.run_test(size=size) as pilot:
        await settled(app, pilot)
        assert picture(app)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
async def test_original_case_with_the_posted_rule(trainer, picture, size, theme):
    """You should see the loss curve, and ✗ with the true gradient beside three of the four wrong ones."""
    app = trainer(rule="posted")
    app.theme = theme
    async with app.run_test(size=size) as pilot:
        run_and_look(app, 300)
        await pilot.press("n", "4")
        await pilot.pause()
        assert picture(app)


async def test_decision_surface(trainer, picture):
    """You should see the two arms of the spiral over the surface, hollow glyphs for test samples, and mistakes marked ✘."""
    app = trainer("spiral")
    async with app.run_test(size=(120, 36)) as pilot:
        run_and_look(app, 500)
        await pilot.press("n")
        await pilot.pause()
        assert picture(app)


async def test_confusion_matrix(trainer, picture):
    """You should see three species of iris, nearly all of them answered rightly."""
    app = trainer("iris")
    async with app.run_test(size=(80, 24)) as pilot:
        run_and_look(app, 300)
        await pilot.press("n", "2")
        await pilot.pause()
        assert picture(app)


async def test_classes_as_regions(trainer, picture):
    """You should see three colours grow darker towards the white lines between them, and a glyph for each class."""
    app = trainer("spirals3")
    async with app.run_test(size=(120, 36)) as pilot:
        run_and_look(app, 300)
        await pilot.press("n", "2", "z")
        await pilot.pause()
        await pilot.pause()
        assert picture(app)


async def test_two_inputs_of_iris(trainer, picture):
    """You should see the petals' length and width, the sample ◎ that the sepals are held at, and the keys below."""
    app = trainer("iris")
    async with app.run_test(size=(80, 24)) as pilot:
        run_and_look(app, 300)
        await pilot.press("n", "2", "enter", "right", "up")
        await pilot.pause()
        assert picture(app)


async def test_the_curve_of_a_sine(trainer, picture):
    """You should see the samples in the curve's colour where it goes through them, hollow for test, and where it began."""
    app = trainer("sine")
    async with app.run_test(size=(120, 36)) as pilot:
        run_and_look(app, 1500)
        await pilot.press("n", "2")
        await pilot.pause()
        assert picture(app)


@pytest.mark.parametrize(
    ("theme", "source"),
    [(THEMES[0], "spiral"), (THEMES[0], "spirals3"), (THEMES[0], "parity"), ("ansi-dark", "spiral")],
)
async def test_without_colours(trainer, picture, settled, monkeypatch, source, theme):
    """You should see shades and lines instead of colours, another mark for the test curve, a heavy frame at the focus."""
    monkeypatch.setenv("NO_COLOR", "1")
    app = trainer(source)
    app.theme = theme
    async with app.run_test(size=(120, 36)) as pilot:
        run_and_look(app, 200)
        await pilot.press("n", "2")
        await settled(app, pilot)
        assert picture(app)


@pytest.mark.parametrize(("theme", "source"), [("ansi-dark", "spiral"), ("ansi-light", "spirals3")])
async def test_sixteen_colours(trainer, picture, source, theme):
    """You should see shades of yellow and blue, or a texture for each class, with a line where the answer changes."""
    app = trainer(source)
    app.theme = theme
    async with app.run_test(size=(80, 24)) as pilot:
        run_and_look(app, 200)
        await pilot.press("n", "2")
        await pilot.pause()
        assert picture(app)


@pytest.mark.parametrize("key", ["d", "o", "l", "question_mark", "x", "S", "C"])
async def test_screens(trainer, picture, key):
    """You should see the chooser, form, line for the rate, keys, rules, or what C and S list, wholly inside 80 by 24."""
    app = trainer()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press(key)
        await pilot.pause()
        assert picture(app)


async def test_inside_an_update(trainer, picture):
    """You should see backward 1 reversed in the title, ∂L/∂w2 known and ∂L/∂w1 not, and δ1 explained by the chain rule."""
    app = trainer()
    async with app.run_test(size=(120, 36)) as pilot:
        run_and_look(app, 3)
        await pilot.press(*["p"] * 9, "5")
        await pilot.pause()
        assert picture(app)


async def test_the_chain_rule_walked(trainer, picture):
    """You should see how δ2 comes from the loss, and below it that you came from ∂L/∂w1 by way of δ1."""
    app = trainer()
    async with app.run_test(size=(120, 36)) as pilot:
        run_and_look(app, 3)
        await pilot.press(*["p"] * 10, "5", "enter", "enter")
        await pilot.pause()
        assert picture(app)


async def test_a_branch(trainer, picture):
    """You should see the old curve dimmed under the new one, the edit on the timeline, and the name of the branch."""
    app = trainer("xor")
    async with app.run_test(size=(120, 36)) as pilot:
        run_and_look(app, 300)
        await pilot.press("g", *"100", "enter", "minus", "minus")
        run_and_look(app, 200)
        app.redraw()
        await pilot.pause()
        assert picture(app)


@pytest.mark.parametrize("key", ["B", "k", "c", "i", "h"])
async def test_screens_of_the_debugger(trainer, picture, checked, key):
    """You should see the branches, the breakpoints, three gradients found wrong, a sample of one's own, or a history."""
    app = trainer(rule="posted")
    async with app.run_test(size=(80, 24)) as pilot:
        run_and_look(app, 200)
        app.session.go_to(50)
        await pilot.press("plus")
        run_and_look(app, 100)
        app.session.breakpoints.append(Breakpoint(Condition("loss < 0.1")))
        app.session.watches.append(Watch(Expression("grad_norm")))
        app.redraw()
        await pilot.press(key)
        await pilot.pause()
        if key == "c":
            await checked(app, pilot)
        await pilot.pause()
        assert picture(app)


async def test_watches_beside_the_step(trainer, picture):
    """You should see a breakpoint with its hits and a watch with its past, and the watch as a line on the loss chart."""
    app = trainer("moons")
    async with app.run_test(size=(120, 36)) as pilot:
        app.session.breakpoints.append(Breakpoint(Condition("test_loss rises 3 epochs")))
        app.session.watches.append(Watch(Expression("max(abs(w1)) / 10"), on_chart=True))
        run_and_look(app, 300)
        await pilot.press("n")
        await pilot.pause()
        assert picture(app)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("source", ["parity", "xor", "deep", "iris", "digits"])
async def test_network(trainer, picture, source, theme):
    """You should see the network behind no other panel: cards, surfaces, numbers on weights, or layers with histograms."""
    app = trainer("circle", hidden=(8, 8, 8)) if source == "deep" else trainer(source)
    app.theme = theme
    async with app.run_test(size=(120, 36)) as pilot:
        run_and_look(app, 300)
        await pilot.press("7", "right", "down")
        await pilot.pause()
        assert picture(app)


@pytest.mark.parametrize("presses", [0, 4, 8, 11], ids=["before", "forward", "backward", "update"])
async def test_network_in_the_phases(trainer, picture, presses):
    """You should see dots for what is not known, the layer of the phase reversed, then δ and gradients, then changes."""
    app = trainer()
    async with app.run_test(size=(120, 36)) as pilot:
        run_and_look(app, 3)
        await pilot.press("7", *["p"] * presses)
        await pilot.pause()
        assert picture(app)


async def test_network_maximised(trainer, picture):
    """You should see eight surfaces, δ of layer 1 on them, ◂ above the weights of layer 2, and their gradients."""
    app = trainer("moons")
    async with app.run_test(size=(120, 36)) as pilot:
        run_and_look(app, 60)
        await pilot.press("7", *["p"] * 9, "right", "right", "z")
        await pilot.pause()
        assert picture(app)


@pytest.mark.parametrize("source", ["circle", "digits"])
async def test_network_in_the_large_layout(trainer, picture, settled, source):
    """You should see the network beside the loss and the prediction, and of the digits the image that came in."""
    app = trainer(source)
    async with app.run_test(size=(200, 60)) as pilot:
        run_and_look(app, 100)
        await pilot.press("7", "right")
        await settled(app, pilot)
        assert picture(app)


@pytest.mark.parametrize("theme", ["nocolor", "ansi-dark"])
async def test_network_where_colours_cannot_be_shaded(trainer, picture, theme, monkeypatch):
    """You should see shading glyphs for sizes, + and − for signs, and broken lines for negative weights."""
    if theme == "nocolor":
        monkeypatch.setenv("NO_COLOR", "1")
    app = trainer("xor")
    app.theme = "textual-dark" if theme == "nocolor" else theme
    async with app.run_test(size=(120, 36)) as pilot:
        run_and_look(app, 300)
        await pilot.press("7", "right", "z")
        await pilot.pause()
        assert picture(app)


@pytest.mark.parametrize("theme", THEMES)
async def test_the_loss_surface_of_the_original_case(trainer, picture, theme):
    """You should see the run at rest in a dark flat valley between two hills, and nothing far below the best constant."""
    app = trainer()
    app.theme = theme
    async with app.run_test(size=(120, 36)) as pilot:
        run_and_look(app, 2000)
        await pilot.press("8", "comma", "comma")
        await pilot.pause()
        assert picture(app)


async def test_the_loss_surface_maximised_along_the_path(trainer, picture):
    """You should see the way from ○ on the heights down to ● in the basin, and the best constant as a line."""
    app = trainer("xor")
    async with app.run_test(size=(120, 36)) as pilot:
        run_and_look(app, 150)
        await pilot.press("8", "m", "m", "z")
        await pilot.pause()
        assert picture(app)


async def test_the_loss_surface_without_colour(trainer, picture, monkeypatch):
    """You should see the same heights as shades, dense is high, with the path over them."""
    monkeypatch.setenv("NO_COLOR", "1")
    app = trainer("xor")
    async with app.run_test(size=(80, 24)) as pilot:
        run_and_look(app, 300)
        await pilot.press("8")
        await pilot.pause()
        assert picture(app)


@pytest.mark.parametrize("theme", THEMES)
async def test_distributions_of_the_original_case(trainer, picture, theme):
    """You should see nine activations a layer as ticks, close together in the last: it answers nearly the same to all."""
    app = trainer()
    app.theme = theme
    async with app.run_test(size=(120, 36)) as pilot:
        run_and_look(app, 2000)
        await pilot.press("9")
        await pilot.pause()
        assert picture(app)


async def test_saturated_units(trainer, picture):
    """You should see activations of the hidden layer heaped up at both ends in orange, and how they came there."""
    app = trainer("moons", scale_inputs="none", set=(("w1", 12.0),))
    async with app.run_test(size=(120, 36)) as pilot:
        run_and_look(app, 300)
        await pilot.press("9", "z")
        await pilot.pause()
        assert picture(app)


async def test_vanishing_gradients(trainer, picture):
    """You should see the gradients of seven sigmoid layers on one axis, smaller by decades from the last to the first."""
    app = trainer("moons", hidden=(8,) * 6, activation="sigmoid", optimizer="sgd", lr=0.5)
    async with app.run_test(size=(120, 36)) as pilot:
        run_and_look(app, 300)
        await pilot.press("9", "right", "right", "z")
        await pilot.pause()
        assert picture(app)


async def test_distributions_without_colour(trainer, picture, monkeypatch):
    """You should see how far the updates of 64-32-10 are from a thousandth of each weight, in bars and shades."""
    monkeypatch.setenv("NO_COLOR", "1")
    app = trainer("digits")
    async with app.run_test(size=(80, 24)) as pilot:
        run_and_look(app, 60)
        await pilot.press("9", "left", "left")
        await pilot.pause()
        assert picture(app)


@pytest.mark.parametrize(
    ("size", "source", "rule"), [(SIZES[0], "parity", "posted"), (SIZES[1], "moons", "no-hidden-slope")],
    ids=["80x24-parity-posted", "120x36-moons-no-hidden-slope"],
)  # fmt: skip
async def test_two_runs_side_by_side(trainer, picture, size, source, rule):
    """You should see two runs at one step, where they part, both losses on one chart, and panels in two columns."""
    app = trainer(source)
    async with app.run_test(size=size) as pilot:
        run_and_look(app, 300)
        pair = beside_rule(app.session, rule)
        while pair.catch_up(300):
            pass
        app.push_screen(CompareScreen(pair))
        await pilot.pause()
        await pilot.press("n")
        await pilot.pause()
        await pilot.pause()
        assert picture(app)
