"""The panel *Curvature*: how high η may be here, and how noisy its gradient is."""

from __future__ import annotations

from rich.text import Text
from textual.timer import Timer

from tui_backprop.session.frames.frame import Frame
from tui_backprop.session.pictures.curvature import Curvature, Curvatures
from tui_backprop.ui.drawing.curvature import draw_curvature
from tui_backprop.ui.panels.panel import PicturePanel

_REST = 0.05  # seconds after which what needs more than one picture is gone on with


class CurvaturePanel(PicturePanel[Frame]):
    """The largest eigenvalues of the Hessian with the limit of η, the noise scale, and the gradients of a step's samples."""

    name_shown = "Curvature"
    is_late = True

    def __init__(self, panel_id: str) -> None:
        super().__init__(panel_id)
        self._curvatures = Curvatures()
        self._going_on: Timer | None = None  # until more of it is computed

    @property
    def is_going_on(self) -> bool:
        """Whether more of it is to be computed for the frame that is shown."""
        return self._going_on is not None

    def draw(self, frame: Frame) -> list[Text]:
        """Draw what is known, and see to it that the rest is found."""
        if self._going_on is not None:
            self._going_on.stop()
            self._going_on = None
        if self.columns < 16:
            return [Text("too small to draw")]
        picture = self._curvatures.picture(frame)
        if not picture.whole:  # while the run goes on, its next frame comes first
            self._going_on = self.set_timer(_REST, self.redraw)
        self.note(_aside(frame, picture))
        return draw_curvature(picture, self.columns, self.size.height)


def _aside(frame: Frame, picture: Curvature) -> str:
    """Say of which step the eigenvalues are, and over which samples."""
    found = picture.spectrum
    if found is None:
        return ""
    at = "" if found.step == frame.step else f"at step {found.step:,}"
    over = f"{found.rows:,} of " if found.rows < picture.of_rows else ""
    return " · ".join(part for part in (at, f"Hessian over {over}{picture.of_rows:,} training samples") if part)
