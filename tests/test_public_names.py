"""The package's public names."""

import subprocess
import sys

import tui_backprop


def test_every_public_name_can_be_had():
    assert all(getattr(tui_backprop, name) is not None for name in tui_backprop.__all__)


def test_importing_the_package_loads_nothing_yet():
    code = "import sys, tui_backprop; print('numpy' in sys.modules)"
    assert subprocess.check_output([sys.executable, "-c", code], text=True).strip() == "False"
