"""Findings as text: a line, a few lines, and the two lines that are always in sight."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.text import Text

from tui_backprop.diagnosis.findings.finding import Finding
from tui_backprop.diagnosis.findings.table import KINDS
from tui_backprop.ui.theme import SEVERITY_MARKS, SEVERITY_STYLES

_RUN = {"done"} | {kind.id for kind in KINDS if kind.hinders}  # what is said of the run, and not of its data
_ABOUT = "A {} network learns {} before your eyes; what goes wrong is said here."


def finding_line(finding: Finding) -> Text:
    """Return mark, name and message."""
    style = SEVERITY_STYLES[finding.severity]
    line = Text(no_wrap=True).append(f"{SEVERITY_MARKS[finding.severity]} {finding.id}", style)
    return line.append(f"  {finding.message}", "dim" if finding.severity == "info" else "")


def detail_lines(finding: Finding, columns: int, console: Console) -> list[Text]:
    """Return message and remedy, folded to a width."""
    remedy = Text().append("! " if finding.changes else "", "bold").append(finding.remedy)
    message = Text(finding.message)
    return [line for text in (message, remedy) for line in text.wrap(console, max(10, columns))]


def halt_line(sentence: str, columns: int) -> Text:
    """Return why the run halted, and the key that lets it go on, which stays at any width."""
    line, end = Text(f"‖ {sentence}", style="bold", no_wrap=True), "   space goes on"
    line.truncate(columns - len(end), overflow="ellipsis")
    return line.append(end, "not bold")


def opening_lines(network: str, data: str, opening: str) -> tuple[Text, Text]:
    """Return the two lines below the panels before anything was done: what this is, and the keys that begin."""
    return Text(_ABOUT.format(network, data), style="dim", no_wrap=True), Text(opening, no_wrap=True)


def said_lines(findings: Sequence[Finding], columns: int) -> tuple[Text, Text]:
    """Return the two lines below the panels: the worst finding and its remedy."""
    told = [one for one in findings if one.severity != "info"] or [one for one in findings if one.id in _RUN]
    if not told:
        return Text("no problems found so far", style="dim", no_wrap=True), Text()
    worst = told[0]
    below = Text("  ", no_wrap=True).append("! " if worst.changes else "", "bold").append(worst.remedy)
    more = f"says all {len(findings)}" if len(findings) > 1 else "says more"
    below.truncate(columns - len(more) - 5, overflow="ellipsis")
    below.append("   6 ", "bold").append(more)
    return finding_line(worst), below
