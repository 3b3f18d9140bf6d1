"""The pieces of machine code that a training needs, by name; nothing here loads numba."""

from __future__ import annotations

from itertools import pairwise

from tui_backprop.core.operations.activations import ACTIVATIONS
from tui_backprop.core.operations.losses import LOSSES
from tui_backprop.core.operations.optimizers import OPTIMIZERS
from tui_backprop.core.operations.schedules import SCHEDULES
from tui_backprop.core.step import Training

LARGE = 512
"""Multiplications of a layer, for a batch, from which on BLAS is faster than a loop."""

_PRODUCTS = ("forward", "carry", "gradients")
_LARGE_PRODUCTS = tuple(f"{name}_large" for name in _PRODUCTS)


def is_large(training: Training) -> bool:
    """Whether a layer is multiplied by BLAS."""
    sizes, batch = training.network.sizes, training.sampling.largest_batch
    return batch > 1 and any(one * next_ * batch >= LARGE for one, next_ in pairwise(sizes))


def loop_name(training: Training) -> str:
    """Return the name of its loop."""
    return "loop one" if training.sampling.largest_batch == 1 else "loop many"


def draws_rows(training: Training) -> bool:
    """Whether its rows are drawn at random, with replacement."""
    return training.sampling.epoch_size is None


def products_of(training: Training) -> tuple[str, ...]:
    """Return the names of the products of its layers, without what kind of piece they are."""
    if training.sampling.largest_batch == 1:
        return ()
    return (*_PRODUCTS, *(_LARGE_PRODUCTS if is_large(training) else ()))


def pieces_of(training: Training) -> tuple[str, ...]:
    """Return the names of what a training needs: its loop, products, activations, loss, optimizer and schedule."""
    names = dict.fromkeys(training.network.activation_names)
    return (
        loop_name(training),
        "descent",
        *(["draws"] if draws_rows(training) else []),
        *(f"product {name}" for name in products_of(training)),
        *(f"values {name}" for name in names),
        *(f"pulls {name}" for name in names),
        f"errors {training.objective.loss.name}",
        f"update {type(training.optimizer).__name__}",
        f"factor {training.schedule.kind}",
    )


def all_pieces() -> tuple[str, ...]:
    """Return the names of all that a recipe can ask for."""
    kinds = dict.fromkeys(type(make(0.0)).__name__ for make in OPTIMIZERS.values())
    return (
        "loop one",
        "loop many",
        "descent",
        "draws",
        *(f"product {name}" for name in (*_PRODUCTS, *_LARGE_PRODUCTS)),
        *(f"{kind} {name}" for name in ACTIVATIONS for kind in ("values", "pulls")),
        *(f"errors {name}" for name in LOSSES),
        *(f"update {name}" for name in kinds),
        *(f"factor {name}" for name in SCHEDULES),
    )
