"""What was measured, as tables: for a terminal, and as Markdown for the manual."""

from __future__ import annotations

from collections.abc import Mapping

from tests.benchmarks.competitors.cases import CASES, Case
from tests.benchmarks.competitors.goals import GOALS
from tests.benchmarks.competitors.measure import Times
from tests.benchmarks.competitors.table import COMPETITORS, COMPILED, NUMPY
from tests.benchmarks.limit import needs_of, peaks
from tests.benchmarks.sweep import WANTED, Together


def case_lines(case: Case, times: Times) -> list[str]:
    """One case: steps a second of each competitor, and how many times as fast our engines are."""
    engines = [name for name in (NUMPY, COMPILED) if name in times.rounds]
    lines = [f"{case.name:<32}{'steps/s':>12}{'µs':>12}" + "".join(f"{name:>18}" for name in engines)]
    for one in COMPETITORS:
        if one.name in times.rounds:
            seconds = times.seconds(one.name)
            ratios = "".join(f"{times.ratio(name, one.name):>17,.2f}×" for name in engines)
            lines.append(f"  {one.name:<30}{1 / seconds:>12,.0f}{seconds * 1e6:>12,.2f}{ratios}")
        else:
            lines.append(f"  {one.name:<30}{'-':>12}   {one.excuse(case)}")
    return [*lines, limit_line(case, times)]


def limit_line(case: Case, times: Times) -> str:
    """The least time that the machine's peaks leave for a step, and how far our engines are from it."""
    needs, least = needs_of(case), needs_of(case).seconds(peaks())
    far = "".join(f"{times.seconds(name) / least:>17,.1f}×" for name in (NUMPY, COMPILED) if name in times.rounds)
    what = f"limit: {needs.operations:,} FLOP, {needs.bytes:,} B"
    return f"  {what:<30}{1 / least:>12,.0f}{least * 1e6:>12,.3f}{far}"


def goal_lines(measured: Mapping[str, Times]) -> list[str]:
    """Every goal that could be measured, and whether it is reached."""
    return [line for goal in GOALS if (line := goal.verdict(measured)) is not None]


def sweep_lines(name: str, one: Together) -> list[str]:
    """Runs × steps a second at each number of runs, beside a single run."""
    lines = [f"sweep of {name}: alone {one.single * 1e6:.1f} µs, by the core's own step {one.reference * 1e6:.1f} µs"]
    for runs, each in zip(one.runs, one.each, strict=True):
        wanted = f" (goal {WANTED[runs]:.0f})" if name.startswith("1-1-1") and runs in WANTED else ""
        lines.append(
            f"  {runs:>5,} runs {1 / each:>14,.0f} runs × steps/s   {one.single / each:>8,.1f}× a single run{wanted}, "
            f"{one.reference / each:,.1f}× the core's step"
        )
    return lines


def markdown(measured: Mapping[str, Times]) -> list[str]:
    """The manual's table: a row for each competitor, a column for each case."""
    cases = [case for case in CASES if case.name in measured]
    lines = ["| steps a second (the compiled engine is … times as fast) | " + " | ".join(c.name for c in cases) + " |"]
    lines.append("|---|" + "---:|" * len(cases))
    for one in COMPETITORS:
        cells = [_cell(one.name, measured[case.name]) for case in cases]
        if any(cells):
            lines.append(f"| {one.name} | " + " | ".join(cell or "–" for cell in cells) + " |")
    return lines


def markdown_sweep(found: Mapping[str, Together]) -> list[str]:
    """The manual's table of runs that train together."""
    counts = next(iter(found.values())).runs
    lines = ["| runs × steps a second, at so many runs | " + " | ".join(f"{n:,}" for n in counts) + " |"]
    lines.append("|---|" + "---:|" * len(counts))
    for name, one in found.items():
        cells = [f"{1 / each:,.0f}" for each in one.each] + ["–"] * (len(counts) - len(one.each))
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return lines


def _cell(name: str, times: Times) -> str:
    if name not in times.rounds:
        return ""
    speed = f"{float(f'{1 / times.seconds(name):.3g}'):,.0f}"
    if name == COMPILED or COMPILED not in times.rounds:
        return speed
    return f"{speed} ({float(f'{times.ratio(COMPILED, name):.2g}'):,g}×)"
