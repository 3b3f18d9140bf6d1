"""All that a learner can do with a network of their own: step it, go back, change the rate, check it, load it again.

Each method that asks the file something takes as long as the file does, at most its time limit, and may be called from a
thread; one is carried out at a time. `frame`, `interrupt` and `changed_on_disk` answer at once.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from tui_backprop.core.arrays import Array
from tui_backprop.scripts.clinic.check import check
from tui_backprop.scripts.clinic.checkup import Checkup
from tui_backprop.scripts.clinic.frame import OwnFrame
from tui_backprop.scripts.clinic.training import OwnTraining, first_state
from tui_backprop.scripts.functions.network import Learner
from tui_backprop.scripts.functions.process import LearnerError, LearnerProcess
from tui_backprop.scripts.functions.rule_network import learner_in
from tui_backprop.scripts.limits import TIMEOUT

RATE = 0.1
"""η where nothing else is said, that of the original case."""

_SEED = 0
_PATIENCE = 0.05  # seconds
_FOREVER = 2**62  # steps


class OwnRun:
    """The user's file, opened, trained and checked.

    Raises:
        LearnerError: the file cannot be used; one sentence.
    """

    def __init__(self, path: str, timeout: float = TIMEOUT) -> None:
        self._path, self._timeout = path, timeout
        self._lock = threading.Lock()
        self._processes: list[LearnerProcess] = []
        self._checked: list[LearnerProcess] = []
        self._checkup: Checkup | None = None
        self._trouble = ""
        self._stale = False
        self._stamp = self._stamp_on_disk()
        learner = self._opened()
        try:
            self._training = OwnTraining(learner, first_state(learner.theta), rate=RATE, seed=_SEED, curve=None)
        except LearnerError:
            self._let_go(learner.process)
            raise

    @property
    def frame(self) -> OwnFrame:
        """What there is to see now."""
        return replace(self._training.frame, checkup=self._checkup, trouble=self._trouble)

    @property
    def changed_on_disk(self) -> bool:
        """Whether the file has been saved since it was loaded."""
        now = self._stamp_on_disk()
        return now is not None and now != self._stamp

    def _stamp_on_disk(self) -> tuple[int, int] | None:
        try:
            found = Path(self._path).stat()
        except OSError:
            return None
        return found.st_mtime_ns, found.st_size

    # Processes.

    def _opened(self) -> Learner:
        """Open the file as it is on the disk now."""
        process = LearnerProcess(self._path, self._timeout)
        self._processes.append(process)
        try:
            return learner_in(process)
        except LearnerError:
            self._let_go(process)
            raise

    def _let_go(self, process: LearnerProcess) -> None:
        process.close()
        self._processes.remove(process)

    def interrupt(self) -> None:
        """End what the file is being asked at this moment, a check aside; that question fails, and what there was stays."""
        for process in tuple(self._processes):
            process.interrupt()

    def interrupt_check(self) -> None:
        """End a check that is being made."""
        for process in tuple(self._checked):
            process.interrupt()

    def close(self) -> None:
        """End all processes; what the file is being asked fails."""
        self.interrupt_check()
        self.interrupt()
        while not self._lock.acquire(timeout=_PATIENCE):  # a question that is still waiting has to be told again
            self.interrupt()
        try:
            self._let_go(self._training.learner.process)
        finally:
            self._lock.release()

    @contextmanager
    def _asking(self) -> Iterator[OwnTraining]:
        """Ask the file something. Where it fails, stand where the newest frame was taken, and say why."""
        with self._lock:
            training = self._training
            try:
                training.learner.renew()
                if self._stale:  # it raised something, or its process is gone
                    training.learner.fresh()
                    self._stale = False
                yield training
            except LearnerError as error:
                self._trouble, self._stale = str(error), True
                if training.state is not training.frame.state:
                    self._look_again(training)
                raise
            self._trouble = ""

    def _look_again(self, training: OwnTraining) -> None:
        """Show how far it came, if the file still answers."""
        try:
            training.learner.renew()
            training.learner.fresh()
            training.look()
        except LearnerError:
            training.stand_as_seen()

    # Training.

    def step(self, steps: int = 1) -> None:
        """Make some updates by their own formulas.

        Raises:
            LearnerError: why the next one cannot be made; it stands before that one.
        """
        with self._asking() as training:
            training.advance(steps, math.inf)
            training.look()

    def run(self, seconds: float) -> None:
        """Make as many updates as there is time for.

        Raises:
            LearnerError: why the next one cannot be made; it stands before that one.
        """
        with self._asking() as training:
            training.advance(_FOREVER, seconds)
            training.look(resting=False)

    def rest(self) -> None:
        """See what takes too long to be seen while it runs.

        Raises:
            LearnerError: the file gives no answer.
        """
        with self._asking() as training:
            training.look()

    def back(self) -> None:
        """Go back one step.

        Raises:
            ValueError: the file was loaded here, so that no way leads further back.
            LearnerError: their functions do not give the same numbers again.
        """
        entry = self._training.entry.step
        if self._training.state.step <= entry:
            raise ValueError(f"the file was loaded at step {entry:,}: you cannot go further back")
        with self._asking() as training:
            training.go_to(training.state.step - 1)
            training.look()

    def set_rate(self, rate: float) -> None:
        """Take another rate from here on, 0 < rate; later steps are forgotten."""
        with self._lock:
            self._training.set_rate(rate)

    def reset(self) -> None:
        """Begin again at step 0 with the values that the file begins with.

        Raises:
            LearnerError: the file gives no answer; all stays as it was.
        """
        with self._asking() as training:
            learner = training.learner
            learner.fresh()
            self._training = OwnTraining(
                learner, first_state(learner.theta), rate=training.rate, seed=_SEED, curve=None
            )

    # The file.

    def load_anew(self) -> str:
        """Load the file as it was saved, and say which parameters keep their values. The check is to be made again.

        A parameter keeps its value where name and shape are the same and an update was made; all others begin again.

        Raises:
            LearnerError: it cannot be used as it is now; what was loaded before goes on.
        """
        with self._lock:
            old = self._training
            stamp = self._stamp_on_disk()
            learner = self._opened()
            theta, kept = _carried_over(old, learner)
            step = old.state.step if kept else 0
            curve = old.curve.fork(step) if kept else None
            try:
                self._training = OwnTraining(learner, first_state(theta, step), rate=old.rate, seed=_SEED, curve=curve)
            except LearnerError:
                self._let_go(learner.process)
                raise
            self._let_go(old.learner.process)
            self.interrupt_check()
            self._stamp, self._checkup, self._trouble, self._stale = stamp, None, "", False
            return _what_is_kept(learner, kept)

    def check(self) -> None:
        """Check their backward pass, in a process of its own; what cannot be checked is a checkup that says so."""
        training = self._training
        process = training.learner.process.twin()
        self._checked.append(process)
        try:
            found = check(learner_in(process))
        except LearnerError as error:
            found = Checkup.failed(training.learner.name, error)
        finally:
            process.close()
            self._checked.remove(process)
        if self._training.learner is training.learner:  # it has not been loaded again meanwhile
            self._checkup = found


def _carried_over(old: OwnTraining, learner: Learner) -> tuple[Array, tuple[str, ...]]:
    """Return θ for a file that was loaded again, and the names of the parameters that keep their values."""
    theta, kept = learner.theta.copy(), []
    if old.state.step > 0:
        known = {(tensor.name, tensor.shape): tensor.span for tensor in old.frame.tensors}
        for name, shape, span in zip(learner.names, learner.shapes, learner.spans, strict=True):
            if (name, shape) in known:
                theta[span] = old.state.parameters[known[name, shape]]
                kept.append(name)
    return theta, tuple(kept)


def _what_is_kept(learner: Learner, kept: tuple[str, ...]) -> str:
    """Say it in one sentence."""
    new = [name for name in learner.names if name not in kept]
    if not kept:
        return f"{learner.name} is loaded again: every parameter begins with the file's value"
    if not new:
        return f"{learner.name} is loaded again: every parameter keeps its value"
    return f"{learner.name} is loaded again: {_listed(kept)} kept, {_listed(new)} with the file's values"


def _listed(names: tuple[str, ...] | list[str]) -> str:
    return ", ".join(names) if len(names) <= 6 else f"{', '.join(names[:5])} and {len(names) - 5} more"
