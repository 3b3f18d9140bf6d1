"""Drawing: samples are added to the data and taken away by hand, each time an edit of the run like any other."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tui_backprop.core.errors import InputError
from tui_backprop.session.recipe.points import Point, drop_text
from tui_backprop.session.recipe.problem import Problem
from tui_backprop.session.run.changes import Change
from tui_backprop.session.session import Session


def draw_points(session: Session, points: Sequence[Point]) -> Change:
    """Add samples to the data from the present step on.

    Raises:
        RecipeError: one that does not fit the data, or too many; the session stays as it was.
    """
    texts = tuple(point.text for point in points)
    change = session.edit_in_place({}, {"points": (*session.recipe.points, *texts)})
    if len(points) != 1:
        return Change(f"{len(points):,} points drawn; {change.notice}", restarted=False)
    where = ", ".join(f"{value:.3g}" for value in points[0].inputs).replace("-", "−")
    return Change(f"a point drawn at {where}; {change.notice}", restarted=False)


def erase_rows(session: Session, rows: Sequence[int]) -> Change:
    """Take samples out of the data, by their rows in the problem's data set: a drawn one is forgotten, any other left out.

    Raises:
        RecipeError: nothing would be left to train on; the session stays as it was.
        InputError: there is no row.
    """
    if not rows:
        raise InputError("there is no sample here: the cursor must be on one")
    dataset, points = session.problem.dataset, session.recipe.points
    own = (dataset.base or dataset).rows
    drawn = [text for text in points if not text.startswith("drop")]
    forgotten = {row - own for row in rows if row >= own}
    kept = [text for at, text in enumerate(drawn) if at not in forgotten]
    dropped = [text for text in points if text.startswith("drop")] + [drop_text(row) for row in rows if row < own]
    change = session.edit_in_place({}, {"points": (*kept, *dropped)})
    return Change(f"{len(rows):,} erased; {change.notice}", restarted=False)


def rows_near(
    problem: Problem, columns: tuple[int, int | None], place: tuple[float, float], reach: tuple[float, float]
) -> tuple[int, ...]:
    """Return the row of the sample that is nearest to a place, none where none is within reach.

    Args:
        problem: whose samples they are.
        columns: the input across, and the input up; None up for the first target.
        place: across and up, raw.
        reach: how far away across and up it may be.
    """
    best, found = np.inf, -1
    for samples in (problem.train, problem.test):
        if not len(samples):
            continue
        across, up = columns
        x, y = samples.raw[:, across], samples.raw_targets[:, 0] if up is None else samples.raw[:, up]
        away = np.maximum(np.abs(x - place[0]) / reach[0], np.abs(y - place[1]) / reach[1])
        nearest = int(away.argmin())
        if away[nearest] <= min(1.0, best):
            best, found = float(away[nearest]), int(samples.rows[nearest])
    return () if found < 0 else (found,)
