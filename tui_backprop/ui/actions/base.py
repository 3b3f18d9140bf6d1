"""What every kind of action needs of the app."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from tui_backprop.core.errors import InputError
from tui_backprop.session.lessons.guide import Guide
from tui_backprop.session.run.changes import Change
from tui_backprop.session.session import Session
from tui_backprop.system.settings import SPEEDS as NAMES_OF_SPEEDS
from tui_backprop.system.settings import Settings
from tui_backprop.system.visitor import refuse_visitor
from tui_backprop.ui.pacing import SPEEDS
from tui_backprop.ui.panels_app import PanelsApp

if TYPE_CHECKING:  # it brings the processes that train, which no run needs
    from tui_backprop.session.sweep.plan import SweepPlan
    from tui_backprop.session.sweep.sweep import Sweep


class TrainerBase(PanelsApp):
    """The session, and whether it runs."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session
        self.speed = len(SPEEDS) - 1
        """Which of `SPEEDS` it runs at."""
        self.frames = 10
        """Frames a second while it runs, at the most."""
        self.training: asyncio.Task[None] | None = None
        self.selected = 0
        """Position in θ of the entry that is selected."""
        self.sweep: Sweep | None = None
        """What was swept last."""
        self.paused_once = False
        """Whether the first run of the sitting has paused by itself, or was asked to go on after it was paused."""
        self.halted: tuple[object, int, str] | None = None
        """Why the run halted by itself, with the run and the step; that is said until it moves on."""
        self.sample = 0
        """Which sample of the batch is looked at, from 0."""
        self.guide: Guide | None = None
        """The lesson that is open."""

    def apply_settings(self, settings: Settings) -> None:
        """Take the user's settings, the speed at which a run begins among them.

        Raises:
            SettingsError: there is no such theme.
        """
        super().apply_settings(settings)
        self.speed = NAMES_OF_SPEEDS.index(settings.speed)
        self.frames = settings.frames

    @property
    def running(self) -> bool:
        """Whether training goes on."""
        return self.training is not None

    @property
    def halt_sentence(self) -> str:
        """Why the run halted by itself at the step that is looked at; empty where it did not."""
        if self.halted is None or self.running or self.halted[:2] != (self.session.branch, self.session.step):
            return ""
        return self.halted[2]

    def halt_because(self, sentence: str) -> None:
        """Note why the run halted here."""
        self.halted = (self.session.branch, self.session.step, sentence)

    def may_open_files(self) -> bool:
        """Whether the machine's files may be opened; says why not to a visitor of a served session."""
        try:
            refuse_visitor("files")
        except InputError as error:
            self.refuse(error)
            return False
        return True

    def pause(self) -> None:
        """Pause training."""
        if self.training is not None:
            self.training.cancel()
            self.training = None

    def begin_sweep(self, plan: SweepPlan) -> Sweep:
        """Return the sweep of a plan: the last one where it is of the same plan, so that it goes on."""
        from tui_backprop.session.sweep.sweep import Sweep

        if self.sweep is None or self.sweep.plan != plan:
            self.sweep = Sweep(plan)
        return self.sweep

    def end_sweep(self) -> None:
        """Stop the workers; what they have finished stays."""
        if self.sweep is not None:
            self.sweep.stop()

    def selected_name(self) -> str:
        """Name of the entry that is selected, such as `w1[0,1]`."""
        names = self.session.problem.network.entry_names
        return names[min(self.selected, len(names) - 1)]

    def change(self, parameters: Mapping[str, float] | None = None, **changes: Any) -> None:
        """Change the recipe or parameters; what is not possible becomes a notice, and the run goes on as it was."""
        self.make(lambda: self.session.change(parameters, **changes))

    def make(self, change: Callable[[], Change]) -> None:
        """Make a change and tell of it; what is not possible becomes a notice, and the run goes on as it was."""
        try:
            notice = change().notice
        except InputError as error:
            self.refuse(error)
        else:
            self.tell(notice)
        self.redraw()
