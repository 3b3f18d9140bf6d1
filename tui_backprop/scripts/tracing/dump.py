"""A trace as one file of plain arrays and JSON, without pickle."""

from __future__ import annotations

import json
from typing import Any

import numpy as np

from .recorder import Recorder
from .rewrite import Places


def dump(path: str, recorder: Recorder, places: Places, more: dict[str, Any]) -> None:
    """Write what was recorded."""
    store = recorder.store
    count = len(store.ops)
    offsets = np.zeros(count + 1, dtype=np.int64)
    offsets[1:] = np.cumsum([len(one) for one in store.args]) if count else []
    scalars = np.zeros(count)
    kinds = np.zeros(count, dtype=np.int8)  # 0 none, 1 float, 2 int, 3 bool, 4 array
    arrays: list[list[Any]] = []
    blob: list[bytes] = []
    at = 0
    for record, value in enumerate(store.values):
        if isinstance(value, np.ndarray):
            kinds[record] = 4
            data = np.ascontiguousarray(value).tobytes()
            arrays.append([record, value.dtype.str, list(value.shape), at])
            blob.append(data)
            at += len(data)
        elif value is not None:
            kinds[record] = 3 if isinstance(value, bool) else 2 if isinstance(value, int) else 1
            scalars[record] = float(value)
    meta = {
        "names": store.names,
        "attrs": {str(key): value for key, value in store.attrs.items()},
        "files": places.files,
        "places": places.rows,
        "labels": recorder.labels,
        "drops": recorder.drops,
        "passes": recorder.passes,
        "arrays": arrays,
        "trouble": recorder.trouble,
        **more,
    }
    np.savez(
        path,
        ops=np.array(store.ops, dtype=np.int32),
        where=np.array(store.where, dtype=np.int32),
        args=np.array([one for record in store.args for one in record], dtype=np.int64),
        offsets=offsets,
        scalars=scalars,
        kinds=kinds,
        blob=np.frombuffer(b"".join(blob), dtype=np.uint8),
        meta=np.frombuffer(json.dumps(meta).encode(), dtype=np.uint8),
    )
