"""The compiled engine: a step is one loop of machine code (numba), with BLAS for large layers (SciPy's).

It needs the extra `fast`. To import numba and to load the machine code takes about a second, to make the code for the first
time some ten. Both are done where a step is first asked for, or before that in the background.
"""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable
from functools import lru_cache
from importlib.util import find_spec
from typing import TYPE_CHECKING

from tui_backprop.core.step import State, Training
from tui_backprop.engines import machine_code
from tui_backprop.engines.recent import Recent
from tui_backprop.engines.work import work_of_training

if TYPE_CHECKING:
    from tui_backprop.engines.compiled.plan import CompiledPlan

_LOADING = threading.Lock()
_loaded = threading.Event()
_MAKE = "from tui_backprop.engines.compiled_engine import load; load()"


@lru_cache(maxsize=1)
def is_installed() -> bool:
    """Whether the packages of the extra `fast` are there; neither is imported."""
    return find_spec("numba") is not None and find_spec("scipy") is not None


def is_loaded() -> bool:
    """Whether a step would begin at once."""
    return _loaded.is_set()


def load() -> None:
    """Load the machine code, and make it first where that was never done; afterwards steps begin at once."""
    with _LOADING:
        from tui_backprop.engines.compiled.plan import warm_up  # noqa: PLC0415  (numba is loaded where it is wanted)

        warm_up()
        _loaded.set()


def load_in_background(then: Callable[[], None]) -> None:
    """Load the machine code in a thread, and call `then` in that thread when it is there.

    Where it has to be made first, that is done in a process of its own: ten seconds of compiling in a thread would make
    everything else in this process slow.
    """

    def work() -> None:
        if not machine_code.is_made():
            subprocess.run([sys.executable, "-c", _MAKE], stdin=subprocess.DEVNULL, capture_output=True, check=False)  # noqa: S603  (our own code)
        load()
        then()

    threading.Thread(target=work, name="compiled engine", daemon=True).start()


class CompiledEngine:
    """Plans for the trainings that it was last asked for; one thread at a time may use it, and others run meanwhile."""

    name = "compiled"

    def __init__(self) -> None:
        self._plans = Recent(_prepare)

    def advance(self, training: Training, state: State, steps: int) -> State:
        """Make `steps` updates. The rule must be the chain rule."""
        return self._plans.of(training).advance(state, steps)

    def step_time(self, training: Training) -> float:
        """About how many microseconds a step takes."""
        return work_of_training(training).compiled


def _prepare(training: Training) -> CompiledPlan:
    load()
    from tui_backprop.engines.compiled.plan import CompiledPlan  # noqa: PLC0415  (as above)

    return CompiledPlan(training)
