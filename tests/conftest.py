"""What all tests share: how property-based ones draw, and which signals reach the processes that are started.

The gate's examples are always the same; `python -m tests.longer` draws others.
"""

from __future__ import annotations

import os
import signal

from hypothesis import settings

# A shell has these ignored by what it runs in the background, and so would the processes that tests send them to.
signal.signal(signal.SIGINT, signal.default_int_handler)
if hasattr(signal, "SIGHUP"):
    signal.signal(signal.SIGHUP, signal.SIG_DFL)

settings.register_profile("gate", derandomize=True, deadline=None)
settings.register_profile("longer", deadline=None, print_blob=True)
settings.load_profile("gate")  # `--hypothesis-profile longer` replaces it


def pytest_xdist_auto_num_workers():
    """Use two workers a core: half of the time a test of the screen waits for it."""
    return 2 * (os.cpu_count() or 1)
