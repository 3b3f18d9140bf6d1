"""`tui-backprop check` for scripts as they are: one or several files, notebooks, folders and standard input."""

from __future__ import annotations

import argparse
import contextlib
import csv
import re
import shutil
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from tui_backprop.cli.checks.checked import COLUMNS, Checked, check_file
from tui_backprop.cli.output.folded import folded
from tui_backprop.cli.output.printing import note, print_json
from tui_backprop.cli.output.progress import Bar
from tui_backprop.scripts.answering.text import answer_text
from tui_backprop.scripts.mending.fixed_file import write_fixed
from tui_backprop.scripts.running.interpreter import check_interpreter
from tui_backprop.scripts.running.processes import ScriptProcesses
from tui_backprop.scripts.running.run import Limits, ScriptOptions
from tui_backprop.scripts.source.source import ScriptError
from tui_backprop.session.sweep.wording import duration, seconds_left
from tui_backprop.system.csv_output import plain_cell, write_csv
from tui_backprop.system.outputs import Outputs
from tui_backprop.text.cleaning import clean

_SUFFIXES = (".py", ".ipynb")
_LONGEST = 1_000  # characters of a line of text
_GLANCE = 0.3  # seconds between two looks at whether a file was saved
_DATA_OUT = "--data-out"
_ROW = re.compile(r" *\S+  ")  # of a table: sentences have one space between two words


def check_scripts(options: argparse.Namespace, arguments: list[str]) -> int:
    """Check all files and print what came of them; return the highest status.

    Raises:
        InputError: the only file cannot be used, or an option does not fit.
    """
    files = list(_files(options.files))
    alone = len(files) == 1
    for option, given in (("--line", options.line), (_DATA_OUT, options.data_out)):
        if given is not None and not alone:
            raise ScriptError(f"{option}: it is for one file; {len(files)} were given")
    if options.watch and "-" in files:
        raise ScriptError("--watch: standard input is not saved again; name a file")
    if options.python:
        check_interpreter(options.python)
    setting = ScriptOptions(
        python=options.python or sys.executable,
        arguments=tuple(arguments),
        verbose=options.verbose,
        line=options.line,
        limits=_limits(options.timeout),
    )
    wanted = {_DATA_OUT: Path(options.data_out) if options.data_out is not None else None}
    outputs = Outputs(wanted, {name: Path(name) for name in files if name != "-"}, json_report=options.json)
    with contextlib.closing(outputs), ScriptProcesses() as processes:
        setting = replace(setting, processes=processes)
        return (_watched if options.watch else _checked)(files, setting, options, outputs)


def _limits(timeout: float | None) -> Limits:
    usual = Limits()
    return usual if timeout is None else replace(usual, timeout=timeout, seconds=min(timeout / 2, usual.seconds))


def _files(names: list[str]) -> Iterator[str]:
    for name in names:
        if name != "-" and Path(name).is_dir():
            inside = sorted(str(one) for one in Path(name).iterdir() if one.suffix in _SUFFIXES and one.is_file())
            inside = [one for one in inside if ".fixed." not in Path(one).name]
            if not inside:
                raise ScriptError(f"{clean(name)}: there is no Python file and no notebook in this folder")
            yield from inside
        else:
            yield name


def _checked(files: list[str], setting: ScriptOptions, options: argparse.Namespace, outputs: Outputs) -> int:
    style = "json" if options.json else options.format
    alone = len(files) == 1
    bar, began, status = Bar(), time.monotonic(), 0
    table = csv.writer(sys.stdout, lineterminator="\n")
    if style == "csv":
        table.writerow(COLUMNS)
    for number, name in enumerate(files):
        if not alone and bar.due():
            left = seconds_left(number / len(files), time.monotonic() - began)
            said = "" if left is None else f", {duration(left)} left"
            bar.paint(number / len(files), f"{number} of {len(files)} files{said}: {clean(Path(name).name)}")
        found = check_file(name, setting, sys.stdin.read() if name == "-" else None)
        bar.close()
        _write_samples(found, options, outputs)
        status = max(status, found.status if alone or found.trains else 0)
        if style == "json":
            print_json(found.as_json())
        elif style == "csv":
            table.writerow(map(plain_cell, found.row))
            sys.stdout.flush()
        else:
            _print_text(found, alone=alone)
        if found.error is not None and alone:
            raise ScriptError(_alone_error(found))
        _write_fix(found, options, style)
    return status


def _print_text(found: Checked, *, alone: bool) -> None:
    if not alone:
        print(clean(found.line, _LONGEST), flush=True)
    elif found.answer is not None and found.source is not None:
        width = shutil.get_terminal_size((120, 0)).columns
        lines = [found.source.placed_text(line) for line in answer_text(found.answer, found.source.place_of, width)]
        print("\n".join(_folded(clean(line, _LONGEST)) for line in lines), flush=True)


def _folded(line: str) -> str:
    """Fold a sentence to the terminal's width; rows of the table, lines of the script and commands stay whole."""
    if line.startswith(("    ", "Next: ")) or _ROW.match(line):
        return line
    return folded(line, indent=4 if line.startswith("  ") else 2)


def _alone_error(found: Checked) -> str:
    if found.trains:
        return found.error or found.name
    return f"{found.name}: {found.error}; `tui-backprop new-check FILE.py` writes functions to begin with"


def _write_samples(found: Checked, options: argparse.Namespace, outputs: Outputs) -> None:
    """Write the samples where they are wanted, and add the command that trains on them."""
    if found.answer is None:
        return
    samples, target = found.answer.samples, outputs.get(_DATA_OUT)
    if target is not None:
        if samples is None:
            raise ScriptError(
                f"{_DATA_OUT}: the samples of {found.name} could not be told from its training; nothing is written"
            )
        write_csv(target, samples.header, samples.rows)
        if not samples.whole:
            found.answer.notes.append(
                f"{_DATA_OUT}: these are the {len(samples.rows)} samples that were seen; it may have more."
            )
        from tui_backprop.scripts.recognition.samples import command_for

        found.answer.recipe = command_for(found.answer.network, samples, options.data_out)


def _write_fix(found: Checked, options: argparse.Namespace, style: str) -> None:
    if options.fix and found.answer is not None and found.source is not None:
        written = write_fixed(found.answer, found.source)
        if written is not None and style == "text":
            print(written, end="" if written.endswith("\n") else "\n")
        elif written is not None and found.source.name != "<stdin>":
            note(written)


# watching


def _watched(files: list[str], setting: ScriptOptions, options: argparse.Namespace, outputs: Outputs) -> int:
    """Check again whenever a file is saved; ^C ends it, with the status of the last check."""
    status = 0
    try:
        while True:
            seen = _saved(files)
            try:
                status = _checked(files, setting, options, outputs)
            except ScriptError as error:
                status = 2
                print(f"error: {error}", file=sys.stderr, flush=True)
            note(f"watching {', '.join(clean(Path(name).name) for name in files[:3])}: save to check again, ^C ends")
            while _saved(files) == seen:
                time.sleep(_GLANCE)
    except KeyboardInterrupt:
        print("watching has ended", file=sys.stderr, flush=True)
    return status


def _saved(files: list[str]) -> list[tuple[int, int] | None]:
    """Return when each file, and the Python files beside it, were saved last."""
    found: list[tuple[int, int] | None] = []
    beside = {one for name in files for one in Path(name).parent.glob("*.py")}
    for path in sorted({*map(Path, files), *beside}):
        try:
            state = path.stat()
            found.append((state.st_mtime_ns, state.st_size))
        except OSError:
            found.append(None)
    return found
