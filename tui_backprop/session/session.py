"""A session: one run, and all that a learner can do with it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

import numpy as np

from tui_backprop.core.step import State, StepRecord, first_broken, take_step
from tui_backprop.datasets.source import open_source
from tui_backprop.diagnosis.reference import best_constant
from tui_backprop.engines.choice import make_engine
from tui_backprop.session.changes import Change, changed_segment, first_segment, is_in_flight
from tui_backprop.session.checkpoints import MEMORY
from tui_backprop.session.conditions import Condition, Moment
from tui_backprop.session.curve import CurveRecorder
from tui_backprop.session.edits import Edit
from tui_backprop.session.frame import Divergence, Frame, History, ReferenceLine
from tui_backprop.session.problem import Problem
from tui_backprop.session.recipe import Recipe
from tui_backprop.session.timeline import Segment, Timeline, step_cost

HISTORY_POINTS = 16
"""Earlier states that a frame's history has at the most."""

_EVERY_STEP_UNTIL = 64  # the first steps matter most to the eye, and cost little


@dataclass(frozen=True)
class Stop:
    """Why a run came to a halt."""

    reason: Literal["steps", "until", "diverged"]
    step: int
    """Where the session stands now."""
