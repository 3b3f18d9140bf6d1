"""What all tests share: how property-based ones draw, and which signals reach the processes that are started.

The gate's examples are always the same; `python -m tests.longer` draws others.
"""

from __future__ import annotations

import contextlib
import gc
import os
import signal
import sys
import time

import pytest
from hypothesis import settings

from tui_backprop.cli.main import BLAS_THREADS

# As the program does, before NumPy is loaded: threads of several workers wait for each other, at full power.
for _variable in BLAS_THREADS:
    os.environ.setdefault(_variable, "1")

from tui_backprop.engines import compiled_engine  # noqa: E402  (it loads NumPy)
from tui_backprop.engines.pieces import all_pieces  # noqa: E402  (as above)

# A part of a check that fails is a note to a user and an error to a test, in the processes that it starts too.
os.environ["TUI_BACKPROP_RAISE"] = "1"

# A shell has these ignored by what it runs in the background, and so would the processes that tests send them to.
signal.signal(signal.SIGINT, signal.default_int_handler)
if hasattr(signal, "SIGHUP"):
    signal.signal(signal.SIGHUP, signal.SIG_DFL)

# Where compiled files may not be kept, each of the hundreds of processes compiles the whole program again.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

settings.register_profile("gate", derandomize=True, deadline=None)
settings.register_profile("longer", deadline=None, print_blob=True)
settings.load_profile("gate")  # `--hypothesis-profile longer` replaces it


def pytest_xdist_auto_num_workers():
    """Use two workers a core: half of the time a test of the screen waits for it."""
    return 2 * (os.cpu_count() or 1)


def pytest_collection_finish():
    """Look for garbage less often, and not in what was imported, which stays: that is a third of a test of the screen."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


@pytest.fixture(scope="session")
def machine_code(tmp_path_factory):
    """Make the compiled engine's machine code, where it is not made yet, in one worker, while those who need it wait."""
    if not compiled_engine.is_installed():
        return
    base = tmp_path_factory.getbasetemp()
    turn = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "compiling"
    while True:
        with contextlib.suppress(FileExistsError):
            turn.mkdir()
            break
        time.sleep(0.05)
    try:
        compiled_engine.load_pieces(all_pieces())
    finally:
        turn.rmdir()
