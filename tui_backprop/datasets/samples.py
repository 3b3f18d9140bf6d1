"""Data sets that come with scikit-learn, by name where it is installed: `sklearn:wine`."""

from __future__ import annotations

from tui_backprop.datasets.columns import Column, column_of_texts
from tui_backprop.datasets.dataset import SourceError
from tui_backprop.datasets.table import Table, table_of_columns
from tui_backprop.text.cleaning import clean

PREFIX = "sklearn:"
"""What the name of such a set begins with."""

_NAMES = ("breast_cancer", "diabetes", "digits", "iris", "linnerud", "wine")  # those that need no network


def read_sample(source: str) -> Table:
    """Read one of the sets that scikit-learn brings.

    Raises:
        SourceError: there is no such set, or scikit-learn is not installed.
    """
    name = source.removeprefix(PREFIX).replace("-", "_")
    shown = f"{PREFIX}{name}"
    if name not in _NAMES:
        raise SourceError(f"'{clean(source)}': unknown set; available: {', '.join(PREFIX + one for one in _NAMES)}")
    try:
        import sklearn.datasets  # if it is there  # noqa: PLC0415
    except ImportError:
        raise SourceError(f"{shown} needs scikit-learn: pip install scikit-learn brings it") from None
    bunch = getattr(sklearn.datasets, f"load_{name}")()
    inputs = [Column(str(column), bunch.data[:, at].astype(float)) for at, column in enumerate(bunch.feature_names)]
    classes = [str(one) for one in getattr(bunch, "target_names", [])]
    targets = bunch.target.reshape(len(bunch.target), -1)
    if targets.shape[1] > 1:
        aims = [Column(classes[at], targets[:, at].astype(float)) for at in range(targets.shape[1])]
    elif classes:
        aims = [column_of_texts("target", [classes[int(value)] for value in targets[:, 0]])]
    else:
        aims = [Column("target", targets[:, 0].astype(float))]
    return table_of_columns(shown, [*inputs, *aims], [column.name for column in aims])
