"""`tui-backprop new-check FILE`: write a file to check, which is right as it is."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import resources
from pathlib import Path

from tui_backprop.cli.shared.options import Parser, UsageError
from tui_backprop.text.cleaning import clean

_DESCRIPTION = "Write a small network to a file: put your own formulas into it and check them. It begins right."


def command_parser() -> Parser:
    """Return the parser of this command."""
    parser = Parser(prog="tui-backprop new-check", description=_DESCRIPTION, allow_abbrev=False)
    parser.add_argument("file", metavar="FILE", type=Path, help="where to write it: NAME.py")
    parser.add_argument("--rule", action="store_true", help="write a rule for the built-in network instead")
    return parser


def main(arguments: Sequence[str]) -> int:
    """Write the file, never over one that is there.

    Raises:
        UsageError: the options are wrong, or the file is there already or is not called .py.
        OSError: it cannot be written.
    """
    options = command_parser().parse(arguments)
    path: Path = options.file
    if path.suffix != ".py":
        raise UsageError(f"{clean(str(path))}: expected a name that ends in .py")
    template = resources.files("tui_backprop.cli.templates") / ("own_rule.py" if options.rule else "own_network.py")
    text = template.read_text(encoding="utf-8").replace("THIS_FILE.py", path.name)
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise UsageError(f"{clean(str(path))}: this file exists already, and was not changed") from None
    print(f"wrote {clean(str(path))}: now try `tui-backprop check {clean(str(path))}`")
    return 0
