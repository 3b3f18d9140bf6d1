"""Advice: what a finding says to do changes something, is the right thing, and leads to a run that has learned."""

from __future__ import annotations

import pytest

from tests.session.sick import cure, draw, tables
from tui_backprop.session.recipe.suggestion import suggested_recipe
from tui_backprop.session.session import Session

ALL = ("w1", "b1", "w2", "b2")


def made(source, steps, **fields):
    session = Session(suggested_recipe(source, **fields))
    session.run(steps)
    return session


def said(session):
    return {finding.id: finding for finding in session.findings()}


def test_sick_recipes_are_cured_by_doing_what_is_advised(tmp_path):
    """Of a few drawn recipes, as of the two hundred of `python -m tests.session.sick`, nine in ten end well."""
    sources = tables(tmp_path)
    endings = [cure(*draw(number, sources)) for number in range(300, 320)]
    idle = [ending for ending in endings if ending.idle]
    assert not idle, "\n".join(map(str, idle))
    sick = [ending for ending in endings if not ending.well]
    assert len(sick) <= 0.1 * len(endings), "\n".join(map(str, sick))


@pytest.mark.parametrize(
    ("fields", "name", "changed"),
    [
        ({"schedule": "cosine:500", "lr": 0.001}, "rate-faded", {"schedule": "constant"}),
        ({"schedule": "exponential:0.9"}, "rate-faded", {"schedule": "constant"}),
        ({"warmup": 10**9}, "rate-faded", {"warmup": 0}),
        ({"freeze": ALL}, "frozen-parameters", {"freeze": ()}),
    ],
)
@pytest.mark.parametrize("seed", range(3))
def test_a_standstill_is_not_silent(fields, name, changed, seed):
    """A rate that has faded, one that never comes and frozen parameters are said; what is advised ends the standstill."""
    session = made("moons", 3000, seed=seed, **fields)
    finding = said(session)[name]
    assert finding.severity == "warning"
    assert dict(finding.changes) == changed
    session.change(**finding.changes)
    session.run(3000)
    assert name not in said(session)
    assert session.frame().train_score.accuracy > 0.9


def test_a_schedule_that_ends_where_the_run_is_done_is_no_trouble():
    """Nor is a warm-up in its first steps."""
    assert "rate-faded" not in said(made("moons", 3000, schedule="cosine:2500"))
    assert "rate-faded" not in said(made("moons", 3, warmup=1000))


@pytest.mark.parametrize("seed", range(3))
def test_without_a_hidden_layer_one_is_advised(seed):
    """And not another optimizer."""
    finding = said(made("moons", 3000, hidden=(), seed=seed))["plateau"]
    assert "add a hidden layer" in finding.remedy
    assert finding.changes["hidden"] == (8,)


@pytest.mark.parametrize("optimizer", ["sgd", "adam", "momentum"])
@pytest.mark.parametrize("source", ["moons", "sine", "iris"])
def test_a_rate_of_a_million_is_lowered_to_what_works_at_once(source, optimizer):
    """The first advice that changes the rate brings it to a usual one, by which the run learns."""
    session = made(source, 500, lr=1e6, optimizer=optimizer)
    for _ in range(2):
        advised = next(one for one in session.findings() if one.changes)
        session.change(**advised.changes)
        if "lr" in advised.changes:
            break
    assert 1e-4 <= session.recipe.lr <= 3
    assert session.step == 0
    before = session.frame().train_score.loss
    session.run(1500)
    assert session.current.divergence is None
    assert session.frame().train_score.loss < 0.5 * before


def test_no_advice_is_what_the_recipe_has_already():
    """A network as it is advised, and stuck: the next thing is advised, or nothing that could be done to the recipe."""
    wide = {"hidden": (8,), "activation": "tanh", "optimizer": "adam", "lr": 0.03, "batch_size": None, "init": "xavier"}
    for fields in ({}, {"l2": 3.0}, {"clip": 1e-9, "optimizer": "sgd", "lr": 0.03}, {"freeze": ("w1",)}, {"seed": 4}):
        session = made("parity", 2000, **(wide | fields))
        for finding in session.findings():
            kept = all(getattr(session.recipe, name) == value for name, value in finding.changes.items())
            assert not (finding.changes and kept), finding


@pytest.mark.parametrize(
    ("fields", "named", "changed"),
    [
        ({"l2": 3.0}, "l2 3", {"l1": 0.0, "l2": 0.0}),
        ({"optimizer": "sgd", "lr": 1.0, "clip": 1e-9}, "longer than 1e-09", {"clip": 1.0}),
        ({"freeze": ("w1", "b1")}, "w1, b1", {"freeze": ()}),
    ],
)
def test_what_holds_a_run_back_is_named(fields, named, changed):
    """A penalty, a clip and frozen parameters are the advice, before anything else is tried."""
    session = made("circle", 3000, **fields)
    finding = next(one for one in session.findings() if one.changes)
    assert named in finding.remedy
    assert dict(finding.changes) == changed


def test_vanishing_gradients_are_no_warning_on_a_finished_run():
    """Six sigmoid layers that have learned all the same: nothing is said of their δ, before it is."""
    fields = {"hidden": (8,) * 6, "activation": "sigmoid"}
    assert "vanishing-gradients" in said(made("gauss", 0, **fields))
    finished = 0
    for seed in range(6):
        session = made("gauss", 3000, seed=seed, **fields)
        found = said(session)
        if "done" in found:
            finished += 1
            assert all(one.severity == "info" for one in found.values())
    assert finished


def test_a_run_that_is_slow_is_told_how_slow():
    """How many times its own length it still takes; one that arrives in time is not told."""
    slow = said(made("circle", 1500, optimizer="sgd", lr=0.03))["slow"]
    assert slow.severity == "info"
    assert slow.evidence["times"] > 2
    assert "1,500 steps" in slow.message
    assert "slow" not in said(made("circle", 2000))


def test_a_network_too_large_to_try_rates_on_is_told_one_all_the_same():
    """Four updates by each rate would take a second: ten times less is advised, or what is usual at the most."""
    session = made("digits", 20, hidden=(256, 256), batch_size=None, lr=30.0)
    advised = [one.changes["lr"] for one in session.findings() if "lr" in one.changes]
    assert advised
    assert set(advised) == {0.03}
