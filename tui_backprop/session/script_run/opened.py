"""A script that is stepped, as it was opened: its texts, its process, and what there is to see.

Methods that ask the script's process something take as long as it does, at most the time limit, and may be called from a
thread; one is carried out at a time. `frame`, `interrupt` and `changed_on_disk` answer at once.
"""

from __future__ import annotations

import difflib
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tui_backprop.core.errors import InputError
from tui_backprop.scripts.case import Case
from tui_backprop.scripts.checking import checked_case, unread_text
from tui_backprop.scripts.examining import examined
from tui_backprop.scripts.functions.as_script import loop_rate, source_to_step
from tui_backprop.scripts.reading.errors import UnreadableError
from tui_backprop.scripts.running.run import ScriptOptions
from tui_backprop.scripts.source.forms import is_functions
from tui_backprop.scripts.source.source import ScriptError, Source, read_source
from tui_backprop.scripts.stepping.loop import training_loop
from tui_backprop.scripts.stepping.stepper import Ended, Passing, Recorded, RunStopped, Stepper
from tui_backprop.scripts.stepping.template import template_of
from tui_backprop.scripts.stepping.window import Window
from tui_backprop.session.script_run import walking
from tui_backprop.session.script_run.frame import OtherRun, ScriptFrame, WatchedValue
from tui_backprop.session.script_run.stops import ConditionStop, LineStop, ScriptWatch
from tui_backprop.session.script_run.version import Problem, Version

TIMEOUT = 20.0
"""Seconds that a script may take for one update, or to its first one."""

_PATIENCE = 1.0  # seconds
_START = 20.0  # seconds more until a process has begun: Python, NumPy, and what the script reads


class OpenedScript:
    """A script, opened: its text is there at once, and `open` runs it.

    Raises:
        ScriptError: it cannot be read, or is not Python.
    """

    def __init__(self, path: str, setting: ScriptOptions | None = None, timeout: float = TIMEOUT) -> None:
        self.path = path
        self._setting = setting or ScriptOptions()
        self._timeout = timeout
        self._lock = threading.RLock()
        self._explaining = threading.Lock()
        self._closed = False
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._stamp = self._stamp_on_disk()
        self.versions = [Version(read_source(path), "as it is")]
        """The texts of the script, the present one last."""
        self._lacks_loop = is_functions(path, as_main=True)
        self._undone: list[Version] = []
        self._stepper: Stepper | None = None
        self._window: Window | None = None
        self._at = 0
        self._trouble = ""
        self._passing: int | None = None
        self._behind: list[tuple[int, int]] = []
        self._ahead: list[tuple[int, int]] = []
        self.stops: list[LineStop | ConditionStop] = []
        """The breakpoints."""
        self.watches: list[ScriptWatch] = []
        """The expressions that are shown at each update."""
        self.running = False
        """Whether its own loop goes on."""

    # what is seen

    @property
    def version(self) -> Version:
        """The present text."""
        return self.versions[-1]

    @property
    def source(self) -> Source:
        """The present text as a source."""
        return self.version.source

    @property
    def frame(self) -> ScriptFrame:
        """What there is to see now."""
        version, window = self.version, self._window
        event = window.events[self._at] if window is not None and window.events else None
        file = event.file if event is not None else version.source.path
        own = file == version.source.path
        first = self.versions[0].source.text_of("" if own else file).splitlines() if len(self.versions) > 1 else []
        lines = tuple(self._text_of(file).splitlines())
        was = () if len(self.versions) == 1 else _changes(first, list(lines))
        return ScriptFrame(
            name=version.source.name, script=version.source.path, file=file,
            lines=lines, changed=frozenset(n for n, _ in was), was=was,
            cells=version.source.cells, window=window, at=self._at, last=version.last, total=version.total,
            curve=version.curve.snapshot(with_test=False), others=tuple(self._others()), problems=version.problems(),
            answer=version.answer, checking=version.answer is None and not version.refused,
            stops=tuple((one.text(version.source), one.enabled, one.hits) for one in self.stops),
            watches=tuple(self._watched(one) for one in self.watches),
            stop_lines=frozenset(one.line for one in self.stops if isinstance(one, LineStop) and one.file == file),
            fixes=len(self.versions) - 1, trouble=self._trouble, notes=self._notes(), passing=self._passing,
            rate=loop_rate(version.source) if version.source.has_our_loop else None,
        )  # fmt: skip

    def _others(self) -> Iterator[OtherRun]:
        for one in self.versions[:-1]:
            if one.last > 1:  # of one update there is nothing to draw
                yield OtherRun(one.label, one.curve.snapshot(with_test=False))

    def _text_of(self, file: str) -> str:
        return self.source.text_of("" if file == self.source.path else file)

    def _notes(self) -> tuple[str, ...]:
        version = self.version
        out = list(version.answer.notes if version.answer is not None else ())
        if version.differing:
            named = ", ".join(f"{one:,}" for one in version.differing[:3])
            out.insert(
                0, f"A second run made other values in update {named}: it depends on time, threads or other seeds."
            )
        if version.error:
            out.insert(0, version.error)
        return tuple(out)

    # the file

    @property
    def changed_on_disk(self) -> bool:
        """Whether the file has been saved since it was loaded."""
        now = self._stamp_on_disk()
        return now is not None and now != self._stamp

    def _stamp_on_disk(self) -> tuple[int, int] | None:
        try:
            found = Path(self.path).stat()
        except OSError:
            return None
        return found.st_mtime_ns, found.st_size

    def dismiss_change(self) -> None:
        """Take the file on disk for seen: what was saved is not asked for again."""
        self._stamp = self._stamp_on_disk()

    def _read(self) -> Source:
        """Return the file as it is on disk: a script, or functions with a loop after them."""
        return source_to_step(self.path, self._timeout)

    def _go(self, update: int) -> None:
        raise NotImplementedError

    # opening and checking

    def complete(self) -> None:
        """Put a loop after functions, which are asked what they need; a script is complete as it is.

        Raises:
            LearnerError: the functions cannot be used.
        """
        with self._asking():
            if self._lacks_loop:
                self.version.source = self._read()
                self._lacks_loop = False

    def open(self) -> None:
        """Run the script for its check, and stand at the first wrong line of its first update, or at its beginning.

        Raises:
            InputError: it cannot be used; one sentence.
        """
        self.complete()
        with self._asking():
            self._examine(self.version)
            self._go(1)
            if self._window is not None:
                wrong = walking.first_wrong(self._window)
                self._at = 0 if wrong is None else wrong

    def _examine(self, version: Version) -> None:
        if version.case is not None:
            return
        version.case = case = examined(version.source, self._setting)
        if case.reading is None:
            raise ScriptError(f"{version.source.name}: {_unread(case)}")
        version.template = template_of(case)
        version.loop = training_loop(case.reading)
        if version.loop is None:
            said = "its updates are in no loop and in no function that is called once for each: they cannot be stepped"
            raise ScriptError(f"{version.source.name}: {said}")

    def explain(self) -> None:
        """Look for mistakes, fixes and causes of the present text; this may take long, and holds up nothing else."""
        with self._explaining:
            version = self.version  # the newest: what was to be explained before may have been replaced
            try:
                if version.case is not None and version.answer is None:
                    answer = checked_case(version.case)
                    said: list[Problem] = [*answer.mistakes, *answer.causes]
                    for one in said:
                        one.sentence = version.source.placed_text(one.sentence)
                    version.answer = answer
            except (InputError, UnreadableError) as error:
                version.refused, self._trouble = True, str(error)

    # processes

    def interrupt(self) -> None:
        """End what the script's process is being asked at this moment; what is shown stays."""
        stepper = self._stepper
        if stepper is not None:
            stepper.interrupt()

    def close(self) -> None:
        """End all processes."""
        self.running = False
        self._closed = True
        self.interrupt()
        if self._lock.acquire(timeout=_PATIENCE):  # a check that goes on ends with this process
            try:
                self._drop()
            finally:
                self._lock.release()
        if self._folder is not None:
            self._folder.cleanup()

    @property
    def scratch(self) -> Path:
        """A folder of its own, which is gone when it is closed."""
        if self._folder is None:
            self._folder = tempfile.TemporaryDirectory(prefix="tui-backprop-", ignore_cleanup_errors=True)
        return Path(self._folder.name)

    def _drop(self) -> None:
        if self._stepper is not None:
            self._stepper.close()
            self._stepper = None

    @contextmanager
    def _asking(self) -> Iterator[None]:
        with self._lock:
            try:
                yield
                self._trouble = ""
            except InputError as error:
                self._trouble = str(error)
                self.running = False
                self._drop()
                raise
            finally:
                self._passing = None
                if self._closed:
                    self._drop()

    def _fresh(self) -> Stepper:
        """Begin again at the start.

        Raises:
            ValueError: the script is not opened yet, or could not be.
        """
        self._drop()
        version = self.version
        if version.loop is None:
            raise ValueError(self._trouble or "its first updates are still being followed")
        self._stepper = Stepper(version.source, self._setting, version.loop)
        self._watch(self._stepper)
        return self._stepper

    def _watch(self, stepper: Stepper) -> None:
        stepper.watch(tuple(one.expression for one in self.watches if one.ours is None))

    def _watched(self, watch: ScriptWatch) -> WatchedValue:
        """Return a watch as it is seen: its value, and its past in the updates that are kept."""
        window = self._window
        if window is None:
            return WatchedValue(watch.expression, None, ())
        before = [watch.value_in(one) for one in self.version.windows() if one.update <= window.update]
        past = tuple(one for one in before if isinstance(one, float))
        return WatchedValue(watch.expression, watch.value_in(window), past)

    def _next(self, stepper: Stepper) -> Recorded | Passing | RunStopped | Ended:
        try:
            report = stepper.next(self._timeout if stepper.reported else self._timeout + _START)
        except TimeoutError:
            said = f"no answer for {self._timeout:g} s after update {stepper.position - 1:,}: does a loop never end?"
            raise ScriptError(f"{self.source.name}: {said}") from None
        if isinstance(report, Recorded):
            self._take(report)
        elif isinstance(report, Ended):
            self._end(report)
        elif isinstance(report, Passing):
            self._passing = report.update
        return report

    def _take(self, report: Recorded) -> None:
        self.version.keep(Window(report.update, report.trace, self.version.template))

    def _end(self, report: Ended) -> None:
        version = self.version
        version.total = report.updates
        version.last = max(version.last, report.updates)
        if report.error:
            where = "" if report.line is None else f" in line {version.source.place_of(report.line)}"
            version.error = f"It ended with an error{where}: {report.error}"


def _changes(before: list[str], after: list[str]) -> tuple[tuple[int, str], ...]:
    """Return the lines of a text that differ from another one, each with what it was."""
    out: list[tuple[int, str]] = []
    matcher = difflib.SequenceMatcher(a=before, b=after, autojunk=False)
    for kind, first, end, other, last in matcher.get_opcodes():
        if kind != "equal":
            for n in range(other, last):
                at = first + (n - other)
                out.append((n + 1, before[at] if at < end else ""))
    return tuple(out)


def _unread(case: Case) -> str:
    """Return why no training was recognised.

    Raises:
        ScriptError: it goes on without training anything.
    """
    try:
        return unread_text(case)
    except UnreadableError as error:
        return str(error)
