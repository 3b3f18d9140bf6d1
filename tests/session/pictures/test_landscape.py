"""The loss surface, as arrays: exact where it can be, honest about where it is not."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from tui_backprop.core.step import State
from tui_backprop.session.pictures.landscape import KINDS, Landscape, NoPlaneError, held_sentence
from tui_backprop.session.pictures.plane import View, lay_plane
from tui_backprop.session.recipe.suggestion import suggested_recipe
from tui_backprop.session.session import Session


def ran(source="parity", steps=200, **fields):
    session = Session(suggested_recipe(source, **fields))
    session.run(steps)
    return session


def entries(session, first, second, **more):
    positions = (int(session.problem.network.positions(name)[0]) for name in (first, second))
    return View("parameters", *positions, **more)


def theta_at(surface, x, y):
    """θ of a point of the picture."""
    return surface.held + x * surface.plane.across + y * surface.plane.up


@pytest.mark.parametrize("pair", [("w1", "w2"), ("b1", "w1"), ("b2", "b1")])
def test_the_surface_of_the_original_case_is_exact(pair):
    """Every cell is the training loss with those two parameters set and the others as they are."""
    session = ran()
    frame = session.frame()
    surface = Landscape().picture(frame, entries(session, *pair), 30, 20)
    assert (surface.rows, surface.of_rows, surface.computed) == (9, 9, (30, 20))
    across, up = surface.window.centres(30, 20)
    for row in range(0, 20, 7):
        for column in range(0, 30, 7):
            theta = frame.state.parameters.copy()
            for name, value in zip(pair, (across[column], up[row]), strict=True):
                theta[session.problem.network.positions(name)] = value
            assert surface.losses[row, column] == pytest.approx(session.problem.loss(theta, session.problem.train))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("source", ["parity", "xor", "iris"])
def test_the_present_point_lies_on_the_surface(source, kind):
    """In every kind of plane θ itself is at the present point, and the two directions are at right angles, of length 1."""
    session = ran(source)
    surface = Landscape().picture(session.frame(), View(kind, 0, 2), 20, 10)
    np.testing.assert_allclose(theta_at(surface, *surface.here), session.state.parameters, atol=1e-12)
    assert surface.window.holds(*surface.here)
    across, up = surface.plane.across, surface.plane.up
    assert [across @ across, up @ up, across @ up] == pytest.approx([1, 1, 0], abs=1e-9)


def test_parity_is_a_flat_valley():
    """However far one looks, nothing is below the floor of 2/9, and along the valley of the best constant little changes."""
    session = ran(steps=5000)
    surface = Landscape().picture(session.frame(), entries(session, "w1", "w2", zoom=-3), 100, 60)
    assert surface.losses.min() > 2 / 9
    assert surface.losses.max() > 0.5
    near = surface.losses < 20 / 81 * 1.03
    assert near.any(axis=0).mean() > 0.9  # whatever w1 is, some w2 is about as good as answering 4/9 always
    assert [line.name for line in surface.references] == ["best constant"]


@pytest.mark.parametrize("kind", KINDS)
def test_downhill_is_where_the_surface_falls(kind):
    """The arrow is minus the slope of the surface, found here from values of the loss alone."""
    session = ran("xor", 30, rule="posted")
    surface = Landscape().picture(session.frame(), View(kind, 0, 12), 10, 10)
    x, y = surface.here

    def loss(right, up):
        return session.problem.loss(theta_at(surface, x + right, y + up), session.problem.train)

    h = 1e-5
    slope = ((loss(h, 0) - loss(-h, 0)) / (2 * h), (loss(0, h) - loss(0, -h)) / (2 * h))
    assert surface.downhill == pytest.approx((-slope[0], -slope[1]), rel=1e-5, abs=1e-8)


def test_the_next_step_is_the_one_that_is_made():
    """Where the mark points the run goes, with the optimizer's own step and the rule's own gradient."""
    session = ran("moons", 20, rule="posted")
    view = View("parameters", 0, 5)
    surface, before = Landscape().picture(session.frame(), view, 10, 10), session.state.parameters
    session.step_once()
    moved = session.state.parameters - before
    assert surface.next_step == pytest.approx((moved[0], moved[5]))


def test_the_path_is_the_run():
    """From step 0 to the present point, through states that the run went through."""
    session = ran("xor", 300)
    first = session.current.segment.first_parameters
    surface = Landscape().picture(session.frame(), View("parameters", 0, 3), 10, 10)
    assert surface.path[0].tolist() == [first[0], first[3]]
    assert surface.path[-1].tolist() == [session.state.parameters[0], session.state.parameters[3]]
    frame = session.frame()
    point = frame.path[len(frame.path) // 2]
    session.go_to(point.state.step)
    assert session.state.same_values(point.state)


def test_single_steps_are_on_the_path():
    """Whoever makes a few steps one by one sees each of them, also after going back."""
    session = Session(suggested_recipe("parity"))
    for _ in range(10):
        session.step_once()
    assert [point.state.step for point in session.frame().path] == list(range(11))
    session.back()
    session.back()
    assert [point.state.step for point in session.frame().path] == list(range(9))
    session.change(lr=0.5)
    session.step_once()
    path = session.frame().path
    assert [point.state.step for point in path] == list(range(10))
    assert [point.training.rate for point in path] == [0.1] * 8 + [0.5] * 2


def test_a_path_stays_within_its_budget_and_mostly_the_same():
    """Of a long run a hundred states or so are shown, and as it goes on hardly any others."""
    session = Session(suggested_recipe("parity"), memory=200_000)
    session.run(3000)
    before: set[int] = set()
    fresh = 0
    for _ in range(60):
        session.run(500)
        steps = [point.state.step for point in session.frame().path]
        assert len(steps) <= 130
        assert steps == sorted(set(steps))
        fresh += len(set(steps) - before)
        before |= set(steps)
    assert fresh < 6 * 60


def test_the_paths_principal_directions_are_those_of_the_singular_values():
    """Another way to compute them agrees, and the run goes from left to right."""
    frame = ran("iris", 150).frame()
    plane = lay_plane(frame, View("path"), np.zeros(frame.network.size))
    away = np.stack([point.state.parameters - frame.state.parameters for point in frame.path])
    _, sizes, directions = np.linalg.svd(away, full_matrices=False)
    assert abs(plane.across @ directions[0]) == pytest.approx(1, abs=1e-8)
    assert abs(plane.up @ directions[1]) == pytest.approx(1, abs=1e-6)
    assert f"{sizes[0] ** 2 / (sizes**2).sum():.0%}" in plane.names[0]
    assert plane.coordinates(frame.path[0].state.parameters)[0] < 0


def test_the_random_direction_comes_from_the_seed():
    """The same seed gives the same plane, another one another, and no generator is kept between two pictures."""
    planes = {}
    for seed in (0, 0, 1):
        frame = ran("xor", 50, seed=seed).frame()
        plane = lay_plane(frame, View("gradient"), np.eye(frame.network.size)[0])
        planes.setdefault(seed, []).append(plane.up)
    np.testing.assert_array_equal(*planes[0])
    assert abs(planes[0][0] @ planes[1][0]) < 0.99


def test_a_gradient_of_0_gives_a_random_plane_that_says_so():
    """All weights 0 and a balanced output: there is no way downhill, and something is seen all the same."""
    session = Session(suggested_recipe("xor", init="zeros"))
    surface = Landscape().picture(session.frame(), View("gradient"), 10, 10)
    assert "∇L is 0" in surface.plane.names[0]
    assert surface.downhill == pytest.approx((0, 0), abs=1e-12)


def test_a_path_that_does_not_exist_yet_is_asked_for():
    """At step 0 there are no directions of a path; after one step there are."""
    session = Session(suggested_recipe("parity"))
    landscape = Landscape()
    with pytest.raises(NoPlaneError, match="n makes a step"):
        landscape.picture(session.frame(), View("path"), 10, 10)
    session.step_once()
    surface = landscape.picture(session.frame(), View("path"), 10, 10)
    assert "100%" in surface.plane.names[0]


def test_while_it_runs_only_path_and_point_move():
    """A step that moves what is held by less than could be seen computes no losses, and the window stays."""
    session, landscape = ran(steps=100), Landscape()
    view = entries(session, "w1", "w2")
    before = landscape.picture(session.frame(), view, 20, 10)
    session.run(1)
    after = landscape.picture(session.frame(), view, 20, 10)
    assert after.losses is before.losses
    assert after.plane is before.plane
    assert (after.held_at, len(session.frame().path)) == (100, len(after.path))
    assert after.here != before.here


def test_losses_are_computed_anew_when_what_is_held_has_moved():
    """After enough steps the slice has moved with the other parameters."""
    session, landscape = ran("xor", 10), Landscape()
    view = entries(session, "w1[0,0]", "w2[0,0]", zoom=-3)
    before = landscape.picture(session.frame(), view, 20, 10)
    session.run(100)
    after = landscape.picture(session.frame(), view, 20, 10)
    assert after.plane is before.plane
    assert after.held_at == 110
    assert not np.array_equal(after.losses, before.losses)


def test_another_data_set_is_another_surface():
    """The network stays, the losses do not."""
    session, landscape = ran("circle", 20), Landscape()
    view = View("parameters", 0, 5)
    before = landscape.picture(session.frame(), view, 20, 10)
    session.change(source="moons")
    after = landscape.picture(session.frame(), view, 20, 10)
    assert not np.array_equal(after.losses, before.losses)
    assert after.downhill != before.downhill


def test_the_window_moves_when_the_point_leaves_it():
    """Zoomed in, the run soon is elsewhere; the picture follows."""
    session, landscape = ran("xor", 10), Landscape()
    view = entries(session, "w1[0,0]", "w2[0,0]", zoom=5)
    before = landscape.picture(session.frame(), view, 20, 10)
    session.run(100)
    after = landscape.picture(session.frame(), view, 20, 10)
    assert not before.window.holds(*after.here)
    assert after.window.holds(*after.here)


def test_zooming_halves_the_window_around_the_point():
    """Each zoom is a factor of about 2 (the edges are round numbers)."""
    session = ran()
    widths = []
    for zoom in range(1, 12):
        window = Landscape().picture(session.frame(), entries(session, "w1", "w2", zoom=zoom), 10, 10).window
        widths.append(window.across[1] - window.across[0])
    assert all(1.5 < wide / narrow < 2.7 for wide, narrow in pairwise(widths))


@pytest.mark.parametrize(("hidden", "coarse"), [((8,), False), ((32,), True), ((256, 256), True)])
def test_a_large_network_is_computed_coarser_and_says_so(hidden, coarse):
    """Fewer samples and fewer points, never none; the picture has its size all the same."""
    session = Session(suggested_recipe("digits" if coarse else "parity", hidden=hidden))
    surface = Landscape().picture(session.frame(), View("gradient"), 60, 30)
    assert surface.losses.shape == (30, 60)
    assert (surface.computed[0] < 60) == coarse
    assert min(surface.computed) >= 2
    assert (surface.rows < surface.of_rows) == coarse
    assert surface.rows >= min(16, surface.of_rows)


def test_what_costs_too_much_for_one_picture_is_spread_over_several():
    """A rougher surface stands in, then comes the fine one, which is that of the same θ; and it is said when it is whole."""
    session, landscape = ran("digits", 5, hidden=(256, 256)), Landscape()
    frame, view = session.frame(), View("gradient")
    first = landscape.picture(frame, view, 60, 30)
    assert not first.whole
    pictures = [landscape.picture(frame, view, 60, 30) for _ in range(10)]
    assert not pictures[0].whole
    assert pictures[0].losses is first.losses
    last = pictures[-1]
    assert last.whole
    assert last.computed[0] > first.computed[0]
    x, y = (centres[0] for centres in last.window.centres(*last.computed))
    samples = session.problem.train.head(last.rows)
    assert last.losses[0, 0] == pytest.approx(session.problem.loss(theta_at(last, x, y), samples))
    np.testing.assert_allclose(theta_at(last, *last.here), session.state.parameters, atol=1e-12)


def test_a_surface_stays_until_the_next_one_is_whole():
    """While a large network is trained each surface is of one step, which is said, and never older than a few pictures."""
    session, landscape = ran("digits", 5, hidden=(256, 256)), Landscape()
    held = []
    for _ in range(30):
        session.run(5)
        surface = landscape.picture(session.frame(examine=False), View("parameters", 0, 85000), 60, 30)
        held.append(surface.held_at)
        assert np.isfinite(surface.losses).all()
        assert tuple(surface.path[-1]) == pytest.approx(surface.plane.coordinates(session.state.parameters))
    assert len(set(held)) > 3
    assert max(session.state.step - step for step in held[-1:]) <= 5 * 12


@pytest.mark.filterwarnings("error")
def test_a_surface_of_numbers_too_large_for_a_distance_is_whole_at_once():
    """It is not begun again and again at rest."""
    session = ran("xor", 3)
    session.change({"w1": 1e300, "w2": -1e300})
    landscape = Landscape()
    assert landscape.picture(session.frame(), entries(session, "b1", "b2"), 20, 10).whole


def test_the_scale_is_logarithmic_where_losses_span_decades():
    """A line fitted by least squares far from its bottom is; parity near its valley is not."""
    line, parity = (ran(source, 30) for source in ("line", "parity"))
    assert Landscape().picture(line.frame(), View(), 20, 20).log
    assert not Landscape().picture(parity.frame(), View(), 20, 20).log
    for session in (line, parity):
        share = Landscape().picture(session.frame(), View(), 20, 20).share
        assert (share.min(), share.max()) == (0, 1)


@pytest.mark.parametrize("size", [1e-300, 1e-12, 1e12, 1e200, 1e300])
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("source", ["line", "sine"])
def test_parameters_of_any_size_give_a_picture_or_a_sentence(source, kind, size):
    """A run on its way to infinity is drawn until it is there."""
    session = Session(suggested_recipe(source))
    session.step_once()
    frame = session.frame()
    rng = np.random.default_rng(0)
    huge = State(1, size * rng.normal(size=frame.network.size), frame.state.slots)
    object.__setattr__(frame, "state", huge)
    object.__setattr__(frame, "path", (*frame.path[:-1], type(frame.path[-1])(huge, frame.path[-1].training)))
    try:
        surface = Landscape().picture(frame, View(kind), 12, 8)
    except NoPlaneError:
        assert kind != "parameters"
        return
    assert surface.share.shape == (8, 12)
    assert np.isfinite(surface.share).all()
    assert surface.window.across[0] < surface.window.across[1]


def test_what_is_held_is_said():
    """The values of a few others, the number of many, and nothing where there are none."""
    session = ran()
    view = entries(session, "w1", "w2")
    b1, b2 = (f"{session.state.parameters[i]:+.3g}".replace("-", "−") for i in (1, 3))
    surface = Landscape().picture(session.frame(), view, 10, 10)
    assert held_sentence(session.frame(), view, surface) == f"b1 {b1} b2 {b2} held"
    digits = Session(suggested_recipe("digits"))
    surface = Landscape().picture(digits.frame(), View(), 10, 10)
    assert held_sentence(digits.frame(), View(), surface) == "2,408 others held"
    line = ran("line", 5)
    assert held_sentence(line.frame(), View(), Landscape().picture(line.frame(), View(), 10, 10)) == ""
