"""All that a learner can do with a script: step it, stop it, fix it in memory, load it again."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

from tui_backprop.core.errors import InputError
from tui_backprop.scripts.functions.as_script import at_rate
from tui_backprop.scripts.mending.fixed_file import fixed_files
from tui_backprop.scripts.mending.patches import diff_of
from tui_backprop.scripts.source.source import ScriptError
from tui_backprop.scripts.stepping.window import Event
from tui_backprop.session.script_run import walking
from tui_backprop.session.script_run.fixes import fixed_source, moved_line, problem_lines, still_true
from tui_backprop.session.script_run.stops import LineStop, ScriptWatch, stop_or_watch, visible_names
from tui_backprop.session.script_run.travel import TravellingScript
from tui_backprop.session.script_run.version import Problem, Version
from tui_backprop.system.outputs import replacing


class SteppedScript(TravellingScript):
    """A script, opened.

    Raises:
        ScriptError: it cannot be read, or is not Python.
    """

    # breakpoints

    def toggle_line(self) -> str:
        """Set a breakpoint at the line that is looked at, or remove it, and say so."""
        here = self._line()
        if here is None:
            return "there is no line to halt at"
        found = next((one for one in self.stops if isinstance(one, LineStop) and (one.file, one.line) == here), None)
        if found is not None:
            self.stops.remove(found)
            return f"{found.text(self.source)} halts no longer"
        self.stops.append(LineStop(*here))
        return f"a run halts at {self.stops[-1].text(self.source)}"

    def add(self, text: str) -> None:
        """Add a condition over the script's names, at which a run halts, or a number, which is watched.

        Raises:
            ConditionError: it is neither.
        """
        found = stop_or_watch(text, self.names)
        if isinstance(found, ScriptWatch):
            self.watches = [*(one for one in self.watches if one.expression != found.expression), found]
            if self._stepper is not None:
                self._watch(self._stepper)
        else:
            self.stops.append(found)

    @property
    def names(self) -> frozenset[str]:
        """The names that are there at the beginning of an update: the module's, and those of the function with the loop."""
        loop = self.version.loop
        return frozenset() if loop is None else visible_names(self._text_of(loop.file), loop.line)

    # fixes

    def fix(self, problem: Problem) -> str:
        """Apply a problem's fix in memory, begin its run again beside the old one, and say what was changed.

        Raises:
            ValueError: it has no fix.
            InputError: the fixed script cannot be used; nothing is changed.
        """
        old = self.version
        fixed = fixed_source(old.source, problem)
        if fixed is None:
            raise ValueError("no fix is known for it" if problem.fix is None else "its line is no longer as it was")
        lines = problem_lines(problem)
        label = f"line {old.source.place_of(lines[0])} fixed" if lines else "fixed"
        rest = (still_true(one, old.source.text, fixed.text) for one in old.problems() if one is not problem)
        new = Version(fixed, label, expected=tuple(one for one in rest if one is not None))
        self._undone.clear()
        self._begin(new)
        return label

    def set_rate(self, rate: float) -> str:
        """Begin the run of functions again at another rate, beside the old one, and say so.

        Raises:
            ValueError: the rate is in the user's own loop, or is none.
            InputError: the script gives no answer; nothing is changed.
        """
        old = self.version
        if not old.source.has_our_loop:
            raise ValueError("its rate is in your file: change it there, save, and `s` loads it")
        if not 0 < rate < math.inf:
            raise ValueError("expected a rate above 0")
        label = f"rate {rate:g}"
        self._undone.clear()
        self._begin(Version(at_rate(old.source, rate), label, expected=old.problems()))
        return label

    def _begin(self, version: Version) -> None:
        event = self.frame.event
        before = self.source.text
        with self._asking():
            self._drop()
            self._examine(version)
            self.versions.append(version)
            try:
                self._restart(event, before)
            except InputError:
                self.versions.pop()
                raise

    def _restart(self, event: Event | None, before: str) -> None:
        """Stand in the first update of the present text, at the line that was looked at."""
        if event is not None and event.file == self.source.path:
            event = replace(event, line=moved_line(before, self.source.text, event.line))
        self.running = False
        self._behind.clear()
        self._ahead.clear()
        window = self.version.window(1) or self._record(1)
        if window is not None:
            self._window, self._at = window, walking.same_line(window, event)

    def undo(self) -> str:
        """Take back the last fix or rate, and say so.

        Raises:
            ValueError: there is none.
            InputError: the script gives no answer.
        """
        if len(self.versions) == 1:
            raise ValueError("no fix is applied")
        gone, event = self.versions.pop(), self.frame.event
        self._undone.append(gone)
        with self._asking():
            self._drop()
            self._restart(event, gone.source.text)
        return f"{gone.label}: undone"

    def redo(self) -> str:
        """Apply the fix again that was taken back, and say so.

        Raises:
            ValueError: there is none.
            InputError: the script gives no answer.
        """
        if not self._undone:
            raise ValueError("nothing was undone")
        version = self._undone.pop()
        self._begin(version)
        return version.label

    def difference(self) -> str:
        """Return all that fixes changed, as a unified diff."""
        return diff_of(self.versions[0].source, self.source)

    def fixed_files(self) -> dict[Path, str]:
        """Return the files that can be written of the fixed script, beside the originals, with their texts."""
        return fixed_files(self.versions[0].source, self.source)

    def write_fixed(self, *, over: bool = False) -> str:
        """Write the fixed script beside the original, which is never changed, and say so.

        Raises:
            ScriptError: a file of that name is there, and is not to be written over; or it cannot be written.
        """
        files = self.fixed_files()
        for path in files:
            if path.exists() and not over:
                raise ScriptError(f"{path.name}: there is a file of that name")
        for path, text in files.items():
            try:
                with replacing(path) as file:
                    file.write(text)
            except OSError as error:
                raise ScriptError(f"{path.name}: {error.strerror}") from None
        return f"written: {', '.join(path.name for path in files)}"

    def reload(self) -> str:
        """Load the file as it is saved now; breakpoints and place stay by line. Fixes in memory are gone.

        Raises:
            InputError: it cannot be used as it is now; what was loaded before stays.
        """
        stamp = self._stamp_on_disk()
        with self._lock:
            new = Version(self._read(), "as it is")
            old, event, before = self.versions, self.frame.event, self.source
            self._examine(new)
            self._drop()
            self.versions, self._undone, self._stamp = [new], [], stamp
            for one in self.stops:
                if isinstance(one, LineStop) and one.file == before.path:
                    one.line = moved_line(before.text, new.source.text, one.line)
            try:
                with self._asking():
                    self._restart(event, before.text)
            except InputError:
                self.versions = old
                raise
        return f"{new.source.name} is loaded again"
