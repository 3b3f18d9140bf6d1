"""The updates of a script: one on or back, its own loop running, and its lines."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from tui_backprop.scripts.answering.answer import Mistake
from tui_backprop.scripts.stepping.stepper import Ended, Recorded, RunStopped, Stepper
from tui_backprop.scripts.stepping.window import Window
from tui_backprop.session.conditions import ConditionError
from tui_backprop.session.script_run import walking
from tui_backprop.session.script_run.opened import OpenedScript
from tui_backprop.session.script_run.stops import ConditionStop, LineStop, UpdateMoment
from tui_backprop.session.script_run.version import Problem
from tui_backprop.session.sweep.wording import counted

_BEFORE = 3  # updates before one that is gone back to, which are recorded with it
_TRAIL = 1000  # places that are remembered


class TravellingScript(OpenedScript):
    """A script whose updates and lines can be gone to."""

    # updates

    def go_to(self, update: int) -> None:
        """Look at an update; one that is not kept is run again, from a snapshot of its process or the start.

        Raises:
            ValueError: the script is not opened yet, or could not be.
            InputError: the script gives no answer.
        """
        with self._asking():
            self._leave()
            self._go(update)

    def _go(self, update: int) -> None:
        event = self.frame.event
        version = self.version
        update = max(1, update if version.total is None else min(update, version.total))
        found = version.window(update)
        if found is None or any(one.value_in(found) is None for one in self.watches):  # or recorded without them
            found = self._record(update)
        if found is None:  # it has ended before
            found = version.window(version.last) or self._record(version.last)
        if found is not None:
            _prepare(found)
            self._window, self._at = found, walking.same_line(found, event)

    def _record(self, update: int) -> Window | None:
        stepper = self._stepper
        first = update
        if stepper is None or not stepper.reaches(update):
            first = max(1, update - _BEFORE)
            stepper = self._again(first)
        stepper.record(first, update)
        while True:
            report = self._next(stepper)
            if isinstance(report, Ended):
                return self.version.window(update)
            if isinstance(report, Recorded) and report.update >= update:
                return self.version.window(update)

    def step(self, updates: int = 1) -> None:
        """Make an update of theirs.

        Raises:
            ValueError: its training ends there.
            InputError: the script gives no answer.
        """
        at = 0 if self._window is None else self._window.update
        self.go_to(at + updates)
        if at and self._window is not None and self._window.update == at:
            raise ValueError(self._at_its_end())

    def _at_its_end(self) -> str:
        return f"its training ends here, after {counted(self.version.last, 'update')}; home goes to the first one"

    def last_update(self) -> None:
        """Go to the furthest update that was reached.

        Raises:
            InputError: the script gives no answer.
        """
        self.go_to(max(1, self.version.last))

    # running

    def start(self) -> None:
        """Let its own loop run on from the update that is shown.

        Raises:
            ValueError: its training ends there.
            InputError: the script gives no answer.
        """
        with self._asking():
            version = self.version
            at = 0 if self._window is None else self._window.update
            if version.total is not None and at >= version.total:
                raise ValueError(self._at_its_end())
            stepper = self._stepper
            stops = [one for one in self.stops if one.enabled]
            if stepper is None or stepper.ended is not None or (stops and stepper.position > at + 1):
                stepper = self._again(max(1, at))
                if at > 0:
                    stepper.record(at, at)
                    self._until_recorded(stepper, at)
            if stepper.ended is not None:
                return
            conditions = tuple(one.condition for one in stops if isinstance(one, ConditionStop) and one.ours is None)
            stepper.run(conditions, tuple((one.file, one.line) for one in stops if isinstance(one, LineStop)))
            self.running = True

    def _again(self, update: int) -> Stepper:
        """Return a process that is before an update: from a snapshot, or else one that begins at the start."""
        stepper = self._stepper
        return stepper if stepper is not None and stepper.back_to(update) else self._fresh()

    def _until_recorded(self, stepper: Stepper, update: int) -> None:
        while True:
            report = self._next(stepper)
            if isinstance(report, Ended) or (isinstance(report, Recorded) and report.update >= update):
                return

    def follow(self, seconds: float) -> str:
        """Take what a run reports for some time, and return why it halted; nothing while it goes on.

        Raises:
            InputError: the script gives no answer.
        """
        with self._asking():
            stepper, until = self._stepper, time.monotonic() + seconds
            if stepper is None or not self.running:
                return "paused"
            while self.running and time.monotonic() < until:
                report = self._next(stepper)
                if isinstance(report, Recorded):
                    self._show(self.version.window(report.update))
                    reason = self._our_stop()
                    if reason:
                        self._halt(stepper)
                        return reason
                elif isinstance(report, RunStopped):
                    return self._stopped(stepper, report)
                elif isinstance(report, Ended):
                    self.running = False
                    self._ended()
                    return "ended"
            return ""

    def _show(self, window: Window | None) -> None:
        if window is not None:
            event = self.frame.event
            _prepare(window)
            self._window, self._at = window, walking.same_line(window, event)

    def _our_stop(self) -> str:
        window = self._window
        assert window is not None  # noqa: S101  (it was just recorded)
        moment = UpdateMoment(window.loss, window.update)
        for one in self.stops:
            if isinstance(one, ConditionStop) and one.enabled and one.ours is not None:
                try:
                    holds = one.ours.holds(moment)
                except ConditionError:
                    continue
                if holds:
                    one.hits += 1
                    one.enabled = False  # it would hold at the next one as well
                    return one.condition
        return ""

    def _halt(self, stepper: Stepper) -> None:
        stepper.pause()
        while True:
            report = self._next(stepper)
            if isinstance(report, RunStopped):
                self._stopped(stepper, report)
                return
            if isinstance(report, Ended):
                self.running = False
                self._ended()
                return

    def _stopped(self, stepper: Stepper, report: RunStopped) -> str:
        self.running = False
        if report.event is None:
            self._until_recorded(stepper, report.update)
        self._show(self.version.window(report.update))
        if report.event is not None and self._window is not None:
            self._at = min(report.event, len(self._window.events) - 1)
        for one in self.stops:
            if isinstance(one, ConditionStop):
                one.hits += one.condition == report.reason
            elif report.event is not None:
                one.hits += self._line() == (one.file, one.line)
        return report.reason

    def _line(self) -> tuple[str, int] | None:
        event = self.frame.event
        return None if event is None else (event.file, event.line)

    def _ended(self) -> None:
        """Show the last update once its own training is over."""
        version = self.version
        if version.total:
            self._go(version.total)

    def pause(self) -> None:
        """Have a run stop before its next update.

        Raises:
            InputError: the script gives no answer.
        """
        with self._asking():
            if self.running and self._stepper is not None:
                self._halt(self._stepper)

    # lines

    def walk(self, way: Callable[[Window, int], int | None]) -> bool:
        """Go along a way through the lines of the update, and say whether there was one."""
        window = self._window
        if window is None or not window.events:
            return False
        found = way(window, self._at)
        if found is not None:
            self._at = found
        return found is not None

    def stand(self, at: int) -> None:
        """Look at a statement of the update."""
        if self._window is not None and self._window.events:
            self._leave()
            self._at = max(0, min(at, len(self._window.events) - 1))

    def line(self) -> bool:
        """Go one line on, into functions that are called, and into the next update at the end of one.

        Raises:
            InputError: the script gives no answer.
        """
        if self.walk(walking.line_after):
            return True
        before = self._window.update if self._window is not None else 0
        self.step()
        moved = self._window is not None and self._window.update > before
        if moved:
            self._at = 0
        return moved

    def line_back(self) -> bool:
        """Go one line back, and into the update before at the beginning of one.

        Raises:
            InputError: the script gives no answer.
        """
        if self.walk(lambda window, at: walking.line_before(at)):
            return True
        if self._window is None or self._window.update <= 1:
            return False
        self.go_to(self._window.update - 1)
        self._at = max(0, len(self._window.events) - 1)
        return True

    def go_to_line(self, line: int, file: str | None = None) -> bool:
        """Look at the first statement of the update at a line, and say whether there is one."""
        window = self._window
        if window is None:
            return False
        wanted = file or self.source.path
        here = [one.number for one in window.events if one.file == wanted and one.line <= line <= one.end_line]
        exact = [number for number in here if window.events[number].line == line] or here
        if exact:
            wrong = [number for number in exact if number in window.backward]
            self.stand((wrong or exact)[0])
        return bool(exact)

    def file_of(self, problem: Problem) -> str:
        """Return the path of the file that a problem is in."""
        name = problem.file if isinstance(problem, Mistake) else None
        return self.source.path if name is None else str(Path(self.source.folder) / name)

    # places visited

    def _leave(self) -> None:
        if self._window is not None:
            place = (self._window.update, self._at)
            if not self._behind or self._behind[-1] != place:
                self._behind = [*self._behind[-_TRAIL:], place]
            self._ahead.clear()

    def visited(self, direction: int) -> bool:
        """Go to the place that was looked at before (-1), or forward again (1), and say whether there is one.

        Raises:
            InputError: the script gives no answer.
        """
        come, gone = (self._behind, self._ahead) if direction < 0 else (self._ahead, self._behind)
        if not come or self._window is None:
            return False
        update, at = come.pop()
        gone.append((self._window.update, self._at))
        if update != self._window.update:
            with self._asking():
                self._go(update)
        self._at = min(at, len(self._window.events) - 1)
        return True


def _prepare(window: Window) -> None:
    """Compute what is drawn here, not while it is drawn."""
    for known in ("parameters", "backward", "loss", "numbers_of_line"):
        getattr(window, known)
