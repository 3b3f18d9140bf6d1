"""Sittings that are kept and opened again, and one line to paste."""

from __future__ import annotations

import asyncio
from pathlib import Path

from tui_backprop.core.errors import InputError
from tui_backprop.session.keep.one_line import command_of
from tui_backprop.session.keep.remembered import Remembered
from tui_backprop.session.keep.session_file import SUFFIX, SavedSession, is_session, read_session
from tui_backprop.session.keep.sitting import restored, saved, write_session
from tui_backprop.session.recipe.suggestion import suggested_recipe
from tui_backprop.session.session import Session
from tui_backprop.system.outputs import Output
from tui_backprop.text.cleaning import clean
from tui_backprop.ui.actions.base import TrainerBase
from tui_backprop.ui.panels.panel import Panel
from tui_backprop.ui.toolkit.clipboard import to_clipboard

_INTERVAL = 30.0  # seconds after which the sitting is kept again, for the case that the terminal goes away
_SHOWN = 100  # characters of a path or of a copied text that a notice shows


class FileActions(TrainerBase):
    """Keys that save, open and copy."""

    def __init__(self, session: Session, remembered: Remembered | None = None) -> None:
        super().__init__(session)
        self._remembered = remembered
        self._file: Path | None = None
        self._written = ""  # what the named file holds

    # Saving.

    def action_files(self) -> None:
        """Open the list of what can be done with files."""
        from tui_backprop.ui.screens.files import FileScreen

        self.pause()
        self.push_screen(FileScreen(self._file), self._chosen)
        self.redraw()

    async def _chosen(self, action: str | None) -> None:
        if action is not None:
            await self.run_action(action)

    def action_save_session(self) -> None:
        """Save the sitting in its file; the first time the file's name is asked for."""
        if self._file is None:
            self.action_save_session_as()
        else:
            self._save(self._file)

    def action_save_session_as(self) -> None:
        """Ask for a file's name, and save the sitting there."""
        from tui_backprop.ui.screens.files import NameScreen

        def chosen(path: Path | None) -> None:
            if path is not None:
                self._save(path)

        name = clean(Path(self.session.problem.dataset.name).stem)
        self.push_screen(NameScreen(self._file or Path(f"{name}{SUFFIX}")), chosen)

    def _save(self, path: Path) -> bool:
        """Write the sitting; say where it is, or why it cannot be written."""
        try:
            kept = self._kept()
            write_session(Output("session", path), kept)
        except InputError as error:
            self.refuse(error)
            return False
        self._file, self._written = path, kept.as_text()
        if self._remembered is not None:
            self._remembered.note(path)
        self.tell(f"saved: {clean(str(path), _SHOWN)}")
        return True

    def _kept(self) -> SavedSession:
        return saved(self.session, layout={"active": self.active, "chosen": list(self.chosen)})

    def _remember(self) -> None:
        """Keep what was done as the last sitting; where nothing was done, the one before stays."""
        session = self.session
        if self._remembered is not None and (session.last_step or len(session.branches) > 1 or session.current.edits):
            try:
                self._remembered.keep(self._kept())
            except InputError:  # its data are gone: the sitting cannot be had again
                return

    async def action_quit(self) -> None:
        """Leave; a named file that is older than what was done is asked about first."""
        from tui_backprop.ui.screens.files import LeaveScreen

        self._remember()
        if self._file is None or not self._is_newer():
            self.exit()
            return

        def answered(answer: str | None) -> None:
            if answer == "leave" or (answer == "save" and self._file is not None and self._save(self._file)):
                self.exit()

        self.pause()
        self.push_screen(LeaveScreen(self._file), answered)

    def _is_newer(self) -> bool:
        try:
            return self._kept().as_text() != self._written
        except InputError:
            return True

    # Opening.

    def begin_remembering(self, *, offer: bool) -> None:
        """Keep the sitting from now on; with `offer` say in one line that the last one can be opened, if there is one."""
        if self._remembered is None:
            return
        self.set_interval(_INTERVAL, self._remember)
        if offer and (title := self._remembered.last_title()):
            self.tell(f"O opens your last sitting: {clean(title)}")

    def action_open_file(self) -> None:
        """Open a session or a table."""
        from tui_backprop.ui.screens.files import OpenScreen

        if not self.may_open_files():
            return
        self.pause()
        recent = () if self._remembered is None else self._remembered.recent()
        title = "" if self._remembered is None else self._remembered.last_title()
        last = None if self._remembered is None or not title else (self._remembered.last, title)
        self.push_screen(OpenScreen(recent, last), self._open)
        self.redraw()

    async def _open(self, path: Path | None) -> None:
        if path is None:
            return
        try:
            if is_session(str(path)):
                await self._open_session(path)
            elif path.suffix in (".py", ".ipynb"):
                self.tell(f"a Python file opens from the shell: tui-backprop {clean(path.name)}")
                return
            else:
                self.session.begin(suggested_recipe(str(path)), clean(path.name))
                self.tell(f"{clean(path.name)} is opened; B lists the runs before it")
        except InputError as error:
            self.refuse(error)
            return
        if self._remembered is not None and path != self._remembered.last:
            self._remembered.note(path)
        self.redraw()

    async def _open_session(self, path: Path) -> None:
        """Make the runs of a session file again, while keys are answered, and take its place."""
        kept = read_session(path)
        self.tell(f"{clean(path.name)}: computing its runs again …")
        session = await asyncio.to_thread(restored, kept, path.resolve().parent)
        self.pause()
        self.session, self.guide = session, None
        own = self._remembered is None or path != self._remembered.last
        self._file, self._written = (path, kept.as_text()) if own else (None, "")
        layout = kept.layout or {}
        names = {panel.id for panel in self.PANELS}
        chosen = layout.get("chosen")
        for name in chosen if isinstance(chosen, list) else ():
            if name in names:
                self.bring_to_front(name)
        if layout.get("active") in names:
            self.action_panel(str(layout["active"]))
        self.lay_out(self.size.width, self.size.height)
        self.tell(f"{clean(path.name)} is opened, at step {session.step:,}")

    # Copying.

    def action_copy_line(self) -> None:
        """Copy what is selected in the panel, or else the command that makes this run."""
        panel = self.focused
        text = panel.copied() if isinstance(panel, Panel) else ""
        self._copy(text or command_of(self.session.current))

    def action_copy_command(self) -> None:
        """Copy the command that makes this run."""
        self._copy(command_of(self.session.current))

    def _copy(self, text: str) -> None:
        to_clipboard(self, text)
        self.tell(f"copied: {clean(text, _SHOWN)}")
