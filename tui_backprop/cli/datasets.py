"""`tui-backprop datasets`: the built-in data sets."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

from tui_backprop.cli.output.printing import print_json
from tui_backprop.cli.shared.options import Parser
from tui_backprop.datasets.catalogue import CatalogueEntry, catalogue
from tui_backprop.session.recipe.recipe import Recipe
from tui_backprop.session.recipe.texts import options_text

_WIDTH = 100


def command_parser() -> Parser:
    """Return the parser of this command."""
    parser = Parser(prog="tui-backprop datasets", description="The built-in data sets.", allow_abbrev=False)
    parser.add_argument("--json", action="store_true", help="print one JSON array and nothing else")
    return parser


def main(arguments: Sequence[str]) -> int:
    """List them, as text or as JSON.

    Raises:
        UsageError: the options are wrong.
    """
    if command_parser().parse(arguments).json:
        print_json([_as_dict(entry) for entry in catalogue()], indent=2)
        return 0
    rows = [(entry.name, entry.task, _shape(entry)) for entry in catalogue()]
    widths = [max(map(len, column)) + 2 for column in zip(*rows, strict=True)]
    for entry, row in zip(catalogue(), rows, strict=True):
        print("".join(f"{text:<{width}}" for text, width in zip(row, widths, strict=True)) + entry.licence)
        print(textwrap.fill(entry.description, _WIDTH, initial_indent="  ", subsequent_indent="  "))
        print(f"  {_suggestion(entry)}\n")
    return 0


def _shape(entry: CatalogueEntry) -> str:
    outputs = f"{len(entry.classes)} classes" if entry.classes else f"{entry.outputs} output{'s' * (entry.outputs > 1)}"
    return f"{entry.rows:,} rows, {entry.inputs} input{'s' * (entry.inputs > 1)}, {outputs}"


def _suggestion(entry: CatalogueEntry) -> str:
    """The suggested recipe as the options that make it, where they differ from the original case."""
    usual = Recipe()
    return options_text({name: value for name, value in entry.recipe.items() if getattr(usual, name) != value})


def _as_dict(entry: CatalogueEntry) -> dict[str, object]:
    recipe = Recipe(source=entry.name).replace(**entry.recipe).as_dict()
    return {
        "name": entry.name,
        "description": entry.description,
        "source": entry.source,
        "licence": entry.licence,
        "task": entry.task,
        "rows": entry.rows,
        "inputs": entry.inputs,
        "outputs": entry.outputs,
        "classes": list(entry.classes),
        "recipe": {name: recipe[name] for name in entry.recipe},
    }
