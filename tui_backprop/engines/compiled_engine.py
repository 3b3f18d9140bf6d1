"""The compiled engine: a step is one loop of machine code (numba), with BLAS for large layers (SciPy's).

It needs the extra `fast`. To import numba and to load the machine code takes about a second, to make the code for the first
time some three. Both are done where a step is first asked for, or before that in the background.
"""

from __future__ import annotations

import contextlib
import sys
import threading
from collections.abc import Callable, Iterable
from functools import lru_cache
from importlib.util import find_spec
from typing import TYPE_CHECKING

from tui_backprop.core.errors import InputError
from tui_backprop.core.step import State, Training
from tui_backprop.engines import machine_code
from tui_backprop.engines.pieces import pieces_of
from tui_backprop.engines.recent import Recent
from tui_backprop.engines.work import work_of_training
from tui_backprop.system.process import Child

if TYPE_CHECKING:
    from tui_backprop.engines.compiled.plan import CompiledPlan

_LOADING = threading.Lock()
_loaded: set[str] = set()
_problems: list[str] = []
_PATIENCE = 60.0  # seconds
_REASON = 160  # characters of an error of numba's that are shown


class EngineError(InputError):
    """The compiled engine cannot be used here; the text is one sentence."""


@lru_cache(maxsize=1)
def _are_found() -> bool:
    return find_spec("numba") is not None and find_spec("scipy") is not None


def is_installed() -> bool:
    """Whether the packages of the extra `fast` are there, and were not found to be broken; neither is imported."""
    return why_not() is None


def why_not() -> str | None:
    """Return why the compiled engine cannot be used here, as far as is known, in a sentence; None where it can."""
    if _problems:
        return _problems[-1]
    return None if _are_found() else "engine: compiled needs numba and SciPy: pip install 'tui-backprop[fast]'"


def is_loaded(training: Training) -> bool:
    """Whether a step of such a training would begin at once."""
    return _loaded.issuperset(pieces_of(training))


def load_pieces(names: Iterable[str]) -> None:
    """Load pieces of machine code, and make them first where that was never done; afterwards steps begin at once.

    Args:
        names: of the pieces, as `pieces_of` gives them for a training.

    Raises:
        EngineError: numba cannot be imported, or cannot compile: most often its version and NumPy's do not go together.
    """
    wanted = tuple(names)
    if not _loaded.issuperset(
        wanted
    ):  # in a thread, since ^C in the middle of numba's work may be lost there; here it is not
        loader = threading.Thread(target=_load, args=(wanted,), name="compiled engine", daemon=True)
        loader.start()
        loader.join()
        if not _loaded.issuperset(wanted):
            raise EngineError(_problems[-1])


def _load(names: tuple[str, ...]) -> None:
    with _LOADING:
        try:
            _make(names)
        except Exception as error:  # of numba's, LLVM's or the disk's
            reason = " ".join("".join(c if c.isprintable() else " " for c in str(error)).split())
            _problems.append(f"engine: compiled cannot be used here: {reason[:_REASON]}")
        else:
            _loaded.update(names)


def _make(names: tuple[str, ...]) -> None:
    """Load or make pieces; where it fails, once more without what is on the disk: that may be damaged, and the disk full."""
    from tui_backprop.engines.compiled import plan  # noqa: PLC0415  (numba is loaded where it is wanted)

    try:
        plan.make(names)
    except Exception:
        machine_code.forget()
        plan.make(names)


def load_in_background(training: Training, then: Callable[[EngineError | None], None]) -> None:
    """Load what a training needs in a thread, and call `then` in that thread, with why it cannot be loaded if so.

    Where it has to be made first, that is done in a process of its own: seconds of compiling in a thread would make
    everything else in this process slow.
    """
    names = pieces_of(training)

    def work() -> None:
        try:
            with contextlib.suppress(OSError, ImportError):  # then it is made here
                if not machine_code.is_made(names):
                    _make_apart(names)
            load_pieces(names)
        except EngineError as error:
            then(error)
        else:
            then(None)

    threading.Thread(target=work, name="compiled engine in the background", daemon=True).start()


def _make_apart(names: tuple[str, ...]) -> None:
    child = Child(__name__, *names)
    while child.wait(_PATIENCE) is None:
        pass
    child.close()


def main() -> None:
    """Make pieces of machine code, in a process of its own."""
    load_pieces(sys.argv[1:])


class CompiledEngine:
    """Plans for the trainings that it was last asked for; one thread at a time may use it, and others run meanwhile."""

    name = "compiled"

    def __init__(self) -> None:
        self._plans = Recent(_prepare)

    def advance(self, training: Training, state: State, steps: int) -> State:
        """Make `steps` updates. The rule must be the chain rule.

        Raises:
            EngineError: the compiled engine cannot be used here.
        """
        return self._plans.of(training).advance(state, steps)

    def step_time(self, training: Training) -> float:
        """About how many microseconds a step takes."""
        return work_of_training(training).compiled


def _prepare(training: Training) -> CompiledPlan:
    load_pieces(pieces_of(training))
    from tui_backprop.engines.compiled.plan import CompiledPlan  # noqa: PLC0415  (as above)

    return CompiledPlan(training)
