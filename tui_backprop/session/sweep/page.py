"""The report of a sweep as a page."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np

from tui_backprop.session.keep.page.chart import Chart
from tui_backprop.session.keep.page.html import Cell as HtmlCell
from tui_backprop.session.keep.page.html import command, figure, html_page, html_table, paragraph, section
from tui_backprop.session.keep.page.run_page import recipe_table
from tui_backprop.session.sweep.axes import Axis
from tui_backprop.session.sweep.headline import counts, headline, table_legend
from tui_backprop.session.sweep.plan import SweepPlan, field_label
from tui_backprop.session.sweep.remedy import constant_loss
from tui_backprop.session.sweep.summary import Cell, Summary, SweepTable
from tui_backprop.session.sweep.sweep import Sweep
from tui_backprop.session.sweep.wording import short_loss, steps_in_short
from tui_backprop.text.cleaning import clean

_MOST_TABLES = 40
_DRAWN_CELLS = 40
_TITLE = 80


def sweep_page(sweep: Sweep, made_by: str) -> str:
    """Return all that came of a sweep as one page of HTML.

    Args:
        sweep: with the runs that have finished.
        made_by: the command that makes it.
    """
    plan, summary = sweep.plan, Summary(sweep.plan, sweep.outcomes)
    constant = constant_loss(sweep.first_problem)
    tables = list(summary.tables())
    shown_tables = [_table(one, plan, constant) for one in tables[:_MOST_TABLES]]
    if len(tables) > _MOST_TABLES:
        shown_tables.append(paragraph(f"and {len(tables) - _MOST_TABLES:,} more tables: --csv has all runs", "note"))
    best = summary.best_cell()
    parts = [
        paragraph(headline(sweep)),
        paragraph(f"{counts(sweep, summary, None)}; {table_legend(plan, constant)}."),
        *(paragraph(clean(notice, 4 * _TITLE), "note") for notice in sweep.dataset.notices),
        section("To reproduce it", [command(made_by)]),
        section("What came of it", [*shown_tables, _dots(plan, summary, constant)]),
        section("By value", _by_value(plan, summary) if len(plan.axes) > 1 else ()),
        section("The best", () if best is None else _best(plan, best)),
        section("The recipe", [recipe_table(plan.recipe, plan.recipe)]),
    ]
    return html_page(f"A sweep of {clean(sweep.dataset.name)}", filter(None, parts))


def _table(one: SweepTable, plan: SweepPlan, constant: float) -> str:
    down, along = ("" if axis is None else field_label(axis.name) for axis in (one.rows, one.columns))
    corner = f"{down} ↓ {along} →" if down and along else down or (f"{along} →" if along else "")
    head = [corner, *_texts(one.columns)]
    rows: list[list[HtmlCell]] = []
    for text, cells in zip(_texts(one.rows), one.cells, strict=True):
        rows.append([(text, "name"), *(_cell(cell, plan, constant) for cell in cells)])
    title = ", ".join(f"{field_label(name)} {clean(text)}" for name, text in one.held)
    return (paragraph(title) if title else "") + html_table(head, rows, range(1, len(head)))


def _texts(axis: Axis | None) -> Sequence[str]:
    return [""] if axis is None else [clean(text) for text in axis.texts]


def _cell(cell: Cell, plan: SweepPlan, constant: float) -> HtmlCell:
    if not cell.outcomes:
        return "·"
    if plan.until:
        steps = cell.steps_to_reach
        text = f"{cell.share:.0%}" + ("" if math.isnan(steps) else f" {steps_in_short(steps)}")
        return text, "good" if cell.share >= 0.5 else ""
    text = f"{short_loss(cell.median)} {short_loss(cell.best)}"
    return text, "good" if cell.median < 0.5 * constant else "bad" if cell.median >= 1.05 * constant else ""


def _dots(plan: SweepPlan, summary: Summary, constant: float) -> str:
    """Return the final loss of each run as a dot, a column for each cell; empty where there are too many."""
    cells = [cell for cell in summary.cells if cell.outcomes]
    if not 1 <= len(cells) <= _DRAWN_CELLS:
        return ""
    places = np.array([number for number, cell in enumerate(cells, 1) for _ in cell.outcomes], dtype=np.float64)
    losses = np.array([math.nan if one.diverged else one.loss for cell in cells for one in cell.outcomes])
    ends = np.array([0.5, len(cells) + 0.5])
    chart = Chart(ends, np.append(losses, constant), ("combination", "loss"), logarithmic=True)
    chart.level(constant, "best constant")
    chart.points(places, losses, ["plus"] * len(places))
    names = "; ".join(f"{number} is {clean(plan.title(cell.number), _TITLE)}" for number, cell in enumerate(cells, 1))
    return figure(
        chart.svg(), f"The final loss of each run; runs that diverged are left out. Combinations: {names or '1'}."
    )


def _by_value(plan: SweepPlan, summary: Summary) -> Iterator[str]:
    for axis in plan.axes:
        found = [f"{cell.share:.0%}" if plan.until else short_loss(cell.best, 4) for cell in summary.by_value(axis)]
        head = [field_label(axis.name), *_texts(axis)]
        yield html_table(head, [["share" if plan.until else "best loss", *found]], range(1, len(head)))


def _best(plan: SweepPlan, best: Cell) -> Iterator[str]:
    said = f"{best.share:.0%} of its runs reach {plan.until}" if plan.until else f"median loss {best.median:.4g}"
    yield paragraph(
        f"{clean(plan.title(best.number), 4 * _TITLE) or 'the recipe as it is'}: {said}, {best.diverged} diverged."
    )
