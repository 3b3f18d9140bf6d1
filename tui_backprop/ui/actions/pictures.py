"""Pictures side by side, and pictures to take away."""

from __future__ import annotations

import asyncio
from pathlib import Path

from tui_backprop.core.errors import InputError
from tui_backprop.datasets.text import clean
from tui_backprop.session.branches import Branch
from tui_backprop.session.export import write_new
from tui_backprop.session.side_by_side import beside_branch, beside_rule
from tui_backprop.ui.actions.base import TrainerBase
from tui_backprop.ui.drawing.stills import Still
from tui_backprop.ui.panels.panel import Panel

_PLACE = 120  # characters of a path that a notice shows


class PictureActions(TrainerBase):
    """Keys that set two runs side by side, or write what is seen."""

    def action_compare(self) -> None:
        """Open the list of what this run can be compared with, and then both side by side."""
        from tui_backprop.ui.screens.compare import CompareScreen, CompareWithScreen

        def chosen(other: Branch | str | None) -> None:
            if other is None:
                return
            try:
                pair = (
                    beside_rule(self.session, other) if isinstance(other, str) else beside_branch(self.session, other)
                )
            except InputError as error:
                self.refuse(error)
            else:
                self.push_screen(CompareScreen(pair), lambda again: self.action_compare() if again else None)

        self.pause()
        self.push_screen(CompareWithScreen(self.session), chosen)
        self.redraw()

    def action_save(self) -> None:
        """Open the list of what can be written of the screen as it is now."""
        from tui_backprop.ui.screens.save import SaveScreen

        async def chosen(still: Still | None) -> None:
            if still is not None:
                await self.write(still)

        self.push_screen(SaveScreen(self.stills()), chosen)

    def stills(self) -> tuple[Still, ...]:
        """Return what can be written of the screen on top: all of it, and the panel that the keys go to."""
        name = f"{self.session.problem.dataset.name}-step-{self.session.step}"
        screen = self.export_screenshot(title=f"tui-backprop, {name}")
        found = [Still("the whole screen", name, form, screen) for form in ("SVG", "PNG")]
        panel = self.screen.focused or next(iter(self.screen.query(".active")), None)
        if isinstance(panel, Panel):
            title, name = f"the panel {panel.name_shown}", f"{name}-{panel.name_shown}"
            found += [Still(title, name, form, panel.still(colored=form != "text")) for form in ("SVG", "PNG", "text")]
        return tuple(found)

    async def write(self, still: Still) -> None:
        """Write a picture into the working folder, and say where it is or why it cannot be."""
        try:
            content = await asyncio.to_thread(still.content)  # a PNG takes as long as half a second
            path = write_new(Path.cwd(), still.name, still.suffix, content)
        except InputError as error:
            self.refuse(error)
        except OSError as error:
            self.notify(clean(f"not written: {error}", 2 * _PLACE), severity="error", markup=False)
        else:
            self.tell(f"written: {clean(str(path), _PLACE)}")
