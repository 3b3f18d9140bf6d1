"""`tui-backprop run`: train without a screen."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from tui_backprop.cli.main import EXIT_INTERRUPTED
from tui_backprop.cli.output.folded import folded
from tui_backprop.cli.output.printing import note, print_json
from tui_backprop.cli.shared.options import (
    Parser,
    UsageError,
    add_quiet_options,
    add_session_options,
    files_read,
    is_silent,
    make_parser,
)
from tui_backprop.cli.shared.sessions import OpenedSession, make_edits, open_session
from tui_backprop.cli.shared.training import train
from tui_backprop.core.errors import InputError
from tui_backprop.session.conditions import Condition
from tui_backprop.session.engine_change import load_engine
from tui_backprop.session.keep.one_line import recipe_string
from tui_backprop.session.keep.report import report
from tui_backprop.session.keep.sitting import saved, write_session
from tui_backprop.session.keep.tables import write_curve, write_predictions
from tui_backprop.session.keep.weights.reading import SUFFIXES
from tui_backprop.session.keep.weights.writing import weights_file
from tui_backprop.session.recipe.problem import Problem
from tui_backprop.session.run.run import Stop
from tui_backprop.session.session import Session
from tui_backprop.session.sweep.wording import counted
from tui_backprop.system.inputs import shown_path
from tui_backprop.system.outputs import Outputs
from tui_backprop.text.cleaning import clean

_NAMED = 3  # outputs whose scaling is printed

_DESCRIPTION = "Train without a screen, and say how it went."


def main(arguments: Sequence[str]) -> int:
    """Train and report; 1 if the run diverged.

    Raises:
        UsageError: the options are wrong.
        SourceError: the source cannot be read.
        RecipeError: the recipe cannot be run.
        EngineError: the engine cannot be used here.
        ConditionError: what follows --until is not a condition.
        InputError: the rule's file gives no gradients.
        OutputError: a file cannot be written.
    """
    options = command_parser().parse(arguments)
    condition = None if options.until is None else Condition(options.until)
    opened = open_session(options)
    if options.share:
        make_edits(opened.session, opened.edits)
        print(recipe_string(opened.session.current))
        return 0
    wanted = {
        "--curve": options.curve,
        "--predictions": options.predictions,
        "--session": options.session,
        "--weights": options.weights,
    }
    if options.weights is not None and options.weights.suffix.lower() not in SUFFIXES:
        raise UsageError(
            f"--weights: expected a name that ends in {' or '.join(SUFFIXES)}, not {shown_path(options.weights)}"
        )
    reads = opened.reads | files_read(opened.session.current.first_recipe)
    outputs = Outputs(wanted, reads, json_report=options.json)
    try:
        return _run(opened, condition, outputs, options)
    finally:
        outputs.close()


def _run(opened: OpenedSession, condition: Condition | None, outputs: Outputs, options: argparse.Namespace) -> int:
    """Train, write what is wanted and report."""
    session = opened.session
    for notice in (*opened.notes, *session.notices, *filter(None, [load_engine(session)])):
        if not options.quiet:
            note(notice)
    started = time.perf_counter()
    interrupted = False
    try:
        stop = train(opened, condition, silent=is_silent(options))
    except KeyboardInterrupt:  # what was reached is reported and kept
        stop, interrupted = Stop("interrupted", session.step), True
    if session.current.divergence is not None and session.current.divergence.problem:
        raise InputError(session.current.divergence.sentence)
    found = report(session, stop, time.perf_counter() - started)
    if (curve := outputs.get("--curve")) is not None:
        write_curve(curve, session.curve)
    if (predictions := outputs.get("--predictions")) is not None:
        write_predictions(predictions, session.problem, session.state.parameters)
    if (kept := outputs.get("--session")) is not None:
        write_session(kept, saved(session, embed=options.embed))
    if (weights := outputs.get("--weights")) is not None:
        weights.write(weights_file(session.problem, session.state.parameters, options.weights.suffix.lower()))
    if options.json:
        print_json(found)
    else:
        print(_text(session, found), file=sys.stderr if outputs.on_standard_output else sys.stdout)
    return EXIT_INTERRUPTED if interrupted else 1 if stop.reason == "diverged" else 0


def command_parser() -> Parser:
    """Return the parser of this command."""
    parser = make_parser("tui-backprop run", _DESCRIPTION)
    output = parser.add_argument_group("what comes of it")
    output.add_argument("--until", metavar="CONDITION", help="stop where this holds, such as 'loss < 0.1'")
    output.add_argument("--json", action="store_true", help="print one JSON object and nothing else")
    output.add_argument("--curve", metavar="FILE.csv", type=Path, help="write the loss curve; - is standard output")
    output.add_argument("--predictions", metavar="FILE.csv", type=Path, help="write every sample's prediction")
    output.add_argument("--weights", metavar="FILE.npz", type=Path, help="write the parameters; or FILE.safetensors")
    output.add_argument("--session", metavar="FILE.tbp", type=Path, help="write a session file, to go on from later")
    output.add_argument("--embed", action="store_true", help="with --session: put your own data into the file")
    output.add_argument("--share", action="store_true", help="print a recipe string that SOURCE takes, and leave")
    add_session_options(output)
    add_quiet_options(output)
    return parser


def _text(session: Session, found: dict[str, Any]) -> str:
    """Say in a few lines what the JSON says."""
    recipe, problem = session.recipe, session.problem
    loss, accuracy = found["loss"], found["accuracy"]
    lines = [
        f"{clean(problem.dataset.name)} · {problem.network.name} {recipe.activation} → {recipe.output_activation} · "
        f"{recipe.loss} · {recipe.optimizer} η {recipe.lr:g} · rule {clean(recipe.rule)} · seed {recipe.seed}",
        f"{counted(found['steps'], 'step')}, {found['epochs']:g} epochs, stopped by {found['stopped_by']}, "
        f"{counted(round(found['steps_per_second']), 'step')} a second",
        f"loss      {_pair(loss['initial'])}  →  {_pair(loss['final'])}",
        *(f"          {name} {value:.6g}" for name, value in found["reference"].items() if value is not None),
        *_scale_lines(problem),
    ]
    if problem.facts.floors.unknown:
        lines.append(f"          network not known: {problem.facts.floors.unknown}")
    if accuracy["train"] is not None:
        lines.append(f"accuracy  {_pair(accuracy)}")
    for probe in found["probes"]:
        asked = ",".join(f"{value:g}" for value in probe["input"])
        before, after = (" ".join(f"{value:.4f}" for value in probe[when]) for when in ("before", "after"))
        lines.append(f"probe     {asked}: {before}  →  {after}")
    return "\n".join([*lines, *_finding_lines(found["findings"])])


def _finding_lines(findings: Sequence[dict[str, Any]]) -> Iterator[str]:
    """Say each finding."""
    for one in findings:
        yield folded(f"{one['severity']:<9} {one['id']}: {one['message']}; {one['remedy']}", indent=10)


def _scale_lines(problem: Problem) -> list[str]:
    """Say what the losses are losses of, where that is not the targets as the data have them."""
    scaler = problem.target_scaler
    if scaler.kind == "none":
        return []
    columns = zip(problem.dataset.target_names, scaler.offset.tolist(), scaler.divisor.tolist(), strict=True)
    scaled = [f"({clean(name)} − {offset:g}) / {divisor:g}".replace("− -", "+ ") for name, offset, divisor in columns]
    more = f" and {len(scaled) - _NAMED} more" if len(scaled) > _NAMED else ""
    return [f"          of scaled targets: {', '.join(scaled[:_NAMED])}{more}; predictions are in the data's own units"]


def _pair(parts: dict[str, float | None]) -> str:
    """Say a number of each part; there is always a training part, and there may be no test part."""
    said = {part: "not finite" if value is None else f"{value:.6g}" for part, value in parts.items()}
    return "  ".join(f"{part} {text}" for part, text in said.items() if part == "train" or parts[part] is not None)
