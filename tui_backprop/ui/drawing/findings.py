"""Findings as text: a line, a few lines, and the two lines that are always in sight."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rich.console import Console
from rich.text import Text

from tui_backprop.diagnosis.findings.finding import Finding
from tui_backprop.diagnosis.findings.table import KINDS, told_as_one
from tui_backprop.ui.theme import SEVERITY_MARKS, SEVERITY_STYLES

_RUN = {"done"} | {kind.id for kind in KINDS if kind.hinders}  # what is said of the run, and not of its data
_BELOW = "  └"
_ABOUT = "A {} network learns {} before your eyes; what goes wrong is said here."

NUMBER_NAMES: Mapping[str, str] = {
    "lately": "loss in the last quarter",
    "before": "loss in the quarter before",
    "share": "as a share",
    "apart": "distance from the constant's, as a share",
    "bound": "reason for the floor",
    "bounds": "floor by",
    "floor": "lowest loss that is possible",
    "constant": "loss of the best constant answer",
    "left": "left to gain, as a share of the constant's",
    "rise": "rise, as a share of the constant's loss",
    "overshoot": "rise per update, as a share of the constant's loss",
    "promise": "gain that the gradient promises, as a share of the constant's loss",
    "change": "fall of the loss, as a share",
    "since": "since step",
    "ratio": "how many times",
    "times": "how many times",
    "factor": "share of the rate that is left",
    "now": "rate now",
    "probe": "input asked about",
    "others": "other inputs asked about",
    "wrong": "wrong gradients",
    "raising": "updates that raised the loss",
    "limit": "highest stable rate",
    "method": "compared with",
}
"""What the numbers behind a finding are called on the screen, where their names in JSON do not say it."""


def worst(findings: Sequence[Finding]) -> Finding | None:
    """Return what is said first: the worst finding, or of a run with nothing wrong how far it is; None for nothing."""
    told = [one for one in findings if one.severity != "info"] or [one for one in findings if one.id in _RUN]
    return told[0] if told else None


def listed(findings: Sequence[Finding]) -> list[tuple[Finding, Finding]]:
    """Return the findings as they are listed, each with the one that it is told with: itself, or its cause."""
    return [(one, group[0]) for group in told_as_one(findings) for one in group]


def finding_line(finding: Finding, cause: Finding | None = None) -> Text:
    """Return mark, name and message; below its `cause` where one remedy does for both."""
    style = SEVERITY_STYLES[finding.severity]
    mark = SEVERITY_MARKS[finding.severity] if cause is None or cause is finding else _BELOW
    line = Text(no_wrap=True).append(f"{mark} {finding.id}", style)
    return line.append(f"  {finding.message}", "dim" if finding.severity == "info" else "")


def detail_lines(finding: Finding, cause: Finding, columns: int, console: Console) -> list[Text]:
    """Return remedy and message, folded to a width; what to do comes first."""
    remedy = Text().append("! " if finding.changes else "", "bold").append(finding.remedy)
    if cause is not finding:
        remedy.append(f" (as for {cause.id})", "dim")
    message = Text(finding.message)
    return [line for text in (remedy, message) for line in text.wrap(console, max(10, columns))]


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
    told = worst(findings)
    if told is None:
        return Text("no problems found so far", style="dim", no_wrap=True), Text()
    below = Text("  ", no_wrap=True).append("! " if told.changes else "", "bold").append(told.remedy)
    more = f"says all {len(findings)}" if len(findings) > 1 else "says more"
    below.truncate(columns - len(more) - 5, overflow="ellipsis")
    below.append("   6 ", "bold").append(more)
    done = told.id != "done" and any(one.id == "done" for one in findings)
    return (Text("· done   ", no_wrap=True) if done else Text(no_wrap=True)).append_text(finding_line(told)), below
