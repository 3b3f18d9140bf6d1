"""What engines prepare for a training, kept for the few trainings that they were asked for last."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from typing import Generic, TypeVar

from tui_backprop.core.step import Training

_MOST = 4  # going back and forth over an edit needs two

Prepared = TypeVar("Prepared")


class Recent(Generic[Prepared]):
    """Makes what a training needs when it is first asked for."""

    def __init__(self, prepare: Callable[[Training], Prepared]) -> None:
        self._prepare = prepare
        self._kept: OrderedDict[Training, Prepared] = OrderedDict()

    def of(self, training: Training) -> Prepared:
        """Return what was prepared for a training."""
        if training in self._kept:
            self._kept.move_to_end(training)
            return self._kept[training]
        prepared = self._kept[training] = self._prepare(training)
        if len(self._kept) > _MOST:
            self._kept.popitem(last=False)
        return prepared
