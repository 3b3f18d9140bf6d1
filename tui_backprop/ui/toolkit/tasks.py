"""Work beside what the keys do, in the same event loop."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

from textual.app import App


def begin_task(app: App[Any], work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
    """Begin some work; what goes wrong in it ends the app as in a key's action, where asyncio would say nothing."""

    def ended(task: asyncio.Task[None]) -> None:
        error = None if task.cancelled() else task.exception()
        if isinstance(error, Exception):
            app._handle_exception(error)

    task = asyncio.create_task(work)
    task.add_done_callback(ended)
    return task
