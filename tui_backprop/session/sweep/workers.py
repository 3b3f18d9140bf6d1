"""Who does the jobs of a sweep: processes of this machine, or this very process."""

from __future__ import annotations

import contextlib
import ctypes
import multiprocessing
import multiprocessing.connection
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from multiprocessing.context import SpawnContext
from typing import Protocol

from tui_backprop.datasets.dataset import Dataset
from tui_backprop.session.sweep.axes import SweepError
from tui_backprop.session.sweep.jobs import Job
from tui_backprop.session.sweep.outcome import Outcome
from tui_backprop.session.sweep.work import JobCancelled, do
from tui_backprop.system.process import environment_of_children

_RETRIES = 3  # times that a worker may die before the sweep gives up


class Workers(Protocol):
    """A worker: it does jobs."""

    @property
    def under_way(self) -> float:
        """Cost of what is done of the jobs that are not finished."""

    def finished(self, timeout: float) -> list[tuple[Job, list[Outcome]]]:
        """Return the jobs that have ended since it was asked last, waiting up to so many seconds for one.

        Raises:
            SweepError: the jobs cannot be done.
        """

    def close(self) -> None:
        """Let go of everything; jobs that are not finished are given up."""


MakeWorkers = Callable[[Dataset, Sequence[Job]], Workers]
"""(data, jobs) → who does them."""


class Here:
    """Does the jobs in this process, one whenever it is asked: for sweeps that are over before a process has started."""

    def __init__(self, dataset: Dataset, jobs: Sequence[Job]) -> None:
        self._dataset = dataset
        self._waiting = list(jobs)
        self.under_way = 0.0
        """Nothing: a job is finished before anybody can look."""

    def finished(self, timeout: float) -> list[tuple[Job, list[Outcome]]]:
        """Do one job, however long it takes."""
        if not self._waiting:
            return []
        job = self._waiting.pop(0)
        return [(job, do(job, self._dataset, lambda _share: False))]

    def close(self) -> None:
        """Give up the jobs that are left."""
        self._waiting.clear()


class LocalWorkers:
    """Processes of this machine, each of which does a job at a time and says how far it is.

    A process that dies (memory, a kill) costs its jobs a second attempt.
    """

    def __init__(self, dataset: Dataset, jobs: Sequence[Job], processes: int) -> None:
        self._dataset, self._processes = dataset, max(1, min(processes, len(jobs)))
        self._context: SpawnContext = multiprocessing.get_context("spawn")  # fork would copy threads and open terminals
        self._deaths = 0
        self._start(list(jobs))

    def _start(self, jobs: list[Job]) -> None:
        self._jobs: dict[Future[list[Outcome]], tuple[int, Job]] = {}
        with _as_children_need_it():
            # each share is written by one process: no lock to die with
            self._shares = self._context.RawArray(ctypes.c_double, len(jobs))
            self._stop = self._context.RawArray(ctypes.c_bool, 1)
            self._pool = ProcessPoolExecutor(
                self._processes, self._context, _begin, (self._dataset, self._shares, self._stop)
            )
            for place, job in enumerate(jobs):
                self._jobs[self._pool.submit(_do, place, job)] = (place, job)

    @property
    def under_way(self) -> float:
        """Cost of what is done of the jobs that are not finished."""
        return sum(self._shares[place] * job.cost for place, job in self._jobs.values())

    def finished(self, timeout: float) -> list[tuple[Job, list[Outcome]]]:
        """Return the jobs that have ended since."""
        ended, _ = wait(self._jobs, timeout, return_when=FIRST_COMPLETED)
        found = []
        try:
            for future in ended:
                outcomes = future.result()
                found.append((self._jobs.pop(future)[1], outcomes))
        except BrokenProcessPool:
            self._begin_again()
        return found

    def _begin_again(self) -> None:
        self._deaths += 1
        if self._deaths > _RETRIES:
            raise SweepError(f"a worker process died {self._deaths} times: is there enough memory?")
        self._pool.shutdown(wait=False, cancel_futures=True)
        self._start([job for _, job in self._jobs.values()])

    def close(self) -> None:
        """Ask every process to end, and wait until they have."""
        self._stop[0] = True
        self._pool.shutdown(wait=True, cancel_futures=True)


@contextlib.contextmanager
def _as_children_need_it() -> Iterator[None]:
    """Ignore ^C, as children then do from their first moment, and have the standard error that has a file's number.

    An app that draws on the terminal puts something without one in its place, and no process can be started then. The
    working folder is not on the path of what is started: a `pickle.py` that lies there is not Python's own.
    """
    with contextlib.ExitStack() as stack:
        stack.enter_context(environment_of_children())
        stack.enter_context(contextlib.redirect_stderr(sys.__stderr__))
        if threading.current_thread() is threading.main_thread():
            stack.callback(signal.signal, signal.SIGINT, signal.signal(signal.SIGINT, signal.SIG_IGN))
        yield


# In a worker process.

_here: tuple[Dataset, ctypes.Array[ctypes.c_double], ctypes.Array[ctypes.c_bool]]


def _begin(dataset: Dataset, shares: ctypes.Array[ctypes.c_double], stop: ctypes.Array[ctypes.c_bool]) -> None:
    global _here  # noqa: PLW0603  (all that a worker process knows besides its job)
    _here = (dataset, shares, stop)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent.sentinel,), daemon=True).start()


def _end_with(sentinel: int) -> None:
    """End this process when the one that began it has gone, however it went."""
    multiprocessing.connection.wait([sentinel])
    os._exit(1)


def _do(place: int, job: Job) -> list[Outcome]:
    dataset, shares, stop = _here

    def report(share: float) -> bool:
        shares[place] = share
        return bool(stop[0])

    try:
        return do(job, dataset, report)
    except JobCancelled:
        return []
