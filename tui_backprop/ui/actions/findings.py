"""What is found in the run: explained, and remedied."""

from __future__ import annotations

from textual import on

from tui_backprop.diagnosis.findings.finding import Finding
from tui_backprop.ui.actions.base import TrainerBase
from tui_backprop.ui.bars.advice import SaidBar
from tui_backprop.ui.drawing.findings import worst
from tui_backprop.ui.panels.findings import FindingsPanel


class FindingActions(TrainerBase):
    """Keys of the findings."""

    def action_remedy(self) -> None:
        """Do the remedy in sight: that of the finding selected where Findings has the keys, elsewhere the line's below."""
        if self.active == "findings":
            finding = self.screen_stack[0].query_one(FindingsPanel).choose(self.session.frame())
        else:
            finding = worst(
                self.screen_stack[0].query_one(SaidBar).findings if self.running else self.session.findings()
            )
        if finding is None:
            self.tell("no finding has a remedy that can be applied")
        else:
            self.remedy(finding)

    @on(FindingsPanel.Chosen)
    def explain_finding(self, message: FindingsPanel.Chosen) -> None:
        """Open all that there is to say of a finding, and do its remedy if that is wanted."""
        from tui_backprop.ui.screens.finding import FindingScreen

        self.pause()
        finding = message.finding
        self.push_screen(
            FindingScreen(finding, self.session.frame()), lambda wanted: self.remedy(finding) if wanted else None
        )
        self.redraw()

    def remedy(self, finding: Finding) -> None:
        """Make the change that a finding advises, which can be undone; what is no matter of the recipe is said."""
        if finding.changes:
            self.change(**finding.changes)
        else:
            self.tell(finding.remedy)
