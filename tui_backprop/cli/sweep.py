"""`tui-backprop sweep`: one recipe with some fields varied, over many seeds."""

from __future__ import annotations

import argparse
import os
import shlex
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TextIO

from tui_backprop.cli.output.printing import note, print_json
from tui_backprop.cli.output.progress import SweepProgress
from tui_backprop.cli.output.sweep_tables import remedy_lines, sweep_lines
from tui_backprop.cli.shared.options import (
    Parser,
    UsageError,
    add_quiet_options,
    files_read,
    is_silent,
    make_parser,
    recipe_from,
)
from tui_backprop.session.sweep.axes import VARIABLE, parse_axis
from tui_backprop.session.sweep.cluster import Cluster
from tui_backprop.session.sweep.page import sweep_page
from tui_backprop.session.sweep.plan import SweepPlan
from tui_backprop.session.sweep.remedy import remedy_plan
from tui_backprop.session.sweep.report import sweep_report, write_runs
from tui_backprop.session.sweep.sweep import Sweep
from tui_backprop.system.outputs import Outputs
from tui_backprop.text.cleaning import clean

_SEEDS = 16
_LONGEST = 5000  # characters of the command that goes on
_POLL = 0.1  # seconds between two looks at the workers

_DESCRIPTION = f"""\
Train one recipe with some of its fields varied, each combination from many seeds, and show what came of it.

  --vary lr=0.001:10:log:9     nine rates in equal ratios (lin: in equal steps)
  --vary hidden=1,2,4-2,none   a value between commas; 4-2 is two hidden layers of 4 and 2 units
  --vary 'schedule=constant;step:100,0.5'   semicolons, where a value has a comma itself

Fields that can be varied: {", ".join(VARIABLE)}.
The last field given goes along the top of the table and the one before down its side; there is a table for each
combination of the others.

Runs that share shapes train together: each is bit for bit what `run --engine reference` gives, and within rounding what
other engines give. With --engine numpy or compiled each run is made by itself, bit for bit what that engine gives."""


def main(arguments: Sequence[str]) -> int:
    """Sweep and show what came of it.

    Raises:
        UsageError: the options are wrong.
        SweepError: the sweep cannot be made, or the file is another's.
        SourceError: the source cannot be read.
        RecipeError: a combination cannot be run.
        ConditionError: what follows --until is not a condition.
        OutputError: a file cannot be written.
        KeyboardInterrupt: the user pressed ^C; what is finished is in the file.
    """
    options = command_parser().parse(arguments)
    plan = SweepPlan(
        recipe_from(options),
        tuple(parse_axis(text) for text in options.vary),
        _whole("seeds", options.seeds),
        options.until or "",
    )
    wanted = {"--save": options.save, "--csv": options.csv, "--report": options.report}
    outputs = Outputs(wanted, files_read(plan.recipe), json_report=options.json)
    try:
        _sweep(plan, outputs, options, arguments)
    finally:
        outputs.close()
    return 0


def _sweep(plan: SweepPlan, outputs: Outputs, options: argparse.Namespace, arguments: Sequence[str]) -> None:
    """Make all runs, write what is wanted and report."""
    sweep = Sweep(plan, outputs.get("--save"))
    for notice in sweep.dataset.notices:
        if not options.quiet:
            note(notice)
    started = time.monotonic()
    try:
        _make(sweep, options)
    except KeyboardInterrupt:
        _say_how_to_go_on(sweep, options, arguments)
        raise
    seconds = time.monotonic() - started
    if (table := outputs.get("--csv")) is not None:
        write_runs(table, sweep)
    if (page := outputs.get("--report")) is not None:
        with page.writing() as file:
            file.write(sweep_page(sweep, shlex.join(["tui-backprop", "sweep", *arguments])))
    if options.json:
        print_json(sweep_report(sweep, seconds))
    else:
        _print_text(sweep, seconds, options, sys.stderr if outputs.on_standard_output else sys.stdout)


def command_parser() -> Parser:
    """Return the parser of this command."""
    parser = make_parser("tui-backprop sweep", _DESCRIPTION)
    group = parser.add_argument_group("the sweep")
    group.add_argument("--vary", metavar="FIELD=VALUES", action="append", default=[], help="vary a field (repeatable)")
    group.add_argument("--seeds", metavar="N", default=str(_SEEDS), help=f"seeds of each combination ({_SEEDS})")
    group.add_argument("--until", metavar="CONDITION", help="end a run where this holds, and show how many get there")
    group.add_argument("--processes", metavar="N", help="processes that share the work (one for each processor)")
    group.add_argument("--cluster", metavar="ADDRESS", help="a Dask scheduler, such as tcp://host:8786, to do the work")
    output = parser.add_argument_group("what comes of it")
    output.add_argument(
        "--save", metavar="FILE", type=Path, help="keep finished runs; the same command goes on from there"
    )
    output.add_argument("--json", action="store_true", help="print one JSON object and nothing else")
    output.add_argument("--csv", metavar="FILE.csv", type=Path, help="write a row for each run; - is standard output")
    output.add_argument("--report", metavar="FILE.html", type=Path, help="write a page for a browser")
    add_quiet_options(output)
    return parser


def _whole(name: str, text: str) -> int:
    try:
        value = int(text.replace("_", "").replace(",", ""))
    except ValueError:
        value = 0
    if value < 1:
        raise UsageError(f"{name}: expected a whole number of at least 1, not {text!r}")
    return value


def _make(sweep: Sweep, options: argparse.Namespace) -> None:
    """Have all runs made, and show how far it is."""
    processes = None if options.processes is None else _whole("processes", options.processes)
    progress = SweepProgress(len(sweep.plan), silent=is_silent(options))
    try:
        if options.cluster is None:
            sweep.start(processes=processes)
        else:
            sweep.start(lambda dataset, jobs: Cluster(options.cluster, dataset, jobs), processes)
        while sweep.going:
            sweep.poll(_POLL)
            progress.show(sweep.share, len(sweep.outcomes))
    finally:
        sweep.stop()
        progress.close()


def _say_how_to_go_on(sweep: Sweep, options: argparse.Namespace, arguments: Sequence[str]) -> None:
    done, total = len(sweep.outcomes), len(sweep.plan)
    if options.save is None:
        said = f"{done:,} of {total:,} runs had finished and are lost; with --save FILE they are kept"
    else:
        command = shlex.join(["tui-backprop", "sweep", *arguments])
        said = f"{done:,} of {total:,} runs have finished; the same command makes the rest: {command}"
    print(clean(" ".join(said.split()), _LONGEST), file=sys.stderr)


def _print_text(sweep: Sweep, seconds: float, options: argparse.Namespace, stream: TextIO) -> None:
    color = stream.isatty() and not os.environ.get("NO_COLOR")

    def paint(text: str, code: str) -> str:
        """The text in a colour, if there is colour."""
        return f"\x1b[{code}m{text}\x1b[0m" if color else text

    print("\n".join(sweep_lines(sweep, seconds, paint)), flush=True, file=stream)
    tried = remedy_plan(sweep)
    if tried is not None:
        remedy = Sweep(tried, dataset=sweep.dataset)
        _make(remedy, options)
        print("", *remedy_lines(remedy, paint), sep="\n", file=stream)
