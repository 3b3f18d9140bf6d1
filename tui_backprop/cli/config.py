"""`tui-backprop config`: where the settings lie, and what they are."""

from __future__ import annotations

from collections.abc import Sequence

from tui_backprop.cli.shared.options import Parser
from tui_backprop.text.cleaning import clean

_EPILOG = "What it prints is a settings file to begin with. --actions lists what [keys] may name."


def command_parser() -> Parser:
    """Return the parser of this command."""
    parser = Parser(
        prog="tui-backprop config",
        description="Print where your settings lie, and what they are.",
        epilog=_EPILOG,
        allow_abbrev=False,
    )
    parser.add_argument("--actions", action="store_true", help="list the ids of actions, each with its key")
    return parser


def main(arguments: Sequence[str]) -> int:
    """Print the path and the values; the output is itself a settings file.

    Raises:
        UsageError: the options are wrong.
        SettingsError: the file cannot be used.
    """
    options = command_parser().parse(arguments)
    from tui_backprop.system.settings import read_settings, settings_path
    from tui_backprop.ui.keys import action_ids

    ids = action_ids()
    if options.actions:
        print("\n".join(f"{name:<16} {key}" for name, key in ids.items()))
        return 0
    path = settings_path()
    settings = read_settings(path, ids)
    print(f"# {clean(str(path))}{'' if path.exists() else ' (not there: these are the usual values)'}")
    print("\n".join(settings.lines()))
    return 0
