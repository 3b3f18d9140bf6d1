"""A function that is compiled in a moment, kept where the engine's kernel is kept, and in the same way."""

from tui_backprop.engines.compiled.jit import entry


@entry
def small(number: float) -> float:
    """Return twice the number."""
    return number + number
