"""The outcome of a sweep as text, none of it wider than 80 columns where names allow it."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Callable, Iterator, Sequence

from tui_backprop.session.recipe.fields import BY_NAME
from tui_backprop.session.sweep.axes import Axis
from tui_backprop.session.sweep.headline import counts, headline, table_legend
from tui_backprop.session.sweep.plan import SweepPlan, field_label
from tui_backprop.session.sweep.remedy import constant_loss
from tui_backprop.session.sweep.summary import Cell, Summary, SweepTable
from tui_backprop.session.sweep.sweep import Sweep
from tui_backprop.session.sweep.wording import short_loss, steps_in_short
from tui_backprop.text.cleaning import clean

WIDTH = 80
_MOST_TABLES = 12
_LABEL = 12  # cells of a value of the field down the side, at the most

Paint = Callable[[str, str], str]
"""(text, ANSI code) → the text in a colour, if there is colour."""
_GOOD, _BAD = "34", "33"  # blue and yellow, as the screen has them: not red and green


def sweep_lines(sweep: Sweep, seconds: float, paint: Paint) -> Iterator[str]:
    """Yield what was swept, a table for each combination of the other fields, and the best of each value."""
    plan, summary = sweep.plan, Summary(sweep.plan, sweep.outcomes)
    constant = constant_loss(sweep.first_problem)
    yield from _wrapped(headline(sweep))
    yield from _wrapped(f"{counts(sweep, summary, seconds)}; {table_legend(plan, constant)}")
    tables = list(summary.tables())
    for number, table in enumerate(tables[:_MOST_TABLES]):
        yield from table_lines(table, plan, constant, paint, with_head=number == 0)
    if len(tables) > _MOST_TABLES:
        yield f"and {len(tables) - _MOST_TABLES:,} more tables: --csv or --json has all runs"
    if len(plan.axes) > 1:
        yield from _by_value(plan, summary, paint)


def remedy_lines(remedy: Sweep, paint: Paint) -> Iterator[str]:
    """Yield what another recipe makes of the same seeds."""
    plan, recipe = remedy.plan, remedy.plan.recipe
    summary, constant = Summary(plan, remedy.outcomes), constant_loss(remedy.first_problem)
    batch = BY_NAME["batch_size"].write(recipe.batch_size)
    said = (
        f"{recipe.activation}, {recipe.optimizer} with η {recipe.lr:g}, batch {batch}, init {recipe.init}, "
        f"from the same {plan.seeds} seeds"
    )
    best = summary.best_cell()
    learned = best is not None and best.median < 0.5 * constant
    yield from _wrapped(
        f"Nothing above learns it; this does: {said}" if learned else f"Nothing above learns it, nor does {said}"
    )
    for table in summary.tables():
        yield from table_lines(table, plan, constant, paint)


def table_lines(
    table: SweepTable, plan: SweepPlan, constant: float, paint: Paint, *, with_head: bool = True
) -> Iterator[str]:
    """Yield a table, in pieces below each other where it is too wide; the head can be left out below another one."""
    title = ", ".join(f"{field_label(name)} {text}" for name, text in table.held)
    rows = [""] if table.rows is None else _texts(table.rows)
    columns = [""] if table.columns is None else _texts(table.columns)
    down, along = ("" if axis is None else field_label(axis.name) for axis in (table.rows, table.columns))
    label = max(len(down), *(len(text) for text in rows))
    width = max(9, *(len(text) for text in columns))
    fit = max(1, (WIDTH - label - len(along) - 1) // (width + 2))
    for first in range(0, len(columns), fit):
        chosen = slice(first, first + fit)
        if along and (with_head or len(columns) > fit):
            yield f"{down:>{label}} {along}" + "".join(f"  {text:>{width}}" for text in columns[chosen])
        if title:
            yield paint(title, "1")
        for text, cells in zip(rows, table.cells, strict=True):
            written = "".join(f"  {_cell(cell, plan, constant, width, paint)}" for cell in cells[chosen])
            yield f"{text:>{label}} {' ' * len(along)}{written}".rstrip()


def _cell(cell: Cell, plan: SweepPlan, constant: float, width: int, paint: Paint) -> str:
    if not cell.outcomes:
        return f"{'·':>{width}}"
    if plan.until:
        steps = cell.steps_to_reach
        text = f"{cell.share:.0%}" + ("" if math.isnan(steps) else f" {steps_in_short(steps)}")
        code = _GOOD if cell.share >= 0.5 else ""
    else:
        text = f"{short_loss(cell.median)} {short_loss(cell.best):>4}"
        code = _GOOD if cell.median < 0.5 * constant else _BAD if cell.median >= 1.05 * constant else ""
    return paint(f"{text:>{width}}", code) if code else f"{text:>{width}}"


def _by_value(plan: SweepPlan, summary: Summary, paint: Paint) -> Iterator[str]:
    """Yield for each field the best run, or the share that reach the condition, of all that had each of its values."""
    width = max(len(field_label(axis.name)) for axis in plan.axes)
    yield paint("share of all runs, by value" if plan.until else "best of all runs, by value", "1")
    for axis in plan.axes:
        cells = summary.by_value(axis)
        found = [f"{cell.share:.0%}" if plan.until else short_loss(cell.best, 4) for cell in cells]
        yield from textwrap.wrap(
            "  ".join(f"{text} {best}" for text, best in zip(_texts(axis), found, strict=True)),
            WIDTH,
            initial_indent=f"{field_label(axis.name):<{width}}  ",
            subsequent_indent=" " * (width + 2),
            break_long_words=False,
        )


def _texts(axis: Axis) -> Sequence[str]:
    return [_cut(text, _LABEL) for text in axis.texts]


def _cut(text: str, width: int) -> str:
    text = clean(text)
    return text if len(text) <= width else f"{text[: width - 1]}…"


def _wrapped(text: str) -> list[str]:
    return textwrap.wrap(text, WIDTH, break_on_hyphens=False)
