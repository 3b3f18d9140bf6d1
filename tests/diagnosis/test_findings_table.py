"""The table of findings, and the manual that describes it."""

from __future__ import annotations

import re

import pytest

from tui_backprop.diagnosis.findings.finding import brief
from tui_backprop.diagnosis.findings.table import KINDS, check_threshold
from tui_backprop.session.manual import manual_page


def row(kind):
    threshold = kind.threshold
    return (
        f"| `{kind.id}` | {kind.severity} | {kind.rule} | {threshold.text(threshold.default)} ({threshold.unit}): "
        f"{threshold.why} |"
    ).replace("|r|", "\\|r\\|")


def test_the_manual_describes_every_finding_as_it_is():
    """Each row of the table is the rule and the threshold of the code, in the same order."""
    listed = re.findall(r"^\| `[a-z-]+` \| (?:error|warning|info) \| .*$", manual_page("findings"), re.MULTILINE)
    assert listed == [row(kind) for kind in KINDS]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.id)
def test_every_threshold_can_be_what_it_is_by_default(kind):
    """And no less than its range says."""
    assert check_threshold(kind.id, kind.threshold.default) == kind.threshold.default
    with pytest.raises(ValueError, match=kind.id):
        check_threshold(kind.id, kind.threshold.low - 1)


def test_numbers_have_three_digits_and_a_minus_of_their_own():
    """What is not finite is said as it is."""
    assert [brief(value) for value in (2 / 9, -1.5e-7, float("inf"))] == ["0.222", "−1.5e−07", "inf"]


if __name__ == "__main__":
    print("\n".join(row(kind) for kind in KINDS))  # noqa: T201  (to paste into the manual)
