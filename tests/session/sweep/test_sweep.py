"""Sweeps: every run is the run that the trainer makes, whoever made it, and nothing that finished is made twice."""

from __future__ import annotations

import json
import os
import signal
import time

import numpy as np
import pytest

from tui_backprop.engines.compiled_engine import is_installed
from tui_backprop.session.conditions import Condition
from tui_backprop.session.recipe.suggestion import suggested_recipe
from tui_backprop.session.run.changes import read_data
from tui_backprop.session.session import Session
from tui_backprop.session.sweep.axes import SweepError, parse_axis
from tui_backprop.session.sweep.jobs import cut
from tui_backprop.session.sweep.outcome import checksum
from tui_backprop.session.sweep.plan import CheckedPlan, SweepPlan
from tui_backprop.session.sweep.remedy import remedy_plan
from tui_backprop.session.sweep.summary import Summary, brightness
from tui_backprop.session.sweep.sweep import Sweep
from tui_backprop.session.sweep.wording import seconds_left
from tui_backprop.session.sweep.workers import Here, LocalWorkers
from tui_backprop.system.outputs import Output


def planned(source="parity", *vary, seeds=2, until="", **fields):
    return SweepPlan(suggested_recipe(source, **fields), tuple(parse_axis(text) for text in vary), seeds, until)


def swept(plan, **where):
    sweep = Sweep(plan)
    sweep.start(Here, **where)
    while sweep.going:
        sweep.poll(0.1)
    return sweep


def as_alone(plan, run):
    """The run made by a session, as `run` and the trainer make it."""
    session = Session(plan.recipe_of(run))
    stop = session.run(plan.recipe.steps, Condition(plan.until) if plan.until else None)
    return session, stop


def check_against_sessions(sweep):
    for run, outcome in sweep.outcomes.items():
        session, stop = as_alone(sweep.plan, run)
        assert (outcome.stopped_by, outcome.steps) == (stop.reason, session.step)
        assert outcome.checksum == checksum(session.state.parameters)
        assert outcome.loss == session.problem.score(session.state.parameters, session.problem.train).loss


@pytest.mark.parametrize(
    "plan",
    [
        planned("parity", "rule=posted,exact", "hidden=1,2,4-2", "lr=0.03:10:log:3", steps=300),
        planned("iris", "optimizer=sgd,adam,nesterov", "momentum=0.5,0.9", "l2=0,0.01", steps=40, test_fraction=0.3),
        planned("moons", "batch_size=1,8,full", "noise=0,0.2", "sampling=random,shuffle", steps=40),
        planned("parity", "rule=exact,no-bias-gradient", "clip=none,0.1", "freeze=;b1", steps=50),
    ],
    ids=["parity", "iris", "moons", "alone"],
)
def test_every_swept_run_is_the_run_that_the_trainer_makes(plan):
    """The same steps, the same end and the same parameters, to the last bit."""
    sweep = swept(plan)
    assert len(sweep.outcomes) == len(plan)
    check_against_sessions(sweep)


@pytest.mark.usefixtures("machine_code")
@pytest.mark.skipif(not is_installed(), reason="numba and SciPy, the extra `fast`, are not installed")
def test_a_sweep_by_the_compiled_engine_is_the_compiled_engines_runs():
    """Asked for by name it makes each run, whether it ends early or not, and the trainer opens that very run with it."""
    for until in ("", "loss < 0.1"):
        plan = planned("xor", "lr=0.1,0.5", "hidden=2,4", seeds=2, until=until, steps=400, engine="compiled")
        sweep = swept(plan)
        check_against_sessions(sweep)
        assert {Session(plan.recipe_of(run)).recipe.engine for run in sweep.outcomes} == {"compiled"}
        assert plan.as_dict()["recipe"]["engine"] == "compiled"


@pytest.mark.parametrize(
    "until",
    [
        "loss < 0.2", "accuracy >= 0.75 and step > 3", "abs(w1[0,0]) > 1", "max(parameters) > 1.3", "not loss > 0.2",
        "log(loss) < -1.8", "grad_norm < 0.3", "loss rises 2 epochs", "epoch >= 10", "step >= 0",
    ],
)  # fmt: skip
def test_a_condition_ends_each_swept_run_where_it_ends_a_run_alone(until):
    """Whether it is looked at for many runs at once or in each alone."""
    plan = planned("xor", "lr=0.03,0.3", "hidden=2,3", seeds=3, until=until, steps=60)
    sweep = swept(plan)
    check_against_sessions(sweep)
    assert any(outcome.stopped_by == "until" for outcome in sweep.outcomes.values()) or until == "not loss > 0.2"


def test_a_condition_on_the_test_set_is_looked_at_on_each_runs_own():
    """Every seed splits the data in its own way."""
    plan = planned(
        "iris", "lr=0.01,0.1", seeds=3, until="test_loss < 0.7 * loss / 1 + 0.3", steps=60, test_fraction=0.4
    )
    check_against_sessions(swept(plan))


def test_a_run_that_diverges_is_an_outcome_and_leaves_the_others_alone():
    """It stands where the trainer stands when it diverges; its neighbours are as they are without it."""
    sweep = swept(planned("line", "lr=0.1,1000", steps=400))
    check_against_sessions(sweep)
    assert [sweep.outcomes[run].diverged for run in range(4)] == [False, False, True, True]
    summary = Summary(sweep.plan, sweep.outcomes)
    assert summary.cells[1].median == np.inf
    assert summary.cells[1].diverged == 2


def test_a_network_whose_activations_have_no_bounds_is_watched_closely():
    """Four linear layers overflow at parameters that are far from overflowing themselves."""
    sweep = swept(planned("line", "lr=0.05,0.5,2", hidden=(3, 3, 3), activation="linear", steps=200))
    check_against_sessions(sweep)
    assert any(outcome.diverged for outcome in sweep.outcomes.values())


def test_runs_that_train_alone_are_shared_out_evenly():
    """Six of them take two processes half the time of one, not two thirds."""
    plan = planned("parity", seeds=6, rule="no-bias-gradient")
    job, other = cut(CheckedPlan(plan, read_data(plan.recipe)), range(6), 2)
    assert not job.together
    assert len(job.runs) == len(other.runs) == 3


def test_processes_give_the_same_numbers_and_one_may_be_killed():
    """A worker that is killed in the middle costs time and nothing else."""
    plan = planned("parity", "hidden=1,2,4", "rule=exact,posted", seeds=40, steps=4000)
    sweep, killed = Sweep(plan), False
    sweep.start(lambda data, jobs: LocalWorkers(data, jobs, 2))
    while sweep.going:
        sweep.poll(0.05)
        if not killed and sweep.going and sweep.share > 0.1:
            victim = next(iter(sweep._workers._pool._processes))
            os.kill(victim, signal.SIGKILL)
            killed = True
    assert killed
    assert sweep.outcomes == swept(plan).outcomes


def test_stopping_is_prompt_and_starting_again_makes_only_what_is_missing(tmp_path):
    """A sweep that would take minutes stops at once, keeps what finished, and goes on from its file."""
    plan = planned("parity", "hidden=1,2,3,4,5,6", seeds=40, steps=3000)
    path = tmp_path / "sweep.jsonl"
    sweep = Sweep(plan, Output("--save", path))
    sweep.start(processes=1)
    while not sweep.outcomes:
        sweep.poll(0.1)
    began = time.monotonic()
    sweep.stop()
    assert time.monotonic() - began < 5
    finished = dict(sweep.outcomes)
    assert 0 < len(finished) < len(plan)
    made = []

    class Counting(Here):
        def finished(self, timeout):
            found = super().finished(timeout)
            made.extend(run for job, _ in found for run, _ in job.runs)
            return found

    again = Sweep(plan, Output("--save", path))
    assert again.outcomes == finished
    assert again.resumed == len(finished)
    again.start(Counting)
    while again.going:
        again.poll(0.1)
    assert again.complete
    assert not set(made) & set(finished)
    lines = path.read_text().splitlines()
    assert len(lines) == 1 + len(plan)
    assert sorted(json.loads(line)["run"] for line in lines[1:]) == list(range(len(plan)))


def saved(tmp_path, **fields):
    path = tmp_path / "sweep.jsonl"
    sweep = Sweep(planned("xor", "lr=0.1,1", steps=10, **fields), Output("--save", path))
    sweep.start(Here)
    while sweep.going:
        sweep.poll(0.1)
    return path


def test_a_line_that_was_being_written_is_made_again(tmp_path):
    """Whatever moment the power failed at, whole lines count and half a line does not."""
    path = saved(tmp_path)
    whole = path.read_bytes()
    path.write_bytes(whole[:-20])
    again = Sweep(planned("xor", "lr=0.1,1", steps=10), Output("--save", path))
    assert len(again.outcomes) == 3
    again.start(Here)
    while again.going:
        again.poll(0.1)
    assert path.read_bytes() == whole


@pytest.mark.parametrize(
    ("plan", "said"),
    [
        (planned("xor", "lr=0.1,1", steps=11), "another sweep \\(steps differ\\)"),
        (planned("xor", "lr=0.1,2", steps=10), "another sweep \\(vary differ\\)"),
        (planned("xor", "lr=0.1,1", steps=10, until="loss < 0.1"), "another sweep \\(until differ\\)"),
        (planned("and", "lr=0.1,1", steps=10), "another sweep"),
    ],
)
def test_the_file_of_another_sweep_is_refused(tmp_path, plan, said):
    """Numbers of two sweeps are never mixed; the sentence says what differs."""
    path = saved(tmp_path)
    before = path.read_bytes()
    with pytest.raises(SweepError, match=said):
        Sweep(plan, Output("--save", path))
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    "text",
    [
        "hello\n",
        "[]\n",
        '{"format": "tui-backprop sweep", "version": 2}\n',
        "\x00\xff\n",
        "[" * 100_000 + "\n",
        "no line",
    ],
)
def test_what_is_not_a_saved_sweep_is_refused_and_left_as_it_is(tmp_path, text):
    """The user's file that was named by mistake is not written to."""
    path = tmp_path / "mine.txt"
    path.write_text(text)
    with pytest.raises(SweepError, match=r"mine\.txt: "):
        Sweep(planned("xor", steps=10), Output("--save", path))
    assert path.read_text() == text


def test_a_head_that_was_being_written_is_written_again(tmp_path):
    """Nothing was in the file yet; the first bytes of something else are left alone."""
    path = saved(tmp_path)
    head = path.read_bytes().partition(b"\n")[0]
    path.write_bytes(head[:100])
    assert Sweep(planned("xor", "lr=0.1,1", steps=10), Output("--save", path)).outcomes == {}
    assert path.read_bytes() == head + b"\n"
    path.write_bytes(head[:10])
    with pytest.raises(SweepError, match="not a saved sweep"):
        Sweep(planned("xor", "lr=0.1,1", steps=10), Output("--save", path))
    assert path.read_bytes() == head[:10]


OUTCOME = (
    '{"run": 0, "steps": 10, "stopped_by": "steps", "loss": %s, "test_loss": null, "accuracy": null, "test_accuracy": null, '
    '"checksum": 1}'
)
"""A line of a saved sweep, of the loss that is put in."""


@pytest.mark.parametrize(
    "line",
    [
        *(
            "nonsense",
            "[1]",
            "{}",
            '{"run": 99}',
            '{"run": 1e99}',
            '{"run": -1, "steps": 1}',
            '{"run": NaN}',
            "[" * 4000,
        ),
        *(OUTCOME % bad for bad in ("1" * 400, "1" * 3000, "-1e999", "NaN", "true", '"1"', "[]", "{}")),
        OUTCOME.replace('"steps": 10', '"steps": 11') % 1,
        OUTCOME.replace('"steps": 10', f'"steps": {"1" * 400}') % 1,
        "x" * 10_000,
    ],
)
def test_a_damaged_line_is_named(tmp_path, line):
    """A file that the user changed is not believed."""
    path = saved(tmp_path)
    with path.open("a") as file:
        file.write(line + "\n")
    with pytest.raises(SweepError, match=r"sweep\.jsonl:6: expected the outcome"):
        Sweep(planned("xor", "lr=0.1,1", steps=10), Output("--save", path))


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("lr=0.001:10:log:5", (0.001, 0.01, 0.1, 1.0, 10.0)),
        ("lr=0.03:10:log:6", (0.03, 0.0959, 0.306, 0.979, 3.13, 10.0)),
        ("l2=0:1:lin:3", (0.0, 0.5, 1.0)),
        ("l2=1:1.0001:lin:3", (1.0, 1.00005, 1.0001)),
        ("hidden=1,2,4-2,none", ((1,), (2,), (4, 2), ())),
        ("hidden=none;4,2", ((), (4, 2))),
        ("hidden=1:16:log:5", ((1,), (2,), (4,), (8,), (16,))),
        ("batch_size=1:4:lin:4", (1, 2, 3, 4)),
        ("batch-size=1,full", (1, None)),
        ("schedule=constant;step:100,0.5", ("constant", "step:100,0.5")),
        ("rule=posted,exact,posted", ("posted", "exact")),
    ],
)
def test_values_are_written_shortly(text, values):
    """Lists, ranges in equal ratios or steps, and semicolons where a value has a comma."""
    assert parse_axis(text).values == values


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("lr", "expected FIELD=VALUES"),
        ("speed=1", "expected FIELD=VALUES"),
        ("lr=", "lr: expected a number above 0"),
        ("lr=1:2:log:x", "expected LOW:HIGH:log:COUNT"),
        ("lr=0:2:log:3", "ends above 0"),
        ("lr=nan:2:lin:3", "expected LOW:HIGH"),
        ("lr=1:2:lin:100000", "expected LOW:HIGH"),
        ("seed=1,2", "--seeds"),
        ("steps=1,2", "cannot be varied"),
        ("hidden=1,x", "hidden: expected"),
        ("rule=wrong", "rule: expected"),
        ("rule=exact,mine.py", "cannot be swept"),
    ],
)
def test_values_that_cannot_be_are_refused(text, said):
    """One sentence says what was expected."""
    with pytest.raises(SweepError, match=said):
        parse_axis(text)


def test_a_plan_has_limits():
    """A field given twice, no seeds, or far too many runs are refused before anything starts."""
    for vary, seeds, said in (
        (["lr=1,2", "lr=3"], 1, "given twice"),
        ([], 0, "at least 1"),
        (["lr=0.1:1:lin:1000", "l2=0:1:lin:1000"], 2, "at most"),
    ):
        with pytest.raises(SweepError, match=said):
            planned("parity", *vary, seeds=seeds)
    with pytest.raises(SweepError, match="cannot be swept"):
        planned("parity", rule="mine.py")


def test_a_remedy_is_tried_where_nothing_helped_and_only_there():
    """One hidden unit never learns parity; the settings for a small table do, with enough units."""
    tried = remedy_plan(swept(planned("parity", "hidden=1,8", "lr=0.1,1", steps=50)))
    assert [axis.name for axis in tried.axes] == ["hidden"]
    assert (tried.recipe.activation, tried.recipe.optimizer, tried.recipe.batch_size) == ("tanh", "adam", None)
    assert remedy_plan(swept(planned("xor", steps=500))) is None
    assert remedy_plan(swept(planned("parity", until="loss < 0.1", steps=5))) is None


def test_brightness_tells_decades_apart():
    """The best is 1, the worst and what diverged 0, what is not known stays unknown."""
    found = brightness([1.0, 0.1, 0.01, np.inf, np.nan])
    np.testing.assert_allclose(found[:4], [0, 0.5, 1, 0])
    assert np.isnan(found[4])
    assert brightness([0.0, 1.0])[0] == 1
    assert list(brightness([0.5, 0.5])) == [0.5, 0.5]
    assert list(brightness([np.inf])) == [0]


def test_the_time_left_is_said_when_it_can_be_known():
    """After a quarter in ten seconds thirty are left; at the very beginning nobody knows."""
    assert seconds_left(0.25, 10.0) == pytest.approx(30)
    assert seconds_left(0.0, 10.0) is None
    assert seconds_left(0.5, 0.1) is None
