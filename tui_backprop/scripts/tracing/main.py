"""The program of the process that a script runs in: one request on standard input, one file as the answer.

The request is JSON: the sources by file name, how much to record, and where to write the trace. What the script prints goes
nowhere, or to standard error with `verbose`.
"""

from __future__ import annotations

import json
import sys

from .traced_run import TracedRun


def main() -> None:
    """Answer one request."""
    request = json.loads(sys.stdin.buffer.readline())
    if "follow" in request:
        from .training import WatchedTraining

        WatchedTraining(request).go()
    TracedRun(request).go()
