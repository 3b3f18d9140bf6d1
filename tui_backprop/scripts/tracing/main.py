"""The program of the processes that scripts run in: one request a line on standard input, one file each as the answer.

The request is JSON: the sources by file name, how much to record, and where to write the trace. What the script prints goes
nowhere, or to standard output with `verbose`. Each request is answered by a fork of this process, so that a script finds
NumPy and the recorder loaded and nothing else; `mark` and its status are written when it has ended. Where there are no
forks, this process answers one request itself.
"""

from __future__ import annotations

import json
import os
import sys
import traceback
from typing import Any

from .traced_run import TracedRun, leave
from .training import WatchedTraining


def main() -> None:
    """Answer requests until there are no more."""
    for line in iter(sys.stdin.buffer.readline, b""):
        request = json.loads(line)
        if not hasattr(os, "fork"):
            _answer(request)
        worker = os.fork()
        if worker == 0:
            _answer(request)
        _, status = os.waitpid(worker, 0)
        sys.stdout.write("{} {}\n".format(request["mark"], os.waitstatus_to_exitcode(status)))
        sys.stdout.flush()


def _answer(request: dict[str, Any]) -> None:
    """Run the script; never returns."""
    try:
        nothing = os.open(os.devnull, os.O_RDONLY)
        os.dup2(nothing, 0)  # what is asked next is not the script's
        os.close(nothing)
        run = WatchedTraining(request) if "follow" in request else TracedRun(request)
        run.go()
    except BaseException:
        traceback.print_exc()
    finally:
        leave(1)
