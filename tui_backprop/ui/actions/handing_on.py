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
        from tui_backprop.session.keep.worksheet.content import worksheet
        from tui_backprop.session.keep.worksheet.latex import latex
        from tui_backprop.session.keep.worksheet.markdown import markdown

        self.pause()
        try:
            sheet = worksheet(self.session.current)
        except InputError as error:
            self.refuse(error)
            return
        written = {"md": markdown, "tex": latex}[suffix]
        asked, answered = (written(sheet, answers=answers) for answers in (False, True))
        name = f"{self.seen} worksheet"
        await self.put(name, {f".{suffix}": asked.encode, f" answers.{suffix}": answered.encode})
