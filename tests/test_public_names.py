"""The package's public names, and the examples in its docstrings."""

import doctest
import importlib
import subprocess
import sys

import pytest

import tui_backprop
from tests.written import ROOT

WITH_EXAMPLES = [
    path for path in (ROOT / "tui_backprop").rglob("*.py") if "\n    >>> " in path.read_text(encoding="utf-8")
]


def test_every_public_name_can_be_had():
    assert all(getattr(tui_backprop, name) is not None for name in tui_backprop.__all__)


def test_importing_the_package_loads_nothing_yet():
    code = "import sys, tui_backprop; print('numpy' in sys.modules)"
    assert subprocess.check_output([sys.executable, "-c", code], text=True).strip() == "False"


@pytest.mark.parametrize("path", WITH_EXAMPLES, ids=lambda path: path.stem)
def test_an_example_in_a_docstring_holds(path):
    name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
    found = doctest.testmod(importlib.import_module(name.removesuffix(".__init__")))
    assert found.attempted > 0
    assert found.failed == 0
