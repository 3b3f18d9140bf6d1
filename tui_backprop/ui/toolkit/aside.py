"""Work that takes long, beside the event loop."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from typing import Any


async def aside(work: Callable[[], None]) -> None:
    """Do some work in a thread of its own, and return when it is done or raise what it raised.

    The thread does not keep the app from ending: asyncio's own pool is waited for at the end, however long its threads take.
    """
    loop = asyncio.get_running_loop()
    done: asyncio.Future[None] = loop.create_future()

    def end(set_result: Callable[[Any], None], result: Any) -> None:
        if not done.done():
            set_result(result)

    def run() -> None:
        try:
            work()
        except BaseException as error:
            post(done.set_exception, error)
        else:
            post(done.set_result, None)

    def post(set_result: Callable[[Any], None], result: Any) -> None:
        if not loop.is_closed():
            loop.call_soon_threadsafe(end, set_result, result)

    threading.Thread(target=run, daemon=True).start()
    await done
