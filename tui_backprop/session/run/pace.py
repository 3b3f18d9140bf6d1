"""How often a run that goes on is looked at: so seldom that looking costs less than a tenth of the training.

How long things take is estimated from sizes alone, never measured, so that what is seen of a run does not depend on how busy
the machine was. All intervals are powers of two, so that they fall together.
"""

from __future__ import annotations

import math

from tui_backprop.core.curvature import ROUNDS
from tui_backprop.records.spacing import Spacing
from tui_backprop.session.recipe.problem import Problem
from tui_backprop.session.run.moment import OF_GRADIENTS, TAPE_NAME
from tui_backprop.session.run.timeline import Segment

_SHARE = 0.015  # of the training's time, at the most, for each of the curve and a breakpoint
_CURVE_BEGINS = 20_000.0  # microseconds, about, for all the closer points of the beginning: short runs have a curve too
_CHECK_BEGINS = 5_000.0  # microseconds, about, for all the closer checks: what is passed over is found by going back
_CURVE_POINTS = 32  # before their spacing doubles, at the most: what is found of a run's course is found in them
_STOP = 25.0  # microseconds: the engine's loop is left and entered again
_NAME = 10.0  # microseconds: what an expression costs without any pass
_BACKWARD = 2.5  # times a forward pass: forward and backward together
_REPLAY = 2500.0  # microseconds of steps made again to reach one between two that are kept
_CLOSEST = 16  # steps between two points of a curve, and between two kept states, at the least


def next_portion(steps: int, took: float, slice_: float) -> int:
    """Return how many steps to make next, so that they take about `slice_` seconds: at most twice those that took `took`."""
    return max(1, min(2 * steps, int(steps * slice_ / max(took, 1e-9))))


def pass_time(problem: Problem, rows: int) -> float:
    """Microseconds, about, of a forward pass over so many rows, with its loss."""
    sizes = problem.network.sizes
    return 22.0 + rows * (5e-3 * sum(sizes[1:]) + 0.07e-3 * problem.network.size) if rows else 0.0


def curve_spacing(segment: Segment) -> Spacing:
    """Return how many steps lie between two points of the curve."""
    problem = segment.problem
    cost = _STOP + sum(pass_time(problem, len(part)) for part in (problem.live_train, problem.live_test))
    return _spacing(max(_CLOSEST, _interval(segment, cost)), _CURVE_BEGINS / cost, _CURVE_POINTS)


def checkpoint_spacing(segment: Segment) -> Spacing:
    """Return how many steps lie between two kept states, so that going back takes a few milliseconds."""
    return _spacing(1 << max(0, round(math.log2(_REPLAY / segment.engine.step_time(segment.training)))), math.inf)


def look_time(segment: Segment) -> float:
    """Microseconds, about, of the losses at a step that was passed, the steps made again to reach it included."""
    problem = segment.problem
    return _REPLAY / 2 + sum(pass_time(problem, len(part)) for part in (problem.live_train, problem.live_test))


def check_spacing(segment: Segment, names: frozenset[str], *, by_epoch: bool = False) -> Spacing:
    """Return how many steps lie between two checks of an expression that uses `names`.

    What compares the ends of epochs is checked at each of them, whatever that costs; the spacing then says about how often.
    """
    if by_epoch:
        epoch = math.ceil(segment.training.sampling.steps_per_epoch)
        return Spacing(epoch, epoch)
    problem, cost = segment.problem, _STOP + _NAME
    if names & {"test_loss", "test_accuracy"}:
        cost += pass_time(problem, len(problem.test))
    if names & {"loss", "accuracy", *OF_GRADIENTS} or any(TAPE_NAME.fullmatch(name) for name in names):
        backward = any(name in OF_GRADIENTS or name.startswith("delta") for name in names)
        products = 2 * ROUNDS if names & {"curvature", "stable_rate"} else 1  # each is a forward and a backward pass
        cost += pass_time(problem, len(problem.train)) * (_BACKWARD * products if backward else 1.0)
    return _spacing(_interval(segment, cost), _CHECK_BEGINS / cost)


def _spacing(later: int, closer: float, most: int = 8) -> Spacing:
    """Return a spacing that is `later` in the end, and has about so many closer points in the beginning.

    Args:
        later: steps, a power of two.
        closer: points before that.
        most: points before the spacing doubles, at the most, a power of two.
    """
    first = min(_CLOSEST, later)
    each = closer / max(1.0, math.log2(later / first))
    return Spacing(first, later, 1 << int(math.log2(min(max(each, 1.0), most))))


def _interval(segment: Segment, cost: float) -> int:
    """Return the least power of two of steps beside which a look that takes `cost` microseconds is cheap."""
    steps = cost / (_SHARE * segment.engine.step_time(segment.training))
    return 1 << max(0, math.ceil(math.log2(steps)))
