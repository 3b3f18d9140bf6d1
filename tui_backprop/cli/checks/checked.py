"""One file of `tui-backprop check` and what came of it, whichever form it has."""

from __future__ import annotations

import contextlib
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tui_backprop.cli.checks.functions import checked_functions
from tui_backprop.core.errors import InputError
from tui_backprop.scripts.answering.answer import Answer, answer_with_cells
from tui_backprop.scripts.functions.process import LearnerProcess
from tui_backprop.scripts.reading.errors import NoTrainingError
from tui_backprop.scripts.running.run import ScriptOptions, ScriptRun
from tui_backprop.scripts.source.forms import is_functions
from tui_backprop.scripts.source.source import Source, read_source
from tui_backprop.text.cleaning import clean

if TYPE_CHECKING:
    from tui_backprop.scripts.clinic.checkup import Checkup

COLUMNS = ("file", "verdict", "learns", "lines", "sentence", "seconds")
"""The columns of `--format csv`."""


@dataclass(slots=True)
class Checked:
    """A file and what came of its check."""

    name: str
    seconds: float
    form: str = "script"
    answer: Answer | None = None
    source: Source | None = None
    checkup: Checkup | None = None
    error: str | None = None
    trains: bool = True
    """Whether something is trained in it; a file that trains nothing is no error among others."""
    fields: dict[str, Any] = field(default_factory=dict)
    """What the command adds to the object."""

    @property
    def status(self) -> int:
        """Return the exit status of this file: 0 right, 1 wrong, 2 not to be used."""
        if self.checkup is not None:
            return 1 if self.checkup.verdict == "wrong" else 0
        return 2 if self.answer is None else self.answer.status

    def as_json(self) -> dict[str, Any]:
        """Return the object of `--json`, with every field that the contract has."""
        empty = Answer(self.name).as_json()
        if self.checkup is not None:
            found = {**empty, **self.checkup.as_json(), "form": self.form}
            if self.checkup.recognised is not None:
                found["loss"] = {"name": self.checkup.recognised.loss, "line": None, "inferred": True}
            found["parameters"] = {name: {**one, "line": None} for name, one in found["parameters"].items()}
            found["mistakes"] = [{**one, "line": None, "lines": [], "fix": None} for one in found["mistakes"]]
            return found
        if self.answer is None:
            return {**empty, "verdict": "unchecked", "notes": [self.error], "error": self.error}
        found = {**self.answer.as_json(), **self.fields}
        return answer_with_cells(found, self.source) if self.source is not None else found

    @property
    def told(self) -> list[str]:
        """Return what is wrong, a sentence each, mistakes first."""
        if self.checkup is not None:
            return [one.sentence for one in self.checkup.mistakes]
        if self.answer is None:
            return [self.error or ""]
        found = [one.sentence for one in self.answer.mistakes]
        found += [one.sentence for one in self.answer.causes if one.severity != "info"]
        return [self.source.placed_text(one) for one in found] if self.source is not None else found

    @property
    def row(self) -> list[str]:
        """Return the row of `--format csv`."""
        lines: list[str] = []
        if self.answer is not None and self.source is not None:
            places = [one.lines for one in self.answer.mistakes] + [one.lines for one in self.answer.causes]
            lines = [self.source.place_of(line) for line in sorted({line for many in places for line in many})]
        found: Answer | Checkup | None = self.answer or self.checkup
        verdict = "unchecked" if found is None else found.verdict
        learns = "" if found is None or found.learns is None else str(found.learns).lower()
        first = self.told[0] if self.told else ""
        return [self.name, verdict, learns, " ".join(lines), first, f"{self.seconds:.1f}"]

    @property
    def line(self) -> str:
        """Return the file in one line of text."""
        if self.answer is None and self.checkup is None:
            return f"{self.name}: {'·' if not self.trains else '?'} {self.error}"
        verdict = self.row[1]
        mark = "✓" if self.status == 0 else "?" if verdict == "unchecked" and not self.told else "✗"
        return f"{self.name}: {mark} {self.told[0] if self.told and self.status else verdict}"


def check_file(name: str, setting: ScriptOptions, text: str | None = None) -> Checked:
    """Check a file, or standard input where its text is given, and say what came of it, also where it cannot be used."""
    began = time.monotonic()
    out = Checked(clean(Path(name).name) if text is None else "<stdin>", 0.0)
    try:
        if text is None and is_functions(name):
            _check_functions(out, name, setting)
        else:
            out.source = read_source(name, text)
            with contextlib.closing(ScriptRun(out.source, setting)) as run:
                # the script runs while this process loads what judges it
                from tui_backprop.scripts.checking import check_script

                out.answer = check_script(out.source, setting, begun=run)
    except NoTrainingError as error:
        out.error, out.trains = str(error), False
    except InputError as error:
        out.error = " ".join(str(error).split())
    out.seconds = time.monotonic() - began
    return out


def _check_functions(out: Checked, name: str, setting: ScriptOptions) -> None:
    process = LearnerProcess(name, setting.limits.timeout)
    process.start()
    out.form, out.checkup = checked_functions(process)
