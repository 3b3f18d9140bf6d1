"""Numbers as JSON can have them."""

from __future__ import annotations

import math
from typing import Any


def json_ready(value: Any) -> Any:
    """Return dicts, lists and numbers as JSON can have them: numbers that are not finite are None."""
    if isinstance(value, dict):
        return {key: json_ready(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [json_ready(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
