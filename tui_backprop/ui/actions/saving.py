"""Pictures to take away, of any app of panels."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from pathlib import Path

from tui_backprop.core.errors import InputError
from tui_backprop.system.outputs import write_new
from tui_backprop.text.cleaning import clean
from tui_backprop.ui.drawing.stills import Still
from tui_backprop.ui.panels.panel import Panel
from tui_backprop.ui.panels_app import PanelsApp

_PLACE = 120  # characters of a path that a notice shows


class SavingActions(PanelsApp):
    """Keys that write what is seen."""

    @property
    def seen(self) -> str:
        """What the screen shows, in a few words, which files are called by."""
        raise NotImplementedError

    def action_save(self) -> None:
        """Open the list of what can be written of the screen as it is now."""
        from tui_backprop.ui.screens.save import SaveScreen

        async def chosen(still: Still | None) -> None:
            if still is not None:
                await self.write(still)

        self.push_screen(SaveScreen(self.stills()), chosen)

    def stills(self) -> tuple[Still, ...]:
        """Return what can be written of the screen on top: all of it, and the panel that the keys go to."""
        name, screen = self.seen, self.export_screenshot(title=f"{self.title}, {self.seen}")
        found = [Still("the whole screen", name, form, screen) for form in ("SVG", "PNG")]
        panel = self.screen.focused or next(iter(self.screen.query(".active")), None)
        if isinstance(panel, Panel):
            title, name = f"the panel {panel.name_shown}", f"{name}-{panel.name_shown}"
            found += [Still(title, name, form, panel.still(colored=form != "text")) for form in ("SVG", "PNG", "text")]
        return tuple(found)

    async def write(self, still: Still) -> None:
        """Write a picture into the working folder, and say where it is or why it cannot be written."""
        await self.put(still.name, {still.suffix: still.content})

    async def put(self, name: str, contents: Mapping[str, Callable[[], bytes]]) -> None:
        """Write new files into the working folder, and say where they are or why they cannot be written.

        Args:
            name: what they are called by.
            contents: what each has, made in a thread since a PNG takes as long as half a second, by the end of its name.
        """
        written: list[Path] = []
        try:
            for end, make in contents.items():
                stem, _, suffix = end.rpartition(".")
                content = await asyncio.to_thread(make)
                written.append(write_new(Path.cwd(), f"{name}{stem}", suffix, content))
        except InputError as error:
            self.refuse(error)
        except OSError as error:
            self.notify(clean(f"not written: {error}", 2 * _PLACE), severity="error", markup=False)
        if written:
            names = [str(written[0]), *(path.name for path in written[1:])]
            self.tell(f"written: {clean(' and '.join(names), 2 * _PLACE)}")
