"""A sweep in progress: its plan, the outcomes so far, and how long it will take."""

from __future__ import annotations

import os

from tui_backprop.datasets.dataset import Dataset
from tui_backprop.session.recipe.problem import Problem
from tui_backprop.session.run.changes import read_data
from tui_backprop.session.sweep.jobs import cut
from tui_backprop.session.sweep.outcome import Outcome
from tui_backprop.session.sweep.plan import CheckedPlan, SweepPlan
from tui_backprop.session.sweep.saving import SweepFile
from tui_backprop.session.sweep.workers import Here, LocalWorkers, MakeWorkers, Workers
from tui_backprop.system.outputs import Output

_QUICK = 0.3  # seconds of work that are not worth starting processes for


def processors() -> int:
    """Return how many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class Sweep:
    """The runs of a plan, made by workers, as far as they have come.

    Raises:
        RecipeError: a combination that cannot be run, in one sentence.
        ConditionError: the plan's condition names what there is not.
        SourceError: the data cannot be read.
        SweepError: `save` is the file of something else, or another sweep writes to it.
        OutputError: `save` cannot be written.
        OSError: `save` cannot be read or written.
    """

    def __init__(self, plan: SweepPlan, save: Output | None = None, dataset: Dataset | None = None) -> None:
        self.plan = plan
        self.dataset = read_data(plan.recipe) if dataset is None else dataset
        self._checked = CheckedPlan(plan, self.dataset)
        self._file = None if save is None else SweepFile(save, self._checked.fingerprint, len(plan), plan.recipe.steps)
        self.outcomes: dict[int, Outcome] = {} if self._file is None else dict(self._file.outcomes)
        """By run."""
        self.resumed = len(self.outcomes)
        """How many runs the file had."""
        self._workers: Workers | None = None
        self._cost = self._finished_cost = 0.0

    @property
    def first_problem(self) -> Problem:
        """What the first run has to learn."""
        return self._checked.first_problem

    @property
    def complete(self) -> bool:
        """Whether every run has its outcome."""
        return len(self.outcomes) == len(self.plan)

    @property
    def going(self) -> bool:
        """Whether workers are at it."""
        return self._workers is not None

    @property
    def share(self) -> float:
        """How much of the work of this start is done, 0 … 1."""
        if self._workers is None or not self._cost:
            return 1.0 if self.complete else 0.0
        return min(1.0, (self._finished_cost + self._workers.under_way) / self._cost)

    def start(self, make_workers: MakeWorkers | None = None, processes: int | None = None) -> None:
        """Have the runs made that are missing: by workers of the caller's choice, or by processes of this machine.

        Raises:
            SweepError: another sweep writes to the file by now.
        """
        if self._file is not None:
            self._file.lock()
        count = processors() if processes is None else processes
        missing = [run for run in range(len(self.plan)) if run not in self.outcomes]
        jobs = cut(self._checked, missing, count)
        self._cost, self._finished_cost = sum(job.cost for job in jobs), 0.0
        if not jobs:
            return
        if make_workers is not None:
            self._workers = make_workers(self.dataset, jobs)
        elif processes is None and self._cost < _QUICK:
            self._workers = Here(self.dataset, jobs)
        else:
            self._workers = LocalWorkers(self.dataset, jobs, count)

    def poll(self, timeout: float) -> int:
        """Take in what has come, waiting up to so many seconds, and return how many runs these were.

        Raises:
            SweepError: the jobs cannot be done.
            OutputError: the file cannot be written.
            OSError: the same.
        """
        if self._workers is None:
            return 0
        new: list[Outcome] = []
        for job, outcomes in self._workers.finished(timeout):
            self._finished_cost += job.cost
            new += [outcome for outcome in outcomes if outcome.run not in self.outcomes]
            self.outcomes |= {outcome.run: outcome for outcome in outcomes}
        if new and self._file is not None:
            self._file.add(new)
        if self.complete:
            self.stop()
        return len(new)

    def stop(self) -> None:
        """Send the workers away; `start` goes on from here."""
        if self._workers is not None:
            workers, self._workers = self._workers, None
            workers.close()
        if self._file is not None:
            self._file.unlock()
