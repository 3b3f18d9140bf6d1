"""Sends the jobs of a sweep to a Dask scheduler, for what one machine is not enough for."""

from __future__ import annotations

import contextlib
import logging
import threading
from collections.abc import Sequence
from typing import Any

from tui_backprop.datasets.dataset import Dataset
from tui_backprop.session.sweep.axes import SweepError
from tui_backprop.session.sweep.jobs import Job
from tui_backprop.session.sweep.outcome import Outcome
from tui_backprop.session.sweep.work import do
from tui_backprop.text.cleaning import clean

_CONNECT = 10  # seconds to wait for the scheduler
_RETRIES = 3  # further attempts at a job that failed; those of workers that died are the scheduler's own


class Cluster:
    """The workers of a Dask scheduler, each of which must have this program installed.

    A worker that dies costs its jobs another attempt, elsewhere; the data are sent as a task of their own, so that they can
    be had again wherever they are lost.

    Raises:
        SweepError: the extra is not installed, or no scheduler answers at the address.
    """

    under_way = 0.0
    """Nothing: a job is known when it has arrived."""

    def __init__(self, address: str, dataset: Dataset, jobs: Sequence[Job]) -> None:
        try:
            import distributed  # optional, and half a second to load  # noqa: PLC0415
        except ImportError:
            raise SweepError("--cluster needs Dask: pip install 'tui-backprop[cluster]'") from None
        self._address = clean(address)
        logging.getLogger("distributed").setLevel(logging.CRITICAL)  # what goes wrong is said here, in one line
        try:
            self._client = distributed.Client(address, timeout=_CONNECT, set_as_default=False)
        except (OSError, ValueError, ImportError) as error:
            raise SweepError(f"cluster: no Dask scheduler answers at {self._address} ({_said(error)})") from None
        data = self._client.submit(_keep, dataset, pure=False)
        self._jobs: dict[Any, Job] = {
            self._client.submit(_do, job, data, retries=_RETRIES, pure=False): job for job in jobs
        }
        self._arrived = threading.Event()
        for future in self._jobs:
            future.add_done_callback(lambda _future: self._arrived.set())

    def finished(self, timeout: float) -> list[tuple[Job, list[Outcome]]]:
        """Return the jobs that have arrived since.

        Raises:
            SweepError: a job failed again and again, or the scheduler has gone.
        """
        if not self._jobs:
            return []
        self._arrived.wait(timeout)
        self._arrived.clear()
        found = []
        for future in list(self._jobs):
            if future.status == "finished":
                found.append((self._jobs.pop(future), future.result()))
            elif future.status == "error":
                raise SweepError(f"cluster: a job failed on {self._address}: {_said(future.exception())}")
            elif future.status in ("cancelled", "lost"):
                raise SweepError(f"cluster: the scheduler at {self._address} has gone")
        return found

    def close(self) -> None:
        """Give up what is left and go."""
        with contextlib.suppress(Exception):  # a scheduler that has gone cannot be told
            self._client.cancel(list(self._jobs))
        self._client.close(timeout=_CONNECT)


def _said(error: object) -> str:
    return clean(" ".join(str(error).split()) or type(error).__name__)


# On a worker.


def _keep(dataset: Dataset) -> Dataset:
    return dataset


def _do(job: Job, dataset: Dataset) -> list[Outcome]:
    return do(job, dataset, lambda _share: False)
