"""`tui-backprop check` for scripts as they are: one or several files, notebooks, folders and standard input."""

from __future__ import annotations

import argparse
import csv
import io
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tui_backprop.cli.printing import print_json
from tui_backprop.core.errors import InputError
from tui_backprop.scripts.answer import Answer, answer_text
from tui_backprop.scripts.mending.fixed_file import write_fixed
from tui_backprop.scripts.notebooks import place_of
from tui_backprop.scripts.reading.errors import NoTrainingError
from tui_backprop.scripts.running import Limits, ScriptRun, Setting
from tui_backprop.scripts.source import ScriptError, Source, read_source
from tui_backprop.text.cleaning import clean

_SUFFIXES = (".py", ".ipynb")
_LONGEST = 1_000  # characters of a line of text


@dataclass(frozen=True, slots=True)
class Checked:
    """A file and what came of its check."""

    name: str
    answer: Answer | None
    source: Source | None
    error: str | None
    seconds: float
    trains: bool = True

    @property
    def status(self) -> int:
        """Return the exit status that this file has among others: one that trains nothing is no error there."""
        if not self.trains:
            return 0
        return 2 if self.answer is None else self.answer.status

    def as_json(self) -> dict[str, Any]:
        """Return the object of `--json`."""
        if self.answer is None:
            empty = Answer(self.name)
            return {**empty.as_json(), "verdict": "unchecked", "error": self.error}
        found = self.answer.as_json()
        return place_of(found, self.source) if self.source is not None else found


def check_scripts(options: argparse.Namespace, arguments: list[str]) -> int:
    """Check all files and print what came of them; return the highest status.

    Raises:
        InputError: the only file cannot be used.
    """
    files = list(_files(options.files))
    setting = Setting(
        python=options.python or sys.executable,
        arguments=tuple(arguments),
        verbose=options.verbose,
        limits=Limits(timeout=options.timeout, seconds=min(options.timeout / 2, Limits().seconds)),
    )
    style = "json" if options.json else options.format
    status = 0
    rows: list[list[str]] = []
    for name in files:
        checked = _checked(name, setting, options)
        status = max(status, checked.status)
        _report(checked, style, options, rows, alone=len(files) == 1)
    if style == "csv":
        _print_rows(rows)
    return status


def _files(names: list[str]) -> Iterator[str]:
    for name in names:
        if name != "-" and Path(name).is_dir():
            inside = sorted(str(one) for one in Path(name).iterdir() if one.suffix in _SUFFIXES and one.is_file())
            if not inside:
                raise ScriptError(f"{clean(name)}: there is no Python file and no notebook in this folder")
            yield from inside
        else:
            yield name


def _checked(name: str, setting: Setting, options: argparse.Namespace) -> Checked:
    began = time.monotonic()
    source: Source | None = None
    run: ScriptRun | None = None
    try:
        source = read_source(name, sys.stdin.read() if name == "-" else None)
        run = ScriptRun(source, setting)  # the script runs while this process loads what judges it
        from tui_backprop.scripts.checking import check_script

        answer = check_script(source, setting, begun=run)
        return Checked(answer.file, answer, source, None, time.monotonic() - began)
    except NoTrainingError as error:
        return Checked(clean(Path(name).name), None, source, str(error), time.monotonic() - began, trains=False)
    except InputError as error:
        return Checked(clean(Path(name).name), None, source, " ".join(str(error).split()), time.monotonic() - began)
    finally:
        if run is not None:
            run.close()


def _report(checked: Checked, style: str, options: argparse.Namespace, rows: list[list[str]], *, alone: bool) -> None:
    if style == "json":
        print_json(checked.as_json())
    elif style == "csv":
        rows.append(_row(checked))
    elif not alone:
        print(clean(": ".join([checked.name, _one_line(checked)]), _LONGEST), flush=True)
    elif checked.answer is not None:
        print("\n".join(clean(line, _LONGEST) for line in answer_text(checked.answer)))
    if checked.answer is None and alone:
        if style == "csv":
            _print_rows(rows)
        if not checked.trains:
            hint = "`tui-backprop new-check FILE.py` writes functions to begin with"
            raise ScriptError(f"{checked.name}: {checked.error}; {hint}")
        raise ScriptError(checked.error or checked.name)
    if options.fix and checked.answer is not None and checked.source is not None:
        written = write_fixed(checked.answer, checked.source)
        if written is not None and style == "text":
            print(written)


def _one_line(checked: Checked) -> str:
    if checked.answer is None:
        return f"? {checked.error}"
    answer = checked.answer
    told = [one.sentence for one in answer.mistakes] + [one.sentence for one in answer.causes if one.severity != "info"]
    mark = "✓" if answer.status == 0 else "?" if answer.verdict == "unchecked" and not told else "✗"
    return f"{mark} {told[0] if told else answer.verdict}"


def _row(checked: Checked) -> list[str]:
    if checked.answer is None:
        return [checked.name, "unchecked", "", "", checked.error or "", f"{checked.seconds:.1f}"]
    answer = checked.answer
    told = [one.sentence for one in answer.mistakes] + [one.sentence for one in answer.causes]
    places = {line for one in answer.mistakes for line in one.lines} | {
        line for one in answer.causes for line in one.lines
    }
    lines = " ".join(map(str, sorted(places)))
    learns = "" if answer.learns is None else str(answer.learns).lower()
    first = told[0] if told else ""
    return [checked.name, answer.verdict, learns, lines, first, f"{checked.seconds:.1f}"]


def _print_rows(rows: list[list[str]]) -> None:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["file", "verdict", "learns", "lines", "sentence", "seconds"])
    writer.writerows(rows)
    print(text.getvalue(), end="")
