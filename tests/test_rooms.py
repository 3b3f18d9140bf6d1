"""How the house is laid out: no circles, no crowded room, one meaning for a name."""

from __future__ import annotations

import ast
from collections import defaultdict
from graphlib import CycleError, TopologicalSorter

from tests.written import ROOT

PACKAGE = ROOT / "tui_backprop"
MOST_PLACES = 24
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
    for room in {path.parent for path in FILES.values()}:
        places = [one for one in room.iterdir() if not one.name.startswith("__")]
        assert len(places) <= MOST_PLACES, f"{room.relative_to(ROOT)} has {len(places)} places: cut it into rooms"


def test_no_class_name_has_two_meanings():
    """Who has met a name knows it everywhere. A class inside a class (a widget's message) is called by both names."""
    places = defaultdict(list)
    for name, path in FILES.items():
        for node in ast.parse(path.read_bytes()).body:
            if isinstance(node, ast.ClassDef):
                places[node.name].append(name)
    assert {name: where for name, where in places.items() if len(where) > 1} == {}
