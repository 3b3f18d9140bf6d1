"""What is written of a run for others: a report, and a worksheet with its answers."""

from __future__ import annotations

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
