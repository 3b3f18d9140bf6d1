"""The compiled engine, loaded while the app goes on."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable

from tui_backprop.session.engine_change import EngineError, faster_engine, go_on_without, is_ready, load_engine_of
from tui_backprop.ui.actions.base import TrainerBase


class EngineActions(TrainerBase):
    """What waits for the engine, and the change to a faster one."""

    _loading = False
    _waiting: Callable[[], None] | None = None

    def load_engine(self) -> None:
        """Load the run's engine in the background if it has to be loaded, so that it is there when it is wanted."""
        if not is_ready(self.session.current):
            self._load()

    def _load(self) -> None:
        if self._loading:
            return
        self._loading = True
        loop = asyncio.get_running_loop()

        def loaded(error: EngineError | None) -> None:
            with contextlib.suppress(RuntimeError):  # the app was left meanwhile
                loop.call_soon_threadsafe(self._loaded, error)

        load_engine_of(self.session.current, loaded)

    def _loaded(self, error: EngineError | None) -> None:
        self._loading = False
        waiting, self._waiting = self._waiting, None
        if waiting is not None:
            self.when_ready(waiting)
        elif error is not None:
            self.refuse(error)

    def when_ready(self, go_on: Callable[[], None]) -> None:
        """Go on now, or as soon as the run's engine is loaded; of several wishes the last is kept."""
        notice = go_on_without(self.session)
        if notice is not None:
            self.tell(notice)
        if is_ready(self.session.current):
            go_on()
            return
        if self._waiting is None:
            self.notify("loading the compiled engine: the first time takes about three seconds", markup=False)
        self._waiting = go_on
        self._load()

    def change_over(self) -> None:
        """Let a run that has become long go on with a faster engine, once that is loaded."""
        faster = faster_engine(self.session.current)
        if faster is None:
            return
        if is_ready(self.session.current, faster):
            self.tell(self.session.change_over(faster))
        else:
            self._load()
