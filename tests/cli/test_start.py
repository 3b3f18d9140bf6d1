"""What each command loads, and when: a start is quick because little is loaded, not because a machine is."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.own_files import RIGHT
from tui_backprop.cli.shared.names import NAMES
from tui_backprop.session.recipe.choices import CHOICES
from tui_backprop.session.recipe.fields import FIELDS

SCRIPT = """
import numpy as np
w, b = 0.5, 0.1
for step in range(50):
    for x, y in ((0.2, 0.4), (0.8, 0.1)):
        error = w * x + b - y
        w, b = w - 0.1 * 2 * error * x, b - 0.1 * 2 * error
print(w, b)
"""

AFTER = (
    "import sys; from tui_backprop.cli.main import main\n"
    "try: main(sys.argv[1:])\n"
    "except SystemExit: pass\n"
    "print('LOADED', *sorted(sys.modules))"
)
"""Runs a command and prints what is loaded then."""

AT_START = (
    "import sys, subprocess; from tui_backprop.cli.main import main; begin = subprocess.Popen.__init__\n"
    "def watched(self, *a, **k):\n"
    "    print('LOADED', *sorted(sys.modules)); subprocess.Popen.__init__ = begin; begin(self, *a, **k)\n"
    "subprocess.Popen.__init__ = watched; main(sys.argv[1:])"
)
"""Runs a command and prints what is loaded when it starts its first process."""


def loaded(code, *arguments, cwd=None):
    """The modules that a run of this program names."""
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments], cwd=cwd, capture_output=True, text=True, timeout=60, check=False
    )
    found = [line for line in done.stdout.splitlines() if line.startswith("LOADED")]
    assert found, done.stderr
    return set(found[0].split()[1:])


@pytest.mark.parametrize("arguments", [["--version"], ["--help"], ["check", "--help"], ["help", "keys"]])
def test_what_says_something_of_itself_loads_next_to_nothing(arguments):
    """No NumPy, no screen, and none of the standard library's larger parts."""
    found = loaded(AFTER, *arguments)
    assert not {"numpy", "textual", "rich", "plotext", "asyncio", "email"} & found
    assert not {name for name in found if name.startswith(("tui_backprop.core.", "tui_backprop.engines"))} - {
        "tui_backprop.core.errors"
    }
    if arguments in (["--version"], ["--help"]):
        assert not {"dataclasses", "inspect", "pathlib", "typing", "json", "subprocess"} & found


def test_a_run_without_a_screen_loads_none():
    """Nor what makes machine code, where the run is short."""
    found = loaded(AFTER, "run", "--steps", "10")
    assert "numpy" in found
    assert not {"textual", "rich", "plotext", "numba", "scipy"} & found
    assert not {"numpy.ma", "tempfile", "importlib.metadata"} & found


def test_a_check_of_functions_loads_nothing_of_what_a_scripts_check_needs(tmp_path):
    """Nor NumPy's rarer parts."""
    (tmp_path / "my_net.py").write_text(RIGHT, encoding="utf-8")
    found = loaded(AFTER, "check", "my_net.py", cwd=tmp_path)
    assert "tui_backprop.scripts.clinic.check" in found
    assert not {"numpy.ma", "tempfile", "tui_backprop.scripts.running.run", "tui_backprop.scripts.tracing"} & found


@pytest.mark.parametrize(("text", "form"), [(RIGHT, "functions"), (SCRIPT, "a script")])
def test_the_process_of_a_file_starts_before_what_judges_it_is_loaded(tmp_path, text, form):
    """So the file is loaded, or runs, while this process loads NumPy."""
    (tmp_path / "my_net.py").write_text(text, encoding="utf-8")
    found = loaded(AT_START, "check", "my_net.py", cwd=tmp_path)
    assert not {"numpy", "textual", "plotext"} & found, form


def test_help_lists_the_names_that_a_recipe_may_have():
    """`--help` prints a copy: where this fails, write the new names into `tui_backprop/cli/shared/names.py`."""
    assert dict(NAMES) == dict(CHOICES)
    assert {field.name for field in FIELDS if field.has_choices} == set(CHOICES)
