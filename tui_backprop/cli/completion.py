"""`tui-backprop completion bash|zsh|fish`: a script that completes commands, options and files."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from importlib import import_module

from tui_backprop.cli.main import COMMANDS
from tui_backprop.cli.shared.options import Parser
from tui_backprop.session.recipe.fields import BY_NAME

_SHELLS = ("bash", "zsh", "fish")
_INSTALL = {
    "bash": "tui-backprop completion bash > ~/.local/share/bash-completion/completions/tui-backprop",
    "zsh": "tui-backprop completion zsh > ~/.zfunc/_tui-backprop, with fpath+=~/.zfunc before compinit",
    "fish": "tui-backprop completion fish > ~/.config/fish/completions/tui-backprop.fish",
}


def command_parser() -> Parser:
    """Return the parser of this command."""
    parser = Parser(
        prog="tui-backprop completion",
        description="Print a completion script for a shell.",
        allow_abbrev=False,
        epilog="\n".join(_INSTALL.values()),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("shell", metavar="SHELL", choices=_SHELLS, help=f"one of {', '.join(_SHELLS)}")
    return parser


def main(arguments: Sequence[str]) -> int:
    """Print the script.

    Raises:
        UsageError: there is no such shell.
    """
    import shtab

    shell = command_parser().parse(arguments).shell
    print(shtab.complete(_whole_program(), shell=shell))
    return 0


def _whole_program() -> argparse.ArgumentParser:
    """Return one parser that has the trainer's options and every command with its own."""
    trainer = import_module("tui_backprop.cli.trainer").command_parser()
    program = argparse.ArgumentParser(prog="tui-backprop", description="A debugger for backpropagation.")
    for action in trainer._actions:
        if action.option_strings and action.dest != "help":
            program._add_action(_completed(action))
    commands = program.add_subparsers(dest="command")
    for name in COMMANDS:
        own = import_module(f"tui_backprop.cli.{name.replace('-', '_')}").command_parser()
        for action in own._actions:
            _completed(action)
        commands.add_parser(name, help=(own.description or "").partition("\n")[0], parents=[own], add_help=False)
    return program


def _completed(action: argparse.Action) -> argparse.Action:
    """Say what an argument's value can be: one of a few words, or a file."""
    import shtab

    field = BY_NAME.get(action.dest)
    if field is not None and field.choices:
        action.choices = field.choices
    elif (
        action.nargs != 0 and action.choices is None and any(word in str(action.metavar) for word in ("FILE", "SOURCE"))
    ):
        action.complete = shtab.FILE  # type: ignore[attr-defined]
    return action
