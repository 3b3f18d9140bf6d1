"""What is written of a run for others, and weights that come from others."""

from __future__ import annotations

from pathlib import Path

from tui_backprop.core.errors import InputError
from tui_backprop.ui.actions.base import TrainerBase
from tui_backprop.ui.actions.saving import SavingActions


class HandingOnActions(TrainerBase, SavingActions):
    """Entries of the list of files."""

    async def action_write_report(self) -> None:
        """Write the run, up to the present step, as a page for a browser."""
        from tui_backprop.session.keep.page.run_page import run_page

        self.pause()
        page = run_page(self.session)
        await self.put(f"{self.seen} report", {".html": page.encode})

    async def action_write_worksheet(self, suffix: str) -> None:
        """Write the update that comes next as an exercise, and its answers; `suffix` is md or tex."""
        from tui_backprop.session.keep.worksheet.writing import exported

        self.pause()
        name = f"{self.seen} worksheet"
        try:
            asked, answered = (exported(self.session, f".{suffix}", answers=answers) for answers in (False, True))
        except InputError as error:
            self.refuse(error)
            return
        await self.put(name, {f".{suffix}": lambda: asked, f" answers.{suffix}": lambda: answered})

    async def action_write_weights(self) -> None:
        """Write the present parameters with what an answer needs besides."""
        from tui_backprop.session.keep.weights.writing import exported

        self.pause()
        await self.put(f"{self.seen} weights", {".npz": lambda: exported(self.session, ".npz")})

    async def action_write_code(self) -> None:
        """Write the network as it is now as a small program for NumPy."""
        from tui_backprop.session.keep.code.numpy_file import exported

        self.pause()
        await self.put(f"{self.seen} code", {".py": lambda: exported(self.session, ".py", with_training=False)})

    def action_load_weights(self) -> None:
        """Go on from here with the parameters of a file."""
        from tui_backprop.session.keep.weights.reading import SUFFIXES, read_weights
        from tui_backprop.ui.screens.files import OpenScreen

        def load(path: Path | None) -> None:
            if path is not None:
                network = self.session.problem.network
                self.make(lambda: self.session.edit_in_place(read_weights(path, network), {}, origin=str(path)))

        if not self.may_open_files():
            return
        self.pause()
        self.push_screen(OpenScreen((), None, f"Load weights, {' or '.join(SUFFIXES)}"), load)
        self.redraw()
