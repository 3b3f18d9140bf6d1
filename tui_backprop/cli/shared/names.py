"""Names that `--help` lists: a copy of what the rooms know, so that help is there at once, without loading NumPy.

What a recipe may say is decided by `tui_backprop.session.recipe.choices`. `tests/cli/test_start.py` compares this copy with
it, and says what to write here where they differ.
"""

from __future__ import annotations

from collections.abc import Mapping

NAMES: Mapping[str, tuple[str, ...]] = {
    "missing": ("drop", "mean", "error"),
    "task": ("auto", "classes", "numbers"),
    "decimal": ("auto", "point", "comma"),
    "no_header": ("no", "yes"),
    "scale_inputs": ("none", "max", "standard", "minmax"),
    "scale_targets": ("none", "max", "standard", "minmax"),
    "activation": ("sigmoid", "tanh", "relu", "leaky-relu", "elu", "softplus", "gelu", "swish", "sine", "linear"),
    "output_activation": (
        "auto",
        "sigmoid",
        "tanh",
        "relu",
        "leaky-relu",
        "elu",
        "softplus",
        "gelu",
        "swish",
        "sine",
        "linear",
        "softmax",
    ),
    "init": ("uniform", "xavier", "he", "normal", "zeros"),
    "loss": ("auto", "squared", "half-squared", "binary-cross-entropy", "cross-entropy", "huber", "absolute"),
    "optimizer": ("sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adam", "adamw", "lion"),
    "sampling": ("random", "shuffle", "sequential"),
    "engine": ("auto", "numpy", "compiled", "reference"),
}
"""The names of each recipe field that has a list of them."""
