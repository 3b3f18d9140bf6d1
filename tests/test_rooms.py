"""How the house is laid out: no circles, no crowded room, one meaning for a name."""

from __future__ import annotations

import ast
from collections import defaultdict
from graphlib import CycleError, TopologicalSorter

from tests.written import ROOT

PACKAGE = ROOT / "tui_backprop"
MOST_PLACES = 20
FILES = {".".join(path.relative_to(ROOT).with_suffix("").parts): path for path in PACKAGE.rglob("*.py")}


def imported(name):
    """The package's files that a file imports, inside functions and for types alone included."""
    for node in ast.walk(ast.parse(FILES[name].read_bytes())):
        if isinstance(node, ast.Import):
            yield from (one.name for one in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = name.split(".")[: -node.level] if node.level else []
            module = ".".join([*above, *([node.module] if node.module else [])])
            yield module
            yield from (f"{module}.{one.name}" for one in node.names)


def test_no_files_import_each_other_in_a_circle():
    """Each can be read with what is below it alone; an import that only types need ties two files as well."""
    arrows = {name: [one for one in imported(name) if one in FILES and one != name] for name in FILES}
    try:
        TopologicalSorter(arrows).prepare()
    except CycleError as error:
        raise AssertionError(" → ".join(reversed(error.args[1]))) from None


def test_no_room_is_crowded():
    """Who looks for a file reads the names in a folder, which takes about 20 at the most."""
    tests = {path.parent for path in (ROOT / "tests").rglob("test_*.py")}
    for room in {path.parent for path in FILES.values()} | tests:
        places = [one for one in room.iterdir() if not one.name.startswith("__")]
        assert len(places) <= MOST_PLACES, f"{room.relative_to(ROOT)} has {len(places)} places: cut it into rooms"


SAME_EVERYWHERE = {
    "main": "a command, or a process: what Python calls first",
    "command_parser": "each command has one",
    "exported": "each form that a run is handed on in has one",
    "forward": "the textbook's word, in the files that are read beside it",
    "backward": "the same",
    "loss": "the same",
    "sigmoid": "the same",
    "slope": "f′, as a number, as machine code and as a formula",
    "clip": "the gradient is shortened, as machine code and as a formula",
}
"""Functions of one name in several files, which mean the same there."""


def test_no_name_has_two_meanings():
    """Who has met a name knows it everywhere. A class inside a class (a widget's message) is called by both names."""
    places = defaultdict(list)
    for name, path in FILES.items():
        for node in ast.parse(path.read_bytes()).body:
            public = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and not node.name.startswith("_")
            if isinstance(node, ast.ClassDef) or public:
                places[node.name].append(name)
    several = {name: where for name, where in places.items() if len(where) > 1}
    assert {name: where for name, where in several.items() if name not in SAME_EVERYWHERE} == {}
    assert SAME_EVERYWHERE.keys() <= several.keys()
