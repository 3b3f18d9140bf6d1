"""A sweep on a cluster has the numbers of one machine, whatever happens to its workers."""

from __future__ import annotations

import os
import signal
import time
from importlib.util import find_spec

import pytest

from tui_backprop.cli.main import main
from tui_backprop.session.recipe.suggestion import suggested_recipe
from tui_backprop.session.sweep.axes import SweepError, parse_axis
from tui_backprop.session.sweep.cluster import Cluster
from tui_backprop.session.sweep.plan import SweepPlan
from tui_backprop.session.sweep.sweep import Sweep
from tui_backprop.session.sweep.workers import Here
from tui_backprop.system.outputs import Output

pytestmark = [
    pytest.mark.filterwarnings("ignore"),  # Dask's own, which nobody here can mend
    pytest.mark.skipif(
        not find_spec("distributed"), reason="Dask is not installed: pip install 'tui-backprop[cluster]'"
    ),
]


def local_cluster(workers):
    """A scheduler with so many worker processes on this machine."""
    from distributed import LocalCluster  # noqa: PLC0415  (here, since every worker of the tests would wait for it)

    return LocalCluster(n_workers=workers, threads_per_worker=1, processes=True, dashboard_address=None)


@pytest.fixture(scope="module")
def cluster():
    """A scheduler with two worker processes on this machine."""
    with local_cluster(2) as found:
        yield found


def finish(sweep):
    while sweep.going:
        sweep.poll(0.1)
    return sweep


def test_a_worker_that_is_killed_in_the_middle_loses_nothing(cluster, tmp_path):
    """Results come one after the other; after the kill the rest comes as well, each number as on one machine."""
    axes = tuple(parse_axis(text) for text in ("hidden=1,2,3,4,5,6,7,8", "rule=exact,posted"))
    plan = SweepPlan(suggested_recipe("parity", steps=1500), axes, 33)
    path = tmp_path / "sweep.jsonl"
    sweep = Sweep(plan, Output("--save", path))
    sweep.start(lambda dataset, jobs: Cluster(cluster.scheduler_address, dataset, jobs))
    deadline = time.monotonic() + 120
    while not sweep.outcomes and time.monotonic() < deadline:
        sweep.poll(0.1)
    assert 0 < len(sweep.outcomes) < len(plan)
    assert 0 < sweep.share < 1
    os.kill(cluster.workers[0].pid, signal.SIGKILL)
    finish(sweep)
    assert sweep.complete
    here = Sweep(plan)
    here.start(Here)
    assert sweep.outcomes == finish(here).outcomes
    assert Sweep(plan, Output("--save", path)).outcomes == sweep.outcomes


def test_the_command_line_sends_its_jobs_there(cluster, capsys):
    """`--cluster ADDRESS` prints the table that one machine prints."""
    arguments = ["sweep", "xor", "--vary", "lr=0.03,0.3", "--seeds", "3", "--steps", "200"]
    assert main([*arguments, "--cluster", cluster.scheduler_address]) == 0
    there = capsys.readouterr().out.splitlines()
    assert main(arguments) == 0
    assert there[-2:] == capsys.readouterr().out.splitlines()[-2:]


def test_an_address_without_a_scheduler_is_one_line(capsys, monkeypatch):
    """Nobody answers: one sentence and status 2."""
    monkeypatch.setattr("tui_backprop.session.sweep.cluster._CONNECT", 0.5)
    assert main(["sweep", "xor", "--steps", "5", "--cluster", "tcp://127.0.0.1:9"]) == 2
    said = capsys.readouterr().err
    assert said.startswith("error: cluster: no Dask scheduler answers at tcp://127.0.0.1:9")
    assert said.count("\n") == 1


def test_a_scheduler_that_goes_is_said():
    """What had arrived is kept, and the sweep ends in a sentence instead of waiting for ever."""
    sweep = Sweep(SweepPlan(suggested_recipe("parity", steps=50_000), (parse_axis("hidden=1,2,3"),), 64))
    with local_cluster(1) as found:
        sweep.start(lambda dataset, jobs: Cluster(found.scheduler_address, dataset, jobs))
        sweep.poll(0.1)
    with pytest.raises(SweepError, match="has gone"):
        finish(sweep)
    sweep.stop()
