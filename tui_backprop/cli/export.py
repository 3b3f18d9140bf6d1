"""`tui-backprop export`: what a run has learned, in forms that are of use elsewhere."""

from __future__ import annotations

import argparse
import importlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from tui_backprop.cli.output.printing import note
from tui_backprop.cli.shared.options import (
    Parser,
    UsageError,
    add_quiet_options,
    add_session_options,
    files_read,
    is_silent,
    make_parser,
    whole_option,
)
from tui_backprop.cli.shared.sessions import open_session
from tui_backprop.cli.shared.training import train
from tui_backprop.session.session import Session
from tui_backprop.system.outputs import STANDARD_OUTPUT, Outputs

_DESCRIPTION = "Train without a screen, and write what came of it in forms that are of use elsewhere."
_KEEP = "tui_backprop.session.keep"


@dataclass(frozen=True)
class Kind:
    """One thing that can be written."""

    flag: str
    suffixes: tuple[str, ...]
    """How its file may end; the first one is meant where it goes to standard output."""
    help: str
    module: str
    """Has `exported(session, suffix, …)`, which returns the content as bytes and takes this kind's modifiers by name."""
    of_next_update: bool = False
    """Whether it is of the update that comes next: alone, and without --steps, it is of the first one after the edits."""


@dataclass(frozen=True)
class Modifier:
    """An option that says how something is written."""

    flag: str
    kinds: tuple[str, ...]
    """The flags of the kinds that have it."""
    help: str
    settings: Mapping[str, Any]
    """What argparse is told besides, its default included."""

    @property
    def name(self) -> str:
        """What the parsed options and `exported` call it."""
        return _name(self.flag)


KINDS = (
    Kind("--code", (".py",), "a small program in NumPy that answers", f"{_KEEP}.code.numpy_file"),
    Kind("--torch", (".py",), "the same in PyTorch", f"{_KEEP}.code.torch_file"),
    Kind("--onnx", (".onnx",), "a model that answers, for any runtime", f"{_KEEP}.code.onnx_file"),
    Kind("--weights", (".npz", ".safetensors"), "parameters, scaling and names", f"{_KEEP}.weights.writing"),
    Kind(
        "--worksheet",
        (".md", ".tex"),
        "the update that comes next as an exercise on paper",
        f"{_KEEP}.worksheet.writing",
        of_next_update=True,
    ),
    Kind("--report", (".html",), "one page for a browser", f"{_KEEP}.page.run_page"),
)
"""All that can be written; the files that write know nothing of each other."""

MODIFIERS: tuple[Modifier, ...] = (
    Modifier(
        "--with-training",
        ("--code", "--torch"),
        "it trains from step 0 as the run did, and then answers",
        {"action": "store_true"},
    ),
    Modifier(
        "--updates",
        ("--worksheet",),
        "how many updates (1)",
        {"metavar": "N", "type": whole_option("a number of updates", 100), "default": 1},
    ),
    Modifier("--answers", ("--worksheet",), "all results as well, to the digits shown", {"action": "store_true"}),
)
"""How it is written."""


def command_parser() -> Parser:
    """Return the parser of this command."""
    parser = make_parser("tui-backprop export", _DESCRIPTION)
    output = parser.add_argument_group("what is written, at least one")
    for kind in KINDS:
        names = " or ".join(f"FILE{suffix}" for suffix in kind.suffixes)
        output.add_argument(kind.flag, metavar=f"FILE{kind.suffixes[0]}", type=Path, help=f"{kind.help}: {names}")
    for modifier in MODIFIERS:
        output.add_argument(
            modifier.flag, help=f"with {' or '.join(modifier.kinds)}: {modifier.help}", **modifier.settings
        )
    add_session_options(output)
    add_quiet_options(output)
    return parser


def main(arguments: Sequence[str]) -> int:
    """Train and write; 1 if the run diverged.

    Raises:
        UsageError: the options are wrong.
        SourceError: the source cannot be read.
        RecipeError: the recipe cannot be run.
        InputError: what cannot be written of this run, in one sentence.
        OutputError: a file cannot be written.
    """
    options = command_parser().parse(arguments)
    wanted = _wanted(options)
    opened = open_session(options)
    session = opened.session
    if not options.steps and all(kind.of_next_update for kind in wanted):
        opened = replace(opened, steps=max([session.step, *(edit.step for edit in opened.edits)]))
    outputs = Outputs(
        {kind.flag: path for kind, path in wanted.items()}, opened.reads | files_read(session.current.first_recipe)
    )
    try:
        for notice in () if options.quiet else (*opened.notes, *session.notices):
            note(notice)
        stop = train(opened, silent=is_silent(options))
        if session.current.divergence is not None:
            note(session.current.divergence.sentence)
        written = {kind.flag: _content(kind, path, session, options) for kind, path in wanted.items()}
        for flag, content in written.items():
            if (output := outputs.get(flag)) is not None:
                output.write(content)
    finally:
        outputs.close()
    if not (options.quiet or outputs.on_standard_output):
        _tell(wanted, session.step)
    return 1 if stop.reason == "diverged" else 0


def _wanted(options: argparse.Namespace) -> dict[Kind, Path]:
    """Return what is to be written, and where.

    Raises:
        UsageError: nothing, a file whose name ends otherwise, or an option of another kind.
    """
    wanted = {kind: path for kind in KINDS if (path := getattr(options, _name(kind.flag))) is not None}
    if not wanted:
        raise UsageError(f"say what to write: {_listed([f'{kind.flag} FILE{kind.suffixes[0]}' for kind in KINDS])}")
    for kind, path in wanted.items():
        if str(path) != STANDARD_OUTPUT and path.suffix.lower() not in kind.suffixes:
            from tui_backprop.system.inputs import shown_path

            raise UsageError(
                f"{kind.flag}: expected a name that ends in {_listed(kind.suffixes)}, not {shown_path(path)}"
            )
    flags = {kind.flag for kind in wanted}
    for modifier in MODIFIERS:
        if getattr(options, modifier.name) != modifier.settings.get("default", False) and not flags & {*modifier.kinds}:
            raise UsageError(f"{modifier.flag} goes with {_listed(modifier.kinds)}")
    return wanted


def _content(kind: Kind, path: Path, session: Session, options: argparse.Namespace) -> bytes:
    suffix = kind.suffixes[0] if str(path) == STANDARD_OUTPUT else path.suffix.lower()
    how = {one.name: getattr(options, one.name) for one in MODIFIERS if kind.flag in one.kinds}
    content: bytes = importlib.import_module(kind.module).exported(session, suffix, **how)
    return content


def _name(flag: str) -> str:
    return flag.removeprefix("--").replace("-", "_")


def _listed(words: Sequence[str]) -> str:
    return f"{', '.join(words[:-1])} or {words[-1]}" if len(words) > 1 else words[0]


def _tell(wanted: dict[Kind, Path], step: int) -> None:
    from tui_backprop.system.inputs import shown_path

    for path in wanted.values():
        print(f"written: {shown_path(path)}, of step {step:,}")
