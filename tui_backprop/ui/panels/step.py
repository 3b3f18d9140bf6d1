"""The panel *Step*: the last update in numbers."""

from __future__ import annotations

from rich.text import Text

from tui_backprop.session.explanation import explain
from tui_backprop.session.frame import Frame
from tui_backprop.ui.panels.panel import PicturePanel


class StepPanel(PicturePanel):
    """Sample, forward, loss, gradients and Δ of the last update."""

    name_shown = "Step"

    def draw(self, frame: Frame) -> list[Text]:
        """Write the explanation, each heading beside its first line, folded where a line is too long."""
        lines: list[Text] = []
        heading = ""
        for line in explain(frame):
            if line.kind == "heading":
                heading = line.text
                continue
            text = Text(f"{heading:<9}", style="bold").append(line.text, "not bold")
            lines += text.wrap(self.app.console, self.size.width)
            heading = ""
        count = len(lines) - self.size.height
        self.note(f"{count} more lines, scroll" if count > 0 else "")
        return lines
